//! `nisba train language`

use std::collections::{BTreeMap, HashMap};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use nisba::language::train::{Learned, Settings, table};
use serde::Deserialize;
use serde_json::json;

use crate::cli::Failure;

/// The table of n-grams that languages are identified by, from lingua's frequencies and from texts
///
/// `scripts/data/language` gets what is free to be had and calls this.
#[derive(Args)]
pub struct TrainLanguage {
    /// The folder with lingua's `lingua-…-language-model-…` crates
    #[arg(long, value_name = "FOLDER")]
    lingua: PathBuf,
    /// The Universal Declaration of Human Rights: lines of `tag TAB version TAB text`
    #[arg(long, value_name = "FILE")]
    declaration: PathBuf,
    /// A text in a language that lingua lacks, a sentence a line
    #[arg(long = "text", value_name = "TAG=FILE")]
    texts: Vec<String>,
    /// Which languages, and what from
    #[arg(long, value_name = "FILE", default_value = "data/language/languages.toml")]
    languages: PathBuf,
    /// What a shorter n-gram counts for where the longer one was never seen
    #[arg(long, value_name = "SHARE", default_value_t = Settings::default().backoff)]
    backoff: f32,
    /// N-grams of four and five letters that say less, weighed by how often they do, are left out
    #[arg(long, value_name = "SHARE", default_value_t = Settings::default().rare_longer)]
    rare: f32,
    #[arg(long, value_name = "FILE", default_value = "data/language/table.bin")]
    out: PathBuf,
}

#[derive(Deserialize)]
struct Languages {
    lingua: BTreeMap<String, String>,
    letters: BTreeMap<String, InLetters>,
    declaration: Declaration,
}

#[derive(Deserialize)]
struct InLetters {
    of: String,
    pairs: String,
}

#[derive(Deserialize)]
struct Declaration {
    outside: String,
    tags: BTreeMap<String, String>,
}

impl TrainLanguage {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let settings = Settings { backoff: self.backoff, rare_longer: self.rare, ..Settings::default() };
        let languages: Languages = toml::from_str(&read(&self.languages)?)?;
        let declaration = versions(&read(&self.declaration)?)?;
        let mut all = self.of_lingua(&languages)?;
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        for text in &self.texts {
            let (tag, file) = text.split_once('=').ok_or_else(|| format!("\"{text}\" is not TAG=FILE"))?;
            own.insert(tag.to_owned(), read(Path::new(file))?);
        }
        let alone = own.iter().filter(|(tag, _)| !languages.letters.contains_key(*tag));
        all.extend(alone.map(|(tag, text)| Learned::of_text(tag, true, text, &settings)));
        for (tag, other) in &languages.letters {
            let of = all.iter().find(|l| l.tag == other.of);
            let of = of.ok_or_else(|| format!("{tag} is of {}, which is not there", other.of))?;
            let mut pairs: Vec<(&str, &str)> =
                other.pairs.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
            // The longest first, so that sh is not s and h.
            pairs.sort_by_key(|(from, _)| std::cmp::Reverse(from.chars().count()));
            let new = match own.get(&other.of) {
                Some(text) => Learned::of_text(tag, true, &respelt(text, &pairs), &settings),
                None => in_letters(of, tag, &pairs, own.get(tag).map_or("", String::as_str)),
            };
            all.push(new);
        }
        let Declaration { outside, tags } = &languages.declaration;
        for tag in outside.split_whitespace() {
            let text: String =
                declaration.iter().filter(|((own, _), _)| own == tag).map(|(_, text)| text.as_str()).collect();
            if text.is_empty() {
                return Err(format!("the declaration has no {tag}").into());
            }
            all.push(Learned::of_text(tag, false, &text, &settings));
        }
        // What was counted from texts was measured on them; the others are on the declaration.
        for language in all.iter_mut().filter(|language| !language.is_measured()) {
            let tag = tags.get(&language.tag).unwrap_or(&language.tag).clone();
            let own = |other: &str| other == tag || other.split('-').next() == Some(tag.as_str());
            let texts = declaration.iter().filter(|((other, _), _)| own(other));
            texts.for_each(|(_, text)| language.at_home(text, &settings));
        }
        let parts = table(&all, &settings)?;
        let failed = |e: std::io::Error| format!("cannot write {}: {e}", self.out.display());
        parts.write(BufWriter::new(std::fs::File::create(&self.out).map_err(failed)?)).map_err(failed)?;
        let entries: usize = parts.longer.iter().map(|(_, list)| list.len()).sum();
        println!(
            "{}",
            json!({"languages": all.len(), "rows": parts.rows.len(), "longer": parts.longer.len(), "entries": entries})
        );
        Ok(ExitCode::SUCCESS)
    }

    fn of_lingua(&self, languages: &Languages) -> Result<Vec<Learned>, Failure> {
        let failed = |e: std::io::Error| format!("cannot read {}: {e}", self.lingua.display());
        let mut folders: HashMap<String, PathBuf> = HashMap::new();
        for folder in std::fs::read_dir(&self.lingua).map_err(failed)? {
            let path = folder.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(language) = name.strip_prefix("lingua-").and_then(|rest| rest.split("-language-model").next()) {
                folders.insert(language.to_owned(), path);
            }
        }
        let mut all = Vec::new();
        for (tag, name) in &languages.lingua {
            let folder = folders.get(name).ok_or_else(|| format!("{} has no {name}", self.lingua.display()))?;
            all.push(Learned::of_lingua(tag, folder).map_err(|e| format!("{}: {e}", folder.display()))?);
        }
        Ok(all)
    }
}

/// A language of lingua in other letters.
fn in_letters(of: &Learned, tag: &str, pairs: &[(&str, &str)], own: &str) -> Learned {
    let single = |text: &str| text.chars().next().filter(|_| text.chars().count() == 1);
    match pairs.iter().map(|(from, to)| single(from).zip(single(to))).collect() {
        Some(letters) => of.in_letters(tag, &letters),
        None => {
            let letters = pairs.iter().filter_map(|(from, to)| Some((single(from)?, (*to).to_owned())));
            of.respelt(tag, &letters.collect(), own)
        }
    }
}

/// A text in other letters, in lower case.
fn respelt(text: &str, pairs: &[(&str, &str)]) -> String {
    let text = text.to_lowercase();
    let mut rest = text.as_str();
    let mut written = String::with_capacity(2 * text.len());
    while let Some(c) = rest.chars().next() {
        let (from, to) = pairs
            .iter()
            .find(|(from, _)| rest.starts_with(from))
            .copied()
            .unwrap_or((&rest[..c.len_utf8()], &rest[..c.len_utf8()]));
        written.push_str(to);
        rest = &rest[from.len()..];
    }
    written
}

fn read(file: &Path) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?)
}

/// The texts of the declaration by tag and version.
fn versions(lines: &str) -> Result<BTreeMap<(String, String), String>, Failure> {
    let mut all: BTreeMap<(String, String), String> = BTreeMap::new();
    for (at, line) in lines.lines().enumerate() {
        let mut fields = line.splitn(3, '\t');
        let (Some(tag), Some(version), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(format!("line {} of the declaration is not tag TAB version TAB text", at + 1).into());
        };
        let known = all.entry((tag.to_owned(), version.to_owned())).or_default();
        known.push_str(text);
        known.push('\n');
    }
    Ok(all)
}
