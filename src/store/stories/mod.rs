//! Stories: which documents say the same in other languages. Runs inside the record's transaction, on the one writer, so that
//! two translations that come at once are one story. The documents of the last days are held in memory by their marks; what
//! else is compared is read from disk for the few that share the most.

mod view;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use view::{StoryDocument, StoryFilter, StoryLine, StoryPage, StoryPerson, StoryView};

use super::{Store, StoreError, open, remakes, sortable};
use crate::config;
use crate::model::{Record, StoryCandidate, Translation};
use crate::translation::outline::written;
use crate::translation::role::{Found, Member, role};
use crate::translation::stories::{Compared, IN_DOUBT, LINKED, SURE, StoryDraft, compare, likelihood};
use crate::translation::{Kind, Memory, Outline, Window, likeness};

/// Among which documents a new one's story is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowLimits {
    /// How far apart two documents of a story are published, at most.
    pub span: SignedDuration,
    /// How many there are, at most.
    pub documents: usize,
}

impl From<&config::Stories> for WindowLimits {
    fn from(config: &config::Stories) -> WindowLimits {
        WindowLimits { span: SignedDuration::from_hours(24 * i64::from(config.days)), documents: config.documents }
    }
}

/// Members of a story that are looked at to tell the role of one.
const MOST_MEMBERS: usize = 32;

/// Stories that a record names as those that it may be of.
const MOST_CANDIDATES: usize = 3;

/// Addresses of pages in other languages that are looked for.
const MOST_ADDRESSES: usize = 64;

/// What it adds to the odds that two documents show the same picture: outlets use one for several texts.
const SAME_PICTURE: f64 = 3.0;

/// Documents that show the same picture, of which that is looked at.
const MOST_PICTURED: usize = 32;

/// How sure it is that a page names its own translations, and that nearly the same text is the same story.
const SURELY: f64 = 0.97;

/// The documents of the window.
pub(super) struct Stories {
    limits: WindowLimits,
    window: Window,
    /// By place in the window, the number of the member.
    members: VecDeque<i64>,
    memory: Memory,
}

impl Stories {
    pub fn new(limits: WindowLimits) -> Stories {
        Stories { limits, window: Window::new(limits.documents), members: VecDeque::new(), memory: Memory::default() }
    }

    /// Reads the documents of the window from disk.
    pub fn load(&mut self, dir: &Path) -> Result<(), StoreError> {
        let db = open::reader(dir)?;
        let mut rows = db.prepare(
            "SELECT number, outline FROM story_members WHERE outline IS NOT NULL
             AND number > (SELECT COALESCE(MAX(number), 0) FROM story_members) - ?1 ORDER BY number",
        )?;
        let mut rows = rows.query([self.limits.documents as i64])?;
        while let Some(row) = rows.next()? {
            // What another version made of the text cannot be compared.
            if let Some(outline) = Outline::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default()) {
                self.insert(row.get(0)?, &outline);
            }
        }
        Ok(())
    }

    fn insert(&mut self, member: i64, outline: &Outline) {
        let keys = self.window.keys(outline);
        self.window.insert(outline, &keys);
        self.members.push_back(member);
        while self.members.len() > self.window.len() {
            self.members.pop_front();
        }
    }

    /// The document's place among the others: its story, what it is to it, and why. The document of another version of a
    /// record stays in its story as long as it says what it said.
    pub fn join(
        &mut self,
        db: &Connection,
        record: &Record,
        draft: Option<StoryDraft>,
    ) -> Result<Option<Translation>, StoreError> {
        let Some(draft) = draft else {
            leave(db, &record.id)?;
            return Ok(None);
        };
        let kept = kept(db, &record.id)?;
        let link = match &kept {
            Some(kept) if self.is_still(kept, &draft.outline) => Link::kept(kept),
            _ => {
                leave(db, &record.id)?;
                self.link(db, record, &draft)?
            }
        };
        let own = member(record, &draft);
        let others = members(db, &link.story, &record.id)?;
        let found = role(&own, &others);
        let number = match &kept {
            Some(kept) if link.is_kept => kept.number,
            _ => self.enter(db, record, &draft, &link)?,
        };
        db.prepare_cached("UPDATE story_members SET role = ?2, claims = ?3, outline = ?4 WHERE number = ?1")?
            .execute(params![number, told(&found), json(&draft.claims)?, draft.outline.to_bytes()])?;
        tell_others(db, &own, &others)?;
        Ok(Some(Translation {
            story_id: link.story,
            score: link.score,
            role: found.role,
            of: found.of,
            original_language: found.original_language,
            evidence: link.why.evidence.into_iter().chain(found.why).collect(),
            candidates: link.why.candidates,
        }))
    }

    fn is_still(&self, kept: &Kept, outline: &Outline) -> bool {
        let before = kept.outline.as_deref().and_then(Outline::from_bytes);
        before.is_some_and(|before| {
            let rarity = |kind, key| self.window.rarity(kind, key);
            let odds = || likeness::WEIGHTS.odds(&likeness::features(&before, outline, rarity, &mut Vec::new()));
            before == *outline || odds() >= IN_DOUBT
        })
    }

    /// Finds the story of a document that is in none.
    fn link(&mut self, db: &Connection, record: &Record, draft: &StoryDraft) -> Result<Link, StoreError> {
        if let Some(link) = by_copy(db, record)? {
            return Ok(link);
        }
        let mut named = by_address(db, record)?.into_iter();
        let keys = self.window.keys(&draft.outline);
        let first = self.window.first();
        let (members, span) = (&self.members, self.limits.span);
        let time = record.source.published_at.unwrap_or(record.received_at);
        let compared = compare(&mut self.window, &draft.outline, &keys, |place| {
            let Some(number) = members.get((place - first) as usize) else { return Ok(None) };
            comparable(db, *number, time, span)
        });
        let mut compared: Vec<Compared<Near>> = compared?;
        let pictured = pictured(db, record)?;
        for one in compared.iter_mut().filter(|one| pictured.contains(&one.story.document)) {
            one.odds += SAME_PICTURE;
            one.story.pictured = true;
        }
        compared.sort_by(|one, other| other.odds.total_cmp(&one.odds));
        let mut linked = compared.iter().filter(|one| one.odds >= LINKED);
        let link = match (named.next(), linked.next()) {
            (Some(link), _) => link,
            (None, Some(best)) => Link {
                story: resolved(db, &best.story.story)?,
                score: Some(likelihood(best.odds)),
                why: Why::of(self.in_words(record, best)),
                ..Link::default()
            },
            (None, None) => {
                let candidates = self.in_doubt(db, record, &compared)?;
                let why = Why { candidates, ..Why::default() };
                return Ok(Link { story: new_id(record), why, is_new: true, ..Link::default() });
            }
        };
        let sure = compared.iter().filter(|one| one.odds >= SURE).map(|one| one.story.story.clone());
        for other in sure.chain(named.map(|other| other.story)) {
            let (one, other) = (resolved(db, &link.story)?, resolved(db, &other)?);
            if one != other {
                merge(db, &one, &other)?;
            }
        }
        Ok(Link { story: resolved(db, &link.story)?, ..link })
    }

    /// The stories that a document may be of, the likeliest first.
    fn in_doubt(
        &mut self,
        db: &Connection,
        record: &Record,
        compared: &[Compared<Near>],
    ) -> Result<Vec<StoryCandidate>, StoreError> {
        let mut candidates: Vec<StoryCandidate> = Vec::new();
        for one in compared {
            let story_id = resolved(db, &one.story.story)?;
            if candidates.len() < MOST_CANDIDATES && candidates.iter().all(|other| other.story_id != story_id) {
                let evidence = vec![self.in_words(record, one)];
                candidates.push(StoryCandidate { story_id, score: likelihood(one.odds), evidence });
            }
        }
        Ok(candidates)
    }

    /// What two documents share, in words: `shares “Ramin Məmmədov”, “1.250”, AZ with d-… in ru; 6 of 6 paragraphs are alike`.
    fn in_words(&mut self, record: &Record, compared: &Compared<Near>) -> String {
        const MOST_NAMED: usize = 6;
        let mut shared = compared.shared.clone();
        shared.sort_by(|one, other| {
            (other.beside, other.rarity).partial_cmp(&(one.beside, one.rarity)).unwrap_or(std::cmp::Ordering::Equal)
        });
        // Numbers stand there by themselves too, and concepts have no words of their own.
        shared.retain(|one| !matches!(one.kind, Kind::Numbers | Kind::Concept));
        let keys: Vec<u32> = shared.iter().map(|one| one.key).collect();
        let lines = record.title.iter().map(String::as_str).chain(record.text.lines());
        let written = written(&record.language.tag, lines, &mut self.memory, &keys);
        let mut named: Vec<&str> = Vec::new();
        for text in keys.iter().filter_map(|key| written.get(key)) {
            // A pair of words says what each of them says.
            if named.len() < MOST_NAMED && !named.iter().any(|one| one.contains(text) || text.contains(one)) {
                named.push(text);
            }
        }
        let named =
            if named.is_empty() { "the layout".to_owned() } else { format!("“{}”", named.join("”, “")) };
        let picture = if compared.story.pictured { " and the picture" } else { "" };
        format!("shares {named}{picture} with {} in {}", compared.story.document, compared.story.language)
    }

    /// Makes a document a member of its story.
    fn enter(&mut self, db: &Connection, record: &Record, draft: &StoryDraft, link: &Link) -> Result<i64, StoreError> {
        let now = sortable(Timestamp::now());
        let sql = if link.is_new {
            "INSERT OR IGNORE INTO stories (id, started_at, changed_at, documents) VALUES (?1, ?2, ?2, 1)"
        } else {
            "UPDATE stories SET documents = documents + 1, changed_at = ?2 WHERE id = ?1"
        };
        db.prepare_cached(sql)?.execute(params![link.story, now])?;
        db.prepare_cached(
            "INSERT INTO story_members
               (document_id, story, language, published_at, received_at, near, claims, score, why, role)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, '[]', ?7, ?8, '')",
        )?
        .execute(params![
            record.id,
            link.story,
            record.language.tag,
            record.source.published_at.map(sortable),
            sortable(record.received_at),
            record.cluster.as_ref().and_then(|cluster| cluster.near.as_ref()),
            link.score,
            json(&link.why)?
        ])?;
        let number = db.last_insert_rowid();
        let mut insert =
            db.prepare_cached("INSERT OR IGNORE INTO story_addresses (address, number) VALUES (?1, ?2)")?;
        let picture = record.page.as_ref().and_then(|page| page.image.as_ref()).map(|image| hash(image));
        let own = own_addresses(record);
        let named: Vec<i64> = alternates(record).filter(|other| !own.contains(other)).map(named_by).collect();
        for address in own.into_iter().chain(named).chain(picture) {
            insert.execute([address, number])?;
        }
        self.insert(number, &draft.outline);
        let old = self.members.front().copied().unwrap_or(number);
        db.prepare_cached("UPDATE story_members SET outline = NULL WHERE number = ?1")?.execute([old - 1])?;
        Ok(number)
    }
}

/// Why a document is of its story, and which others it may be of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Why {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<StoryCandidate>,
}

/// Reads the documents of the window on a thread of its own: what arrives meanwhile is accepted at once, and only waits to
/// be processed. Answers when that is done.
pub(super) fn read(stories: Arc<Mutex<Stories>>, dir: &Path) -> Result<watch::Receiver<bool>, StoreError> {
    let (done, is_done) = watch::channel(false);
    let folder = dir.to_owned();
    let reading = move || {
        let mut stories = stories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = stories.load(&folder) {
            tracing::error!(%error, "older stories cannot be read: what arrives is not linked to them");
        }
        done.send_replace(true);
    };
    let thread = std::thread::Builder::new().name("nisba-stories".into()).spawn(reading);
    thread.map_err(|e| StoreError::Open { path: dir.to_owned(), reason: format!("no thread can be started: {e}") })?;
    Ok(is_done)
}

impl Store {
    /// Waits until the documents are read among which stories are looked for.
    pub(super) async fn stories_read(&self) -> Arc<Mutex<Stories>> {
        // Whoever reads them ends with it.
        let mut read = self.stories_read.clone();
        let _ended = read.wait_for(|read| *read).await;
        self.stories.clone()
    }
}

/// How a document came to its story.
#[derive(Clone, Debug, Default)]
struct Link {
    story: String,
    score: Option<f64>,
    why: Why,
    is_new: bool,
    is_kept: bool,
}

impl Why {
    fn of(evidence: String) -> Why {
        Why { evidence: vec![evidence], ..Why::default() }
    }
}

impl Link {
    fn kept(kept: &Kept) -> Link {
        Link { story: kept.story.clone(), score: kept.score, why: kept.why.clone(), is_kept: true, ..Link::default() }
    }
}

/// A member, as it was before.
struct Kept {
    number: i64,
    story: String,
    score: Option<f64>,
    why: Why,
    outline: Option<Vec<u8>>,
}

fn kept(db: &Connection, document: &str) -> Result<Option<Kept>, StoreError> {
    let sql = "SELECT number, story, score, why, outline FROM story_members WHERE document_id = ?1";
    let row = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get(4)?));
    let found = db.prepare_cached(sql)?.query_row([document], row).optional()?;
    let Some((number, story, score, why, outline)) = found else { return Ok(None) };
    Ok(Some(Kept { number, story, score, why: of_json(&why)?, outline }))
}

/// A document of the window that a new one is compared with.
#[derive(Clone, Debug, PartialEq)]
struct Near {
    document: String,
    language: String,
    story: String,
    /// Whether both show the same picture.
    pictured: bool,
}

/// What is compared of a member, unless it is of another time.
fn comparable(
    db: &Connection,
    number: i64,
    time: Timestamp,
    span: SignedDuration,
) -> Result<Option<(Outline, Near)>, StoreError> {
    let sql = "SELECT document_id, language, story, COALESCE(published_at, received_at), outline
               FROM story_members WHERE number = ?1 AND outline IS NOT NULL";
    let row = |row: &Row| {
        let near = Near { document: row.get(0)?, language: row.get(1)?, story: row.get(2)?, pictured: false };
        Ok((near, row.get::<_, String>(3)?, Outline::from_bytes(row.get_ref(4)?.as_blob().unwrap_or_default())))
    };
    let found = db.prepare_cached(sql)?.query_row([number], row).optional()?;
    let Some((near, at, Some(outline))) = found else { return Ok(None) };
    let apart = at.parse::<Timestamp>().map(|at| at.duration_since(time).abs());
    Ok(apart.is_ok_and(|apart| apart <= span).then_some((outline, near)))
}

/// The story of the document that has nearly the same text.
fn by_copy(db: &Connection, record: &Record) -> Result<Option<Link>, StoreError> {
    let Some((near, similarity)) = record.cluster.as_ref().and_then(|c| Some((c.near.as_ref()?, c.similarity?))) else {
        return Ok(None);
    };
    let Some(kept) = kept(db, near)? else { return Ok(None) };
    let why = Why::of(format!("shares {:.0} % of its text with {near}", similarity * 100.0));
    Ok(Some(Link { story: kept.story, score: Some(SURELY), why, ..Link::default() }))
}

/// The stories of the pages that this one names as the same in another language, and of those that name it.
fn by_address(db: &Connection, record: &Record) -> Result<Vec<Link>, StoreError> {
    let own = own_addresses(record);
    let naming = own.iter().map(|address| (named_by(*address), "that", "names it"));
    let named =
        alternates(record).filter(|other| !own.contains(other)).map(|address| (address, "its page", "names that"));
    let mut find = db.prepare_cached(
        "SELECT m.story, m.document_id, m.language FROM story_addresses a JOIN story_members m ON m.number = a.number
         WHERE a.address = ?1 AND m.document_id <> ?2 LIMIT 1",
    )?;
    let mut links: Vec<Link> = Vec::new();
    for (address, of, names) in named.chain(naming) {
        let row = |row: &Row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
        if let Some((story, document, language)) = find.query_row(params![address, record.id], row).optional()? {
            let why = match of {
                "that" => format!("the page of {document} in {language} {names} as the same"),
                _ => format!("{of} {names} of {document} as the same in {language}"),
            };
            links.push(Link { story, score: Some(SURELY), why: Why::of(why), ..Link::default() });
        }
    }
    Ok(links)
}

/// The addresses that a page names as the same in other languages.
fn alternates(record: &Record) -> impl Iterator<Item = i64> {
    let all = record.page.iter().flat_map(|page| &page.alternates).filter(|other| other.language != "x-default");
    all.take(MOST_ADDRESSES).map(|other| hash(&other.url))
}

/// Kept of a page for each address that it names.
fn named_by(address: i64) -> i64 {
    address.rotate_left(17) ^ 0x5bd1_e995
}

/// The documents that show the same picture, the last first.
fn pictured(db: &Connection, record: &Record) -> Result<Vec<String>, StoreError> {
    let Some(picture) = record.page.as_ref().and_then(|page| page.image.as_ref()) else { return Ok(Vec::new()) };
    let sql = "SELECT m.document_id FROM story_addresses a JOIN story_members m ON m.number = a.number
               WHERE a.address = ?1 ORDER BY a.number DESC LIMIT ?2";
    let mut rows = db.prepare_cached(sql)?;
    let rows = rows.query_map(params![hash(picture), MOST_PICTURED as i64], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where the page of a document stands.
fn own_addresses(record: &Record) -> Vec<i64> {
    let page = record.page.as_ref();
    let canonical = page.and_then(|page| page.canonical_url.as_ref());
    let amp = page.and_then(|page| page.amp_url.as_ref());
    let all = [record.source.url.as_ref(), record.source.final_url.as_ref(), canonical, amp];
    let mut own: Vec<i64> = all.into_iter().flatten().map(|url| hash(url)).collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// An address without what does not matter: protocol, `www.`, the slash at its end and the fragment.
fn hash(url: &str) -> i64 {
    let bare = url.split('#').next().unwrap_or_default();
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/');
    let mut hasher = DefaultHasher::new();
    bare.to_lowercase().hash(&mut hasher);
    hasher.finish() as i64
}

fn member(record: &Record, draft: &StoryDraft) -> Member {
    Member {
        document: record.id.clone(),
        language: record.language.tag.clone(),
        published_at: record.source.published_at,
        received_at: record.received_at,
        near: record.cluster.as_ref().and_then(|cluster| cluster.near.clone()),
        claims: draft.claims.clone(),
    }
}

/// The members of a story but one, in order of arrival.
fn members(db: &Connection, story: &str, but: &str) -> Result<Vec<Member>, StoreError> {
    let sql = "SELECT document_id, language, published_at, received_at, near, claims FROM story_members
               WHERE story = ?1 AND document_id <> ?2 ORDER BY number LIMIT ?3";
    let mut rows = db.prepare_cached(sql)?;
    let mut rows = rows.query(params![story, but, MOST_MEMBERS as i64])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let time = |at: Option<String>| at.and_then(|at| at.parse().ok());
        members.push(Member {
            document: row.get(0)?,
            language: row.get(1)?,
            published_at: time(row.get(2)?),
            received_at: time(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH),
            near: row.get(4)?,
            claims: of_json(&row.get::<_, String>(5)?)?,
        });
    }
    Ok(members)
}

/// What a member was found to be, as it is kept: another text is told again.
fn told(found: &Found) -> String {
    format!("{:?} {:?}", found.role, found.of)
}

/// Has the records made again of those whose role is another since this one came.
fn tell_others(db: &Connection, own: &Member, others: &[Member]) -> Result<(), StoreError> {
    let mut role_of = db.prepare_cached("SELECT role FROM story_members WHERE document_id = ?1")?;
    for (at, other) in others.iter().enumerate() {
        let mut rest: Vec<Member> = others.to_vec();
        rest[at] = own.clone();
        let found = role(other, &rest);
        let before: String = role_of.query_row([&other.document], |row| row.get(0))?;
        if before != told(&found) {
            remakes::mark(db, &other.document, &format!("{} joined its story", own.document))?;
        }
    }
    Ok(())
}

/// Takes a document that was deleted out of its story; what was made of it is told anew.
pub(super) fn forget(db: &Connection, document: &str) -> Result<(), StoreError> {
    let Some(kept) = kept(db, document)? else { return Ok(()) };
    for other in members(db, &kept.story, document)? {
        remakes::mark(db, &other.document, "a document of its story was deleted")?;
    }
    leave(db, document)
}

/// Takes a document out of its story, which goes on without it, or ends with it.
fn leave(db: &Connection, document: &str) -> Result<(), StoreError> {
    let Some(kept) = kept(db, document)? else { return Ok(()) };
    db.prepare_cached("DELETE FROM story_addresses WHERE number = ?1")?.execute([kept.number])?;
    db.prepare_cached("DELETE FROM story_members WHERE number = ?1")?.execute([kept.number])?;
    let now = sortable(Timestamp::now());
    db.prepare_cached("UPDATE stories SET documents = documents - 1, changed_at = ?2 WHERE id = ?1")?
        .execute(params![kept.story, now])?;
    db.prepare_cached("DELETE FROM stories WHERE id = ?1 AND documents <= 0")?.execute([&kept.story])?;
    Ok(())
}

/// Two stories are one: the older id stays, the other one leads to it.
fn merge(db: &Connection, one: &str, other: &str) -> Result<(), StoreError> {
    let started = |id: &str| {
        let sql = "SELECT started_at FROM stories WHERE id = ?1";
        db.prepare_cached(sql)?.query_row([id], |row| row.get::<_, String>(0)).optional()
    };
    let (stays, goes) = if (started(one)?, one) <= (started(other)?, other) { (one, other) } else { (other, one) };
    db.prepare_cached("UPDATE story_members SET story = ?2 WHERE story = ?1")?.execute([goes, stays])?;
    db.prepare_cached("UPDATE merged_stories SET story = ?2 WHERE story = ?1")?.execute([goes, stays])?;
    db.prepare_cached("INSERT OR REPLACE INTO merged_stories (id, story) VALUES (?1, ?2)")?.execute([goes, stays])?;
    db.prepare_cached(
        "UPDATE stories SET changed_at = ?3, documents = documents + (SELECT documents FROM stories WHERE id = ?2) WHERE id = ?1",
    )?
    .execute(params![stays, goes, sortable(Timestamp::now())])?;
    db.prepare_cached("DELETE FROM stories WHERE id = ?1")?.execute([goes])?;
    Ok(())
}

/// The story that a story was found to be; itself as long as it is none.
pub(super) fn resolved(db: &Connection, story: &str) -> Result<String, StoreError> {
    let sql = "SELECT story FROM merged_stories WHERE id = ?1";
    let into = db.prepare_cached(sql)?.query_row([story], |row| row.get(0)).optional()?;
    Ok(into.unwrap_or_else(|| story.to_owned()))
}

/// The same on any machine.
fn new_id(record: &Record) -> String {
    let hash = blake3::hash(format!("story\0{}\0{}", record.id, record.revision).as_bytes());
    format!("s-{}", data_encoding::BASE32_DNSSEC.encode(&hash.as_bytes()[..16]))
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn of_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}
