//! What the elements of a page say for machines, gathered in one walk through it.

use dom_query::{Document, Selection};
use serde_json::Value;
use url::Url;

use super::{MOST, is_address, tidy};

/// What a page says in `meta`, `link` and `script` elements and in microdata.
#[derive(Debug, Default)]
pub struct Declared {
    /// Names in small letters, by `property`, `name`, `itemprop` or `http-equiv`, and what they are said to be.
    meta: Vec<(String, String)>,
    /// Kind, language and address.
    links: Vec<(String, Option<String>, String)>,
    /// JSON-LD.
    data: Vec<Value>,
    /// Properties of schema.org that visible elements have.
    properties: Vec<(String, String)>,
    language: Option<String>,
    direction: Option<String>,
    /// What relative addresses are relative to.
    base: Option<Url>,
}

impl Declared {
    /// `url` is where the page was published, where that is known.
    pub fn gather(document: &Document, url: Option<&str>) -> Declared {
        let mut declared = Declared { base: url.and_then(|url| Url::parse(url).ok()), ..Declared::default() };
        let all = "html, body, base[href], meta[content], link[href], script[type='application/ld+json'], [itemprop]";
        for element in document.select(all).iter() {
            let Some(node) = element.nodes().first() else { continue };
            match node.node_name().as_deref() {
                Some("html" | "body") => declared.take_root(&element),
                Some("base") => declared.take_base(&element),
                Some("meta") => declared.take_meta(&element),
                Some("link") => declared.take_link(&element),
                Some("script") => declared.take_data(&element.text()),
                _ => declared.take_property(&element),
            }
        }
        declared
    }

    fn take_root(&mut self, element: &Selection<'_>) {
        let language = element.attr("lang").or_else(|| element.attr("xml:lang")).and_then(|tag| tidy(&tag));
        self.language = self.language.take().or(language);
        let direction = element.attr("dir").map(|dir| dir.to_ascii_lowercase());
        let direction = direction.filter(|dir| matches!(dir.as_str(), "rtl" | "ltr"));
        self.direction = self.direction.take().or(direction);
    }

    fn take_base(&mut self, element: &Selection<'_>) {
        let base = element.attr("href").and_then(|href| self.address(&href));
        self.base = base.and_then(|base| Url::parse(&base).ok()).or(self.base.take());
    }

    /// An address as a whole; `None` for what is none, or is relative to who knows what.
    pub fn address(&self, written: &str) -> Option<String> {
        let written = tidy(written)?;
        if is_address(&written) {
            return Some(written);
        }
        let whole = self.base.as_ref()?.join(&written).ok()?;
        matches!(whole.scheme(), "http" | "https").then(|| whole.into())
    }

    fn take_meta(&mut self, element: &Selection<'_>) {
        let Some(content) = element.attr("content").and_then(|content| tidy(&content)) else { return };
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(key) {
                self.meta.push((name.trim().to_ascii_lowercase(), content.clone()));
            }
        }
    }

    fn take_link(&mut self, element: &Selection<'_>) {
        let address = element.attr("href").and_then(|href| self.address(&href));
        if let (Some(kind), Some(address)) = (element.attr("rel"), address) {
            let language = element.attr("hreflang").and_then(|tag| tidy(&tag));
            self.links.push((kind.to_ascii_lowercase(), language, address));
        }
    }

    fn take_data(&mut self, text: &str) {
        let text = text.trim().trim_start_matches("//").trim_start();
        let text = text.trim_start_matches("<![CDATA[").trim_start_matches("<!--").trim();
        let text = text.trim_end_matches("-->").trim_end_matches("]]>").trim_end().trim_end_matches("//").trim_end();
        let text = text.trim_end_matches(';');
        let read = serde_json::from_str::<Value>(text).or_else(|_| serde_json::from_str(&mended(text)));
        self.data.extend(read.ok());
    }

    /// A name within, an attribute, or the text of the element.
    fn take_property(&mut self, element: &Selection<'_>) {
        let Some(property) = element.attr("itemprop") else { return };
        if !PROPERTIES.contains(&&*property) || self.properties.len() >= MOST {
            return;
        }
        let attribute = ["content", "datetime"].iter().find_map(|name| element.attr(name));
        let name = || element.select("[itemprop='name']").iter().next().map(|name| name.text());
        let value = tidy(&attribute.or_else(name).unwrap_or_else(|| element.text()));
        self.properties
            .extend(value.filter(|v| v.chars().count() <= LONGEST_PROPERTY).map(|v| (property.to_string(), v)));
    }

    /// The contents of the first of these names that the page has.
    pub fn meta(&self, wanted: &[&str]) -> Vec<String> {
        let of = |name: &&str| -> Vec<String> {
            let named = self.meta.iter().filter(|(own, _)| own == name).map(|(_, content)| content.clone());
            named.take(MOST).collect()
        };
        wanted.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What visible elements say that are marked with a property of schema.org.
    pub fn property(&self, wanted: &str) -> Vec<String> {
        self.properties.iter().filter(|(own, _)| own == wanted).map(|(_, value)| value.clone()).collect()
    }

    /// The address of the first link of a kind.
    pub fn link(&self, wanted: &str) -> Option<String> {
        self.links.iter().find(|(kind, ..)| kind == wanted).map(|(.., address)| address.clone())
    }

    /// Languages and addresses of the same page elsewhere.
    pub fn alternates(&self) -> impl Iterator<Item = (&str, &str)> {
        let alternates = self.links.iter().filter(|(kind, ..)| kind == "alternate");
        alternates.filter_map(|(_, language, address)| Some((language.as_deref()?, address.as_str())))
    }

    /// All that the page says in JSON-LD.
    pub fn data(&self) -> &[Value] {
        &self.data
    }

    /// The language of the root.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    pub fn direction(&self) -> Option<String> {
        self.direction.clone()
    }
}

/// JSON as it is often written by hand: with line breaks inside of strings, and commas after the last of something.
fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for letter in json.chars() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            '}' | ']' if !quoted => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
            }
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        out.push(if letter.is_control() { ' ' } else { letter });
    }
    out
}

/// Those that are read.
const PROPERTIES: [&str; 4] = ["author", "datePublished", "dateModified", "articleSection"];

/// Characters of a property that is read; a longer one is a text.
const LONGEST_PROPERTY: usize = 200;
