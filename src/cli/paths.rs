//! What the command line is given to read: files, folders and patterns, compressed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The files that paths name, in order: a file as it is, of a folder all files below it that are `known` by their names, of a pattern
/// (`*`, `?`, `[…]`, `**`) what it matches. What names nothing is an error of its own.
pub fn expand(paths: &[PathBuf], known: fn(&Path) -> bool) -> Vec<Result<PathBuf, String>> {
    paths.iter().flat_map(|path| one(path, known)).collect()
}

fn one(path: &Path, known: fn(&Path) -> bool) -> Vec<Result<PathBuf, String>> {
    if path.is_dir() {
        return below(path, known);
    }
    let pattern = path.to_str().filter(|text| !path.exists() && text.contains(['*', '?', '[']));
    let Some(pattern) = pattern else { return vec![Ok(path.to_owned())] };
    let found = match glob::glob(pattern) {
        Ok(found) => found,
        Err(e) => return vec![Err(format!("{pattern} is no pattern: {e}"))],
    };
    let mut files: Vec<Result<PathBuf, String>> = Vec::new();
    for entry in found {
        match entry {
            Ok(path) if path.is_dir() => files.extend(below(&path, known)),
            Ok(path) => files.push(Ok(path)),
            Err(e) => files.push(Err(e.to_string())),
        }
    }
    if files.is_empty() {
        files.push(Err(format!("{pattern} matches no file")));
    }
    files
}

fn below(folder: &Path, known: fn(&Path) -> bool) -> Vec<Result<PathBuf, String>> {
    let mut files: Vec<Result<PathBuf, String>> = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() && known(entry.path()) => {
                files.push(Ok(entry.into_path()));
            }
            Ok(_) => {}
            Err(e) => files.push(Err(e.to_string())),
        }
    }
    if files.is_empty() {
        files.push(Err(format!("{} has no documents: no file below it has an ending that is known", folder.display())));
    }
    files
}

/// What standard input is called.
pub const STDIN: &str = "-";

/// A file as it is, or standard input for "-".
///
/// # Errors
/// When it cannot be opened.
pub fn open(file: &Path) -> io::Result<Box<dyn Read + Send>> {
    Ok(if file == Path::new(STDIN) { Box::new(io::stdin()) } else { Box::new(File::open(file)?) })
}

/// The name of a file in small letters, without the ending of a compression.
pub fn plain_name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned()
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
pub const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What a file holds when it is unpacked, if it is gzip or zstd: by what it begins with, whatever it is called.
///
/// # Errors
/// When it cannot be read.
pub fn unpacked(mut input: impl BufRead + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let start = input.fill_buf()?;
    if start.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(input))));
    }
    if start.starts_with(&ZSTD) {
        return Ok(Box::new(BufReader::new(zstd::stream::read::Decoder::with_buffer(input)?)));
    }
    Ok(Box::new(input))
}
