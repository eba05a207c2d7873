//! What a page says of itself: JSON-LD, OpenGraph, Dublin Core, `meta`, `link` and `html` elements, in this order of trust.

use dom_query::Document;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use super::article::one_line;
use super::clean;
use crate::model::{Alternate, Page};

/// Of a kind of which a page may name many.
const MOST: usize = 64;

/// Characters of a value at most; more is no name, word or address.
const LONGEST: usize = 2_000;

/// Reads a page before its article is taken out of it.
pub fn read(document: &Document) -> Page {
    let data = linked_data(document);
    let meta = |names: &[&str]| meta(document, names);
    let first = |own: Option<String>, names: &[&str]| own.or_else(|| meta(names).into_iter().next());
    let mut authors = data.as_ref().map(|data| names(&data["author"])).unwrap_or_default();
    if authors.is_empty() {
        let declared =
            meta(&["author", "dc.creator", "dcterms.creator", "article:author", "parsely-author", "sailthru.author"]);
        authors = declared.into_iter().filter(|author| !author.contains("://")).collect();
    }
    let text = |key: &str| data.as_ref().and_then(|data| names(&data[key]).into_iter().next());
    let time =
        |own: Option<String>, names: &[&str]| own.into_iter().chain(meta(names)).find_map(|written| moment(&written));
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
            ],
        ),
        modified_at: time(
            text("dateModified"),
            &["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"],
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

/// A time as the page writes it: with its offset, without one, or a date alone; by ISO 8601 or RFC 2822. `None` for what is
/// none of these.
pub fn moment(written: &str) -> Option<String> {
    let text = written.trim();
    let known = text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok() || text.parse::<Date>().is_ok();
    if known {
        return Some(text.to_owned());
    }
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned_datetime(text).ok()?;
    Some(format!("{}{}", parsed.datetime(), offset(parsed.offset().seconds())))
}

fn offset(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The moment in time; where the page gives no offset, as in UTC.
pub fn timestamp(moment: &str) -> Option<Timestamp> {
    let local = || moment.parse::<DateTime>().ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok();
    moment.parse().ok().or_else(|| local().map(|zoned| zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_data_goes_before_what_meta_elements_say() {
        let page = read(&Document::from(
            r#"<html dir=RTL lang="fa_IR"><head><meta name=author content="Somebody Else">
            <meta property="og:site_name" content="Example"><meta property="article:published_time" content="2020-01-01">
            <meta name=keywords content="gas, trade, gas"><link rel=canonical href="https://news.example/a">
            <link rel=alternate hreflang=ru href="https://news.example/ru/a"><link rel=amphtml href="https://news.example/amp/a">
            <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite"},
              {"@type":["NewsArticle"],"author":[{"@type":"Person","name":"Leyla  Həsənova"},"Иван Петров"],
               "datePublished":"2022-03-12T08:00:00+04:00","articleSection":"Politics","image":{"url":"https://news.example/a.jpg"}}]}
            </script></head><body></body></html>"#,
        ));
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
    fn moments_keep_their_offset() {
        for (written, read) in [
            ("2022-03-12T08:00:00+04:00", Some("2022-03-12T08:00:00+04:00")),
            ("2022-03-12T08:00:00Z", Some("2022-03-12T08:00:00Z")),
            ("2022-03-12 08:00", Some("2022-03-12 08:00")),
            ("2022-03-12", Some("2022-03-12")),
            ("Sat, 12 Mar 2022 08:00:00 +0400", Some("2022-03-12T08:00:00+04:00")),
            ("yesterday", None),
        ] {
            assert_eq!(moment(written).as_deref(), read, "{written}");
            assert_eq!(moment(written).is_some(), moment(written).and_then(|m| timestamp(&m)).is_some(), "{written}");
        }
    }
}
