//! Translates texts: cuts them, guards their names, asks the cache before the provider, and puts them together again.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use super::backoff::Backoff;
use super::batch::batches;
use super::breaker::Breaker;
use super::budget::{Budget, Spending};
use super::cache::{Cache, Key};
use super::caller::Caller;
use super::clock::Clock;
use super::error::MachineError;
use super::memory::Memory;
use super::names::{Mention, Name, locate};
use super::pace::Pace;
use super::protect::{Fate, Protected, protect, rendered};
use super::provider::{Provider, Request};
use super::segment::{Whole, is_line_break, segments};
use super::translation::{MachineTranslation, Names};
use crate::config::Machine;

/// Failures in a row after which a provider is left alone, and for how long.
const BREAKS_AFTER: u32 = 5;
const BREAKS_FOR: Duration = Duration::from_secs(60);

/// Translates with one provider. Shared by all callers: budget, pace and cache are its own.
pub struct Translator {
    caller: Caller,
    identity: String,
    cache: Mutex<Cache>,
    memory: Option<Arc<dyn Memory>>,
}

/// What a translation cost so far.
#[derive(Default)]
struct Tally {
    characters: u64,
    from_cache: usize,
}

/// A segment on its way: its place in the text, and what is sent.
struct Segment<'a> {
    range: Range<usize>,
    mentions: Vec<Mention<'a>>,
    protected: Protected,
}

impl Translator {
    /// With the limits of a configuration. `clock` tells the time for budget, pace and pauses.
    pub fn new(provider: Box<dyn Provider>, config: &Machine, clock: Arc<dyn Clock>) -> Translator {
        let limit = |characters: u64| (characters > 0).then_some(characters);
        let budget =
            Budget::new(limit(config.characters_per_day), limit(config.characters_per_month), Spending::default());
        let identity = provider.identity();
        let pace = Pace::new(config.requests_per_second);
        let breaker = Breaker::new(BREAKS_AFTER, BREAKS_FOR);
        Translator {
            caller: Caller::new(provider, clock, Backoff::default(), budget, pace, breaker),
            identity,
            cache: Mutex::new(Cache::new(usize::try_from(config.cache_bytes.as_u64()).unwrap_or(usize::MAX))),
            memory: None,
        }
    }

    /// The same, with a store that outlives the process. What is spent continues from there.
    pub async fn with_memory(mut self, memory: Arc<dyn Memory>) -> Translator {
        if let Some(spending) = memory.spending().await {
            self.caller.resume(spending);
        }
        self.memory = Some(memory);
        self
    }

    /// What is spent of the budget.
    pub fn spending(&self) -> Spending {
        self.caller.spending()
    }

    /// Translates a text, in NFC, from one language to another, both BCP 47 tags. Where names are, the translation says
    /// their renderings.
    ///
    /// # Errors
    /// Any [`MachineError`] but [`MachineError::Off`] and [`MachineError::NameLost`]. What was translated up to then is
    /// in the cache, and is not paid for again.
    pub async fn translate(
        &self,
        text: &str,
        from: &str,
        to: &str,
        names: &[Name],
    ) -> Result<MachineTranslation, MachineError> {
        let mentions = locate(text, names)?;
        let segments = self.segments(text, &mentions);
        let mut tally = Tally::default();
        let sent: Vec<&str> = segments.iter().map(|segment| segment.protected.text.as_str()).collect();
        let answers = self.texts(&sent, from, to, &mut tally).await?;
        let mut fates = Names::default();
        let mut translated = String::with_capacity(text.len() * 2);
        let mut at = 0;
        for (segment, answer) in segments.iter().zip(answers) {
            // What is between segments has names, but no words to translate.
            translated.push_str(&part(text, at..segment.range.start, &mentions));
            translated.push_str(&self.named(text, segment, &answer, (from, to), &mut tally, &mut fates).await?);
            at = segment.range.end;
        }
        translated.push_str(&part(text, at..text.len(), &mentions));
        let among_segments: usize = segments.iter().map(|segment| segment.mentions.len()).sum();
        fates.kept += mentions.len() - among_segments;
        Ok(MachineTranslation {
            machine: true,
            text: translated.nfc().collect(),
            from: from.to_owned(),
            to: to.to_owned(),
            provider: self.caller.provider.name().to_owned(),
            names: fates,
            segments: segments.len(),
            characters: tally.characters,
            from_cache: tally.from_cache,
        })
    }

    /// The segments of a text that have words to translate.
    fn segments<'a>(&self, text: &str, mentions: &[Mention<'a>]) -> Vec<Segment<'a>> {
        let marks = self.caller.provider.marks();
        // The longest number that is likely; a segment that is longer by a digit is still within any real limit.
        let marked = |mention: &Mention| marks.of(999, &mention.rendering).chars().count();
        let wholes: Vec<Whole> =
            mentions.iter().map(|mention| Whole { range: mention.range.clone(), marked: marked(mention) }).collect();
        let ranges = segments(text, &wholes, self.caller.provider.limits().characters);
        let with_words = ranges.into_iter().filter(|range| has_words(text, range, mentions));
        with_words
            .map(|range| {
                let mentions = inside(&range, mentions);
                let protected = protect(&text[range.clone()], &mentions, marks);
                Segment { range, mentions, protected }
            })
            .collect()
    }

    /// A segment's translation with the names in it.
    async fn named(
        &self,
        text: &str,
        segment: &Segment<'_>,
        answer: &str,
        languages: (&str, &str),
        tally: &mut Tally,
        fates: &mut Names,
    ) -> Result<String, MachineError> {
        let restored = segment.protected.restore(&on_one_line(answer));
        for (fate, rendering) in restored.fates.iter().zip(segment.protected.renderings()) {
            match fate {
                Fate::Kept => fates.kept += 1,
                Fate::Repaired => fates.repaired.push(rendering.to_owned()),
                Fate::Lost => fates.lost.push(rendering.to_owned()),
            }
        }
        if restored.fates.contains(&Fate::Lost) {
            tracing::debug!(
                provider = self.caller.provider.name(),
                "a name was lost; its sentence is translated in parts"
            );
            return self.around(&text[segment.range.clone()], &segment.mentions, languages, tally).await;
        }
        Ok(restored.text)
    }

    /// Translates what is between the names, each part by itself, so that no name can be lost.
    async fn around(
        &self,
        text: &str,
        mentions: &[Mention<'_>],
        (from, to): (&str, &str),
        tally: &mut Tally,
    ) -> Result<String, MachineError> {
        let marks = self.caller.provider.marks();
        let mut parts: Vec<&str> = Vec::new();
        let mut at = 0;
        for mention in mentions {
            parts.push(&text[at..mention.range.start]);
            at = mention.range.end;
        }
        parts.push(&text[at..]);
        let worded: Vec<_> = parts
            .iter()
            .filter(|part| part.contains(char::is_alphabetic))
            .map(|part| marks.escape(part.trim()))
            .collect();
        let worded: Vec<&str> = worded.iter().map(|part| &**part).collect();
        let mut answers = self.texts(&worded, from, to, tally).await?.into_iter();
        let mut translated = String::new();
        for (at, part) in parts.iter().enumerate() {
            match part.contains(char::is_alphabetic).then(|| answers.next()).flatten() {
                Some(answer) => {
                    let core = part.trim();
                    let start = part.len() - part.trim_start().len();
                    translated.push_str(&part[..start]);
                    translated.push_str(&marks.unescape(&on_one_line(&answer)));
                    translated.push_str(&part[start + core.len()..]);
                }
                None => translated.push_str(part),
            }
            translated.push_str(mentions.get(at).map_or("", |mention| &mention.rendering));
        }
        Ok(translated)
    }

    /// Translations of texts, in their order: out of the cache, or from the provider. A text that comes twice is sent
    /// once.
    async fn texts(
        &self,
        texts: &[&str],
        from: &str,
        to: &str,
        tally: &mut Tally,
    ) -> Result<Vec<String>, MachineError> {
        let keys: Vec<Key> = texts.iter().map(|text| Key::new(&self.identity, from, to, text)).collect();
        let mut known: FxHashMap<Key, String> = FxHashMap::default();
        let mut missing: Vec<(Key, String)> = Vec::new();
        let mut seen: FxHashSet<&Key> = FxHashSet::default();
        for (key, text) in keys.iter().zip(texts) {
            if !seen.insert(key) {
                continue;
            }
            match self.recall(key).await {
                Some(answer) => drop(known.insert(*key, answer)),
                None => missing.push((*key, (*text).to_owned())),
            }
        }
        tally.from_cache += keys.iter().filter(|key| known.contains_key(key)).count();
        let (missing, texts): (Vec<Key>, Vec<String>) = missing.into_iter().unzip();
        let lengths: Vec<usize> = texts.iter().map(|text| text.chars().count()).collect();
        for batch in batches(&lengths, self.caller.provider.limits()) {
            let answers = self.caller.call(Request { from, to, segments: &texts[batch.clone()] }).await?;
            tally.characters += lengths[batch.clone()].iter().sum::<usize>() as u64;
            for (key, answer) in missing[batch].iter().zip(answers) {
                self.keep(key, &answer).await;
                known.insert(*key, answer);
            }
            if let Some(memory) = &self.memory {
                memory.keep_spending(self.caller.spending()).await;
            }
        }
        Ok(keys.iter().map(|key| known.get(key).cloned().unwrap_or_default()).collect())
    }

    async fn recall(&self, key: &Key) -> Option<String> {
        let cached = self.cache().get(key);
        if let Some(answer) = cached {
            return Some(answer.as_ref().to_owned());
        }
        let answer = self.memory.as_ref()?.recall(key).await?;
        self.cache().put(*key, &answer);
        Some(answer)
    }

    async fn keep(&self, key: &Key, answer: &str) {
        self.cache().put(*key, answer);
        if let Some(memory) = &self.memory {
            memory.keep(key, answer).await;
        }
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The mentions within a part of the text, with ranges of that part.
fn inside<'a>(part: &Range<usize>, mentions: &[Mention<'a>]) -> Vec<Mention<'a>> {
    let start = mentions.partition_point(|mention| mention.range.start < part.start);
    let within = mentions[start..].iter().take_while(|mention| mention.range.end <= part.end);
    within
        .map(|mention| Mention {
            range: mention.range.start - part.start..mention.range.end - part.start,
            rendering: mention.rendering.clone(),
        })
        .collect()
}

/// A part of the text as it is, but for its names.
fn part(text: &str, range: Range<usize>, mentions: &[Mention]) -> String {
    rendered(&text[range.clone()], &inside(&range, mentions)).into_owned()
}

/// Whether there are letters outside of names: numbers, rules and bylines are not sent.
fn has_words(text: &str, range: &Range<usize>, mentions: &[Mention]) -> bool {
    let mut at = range.start;
    for mention in inside(range, mentions) {
        if text[at..range.start + mention.range.start].contains(char::is_alphabetic) {
            return true;
        }
        at = range.start + mention.range.end;
    }
    text[at..range.end].contains(char::is_alphabetic)
}

/// An answer without white space around it and without line breaks, so that a paragraph stays one.
fn on_one_line(answer: &str) -> String {
    answer.trim().split(is_line_break).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
