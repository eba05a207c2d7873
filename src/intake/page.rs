//! What a page says of itself: JSON-LD, OpenGraph, Dublin Core, `meta`, `link` and `html` elements, in this order of trust.

use dom_query::Document;
use serde_json::Value;

use super::article::one_line;
use super::{clean, dates};
use crate::model::{Alternate, Page};

/// Of a kind of which a page may name many.
const MOST: usize = 64;

/// Characters of a value at most; more is no name, word or address.
const LONGEST: usize = 2_000;

/// Reads a page before its article is taken out of it; `language` is the one that it declares.
pub fn read(document: &Document, language: Option<&str>) -> Page {
    let data = linked_data(document);
    let meta = |names: &[&str]| meta(document, names);
    let first = |own: Option<String>, names: &[&str]| own.or_else(|| meta(names).into_iter().next());
    let mut authors = data.as_ref().map(|data| names(&data["author"])).unwrap_or_default();
    if authors.is_empty() {
        let declared =
            meta(&["author", "dc.creator", "dcterms.creator", "article:author", "parsely-author", "sailthru.author"]);
        authors = declared.into_iter().filter(|author| !author.contains("://")).collect();
    }
    if authors.is_empty() {
        authors = properties(document, "author");
    }
    let text = |key: &str| data.as_ref().and_then(|data| names(&data[key]).into_iter().next());
    let time = |own: Option<String>, names: &[&str], property: &str| {
        let declared = own.into_iter().chain(meta(names)).chain(properties(document, property));
        declared.into_iter().find_map(|written| dates::moment(&written, language))
    };
    let mut keywords = data.as_ref().map(|data| names(&data["keywords"])).unwrap_or_default();
    if keywords.is_empty() {
        keywords = meta(&["news_keywords", "keywords", "article:tag"]);
    }
    Page {
        site_name: first(
            data.as_ref().and_then(|data| names(&data["publisher"]).into_iter().next()),
            &["og:site_name", "application-name", "dc.publisher"],
        ),
        canonical_url: link(document, "link[rel='canonical'][href]")
            .or_else(|| meta(&["og:url"]).into_iter().find(|url| is_address(url))),
        authors: distinct(authors),
        published_at: time(
            text("datePublished"),
            &[
                "article:published_time",
                "datepublished",
                "dc.date.issued",
                "dcterms.issued",
                "dc.date",
                "date",
                "pubdate",
                "parsely-pub-date",
                "sailthru.date",
                "cxenseparse:recs:publishtime",
            ],
            "datePublished",
        )
        .or_else(|| shown_date(document, language)),
        modified_at: time(
            text("dateModified"),
            &["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"],
            "dateModified",
        ),
        section: first(text("articleSection"), &["article:section", "parsely-section", "section"]),
        keywords: distinct(
            keywords
                .iter()
                .flat_map(|all| all.split([',', '،', '、', ';']))
                .map(one_line)
                .filter(|word| !word.is_empty())
                .collect(),
        ),
        image: first(text("image"), &["og:image", "og:image:url", "twitter:image"]).filter(|url| is_address(url)),
        direction: document.select("html[dir], body[dir]").iter().find_map(|element| {
            let direction = element.attr("dir")?.to_ascii_lowercase();
            matches!(direction.as_str(), "rtl" | "ltr").then_some(direction)
        }),
        alternates: alternates(document),
        amp_url: link(document, "link[rel='amphtml'][href]"),
    }
}

/// The language that the page declares for itself: on its root, in a `Content-Language`, or as OpenGraph has it.
pub fn language(document: &Document) -> Option<String> {
    let root = || document.select("html").iter().find_map(|html| html.attr("lang").or_else(|| html.attr("xml:lang")));
    let header =
        || document.select("meta[http-equiv='content-language' i][content]").iter().find_map(|m| m.attr("content"));
    let tag = |written: &str| {
        let tag: String =
            written.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
        (2..=35).contains(&tag.len()).then(|| tag.replace('_', "-"))
    };
    let declared = root().and_then(|own| tag(&own)).or_else(|| header().and_then(|own| tag(&own)));
    declared.or_else(|| meta(document, &["og:locale", "inlanguage", "dc.language"]).iter().find_map(|own| tag(own)))
}

/// The article among what a page says in JSON-LD, alone, in a list or in an `@graph`.
fn linked_data(document: &Document) -> Option<Value> {
    let scripts = document.select("script[type='application/ld+json']");
    let read = |text: String| serde_json::from_str::<Value>(text.trim().trim_end_matches(';')).ok();
    scripts.iter().filter_map(|script| read(script.text().to_string())).find_map(|value| article_in(value, 0))
}

fn article_in(value: Value, depth: usize) -> Option<Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(all) => all.into_iter().find_map(|one| article_in(one, depth + 1)),
        Value::Object(mut object) => {
            let kinds = names(object.get("@type").unwrap_or(&Value::Null));
            let article = |kind: &String| {
                let kind = kind.rsplit(['/', ':', '#']).next().unwrap_or_default();
                kind.ends_with("Article")
                    || matches!(kind, "BlogPosting" | "LiveBlogPosting" | "Report" | "SocialMediaPosting")
            };
            if kinds.iter().any(article) {
                return Some(Value::Object(object));
            }
            ["@graph", "mainEntity"].iter().find_map(|key| article_in(object.remove(*key)?, depth + 1))
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

/// The contents of the first of these names that the page has, by `name`, `property` or `itemprop`.
fn meta(document: &Document, wanted: &[&str]) -> Vec<String> {
    let all = document.select("meta[content]");
    let of = |name: &&str| -> Vec<String> {
        let named = all.iter().filter(|meta| {
            ["property", "name", "itemprop"]
                .iter()
                .any(|key| meta.attr(key).is_some_and(|own| own.eq_ignore_ascii_case(name)))
        });
        named.filter_map(|meta| tidy(&meta.attr("content")?)).take(MOST).collect()
    };
    wanted.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
}

/// What elements of the page say that are marked with a property of schema.org: a name within, an attribute, or their text.
fn properties(document: &Document, property: &str) -> Vec<String> {
    let elements = document.select(&format!("[itemprop='{property}']"));
    let value = |element: dom_query::Selection<'_>| {
        let attribute = ["content", "datetime"].iter().find_map(|name| element.attr(name));
        let name = || element.select("[itemprop='name']").iter().next().map(|name| name.text());
        tidy(&attribute.or_else(name).unwrap_or_else(|| element.text()))
    };
    elements.iter().take(MOST).filter_map(value).filter(|value| value.chars().count() <= 200).collect()
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

fn link(document: &Document, selector: &str) -> Option<String> {
    document.select(selector).iter().filter_map(|link| tidy(&link.attr("href")?)).find(|url| is_address(url))
}

fn alternates(document: &Document) -> Vec<Alternate> {
    let links = document.select("link[rel='alternate'][hreflang][href]");
    let alternate = |language: &str, url: &str| Some(Alternate { language: tidy(language)?, url: tidy(url)? });
    let all = links.iter().filter_map(|link| alternate(&link.attr("hreflang")?, &link.attr("href")?));
    all.filter(|alternate| is_address(&alternate.url)).take(MOST).collect()
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
        let page = read(&document, Some("fa"));
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
    fn the_language_is_where_pages_say_it() {
        let of = |page: &str| language(&Document::from(page));
        assert_eq!(of("<html lang='fa_IR'><p>x").as_deref(), Some("fa-IR"));
        assert_eq!(of("<meta http-equiv=Content-Language content='az, ru'><p>x").as_deref(), Some("az"));
        assert_eq!(of("<meta property='og:locale' content='uk_UA'><p>x").as_deref(), Some("uk-UA"));
        assert_eq!(of("<html lang=''><p>x"), None);
    }

    #[test]
    fn dates_are_read_as_the_readers_of_the_page_write_them() {
        let of = |page: &str, language| read(&Document::from(page), Some(language)).published_at;
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
}
