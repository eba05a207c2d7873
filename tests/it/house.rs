//! What is written about the house is how it is: modules know only what stands below them, and a key of the configuration is
//! the same key in the shipped file, in the documentation and in the help.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn nisba(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_nisba")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The modules of the library in the order of the list in ARCHITECTURE.md, each with its line.
fn listed() -> BTreeMap<String, usize> {
    let page = read("ARCHITECTURE.md");
    let lines = page.lines().skip_while(|line| !line.starts_with("    src/main.rs"));
    let list = lines.take_while(|line| line.starts_with("    "));
    let mut modules = BTreeMap::new();
    for (number, line) in list.enumerate() {
        // What is behind two spaces only tells of them, but for a file that stands beside those of the line.
        let (own, told) = line.trim_start().split_once("  ").unwrap_or((line.trim_start(), ""));
        let beside = told.split([' ', ',', ';', ':']).filter(|word| word.starts_with("src/"));
        for word in own.split([' ', ',']).chain(beside) {
            let name = word.strip_prefix("src/").unwrap_or(word).trim_end_matches('/').trim_end_matches(".rs");
            let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            if word.contains(['/', '.']) && (src.join(name).is_dir() || src.join(format!("{name}.rs")).is_file()) {
                modules.entry(name.to_owned()).or_insert(number);
            }
        }
    }
    modules
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without the tests at its end, which may set up whatever they need.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

/// The modules that code names from the root: `crate::store::…`, `crate::{model, store::…}`.
fn named(code: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(first_of_each(group)),
            None => names.push(first_word(rest)),
        }
    }
    names
}

/// The first word of each part of a group whose bracket is open, whatever groups there are inside it.
fn first_of_each(group: &str) -> Vec<&str> {
    let (mut names, mut depth, mut start) = (Vec::new(), 1, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || depth == 1 && c == ',' {
            names.push(first_word(group[start..at].trim_start()));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn first_word(code: &str) -> &str {
    code.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or_default()
}

#[test]
fn what_code_names_from_the_root_is_found() {
    assert_eq!(named("use crate::model::Record;\nlet a = crate::pool::run(b);"), ["model", "pool"]);
    let group =
        "use crate::{\n    http::{self, auth::{Key, Keys}},\n    store::Store, tls\n};\nfn f(a: crate::config::Log) {}";
    assert_eq!(named(group), ["http", "store", "tls", "config"]);
    let code = "use a;\n\n#[cfg(test)]\nmod tests;\n\nuse b;\n\n#[cfg(test)]\nmod tests {\n    use c;\n}\n";
    assert!(without_tests(code).contains("use b;") && !without_tests(code).contains("use c;"));
}

#[test]
fn modules_know_only_what_stands_below_them() {
    let order = listed();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut wrong = Vec::new();
    for file in all {
        let own = file.strip_prefix(&src).unwrap().components().next().unwrap();
        let own = own.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if matches!(own.as_str(), "lib" | "main" | "cli") {
            continue;
        }
        let at = *order.get(&own).unwrap_or_else(|| panic!("{own} is not in the list of ARCHITECTURE.md"));
        let text = std::fs::read_to_string(&file).unwrap();
        // What is only told of may be above.
        let lines = without_tests(&text).lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        for name in named(&code).into_iter().filter(|name| *name != own) {
            if order.get(name).is_some_and(|other| *other < at) {
                wrong.push(format!("{} knows {name}", file.strip_prefix(&src).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_dependency_is_used() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let own = manifest["target"].as_table().unwrap().values().map(|target| &target["dependencies"]);
    let tables = [&manifest["dependencies"], &manifest["dev-dependencies"]].into_iter().chain(own);
    let names: Vec<String> = tables.flat_map(|table| table.as_table().unwrap().keys().cloned()).collect();
    assert!(names.len() > 50, "{names:?}");
    let mut all = Vec::new();
    for folder in ["src", "tests", "benches"] {
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut all);
    }
    let code: String = all.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let is_used = |name: &&String| {
        let name = name.replace('-', "_");
        ["::", ";", "!"].iter().any(|after| {
            let written = format!("{name}{after}");
            code.match_indices(&written).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let unused: Vec<&String> = names.iter().filter(|name| !is_used(name)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Keys with their values, as `section.key`.
fn keys(toml: &str) -> BTreeMap<String, String> {
    let table: toml::Table = toml.parse().unwrap();
    let sections = table.iter().filter(|(name, _)| *name != "sinks");
    let all = sections.flat_map(|(section, keys)| {
        keys.as_table().unwrap().iter().map(move |(key, value)| (format!("{section}.{key}"), value))
    });
    let written = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    all.map(|(key, value)| (key, written(value))).collect()
}

/// The rows of the tables of a page whose first cell is one word of code: that word, and the other cells.
fn rows(page: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.trim_end_matches('|').split(" | ");
        let first = cells.next()?.strip_suffix('`')?;
        Some((first, cells.map(str::trim).collect()))
    })
}

#[test]
fn a_key_is_the_same_in_the_shipped_file_the_documentation_and_the_program() {
    let in_force = keys(&nisba(&["check-config"]));
    let shipped = keys(&read("config/nisba.toml"));
    assert_eq!(in_force.keys().collect::<Vec<_>>(), shipped.keys().collect::<Vec<_>>());
    let page = read("docs/configuration.md");
    let documented: BTreeMap<&str, Vec<&str>> = rows(&page).filter(|(key, _)| key.contains('.')).collect();
    assert_eq!(documented.keys().copied().collect::<Vec<_>>(), shipped.keys().map(String::as_str).collect::<Vec<_>>());
    let numbers = |text: &str| text.parse::<f64>().ok();
    for (key, cells) in documented {
        let variable = format!("`NISBA_{}`", key.to_uppercase().replace('.', "_"));
        assert_eq!(cells[0], variable, "{key}");
        if let Some(default) = cells[1].strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
            let shipped = shipped[key].as_str();
            let same = default == shipped || numbers(default).is_some() && numbers(default) == numbers(shipped);
            assert!(same, "{key} is documented as {default}, and is {shipped}");
        }
    }
}

#[test]
fn the_keys_of_sinks_are_all_documented() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("nisba.toml");
    std::fs::write(&file, "[sinks.x]\nkind = \"jsonl\"\nnonsense = 1\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nisba"))
        .args(["check-config", "--config", file.to_str().unwrap()])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let known = error.split_once("expected one of ").unwrap().1;
    let known: BTreeSet<&str> = known.split('`').filter(|word| word.starts_with(|c: char| c.is_lowercase())).collect();
    let page = read("docs/configuration.md");
    let section = page.split_once("\n## sinks\n").unwrap().1.split_once("\n### ").unwrap().0;
    assert_eq!(rows(section).map(|(key, _)| key).collect::<BTreeSet<_>>(), known);
    let shipped = read("config/nisba.toml");
    let lines = shipped.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(" = "));
    assert_eq!(lines.map(|(key, _)| key.trim()).collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_command_and_variable_of_the_help_is_documented() {
    let pages = ["README.md", "docs/configuration.md", "docs/operations.md", "CONTRIBUTING.md"].map(read).concat()
        + &["authorities", "http-api", "intake", "languages", "names", "people", "performance", "stories"]
            .map(|page| read(&format!("docs/{page}.md")))
            .concat();
    let help = nisba(&["--help"]);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let mut count = 0;
    for name in names.map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help") {
        count += 1;
        assert!(pages.contains(&format!("nisba {name}")), "nisba {name} is in no document");
        let help = nisba(&[name, "--help"]);
        for variable in help.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|w| w.starts_with("NISBA_")) {
            assert!(pages.contains(&format!("`{variable}`")), "{variable} of nisba {name} --help is in no document");
        }
    }
    assert!(count > 10, "{help}");
}

/// The strings of a file of code.
fn strings(code: &str) -> Vec<String> {
    let (mut all, mut open) = (Vec::new(), None::<String>);
    let mut letters = code.chars();
    while let Some(c) = letters.next() {
        match (c, &mut open) {
            ('\\', Some(text)) => match letters.next() {
                Some('\n') | None => {}
                Some(escaped) => text.push(escaped),
            },
            ('\\', None) => drop(letters.next()),
            ('"', Some(_)) => all.extend(open.take()),
            ('"', None) => open = Some(String::new()),
            (c, Some(text)) => text.push(c),
            _ => {}
        }
    }
    all
}

/// What may be walked through: it stays small, or it is asked for as a whole, once.
const WALKED: [&str; 13] = [
    "banded",
    "batches",
    "decisions",
    "document_keys",
    "heads USING COVERING INDEX",
    "dead_letters USING COVERING INDEX",
    "key_version",
    "machine_spending",
    "merges",
    "person_names",
    "redeliveries",
    "reprocessing",
    "r USING INDEX reprocessing_by_time",
];

#[tokio::test]
async fn what_a_document_costs_does_not_grow_with_their_number() {
    let nisba = crate::harness::Nisba::start().await;
    let db = rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap();
    // As the store has it.
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), &mut all);
    let (mut asked, mut wrong) = (0, Vec::new());
    for file in all {
        let code = std::fs::read_to_string(&file).unwrap();
        let is_sql = |text: &String| {
            let verbs = ["SELECT ", "UPDATE ", "DELETE ", "INSERT "];
            // What is put together at run time, or is several statements, is not asked here.
            verbs.iter().any(|verb| text.trim_start().starts_with(verb))
                && !text.contains(['{', ';'])
                && !text.ends_with("WHERE 1")
        };
        for sql in strings(without_tests(&code)).iter().filter(|text| is_sql(text)) {
            let Ok(mut plan) = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")) else { continue };
            asked += 1;
            let mut steps = plan.raw_query();
            while let Some(step) = steps.next().unwrap() {
                let step: String = step.get(3).unwrap();
                // A search by any value of the first column walks through all of them.
                let walked = step.strip_prefix(if step.contains("ANY(") { "SEARCH " } else { "SCAN " });
                let walked = walked.filter(|table| *table != "CONSTANT ROW");
                if let Some(table) = walked.filter(|table| !WALKED.iter().any(|known| table.starts_with(known))) {
                    wrong.push(format!("{}: SCAN {table}: {sql}", file.display()));
                }
            }
        }
    }
    assert!(asked > 100, "only {asked} statements were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
