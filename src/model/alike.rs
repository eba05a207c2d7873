//! What a record says of documents that are nearly the same: a cluster of copies, and the page that it is a variant of.

use serde::{Deserialize, Serialize};

/// Documents with nearly the same text. A newcomer names the cluster that it comes into; nobody who is there is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    pub id: String,
    /// The document of the cluster that this one is most like; none for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// 0 to 1: the share of three-word sequences that both have, estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
}

/// The document that this one is a variant of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub kind: VariantKind,
    /// The id that the document has, or would have if it was sent under its address from the same source.
    pub document_id: String,
    /// The address that the page names as its canonical one.
    pub url: String,
}

/// How a variant differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariantKind {
    /// An AMP page.
    Amp,
    /// At a host or address for small screens.
    Mobile,
    /// Another address of the same page.
    Address,
}
