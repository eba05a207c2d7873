//! Whether a page that was fetched is an article: or a wall before it, an error, its first lines, a list of others.
//!
//! A wrong word on a real article is far worse than a page that is missed, so hardly anything is told by one sign
//! alone. Phrases (`data/intake/not_articles.toml`) count by how much of the text they make up and where they stand: an
//! article *about* walls, errors and captchas says a good deal more than they do, or puts what they say in quotation
//! marks.

mod address;
mod letters;
mod page;
mod phrases;
mod sentences;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use address::Address;
use letters::words;
use page::Page;
use phrases::{PHRASES, Phrase};
use sentences::{Sentence, breaks_off, is_cut, is_finished};

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
