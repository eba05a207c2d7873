//! Languages identified by nisba, lingua and whatlang in one run: how many texts each has right, and how fast.
//!
//! `cargo run --release --manifest-path benches/languages/Cargo.toml [FILE…]`: files of lines `class TAB tag TAB text`; the
//! sample documents without any. One thread; the models are loaded before.

use std::time::Instant;

use nisba::language::{identify, primary, warm_up};
use nisba::model::TextField;

type Row = (String, String);

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let rows: Vec<Row> = if files.is_empty() { samples() } else { files.iter().flat_map(|file| labelled(file)).collect() };
    let bytes: usize = rows.iter().map(|(_, text)| text.len()).sum();
    println!("{} texts, {:.2} MB", rows.len(), bytes as f64 / 1e6);

    let lingua = lingua::LanguageDetectorBuilder::from_all_languages().with_preloaded_language_models().build();
    warm_up();
    measure("nisba", &rows, bytes, |text| identify(&[(TextField::Text, text)], None).document.tag);
    measure("whatlang", &rows, bytes, |text| {
        whatlang::detect_lang(text).map_or_else(|| "und".into(), |found| two_letters(found.code()).to_owned())
    });
    measure("lingua", &rows, bytes, |text| {
        lingua.detect_language_of(text).map_or_else(|| "und".into(), |found| found.iso_code_639_1().to_string())
    });
}

fn measure(name: &str, rows: &[Row], bytes: usize, tag: impl Fn(&str) -> String) {
    let since = Instant::now();
    let found: Vec<String> = rows.iter().map(|(_, text)| tag(text)).collect();
    let seconds = since.elapsed().as_secs_f64();
    let right = rows.iter().zip(&found).filter(|((wanted, _), found)| primary(wanted) == primary(found)).count();
    let (share, speed) = (right as f64 / rows.len() as f64, bytes as f64 / 1e6 / seconds);
    println!("{name:<9} {share:.4} right  {speed:8.2} MB/s");
}

/// The sample documents; their names have their languages.
fn samples() -> Vec<Row> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/documents");
    let files = std::fs::read_dir(folder).expect(folder);
    files
        .map(|file| {
            let path = file.expect(folder).path();
            let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect(folder)).expect(folder);
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = json["text"].as_str().or(json["html"].as_str()).unwrap_or_default().to_owned();
            (name.split('-').nth(1).unwrap_or_default().to_owned(), text)
        })
        .collect()
}

fn labelled(file: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(file).expect(file);
    let rows = text.lines().filter_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let (class, tag, text) = (fields.next()?, fields.next()?, fields.next()?);
        (!class.ends_with("-unserved")).then(|| (tag.to_owned(), text.to_owned()))
    });
    rows.collect()
}

/// whatlang names languages by three letters.
fn two_letters(code: &str) -> &str {
    const CODES: &str = "afr=af aka=ak amh=am ara=ar aze=az bel=be ben=bn bul=bg cat=ca ces=cs cmn=zh cym=cy dan=da deu=de ell=el \
        eng=en epo=eo est=et fin=fi fra=fr guj=gu heb=he hin=hi hrv=hr hun=hu hye=hy ind=id ita=it jav=jv jpn=ja kan=kn \
        kat=ka khm=km kor=ko lat=la lav=lv lit=lt mal=ml mar=mr mkd=mk mya=my nep=ne nld=nl nob=nb ori=or pan=pa pes=fa \
        pol=pl por=pt ron=ro rus=ru sin=si slk=sk slv=sl sna=sn spa=es srp=sr swe=sv tam=ta tel=te tgl=tl tha=th tuk=tk \
        tur=tr ukr=uk urd=ur uzb=uz vie=vi yid=yi zul=zu";
    CODES.split_whitespace().filter_map(|pair| pair.split_once('=')).find(|(three, _)| *three == code).map_or("und", |(_, two)| two)
}
