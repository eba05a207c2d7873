//! What of a document is compared with others to find those that it is a translation of.

use std::cell::RefCell;

use super::content::Content;
use crate::model::{Metadata, Page, TextField};
use crate::people::{Found, Identity};
use crate::translation::claims::{self, Claim};
use crate::translation::stories::StoryDraft;
use crate::translation::{Memory, Outline};

/// A text of fewer letters is not told from others.
const SHORTEST: usize = 60;

/// The outline of a text in a language, with the known people of it, and its claims; `None` for a text that is too short.
pub fn draft(content: &Content, sent: &Metadata, language: &str, people: &[Found]) -> Option<StoryDraft> {
    thread_local! {
        static MEMORY: RefCell<Memory> = RefCell::default();
    }
    let (title, text) = (content.title.as_deref(), content.text.as_str());
    let lines = title.into_iter().chain(text.lines());
    let mut outline = MEMORY.with_borrow_mut(|memory| Outline::of(language, lines, memory));
    if outline.letters() < SHORTEST {
        return None;
    }
    let known = people.iter().filter_map(|person| match &person.identity {
        Identity::Known(id) => Some((id.as_str(), person)),
        _ => None,
    });
    let named = known.flat_map(|(id, person)| {
        let texts = person.mentions.iter().filter(|mention| mention.field == TextField::Text);
        texts.map(move |mention| (id, mention.start))
    });
    outline.name(named, title.is_some(), text);
    Some(StoryDraft { outline, claims: claims(content, sent, language, people) })
}

/// What is said of where the text comes from: by the sender, by the page, by how names are spelt, and by the text itself.
fn claims(content: &Content, sent: &Metadata, language: &str, people: &[Found]) -> Vec<Claim> {
    let Content { title, byline, text, page, .. } = content;
    let mut all = declared(sent, page.as_ref());
    let mentions = people.iter().flat_map(|person| &person.mentions);
    let names = mentions.filter(|mention| mention.field != TextField::Byline).map(|mention| mention.text.as_str());
    all.extend(claims::habit(language, names, text));
    all.extend(claims::of_text(language, title.as_deref(), byline.as_deref(), text));
    all
}

/// What the sender and the page say of where the text comes from.
fn declared(sent: &Metadata, page: Option<&Page>) -> Vec<Claim> {
    let (address, language) = (sent.translation_of.as_deref(), sent.original_language.as_deref());
    let by_sender = claims::declared(["translation_of", "original_language"], address, language);
    let by_page = page.and_then(|page| {
        let (address, language) = (page.translation_of.as_deref(), page.original_language.as_deref());
        claims::declared(["translationOfWork", "inLanguage"], address, language)
    });
    let by_translator = page.and_then(|page| page.translators.first()).map(|name| claims::translated_by(name));
    by_sender.into_iter().chain(by_page).chain(by_translator).collect()
}
