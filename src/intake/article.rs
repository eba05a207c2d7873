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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Article {
    /// Its paragraphs, headings and list items.
    pub paragraphs: Vec<String>,
    /// What is written below its pictures.
    pub captions: Vec<String>,
    /// How much of it all is links, 0 to 1, before any of it is left out.
    pub link_share: f64,
    /// All lines of it, those of links too, where much of it is links: a list of other pages reads so.
    pub listing: Option<String>,
}

/// Reads the HTML of an article. `title` is the page's, which is not repeated in the text.
pub fn read(html: &str, title: &str) -> Article {
    let document = Document::from(html);
    let mut walk = Walk::default();
    if let Some(body) = document.body() {
        walk.children_of(&body, Place::default());
    }
    walk.end_block(Kind::Paragraph, Place::default());
    let all: usize = walk.blocks.iter().map(|block| block.letters).sum();
    let linked: usize = walk.blocks.iter().map(|block| block.linked).sum();
    let (captions, blocks): (Vec<Block>, Vec<Block>) =
        walk.blocks.into_iter().partition(|block| block.kind == Kind::Caption);
    let mut texts: Vec<String> = Vec::new();
    for caption in captions.iter().map(|block| block.text.replace('\n', " ")) {
        if !texts.contains(&caption) {
            texts.push(caption);
        }
    }
    let link_share = linked as f64 / all.max(1) as f64;
    let listing = (link_share >= MUCH_LINKED)
        .then(|| blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n"));
    let mut kept = without_noise(blocks, title);
    strip_edges(&mut kept);
    while kept.last().is_some_and(|block| block.kind == Kind::Heading) {
        kept.pop();
    }
    Article { paragraphs: kept.into_iter().map(|block| block.text).collect(), captions: texts, link_share, listing }
}

/// From this share of links on, a page may be a list of others.
const MUCH_LINKED: f64 = 0.4;

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
        match name {
            "tr" if is_row_of_data(node) => self.row(node, place),
            _ => self.children_of(node, place),
        }
        let kind = match name {
            _ if place.caption => Kind::Caption,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
            _ if place.item => Kind::Item,
            _ => Kind::Paragraph,
        };
        self.end_block(kind, place);
    }

    /// The cells of a row in one line.
    fn row(&mut self, row: &NodeRef, place: Place) {
        for cell in row.children().iter().filter(|child| child.is_element()) {
            let before = self.text.len();
            if !self.text.trim().is_empty() {
                self.text.push_str(" | ");
            }
            let separated = self.text.len();
            self.children_of(cell, place);
            if self.text[separated..].trim().is_empty() {
                self.text.truncate(before);
            }
        }
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

/// Whether a row has cells beside each other with nothing but lines of text in them; others lay out a page.
fn is_row_of_data(row: &NodeRef) -> bool {
    let cells: Vec<NodeRef> = row.children().into_iter().filter(|child| child.is_element()).collect();
    cells.len() > 1 && cells.iter().all(has_only_text)
}

fn has_only_text(node: &NodeRef) -> bool {
    node.children()
        .iter()
        .filter(|child| child.is_element())
        .all(|child| child.node_name().is_some_and(|name| is_inline(&name) || &*name == "br") && has_only_text(child))
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
    fn a_row_of_data_is_a_line_and_a_table_for_layout_is_none() {
        let data = "<table><tr><th>Candidate<th>Votes</tr><tr><td><b>Anna Kowalska</b><td>1,204<td> </tr></table>";
        assert_eq!(
            paragraphs(&format!("<p>{LONG}</p>{data}<p>{LONG}</p>")),
            [LONG, "Candidate | Votes", "Anna Kowalska | 1,204", LONG]
        );
        let layout = format!("<table><tr><td><p>{LONG}</p><td><p>{LONG}</p></tr></table>");
        assert_eq!(paragraphs(&layout), [LONG, LONG]);
    }

    #[test]
    fn captions_are_apart_and_each_is_there_once() {
        let figure = "<figure><img src=a.jpg><figcaption>Ilham  Aliyev in\nBaku</figcaption></figure>";
        let article = read(&format!("<p>{LONG}</p>{figure}{figure}<p>{LONG}</p>"), "");
        assert_eq!(article.captions, ["Ilham Aliyev in Baku"]);
        assert_eq!(article.paragraphs.len(), 2);
    }
}
