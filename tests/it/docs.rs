//! What README and docs show is what happens: every command in a `console` block is run, in the order of the file, against a
//! service of its own, and answers what stands below it.
//!
//! In what is shown, `…` stands for any text, and alone on a line for any lines. A block of the kind `console not-run` is
//! about other machines. What is exported stays so for the commands after it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::harness::{Nisba, document};

/// A command of a document, and what is shown below it.
#[derive(Debug, PartialEq)]
struct Shown {
    line: usize,
    command: String,
    answer: Vec<String>,
}

/// The commands in the `console` blocks of a Markdown file.
fn shown(markdown: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let (mut inside, mut goes_on) = (false, false);
    for (at, line) in markdown.lines().enumerate() {
        if line.starts_with("```") {
            (inside, goes_on) = (!inside && line == "```console", false);
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            goes_on = command.ends_with('\\');
            all.push(Shown { line: at + 1, command: command.to_owned(), answer: Vec::new() });
        } else if let Some(last) = all.last_mut().filter(|_| inside) {
            if goes_on {
                last.command.push('\n');
                last.command.push_str(line);
                goes_on = line.ends_with('\\');
            } else {
                last.answer.push(line.to_owned());
            }
        }
    }
    all
}

/// Whether lines are those that are shown.
fn is_shown(found: &[&str], shown: &[String]) -> bool {
    match (found, shown) {
        ([], []) => true,
        (_, [any, rest @ ..]) if any.trim() == "…" => {
            (0..=found.len()).any(|skipped| is_shown(&found[skipped..], rest))
        }
        ([line, others @ ..], [wanted, rest @ ..]) => {
            is_line(line.trim_end(), wanted.trim_end()) && is_shown(others, rest)
        }
        _ => false,
    }
}

fn is_line(found: &str, shown: &str) -> bool {
    let Some((start, rest)) = shown.split_once('…') else { return found == shown };
    let Some(found) = found.strip_prefix(start) else { return false };
    found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| is_line(&found[at..], rest))
}

/// The folder that commands are run in: with the examples, and the files that the documents name.
fn workplace(nisba: &Nisba) -> PathBuf {
    let (root, place) = (Path::new(env!("CARGO_MANIFEST_DIR")), nisba.dir.with_file_name("workplace"));
    fs::create_dir_all(&place).unwrap();
    let copied =
        Command::new("cp").arg("-r").args([root.join("tests/docs/."), root.join("examples")]).arg(&place).status();
    assert!(copied.unwrap().success());
    for folder in ["deploy", "tests"] {
        symlink(root.join(folder), place.join(folder)).unwrap();
    }
    symlink(nisba.log_file(), place.join("nisba.log")).unwrap();
    place
}

/// Runs a command after those that `exported` something.
fn run(nisba: &Nisba, place: &Path, exported: &str, shown: &Shown) -> Result<(), String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_nisba")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let address = format!("127.0.0.1:{}", nisba.port);
    let dir = nisba.dir.to_string_lossy();
    let script = format!("{exported}\n{}", shown.command);
    let script = script.replace("127.0.0.1:8430", &address).replace("localhost:8430", &address).replace(DIR, &dir);
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(place)
        .envs([("PATH", path.as_str()), ("NISBA_SERVER_BIND", &address), ("NISBA_STORE_DIR", &dir)])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).replace(&address, "127.0.0.1:8430").replace(&*dir, DIR);
    let found: Vec<&str> = text.lines().collect();
    // A command without an answer only has to do its work.
    let fits = shown.answer.is_empty() && output.status.success() || is_shown(&found, &shown.answer);
    if fits {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "line {}: `{}` answers\n{text}{errors}\nbut shown is\n{}",
        shown.line,
        shown.command,
        shown.answer.join("\n")
    ))
}

/// The data folder, as documents write it.
const DIR: &str = "/var/lib/nisba";

/// Runs what a document shows, against a service.
fn holds(file: &str, nisba: &Nisba) {
    let markdown = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let all = shown(&markdown);
    assert!(!all.is_empty(), "{file} shows nothing");
    let place = workplace(nisba);
    let (mut exported, mut wrong) = (Vec::new(), Vec::new());
    for shown in &all {
        wrong.extend(run(nisba, &place, &exported.join("\n"), shown).err());
        if shown.command.starts_with("export ") {
            exported.push(shown.command.as_str());
        }
    }
    assert!(wrong.is_empty(), "{file}, {}", wrong.join("\n\n"));
}

#[test]
fn what_is_shown_is_read_and_compared() {
    let markdown = "text\n```console\n$ a \\\n  b\n1 …\n$ c\n```\n```\n$ no\n```\n";
    let all = shown(markdown);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!((all[0].command.as_str(), all[0].answer.as_slice()), ("a \\\n  b", &["1 …".to_owned()][..]));
    assert!(is_line("took 12 ms", "took … ms") && !is_line("took 12 s", "took … ms"));
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(is_shown(&["a", "b", "c"], &lines("a\n…\nc")) && !is_shown(&["a", "b"], &lines("a")));
}

/// The pages of the project, each with its path.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [".", "docs", "data", "data/romanisation"].map(|folder| root.join(folder).read_dir().unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    pages.map(|file| (file.clone(), fs::read_to_string(file).unwrap())).collect()
}

/// The numbers of the lines at which a table of a Markdown file is no table: a row without a head, text directly below one.
fn broken_tables(markdown: &str) -> Vec<usize> {
    let is_row = |line: &str| line.trim_start().starts_with('|');
    let is_rule = |line: &str| is_row(line) && line.chars().all(|c| "|-: ".contains(c));
    let (mut broken, mut code, mut above) = (Vec::new(), false, "");
    let lines: Vec<&str> = markdown.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        if code || fence {
            above = "";
            continue;
        }
        let begins = is_row(line) && !is_row(above);
        let has_head = lines.get(at + 1).is_some_and(|below| is_rule(below)) && above.is_empty();
        if begins && !has_head || is_row(above) && !is_row(line) && !line.is_empty() {
            broken.push(at + 1);
        }
        above = line;
    }
    broken
}

#[test]
fn tables_have_a_head_and_nothing_runs_into_them() {
    assert!(broken_tables("| a |\n|---|\n| 1 |\n\ntext\n```\n| b |\n```\n").is_empty());
    assert_eq!(broken_tables("| a |\n|---|\n| 1 |\n\n| 2 |\n\n| b |\n|---|\ntext\n"), [5, 9]);
    let pages = pages();
    assert!(pages.len() > 15, "{pages:?}");
    for (file, page) in pages {
        let broken = broken_tables(&page);
        assert!(broken.is_empty(), "{}: lines {broken:?}", file.display());
    }
}

/// The blocks of a kind in a Markdown file.
fn blocks<'m>(markdown: &'m str, kind: &str) -> Vec<&'m str> {
    let begin = format!("```{kind}\n");
    markdown.split(&begin).skip(1).filter_map(|rest| Some(rest.split_once("\n```")?.0)).collect()
}

#[test]
fn a_configuration_that_is_shown_is_one() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("nisba.toml");
    let mut count = 0;
    for (page, markdown) in pages() {
        for block in blocks(&markdown, "toml") {
            count += 1;
            fs::write(&file, block).unwrap();
            let checked = crate::harness::nisba().arg("check-config").arg("--config").arg(&file).output().unwrap();
            let said = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success(), "{}: {block}\n{said}", page.display());
        }
    }
    assert!(count > 0);
}

macro_rules! documents {
    ($($name:ident: $file:literal),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let nisba = Nisba::start().await;
            tokio::task::block_in_place(|| holds($file, &nisba));
        }
    )+};
}

documents! {
    readme: "README.md",
    authorities: "docs/authorities.md",
    configuration: "docs/configuration.md",
    errors: "docs/errors.md",
    http_api: "docs/http-api.md",
    intake: "docs/intake.md",
    languages: "docs/languages.md",
    names: "docs/names.md",
    people: "docs/people.md",
    record: "docs/record.md",
    stories: "docs/stories.md",
}

/// A sink that nobody listens for, and a translator that is not there.
const NOT_WELL: &str = r#"
[sinks.records]
kind = "jsonl"
[sinks.alerts]
kind = "webhook"
url = "http://127.0.0.1:1/"
[machine]
provider = "libretranslate"
url = "http://127.0.0.1:1/"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn operations() {
    let nisba = Nisba::with(NOT_WELL, &[]).await;
    let record = nisba.record(&document(1)).await;
    // A duplicate, a PDF, what is no document, alone and in bulk, and a translation that nobody makes.
    nisba.record(&document(1)).await;
    nisba.post(&json!({"html": "%PDF-1.4"})).await;
    nisba.post(&json!({"text": ""})).await;
    let send = |path: &str| nisba.client.post(format!("{}{path}", nisba.base));
    let bulk = send("/v1/documents:bulk").header("Content-Type", "application/x-ndjson").body("{}\n");
    bulk.send().await.unwrap().text().await.unwrap();
    let translation = send(&format!("/v1/records/{}/translate?to=ru", record["id"].as_str().unwrap()));
    assert_eq!(translation.send().await.unwrap().status(), 503);
    tokio::task::block_in_place(|| holds("docs/operations.md", &nisba));
}
