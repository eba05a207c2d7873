//! Known people: imported in the formats that people have them in, whole or not at all, and looked up in any spelling.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Nisba, eventually, nisba};

/// A data folder with files to import.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        authority(&self.data(), arguments)
    }

    fn import(&self, name: &str, file: &Path, more: &[&str]) -> Output {
        let mut arguments = vec!["import", "--name", name, file.to_str().unwrap()];
        arguments.extend(more);
        self.run(&arguments)
    }

    fn best(&self, name: &str) -> String {
        let output = self.run(&["lookup", "--json", name]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        found["found"][0]["person_id"].as_str().unwrap_or_default().to_owned()
    }

    fn list(&self) -> Vec<Value> {
        let output = self.run(&["list", "--json"]);
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn authority(data: &Path, arguments: &[&str]) -> Output {
    nisba().args(["authority", "--data"]).arg(data).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const FTM: &str = r#"{"id":"NK-1","caption":"Togrul Mammadzade","schema":"Person","properties":{"name":["Togrul Mammadzade"],"alias":["Тогрул Мамедзаде"],"birthDate":["1971-02-03"],"nationality":["az"],"gender":["male"]}}
{"id":"NK-2","schema":"Company","properties":{"name":["Mammadzade Holding"]}}
{"id":"NK-3","schema":"Person","properties":{"name":["12"]}}
{"id":"NK-4","schema":"Person","properties":{"name":["Lamiya Quliyeva"],"weakAlias":["Lami"]}
{"id":"NK-5","schema":"Person","properties":{"name":["Lamiya Quliyeva"],"birthDate":["1980"]}}
"#;

#[test]
fn every_format_is_read_and_a_bad_line_costs_only_itself() {
    let folder = Folder::new();
    let output = folder.import("os", &folder.file("os.json", FTM), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("os, revision 1: 2 people with 3 names"), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert!(said.contains("os.json, line 3: ") && said.contains("os.json, line 4: no JSON"), "{said}");
    assert!(said.contains("2 people read, 1 lines about something else, 2 could not be used"), "{said}");

    let wikidata = concat!(
        "[\n{\"id\":\"Q1\",\"labels\":{\"en\":{\"language\":\"en\",\"value\":\"Nurlan Aghayev\"}},\"claims\":{}},\n",
        "{\"id\":\"Q2\",\"labels\":{\"en\":\"Sevinj Aghayeva\"},\"aliases\":{\"az\":[\"Sevinc Ağayeva\"]}}\n]\n"
    );
    let mut packed = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    packed.write_all(wikidata.as_bytes()).unwrap();
    let file = folder.file("items.json.zst", packed.finish().unwrap());
    assert!(text(&folder.import("wikidata", &file, &[]).stdout).contains("2 people with 3 names"));

    let csv = "\u{feff}Nr,Full name,Other names,born\n7,\"Rəşad, Həsənov\",Rashad Hasanov;Рашад Гасанов,1969\n8,,,\n";
    let file = folder.file("list.csv", csv);
    let refused = folder.import("own", &file, &[]);
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("--column id=HEADER"),
        "{}",
        text(&refused.stderr)
    );
    let columns = ["--column", "id=Nr", "--column", "name=Full name", "--column", "names=Other names"];
    let output = folder.import("own", &file, &columns);
    assert!(text(&output.stdout).contains("1 people with 3 names"), "{}", text(&output.stderr));

    let plain = folder.file("plain.jsonl", "{\"id\":\"a\",\"names\":[\"Kamran Jabbarli\"]}\n");
    assert!(folder.import("plain", &plain, &[]).status.success());
    for (name, id) in [
        ("طغرل محمدزاده", "os:NK-1"),
        ("Тогрул Мамедзаде", "os:NK-1"),
        ("Ламия Кулиева", "os:NK-5"),
        ("Севиндж Агаева", "wikidata:Q2"),
        ("Рашад Гасанов", "own:7"),
        ("Camran Cabbarlı", "plain:a"),
        ("Ильхам Алиев", "starter:ilham-aliyev"),
    ] {
        assert_eq!(folder.best(name), id, "{name}");
    }
    let shown: Value = serde_json::from_slice(&folder.run(&["show", "own:7"]).stdout).unwrap();
    assert_eq!(shown["birth_date"], "1969");
}

#[test]
fn csv_is_read_as_people_write_it_or_refused_with_what_is_wrong() {
    let folder = Folder::new();
    let file =
        folder.file("my people.csv", "ID;Vor- und Nachname;Born\n1;Hans Müller;1960\n2;Lena Schmidt;31/12/1971\n");
    let output = folder.run(&["import", "--column", "name=Vor- und Nachname", file.to_str().unwrap()]);
    assert!(text(&output.stdout).contains("my-people, revision 1: 2 people"), "{}", text(&output.stderr));
    assert_eq!(folder.best("Hans Mueller"), "my-people:1");
    let output = folder.run(&["import", "--column", "name=Nope", file.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("there is no column \"nope\" for name; it has: ID, Vor- und Nachname, Born"));
    let quote = folder.file("quote.csv", "id,name\n1,Hans Müller\n2,\"Lena Schmidt\n3,Max Meier\n4,Eva Meier\n");
    let output = folder.run(&["import", quote.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("line 3: a name goes over several lines: a quote is not closed"));
    for arguments in [&["remove", "starter"], &["export", "starter"]] {
        assert!(text(&folder.run(arguments).stderr).contains("is built in; authority.starter = false"));
    }
}

#[test]
fn an_authority_is_updated_exported_and_removed() {
    let folder = Folder::new();
    let people = folder
        .file("a.jsonl", "{\"id\":\"1\",\"names\":[\"Anar Rzayev\"]}\n{\"id\":\"2\",\"names\":[\"Elnur Safarov\"]}\n");
    assert!(folder.import("own", &people, &["--priority", "7"]).status.success());
    let more = folder.file(
        "b.jsonl",
        "{\"id\":\"2\",\"names\":[\"Elnur Safarli\"]}\n{\"id\":\"3\",\"names\":[\"Vusal Huseynov\"]}\n",
    );
    assert!(folder.import("own", &more, &["--update"]).status.success());
    let own = &folder.list()[0];
    assert_eq!((&own["people"], &own["names"], &own["revision"]), (&json!(3), &json!(3), &json!(2)), "{own}");
    assert_eq!(own["priority"], 7);
    assert_eq!(folder.best("Anar Rzayev"), "own:1");

    // What is exported can be imported again.
    let exported = folder.run(&["export", "own"]).stdout;
    let copy = folder.file("copy.jsonl", &exported);
    assert!(folder.import("copy", &copy, &[]).status.success());
    assert_eq!(folder.run(&["export", "copy"]).stdout, exported);

    assert!(folder.run(&["remove", "own", "3"]).status.success());
    assert!(!folder.run(&["remove", "own", "3"]).status.success());
    assert!(folder.run(&["remove", "copy"]).status.success());
    assert_eq!(folder.list().len(), 1);
    assert_eq!(folder.list()[0]["people"], 2);
    let unknown = folder.run(&["remove", "nobody"]);
    assert!(
        text(&unknown.stderr).contains("there is no authority nobody; there are: own"),
        "{}",
        text(&unknown.stderr)
    );

    // Without update only the new people are left; a removed authority never gives a revision twice.
    assert!(folder.import("own", &more, &[]).status.success());
    assert_eq!((&folder.list()[0]["people"], &folder.list()[0]["revision"]), (&json!(2), &json!(4)));
    assert!(folder.run(&["remove", "own"]).status.success());
    assert!(folder.import("own", &more, &[]).status.success());
    assert_eq!(folder.list()[0]["revision"], 5);
}

#[test]
fn an_import_that_fails_or_is_killed_leaves_the_old_people() {
    let folder = Folder::new();
    let people = folder.file("a.jsonl", "{\"id\":\"1\",\"names\":[\"Anar Rzayev\"]}\n");
    assert!(folder.import("own", &people, &[]).status.success());
    let before = folder.list();
    let bad = folder.file("bad.jsonl", "{\"id\":\"1\"}\nnothing\n");
    let failed = folder.import("own", &bad, &[]);
    assert!(!failed.status.success());
    assert!(text(&failed.stderr).contains("so nothing was changed; line 1 of"), "{}", text(&failed.stderr));
    assert!(!folder.import("own", &folder.0.path().join("missing.jsonl"), &[]).status.success());
    assert!(!folder.import("a/b", &people, &[]).status.success());
    assert_eq!(folder.list(), before);

    // A pipe, so that the import is surely in the midst of it when it is killed.
    let pipe = folder.0.path().join("pipe.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut import = nisba();
    import.args(["authority", "--data"]).arg(folder.data()).args(["import", "--name", "own"]).arg(&pipe);
    let mut child = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut writing = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    for id in 0..20_000 {
        writeln!(writing, "{{\"id\":\"x{id}\",\"names\":[\"Somebody Else\"]}}").unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(writing);
    assert_eq!(folder.list(), before);
    assert_eq!(folder.best("Anar Rzayev"), "own:1");
    // What it left behind is swept by the next.
    assert!(folder.import("own", &people, &[]).status.success());
    let files = std::fs::read_dir(folder.data().join("authorities")).unwrap();
    let mut files: Vec<String> = files.map(|f| f.unwrap().file_name().to_string_lossy().into_owned()).collect();
    files.sort();
    assert_eq!(files, ["catalog.json", "lock", "own-2.jsonl"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_sees_a_change_without_a_pause() {
    let nisba = Nisba::with("[authority]\nrefresh = \"100ms\"\n", &[]).await;
    let document = |at: usize| {
        json!({"url": format!("https://example.org/{at}"), "text":
            "The company was founded by Mr Togrul Mammadzade in Baku. Mr Mammadzade said that it would grow."})
    };
    let first = nisba.record(&document(1)).await;
    assert_eq!(first["people"][0]["status"], "provisional", "{first}");
    let folder = Folder::new();
    let file = folder.file("os.json", FTM);
    assert!(authority(&nisba.dir, &["import", "--name", "os", file.to_str().unwrap()]).status.success());
    eventually("the authority is loaded", Duration::from_secs(20), || async {
        let (_, health) = nisba.get("/health").await;
        health["authority"]["revision"].as_str().is_some_and(|revision| revision.starts_with("os@1, starter@"))
    })
    .await;
    let second = nisba.record(&document(2)).await;
    assert_eq!(second["people"][0]["person_id"], "os:NK-1", "{second}");
    assert!(second["provenance"]["authority_revision"].as_str().unwrap().starts_with("os@1, "));
    let (_, person) = nisba.get("/v1/persons/os:NK-1").await;
    assert_eq!(person["authority"]["birth_date"], "1971-02-03");

    // Whose name may it be? Both the known person and the one that was minted before.
    let asked: String = url::form_urlencoded::byte_serialize("Togrul Mammadzade".as_bytes()).collect();
    let (_, found) = nisba.get(&format!("/v1/persons?name={asked}")).await;
    let of = |status: &str| found["persons"].as_array().unwrap().iter().filter(|p| p["status"] == status).count();
    assert_eq!(found["persons"][0]["person_id"], "os:NK-1", "{found}");
    assert_eq!(of("provisional"), 1, "{found}");
    assert!(!found["persons"][0]["why"].as_array().unwrap().is_empty());
    let (status, _) = nisba.get("/v1/persons?name=").await;
    assert_eq!(status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_made_before_follow_a_change_also_one_made_while_nothing_ran() {
    let mut nisba = Nisba::with("[authority]\nrefresh = \"100ms\"\n", &[]).await;
    let document = |at: usize, text: &str| json!({"url": format!("https://example.org/{at}"), "text": text});
    let russian =
        nisba.record(&document(1, "Вчера в Баку было принято решение Тогрула Мамедзаде о новой школе.")).await;
    let before = russian["people"][0]["person_id"].clone();
    assert!(before.as_str().unwrap().starts_with("p-"), "{russian}");
    let persian = nisba.record(&document(2, "دیروز در باکو مدرسه تازه‌ای به نام طغرل محمدزاده باز شد.")).await;
    // Without capitals, a title or a known name nothing says that this is a person.
    assert_eq!(persian["people"], json!([]));
    let other = nisba.record(&document(3, "The company was founded by Mr Anatoly Kuznetsov in Baku.")).await;

    let folder = Folder::new();
    let file = folder.file("os.json", FTM);
    let import = |dir: &Path, file: &Path| {
        assert!(authority(dir, &["import", "--name", "os", file.to_str().unwrap()]).status.success());
    };
    import(&nisba.dir, &file);
    let newest = |id: &Value| format!("/v1/records/{}", id.as_str().unwrap());
    for record in [&russian, &persian] {
        eventually("the record names the person", Duration::from_secs(20), || async {
            nisba.get(&newest(&record["id"])).await.1["people"][0]["person_id"] == "os:NK-1"
        })
        .await;
    }
    let (_, followed) = nisba.get(&newest(&russian["id"])).await;
    assert_eq!(followed["version"], 2);
    assert!(followed["provenance"]["notes"].to_string().contains("made again: authority os@1"), "{followed}");
    assert_eq!(nisba.get(&newest(&other["id"])).await.1["version"], 1);
    // Who was nobody's entry then leads to who it turned out to be.
    let provisional = format!("/v1/persons/{}", before.as_str().unwrap());
    let (status, moved) = nisba.get(&provisional).await;
    assert_eq!((status.as_u16(), &moved["person_id"]), (307, &json!("os:NK-1")), "{moved}");
    let (_, person) = nisba.get("/v1/persons/os:NK-1").await;
    assert_eq!(person["merged"][0]["person_id"], before, "{person}");
    assert!(person["merged"][0]["why"].as_str().unwrap().contains("knows Togrul Mammadzade"), "{person}");

    // While nothing runs, the person is removed.
    nisba.terminate();
    assert!(authority(&nisba.dir, &["remove", "os", "NK-1"]).status.success());
    nisba.spawn();
    nisba.ready().await;
    eventually("the records no longer name the person", Duration::from_secs(20), || async {
        let of = async |record: &Value| nisba.get(&newest(&record["id"])).await.1["people"].clone();
        of(&russian).await[0]["person_id"] == before && of(&persian).await == json!([])
    })
    .await;
    assert_eq!(nisba.get(&newest(&russian["id"])).await.1["version"], 3);
    assert_eq!(nisba.get(&provisional).await.0, 200);
}

/// People whose names are nobody's, so that the authority is as large as those of the world.
fn many() -> String {
    let syllables = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "zi", "ko", "ju", "ha"];
    let word = |mut n: usize| {
        let mut word = String::new();
        for _ in 0..3 {
            word.push_str(syllables[n % 16]);
            n /= 16;
        }
        word
    };
    let line = |n: usize| format!("{{\"id\":\"m{n}\",\"names\":[\"{}x {}q\"]}}\n", word(n * 7 + 1), word(n * 13 + 5));
    (0..20_000).map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_whose_name_is_like_a_known_one_is_not_that_person() {
    let mut nisba = Nisba::prepared("", &[]);
    let folder = Folder::new();
    let people = ["Peter W. Barca", "Van Hilleary", "Magne Aarøen", "Beck Doris", "George Gear", "Doris Fiala"];
    let mut lines = many();
    for (at, name) in people.iter().enumerate() {
        lines.push_str(&json!({"id": at.to_string(), "names": [name], "positions": ["minister"]}).to_string());
        lines.push('\n');
    }
    let output = folder.file("big.jsonl", lines);
    assert!(authority(&nisba.dir, &["import", output.to_str().unwrap()]).status.success());
    nisba.spawn();
    nisba.ready().await;
    for name in ["Peter Berg", "Hilary Benn", "Arne Mooney"] {
        let text = format!("The company was founded by Mr {name} in Paris. Mr {name} said that it would grow.");
        let person = nisba.record(&json!({"text": text})).await["people"][0].clone();
        assert_eq!((&person["status"], &person["name"]), (&json!("provisional"), &json!(name)), "{person}");
    }
    let text = "Minister Peter Berg said that it would grow.";
    assert_eq!(nisba.record(&json!({"text": text})).await["people"][0]["status"], "provisional");
    // Who may be meant is said nevertheless, and an office beside the name settles it.
    let text = "Компанию основал господин Джордж Каур. Господин Джордж Каур заявил, что она вырастет.";
    let person = nisba.record(&json!({"text": text})).await["people"][0].clone();
    assert_eq!((&person["status"], &person["candidates"][0]["person_id"]), (&json!("provisional"), &json!("big:4")));
    assert!(person["why"].to_string().contains("not enough to be that person"), "{person}");
    let text = "Компанию открыл министр Джордж Гир. Министр заявил, что она вырастет.";
    let person = nisba.record(&json!({"text": text})).await["people"][0].clone();
    assert_eq!(person["person_id"], "big:4", "{person}");
    // A place before a name is no part of it, nor are two words of three a name.
    let person =
        nisba.record(&json!({"text": "Yesterday in Baku Doris Fiala opened the school."})).await["people"][0].clone();
    assert_eq!((&person["person_id"], &person["mentions"][0]["text"]), (&json!("big:5"), &json!("Doris Fiala")));
    let text = "The company was founded by Mr Geir Jørgen Bekkevold in Paris.";
    let person = nisba.record(&json!({"text": text})).await["people"][0].clone();
    assert_eq!(
        (&person["status"], &person["name"]),
        (&json!("provisional"), &json!("Geir Jørgen Bekkevold")),
        "{person}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn namesakes_are_told_apart_by_what_the_document_says_or_not_at_all() {
    let nisba = Nisba::prepared("", &[]);
    let folder = Folder::new();
    let lines = r#"{"id":"old","names":["Kamran Rzayev","Камран Рзаев","کامران رضایف"],"birth_date":"1958-03-01","countries":["az"],"positions":["judge"]}
{"id":"young","names":["Kamran Rzayev","Камран Рзаев","کامران رضایف"],"birth_date":"1987","countries":["ge"],"positions":["minister"]}
{"id":"georgian","names":["Nino Burjanadze"],"countries":["ge"]}
"#;
    let file = folder.file("two.jsonl", lines);
    assert!(authority(&nisba.dir, &["import", "--name", "two", file.to_str().unwrap()]).status.success());
    let mut nisba = nisba;
    nisba.spawn();
    nisba.ready().await;
    for (text, person, why) in [
        ("The prize went to Kamran Rzayev (born 1958) on Friday.", "old", "year of birth beside the name, 1958"),
        (
            "Премию получил Камран Рзаев, 1987 года рождения, сообщили вчера.",
            "young",
            "year of birth beside the name, 1987",
        ),
        ("The prize went to Kamran Rzayev in Georgia on Friday.", "young", "country that the document names, ge"),
        ("The prize went to Minister Kamran Rzayev on Friday.", "young", "office beside the name, minister"),
        ("The prize went to Kamran Rzayev, 67, on Friday.", "old", "year of birth beside the name, 1958"),
        ("The prize went to Kamran Rzayev and to Nino Burjanadze.", "young", "country of others whom it names, ge"),
        ("The prize went to Kamran Rzayev on Friday.", "", "does not tell them apart"),
    ] {
        let record = nisba.record(&json!({"text": text, "published_at": "2025-06-01T00:00:00Z"})).await;
        let found = &record["people"][0];
        let id = if person.is_empty() { Value::Null } else { json!(format!("two:{person}")) };
        assert_eq!(found["person_id"], id, "{text}: {record}");
        assert!(found["why"].to_string().contains(why), "{text}: {}", found["why"]);
        if person.is_empty() {
            assert_eq!((&found["status"], found["candidates"].as_array().unwrap().len()), (&json!("ambiguous"), 2));
        }
    }
    // The living grandson has more names than the dead president.
    let text = "The Heydar Aliyev Foundation was opened. Heydar Aliyev was the third president of Azerbaijan.";
    let record = nisba.record(&json!({"text": text})).await;
    assert_eq!(record["people"][0]["person_id"], "starter:heydar-aliyev", "{record}");
    assert_eq!(record["people"][0]["mentions"].as_array().unwrap().len(), 1, "{record}");

    // Two entries that are one by decision are not two who may be meant.
    let same = json!({"kind": "same", "persons": ["two:old", "two:young"], "author": "Leyla"});
    let decided = nisba.client.post(format!("{}/v1/decisions", nisba.base)).json(&same).send().await.unwrap();
    assert_eq!(decided.status(), 201);
    let record = nisba.record(&json!({"text": "The prize went to Kamran Rzayev on Friday, it was said."})).await;
    assert_eq!(record["people"][0]["person_id"], "two:old", "{record}");
    let (_, found) = nisba.get("/v1/persons?name=Kamran%20Rzayev").await;
    let ids: Vec<&Value> = found["persons"].as_array().unwrap().iter().map(|person| &person["person_id"]).collect();
    assert_eq!(ids, ["two:old"], "{found}");
    let (_, found) = nisba.get("/v1/persons?name=Burjanadze").await;
    assert_eq!(found["persons"][0]["person_id"], "two:georgian", "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_two_authorities_keeps_the_id_that_was_first_on_a_record() {
    let nisba = Nisba::with("[authority]\nrefresh = \"100ms\"\n", &[]).await;
    let document = |at: usize, name: &str| json!({"url": format!("https://example.org/{at}"), "text": format!("{name} met the press in Baku.")});
    let first = nisba.record(&document(1, "President Ilham Aliyev")).await;
    assert_eq!(first["people"][0]["person_id"], "starter:ilham-aliyev");
    let folder = Folder::new();
    let lines = "{\"id\":\"1\",\"names\":[\"Ilham Aliyev\"]}\n{\"id\":\"2\",\"names\":[\"Ebrahim Raisi\"]}\n";
    let file = folder.file("own.jsonl", lines);
    assert!(authority(&nisba.dir, &["import", "--name", "own", file.to_str().unwrap()]).status.success());
    let path = format!("/v1/records/{}", first["id"].as_str().unwrap());
    eventually("the record has followed", Duration::from_secs(20), || async {
        nisba.get(&path).await.1["people"][0]["same_as"] == json!(["own:1"])
    })
    .await;
    assert_eq!(nisba.get(&path).await.1["people"][0]["person_id"], "starter:ilham-aliyev");
    // Who was on no record has the id of the higher priority.
    let second = nisba.record(&document(2, "President Ebrahim Raisi and President Ilham Aliyev")).await;
    let ids: Vec<&Value> = second["people"].as_array().unwrap().iter().map(|p| &p["person_id"]).collect();
    assert_eq!(ids, [&json!("own:2"), &json!("starter:ilham-aliyev")], "{second}");
}
