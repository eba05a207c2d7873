//! A document to its record. Reads as the story of a document, top to bottom; a function of the document and of what is
//! known, so that the same inputs give the same record on any machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::config;
use crate::intake::kind::{self, Kind, Seen};
use crate::intake::{self, IntakeError, Sketch, dates, variant};
use crate::language;
use crate::model::{
    Document, Language, Metadata, NoArticle, Page, Passage, PersonOnRecord, PersonStatus, Provenance, Record, SCHEMA,
    Source, TextField,
};
use crate::names::KEY_VERSION;
use crate::people::{self, Authority, Found, Identity};
use crate::translation::messages::NamedAt;
use crate::translation::role::Claim;
use crate::translation::stories::StoryDraft;
use crate::translation::{self, Memory, Outline, messages, role};

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

/// A page that gives no offset may be ahead by half a day; what is dated later than this lies in the future.
const FUTURE: SignedDuration = SignedDuration::from_hours(14);

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

    let extracted = intake::extract(&document.body, document.metadata.url.as_deref(), &limits.intake)?;
    let mut notes = extracted.notes;
    let title =
        document.metadata.title.as_deref().map(|t| tidy(t, &mut notes)).or(extracted.title).filter(|t| !t.is_empty());
    let (byline, caption, text, page) = (extracted.byline, extracted.caption, extracted.text, extracted.page);
    let published_at =
        document.metadata.published_at.or_else(|| dates::timestamp(page.as_ref()?.published_at.as_deref()?));
    if let Some(published_at) = published_at.filter(|at| *at > document.received_at + FUTURE) {
        notes.push(format!("published in the future: {published_at}"));
    }
    let signs = &extracted.signs;
    let seen = Seen {
        status: document.metadata.http_status,
        title: title.as_deref(),
        text: &text,
        link_share: signs.link_share,
        declared_article: signs.declared_article,
        not_free: signs.not_free,
        url: document.metadata.url.as_deref(),
        final_url: document.metadata.final_url.as_deref(),
    };
    let listed = signs.listing.as_deref().map(|lines| Seen { text: lines, ..seen });
    let no_article = page.as_ref().and_then(|_| {
        let listed = listed.as_ref().and_then(kind::no_article);
        listed.or_else(|| kind::no_article(&seen))
    });
    clock.stage("extract");

    let mut fields: Vec<(TextField, &str)> = Vec::new();
    fields.extend(title.as_deref().map(|t| (TextField::Title, t)));
    fields.extend(byline.as_deref().map(|b| (TextField::Byline, b)));
    fields.push((TextField::Text, &text));
    fields.extend(caption.as_deref().map(|c| (TextField::Caption, c)));
    let declared = document.metadata.language.as_deref().or(extracted.language.as_deref());
    let languages = language::identify(&fields, declared);
    if let Some(declared) = declared.filter(|declared| disagrees(declared, &languages.document)) {
        notes.push(format!("declared to be in {declared}, found to be in {}", languages.document.tag));
    }
    clock.stage("language");

    if no_article.as_ref().is_some_and(|(kind, _)| !names_people(*kind)) {
        fields.clear();
    }
    let read: Vec<_> = fields.iter().zip(&languages.fields).map(|((f, t), l)| (*f, *t, l.clone())).collect();
    let people::Reading { found, people_cut, keys, keys_cut } =
        people::find(&read, published_at.unwrap_or(document.received_at), authority, limits.people);
    if text.len() > people::LONGEST_SEARCHED && text.chars().count() > people::LONGEST_SEARCHED {
        notes.push(format!("people were looked for in the first {} characters", people::LONGEST_SEARCHED));
    }
    if people_cut {
        notes.push(format!(
            "it names {} people or more, the limit intake.max_people; others were left out",
            limits.people.0
        ));
    }
    if keys_cut {
        notes.push(
            "it names so many that not all are indexed: who becomes known later may need nisba reprocess --id".into(),
        );
    }
    clock.stage("people");

    // A notice that every page of a site shows would make one cluster of them all.
    let sketch = Sketch::of(&text).filter(|_| no_article.is_none());
    let variant_of = page.as_ref().and_then(|page| variant::of(&document.metadata, page));
    clock.stage("likeness");

    let language = languages.document.tag.as_str();
    let claims = || {
        let mut claims = declared_claims(&document.metadata, page.as_ref());
        let mentions = found.iter().flat_map(|person| &person.mentions);
        let names = mentions.filter(|mention| mention.field != TextField::Byline).map(|mention| mention.text.as_str());
        claims.extend(role::habit(language, names, &text));
        claims.extend(role::claims(language, title.as_deref(), byline.as_deref(), &text));
        claims
    };
    let story = no_article.is_none().then(|| story(language, title.as_deref(), &text, &found, claims));
    let passages = passages(&text, language, &found, authority);
    clock.stage("stories");

    let (people, provisional) = found.into_iter().map(on_record).unzip();
    let record = Record {
        schema: SCHEMA.to_owned(),
        id: document.id.clone(),
        revision: document.revision,
        version: 0,
        deleted: false,
        received_at: document.received_at,
        processed_at: Timestamp::now(),
        source: Source {
            name: document.metadata.source.clone(),
            url: document.metadata.url.clone(),
            published_at,
            fetched_at: document.metadata.fetched_at,
            http_status: document.metadata.http_status,
            final_url: document.metadata.final_url.clone(),
            translation_of: document.metadata.translation_of.clone(),
            original_language: document.metadata.original_language.clone(),
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
        language: languages.document,
        edition: None,
        translation: None,
        passages,
        people,
        metadata: document.metadata.metadata.clone(),
        provenance: Provenance {
            nisba: crate::VERSION.to_owned(),
            models: models(),
            authority_revision: authority.revision().to_owned(),
            notes,
            timings_ms: clock.stages,
        },
    };
    Ok(Draft { record, provisional, keys, sketch, story: story.flatten() })
}

/// A text of fewer letters is not told from others.
const SHORTEST_STORY: usize = 60;

/// What is compared to find the translations of a text.
fn story(
    language: &str,
    title: Option<&str>,
    text: &str,
    people: &[Found],
    claims: impl FnOnce() -> Vec<Claim>,
) -> Option<StoryDraft> {
    thread_local! {
        static MEMORY: RefCell<Memory> = RefCell::default();
    }
    let lines = || title.into_iter().chain(text.lines());
    let mut outline = MEMORY.with_borrow_mut(|memory| Outline::of(language, lines(), memory));
    if outline.letters() < SHORTEST_STORY {
        return None;
    }
    let known = people.iter().filter_map(|person| match &person.identity {
        Identity::Known(id) => Some((id.as_str(), person)),
        _ => None,
    });
    outline.name(
        known.flat_map(|(id, person)| {
            let texts = person.mentions.iter().filter(|mention| mention.field == TextField::Text);
            texts.map(move |mention| (id, mention.start))
        }),
        title.is_some(),
        text,
    );
    Some(StoryDraft { outline, claims: claims() })
}

/// What the sender and the page say of where the text comes from.
fn declared_claims(sender: &Metadata, page: Option<&Page>) -> Vec<Claim> {
    let (address, language) = (sender.translation_of.as_deref(), sender.original_language.as_deref());
    let by_sender = role::declared(["translation_of", "original_language"], address, language);
    let by_page = page.and_then(|page| {
        let (address, language) = (page.translation_of.as_deref(), page.original_language.as_deref());
        role::declared(["translationOfWork", "inLanguage"], address, language)
    });
    let by_translator = page.and_then(|page| page.translators.first()).map(|name| role::translated_by(name));
    by_sender.into_iter().chain(by_page).chain(by_translator).collect()
}

/// The messages that a text quotes whole, with their authors.
fn passages(text: &str, language: &str, people: &[Found], authority: &Authority) -> Vec<Passage> {
    let countries: Vec<Vec<String>> = people
        .iter()
        .map(|person| match &person.identity {
            Identity::Known(id) => authority.by_id(id).map(|entry| entry.countries).unwrap_or_default(),
            _ => Vec::new(),
        })
        .collect();
    let mut named: Vec<NamedAt> = Vec::new();
    for (person, countries) in people.iter().zip(&countries) {
        let id = match &person.identity {
            Identity::Known(id) => Some(id.as_str()),
            _ => None,
        };
        let mentions = person.mentions.iter().filter(|mention| mention.field == TextField::Text);
        named.extend(mentions.map(|mention| NamedAt { id, name: &person.name, countries, start: mention.start }));
    }
    named.sort_by_key(|one| one.start);
    messages::messages(text, language, &named)
}

/// Whether the people named on a page without an article are those of its article: a teaser has its beginning.
fn names_people(kind: Kind) -> bool {
    matches!(kind, Kind::Teaser | Kind::LoginWall)
}

/// Whether a text is surely in another language than somebody says.
fn disagrees(declared: &str, found: &Language) -> bool {
    found.reliable && language::declared(declared).is_none_or(|declared| declared != language::primary(&found.tag))
}

fn tidy(title: &str, notes: &mut Vec<String>) -> String {
    let (mended, mojibake) = intake::mend(title.to_owned());
    let (title, more) = intake::clean(&mended);
    notes.extend(mojibake.into_iter().chain(more).filter(|note| !notes.contains(note)).collect::<Vec<_>>());
    title
}

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
