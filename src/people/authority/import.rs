//! Files of people to the lines of an authority. A line that is no person costs only itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::formats::{Line, country, gender, read_line};
use super::{AuthorityError, Entry, hash};

/// What is imported.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// JSON lines of any format of [`read_line`]; CSV and TSV by their names' endings; `.gz` and `.zst` of all of them.
    pub files: Vec<PathBuf>,
    /// Where the fields of people are in CSV files.
    pub columns: Columns,
}

/// For each field of an [`Entry`] the headers of CSV columns that have it.
#[derive(Clone, Debug)]
pub struct Columns(BTreeMap<String, Vec<String>>);

/// Fields, with the headers that they are looked for under.
const FIELDS: [(&str, &[&str]); 10] = [
    ("id", &["id"]),
    ("name", &["name", "caption"]),
    ("names", &["names", "alias", "aliases"]),
    ("weak", &["weak", "weak_names", "weakalias", "weak_alias"]),
    ("gender", &["gender", "sex"]),
    ("birth_date", &["birth_date", "birthdate", "born"]),
    ("death_date", &["death_date", "deathdate", "died"]),
    ("countries", &["countries", "country", "nationality", "nationalities"]),
    ("positions", &["positions", "position"]),
    ("same_as", &["same_as", "sameas"]),
];

impl Default for Columns {
    fn default() -> Columns {
        let owned = |headers: &[&str]| headers.iter().map(|h| (*h).to_owned()).collect();
        Columns(FIELDS.iter().map(|(field, headers)| ((*field).to_owned(), owned(headers))).collect())
    }
}

impl Columns {
    /// Takes a field from a column of another header, as `name=Full name` says.
    ///
    /// # Errors
    /// When it is not written so, or there is no such field.
    pub fn map(&mut self, said: &str) -> Result<(), AuthorityError> {
        let fields = || FIELDS.map(|(field, _)| field).join(", ");
        let wrong = |why: &str| {
            AuthorityError::Columns(format!("\"{said}\" {why}; write FIELD=HEADER, with a field of {}", fields()))
        };
        let (field, header) = said.split_once('=').ok_or_else(|| wrong("has no ="))?;
        let headers = self.0.get_mut(field.trim()).ok_or_else(|| wrong("names no field"))?;
        *headers = vec![header.trim().to_lowercase()];
        Ok(())
    }

    /// A field that somebody has mapped to a header, and the file does not have that one.
    fn missing(&self, headers: &csv::StringRecord) -> Option<(&str, &str)> {
        let usual = Columns::default();
        let places = self.places(headers);
        let mapped = self.0.iter().filter(|(field, wanted)| usual.0.get(*field) != Some(*wanted));
        let mut absent = mapped.filter(|(field, _)| places[field.as_str()].is_empty());
        absent.next().and_then(|(field, wanted)| Some((field.as_str(), wanted.first()?.as_str())))
    }

    /// The places of the columns that have a field.
    fn places(&self, headers: &csv::StringRecord) -> BTreeMap<&str, Vec<usize>> {
        let place = |wanted: &Vec<String>| {
            let named =
                |header: &str| wanted.iter().any(|w| *w == header.trim().trim_start_matches('\u{feff}').to_lowercase());
            headers.iter().enumerate().filter(|(_, header)| named(header)).map(|(at, _)| at).collect()
        };
        self.0.iter().map(|(field, wanted)| (field.as_str(), place(wanted))).collect()
    }
}

/// What came of an import.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Imported {
    pub people: usize,
    pub names: usize,
    /// Lines about something else than people.
    pub other: usize,
    /// Lines that could not be used; the first thousand of them say why.
    pub rejected: usize,
    pub why: Vec<Rejected>,
}

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rejected {
    pub file: String,
    pub line: u64,
    pub reason: String,
}

/// Rejected lines that are kept with their reasons.
const MOST_REASONS: usize = 1_000;

/// Writes the people of files as lines, each id once.
pub(super) struct Writer<'w, W> {
    pub out: &'w mut W,
    pub done: Imported,
    pub ids: FxHashSet<u64>,
}

impl<W: Write> Writer<'_, W> {
    /// Reads a file; `progress` is told of bytes read.
    pub fn take(
        &mut self,
        file: &Path,
        columns: &Columns,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), AuthorityError> {
        let unreadable = |e: std::io::Error| AuthorityError::File { file: file.to_owned(), reason: e.to_string() };
        let (reader, name) = open(file, progress).map_err(unreadable)?;
        match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("csv" | "tsv") => self.take_csv(file, reader, columns),
            _ => self.take_lines(file, reader).map_err(unreadable),
        }
    }

    fn take_lines(&mut self, file: &Path, mut reader: impl BufRead) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            let line = String::from_utf8_lossy(&bytes);
            // Dumps of Wikidata are one JSON list, an item a line.
            let line = line.trim().trim_start_matches('\u{feff}').trim_end_matches(',');
            if !line.is_empty() && line != "[" && line != "]" {
                self.take_line(file, number, read_line(line))?;
            }
        }
        Ok(())
    }

    fn take_csv(&mut self, file: &Path, mut reader: impl BufRead, columns: &Columns) -> Result<(), AuthorityError> {
        let failed = |reason: String| AuthorityError::File { file: file.to_owned(), reason };
        let delimiter = delimiter(reader.fill_buf().map_err(|e| failed(e.to_string()))?);
        let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
        let headers = rows.headers().map_err(|e| failed(e.to_string()))?.clone();
        let places = columns.places(&headers);
        if let Some((field, header)) = columns.missing(&headers) {
            let has = headers.iter().collect::<Vec<_>>().join(", ");
            return Err(failed(format!("there is no column \"{header}\" for {field}; it has: {has}")));
        }
        if places["id"].is_empty() || (places["name"].is_empty() && places["names"].is_empty()) {
            let has = headers.iter().collect::<Vec<_>>().join(", ");
            return Err(failed(format!(
                "has no column for id or for a name; it has: {has}. Name them with --column id=HEADER"
            )));
        }
        let mut row = csv::StringRecord::new();
        loop {
            let read = rows.read_record(&mut row);
            let line = rows.position().line().saturating_sub(1);
            match read {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    self.take_line(file, row.position().map_or(line, csv::Position::line), person_of(&row, &places))
                }
                Err(error) if error.is_io_error() => return Err(failed(error.to_string())),
                Err(error) => self.take_line(file, line, Err(error.to_string())),
            }
            .map_err(|e| failed(e.to_string()))?;
        }
    }

    fn take_line(&mut self, file: &Path, line: u64, read: Result<Line, String>) -> std::io::Result<()> {
        let reason = match read {
            Ok(Line::Other) => {
                self.done.other += 1;
                return Ok(());
            }
            Ok(Line::Person(entry)) if self.ids.insert(hash(&entry.id)) => {
                self.done.people += 1;
                self.done.names += entry.spellings().len();
                return self.write(&entry);
            }
            Ok(Line::Person(entry)) => format!("repeats the id {}", entry.id),
            Err(reason) => reason,
        };
        self.done.rejected += 1;
        if self.done.why.len() < MOST_REASONS {
            self.done.why.push(Rejected { file: file.display().to_string(), line, reason });
        }
        Ok(())
    }

    /// Writes a person's line.
    pub fn write(&mut self, entry: &Entry) -> std::io::Result<()> {
        serde_json::to_writer(&mut *self.out, entry)?;
        self.out.write_all(b"\n")
    }
}

/// What stands between the cells: whatever the headers have most of.
fn delimiter(start: &[u8]) -> u8 {
    let headers = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| headers.iter().filter(|byte| *byte == delimiter).count();
    // The last of equals.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Opens a file, unpacked; its name without what says how it is packed.
fn open<'p>(file: &Path, progress: &'p mut dyn FnMut(u64)) -> std::io::Result<(Box<dyn BufRead + 'p>, String)> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let counted = BufReader::with_capacity(1 << 16, Counted { file: File::open(file)?, progress });
    Ok(if let Some(name) = name.strip_suffix(".gz") {
        (Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(counted))), name.to_owned())
    } else if let Some(name) = name.strip_suffix(".zst") {
        (Box::new(BufReader::new(zstd::stream::Decoder::with_buffer(counted)?)), name.to_owned())
    } else {
        (Box::new(counted), name)
    })
}

struct Counted<'p> {
    file: File,
    progress: &'p mut dyn FnMut(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        (self.progress)(read as u64);
        Ok(read)
    }
}

/// A row to a person; cells have several values apart by `;` or `|`.
fn person_of(row: &csv::StringRecord, places: &BTreeMap<&str, Vec<usize>>) -> Result<Line, String> {
    let cells =
        |field: &str| places[field].iter().filter_map(|at| row.get(*at)).map(str::trim).filter(|cell| !cell.is_empty());
    if ["id", "name", "names"].iter().any(|field| cells(field).any(|cell| cell.contains('\n'))) {
        return Err("a name goes over several lines: a quote is not closed, and what follows is a part of it".into());
    }
    let one = |field: &str| cells(field).next().map(str::to_owned);
    let many = |field: &str| -> Vec<String> {
        cells(field)
            .flat_map(|cell| cell.split([';', '|']))
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
            .collect()
    };
    let entry = Entry {
        id: one("id").unwrap_or_default(),
        name: one("name").unwrap_or_default(),
        names: many("names"),
        weak: many("weak"),
        gender: one("gender").as_deref().and_then(gender),
        birth_date: one("birth_date"),
        death_date: one("death_date"),
        countries: many("countries").iter().filter_map(|code| country(code)).collect(),
        positions: many("positions"),
        same_as: many("same_as"),
    };
    entry.tidied().map(|entry| Line::Person(Box::new(entry)))
}
