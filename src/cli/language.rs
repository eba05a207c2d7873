//! `nisba language`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use nisba::language::identify;
use nisba::model::{Language, TextField};
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::Failure;

/// Say which languages texts are in
///
/// Takes files of plain text in UTF-8, or - for the standard input. Prints for each its language, how sure that is, and the
/// script; und is none that nisba knows.
#[derive(Args)]
pub struct LanguageOf {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Also every stretch that is in one language
    #[arg(long)]
    spans: bool,
    /// JSON, one object a line, as records have it
    #[arg(long)]
    json: bool,
    /// The language that somebody says it is in, as en: it settles what the text leaves open
    #[arg(long, value_name = "TAG")]
    declared: Option<String>,
}

impl LanguageOf {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let several = self.files.len() > 1;
        for file in &self.files {
            let text = read(file)?;
            let found = identify(&[(TextField::Text, &text)], self.declared.as_deref()).document;
            if self.json {
                let mut line = json!(found);
                line["file"] = file.display().to_string().into();
                println!("{line}");
                continue;
            }
            let name = if several { format!("{}: ", file.display()) } else { String::new() };
            println!("{name}{}", said(&found));
            if self.spans {
                print_spans(&text, &found);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let named = |e: std::io::Error| format!("cannot read {}: {e}", file.display());
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map_err(named)?;
    } else {
        bytes = std::fs::read(file).map_err(named)?;
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("{} is not UTF-8 at byte {at}; convert it, as with iconv -t utf-8", file.display())
    })?;
    // Offsets count in NFC, as everywhere.
    Ok(text.trim_start_matches('\u{FEFF}').nfc().collect())
}

fn said(found: &Language) -> String {
    let sure = if found.reliable { "" } else { ", not reliable" };
    format!("{}  {:.2}  {}{sure}", found.tag, found.confidence, found.script)
}

/// Characters of a span that are shown.
const SHOWN: usize = 60;

fn print_spans(text: &str, found: &Language) {
    for span in &found.spans {
        let all: String = text.chars().skip(span.start).take(span.end - span.start).collect();
        let line: String = all.split_whitespace().collect::<Vec<_>>().join(" ");
        let more = if line.chars().count() > SHOWN { "…" } else { "" };
        let shown: String = line.chars().take(SHOWN).collect();
        println!("  {:>7}–{:<7} {:<8} {:.2}  {shown}{more}", span.start, span.end, span.tag, span.confidence);
    }
}
