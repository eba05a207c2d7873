//! Stories: which documents say the same in other languages. Runs inside the record's transaction, on the one writer, so that
//! two translations that come at once are one story. The documents of the last days are held in memory by their marks; what
//! else is compared is read from disk for the few that share the most.

mod addresses;
mod changes;
mod members;
mod view;

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

pub use changes::ChangedStory;
pub(super) use changes::changed;
pub(super) use members::forget;
pub use view::{StoryDocument, StoryFilter, StoryLine, StoryPage, StoryPerson, StoryView};

use addresses::{by_address, pictured};
use members::{
    Kept, Near, comparable, json, kept, leave, member, members, merge, people_of, resolved, say, tell_others, told,
    without,
};

use super::{StoreError, sortable};
use crate::config;
use crate::model::{Record, StoryCandidate, Translation};
use crate::translation::claims::is_translation;
use crate::translation::outline::written;
use crate::translation::role::role;
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

/// Stories that a record names as those that it may be of.
const MOST_CANDIDATES: usize = 3;

/// What it adds to the odds of being about the same that two documents show the same picture: outlets use one for several
/// texts.
const SAME_PICTURE: f64 = 3.0;

/// What it adds to the odds of saying the same that one of two documents says to be a translation from the other's language.
const SAYS_SO: f64 = 3.0;

/// How sure it is that a page names its own translations, and that nearly the same text is the same story.
const SURELY: f64 = 0.97;

/// The documents of the window.
pub(super) struct Stories {
    limits: WindowLimits,
    window: Window,
    /// By place in the window, the number of the member.
    members: VecDeque<i64>,
    /// The member up to which no outline is kept.
    cleared: i64,
    memory: Memory,
}

impl Stories {
    pub fn new(limits: WindowLimits) -> Stories {
        let window = Window::new(limits.documents);
        Stories { limits, window, members: VecDeque::new(), cleared: 0, memory: Memory::default() }
    }

    /// Reads the documents of the window from disk.
    pub fn load(&mut self, db: &Connection) -> Result<(), StoreError> {
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
        // What the last process had not come to yet: no more than twice what the window lets go of at once.
        let oldest = self.members.front().copied().unwrap_or_default();
        self.cleared = (oldest - 2 * Window::LARGEST_SEGMENT as i64).max(0);
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
            before => {
                if before.is_some() {
                    leave(db, &record.id)?;
                }
                self.link(db, record, &draft)?
            }
        };
        let number = match &kept {
            Some(kept) if link.is_kept => kept.number,
            _ => self.enter(db, record, &draft, &link)?,
        };
        say(db, record, &draft, number)?;
        let all = members(db, &link.story)?;
        let found = role(&member(record, &draft), &without(&all, &record.id));
        db.prepare_cached("UPDATE story_members SET role = ?2 WHERE number = ?1")?
            .execute(params![number, told(&found)])?;
        tell_others(db, &record.id, &all)?;
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
        kept.outline.as_ref().is_some_and(|before| {
            let rarity = |kind, key| self.window.rarity(kind, key);
            let odds = || {
                likeness::odds(&likeness::WEIGHTS.about, &likeness::features(before, outline, rarity, &mut Vec::new()))
            };
            before == outline || odds() >= IN_DOUBT
        })
    }

    /// Finds the story of a document that is in none.
    fn link(&mut self, db: &Connection, record: &Record, draft: &StoryDraft) -> Result<Link, StoreError> {
        let time = record.source.published_at.unwrap_or(record.received_at);
        if let Some(link) = self.by_copy(db, record, draft, time)? {
            return Ok(link);
        }
        let mut named = by_address(db, record)?.into_iter();
        let keys = self.window.keys(&draft.outline);
        let first = self.window.first();
        let (members, span) = (&self.members, self.limits.span);
        let compared = compare(&mut self.window, &draft.outline, &keys, |place| {
            let Some(number) = members.get((place - first) as usize) else { return Ok(None) };
            comparable(db, *number, time, span)
        });
        let mut compared: Vec<Compared<Near>> = compared?;
        for one in &mut compared {
            let own = is_translation(&draft.claims, &one.story.language);
            let said = own || is_translation(&one.story.claims, &record.language.tag);
            let more = if said { SAYS_SO } else { 0.0 };
            one.says += more - lateness(one.story.apart);
        }
        let pictured = pictured(db, record)?;
        for one in compared.iter_mut().filter(|one| pictured.contains(&one.story.document)) {
            one.about += SAME_PICTURE;
            one.story.pictured = true;
        }
        compared.retain(|one| one.odds() >= IN_DOUBT);
        compared.sort_by(|one, other| other.odds().total_cmp(&one.odds()));
        let mut linked = compared.iter().filter(|one| one.odds() >= LINKED);
        let link = match (named.next(), linked.next()) {
            (Some(link), _) => link,
            (None, Some(best)) => Link {
                story: resolved(db, &best.story.story)?,
                score: Some(likelihood(best.odds())),
                why: Why::of(self.in_words(db, record, &draft.outline, best)?),
                ..Link::default()
            },
            (None, None) => {
                let candidates = self.in_doubt(db, record, &draft.outline, &compared)?;
                let why = Why { candidates, ..Why::default() };
                return Ok(Link { story: new_id(record), why, is_new: true, ..Link::default() });
            }
        };
        let sure = compared.iter().filter(|one| one.odds() >= SURE).map(|one| one.story.story.clone());
        for other in sure.chain(named.map(|other| other.story)) {
            let (one, other) = (resolved(db, &link.story)?, resolved(db, &other)?);
            if one != other {
                merge(db, &one, &other)?;
            }
        }
        Ok(Link { story: resolved(db, &link.story)?, ..link })
    }

    /// The story of the document that has nearly the same text, unless it says it of others, or at another time.
    fn by_copy(
        &self,
        db: &Connection,
        record: &Record,
        draft: &StoryDraft,
        time: Timestamp,
    ) -> Result<Option<Link>, StoreError> {
        let near = record.cluster.as_ref().and_then(|cluster| Some((cluster.near.as_ref()?, cluster.similarity?)));
        let Some((near, similarity)) = near else { return Ok(None) };
        let Some(kept) = kept(db, near)? else { return Ok(None) };
        let is_of_the_time = kept.time.is_some_and(|at| at.duration_since(time).abs() <= self.limits.span);
        let is_copy = kept.outline.as_ref().is_none_or(|outline| draft.outline.says_it_of_the_same(outline));
        if !is_of_the_time || !is_copy {
            return Ok(None);
        }
        let why = Why::of(format!("shares {:.0} % of its text with {near}", similarity * 100.0));
        let score = Some((0.5 + similarity / 2.0).min(SURELY));
        Ok(Some(Link { story: kept.story, score, why, ..Link::default() }))
    }

    /// The stories that a document may be of, the likeliest first.
    fn in_doubt(
        &mut self,
        db: &Connection,
        record: &Record,
        outline: &Outline,
        compared: &[Compared<Near>],
    ) -> Result<Vec<StoryCandidate>, StoreError> {
        let mut candidates: Vec<StoryCandidate> = Vec::new();
        for one in compared {
            let story_id = resolved(db, &one.story.story)?;
            if candidates.len() < MOST_CANDIDATES && candidates.iter().all(|other| other.story_id != story_id) {
                let evidence = vec![self.in_words(db, record, outline, one)?];
                candidates.push(StoryCandidate { story_id, score: likelihood(one.odds()), evidence });
            }
        }
        Ok(candidates)
    }

    /// What two documents share, in words: `shares “Ramin Məmmədov”, “1.250”, AZ with d-… in ru; 6 of 6 paragraphs are alike`.
    fn in_words(
        &mut self,
        db: &Connection,
        record: &Record,
        outline: &Outline,
        compared: &Compared<Near>,
    ) -> Result<String, StoreError> {
        const MOST_NAMED: usize = 6;
        // Of what says most, some is a part of something else.
        const MOST_LOOKED_FOR: usize = 4 * MOST_NAMED;
        let mut shared = compared.shared.clone();
        shared.sort_by(|one, other| {
            (other.beside, other.rarity).partial_cmp(&(one.beside, one.rarity)).unwrap_or(std::cmp::Ordering::Equal)
        });
        // Numbers stand there by themselves too.
        shared.retain(|one| one.kind != Kind::Numbers);
        shared.truncate(MOST_LOOKED_FOR);
        let keys: Vec<u32> = shared.iter().map(|one| one.key).collect();
        let lines = record.title.iter().map(String::as_str).chain(record.text.lines());
        let lines = outline.paragraphs_with(lines, &keys);
        let written = written(&record.language.tag, lines, &mut self.memory, &keys);
        // Whom both name comes first, by the names that they have in either.
        let people = people_of(db, &compared.story.document)?;
        let both = record.people.iter().filter(|one| one.person_id.as_ref().is_some_and(|id| people.contains(id)));
        let mut named: Vec<&str> = both.map(|person| person.name.as_str()).take(MOST_NAMED).collect();
        for text in keys.iter().filter_map(|key| written.get(key)) {
            // A pair of words says what each of them says.
            if named.len() < MOST_NAMED && !named.iter().any(|one| one.contains(text) || text.contains(one)) {
                named.push(text);
            }
        }
        let named =
            if named.is_empty() { "the layout".to_owned() } else { format!("“{}”", named.join("”, “")) };
        let picture = if compared.story.pictured { " and the picture" } else { "" };
        Ok(format!("shares {named}{picture} with {} in {}", compared.story.document, compared.story.language))
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
            "INSERT INTO story_members (document_id, story, language, received_at, claims, score, why, role)
             VALUES (?1, ?2, ?3, ?4, '[]', ?5, ?6, '')",
        )?
        .execute(params![
            record.id,
            link.story,
            record.language.tag,
            sortable(record.received_at),
            link.score,
            json(&link.why)?
        ])?;
        let number = db.last_insert_rowid();
        self.insert(number, &draft.outline);
        self.clear_outlines(db, number)?;
        Ok(number)
    }

    /// Clears some of the outlines of documents that are in the window no more, which lets go of many at once.
    fn clear_outlines(&mut self, db: &Connection, newest: i64) -> Result<(), StoreError> {
        const AT_ONCE: i64 = 4;
        let oldest = self.members.front().copied().unwrap_or(newest);
        let last = (self.cleared + AT_ONCE).min(oldest - 1);
        if last > self.cleared {
            let sql =
                "UPDATE story_members SET outline = NULL WHERE number > ?1 AND number <= ?2 AND outline IS NOT NULL";
            db.prepare_cached(sql)?.execute([self.cleared, last])?;
            self.cleared = last;
        }
        Ok(())
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

/// What it takes from the odds of saying the same that two documents come so long after each other: translations are made
/// within a day, what comes later is likelier to be news of the same people.
fn lateness(apart: SignedDuration) -> f64 {
    const A_DAY: f64 = 1.5;
    const AT_MOST: f64 = 4.5;
    ((apart.as_secs_f64() / 86_400.0 - 1.0) * A_DAY).clamp(0.0, AT_MOST)
}

/// The same on any machine.
fn new_id(record: &Record) -> String {
    let hash = blake3::hash(format!("story\0{}\0{}", record.id, record.revision).as_bytes());
    format!("s-{}", data_encoding::BASE32_DNSSEC.encode(&hash.as_bytes()[..16]))
}
