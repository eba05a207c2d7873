//! Whether a page that was fetched is an article: or a wall before it, an error, its first lines, a list of others.
//!
//! A wrong word on a real article is far worse than a page that is missed, so hardly anything is told by one sign
//! alone. Phrases (`data/intake/not_articles.toml`) count by how much of the text they make up and where they stand: an
//! article *about* walls, errors and captchas says a good deal more than they do, or puts what they say in quotation
//! marks.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use url::Url;

/// What is known of a page when it is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// HTTP status of the fetch, where the sender gave it.
    pub status: Option<u16>,
    /// What the page is called.
    pub title: Option<&'a str>,
    /// The text taken for the article, paragraphs separated by blank lines.
    pub text: &'a str,
    /// Share of the words of the page's article element that are links, 0 to 1.
    pub link_share: f64,
    /// Whether the page declares itself an article: `NewsArticle` or the like in JSON-LD, `og:type` article.
    pub declared_article: bool,
    /// Whether it says in JSON-LD that `isAccessibleForFree` is false.
    pub not_free: bool,
    /// What was asked for.
    pub url: Option<&'a str>,
    /// Where the fetch ended after redirects.
    pub final_url: Option<&'a str>,
}

/// What a page may be that is no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asks for consent to cookies first.
    ConsentWall,
    /// Wants to see that a human being asks.
    BotCheck,
    /// Shows the article to those who log in or pay.
    LoginWall,
    /// Says that the page is not there, may not be seen, or that the server is broken.
    ErrorPage,
    /// The first lines of an article that stands elsewhere.
    Teaser,
    /// Has no text, or would have one if a browser ran its programs.
    Empty,
    /// A home or section page: other pages' headlines.
    Listing,
}

impl Kind {
    /// As it is written in records and in the data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ConsentWall => "consent-wall",
            Kind::BotCheck => "bot-check",
            Kind::LoginWall => "login-wall",
            Kind::ErrorPage => "error-page",
            Kind::Teaser => "teaser",
            Kind::Empty => "empty",
            Kind::Listing => "listing",
        }
    }
}

/// The kinds that a page's own words tell, the surest first.
const WALLS: [Kind; 5] = [Kind::BotCheck, Kind::ConsentWall, Kind::LoginWall, Kind::ErrorPage, Kind::Empty];

/// More words than this are never a wall: the longest notices of consent end before it.
const LONGEST_WALL: usize = 500;

/// Most walls are shorter than this; a page of more must speak with more than one phrase.
const SHORT: usize = 60;

/// A page with the title of a wall, one phrase of it and a list of what else to read.
const MENU: usize = 150;

/// A text of which half is a wall's words has nothing else to say.
const MOSTLY: f64 = 0.5;

/// Enough where two different phrases agree: notices of consent are long-winded.
const PARTLY: f64 = 0.25;

/// Enough where the server itself says that something went wrong.
const SLIGHTLY: f64 = 0.15;

/// Even a text that takes up its title is a wall where next to nothing else is left.
const NEARLY_ALL: f64 = 0.9;

/// A wall begins with what it wants, behind the name of the site at most; a banner below an article does not.
const OPENING: usize = 8;

/// A paragraph of this many words that ends as sentences do, and has nothing of a wall, may be the whole of a flash.
const FLASH: usize = 12;

/// Words of its sentence that a phrase vouches for: some scripts have no full stop and their sentences do not end.
const REACH: usize = 10;

/// Less is nothing, unless it is a sentence: some languages say in three words who was arrested where.
const FEWEST: usize = 4;

/// Leads are shorter than this; a story of more stands without its end.
const LONGEST_TEASER: usize = 80;

/// A line of fewer words is a headline or a menu.
const HEADLINE: usize = 14;

/// A paragraph of as many words is there to be read, which is not what lists are for.
const READING: usize = 40;

/// Why it is no article, in words: `Some((Kind::ErrorPage, "says “Page not found” and has 12 words"))`; `None` for one.
pub fn no_article(seen: &Seen) -> Option<(Kind, String)> {
    let page = Page::read(seen);
    if page.words > LONGEST_WALL {
        return listing(&page);
    }
    wall(&page)
        .or_else(|| led_elsewhere(&page))
        .or_else(|| failed(&page))
        .or_else(|| empty(&page))
        .or_else(|| teaser(&page))
        .or_else(|| listing(&page))
}

/// What a page of a kind says, and how much of the page that is.
struct Evidence {
    kind: Kind,
    /// What it says first.
    phrase: &'static Phrase,
    /// Whether the title says so.
    titled: bool,
    /// How many different phrases the text has, and words that they account for.
    distinct: usize,
    vouched: usize,
    /// Words before the first.
    before: usize,
}

fn wall(page: &Page) -> Option<(Kind, String)> {
    let found = WALLS.iter().filter_map(|&kind| evidence(page, kind)).filter(|evidence| is_wall(page, evidence));
    // The first of the surest where several have the same weight.
    let told = found.reduce(|best, next| if next.vouched > best.vouched { next } else { best })?;
    let says = if told.titled { "is titled" } else { "says" };
    Some((told.kind, format!("{says} “{}” and {}", told.phrase.written, page.size())))
}

fn evidence(page: &Page, kind: Kind) -> Option<Evidence> {
    let in_title = page.titled.iter().copied().find(|phrase| phrase.kind == kind);
    let said = || page.sentences.iter().flat_map(|sentence| sentence.says(kind).map(move |said| (sentence, said)));
    let phrases: BTreeSet<&str> = said().map(|(_, said)| said.phrase.written.as_str()).collect();
    let first = said().next();
    Some(Evidence {
        kind,
        phrase: in_title.or(first.map(|(_, said)| said.phrase))?,
        titled: in_title.is_some(),
        distinct: phrases.len(),
        vouched: page.sentences.iter().map(|sentence| sentence.vouched(kind)).sum(),
        before: first.map_or(0, |(sentence, said)| sentence.before + said.before),
    })
}

/// Weighs how much of the text says so, how often, and where.
fn is_wall(page: &Page, evidence: &Evidence) -> bool {
    let &Evidence { titled, distinct, vouched, before, .. } = evidence;
    let share = vouched as f64 / page.words.max(1) as f64;
    let declared = page.seen.declared_article;
    if page.echoes && share < NEARLY_ALL || !titled && (before > OPENING || page.flash * 2 > vouched) {
        return false;
    }
    let alone = share >= MOSTLY && (distinct > 1 || page.words <= SHORT);
    let agreed = share >= PARTLY && distinct > 1 && !declared;
    let bare_title = !declared && page.words <= SHORT && (page.flash == 0 || page.is_failed());
    let named = titled && (vouched > 0 && page.words <= MENU || bare_title);
    let answered = page.is_failed() && share >= SLIGHTLY && page.words <= MENU;
    alone || agreed || named || answered
}

/// The fetch ended at a place that has no articles.
fn led_elsewhere(page: &Page) -> Option<(Kind, String)> {
    let seen = page.seen;
    let (from, to) = (Address::read(seen.url?)?, Address::read(seen.final_url?)?);
    if seen.declared_article || page.echoes || page.words > MENU {
        return None;
    }
    let kind = WALLS.into_iter().find(|&kind| to.is_of(kind) && !from.is_of(kind))?;
    Some((kind, format!("was led to {} and {}", to.host, page.size())))
}

/// The server says that it is no article, and no text speaks against it.
fn failed(page: &Page) -> Option<(Kind, String)> {
    let status = page.seen.status.filter(|&status| status >= 400)?;
    if page.seen.declared_article || page.echoes || page.words > SHORT {
        return None;
    }
    let kind = if matches!(status, 401 | 402 | 407) { Kind::LoginWall } else { Kind::ErrorPage };
    Some((kind, format!("was answered with status {status} and {}", page.size())))
}

fn empty(page: &Page) -> Option<(Kind, String)> {
    let nothing = page.words < 2 || page.words < FEWEST && !is_finished(page.seen.text);
    nothing.then(|| (Kind::Empty, page.size()))
}

/// One short paragraph, or two before a paywall, that point to the rest.
fn teaser(page: &Page) -> Option<(Kind, String)> {
    let last = page.sentences.last()?;
    let told = told(&page.sentences);
    if told.words > LONGEST_TEASER || told.paragraphs > 2 || PHRASES.is_to_follow(&last.text) {
        return None;
    }
    let reason = if let Some(said) = last.says(Kind::Teaser).next().filter(|_| told.paragraphs < 2) {
        format!("ends with “{}”", said.phrase.written)
    } else if let Some(phrase) = paywall_below(page, told.paragraphs) {
        format!("ends with “{}”", phrase.written)
    } else if told.paragraphs < 2 && is_cut(page.seen.text) {
        "ends with an ellipsis".to_owned()
    } else if page.seen.not_free && told.words >= FLASH && breaks_off(page.seen.text) {
        "is not free and breaks off".to_owned()
    } else {
        return None;
    };
    Some((Kind::Teaser, format!("{} and {reason}", page.size())))
}

/// What the article itself says.
struct Told {
    words: usize,
    paragraphs: usize,
}

fn told(sentences: &[Sentence]) -> Told {
    /// Fewer are a date, a place or the name of an author.
    const PARAGRAPH: usize = 8;
    let mut paragraphs: BTreeMap<usize, usize> = BTreeMap::new();
    for sentence in sentences.iter().filter(|sentence| sentence.said.is_empty()) {
        *paragraphs.entry(sentence.paragraph).or_default() += sentence.words;
    }
    let full = paragraphs.values().filter(|&&words| words >= PARAGRAPH).count();
    Told { words: paragraphs.values().sum(), paragraphs: full }
}

/// What the text asks for at its end. Behind more than one paragraph it takes two phrases, or the page's word that it
/// is paid.
fn paywall_below(page: &Page, paragraphs: usize) -> Option<&'static Phrase> {
    /// Prices and buttons stand below what is asked; more words are the article going on.
    const PRICES: usize = 12;
    let mut below = 0;
    let end = page.sentences.iter().rev().take_while(|sentence| {
        below += if sentence.said.is_empty() { sentence.words } else { 0 };
        below <= PRICES
    });
    let asks: Vec<_> = end.flat_map(|sentence| sentence.says(Kind::LoginWall)).collect();
    let sure = paragraphs < 2 || page.seen.not_free || asks.len() > 1;
    asks.last().filter(|_| sure).map(|said| said.phrase)
}

/// Links in many short lines. A page that calls itself an article is one, unless it is the front of its site.
fn listing(page: &Page) -> Option<(Kind, String)> {
    let Seen { link_share, declared_article, text, .. } = *page.seen;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let short = lines.iter().filter(|line| is_cut(line) || words(line) < HEADLINE && !is_finished(line)).count();
    // What is asked of a page at an address that tells nothing, of the front of a site, and of one that says otherwise.
    let (links, fewest, most_short) = match (is_front(page.seen), declared_article) {
        (false, false) => (0.5, 8, 0.7),
        (true, false) => (0.3, 6, 0.6),
        (true, true) => (0.7, 10, 0.8),
        (false, true) => return None,
    };
    let is_list = short as f64 >= lines.len() as f64 * most_short && lines.iter().all(|line| words(line) < READING);
    let listed = is_list && link_share >= links && lines.len() >= fewest;
    let percent = (link_share * 100.0).round();
    listed.then(|| (Kind::Listing, format!("is {percent} % links, and {short} of {} lines are headlines", lines.len())))
}

/// Whether the fetch ended at the root of a site, or where it lists its articles.
fn is_front(seen: &Seen) -> bool {
    let address = seen.final_url.or(seen.url).and_then(Address::read);
    address.is_some_and(|address| address.is_root() || address.is_of(Kind::Listing))
}

/// Of a URL, in small letters.
struct Address {
    host: String,
    parts: Vec<String>,
}

impl Address {
    fn read(url: &str) -> Option<Address> {
        let url = Url::parse(url).ok()?;
        let mut parts: Vec<String> = url.path().split('/').map(str::to_lowercase).collect();
        // An article may be a number behind the question mark.
        parts.extend(url.query().map(|query| format!("?{query}")));
        parts.retain(|part| !part.is_empty());
        Some(Address { host: url.host_str()?.to_owned(), parts })
    }

    /// Whether it is where a site begins, or its part in one language.
    fn is_root(&self) -> bool {
        self.parts.iter().all(|part| part.len() == 2)
    }

    /// Whether a part of the path, or the first of the host, is one that the data has for this kind.
    fn is_of(&self, kind: Kind) -> bool {
        let Some(names) = PHRASES.addresses.get(kind.name()) else { return false };
        let is_name = |part: &str| names.iter().any(|name| name == part);
        let in_host = kind != Kind::Listing && self.host.split('.').next().is_some_and(is_name);
        // Sections are called by the first part of the path; what stands behind them may be the article.
        let parts = if kind == Kind::Listing { &self.parts[..self.parts.len().min(1)] } else { &self.parts[..] };
        in_host || parts.iter().any(|part| is_name(part))
    }
}

// The page as it is read ----------------------------------------------------------------------------------------------

/// A page's sentences, and what is said in them.
struct Page<'a> {
    seen: &'a Seen<'a>,
    /// Of the whole text.
    words: usize,
    /// Of the beginning and the end of the text, folded.
    sentences: Vec<Sentence>,
    /// Phrases of the title.
    titled: Vec<&'static Phrase>,
    /// Whether the text takes up its title outside of phrases: then there is an article among it.
    echoes: bool,
    /// Words of its longest paragraph that may be news, beside all phrases.
    flash: usize,
}

struct Sentence {
    text: String,
    paragraph: usize,
    words: usize,
    /// Words of the text before it.
    before: usize,
    said: Vec<Said>,
}

/// A phrase in a sentence.
#[derive(Clone, Copy)]
struct Said {
    phrase: &'static Phrase,
    /// Words of the sentence before it.
    before: usize,
}

impl<'a> Page<'a> {
    fn read(seen: &'a Seen<'a>) -> Page<'a> {
        let words = words(seen.text);
        // A long text is a listing or an article, whatever it says.
        let sentences = if words > LONGEST_WALL { Vec::new() } else { sentences(&fold(&ends_of(seen.text))) };
        let title = fold(seen.title.unwrap_or_default()).replace('\n', " ");
        let mut titled: Vec<_> = PHRASES.naming(&title).into_iter().collect();
        titled.extend(title_parts(&title).iter().filter_map(|part| PHRASES.naming(part)));
        let echoes = titled.is_empty() && is_taken_up(&title, &sentences);
        let flash = longest_flash(&sentences);
        Page { seen, words, sentences, titled, echoes, flash }
    }

    fn is_failed(&self) -> bool {
        self.seen.status.is_some_and(|status| status >= 400)
    }

    /// For reasons.
    fn size(&self) -> String {
        match self.words {
            0 => "has no text".to_owned(),
            1 => "has 1 word".to_owned(),
            words => format!("has {words} words"),
        }
    }
}

impl Sentence {
    fn says(&self, kind: Kind) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(move |said| said.phrase.kind == kind)
    }

    /// Words that its phrases of a kind account for.
    fn vouched(&self, kind: Kind) -> usize {
        let reach: usize = self.says(kind).map(|said| said.phrase.words + REACH).sum();
        reach.min(self.words)
    }
}

fn longest_flash(sentences: &[Sentence]) -> usize {
    let paragraphs = sentences.chunk_by(|one, next| one.paragraph == next.paragraph);
    let beside = paragraphs.filter(|paragraph| paragraph.iter().all(|sentence| sentence.said.is_empty()));
    // Some scripts without spaces have no full stop either.
    let ends = |last: &Sentence| is_finished(&last.text) || last.text.ends_with(is_unspaced);
    let finished = beside.filter(|paragraph| paragraph.last().is_some_and(ends));
    let words = finished.map(|paragraph| paragraph.iter().map(|sentence| sentence.words).sum());
    words.filter(|&words| words >= FLASH).max().unwrap_or(0)
}

fn sentences(folded: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut before = 0;
    for (paragraph, line) in folded.lines().enumerate() {
        let found = PHRASES.within(line);
        let whole = PHRASES.whole(line, line);
        for range in sentence_ranges(line) {
            let text = &line[range.clone()];
            let words = words(text);
            if words > 0 {
                let alone =
                    whole.or_else(|| PHRASES.whole(text, &line[..range.end])).map(|phrase| Said { phrase, before: 0 });
                let said = alone.into_iter().chain(said_in(line, &range, &found)).collect();
                sentences.push(Sentence { text: text.to_owned(), paragraph, words, before, said });
                before += words;
            }
        }
    }
    sentences
}

/// The phrases found in a line that are, in whole or in part, in one of its sentences.
fn said_in(line: &str, sentence: &Range<usize>, found: &[(Range<usize>, &'static Phrase)]) -> Vec<Said> {
    let here = found.iter().filter(|(at, _)| at.start < sentence.end && at.end > sentence.start);
    let said = here.map(|&(ref at, phrase)| {
        let before = line.get(sentence.start..at.start).map_or(0, words);
        Said { phrase, before }
    });
    // "Continue reading" is an offer at the beginning of a sentence, and a habit in the middle of one.
    said.filter(|said| said.phrase.kind != Kind::Teaser || said.before == 0).collect()
}

fn sentence_ranges(line: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let Some(stop) = Stop::of(letter) else { continue };
        let mut end = at + letter.len_utf8();
        while let Some((at, closing)) = letters.next_if(|&(_, c)| Stop::of(c).is_some() || is_closing(c)) {
            end = at + closing.len_utf8();
        }
        if stop == Stop::Anywhere || letters.peek().is_none_or(|(_, next)| next.is_whitespace()) {
            ranges.push(start..end);
            start = end;
        }
    }
    ranges.push(start..line.len());
    ranges
}

/// What ends a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Where a space follows: there are full stops in addresses and numbers.
    BeforeSpace,
    Anywhere,
}

impl Stop {
    fn of(letter: char) -> Option<Stop> {
        match letter {
            '.' | '!' | '?' | '؟' | '۔' | '।' | '։' | '።' | '|' | '•' | '…' => Some(Stop::BeforeSpace),
            '。' | '！' | '？' | '။' | '།' => Some(Stop::Anywhere),
            _ => None,
        }
    }
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '”' | '“' | '»' | '’' | ')' | ']' | '」' | '』' | '）')
}

/// Whether it stops as a sentence does.
fn is_finished(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(is_closing);
    !is_cut(text) && text.ends_with(|letter| Stop::of(letter).is_some() || matches!(letter, ':' | ';'))
}

/// Whether it ends with the dots of a machine, which may put a bracket around them. People put a quotation mark behind
/// them, or a question mark before.
fn is_cut(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches([']', ')', '>']);
    let cut = text.strip_suffix('…').or_else(|| text.strip_suffix("..."));
    cut.is_some_and(|text| !text.ends_with(['!', '?', '؟', '.']))
}

/// Whether it ends in the middle of a sentence, in a script that has full stops.
fn breaks_off(text: &str) -> bool {
    text.trim_end().ends_with(|letter: char| letter.is_alphanumeric() && !is_unspaced(letter) || letter == ',')
}

/// The headline, the section and the name of the site, as they stand in a title.
fn title_parts(title: &str) -> Vec<String> {
    let marks = [" - ", " – ", " — ", " · ", " » ", " :: ", " / "];
    let unified = marks.iter().fold(title.to_owned(), |title, mark| title.replace(mark, "|"));
    unified.split('|').map(|part| part.trim().to_owned()).collect()
}

/// Whether the text outside of phrases has a good part of the words of the headline.
fn is_taken_up(title: &str, sentences: &[Sentence]) -> bool {
    let headline = title_parts(title).into_iter().max_by_key(String::len).unwrap_or_default();
    let stems = stems(&headline);
    let own: Vec<&Sentence> = sentences.iter().filter(|sentence| sentence.said.is_empty()).collect();
    let found = stems.iter().filter(|stem| own.iter().any(|sentence| sentence.text.contains(*stem))).count();
    found >= 2 && found * 5 >= stems.len() * 2
}

/// The beginnings of the longer words, which stay where words are declined; pairs of letters where no words are apart.
fn stems(headline: &str) -> BTreeSet<String> {
    const STEM: usize = 5;
    let mut stems = BTreeSet::new();
    for word in headline.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().collect();
        if letters.first().is_some_and(|&letter| is_unspaced(letter)) {
            stems.extend(letters.windows(2).map(String::from_iter));
        } else if letters.len() + 1 >= STEM {
            stems.insert(letters.iter().take(STEM).collect());
        }
    }
    stems
}

// Letters and words ---------------------------------------------------------------------------------------------------

/// The beginning and the end of a text: walls are short, and only a paywall stands at the end.
fn ends_of(text: &str) -> Cow<'_, str> {
    const BEGINNING: usize = 4_000;
    const END: usize = 1_000;
    let Some((beginning, _)) = text.char_indices().nth(BEGINNING) else { return text.into() };
    let end = text.char_indices().nth_back(END - 1).map_or(0, |(at, _)| at);
    if end <= beginning { text.into() } else { format!("{}\n\n{}", &text[..beginning], &text[end..]).into() }
}

/// Small letters without accents, one sort of apostrophe, dots and spaces, a line a paragraph: as phrases are compared.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for paragraph in text.split("\n\n") {
        let letters = paragraph.nfd().flat_map(char::to_lowercase).filter(|&letter| !is_mark(letter));
        let written = letters.map(plain).nfc().collect::<String>().replace('…', "...");
        for (at, word) in written.split_whitespace().enumerate() {
            folded.push_str(if at > 0 { " " } else { "" });
            folded.push_str(word);
        }
        folded.push('\n');
    }
    folded
}

/// Accents, vowel points and what joins or parts letters unseen: written or left out as people like.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{655}' | '\u{670}')
        || matches!(letter, '\u{93C}' | '\u{AD}' | '\u{200B}' | '\u{200D}'..='\u{200F}' | '\u{2060}')
}

/// The one of several letters that are taken for each other.
fn plain(letter: char) -> char {
    match letter {
        '’' | '‘' | 'ʻ' | 'ʼ' | '`' | '´' => '\'',
        // Persian is typed on Arabic keyboards, and with a space inside of words for what is less than one.
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        '\u{200C}' => ' ',
        'ς' => 'σ',
        'ı' => 'i',
        letter => letter,
    }
}

/// Letters and digits with single spaces between: what is left of "404 – Not Found!" and of "404: not found".
fn bare(folded: &str) -> String {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// "404 page not found" is that whatever the number.
fn without_numbers(bare: &str) -> String {
    let words = bare.split(' ').filter(|word| !word.chars().all(char::is_numeric));
    words.collect::<Vec<_>>().join(" ")
}

/// Words of a text; two letters are one where words are not written apart.
fn words(text: &str) -> usize {
    text.split_whitespace().map(words_of_token).sum()
}

fn words_of_token(token: &str) -> usize {
    let letters = || token.chars().filter(|letter| letter.is_alphanumeric());
    let unspaced = letters().filter(|&letter| is_unspaced(letter)).count();
    unspaced.div_ceil(2) + usize::from(letters().any(|letter| !is_unspaced(letter)))
}

fn is_unspaced(letter: char) -> bool {
    use Script::{Han, Hiragana, Katakana, Khmer, Lao, Myanmar, Thai, Tibetan};
    letter > '\u{E00}' && matches!(letter.script(), Han | Hiragana | Katakana | Khmer | Lao | Myanmar | Thai | Tibetan)
}

// Phrases -------------------------------------------------------------------------------------------------------------

/// What pages of a kind say.
struct Phrase {
    kind: Kind,
    /// As the data has it.
    written: String,
    words: usize,
}

struct Phrases {
    /// Those that count anywhere in a sentence, and what finds them.
    within: Vec<Phrase>,
    finder: AhoCorasick,
    /// Those that count where they are a sentence, by their letters.
    whole: HashMap<String, Phrase>,
    /// The letters of those of error pages that are more than a word, and what finds them where a sentence says little
    /// more.
    longer: Vec<String>,
    longer_finder: AhoCorasick,
    /// What a flash of news ends with that will be longer.
    to_follow: HashSet<String>,
    /// Parts of addresses, by the kind of what is there.
    addresses: HashMap<String, Vec<String>>,
}

/// The file. Which language a phrase is in makes no difference: pages mix them.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Data {
    consent_wall: Sayings,
    bot_check: Sayings,
    login_wall: Sayings,
    error_page: Sayings,
    empty: Sayings,
    teaser: Sayings,
    to_follow: ByLanguage,
    addresses: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Sayings {
    whole: ByLanguage,
    says: ByLanguage,
}

type ByLanguage = BTreeMap<String, Vec<String>>;

const FILE: &str = include_str!("../../data/intake/not_articles.toml");

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let broken = |e: String| -> ! { panic!("data/intake/not_articles.toml: {e}") };
    let data: Data = toml::from_str(FILE).unwrap_or_else(|e| broken(e.to_string()));
    Phrases::build(data).unwrap_or_else(|e| broken(e.to_string()))
});

impl Phrases {
    fn build(data: Data) -> Result<Phrases, aho_corasick::BuildError> {
        let mut within = Vec::new();
        let mut whole = HashMap::new();
        let kinds = [
            (Kind::BotCheck, data.bot_check),
            (Kind::ConsentWall, data.consent_wall),
            (Kind::LoginWall, data.login_wall),
            (Kind::ErrorPage, data.error_page),
            (Kind::Empty, data.empty),
            (Kind::Teaser, data.teaser),
        ];
        for (kind, sayings) in kinds {
            let phrase = |written: String| Phrase { kind, words: words(&written), written };
            within.extend(sayings.says.into_values().flatten().map(phrase));
            for phrase in sayings.whole.into_values().flatten().map(phrase) {
                whole.entry(bare(&fold(&phrase.written))).or_insert(phrase);
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(within.iter().map(|phrase| fold(&phrase.written).trim_end().to_owned()))?;
        // "Wait a moment" and "Read more" are said by people too, with a word or two around.
        let longer = whole.values().filter(|phrase| phrase.kind == Kind::ErrorPage && phrase.words > 1);
        let longer: Vec<String> = longer.map(|phrase| bare(&fold(&phrase.written))).collect();
        let longer_finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&longer)?;
        let to_follow = data.to_follow.into_values().flatten().map(|written| bare(&fold(&written))).collect();
        Ok(Phrases { within, finder, whole, longer, longer_finder, to_follow, addresses: data.addresses })
    }

    /// Those of a line that begin with a word and are nobody's quotation.
    fn within(&self, line: &str) -> Vec<(Range<usize>, &Phrase)> {
        let found = self.finder.find_iter(line);
        let counts = found.filter(|found| begins_word(line, found.start()) && !is_quoted(&line[..found.start()]));
        counts.map(|found| (found.range(), &self.within[found.pattern().as_usize()])).collect()
    }

    /// The one that a text is, but for a number or a word. `line` is the text and what is before it in its paragraph.
    fn whole(&self, text: &str, line: &str) -> Option<&Phrase> {
        let letters = bare(text);
        let exact = self.whole.get(&letters).or_else(|| self.whole.get(&without_numbers(&letters)));
        let phrase = exact.or_else(|| self.nearly_whole(&letters))?;
        let begins = line.len() - text.trim_start_matches(|letter: char| !letter.is_alphanumeric()).len();
        (!is_quoted(&line[..begins])).then_some(phrase)
    }

    /// The one that three fifths of a text are: "Sorry, page not found".
    fn nearly_whole(&self, letters: &str) -> Option<&Phrase> {
        let found = self.longer_finder.find_iter(letters);
        let mut most =
            found.filter(|found| found.len() * 5 >= letters.len() * 3 && begins_word(letters, found.start()));
        self.whole.get(&self.longer[most.next()?.pattern().as_usize()])
    }

    /// The one that a title, or a part of it, is, or has for its better half.
    fn naming(&self, title: &str) -> Option<&Phrase> {
        let half = |(at, _): &(Range<usize>, &Phrase)| at.len() * 2 >= title.len();
        let phrase =
            self.whole(title, title).or_else(|| self.within(title).into_iter().find(half).map(|(_, found)| found));
        phrase.filter(|phrase| phrase.kind != Kind::Teaser)
    }

    fn is_to_follow(&self, sentence: &str) -> bool {
        self.to_follow.contains(&bare(sentence))
    }
}

fn begins_word(line: &str, at: usize) -> bool {
    let next_is_unspaced = line[at..].starts_with(is_unspaced);
    next_is_unspaced || !line[..at].ends_with(char::is_alphanumeric)
}

/// Whether a quotation is open at the end of what stands before. Every pair of marks is of two, whichever they are.
fn is_quoted(before: &str) -> bool {
    let marks = before.matches(['"', '“', '”', '„', '«', '»', '「', '」', '『', '』', '《', '》']).count();
    let apostrophe = before.strip_suffix('\'').is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    marks % 2 == 1 || apostrophe
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{BotCheck, ConsentWall, Empty, ErrorPage, Listing, LoginWall, Teaser};

    /// What a page with this title and text is taken for; `¶` is a blank line.
    fn taken_for(title: &str, text: &str, change: impl Fn(&mut Seen)) -> Option<Kind> {
        let text = text.replace('¶', "\n\n");
        let mut seen = Seen { title: (!title.is_empty()).then_some(title), text: &text, ..Seen::default() };
        change(&mut seen);
        no_article(&seen).map(|(kind, _)| kind)
    }

    fn all_are(kind: Kind, pages: &[(&str, &str)]) {
        for (title, text) in pages {
            assert_eq!(taken_for(title, text, |_| ()), Some(kind), "{title}: {text}");
        }
    }

    #[test]
    fn bot_checks() {
        let pages = [
            ("Just a moment...", "www.example.com¶Verify you are human by completing the action below."),
            ("Just a moment...", "Enable JavaScript and cookies to continue"),
            ("", "Checking your browser before accessing example.com.¶This process is automatic."),
            (
                "Attention Required! | Cloudflare",
                "Sorry, you have been blocked¶You are unable to access example.com¶This website is using a security \
                 service to protect itself from online attacks. The action you just performed triggered the security \
                 solution. There are several actions that could trigger this block.",
            ),
            ("", "Access to this page has been denied because we believe you are using automation tools."),
            ("", "Before we continue...¶Press & Hold to confirm you are a human (and not a bot).¶Reference ID 1b2c"),
            (
                "Pardon Our Interruption",
                "As you were browsing something about your browser made us think you were a bot. There are a few \
                 reasons this might happen:¶You're a power user moving through this website with super-human speed.",
            ),
            ("", "Request unsuccessful. Incapsula incident ID: 1234000"),
            ("example.com", "Please enable JS and disable any ad blocker"),
            ("DDoS-Guard", "Checking your browser before accessing the site¶This process is automatic."),
            ("Ой!", "Подтвердите, что запросы отправляли вы, а не робот¶Нам очень жаль."),
            ("در حال انتقال به سایت مورد نظر هستید...", "لطفا صبر کنید"),
            ("Bir dakika lütfen...", "Devam etmek için JavaScript ve çerezleri etkinleştirin"),
            ("Nur einen Moment…", "Bestätigen Sie, dass Sie ein Mensch sind, indem Sie die folgende Aktion ausführen."),
            ("", "Vérifiez que vous êtes humain en effectuant l’action ci-dessous."),
            ("请稍候…", "请完成以下操作，验证您是真人。"),
            ("잠시만 기다리십시오…", "아래 작업을 완료하여 사람인지 확인하십시오."),
            ("รอสักครู่...", "ยืนยันว่าคุณเป็นมนุษย์โดยทำตามการดำเนินการด้านล่าง"),
        ];
        all_are(BotCheck, &pages);
    }

    #[test]
    fn error_pages() {
        let pages = [
            ("404 Not Found", "404 Not Found¶nginx/1.18.0 (Ubuntu)"),
            ("502 Bad Gateway", "502 Bad Gateway¶nginx"),
            (
                "",
                "Not Found¶The requested URL was not found on this server.¶Apache/2.4.41 (Ubuntu) Server at a.example",
            ),
            (
                "Access Denied",
                "Access Denied¶You don't have permission to access \"http://a.example/\" on this server.¶Reference \
                 #18.5d",
            ),
            ("", "HTTP Error 404.0 - Not Found¶The resource you are looking for might have been removed."),
            (
                "",
                "Error 503 Backend fetch failed¶Backend fetch failed¶Guru Meditation:¶XID: 12345¶Varnish cache server",
            ),
            ("ERROR", "403 ERROR¶The request could not be satisfied.¶Request blocked.¶Generated by cloudfront"),
            ("", "This Account has been suspended.¶Contact your hosting provider for more information."),
            ("a.example", "This domain is for sale!¶Buy this domain."),
            (
                "Oops! That page can’t be found – My Blog",
                "It looks like nothing was found at this location. Maybe try a search?",
            ),
            (
                "Page not found | The Daily Example",
                "Sorry, the page you are looking for could not be found. It may have been moved or deleted.¶Most \
                 read¶Minister resigns over flood money¶Ten dead as bus falls from bridge near the capital",
            ),
            ("", "Ошибка 404¶К сожалению, такой страницы не существует.¶Вернуться на главную"),
            ("Сторінку не знайдено", "На жаль, сторінку видалено або її ніколи не було.¶На головну"),
            ("", "عذراً، الصفحة غير موجودة¶الصفحة التي تبحث عنها غير متوفرة.¶العودة إلى الصفحة الرئيسية"),
            ("خطای ۴۰۴", "صفحه‌ای كه به دنبال آن هستید پیدا نشد.¶بازگشت به صفحه اصلی"),
            ("Sayfa bulunamadı", "ARADIĞINIZ SAYFA BULUNAMADI¶Ana sayfaya dön"),
            ("", "Axtardığınız səhifə tapılmadı¶Ana səhifəyə qayıt"),
            ("Seite nicht gefunden - Beispiel", "Die von Ihnen gesuchte Seite existiert nicht. Zurück zur Startseite"),
            ("Page introuvable", "Désolé, la page que vous cherchez n’existe pas ou n’existe plus."),
            ("", "Pagina non trovata¶La pagina che stai cercando potrebbe essere stata rimossa. Torna alla home"),
            ("Página não encontrada", "Desculpe, não encontramos o que você procura."),
            ("", "Pagina nu a fost găsită¶Ne pare rău, pagina căutată nu există."),
            ("", "Страницата не е намерена¶Съжаляваме, страницата, която търсите, не съществува."),
            ("", "Stranica nije pronađena¶Žao nam je, stranica koju tražite ne postoji."),
            ("", "Бет табылмады¶Басты бетке оралу"),
            ("", "صفحہ نہیں ملا¶معذرت، یہ صفحہ موجود نہیں ہے۔"),
            ("", "দুঃখিত, পৃষ্ঠাটি খুঁজে পাওয়া যায়নি।¶হোম পেজে ফিরে যান"),
            ("", "Halaman tidak ditemukan¶Maaf, halaman yang Anda cari tidak ada."),
            ("", "ขออภัย ไม่พบหน้าที่คุณต้องการ¶กลับไปหน้าแรก"),
            ("Pagina niet gevonden", "Helaas, deze pagina bestaat niet meer."),
            ("", "Sidan hittades inte¶Tyvärr hittar vi inte sidan du söker."),
            ("", "Sivua ei löytynyt¶Valitettavasti etsimääsi sivua ei ole."),
            ("", "Página no encontrada¶Lo sentimos, la página que buscas no existe."),
            ("Strona nie istnieje", "Przepraszamy, strona, której szukasz, została usunięta."),
            ("", "Stránka nenalezena¶Omlouváme se, ale stránka, kterou hledáte, neexistuje."),
            ("", "Az oldal nem található¶A keresett oldal nem létezik. Vissza a főoldalra"),
            ("", "Η ΣΕΛΙΔΑ ΔΕΝ ΒΡΕΘΗΚΕ¶Η σελίδα που ζητήσατε δεν υπάρχει."),
            ("", "גלישה¶העמוד לא נמצא¶חזרה לדף הבית"),
            ("", "გვერდი ვერ მოიძებნა¶მთავარ გვერდზე დაბრუნება"),
            ("", "Էջը չի գտնվել¶Վերադառնալ գլխավոր էջ"),
            ("Sahifa topilmadi", "Siz qidirgan sahifa mavjud emas. Bosh sahifaga qaytish"),
            ("", "पेज नहीं मिला¶क्षमा करें, यह पेज उपलब्ध नहीं है।"),
            ("", "Không tìm thấy trang¶Trang bạn đang tìm không tồn tại. Quay lại trang chủ"),
            ("", "您访问的页面不存在或已删除。5秒后返回首页"),
            ("", "お探しのページが見つかりません。お探しのページは移動または削除された可能性があります。"),
            ("", "요청하신 페이지를 찾을 수 없습니다.¶홈으로 돌아가기"),
        ];
        all_are(ErrorPage, &pages);
    }

    #[test]
    fn consent_walls() {
        let pages = [
            (
                "Before you continue to Google Search",
                "We use cookies and data to¶Deliver and maintain our services¶Accept all",
            ),
            (
                "Yahoo",
                "Yahoo is part of the Yahoo family of brands.¶When you use our sites and apps, we use cookies \
                 to:¶provide our sites and apps to you¶If you click 'Accept all', we and our partners will store \
                 and/or access information on a device.¶You can withdraw your consent at any time.",
            ),
            (
                "Minister resigns over floods",
                "We value your privacy¶We and our partners store and/or access information on a device, such as \
                 cookies. With your permission we and our partners may use precise geolocation data.¶Manage \
                 options¶Accept all",
            ),
            (
                "",
                "Мы используем файлы cookie, чтобы сайт работал лучше. Продолжая использовать сайт, вы соглашаетесь с \
                 этим.",
            ),
            (
                "",
                "Mit Werbung weiterlesen¶Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Ihre Zustimmung ist \
                 jederzeit widerrufbar.¶Alle akzeptieren¶oder mit dem PUR-Abo",
            ),
            (
                "",
                "Continuer sans accepter¶Avec votre accord, nous et nos 830 partenaires utilisons des cookies pour \
                 stocker et/ou accéder à des informations sur un terminal.¶Tout accepter",
            ),
            ("", "Valoramos tu privacidad¶Utilizamos cookies para mejorar tu experiencia.¶Aceptar todo"),
            (
                "",
                "Cenimy Twoją prywatność¶My i nasi partnerzy przechowujemy informacje na urządzeniu.¶Przejdź do \
                 serwisu",
            ),
            ("", "Gizliliğinize önem veriyoruz¶Deneyiminizi iyileştirmek için çerez kullanıyoruz.¶Tümünü kabul et"),
            ("", "نحن نقدر خصوصيتك¶نستخدم ملفات تعريف الارتباط لتحسين تجربتك.¶قبول الكل"),
            ("", "เราให้ความสำคัญกับความเป็นส่วนตัวของคุณ¶เราใช้คุกกี้เพื่อพัฒนาประสิทธิภาพ¶ยอมรับทั้งหมด"),
        ];
        all_are(ConsentWall, &pages);
    }

    #[test]
    fn walls_for_readers_who_pay_or_log_in() {
        let pages = [
            ("Log in | The Example", "Log in to continue¶E-mail¶Password¶Forgot your password?"),
            ("", "Subscribe to continue reading¶Already a subscriber? Log in¶Get unlimited access for €1 a week"),
            ("", "This article is for subscribers only."),
            ("Вход", "Войдите или зарегистрируйтесь, чтобы читать дальше. Забыли пароль?"),
            ("", "Dieser Artikel ist nur für Abonnenten. Sie haben bereits ein Abo? Hier anmelden"),
            ("", "Cet article est réservé aux abonnés.¶Déjà abonné ? Connectez-vous"),
            ("", "この記事は有料会員限定です。¶会員の方はこちら"),
            ("", "Bu içerik abonelere özeldir. Zaten abone misiniz? Giriş yapın"),
        ];
        all_are(LoginWall, &pages);
    }

    #[test]
    fn teasers() {
        let pages = [
            (
                "",
                "The president said on Monday that the two countries would sign a treaty on the waters of the Caspian…",
            ),
            ("", "The president said on Monday that the two countries would sign a treaty. […]"),
            ("", "The two countries signed a treaty on the waters of the Caspian Sea on Monday.¶Read more…"),
            ("", "The two countries signed a treaty on the waters on Monday. Read the full story at Example News"),
            (
                "Treaty signed",
                "The two countries signed a treaty on the waters of the Caspian Sea on Monday.¶This article is for \
                 subscribers only.¶Already a subscriber? Log in",
            ),
            ("", "Президенты двух стран подписали в понедельник договор о водах Каспийского моря. Читать далее »"),
            ("", "İki ölkənin prezidentləri bazar ertəsi Xəzər dənizi haqqında müqavilə imzalayıb.¶Ardını oxu"),
            ("", "وقع رئيسا البلدين يوم الاثنين معاهدة بشأن مياه بحر قزوين.¶اقرأ المزيد"),
            ("", "رؤسای جمهور دو کشور روز دوشنبه قرارداد آب‌های دریای خزر را امضا کردند.¶ادامه مطلب"),
            ("", "Die beiden Präsidenten unterzeichneten am Montag einen Vertrag über das Meer.¶Weiterlesen"),
            ("", "两国总统星期一签署了关于里海水域的条约，双方将继续谈判。¶阅读全文"),
            ("", "両国の大統領は月曜日、カスピ海に関する条約に署名した。¶続きを読む"),
        ];
        all_are(Teaser, &pages);
        let broken_off = "The president said on Monday that the two countries would sign a treaty on the waters of";
        assert_eq!(taken_for("", broken_off, |seen| seen.not_free = true), Some(Teaser));
        assert_eq!(taken_for("", broken_off, |_| ()), None);
    }

    #[test]
    fn pages_without_text() {
        let pages = [
            ("A story", ""),
            ("A story", "Share Tweet"),
            ("App", "You need to enable JavaScript to run this app."),
            ("", "Loading..."),
            ("", "Пожалуйста, включите JavaScript в браузере."),
            ("", "お使いのブラウザはサポートされていません。JavaScriptを有効にしてください。"),
        ];
        all_are(Empty, &pages);
    }

    #[test]
    fn real_articles_about_what_walls_say() {
        let pages = [
            (
                "Cookie banners break the law, court rules",
                "A court in Munich ruled on Tuesday that banners which read “We value your privacy” break the law \
                 where “Reject all” is harder to find than “Accept all”. Publishers have a month to appeal.",
            ),
            (
                "We value your privacy? What they mean by it",
                "We value your privacy. So begins nearly every notice that the commission looked at last year. What \
                 follows is less kind: nine in ten send data to dozens of firms before the reader has chosen \
                 anything. The commission wants fines, and it wants them soon, its head told reporters in Brussels on \
                 Friday.",
            ),
            (
                "404 return with second album",
                "404, the Bristol trio, return in May with a second album. “Page Not Found” was recorded in a barn in \
                 Wales, and sounds like it.",
            ),
            (
                "Page Not Found: how libraries lose the web",
                "A quarter of links in court rulings lead nowhere, a study has found.",
            ),
            (
                "Access Denied: reporters kept out of parliament",
                "Reporters were kept out of parliament for a third day on Monday.",
            ),
            (
                "Captcha turns twenty",
                "Twenty years ago a doctoral student drew the first squiggly letters. Today, “Verify you are human” \
                 costs humanity five hundred years a day, by one firm's count, and machines pass it better than we do.",
            ),
            ("Captcha kraker gepakt", "De politie heeft een man opgepakt die met een programma captcha's kraakte."),
            (
                "Cloudflare outage takes down news sites",
                "Thousands of sites showed “502 Bad Gateway” for an hour on Monday. Cloudflare blamed a software \
                 update.",
            ),
            (
                "Paywalls are rising",
                "Subscribe to continue reading: the five words met readers of two thirds of newspapers last year, a \
                 survey says. Most readers leave. One in seven pays, and one in twenty looks for a way around.",
            ),
            (
                "Кто такие вымогатели куки",
                "Роскомнадзор предложил штрафовать сайты, которые пишут «Мы используем файлы cookie, чтобы» и не \
                 спрашивают согласия. Закон вступит в силу в марте.",
            ),
            (
                "Ошибка 404 стала экспонатом",
                "Музей в Женеве показал сервер, который первым ответил «Страница не найдена».",
            ),
            ("Доступ запрещён: почему закрыли пляж", "Пляж закрыли в понедельник из-за сброса сточных вод."),
            (
                "Erreur 404, la pièce",
                "« Page introuvable » se joue à guichets fermés depuis jeudi au théâtre de la Ville.",
            ),
            (
                "Erstmal einen Moment bitte",
                "Einen Moment, bitte. So begann der Minister, und dann sprach er eine Stunde lang über das Budget.",
            ),
            (
                "Bitte warten",
                "Seit drei Jahren wartet der Ort auf seine Brücke. Am Montag hat der Landtag das Geld bewilligt.",
            ),
        ];
        for (title, text) in pages {
            for declared in [true, false] {
                assert_eq!(taken_for(title, text, |seen| seen.declared_article = declared), None, "{title}");
            }
        }
    }

    #[test]
    fn short_news_is_news() {
        let texts = [
            "The prime minister has resigned. A successor will be named on Monday.",
            "Putin arrived in Tehran.",
            "Hänet pidätettiin Teksasissa.",
            "An earthquake has struck off the coast of Japan, the weather agency says. More to follow...",
            "В Баку прогремел взрыв. Подробности следуют...",
            "Премьер-министр подал в отставку, сообщает агентство.",
            "“We do not know yet what we will do about it…”",
            "استقال رئيس الوزراء صباح اليوم. ولم يعلن عن خليفته بعد.",
            "زلزله‌ای به بزرگی ۵ ریشتر تهران را لرزاند. این خبر در حال تکمیل است...",
            "首相今晨宣布辞职。继任者将于周一公布。",
            "気象庁は津波警報を発表した。",
            "นายกรัฐมนตรีประกาศลาออกเช้าวันนี้",
            "총리가 오늘 사임했다.",
            "המשטרה עצרה שני חשודים. הידיעה מתעדכנת...",
            "Başbakan istifa etti. Gelişmeler aktarılacak...",
            "A building has collapsed in the old town.\n\nRead more: What is known of the owner",
        ];
        for text in texts {
            assert_eq!(taken_for("", text, |_| ()), None, "{text}");
        }
    }

    const STORY: &str = "The presidents of both countries met in Ashgabat on Saturday to speak of gas, of transport \
        and of the waters of the sea between them.¶They parted after three hours without a word to those who waited \
        outside.¶Their ministers are to meet again in Baku next month, a spokesman said.";

    #[test]
    fn what_stands_around_an_article_leaves_it_one() {
        let beside = [
            "We value your privacy¶We and our partners store and/or access information on a device.¶Accept all¶Reject \
             all",
            "Already a subscriber? Log in",
            "Subscribe to continue reading¶This article is for subscribers only.¶Already a subscriber? Log in",
            "This site uses cookies to improve your experience.¶Accept cookies",
            "You need to enable JavaScript to run this app.",
            "Read more…",
            "Sorry, this page is not available in your country.",
        ];
        for notice in beside {
            for text in [format!("{STORY}¶{notice}"), format!("{notice}¶{STORY}")] {
                assert_eq!(taken_for("Presidents meet in Ashgabat", &text, |_| ()), None, "{text}");
                assert_eq!(taken_for("", &text, |seen| seen.declared_article = true), None, "{text}");
            }
        }
        let flash = "The prime minister has resigned, and a successor will be named on Monday.";
        for text in [format!("{flash}¶{}", beside[0]), format!("{}¶{flash}", beside[3])] {
            assert_eq!(taken_for("", &text, |_| ()), None, "{text}");
        }
    }

    #[test]
    fn the_status_counts_where_the_text_does_not_speak_against_it() {
        let with = |status, declared| {
            move |seen: &mut Seen| {
                seen.status = Some(status);
                seen.declared_article = declared;
            }
        };
        for status in [403, 404, 410, 500, 503] {
            assert_eq!(taken_for("Presidents meet in Ashgabat", STORY, with(status, true)), None);
            assert_eq!(taken_for("Presidents meet in Ashgabat", STORY, with(status, false)), None);
            assert_eq!(taken_for("The Example", "Our site is for all.", with(status, false)), Some(ErrorPage));
        }
        assert_eq!(taken_for("The Example", "Our site is for all.", with(402, false)), Some(LoginWall));
        assert_eq!(taken_for("The Example", "Our site is for all.", with(200, false)), None);
        assert_eq!(taken_for("", "The Example¶Menu¶Page not found", with(404, true)), Some(ErrorPage));
    }

    #[test]
    fn where_the_fetch_ended_counts() {
        let led = |to: &'static str| {
            move |seen: &mut Seen| {
                seen.url = Some("https://a.example/news/1");
                seen.final_url = Some(to);
            }
        };
        let text = "The Example¶Your news, your way, since 1901.";
        assert_eq!(taken_for("", text, led("https://consent.a.example/?to=1")), Some(ConsentWall));
        assert_eq!(taken_for("", text, led("https://a.example/login?next=1")), Some(LoginWall));
        assert_eq!(taken_for("", text, led("https://a.example/showcaptcha")), Some(BotCheck));
        assert_eq!(taken_for("", text, led("https://a.example/404")), Some(ErrorPage));
        assert_eq!(taken_for("", text, led("https://a.example/news/1/")), None);
        assert_eq!(taken_for("Presidents meet in Ashgabat", STORY, led("https://a.example/login/1")), None);
    }

    #[test]
    fn lists_of_headlines() {
        let headlines =
            ["Minister resigns over floods", "Ten dead as bus falls", "Rain until Friday", "Cup final moved"];
        let list = headlines.repeat(3).join("¶");
        let linked = |share, declared| {
            move |seen: &mut Seen| {
                seen.link_share = share;
                seen.declared_article = declared;
            }
        };
        assert_eq!(taken_for("The Example", &list, linked(0.9, false)), Some(Listing));
        assert_eq!(taken_for("Results of the cup", &list, linked(0.1, false)), None);
        assert_eq!(taken_for("The year in headlines", &list, linked(0.9, true)), None);
        let at_root = |seen: &mut Seen| {
            seen.link_share = 0.4;
            seen.final_url = Some("https://a.example/");
        };
        assert_eq!(taken_for("The Example", &list, at_root), Some(Listing));
        // A live blog has sentences; an article with many links has paragraphs.
        let blog = "14:05 The vote has begun.¶14:20 Opposition walks out.¶14:31 It returns.".repeat(4);
        assert_eq!(taken_for("Live: the vote", &blog, linked(0.6, false)), None);
        let article = format!("{list}¶{}", STORY.replace('¶', " "));
        assert_eq!(taken_for("Ten stories of the year", &article, linked(0.6, false)), None);
    }

    #[test]
    fn the_reason_is_told_in_words() {
        let why = |title, text| {
            no_article(&Seen { title: Some(title), text, ..Seen::default() })
                .map(|(kind, why)| format!("{}: {why}", kind.name()))
        };
        let told = [
            why("", "Page not found\n\nGo back to the homepage"),
            why("Just a moment...", "a.example"),
            why("Presidents meet", ""),
            why("", "They met to speak of gas and of the waters of the sea..."),
        ];
        assert_eq!(
            told.map(|told| told.unwrap_or_default()),
            [
                "error-page: says “Page not found” and has 8 words",
                "bot-check: is titled “Just a moment” and has 1 word",
                "empty: has no text",
                "teaser: has 13 words and ends with an ellipsis",
            ]
        );
    }

    #[test]
    fn every_language_has_words_for_everything() {
        let languages = "en ru uk ar fa tr az de fr es it pt pl cs ro hu bg sr el he ka hy kk uz ur hi bn id vi th zh \
                         ja ko nl sv fi";
        let data: Data = toml::from_str(FILE).expect("as the module reads it");
        let kinds = [data.consent_wall, data.bot_check, data.login_wall, data.error_page, data.empty, data.teaser];
        let tables = kinds.iter().flat_map(|sayings| [&sayings.whole, &sayings.says]).chain([&data.to_follow]);
        for table in tables {
            for language in languages.split(' ') {
                assert!(table.get(language).is_some_and(|phrases| !phrases.is_empty()), "{language}");
            }
        }
    }

    #[test]
    fn any_text_is_read() {
        for text in ["\n\n\n", "…", "\u{301}", "\"", "'", "|", "...", "\u{200C}", "İ", "404 404 404", "a\u{0}b"] {
            let repeated = text.repeat(6_000);
            for text in [text, &repeated] {
                _ = no_article(&Seen {
                    title: Some(text),
                    text,
                    url: Some(text),
                    final_url: Some(text),
                    ..Seen::default()
                });
            }
        }
    }
}
