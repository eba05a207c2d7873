//! Addresses of pages, as they are compared.

use crate::model::canonical_url;

/// An address without what does not matter: protocol, `www.`, the slash at its end, the fragment, and how a reader came. Equal
/// for two ways to write one, on any machine.
pub fn address(url: &str) -> i64 {
    let canonical = canonical_url(url);
    let bare = canonical.split_once("://").map_or(canonical.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/');
    let hash = blake3::hash(bare.to_lowercase().as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address() {
        for other in ["http://www.news.example/A/1/", "https://news.example/a/1?utm_source=x#top"] {
            assert_eq!(address("https://news.example/a/1"), address(other), "{other}");
        }
        assert_ne!(address("https://news.example/a/1"), address("https://news.example/a/2"));
    }
}
