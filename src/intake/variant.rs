//! Variants: a page that names another address as its own, such as an AMP page does. It says something beside the
//! identity of a document, and never changes it.

use url::Url;

use crate::model::{Body, Metadata, Page, Variant, VariantKind, document_id, is_same_address};

/// The document that a page is a variant of, by its canonical link; `None` for a page that names none, or itself.
pub fn of(sent: &Metadata, page: &Page) -> Option<Variant> {
    let (own, canonical) = (sent.url.as_deref()?, page.canonical_url.as_deref()?);
    if is_same_address(own, canonical) {
        return None;
    }
    let (own, target) = (Url::parse(own).ok()?, Url::parse(canonical).ok()?);
    let (host, target_host) = (own.host_str()?, target.host_str()?);
    // Pages that are set up badly name the front page.
    if target.path().trim_matches('/').is_empty() && !own.path().trim_matches('/').is_empty() {
        return None;
    }
    let source = if sent.source == host { target_host } else { &sent.source };
    Some(Variant {
        kind: kind(&own, host),
        document_id: document_id(source, Some(canonical), &Body::Text(String::new())),
        url: canonical.to_owned(),
    })
}

fn kind(own: &Url, host: &str) -> VariantKind {
    let is_amp = |part: &str| part == "amp" || part.ends_with(".amp") || part.ends_with(".amp.html");
    if host.starts_with("amp.")
        || host.ends_with(".cdn.ampproject.org")
        || own.path_segments().is_some_and(|mut parts| parts.any(is_amp))
        || own.query_pairs().any(|(name, value)| name == "amp" || (name == "outputType" && value == "amp"))
    {
        return VariantKind::Amp;
    }
    let small = ["m.", "mobile.", "wap.", "touch."];
    if small.iter().any(|start| host.starts_with(start))
        || own.path_segments().is_some_and(|mut parts| matches!(parts.next(), Some("m" | "mobile")))
    {
        return VariantKind::Mobile;
    }
    VariantKind::Address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(own: &str, canonical: &str) -> Option<Variant> {
        let source = Url::parse(own).unwrap().host_str().unwrap().to_owned();
        let sent = Metadata { url: Some(own.into()), source, ..Metadata::default() };
        of(&sent, &Page { canonical_url: Some(canonical.into()), ..Page::default() })
    }

    #[test]
    fn amp_and_mobile_pages_lead_to_the_document() {
        let main = document_id("news.example", Some("https://news.example/a"), &Body::Text(String::new()));
        for (own, kind) in [
            ("https://news.example/amp/a", VariantKind::Amp),
            ("https://news.example/a?amp=1", VariantKind::Amp),
            ("https://news-example.cdn.ampproject.org/c/s/news.example/a", VariantKind::Amp),
            ("https://m.news.example/a", VariantKind::Mobile),
            ("https://news.example/world/a", VariantKind::Address),
        ] {
            let found = variant(own, "https://news.example/a").unwrap();
            assert_eq!((found.kind, found.document_id.as_str()), (kind, main.as_str()), "{own}");
        }
    }

    #[test]
    fn a_page_is_no_variant_of_itself_or_of_the_front_page() {
        assert_eq!(variant("https://news.example/a?utm_source=x", "http://news.example/a"), None);
        assert_eq!(variant("https://news.example/a", "https://news.example/"), None);
    }
}
