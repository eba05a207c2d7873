//! The part of a page that Readability takes for the article, to its paragraphs: without captions, teasers, share buttons,
//! and what stands before the first sentence and after the last.
//!
//! What is left out is told by structure rather than by words, so that it holds in any language: elements that their class
//! calls something else (`data/intake/noise.txt`), blocks that are links from end to end, headings over nothing, and
//! shreds outside of the running text.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use dom_query::{Document, NodeRef};

/// What the article says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Its paragraphs, headings and list items.
    pub paragraphs: Vec<String>,
    /// What is written below its pictures.
    pub captions: Vec<String>,
}

/// Reads the HTML of an article. `title` is the page's, which is not repeated in the text.
pub fn read(html: &str, title: &str) -> Article {
    let document = Document::from(html);
    let mut walk = Walk::default();
    if let Some(body) = document.body() {
        walk.children_of(&body, Place::default());
    }
    walk.end_block(Kind::Paragraph, Place::default());
    let (captions, blocks): (Vec<Block>, Vec<Block>) =
        walk.blocks.into_iter().partition(|block| block.kind == Kind::Caption);
    let mut texts: Vec<String> = Vec::new();
    for caption in captions.iter().map(|block| block.text.replace('\n', " ")) {
        if !texts.contains(&caption) {
            texts.push(caption);
        }
    }
    let mut kept = without_noise(blocks, title);
    strip_edges(&mut kept);
    while kept.last().is_some_and(|block| block.kind == Kind::Heading) {
        kept.pop();
    }
    Article { paragraphs: kept.into_iter().map(|block| block.text).collect(), captions: texts }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Heading,
    Item,
    Caption,
}

/// A stretch of text without a break but those that the page asks for.
#[derive(Clone, Debug)]
struct Block {
    kind: Kind,
    text: String,
    /// Letters and digits, and how many of them are in links.
    letters: usize,
    linked: usize,
    /// Whether an element that it is in is something else by its class.
    noise: bool,
}

/// What the elements around a text say of it.
#[derive(Clone, Copy, Default)]
struct Place {
    link: bool,
    noise: bool,
    item: bool,
    caption: bool,
}

static NOISE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = include_str!("../../data/intake/noise.txt").lines().filter(|line| !line.starts_with('#'));
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words.filter(|line| !line.is_empty()))
        .unwrap_or_else(|e| panic!("data/intake/noise.txt: {e}"))
});

/// Elements that nobody reads as text.
fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "button"
            | "select"
            | "input"
            | "textarea"
            | "iframe"
            | "object"
            | "time"
            | "nav"
            | "form"
    )
}

/// Elements that run inside of a line; all others begin a new one.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "rp"
            | "rt"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "picture"
            | "source"
    )
}

#[derive(Default)]
struct Walk {
    blocks: Vec<Block>,
    /// Of the block that is being read.
    text: String,
    letters: usize,
    linked: usize,
}

impl Walk {
    fn children_of(&mut self, node: &NodeRef, place: Place) {
        for child in node.children() {
            if child.is_text() {
                self.put(&child.text(), place);
            } else if let Some(name) = child.node_name().filter(|name| !is_unread(name)) {
                self.element(&child, &name, place);
            }
        }
    }

    fn element(&mut self, node: &NodeRef, name: &str, mut place: Place) {
        if name == "br" {
            self.text.push('\n');
            return;
        }
        let says = |attribute: &str| node.attr(attribute).is_some_and(|value| NOISE.is_match(value.as_ref()));
        place.noise |= says("class") || says("id");
        place.link |= name == "a";
        place.item |= name == "li";
        place.caption |= matches!(name, "figure" | "figcaption");
        if is_inline(name) {
            return self.children_of(node, place);
        }
        self.end_block(Kind::Paragraph, place);
        self.children_of(node, place);
        let kind = match name {
            _ if place.caption => Kind::Caption,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
            _ if place.item => Kind::Item,
            _ => Kind::Paragraph,
        };
        self.end_block(kind, place);
    }

    fn put(&mut self, text: &str, place: Place) {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        self.letters += letters;
        self.linked += if place.link { letters } else { 0 };
        // A line break of the source is a space on the page.
        self.text.extend(text.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }));
    }

    fn end_block(&mut self, kind: Kind, place: Place) {
        let written = std::mem::take(&mut self.text);
        let (letters, linked) = (std::mem::take(&mut self.letters), std::mem::take(&mut self.linked));
        if letters > 0 {
            let lines = written.split('\n').map(one_line).filter(|line| !line.is_empty());
            let text = lines.collect::<Vec<_>>().join("\n");
            self.blocks.push(Block { kind, text, letters, linked, noise: place.noise });
        }
    }
}

/// The text with a single space wherever there is any.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A block of links alone has fewer words than this; a list of sources may be longer.
const TEASER: usize = 30;

/// Without blocks that their class or their links tell from the article, and without the title.
fn without_noise(blocks: Vec<Block>, title: &str) -> Vec<Block> {
    let letters = |which: fn(&Block) -> bool| blocks.iter().filter(|b| which(b)).map(|b| b.letters).sum::<usize>();
    let believed = letters(|b| b.noise) * 3 < letters(|_| true);
    let stays = |block: &Block| {
        let teaser = block.linked * 10 >= block.letters * 8 && words(&block.text) < TEASER;
        let title = block.kind == Kind::Heading && block.text == title;
        !(believed && block.noise || teaser || title)
    };
    blocks.into_iter().filter(stays).collect()
}

/// Takes off what stands before the first and after the last paragraph and is no sentence: dates, places, tags.
fn strip_edges(blocks: &mut Vec<Block>) {
    let Some(first) = blocks.iter().position(is_running_text) else { return };
    let last = blocks.iter().rposition(is_running_text).unwrap_or(first);
    let mut at = 0;
    blocks.retain(|block| {
        let here = at;
        at += 1;
        let sentence = ends_like_sentence(&block.text) && words(&block.text) >= 5;
        let heading_of_first = block.kind == Kind::Heading && here + 1 == first;
        (first..=last).contains(&here) || sentence || heading_of_first || here > last && block.kind == Kind::Item
    });
}

/// Whether it is long enough to be what the article says. Scripts without spaces have few words and many letters.
fn is_running_text(block: &Block) -> bool {
    let words = words(&block.text);
    words >= 12 && block.kind != Kind::Heading && ends_like_sentence(&block.text) || words >= 30 || block.letters > 150
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn ends_like_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '»', '’', '\'', ')', ']', '」', '』'])
        .ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '؟', '۔', '।', '։', '።'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str =
        "The two presidents spoke of trade and of transport between their countries for more than an hour.";

    fn paragraphs(html: &str) -> Vec<String> {
        read(html, "Talks").paragraphs
    }

    #[test]
    fn what_is_beside_the_article_is_left_out() {
        let html = format!(
            "<h1>Talks</h1><div>19 Nov 2019</div><p>{LONG}</p><p><a href=/b>Read on: the other story of the day</a></p>\
             <div class='Newsletter-box'>Get the news of the day by letter.</div><h2>Trade</h2><p>{LONG}</p>\
             <p>Tags: trade</p><h3>Most read</h3>"
        );
        assert_eq!(paragraphs(&html), [LONG, "Trade", LONG]);
    }

    #[test]
    fn a_class_that_would_take_most_of_it_is_not_believed() {
        assert_eq!(paragraphs(&format!("<div class=social-article><p>{LONG}</p><p>{LONG}</p></div>")), [LONG, LONG]);
    }

    #[test]
    fn lines_and_spaces_are_those_of_the_page() {
        let html =
            format!("<p>{LONG}\n <b>And</b>\tmore.<br>A new line of it.</p><ul><li>One thing.<li>Another one</ul>");
        assert_eq!(
            paragraphs(&html),
            [&format!("{LONG} And more.\nA new line of it.")[..], "One thing.", "Another one"]
        );
    }

    #[test]
    fn captions_are_apart_and_each_is_there_once() {
        let figure = "<figure><img src=a.jpg><figcaption>Ilham  Aliyev in\nBaku</figcaption></figure>";
        let article = read(&format!("<p>{LONG}</p>{figure}{figure}<p>{LONG}</p>"), "");
        assert_eq!(article.captions, ["Ilham Aliyev in Baku"]);
        assert_eq!(article.paragraphs.len(), 2);
    }
}
