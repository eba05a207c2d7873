//! By which words a document is found when somebody becomes known who was nobody when it was read.

use super::index::written_keys;
use super::text::{Memory, Text, WordAt};
use crate::names::Word;

/// Keys that are kept of one document.
pub(super) const MOST: usize = 1_000;

/// The keys of words side by side, or with one between them, that may be names.
pub fn of(texts: &[Text], memory: &Memory) -> Vec<u32> {
    let mut keys: Vec<u32> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for (text, at) in texts.iter().flat_map(|text| (0..text.words.len()).map(move |at| (text, at))) {
        if keys.len() >= MOST {
            break;
        }
        for other in at + 1..text.words.len().min(at + 3) {
            if !text.words[other].gap.holds() {
                break;
            }
            if may_be_name(&text.words[at]) && may_be_name(&text.words[other]) {
                let (first, second) = (text.heard(at, memory), text.heard(other, memory));
                keys.extend(written_keys(&first.keys, &second.keys).filter(|key| seen.insert(*key)));
            }
        }
    }
    keys
}

/// Written with a capital where there are any, and no word that the language has for something else.
fn may_be_name(word: &WordAt) -> bool {
    let other =
        matches!(word.class, Some(Word::NotName | Word::Speech | Word::Particle | Word::Country(_) | Word::Place));
    (word.capital || !word.cased) && !other && word.length > 1
}
