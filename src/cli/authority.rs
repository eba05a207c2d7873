//! `nisba authority`

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use nisba::config::Config;
use nisba::names::Name;
use nisba::people::{Catalog, Import, Imported, Match};
use serde_json::{Value, json};

use super::{ConfigArgs, Failure};

/// Keep the people whom documents are to be matched with: import, list, look up, export, remove
///
/// Works on the data folder, whether or not a service runs on it; a running one sees the change within seconds. The people
/// of the authority NAME get ids NAME:ID.
#[derive(Args)]
pub struct Authority {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make the people of files the people of an authority
    ///
    /// Takes JSON lines of FollowTheMoney (OpenSanctions), of Wikidata items, or of {"id", "names": […]}; CSV and TSV by
    /// their endings; each of them also as .gz or .zst. A line that is no person is named and costs only itself. The old
    /// people stay until all new ones are on disk.
    Import {
        /// First half of the ids that the people get [default: the name of the first file, up to its first point]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Of authorities that have the same person, the highest gives the id [default: as before, or 100; the starter has 0]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        priority: Option<i64>,
        /// Keep people whose ids are not in the files
        #[arg(long)]
        update: bool,
        /// Where a CSV file has a field, as in "name=Full name"; for each field that has another header than its name
        #[arg(long = "column", value_name = "FIELD=HEADER")]
        columns: Vec<String>,
        /// Print the outcome as JSON, with every line that could not be used
        #[arg(long)]
        json: bool,
        #[arg(required = true, value_name = "FILES")]
        files: Vec<PathBuf>,
    },
    /// The authorities, with their revisions
    List {
        /// JSON lines instead of a table
        #[arg(long)]
        json: bool,
    },
    /// What is known of a person: NAME:ID
    Show {
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// The people whose name this may be, in any spelling and script, best first
    Lookup {
        /// JSON lines instead of text
        #[arg(long)]
        json: bool,
        #[arg(required = true, value_name = "NAMES")]
        names: Vec<String>,
    },
    /// Write the people of an authority as JSON lines, which import takes again
    Export {
        #[arg(value_name = "NAME")]
        name: String,
        /// Instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Remove people from an authority, or, without any, the authority
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
        /// Ids as the authority has them
        #[arg(value_name = "ID")]
        ids: Vec<String>,
    },
}

impl Authority {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let config = self.config.load(Vec::new())?;
        let catalog = Catalog::of(&config.authorities());
        match self.what {
            What::Import { name, priority, update, columns, json, files } => {
                let mut import = Import { files, ..Import::default() };
                columns.iter().try_for_each(|said| import.columns.map(said))?;
                let name = name.unwrap_or_else(|| name_of(&import.files));
                import_files(&catalog, &name, priority, update, &import, json)
            }
            What::List { json } => list(&catalog, &config, json),
            What::Show { person } => show(&catalog, &config, &person),
            What::Lookup { json, names } => lookup(&catalog, &config, &names, json),
            What::Export { name, out } => export(&catalog, &name, out),
            What::Remove { name, ids } => {
                let gone = catalog.remove(&name, &ids)?;
                eprintln!("{gone} people of {name} are removed");
                if gone < ids.len() {
                    return Err(format!("{} of the ids are not in {name}", ids.len() - gone).into());
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// `os` for `dumps/os.ftm.json.gz`; what a name cannot have is `-`.
fn name_of(files: &[PathBuf]) -> String {
    let file = files.first().and_then(|file| file.file_name()).unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).take(40).collect()
}

/// Lines that could not be used of which the reason is shown.
const SHOWN: usize = 20;

fn import_files(
    catalog: &Catalog,
    name: &str,
    priority: Option<i64>,
    update: bool,
    import: &Import,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    for file in &import.files {
        std::fs::File::open(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    }
    let sizes = import.files.iter().map(|file| std::fs::metadata(file).map_or(0, |m| m.len()));
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(sizes.sum()) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}")?);
    let done = catalog.import(name, priority, update, import, &mut |bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let (kept, done) = done?;
    if as_json {
        println!("{}", json!({"authority": kept, "import": done}));
    } else {
        report(&done);
        println!("{name}, revision {}: {} people with {} names", kept.revision, kept.people, kept.names);
    }
    Ok(ExitCode::SUCCESS)
}

fn report(done: &Imported) {
    for rejected in done.why.iter().take(SHOWN) {
        eprintln!("{}, line {}: {}", rejected.file, rejected.line, rejected.reason);
    }
    if done.rejected > SHOWN {
        eprintln!("… and {} more; --json names up to a thousand", done.rejected - SHOWN);
    }
    let (people, other, rejected) = (done.people, done.other, done.rejected);
    eprintln!("{people} people read, {other} lines about something else, {rejected} could not be used");
}

fn list(catalog: &Catalog, config: &Config, as_json: bool) -> Result<ExitCode, Failure> {
    let kept = catalog.list()?;
    if as_json {
        for authority in &kept {
            println!("{}", serde_json::to_string(authority)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(120);
    }
    table.set_header(["authority", "priority", "revision", "people", "names", "changed", "from"]);
    for a in kept {
        let numbers = [a.priority.to_string(), a.revision.to_string(), a.people.to_string(), a.names.to_string()];
        let row = [a.name].into_iter().chain(numbers).chain([format!("{:.0}", a.changed_at), a.from.join(", ")]);
        table.add_row(row.collect::<Vec<_>>());
    }
    if config.authority.starter {
        let starter = nisba::people::Authority::starter();
        let source = &starter.sources()[0];
        let cells = ["starter", "0", "", &source.len().to_string(), &source.index.len().to_string(), "", "built in"];
        table.add_row(cells.map(str::to_owned));
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

fn show(catalog: &Catalog, config: &Config, person: &str) -> Result<ExitCode, Failure> {
    let known = catalog.load(config.authority.starter, None)?;
    let entry = known.by_id(person).ok_or_else(|| {
        format!("no authority has {person}; an id is AUTHORITY:ID, as nisba authority lookup prints it")
    })?;
    println!("{}", serde_json::to_string_pretty(&entry)?);
    Ok(ExitCode::SUCCESS)
}

fn lookup(catalog: &Catalog, config: &Config, names: &[String], as_json: bool) -> Result<ExitCode, Failure> {
    let known = catalog.load(config.authority.starter, None)?;
    for (at, name) in names.iter().enumerate() {
        let found = known.look_up(&Name::parse(name));
        if as_json {
            println!("{}", json!({"name": name, "found": found.iter().map(candidate).collect::<Vec<_>>()}));
            continue;
        }
        if at > 0 {
            println!();
        }
        println!("{name}{}", if found.is_empty() { ": nobody" } else { "" });
        for one in &found {
            println!("  {:.2}  {}  {}  “{}”", one.score, one.id, one.entry.name, one.spelling);
            one.why.iter().for_each(|why| println!("        {why}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn candidate(found: &Match) -> Value {
    json!({
        "person_id": found.id,
        "name": found.entry.name,
        "score": (found.score * 1000.0).round() / 1000.0,
        "spelling": found.spelling,
        "why": found.why,
        "same_as": found.same_as,
    })
}

fn export(catalog: &Catalog, name: &str, out: Option<PathBuf>) -> Result<ExitCode, Failure> {
    match out {
        None => catalog.export(name, &mut std::io::stdout().lock())?,
        Some(path) => {
            let file = std::fs::File::create(&path).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
            let mut out = BufWriter::new(file);
            catalog.export(name, &mut out)?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
