//! What is known of a word beyond being listed: whose form it may be, what it sounds like, what it ends in.

use super::cut::WordAt;
use crate::characters::Alphabet;
use crate::names::{Kinds, Lexicon, NormalHash, Token, listed, normalise, sounds_listed};
use crate::remembered::Remembered;

/// Words that a thread remembers.
const REMEMBERED: usize = 1 << 16;

/// Letters that must be left of a word when an ending is taken off.
const LEAST: usize = 3;

/// Stems that are listened to, those without the longest endings first.
const MOST_HEARD: usize = 3;

thread_local! {
    static KNOWN: Remembered<(u64, usize), Kinds> = Remembered::with_room_for(REMEMBERED);
}

/// What is known of a word by its letters, in a text of these lexicons.
pub fn of_word(word: &WordAt, raw: &str, lexicons: &[&'static Lexicon]) -> Kinds {
    let other = Kinds::OTHER | Kinds::SPEECH | Kinds::COUNTRY | Kinds::ROLE | Kinds::ORGANISATION;
    // What a lexicon has as something else is not looked at closer.
    if word.length < 3 || word.alphabet == Alphabet::Han || word.kinds.any(other) {
        return Kinds::default();
    }
    let own = lexicons.first().map_or(0, |l| std::ptr::from_ref(*l) as usize);
    KNOWN.with(|known| known.answer(&(word.hash.0, own), || learn(word, raw, lexicons)))
}

fn learn(word: &WordAt, raw: &str, lexicons: &[&'static Lexicon]) -> Kinds {
    let normal = normalise(&raw[word.bytes.0 as usize..word.bytes.1 as usize]);
    let normal = normal.as_str();
    let mut kinds = Kinds::default();
    if word.length >= 5 && !word.alphabet.is_unspaced() && lexicons.iter().any(|l| l.ends_like_family_name(normal)) {
        kinds = kinds | Kinds::FAMILY_ENDING;
    }
    let foreign = word.alphabet != Alphabet::Latin;
    let sounds = |word: &str| {
        if foreign { Token::new(word).map_or_else(Kinds::default, |t| sounds_listed(&t)) } else { Kinds::default() }
    };
    kinds = kinds | sounds(normal);
    // Forms are asked for where nothing says that the word is a name as it stands.
    if kinds.any(Kinds::SOUNDS_GIVEN | Kinds::SOUNDS_FAMILY) || listed(word.hash).any(Kinds::GIVEN | Kinds::FAMILY) {
        return kinds;
    }
    let mut own = String::new();
    let mut asked = 0;
    for ending in lexicons.iter().take(1).flat_map(|l| &l.endings) {
        let Some(stem) = normal.strip_suffix(ending.suffix.as_str()) else { continue };
        if stem.chars().count() + ending.restore.chars().count() < LEAST {
            continue;
        }
        own.clear();
        own.push_str(stem);
        own.push_str(&ending.restore);
        let of_own = listed(NormalHash::of(&own));
        asked += 1;
        let heard = if asked <= MOST_HEARD { sounds(&own) } else { Kinds::default() };
        if of_own.any(Kinds::GIVEN) || heard.any(Kinds::SOUNDS_GIVEN) {
            kinds = kinds | Kinds::GIVEN_FORM;
        }
        if of_own.any(Kinds::FAMILY) || heard.any(Kinds::SOUNDS_FAMILY) {
            kinds = kinds | Kinds::FAMILY_FORM;
        }
    }
    kinds
}
