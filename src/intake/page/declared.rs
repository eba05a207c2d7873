//! What the elements of a page say for machines, gathered in one walk through it.

use dom_query::{Document, Selection};
use serde_json::Value;

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
}

impl Declared {
    pub fn gather(document: &Document) -> Declared {
        let mut declared = Declared::default();
        let all = "html, body, meta[content], link[href], script[type='application/ld+json'], [itemprop]";
        for element in document.select(all).iter() {
            let Some(node) = element.nodes().first() else { continue };
            match node.node_name().as_deref() {
                Some("html" | "body") => declared.take_root(&element),
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

    fn take_meta(&mut self, element: &Selection<'_>) {
        let Some(content) = element.attr("content").and_then(|content| tidy(&content)) else { return };
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(key) {
                self.meta.push((name.trim().to_ascii_lowercase(), content.clone()));
            }
        }
    }

    fn take_link(&mut self, element: &Selection<'_>) {
        let address = element.attr("href").and_then(|url| tidy(&url)).filter(|url| is_address(url));
        if let (Some(kind), Some(address)) = (element.attr("rel"), address) {
            let language = element.attr("hreflang").and_then(|tag| tidy(&tag));
            self.links.push((kind.to_ascii_lowercase(), language, address));
        }
    }

    fn take_data(&mut self, text: &str) {
        self.data.extend(serde_json::from_str::<Value>(text.trim().trim_end_matches(';')).ok());
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

/// Those that are read.
const PROPERTIES: [&str; 4] = ["author", "datePublished", "dateModified", "articleSection"];

/// Characters of a property that is read; a longer one is a text.
const LONGEST_PROPERTY: usize = 200;
