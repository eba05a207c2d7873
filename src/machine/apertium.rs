//! [Apertium APY](https://wiki.apertium.org/wiki/Apertium-apy), a service for rule-based translation that needs no
//! models and no network of its own: `POST /translate` with one text, `GET /listPairs`.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::error::MachineError;
use super::languages;
use super::marks::Marks;
use super::provider::{Limits, Provider, Request};
use super::wire::Wire;
use crate::config::Secret;

/// APY cuts texts of more than 1000 characters itself when it has much to do, anywhere where there is a space.
const LIMITS: Limits = Limits { characters: 1_000, segments: 1 };

/// Where the message of a refusal is: `{"status": "error", "code": 400, "message": "Bad Request", "explanation": "…"}`.
const MESSAGE: &str = "/explanation";

/// As many pairs as an error lists.
const LISTED: usize = 12;

/// A server of Apertium APY.
pub struct Apertium {
    wire: Wire,
    key: Secret,
}

#[derive(Deserialize)]
struct Answer<T> {
    #[serde(rename = "responseData")]
    data: T,
}

#[derive(Deserialize)]
struct Translated {
    #[serde(rename = "translatedText")]
    text: String,
}

/// A direction that the server translates in, by ISO 639-3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Pair {
    #[serde(rename = "sourceLanguage")]
    pub from: String,
    #[serde(rename = "targetLanguage")]
    pub to: String,
}

impl Apertium {
    /// For the server at `url`. The key may be empty: it only lifts limits, where there are some.
    ///
    /// # Errors
    /// [`MachineError::Config`] for an address that is none.
    pub fn new(url: &str, key: Secret, tls: rustls::ClientConfig, timeout: Duration) -> Result<Apertium, MachineError> {
        Ok(Apertium { wire: Wire::new("apertium", MESSAGE, url, tls, timeout)?, key })
    }

    /// The directions that the server has, in order.
    ///
    /// # Errors
    /// As those of [`Provider::translate`].
    pub async fn pairs(&self) -> Result<Vec<Pair>, MachineError> {
        let answer: Answer<Vec<Pair>> = self.wire.send(self.wire.get("listPairs")?).await?;
        let mut pairs = answer.data;
        pairs.sort();
        Ok(pairs)
    }

    async fn send(&self, request: Request<'_>) -> Result<Vec<String>, MachineError> {
        let pair = Pair { from: languages::apertium(request.from), to: languages::apertium(request.to) };
        let mut answers = Vec::with_capacity(request.segments.len());
        for segment in request.segments {
            match self.one(&pair, segment).await {
                Ok(answer) => answers.push(tidied(segment, &answer)),
                Err(refused @ MachineError::Refused { .. }) => return Err(self.explained(refused, pair).await),
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }

    async fn one(&self, pair: &Pair, text: &str) -> Result<String, MachineError> {
        let langpair = format!("{}|{}", pair.from, pair.to);
        // Unknown words would be marked by an asterisk. Plain text, as the default would read markup into it.
        let mut fields = vec![("langpair", langpair.as_str()), ("q", text), ("markUnknown", "no"), ("format", "txt")];
        if !self.key.is_empty() {
            fields.push(("key", self.key.reveal()));
        }
        let form = serde_urlencoded::to_string(&fields).map_err(|_| self.wire.unusable("a text cannot be sent"))?;
        // By POST, which APY takes like GET: addresses are shorter than texts, and are logged.
        let post = self.wire.post("translate")?.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer: Answer<Translated> = self.wire.send(post).await?;
        Ok(answer.data.text)
    }

    /// A refusal, as what it is if the server has not the pair.
    async fn explained(&self, refused: MachineError, pair: Pair) -> MachineError {
        let Ok(pairs) = self.pairs().await else { return refused };
        if pairs.contains(&pair) {
            return refused;
        }
        let some: Vec<String> = pairs.iter().take(LISTED).map(|pair| format!("{}-{}", pair.from, pair.to)).collect();
        let more = if pairs.len() > LISTED { ", …" } else { "" };
        let has = match some.is_empty() {
            true => "the server has no pair at all, install one".into(),
            false => format!("the server has {}{more}; install the pair there", some.join(", ")),
        };
        MachineError::Pair { provider: "apertium", from: pair.from, to: pair.to, has }
    }
}

impl Provider for Apertium {
    fn name(&self) -> &'static str {
        "apertium"
    }

    fn marks(&self) -> Marks {
        Marks::Numbers
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn translate<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<String>, MachineError>> {
        Box::pin(self.send(request))
    }
}

/// Tidies an answer. Drops the signs that Apertium puts before words that it knows but cannot inflect (`#`) or carry
/// over (`@`), and the second of two spaces, between which it dropped a word. What the text itself has of these stays.
fn tidied(text: &str, answer: &str) -> String {
    let signs = ['#', '@'].into_iter().filter(|sign| !text.contains(*sign));
    let answer = signs.fold(Cow::Borrowed(answer), without);
    if text.contains("  ") || !answer.contains("  ") {
        return answer.into_owned();
    }
    answer.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn without(answer: Cow<'_, str>, sign: char) -> Cow<'_, str> {
    if !answer.contains(sign) {
        return answer;
    }
    let next = answer.chars().skip(1).chain([' ']);
    let kept = answer.chars().zip(next).filter(|(c, next)| *c != sign || !next.is_alphabetic());
    Cow::Owned(kept.map(|(c, _)| c).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_the_engine_are_dropped_and_those_of_the_text_stay() {
        assert_eq!(tidied("Договор, и", "Договір, #і @не # 1"), "Договір, і не # 1");
        assert_eq!(tidied("Mr #tag", "Señor #etiqueta"), "Señor #etiqueta");
        assert_eq!(tidied("that he would", " que  vendría"), "que vendría");
        assert_eq!(tidied("a  b", "c  d"), "c  d");
    }
}
