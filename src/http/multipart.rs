//! `multipart/form-data`: a page or text as a file, and what there is to say of it in fields beside it.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::web::Bytes;
use futures_util::StreamExt;

use super::Problem;
use super::described::{Described, page_document, text_document};
use crate::model::{NewDocument, Submission};

/// What holds the document; all other parts are fields.
const DOCUMENT: [&str; 5] = ["page", "html", "text", "file", "document"];

/// A part that holds the document.
struct Content {
    /// Its part, or the ending of the file, says that it is a text and no page.
    text: bool,
    charset: Option<String>,
    bytes: Vec<u8>,
}

/// Reads a form into a document.
///
/// # Errors
/// 400 for what is no form; 422 for a field that is unknown, twice there or invalid, or when the document is missing.
pub async fn read(request: &HttpRequest, body: Vec<u8>) -> Result<NewDocument, Problem> {
    let whole = futures_util::stream::once(async move { Ok(Bytes::from(body)) }).boxed_local();
    let mut form = Multipart::new(request.headers(), whole);
    let wrong = |e: actix_multipart::MultipartError| Problem::malformed(format!("the form cannot be read: {e}"));
    let (mut content, mut fields) = (None, Vec::new());
    while let Some(part) = form.next().await {
        let mut part = part.map_err(wrong)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            bytes.extend_from_slice(&chunk.map_err(wrong)?);
        }
        let name = part.name().unwrap_or_default().to_owned();
        if DOCUMENT.contains(&name.as_str()) {
            if content.is_some() {
                return Err(Problem::invalid(&name, "there is a document already: send one a form"));
            }
            let kind = part.content_type();
            let file =
                part.content_disposition().and_then(|disposition| disposition.get_filename()).unwrap_or_default();
            content = Some(Content {
                text: name == "text"
                    || kind.is_some_and(|kind| kind.essence_str() == "text/plain")
                    || file.ends_with(".txt"),
                charset: kind.and_then(|kind| kind.get_param("charset")).map(|label| label.as_str().to_owned()),
                bytes,
            });
            continue;
        }
        let value = String::from_utf8(bytes).map_err(|_| Problem::invalid(&name, "is not UTF-8"))?;
        fields.push((name, value));
    }
    let submission = described(fields)?;
    let missing = || Problem::invalid("page", "is missing: send the document as a part of that name");
    document(content.ok_or_else(missing)?, submission)
}

fn described(fields: Vec<(String, String)>) -> Result<Submission, Problem> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Described::read(&query)?.submission()
}

fn document(content: Content, submission: Submission) -> Result<NewDocument, Problem> {
    let Content { text, charset, bytes } = content;
    if text { text_document(bytes, charset, submission) } else { page_document(bytes, charset, submission) }
}
