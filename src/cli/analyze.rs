//! `nisba analyze`

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::println;
use anstyle::{AnsiColor, Style};
use clap::Args;
use jiff::Timestamp;
use nisba::model::{PersonOnRecord, PersonStatus, Record, TextField, is_language_tag};
use nisba::people::Catalog;
use nisba::pipeline;

use super::{ConfigArgs, Failure, ingest};

/// Show a text with the people in it, in colour; nothing is stored
///
/// Green is somebody known, yellow somebody in no list, magenta somebody of whom it is not sure who it is; offices beside
/// names are underlined. Below stands for each who it is and why, the most important first. A file is taken by its ending as
/// nisba ingest takes it; "-" is standard input.
#[derive(Args)]
pub struct Analyze {
    #[command(flatten)]
    config: ConfigArgs,
    /// Files, or "-" for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The record, one line of JSON a document, as POST /v1/analyze answers
    #[arg(long)]
    json: bool,
    /// The language that the texts are in, as en, where it is known
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

impl Analyze {
    pub fn run(self) -> Result<ExitCode, Failure> {
        if let Some(tag) = self.language.as_deref().filter(|tag| !is_language_tag(tag)) {
            return Err(format!("--language {tag}: is no BCP 47 tag, such as \"az\" or \"fa-IR\"").into());
        }
        let config = self.config.load(Vec::new())?;
        let authority = Catalog::of(&config.authorities()).load(config.authority.starter, None)?;
        let limits = pipeline::Limits::from(&config.intake);
        let mut failed = false;
        for document in self.files.iter().flat_map(|file| ingest::read(file)) {
            let made = document.and_then(|mut document| {
                if let Some(tag) = &self.language {
                    document.metadata.language = Some(tag.clone());
                }
                let document = document.received("analyze", Timestamp::now());
                pipeline::process(&document, &authority, &limits).map(|draft| draft.record).map_err(|e| e.to_string())
            });
            match made {
                Ok(record) if self.json => println!("{}", serde_json::to_string(&record)?),
                Ok(record) => show(&record),
                Err(reason) => {
                    failed = true;
                    eprintln!("nisba: {reason}");
                }
            }
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const ROLE: Style = Style::new().underline();

fn colour(status: PersonStatus) -> Style {
    let colour = match status {
        PersonStatus::Known => AnsiColor::Green,
        PersonStatus::Provisional => AnsiColor::Yellow,
        PersonStatus::Ambiguous => AnsiColor::Magenta,
    };
    colour.on_default().bold()
}

fn show(record: &Record) {
    let language = &record.language;
    println!("{FAINT}{}  {:.2}{FAINT:#}", language.tag, language.confidence);
    for field in [TextField::Title, TextField::Byline, TextField::Text, TextField::Caption] {
        let text = record.field(field);
        if !text.is_empty() {
            println!("{}\n", highlighted(record, field, text));
        }
    }
    for (number, person) in record.people.iter().enumerate() {
        println!("{}", described(number + 1, person));
    }
}

/// The text of a field with each mention in the colour of its person and with the person's number behind it.
fn highlighted(record: &Record, field: TextField, text: &str) -> String {
    let people = record.people.iter().enumerate();
    let mut marks: Vec<(usize, usize, Style, Option<usize>)> = people
        .flat_map(|(number, person)| {
            let mentions = person.mentions.iter().filter(|mention| mention.field == field);
            let names = mentions.map(move |m| (m.start, m.end, colour(person.status), Some(number + 1)));
            let roles = person.roles.iter().filter(|role| role.field == field);
            names.chain(roles.map(|role| (role.start, role.end, ROLE, None)))
        })
        .collect();
    marks.sort_by_key(|mark| (mark.0, mark.1));
    marks.dedup_by_key(|mark| mark.0);
    let mut out = String::new();
    let (mut at, mut chars) = (0, text.chars());
    for (start, end, style, number) in marks {
        if start < at {
            continue;
        }
        out.extend(chars.by_ref().take(start - at));
        let marked: String = chars.by_ref().take(end - start).collect();
        out.push_str(&format!("{style}{marked}{style:#}"));
        out.extend(number.map(|number| format!("{FAINT}[{number}]{FAINT:#}")));
        at = end;
    }
    out.extend(chars);
    out
}

fn described(number: usize, person: &PersonOnRecord) -> String {
    let style = colour(person.status);
    let who = match (&person.person_id, person.status) {
        (Some(id), _) => format!("{id}  {:.2}", person.score),
        (None, PersonStatus::Provisional) => "in no list".to_owned(),
        (None, _) => "not sure who".to_owned(),
    };
    let mut roles: Vec<&str> = person.roles.iter().map(|role| role.role.as_str()).collect();
    roles.sort_unstable();
    roles.dedup();
    let roles = if roles.is_empty() { String::new() } else { format!("  {}", roles.join(", ")) };
    let times = person.mentions.len();
    let mut out = format!("[{number}] {style}{}{style:#}  {who}  {times} ×{roles}", person.name);
    for candidate in person.candidates.iter().filter(|_| person.person_id.is_none()) {
        out.push_str(&format!("\n      perhaps {BOLD}{}{BOLD:#} {:.2}", candidate.name, candidate.score));
    }
    for why in &person.why {
        out.push_str(&format!("\n      {FAINT}{why}{FAINT:#}"));
    }
    out
}
