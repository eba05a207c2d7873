//! A field of a document as words, each with what it is to somebody who looks for names.

mod cut;
mod knowledge;

pub use cut::{Gap, HYPHENS, WordAt};

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashSet, FxHasher};
use smallvec::SmallVec;
use unicode_script::Script;

use crate::characters::Alphabet;
use crate::model::TextField;
use crate::names::{
    Kinds, Lexicon, NormalHash, Skeleton, Token, Word, is_town, lexicons_for, listed, listed_in, normalise, script_of,
    set_off,
};
use crate::remembered::Remembered;

/// A field, cut into words.
pub struct Text<'t> {
    pub field: TextField,
    pub raw: &'t str,
    /// The language, as a primary subtag.
    pub language: &'t str,
    /// The whole of it.
    pub language_tag: &'t str,
    pub words: Vec<WordAt>,
    pub lexicons: Vec<&'static Lexicon>,
    /// A headline in title case or capitals, where a capital says nothing.
    pub capitals_mean_nothing: bool,
}

/// A spelling of a word under which its name may be known, and what of the written word is outside the name.
#[derive(Clone, Debug)]
pub struct Variant {
    pub token: Token,
    pub normal: String,
    /// Code points of a prefix (و, ב) before the name.
    pub before: usize,
    /// Code points of an ending that an apostrophe sets off.
    pub after: usize,
    /// Whether an ending was taken off: a little less sure than the word as written.
    pub stripped: bool,
    /// The skeletons of all readings of the token.
    pub skeletons: SmallVec<[Skeleton; 4]>,
}

impl Variant {
    /// A word that is all of the name.
    pub fn whole(token: Token, normal: String) -> Variant {
        let skeletons = token.skeletons().into_iter().collect();
        Variant { token, normal, before: 0, after: 0, stripped: false, skeletons }
    }
}

/// What a word sounds like in any of its spellings.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The keys of the first few spellings, by which names are found again. See [`Token::own_keys`].
    pub keys: SmallVec<[Skeleton; 4]>,
    /// The skeletons of all of them.
    pub skeletons: SmallVec<[Skeleton; 8]>,
}

impl Heard {
    fn of(variants: &[Variant]) -> Heard {
        let mut heard = Heard::default();
        for key in variants.iter().take(MOST_SPELLINGS).flat_map(|variant| variant.token.own_keys()) {
            if !heard.keys.contains(&key) {
                heard.keys.push(key);
            }
        }
        for skeleton in variants.iter().flat_map(|variant| &variant.skeletons) {
            if !heard.skeletons.contains(skeleton) {
                heard.skeletons.push(*skeleton);
            }
        }
        heard
    }
}

/// What was found out of words, once: texts use few words again and again. Each thread has its own.
pub struct Memory {
    /// By [`Text::number`].
    variants: Remembered<u64, Rc<[Variant]>>,
    heard: Remembered<u64, Rc<Heard>>,
}

/// Words that are remembered.
const MOST_WORDS: usize = 1 << 12;
const MOST_HEARD: usize = 1 << 14;

impl Default for Memory {
    fn default() -> Memory {
        Memory { variants: Remembered::with_room_for(MOST_WORDS), heard: Remembered::with_room_for(MOST_HEARD) }
    }
}

/// Spellings of a word by which names are found again: as written, and without endings.
const MOST_SPELLINGS: usize = 3;

impl<'t> Text<'t> {
    /// Cuts `raw` into words, and says what each is by the lexicons of the language and of the prevailing alphabet.
    pub fn new(field: TextField, raw: &'t str, language: &'t str) -> Text<'t> {
        let mut words = cut::cut(raw);
        set_off_endings(&mut words, raw);
        let lexicons = lexicons_for(language, prevailing_script(&words));
        let own = language.split('-').next().unwrap_or_default();
        classify(&mut words, raw, own, &lexicons);
        let (mut cased, mut capitals) = (0, 0);
        for word in words.iter().filter(|w| w.cased && w.length > 3) {
            cased += 1;
            capitals += usize::from(word.capital);
        }
        let capitals_mean_nothing = cased >= 4 && capitals * 10 >= cased * 7;
        let (language_tag, language) = (language, language.split('-').next().unwrap_or_default());
        let mut this = Text { field, raw, language, language_tag, words, lexicons, capitals_mean_nothing };
        this.mark_ordinary_words();
        this
    }

    /// The word at `at`, as written.
    pub fn written(&self, at: usize) -> &'t str {
        let (from, to) = self.words[at].bytes;
        &self.raw[from as usize..to as usize]
    }

    /// What stands between two code points that are edges of words, or inside of them.
    pub fn stretch(&self, start: usize, end: usize) -> &'t str {
        // The word that has the edge says where in the bytes it is.
        let byte = |edge: usize| {
            let after = self.words.partition_point(|word| word.start <= edge);
            let (at, from) =
                after.checked_sub(1).map_or((0, 0), |n| (self.words[n].start, self.words[n].bytes.0 as usize));
            let letters = &self.raw[from..];
            from + letters.char_indices().nth(edge - at).map_or(letters.len(), |(byte, _)| byte)
        };
        &self.raw[byte(start)..byte(end)]
    }

    /// The word at `at`, normalised.
    pub fn normal(&self, at: usize) -> String {
        normalise(self.written(at))
    }

    /// Where a name ends whose last word is at `at`, in code points: before an ending that an apostrophe sets off.
    pub fn end_of_name(&self, at: usize) -> usize {
        self.words[at].end - usize::from(self.words[at].set_off)
    }

    /// Whether an apostrophe sets a case ending off from the word at `at`: Erdoğan'ın.
    pub fn ends_set_off(&self, at: usize) -> bool {
        self.words[at].set_off > 2
    }

    /// A word that starts a sentence and is also written small elsewhere is an ordinary word.
    fn mark_ordinary_words(&mut self) {
        let first = |w: &WordAt| w.capital && w.sentence_start && w.class.is_none();
        if !self.words.iter().any(first) {
            return;
        }
        let small: FxHashSet<NormalHash> =
            self.words.iter().filter(|w| w.cased && !w.capital).map(|w| w.hash).collect();
        for word in self.words.iter_mut().filter(|w| first(w)) {
            if small.contains(&word.hash) {
                word.class = Some(Word::NotName);
                word.phrase = 1;
                word.kinds = word.kinds | Kinds::OTHER;
            }
        }
    }

    /// A number of the word at `at` as it is written, in a text of this language.
    pub fn number(&self, at: usize) -> u64 {
        let lexicon = self.lexicons.first().map_or(0, |l| std::ptr::from_ref(*l) as usize);
        let mut hasher = FxHasher::default();
        (lexicon, self.written(at)).hash(&mut hasher);
        hasher.finish()
    }

    /// The spellings under which the name of the word at `at` may be known, the written one first.
    pub fn variants(&self, at: usize, memory: &Memory) -> Rc<[Variant]> {
        memory.variants.answer(&self.number(at), || self.make_variants(self.normal(at)).into())
    }

    /// What the word at `at` sounds like.
    pub fn heard(&self, at: usize, memory: &Memory) -> Rc<Heard> {
        memory.heard.answer(&self.number(at), || Rc::new(Heard::of(&self.variants(at, memory))))
    }

    fn make_variants(&self, word: String) -> Vec<Variant> {
        let mut all: Vec<Variant> = Vec::new();
        let mut put = |normal: String, before: usize, after: usize, stripped: bool| {
            if all.len() < 10
                && !all.iter().any(|v| v.normal == normal)
                && let Some(token) = Token::new(&normal)
            {
                all.push(Variant { before, after, stripped, ..Variant::whole(token, normal) });
            }
        };
        if set_off(&word).is_none() {
            put(word.clone(), 0, 0, false);
        }
        // A prefix can only be taken off at one place, and the rest must be able to be a name.
        let mut starts = vec![(0, word.clone())];
        for prefix in self.lexicons.iter().flat_map(|l| &l.prefixes) {
            if let Some(rest) = word.strip_prefix(prefix.as_str())
                && rest.chars().count() >= 3
                && script_of(rest) == script_of(&word)
            {
                starts.push((prefix.chars().count(), rest.trim_start_matches('-').to_owned()));
            }
        }
        for (before, rest) in &starts {
            if *before > 0 && self.lexicons.iter().any(|l| l.is_other_word(NormalHash::of(rest))) {
                continue;
            }
            if *before > 0 {
                put(rest.clone(), *before, 0, true);
            }
            if let Some((stem, ending)) = set_off(rest) {
                put(stem.to_owned(), *before, ending.chars().count() + 1, false);
            }
            for ending in self.lexicons.iter().take(1).flat_map(|l| &l.endings) {
                if let Some(stem) = rest.strip_suffix(ending.suffix.as_str())
                    && stem.chars().count() + ending.restore.chars().count() >= 3
                    && stem.chars().count() >= 2
                {
                    let apart = ending.suffix.starts_with('\'');
                    let after = if apart { ending.suffix.chars().count() } else { 0 };
                    put(format!("{stem}{}", ending.restore), *before, after, !apart);
                }
            }
        }
        all
    }
}

/// The script that most letters are of.
fn prevailing_script(words: &[WordAt]) -> Script {
    let mut counts = [0_usize; 16];
    for word in words {
        counts[word.alphabet as usize] += word.end - word.start;
    }
    // Japanese has more Han than kana in a headline, and still is no Chinese.
    let kana = counts[Alphabet::Hiragana as usize] + counts[Alphabet::Katakana as usize];
    let most = words.iter().map(|w| w.alphabet).max_by_key(|a| (counts[*a as usize], std::cmp::Reverse(*a)));
    match most.unwrap_or(Alphabet::Latin) {
        Alphabet::Han if kana * 8 > counts[Alphabet::Han as usize] => Script::Hiragana,
        Alphabet::Other | Alphabet::Latin => Script::Latin,
        Alphabet::Cyrillic => Script::Cyrillic,
        Alphabet::Greek => Script::Greek,
        Alphabet::Armenian => Script::Armenian,
        Alphabet::Georgian => Script::Georgian,
        Alphabet::Arabic => Script::Arabic,
        Alphabet::Hebrew => Script::Hebrew,
        Alphabet::Devanagari => Script::Devanagari,
        Alphabet::Hangul => Script::Hangul,
        Alphabet::Han => Script::Han,
        Alphabet::Hiragana => Script::Hiragana,
        Alphabet::Katakana => Script::Katakana,
    }
}

fn classify(words: &mut [WordAt], raw: &str, language: &str, lexicons: &[&'static Lexicon]) {
    let mut at = 0;
    while at < words.len() {
        let reach = 1 + words[at + 1..].iter().take(7).take_while(|w| w.gap.holds()).count();
        let found = lexicons
            .iter()
            .filter_map(|l| l.phrase_at(words[at..at + reach].iter().map(|w| w.hash)))
            // The first lexicon is the text's own language; a longer phrase of another still says more.
            .reduce(|best, other| if other.2 > best.2 { other } else { best });
        match found {
            Some((class, kinds, length)) => {
                for (i, word) in words[at..at + length].iter_mut().enumerate() {
                    word.class = class;
                    word.kinds = kinds;
                    if length > 1 && lexicons.iter().any(|l| l.is_eponym(word.hash)) {
                        word.kinds = word.kinds | Kinds::EPONYM;
                    }
                    word.phrase = if i == 0 { length as u8 } else { 0 };
                }
                at += length;
            }
            None => at += 1,
        }
    }
    for at in 1..words.len() {
        // A longer word with a point ends a sentence, unless it is a short title: "Prof. X", but "Karl. Es".
        let before = &words[at - 1];
        let title = Kinds::HONORIFIC | Kinds::ROLE | Kinds::LINEAGE;
        if words[at].gap == Gap::Dot && before.length > 2 && !before.alphabet.is_unspaced() && !before.kinds.any(title)
        {
            words[at].gap = Gap::Break;
            words[at].sentence_start = true;
        }
    }
    for at in 0..words.len() {
        let word = &words[at];
        if word.cased && !word.capital {
            continue;
        }
        let here = listed_in(language, word.hash);
        let mut kinds = listed(word.hash) | knowledge::of_word(word, raw, lexicons);
        if at + 1 < words.len() && words[at + 1].gap == Gap::Space && is_town(word.hash, words[at + 1].hash) {
            words[at + 1].kinds = words[at + 1].kinds | Kinds::TOWN;
            kinds = kinds | Kinds::TOWN;
        }
        if here.any(Kinds::GIVEN) {
            kinds = kinds | Kinds::GIVEN_HERE;
        }
        if here.any(Kinds::FAMILY) {
            kinds = kinds | Kinds::FAMILY_HERE;
        }
        words[at].kinds = words[at].kinds | kinds;
    }
}

/// Finds the endings that an apostrophe sets off, which are outside of a name.
fn set_off_endings(words: &mut [WordAt], raw: &str) {
    for word in words.iter_mut().filter(|word| word.apostrophe) {
        let written = &raw[word.bytes.0 as usize..word.bytes.1 as usize];
        if let Some((stem, _)) = set_off(written) {
            let (all, kept) = (written.chars().count(), stem.chars().count());
            word.set_off = (all - kept) as u8;
            word.length = kept as u8;
            word.hash = NormalHash::of(stem);
        }
    }
}
