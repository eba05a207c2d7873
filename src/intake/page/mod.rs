//! What a page says of itself: JSON-LD, OpenGraph, Dublin Core, `meta`, `link` and `html` elements, in this order of trust.

mod declared;

use dom_query::Document;
use serde_json::Value;

use super::article::one_line;
use super::{clean, dates};
use crate::model::{Alternate, Page, is_language_tag};

pub use declared::Declared;

/// Of a kind of which a page may name many.
const MOST: usize = 64;

/// Characters of a value at most; more is no name, word or address.
const LONGEST: usize = 2_000;

/// Reads a page before its article is taken out of it.
pub fn read(document: &Document, declared: &Declared) -> Page {
    let language = language(declared);
    let language = language.as_deref();
    let data = linked_data(declared);
    let meta = |names: &[&str]| declared.meta(names);
    let first = |own: Option<String>, names: &[&str]| own.or_else(|| meta(names).into_iter().next());
    // A work may be a translation of several; the first is as good as any.
    let original = data.map(|data| &data["translationOfWork"]).map(|work| work.get(0).unwrap_or(work));
    let original = original.map(|work| whole(declared, work));
    let text = |key: &str| data.and_then(|data| names(&data[key]).into_iter().next());
    let time = |own: Option<String>, names: &[&str], property: &str| {
        let mut declared = own.into_iter().chain(meta(names)).chain(declared.property(property));
        declared.find_map(|written| dates::moment(&written, language))
    };
    Page {
        site_name: first(
            data.and_then(|data| names(&data["publisher"]).into_iter().next()),
            &["og:site_name", "application-name", "dc.publisher", "dcterms.publisher"],
        ),
        canonical_url: declared
            .link("canonical")
            .or_else(|| meta(&["og:url"]).iter().find_map(|url| declared.address(url))),
        authors: authors(declared, data),
        published_at: time(text("datePublished"), &PUBLISHED, "datePublished")
            .or_else(|| shown_date(document, language)),
        modified_at: time(text("dateModified"), &MODIFIED, "dateModified"),
        section: first(text("articleSection"), &["article:section", "parsely-section", "section"])
            .or_else(|| declared.property("articleSection").into_iter().next()),
        keywords: keywords(declared, data),
        image: first(text("image"), &["og:image", "og:image:url", "twitter:image"])
            .and_then(|url| declared.address(&url)),
        direction: declared.direction(),
        alternates: declared
            .alternates()
            .map(|(language, url)| Alternate { language: language.to_owned(), url: url.to_owned() })
            .chain(translations(declared, data))
            .take(MOST)
            .collect(),
        amp_url: declared.link("amphtml"),
        translators: distinct(data.map(|data| persons(declared, &data["translator"])).unwrap_or_default()),
        translation_of: original.and_then(|work| address(declared, work)),
        original_language: original.and_then(work_language),
    }
}

/// What is only referred to by its id, as the page has it elsewhere.
fn whole<'a>(declared: &'a Declared, value: &'a Value) -> &'a Value {
    let id = value.get("@id").and_then(Value::as_str).filter(|_| value.as_object().is_some_and(|all| all.len() == 1));
    let said = |id: &str| declared.data().iter().find_map(|data| node(data, id, "url", 0));
    id.and_then(said).unwrap_or(value)
}

/// The address of a work that is named, or is an object.
fn address(declared: &Declared, work: &Value) -> Option<String> {
    let written = match work {
        Value::String(url) => Some(url.as_str()),
        Value::Object(object) => ["url", "@id", "mainEntityOfPage"].iter().find_map(|key| object.get(*key)?.as_str()),
        _ => None,
    };
    written.and_then(|written| declared.address(written))
}

/// The language of a work: its tag, or that of a `Language` object.
fn work_language(work: &Value) -> Option<String> {
    let language = work.get("inLanguage")?;
    let name = |key: &str| language.get(key).and_then(Value::as_str);
    tag(language.as_str().or_else(|| name("alternateName")).or_else(|| name("name"))?)
}

/// The translations that the article names, each with its language.
fn translations(declared: &Declared, data: Option<&Value>) -> Vec<Alternate> {
    let all = match data.map(|data| &data["workTranslation"]) {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    let alternate = |work: &Value| Some(Alternate { language: work_language(work)?, url: address(declared, work)? });
    all.iter().filter_map(alternate).collect()
}

const PUBLISHED: [&str; 11] = [
    "article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
];

const MODIFIED: [&str; 5] =
    ["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"];

fn authors(declared: &Declared, data: Option<&Value>) -> Vec<String> {
    let mut authors = data.map(|data| persons(declared, &data["author"])).unwrap_or_default();
    if authors.is_empty() {
        let named = ["author", "dc.creator", "dcterms.creator", "article:author", "parsely-author", "sailthru.author"];
        authors = declared.meta(&named);
    }
    if authors.is_empty() {
        authors = declared.property("author");
    }
    distinct(authors.into_iter().filter(|author| !author.contains("://")).collect())
}

/// Names of people; of one who is only referred to, that of the node with this id.
fn persons(declared: &Declared, value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().take(MOST).flat_map(|one| persons(declared, one)).collect(),
        Value::Object(object) if !object.contains_key("name") => {
            let id = object.get("@id").and_then(Value::as_str);
            let named = id.and_then(|id| declared.data().iter().find_map(|data| node(data, id, "name", 0)));
            named.map(|node| names(&node["name"])).unwrap_or_default()
        }
        value => names(value),
    }
}

/// The node of this id that has a value of this key.
fn node<'a>(value: &'a Value, id: &str, key: &str, depth: usize) -> Option<&'a Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(all) => all.iter().find_map(|one| node(one, id, key, depth + 1)),
        Value::Object(object) if object.get("@id").is_some_and(|own| own == id) && object.contains_key(key) => {
            Some(value)
        }
        Value::Object(object) => object.values().find_map(|one| node(one, id, key, depth + 1)),
        _ => None,
    }
}

fn keywords(declared: &Declared, data: Option<&Value>) -> Vec<String> {
    let mut keywords = data.map(|data| names(&data["keywords"])).unwrap_or_default();
    if keywords.is_empty() {
        keywords = declared.meta(&["news_keywords", "keywords", "article:tag"]);
    }
    let words = keywords.iter().flat_map(|all| all.split([',', '،', '、', ';'])).map(one_line);
    distinct(words.filter(|word| !word.is_empty()).collect())
}

/// The language that the page declares for itself: on its root, in a `Content-Language`, or as OpenGraph has it.
pub fn language(declared: &Declared) -> Option<String> {
    let elsewhere = || ["content-language", "og:locale", "inlanguage", "dc.language", "dcterms.language"];
    declared
        .language()
        .and_then(tag)
        .or_else(|| elsewhere().iter().find_map(|name| declared.meta(&[name]).iter().find_map(|own| tag(own))))
}

/// The language tag that something written begins with, its parts joined by hyphens.
fn tag(written: &str) -> Option<String> {
    let tag: String =
        written.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Some(tag.replace('_', "-")).filter(|tag| tag.len() <= 35 && is_language_tag(tag))
}

/// What the page calls its article, without the name of the site.
pub fn headline(declared: &Declared) -> Option<String> {
    let own = linked_data(declared).and_then(|data| names(&data["headline"]).into_iter().next());
    own.or_else(|| declared.meta(&["og:title", "twitter:title", "dc.title"]).into_iter().next())
}

/// Whether the page says that it is an article.
pub fn is_declared_article(declared: &Declared) -> bool {
    linked_data(declared).is_some() || declared.meta(&["og:type"]).iter().any(|kind| kind == "article")
}

/// Whether the page says that one has to pay for its article.
pub fn is_not_free(declared: &Declared) -> bool {
    let free = linked_data(declared).map(|data| &data["isAccessibleForFree"]);
    free.is_some_and(|free| {
        *free == Value::Bool(false) || free.as_str().is_some_and(|f| f.eq_ignore_ascii_case("false"))
    })
}

/// The article among what a page says in JSON-LD, alone, in a list or in an `@graph`.
fn linked_data(declared: &Declared) -> Option<&Value> {
    declared.data().iter().find_map(|value| article_in(value, 0))
}

fn article_in(value: &Value, depth: usize) -> Option<&Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(all) => all.iter().find_map(|one| article_in(one, depth + 1)),
        Value::Object(object) => {
            let kinds = names(object.get("@type").unwrap_or(&Value::Null));
            let article = |kind: &String| {
                let kind = kind.rsplit(['/', ':', '#']).next().unwrap_or_default();
                kind.ends_with("Article")
                    || matches!(kind, "BlogPosting" | "LiveBlogPosting" | "Report" | "SocialMediaPosting")
            };
            if kinds.iter().any(article) {
                return Some(value);
            }
            ["@graph", "mainEntity"].iter().find_map(|key| article_in(object.get(*key)?, depth + 1))
        }
        _ => None,
    }
}

/// A value, or the names or addresses of a list or of objects.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => tidy(text).into_iter().collect(),
        Value::Array(all) => all.iter().take(MOST).flat_map(names).collect(),
        Value::Object(object) => {
            ["name", "url", "@id"].iter().find_map(|key| object.get(*key)).map(names).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Where pages show when they were published, in the order in which they are believed.
const DATES: [&str; 3] = [
    "article time[pubdate], time[pubdate], article header time, header time, article time, main time",
    "time[datetime]",
    "article [class*='date' i], article [class*='publish' i], [class*='publish' i], [class*='post-date' i], [class*='pubdate' i], \
     [class*='news-date' i], [class*='article-date' i], [class*='entry-date' i], [class~='date' i], [class~='time' i], [id='date' i]",
];

/// The first date that the page shows where such dates stand.
fn shown_date(document: &Document, language: Option<&str>) -> Option<String> {
    let read = |element: dom_query::Selection<'_>| {
        let machine = element.attr("datetime").and_then(|written| dates::moment(&written, language));
        machine.or_else(|| dates::moment(&one_line(&element.text()), language))
    };
    DATES.iter().find_map(|selector| document.select(selector).iter().take(MOST).find_map(read))
}

fn is_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn tidy(text: &str) -> Option<String> {
    let text = one_line(&clean(text).0);
    (!text.is_empty() && text.len() <= LONGEST).then_some(text)
}

fn distinct(all: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for one in all {
        if kept.len() < MOST && !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_data_goes_before_what_meta_elements_say() {
        let document = Document::from(
            r#"<html dir=RTL lang="fa_IR"><head><meta name=author content="Somebody Else">
            <meta property="og:site_name" content="Example"><meta property="article:published_time" content="2020-01-01">
            <meta name=keywords content="gas, trade, gas"><link rel=canonical href="https://news.example/a">
            <link rel=alternate hreflang=ru href="https://news.example/ru/a"><link rel=amphtml href="https://news.example/amp/a">
            <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite"},
              {"@type":["NewsArticle"],"author":[{"@type":"Person","name":"Leyla  Həsənova"},"Иван Петров"],
               "datePublished":"2022-03-12T08:00:00+04:00","articleSection":"Politics","image":{"url":"https://news.example/a.jpg"}}]}
            </script></head><body></body></html>"#,
        );
        let page = read(&document, &Declared::gather(&document, None));
        assert_eq!(page.authors, ["Leyla Həsənova", "Иван Петров"]);
        assert_eq!(page.published_at.as_deref(), Some("2022-03-12T08:00:00+04:00"));
        assert_eq!((page.section.as_deref(), page.direction.as_deref()), (Some("Politics"), Some("rtl")));
        assert_eq!(page.keywords, ["gas", "trade"]);
        assert_eq!(page.image.as_deref(), Some("https://news.example/a.jpg"));
        assert_eq!(page.site_name.as_deref(), Some("Example"));
        assert_eq!(page.canonical_url.as_deref(), Some("https://news.example/a"));
        assert_eq!(page.amp_url.as_deref(), Some("https://news.example/amp/a"));
        assert_eq!(page.alternates, [Alternate { language: "ru".into(), url: "https://news.example/ru/a".into() }]);
    }

    #[test]
    fn a_page_says_what_it_is_a_translation_of_and_what_was_translated_from_it() {
        let of = |data: &str| {
            let page = format!("<script type='application/ld+json'>{data}</script><p>x");
            let document = Document::from(page);
            read(&document, &Declared::gather(&document, Some("https://news.example/en/1")))
        };
        let page = of(r#"{"@type":"NewsArticle","translator":{"@type":"Person","name":"Anna Smith"},
            "translationOfWork":{"@type":"NewsArticle","url":"/fa/1","inLanguage":"fa_IR"}}"#);
        assert_eq!(page.translators, ["Anna Smith"]);
        assert_eq!(page.translation_of.as_deref(), Some("https://news.example/fa/1"));
        assert_eq!(page.original_language.as_deref(), Some("fa-IR"));
        let page = of(r#"{"@type":"NewsArticle","translationOfWork":[{"@id":"https://news.example/fa/1",
            "inLanguage":{"@type":"Language","alternateName":"fa","name":"Persian"}}]}"#);
        assert_eq!(page.translation_of.as_deref(), Some("https://news.example/fa/1"));
        assert_eq!(page.original_language.as_deref(), Some("fa"));
        let page = of(r##"{"@graph":[{"@type":"NewsArticle","translationOfWork":{"@id":"#orig"}},
            {"@id":"#orig","url":"https://news.example/ka/1","inLanguage":"Georgian"}]}"##);
        assert_eq!(page.translation_of.as_deref(), Some("https://news.example/ka/1"));
        assert_eq!(page.original_language, None, "a name is no tag");
        let page = of(r#"{"@type":"NewsArticle","workTranslation":{"url":"/en/1","inLanguage":"en"}}"#);
        assert_eq!(page.alternates, [Alternate { language: "en".into(), url: "https://news.example/en/1".into() }]);
        assert_eq!((page.translation_of, page.original_language), (None, None));
    }

    #[test]
    fn the_language_is_where_pages_say_it() {
        let of = |page: &str| language(&Declared::gather(&Document::from(page), None));
        assert_eq!(of("<html lang='fa_IR'><p>x").as_deref(), Some("fa-IR"));
        assert_eq!(of("<meta http-equiv=Content-Language content='az, ru'><p>x").as_deref(), Some("az"));
        assert_eq!(of("<meta property='og:locale' content='uk_UA'><p>x").as_deref(), Some("uk-UA"));
        assert_eq!(of("<html lang=''><p>x"), None);
    }

    #[test]
    fn dates_are_read_as_the_readers_of_the_page_write_them() {
        let of = |page: &str, language: &str| {
            let document = Document::from(format!("<html lang={language}>{page}"));
            read(&document, &Declared::gather(&document, None)).published_at
        };
        for (page, language, expected) in [
            ("<article><time datetime='2022-03-12T08:00+04:00'>today</time>", "en", "2022-03-12T08:00+04:00"),
            ("<article><span class=news-date>۲۱ اسفند ۱۴۰۰ ساعت ۱۴:۳۵</span>", "fa", "2022-03-12T14:35"),
            ("<meta property='article:published_time' content='۱۴۰۰/۱۲/۲۱'>", "fa", "2022-03-12"),
            ("<article><p class=date>12 март 2022-ci il", "az", "2022-03-12"),
            ("<div itemprop=datePublished content='12.03.2022'></div>", "ru", "2022-03-12"),
            ("<div class='publish'>9 شعبان 1443</div>", "ar", "2022-03-12"),
        ] {
            assert_eq!(of(page, language).as_deref(), Some(expected), "{page}");
        }
        assert_eq!(of("<article><p>On 12 March 2022 they met.", "en"), None);
    }

    #[test]
    fn data_and_addresses_are_read_as_they_are_written_in_the_wild() {
        let document = Document::from(
            r#"<html><head><base href="/news/"><link rel=canonical href="a"><link rel=amphtml href="/amp/a">
            <link rel=alternate hreflang=ru href="//ru.news.example/a"><meta property="og:image" content="../i.jpg">
            <script type="application/ld+json">//<![CDATA[
            {"@graph":[{"@type":"Person","@id":"\#p1","name":"Leyla Hasanova",},
             {"@type":"NewsArticle","author":[{"@id":"\#p1"},{"name":["Anna Smith"]}],"headline":"one
             line",}]}
            //]]></script></head><body></body></html>"#
                .replace("\\#", "#"),
        );
        let page = read(&document, &Declared::gather(&document, Some("https://news.example/x/y")));
        assert_eq!(page.authors, ["Leyla Hasanova", "Anna Smith"]);
        assert_eq!(page.canonical_url.as_deref(), Some("https://news.example/news/a"));
        assert_eq!(page.amp_url.as_deref(), Some("https://news.example/amp/a"));
        assert_eq!(page.alternates[0].url, "https://ru.news.example/a");
        assert_eq!(page.image.as_deref(), Some("https://news.example/i.jpg"));
    }
}
