//! The command line does what its help says.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{document, nisba};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn version_and_help() {
    let version = nisba().arg("--version").output().unwrap();
    assert!(text(&version.stdout).starts_with(&format!("nisba {} (", env!("CARGO_PKG_VERSION"))));
    for command in ["serve", "ingest", "check-config", "health", "dead-letters", "people", "stories"] {
        let help = nisba().args([command, "--help"]).output().unwrap();
        assert!(help.status.success() && text(&help.stdout).lines().count() >= 8, "{command}");
    }
}

#[test]
fn ingest_writes_records_and_a_bad_file_costs_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("page.html");
    std::fs::write(&page, "<title>T</title><article><p>President Ilham Aliyev spoke in Baku on Monday about trade and transport.</p></article>").unwrap();
    let plain = dir.path().join("plain.txt");
    std::fs::write(&plain, "Президент Ирана Эбрахим Раиси выступил в Тегеране в понедельник.").unwrap();
    let lines = dir.path().join("many.jsonl");
    let good: Vec<String> = (0..5).map(|n| document(n).to_string()).collect();
    std::fs::write(&lines, format!("{}\n{{\"text\": 5}}\n", good.join("\n"))).unwrap();
    let output = nisba().arg("ingest").args([&page, &plain, &lines, &dir.path().join("missing.txt")]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let records: Vec<Value> = text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(records.len(), 7);
    let errors = text(&output.stderr);
    assert!(errors.contains("missing.txt") && errors.contains("many.jsonl, line 6: text"), "{errors}");
}

#[test]
fn ingest_reads_standard_input_and_keeps_what_it_knows() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = |input: &str| {
        let mut command = nisba();
        command.args(["ingest", "--data"]).arg(dir.path()).arg("-");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        text(&output.stdout)
    };
    assert_eq!(ingest(&document(1).to_string()).lines().count(), 1);
    assert_eq!(ingest(&document(1).to_string()), "", "the same again makes no second record");
    assert!(ingest("Marta Kowalska, a minister of Poland, spoke to reporters about the new law.").contains("Kowalska"));
}

#[test]
fn ingest_delivers_to_a_sink() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.json");
    std::fs::write(&file, document(1).to_string()).unwrap();
    let data = dir.path().join("data");
    let output = nisba().args(["ingest", "--sink", "records", "--data"]).arg(&data).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(crate::harness::lines(&data).len(), 1);
    let unknown = nisba().args(["ingest", "--sink", "nope", "--data"]).arg(&data).arg(&file).output().unwrap();
    assert!(text(&unknown.stderr).contains("no sink named nope"));
}

#[test]
fn check_config_masks_secrets_and_names_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("nisba.toml");
    std::fs::write(&file, "[server]\nbind = \"127.0.0.1:9\"\n\n[sinks.a]\nkind = \"webhook\"\nurl = \"https://h/\"\nsecret = \"whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==\"\n").unwrap();
    let good = nisba()
        .args(["check-config", "--config"])
        .arg(&file)
        .env("NISBA_SERVER_BIND", "127.0.0.1:10")
        .output()
        .unwrap();
    let shown = text(&good.stdout);
    assert!(good.status.success() && shown.contains("127.0.0.1:10") && !shown.contains("aHVudGVy"), "{shown}");
    let text_of =
        std::fs::read_to_string(&file).unwrap().replace("aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==", "hunter2");
    std::fs::write(&file, text_of).unwrap();
    let bad = nisba().args(["check-config", "--config"]).arg(&file).output().unwrap();
    let message = text(&bad.stderr);
    assert!(!bad.status.success() && message.contains("sinks.a") && !message.contains("hunter2"), "{message}");
    let bad = nisba().arg("check-config").env("NISBA_AUTH_KEYS", "scraper ingest").output().unwrap();
    let message = text(&bad.stderr);
    assert!(
        !bad.status.success() && message.contains("environment variable NISBA_AUTH_KEYS, key auth.keys"),
        "{message}"
    );
    std::fs::write(&file, "[server]\nbind = \"127.0.0.1:9\"\nmax_bodi = \"1 MiB\"\n").unwrap();
    let bad = nisba().args(["check-config", "--config"]).arg(&file).output().unwrap();
    let message = text(&bad.stderr);
    assert!(!bad.status.success() && message.contains("line 3") && message.contains("max_bodi"), "{message}");
}

#[test]
fn the_way_from_document_to_record_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let (documents, records) = (dir.path().join("documents.jsonl"), dir.path().join("records.jsonl"));
    std::fs::write(
        &documents,
        "{\"url\": \"https://a.example/1\", \"text\": \"President Ilham Aliyev met Ebrahim Raisi in Baku on Monday.\"}\n\
         {\"url\": \"https://a.example/2\", \"html\": \"<p>President Ilham Aliyev met nobody.</p>\"}\n\
         {\"url\": \"https://a.example/3\"}\n",
    )
    .unwrap();
    let output = crate::harness::nisba()
        .args(["evaluate", "pipeline"])
        .arg(&documents)
        .arg("--records")
        .arg(&records)
        .output()
        .unwrap();
    // What failed is known by the exit code too.
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let score: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&score["documents"], &score["same"], &score["failed"]), (&2.into(), &0.into(), &1.into()), "{score}");
    let stages = score["stages"].as_object().unwrap();
    for stage in ["parse", "accept", "extract", "language", "people", "likeness", "stories", "store"] {
        assert!(stages.contains_key(stage), "{score}");
    }
    let shares: f64 = stages.values().map(|share| share.as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 0.01 && score["documents_per_second"].as_f64().unwrap() > 0.0, "{score}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 3"), "{output:?}");
    let records = std::fs::read_to_string(records).unwrap();
    let first: serde_json::Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
    assert_eq!((records.lines().count(), &first["people"][0]["person_id"]), (2, &"starter:ilham-aliyev".into()));
}

#[test]
fn a_command_whose_output_nobody_reads_ends_quietly() {
    let binary = env!("CARGO_BIN_EXE_nisba");
    // Many lines into a pipe that is closed after the first.
    let command = format!("for n in 1 2 3 4 5 6 7 8; do {binary} check-config | head -n 1; done");
    let output = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 8, "{output:?}");
}

/// Runs `nisba evaluate`: its exit code, the measures, and what it says beside them.
fn evaluated(arguments: &[&str], input: Stdio) -> (Option<i32>, Value, String) {
    let output = nisba().arg("evaluate").args(arguments).stdin(input).output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), text(&output.stderr))
}

#[test]
fn documents_are_measured_as_they_are_ingested() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    // A mark of byte order, the same again, what is no UTF-8, and an empty line.
    let one = document(1).to_string();
    let lines = [b"\xef\xbb\xbf", one.as_bytes(), b"\n", one.as_bytes(), b"\n{\"text\": \"\xff\"}\n\n"].concat();
    let lines = [&lines, document(2).to_string().as_bytes(), b"\n"].concat();
    std::fs::write(at("plain.jsonl"), &lines).unwrap();
    std::fs::write(at("packed.jsonl.zst"), zstd::encode_all(&*lines, 1).unwrap()).unwrap();
    let records = at("records.jsonl");
    for name in ["plain.jsonl", "packed.jsonl.zst", "-"] {
        let plain = std::fs::File::open(at("plain.jsonl")).unwrap();
        let file = if name == "-" { name.to_owned() } else { at(name) };
        let (code, score, said) = evaluated(&["pipeline", &file, "--records", &records], plain.into());
        let count = |key: &str| score[key].as_u64();
        assert_eq!((count("documents"), count("same"), count("failed")), (Some(2), Some(1), Some(1)), "{name} {said}");
        assert!(code == Some(1) && said.contains("line 3: it is not UTF-8 from byte 10 on"), "{said}");
        assert_eq!(std::fs::read_to_string(&records).unwrap().lines().count(), 2);
    }
}

#[test]
fn of_many_documents_that_fail_the_first_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wrong.jsonl");
    std::fs::write(&file, "{}\n".repeat(25)).unwrap();
    let (code, score, said) = evaluated(&["pipeline", file.to_str().unwrap()], Stdio::null());
    assert_eq!((code, &score["failed"], &score["documents_per_second"]), (Some(1), &25.into(), &0.0.into()), "{said}");
    assert!(said.lines().count() == 11 && said.ends_with("\n… and 15 more\n"), "{said}");
}

#[test]
fn what_is_measured_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows");
    let (pairs, link) = (file.to_str().unwrap(), dir.path().join("link"));
    let rows = "1\tIlham Aliyev\tИльхам Алиев\tsame\n";
    std::fs::write(&file, rows).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let out = dir.path().join("out");
    let (link, out) = (link.to_str().unwrap(), out.to_str().unwrap());
    for arguments in [
        &["pipeline", pairs, "--records", pairs][..],
        &["pipeline", "-", "--records", pairs],
        &["pipeline", "no documents", "--authority", pairs, "--records", link],
        &["pipeline", pairs, "--records", "-"],
        &["names", pairs, "--errors", link],
        &["stream", pairs, "--predictions", pairs],
        &["lookup", out, "--authority", pairs, "--errors", pairs],
        &["names", pairs, "--errors", out, "--predictions", out],
    ] {
        let (code, score, said) = evaluated(arguments, std::fs::File::open(&file).unwrap().into());
        assert_eq!((code, score, said.lines().count()), (Some(1), Value::Null, 1), "{arguments:?} {said}");
        assert!(said.contains("name another file") || said.contains("name a file"), "{said}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), rows, "{arguments:?}");
    }
    let (code, score, said) =
        evaluated(&["names", pairs, "--errors", out, "--predictions", "/dev/null"], Stdio::null());
    assert_eq!((code, &score["pairs"]), (Some(0), &1.into()), "{said}");
}

#[test]
fn measures_that_cannot_be_told_are_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows");
    std::fs::write(&file, "1\ta\tb\n").unwrap();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = nisba().args(["evaluate", "names"]).arg(&file).stdout(full()).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("nisba: cannot write to standard output: ") && said.lines().count() == 1, "{said}");
    let (code, _, said) = evaluated(&["names", file.to_str().unwrap(), "--predictions", "/dev/full"], Stdio::null());
    assert!(code == Some(1) && said.starts_with("nisba: cannot write /dev/full: "), "{said}");
}

#[test]
fn what_cannot_be_read_is_said_to_be_so() {
    let dir = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output = nisba().args(arguments).current_dir(dir.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        text(&output.stderr)
    };
    for arguments in [
        &["evaluate", "names", "none"][..],
        &["evaluate", "pipeline", "none"],
        &["evaluate", "people", "none", "--authority", "none"],
        &["authority", "import", "--data", "data", "none"],
    ] {
        assert!(said(arguments).starts_with("nisba: cannot read none: No such file"), "{arguments:?}");
    }
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    let folder = said(&["ingest", "empty"]);
    assert!(folder.contains("empty has no documents: ") && folder.ends_with("nisba: 0 documents\n"), "{folder}");
    std::fs::write(dir.path().join("nothing"), "").unwrap();
    let (_, score, _) = evaluated(&["stream", dir.path().join("nothing").to_str().unwrap()], Stdio::null());
    assert_eq!((&score["names"], &score["names_per_second"]), (&0.into(), &0.0.into()), "{score}");
}

#[test]
fn the_stages_that_there_are_are_named() {
    let output = nisba().args(["reprocess", "--stage", "store"]).output().unwrap();
    assert!(!output.status.success() && text(&output.stderr).contains("extract, language, names"), "{output:?}");
}

#[test]
fn what_all_commands_take_may_stand_behind_the_subcommand() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("nisba.toml");
    std::fs::write(&config, "[authority]\nstarter = false\n").unwrap();
    for arguments in [&["authority", "list", "--json"][..], &["authority", "lookup", "--json", "Ilham Aliyev"]] {
        let output =
            nisba().args(arguments).arg("--data").arg(dir.path()).arg("--config").arg(&config).output().unwrap();
        assert!(output.status.success() && !text(&output.stdout).contains("starter"), "{output:?}");
    }
    let port = crate::harness::free_port().to_string();
    for command in ["decisions", "dead-letters"] {
        let address = format!("127.0.0.1:{port}");
        let output = nisba().args([command, "list", "--bind", &address, "--data"]).arg(dir.path()).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.contains(&format!("the service at http://{address} does not answer")), "{said}");
    }
}

#[test]
fn looking_at_dead_letters_changes_no_folder() {
    let dir = tempfile::tempdir().unwrap();
    let bind = format!("127.0.0.1:{}", crate::harness::free_port());
    let list = |data: &std::path::Path| {
        nisba().args(["dead-letters", "--bind", &bind, "--data"]).arg(data).arg("list").output().unwrap()
    };
    let output = list(dir.path());
    assert!(!output.status.success() && text(&output.stderr).contains("there is no store in "), "{output:?}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    // One of an older schema stays as it is.
    let data = dir.path().join("data");
    let page = dir.path().join("a.json");
    std::fs::write(&page, document(1).to_string()).unwrap();
    assert!(nisba().arg("ingest").arg(&page).arg("--data").arg(&data).output().unwrap().status.success());
    assert!(list(&data).status.success());
    let schema = || -> i64 {
        let db = rusqlite::Connection::open(data.join("nisba.sqlite")).unwrap();
        db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    };
    let newest = schema();
    let db = rusqlite::Connection::open(data.join("nisba.sqlite")).unwrap();
    db.pragma_update(None, "user_version", newest - 1).unwrap();
    drop(db);
    let output = list(&data);
    assert!(!output.status.success() && text(&output.stderr).contains("is of an older nisba"), "{output:?}");
    assert_eq!(schema(), newest - 1);
}
