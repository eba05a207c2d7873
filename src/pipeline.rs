//! A document to its record. Reads as the story of a document, top to bottom; a function of the document and of what is
//! known, so that the same inputs give the same record on any machine.

mod content;
mod passages;
mod story;

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;

use content::Content;

use crate::config;
use crate::intake::{self, IntakeError, Sketch, variant};
use crate::language;
use crate::model::{
    Document, Language, NoArticle, Passage, PersonOnRecord, PersonStatus, Provenance, Record, SCHEMA, Source, Variant,
};
use crate::names::KEY_VERSION;
use crate::people::{self, Authority, Found, Identity};
use crate::translation::{self, stories::StoryDraft};

/// Why a document cannot become a record.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// A record that lacks only what the store gives: its version, its cluster, and the ids of people in no list.
#[derive(Clone, Debug)]
pub struct Draft {
    pub record: Record,
    /// For each person of the record, the keys to find a provisional person by; `None` for all others.
    pub provisional: Vec<Option<Vec<String>>>,
    /// By which the record is found when somebody becomes known.
    pub keys: Vec<u32>,
    /// By which documents with nearly the same text are found.
    pub sketch: Option<Sketch>,
    /// By which its translations are found; none where there is no article.
    pub story: Option<StoryDraft>,
}

/// A stage on the way from document to record.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    pub name: &'static str,
    /// Grows whenever it would make something else of the same document, so that older records can be made again.
    pub version: u32,
    /// What it does its work with.
    pub with: &'static str,
}

/// The stages, in their order. Names and numbers are on every record.
pub const STAGES: [Stage; 5] = [
    Stage { name: "extract", version: 4, with: "dom_smoothie" },
    Stage { name: "language", version: 2, with: "n-grams, near words" },
    Stage { name: "names", version: KEY_VERSION, with: "keys, learned scorer" },
    Stage { name: "people", version: 2, with: "tagger, lexicons, authorities" },
    Stage { name: "stories", version: 2, with: "names, numbers, concepts, layout; learned weights" },
];

/// The languages that are read most; the lexicons of others are loaded when they are met.
pub const READ_MOST: [&str; 8] = ["en", "ru", "ar", "fa", "tr", "de", "fr", "es"];

/// Loads what the first document would otherwise wait for: the table of languages, names, the lexicons of these languages
/// (BCP 47 tags).
pub fn warm_up<'l>(languages: impl IntoIterator<Item = &'l str> + Clone) {
    language::warm_up();
    people::warm_up(languages.clone());
    translation::warm_up(languages);
}

/// What a document may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub intake: intake::Limits,
    pub people: people::Most,
}

impl From<&config::Intake> for Limits {
    fn from(config: &config::Intake) -> Limits {
        Limits {
            intake: intake::Limits { depth: config.max_depth, attributes: config.max_attributes },
            people: people::Most(config.max_people),
        }
    }
}

/// Processes a document.
///
/// # Errors
/// When no text can be got out of it.
pub fn process(document: &Document, authority: &Authority, limits: &Limits) -> Result<Draft, PipelineError> {
    crate::pool::test_point("pipeline");
    let mut clock = Clock::start();
    let sent = &document.metadata;
    let mut notes = Vec::new();

    let content = Content::of(document, &limits.intake, &mut notes)?;
    clock.stage("extract");

    let fields = content.fields();
    let declared = content.declared.as_deref();
    let languages = language::identify(&fields, declared);
    if let Some(declared) = declared.filter(|declared| disagrees(declared, &languages.document)) {
        notes.push(format!("declared to be in {declared}, found to be in {}", languages.document.tag));
    }
    clock.stage("language");

    let searched = if content.names_people() { fields } else { Vec::new() };
    let searched: Vec<_> = searched.into_iter().zip(&languages.fields).map(|((f, t), l)| (f, t, l.clone())).collect();
    let when = content.published_at.unwrap_or(document.received_at);
    let reading = people::find(&searched, when, authority, limits.people);
    notes.extend(people_left_out(&content.text, &reading, limits.people));
    let people::Reading { found, keys, .. } = reading;
    clock.stage("people");

    // A notice that every page of a site shows would make one cluster of them all.
    let sketch = Sketch::of(&content.text).filter(|_| content.no_article.is_none());
    let variant_of = content.page.as_ref().and_then(|page| variant::of(sent, page));
    clock.stage("likeness");

    let language = languages.document.tag.as_str();
    let is_article = content.no_article.is_none();
    let story = is_article.then(|| story::draft(&content, sent, language, &found)).flatten();
    let passages = passages::of(&content.text, language, &found, authority);
    clock.stage("stories");

    let (people, provisional) = found.into_iter().map(on_record).unzip();
    let provenance = Provenance {
        nisba: crate::VERSION.to_owned(),
        models: models(),
        authority_revision: authority.revision().to_owned(),
        notes,
        timings_ms: clock.stages,
    };
    let record = record(document, content, variant_of, languages.document, passages, people, provenance);
    Ok(Draft { record, provisional, keys, sketch, story })
}

/// Whether a text is surely in another language than somebody says.
fn disagrees(declared: &str, found: &Language) -> bool {
    found.reliable && language::declared(declared).is_none_or(|declared| declared != language::primary(&found.tag))
}

/// What was left out of people, in words.
fn people_left_out(text: &str, reading: &people::Reading, most: people::Most) -> Vec<String> {
    let mut notes = Vec::new();
    if text.len() > people::LONGEST_SEARCHED && text.chars().count() > people::LONGEST_SEARCHED {
        notes.push(format!("people were looked for in the first {} characters", people::LONGEST_SEARCHED));
    }
    if reading.people_cut {
        notes.push(format!("it names {} people or more, the limit intake.max_people; others were left out", most.0));
    }
    if reading.keys_cut {
        notes.push(
            "it names so many that not all are indexed: who becomes known later may need nisba reprocess --id".into(),
        );
    }
    notes
}

/// A person as the record has them, and the keys to find them by who is in no list.
fn on_record(found: Found) -> (PersonOnRecord, Option<Vec<String>>) {
    let (person_id, status, keys) = match found.identity {
        Identity::Known(id) => (Some(id), PersonStatus::Known, None),
        Identity::Provisional { keys } => (None, PersonStatus::Provisional, Some(keys)),
        Identity::Ambiguous => (None, PersonStatus::Ambiguous, None),
    };
    let person = PersonOnRecord {
        person_id,
        name: found.name,
        status,
        key: found.key,
        score: found.score,
        same_as: found.same_as,
        candidates: found.candidates,
        roles: found.roles,
        mentions: found.mentions,
        why: found.why,
    };
    (person, keys)
}

/// The record of what a document says and of what was found in it.
fn record(
    document: &Document,
    content: Content,
    variant_of: Option<Variant>,
    language: Language,
    passages: Vec<Passage>,
    people: Vec<PersonOnRecord>,
    provenance: Provenance,
) -> Record {
    let Content { title, byline, caption, text, page, published_at, no_article, .. } = content;
    let sent = &document.metadata;
    Record {
        schema: SCHEMA.to_owned(),
        id: document.id.clone(),
        revision: document.revision,
        version: 0,
        deleted: false,
        received_at: document.received_at,
        processed_at: Timestamp::now(),
        source: Source {
            name: sent.source.clone(),
            url: sent.url.clone(),
            published_at,
            fetched_at: sent.fetched_at,
            http_status: sent.http_status,
            final_url: sent.final_url.clone(),
            translation_of: sent.translation_of.clone(),
            original_language: sent.original_language.clone(),
        },
        content_hash: data_encoding::HEXLOWER.encode(&document.content_hash),
        title,
        byline,
        caption,
        text_hash: (!text.is_empty()).then(|| blake3::hash(text.as_bytes()).to_hex().to_string()),
        text,
        article: page.is_some().then_some(no_article.is_none()),
        no_article: no_article.map(|(kind, why)| NoArticle { kind: kind.name().to_owned(), why }),
        page,
        cluster: None,
        variant_of,
        language,
        edition: None,
        translation: None,
        passages,
        people,
        metadata: sent.metadata.clone(),
        provenance,
    }
}

/// What each stage is and does its work with, as records say it.
fn models() -> BTreeMap<String, String> {
    STAGES.iter().map(|stage| (stage.name.to_owned(), format!("{} ({})", stage.version, stage.with))).collect()
}

/// How long each stage took, in milliseconds.
struct Clock {
    since: Instant,
    stages: BTreeMap<String, f64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { since: Instant::now(), stages: BTreeMap::new() }
    }

    fn stage(&mut self, name: &str) {
        let elapsed = self.since.elapsed().as_secs_f64() * 1000.0;
        self.stages.insert(name.to_owned(), (elapsed * 1000.0).round() / 1000.0);
        self.since = Instant::now();
    }
}
