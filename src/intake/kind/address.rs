//! Addresses, and what their parts say of the page.

use url::Url;

use super::Kind;
use super::phrases::PHRASES;

/// Of a URL, in small letters.
pub(super) struct Address {
    pub(super) host: String,
    parts: Vec<String>,
}

impl Address {
    pub(super) fn read(url: &str) -> Option<Address> {
        let url = Url::parse(url).ok()?;
        let mut parts: Vec<String> = url.path().split('/').map(str::to_lowercase).collect();
        // An article may be a number behind the question mark.
        parts.extend(url.query().map(|query| format!("?{query}")));
        parts.retain(|part| !part.is_empty());
        Some(Address { host: url.host_str()?.to_owned(), parts })
    }

    /// Whether it is where a site begins, or its part in one language.
    pub(super) fn is_root(&self) -> bool {
        self.parts.iter().all(|part| part.len() == 2)
    }

    /// Whether a part of the path, or the first of the host, is one that the data has for this kind.
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        let Some(names) = PHRASES.addresses.get(kind.name()) else { return false };
        let is_name = |part: &str| names.iter().any(|name| name == part);
        let in_host = kind != Kind::Listing && self.host.split('.').next().is_some_and(is_name);
        // Sections are called by the first part of the path; what stands behind them may be the article.
        let parts = if kind == Kind::Listing { &self.parts[..self.parts.len().min(1)] } else { &self.parts[..] };
        in_host || parts.iter().any(|part| is_name(part))
    }
}
