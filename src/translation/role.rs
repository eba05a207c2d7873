//! Which of a story's documents is the original, and which was made of which.

use jiff::{Span, SpanRound, Timestamp, Unit};

use super::claims::{Claim, Claimed, same_language};
use crate::model::{OriginalLanguage, Role};

/// What is known of a member of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub document: String,
    /// BCP 47.
    pub language: String,
    pub published_at: Option<Timestamp>,
    pub received_at: Timestamp,
    /// The document of the story that has nearly the same text.
    pub near: Option<String>,
    /// Where its page stands, as [`super::address()`] has it.
    pub addresses: Vec<i64>,
    pub claims: Vec<Claim>,
}

/// What a document is to its story, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub role: Role,
    /// The document that it was made of.
    pub of: Option<String>,
    pub original_language: Option<OriginalLanguage>,
    /// In words.
    pub why: Vec<String>,
}

/// How sure the ways to tell are, 0 to 1.
const SAID: f64 = 0.95;
const SAID_OF_IT: f64 = 0.9;
const SAID_OF_THE_STORY: f64 = 0.8;
const PUBLISHED: f64 = 0.6;
const REPORTED: f64 = 0.5;
const RECEIVED: f64 = 0.4;

/// Two documents that come so close after each other, in seconds, say nothing by it: clocks and crawlers differ.
const AFTER: i64 = 120;

/// What a document is to the others of its story.
pub fn role(own: &Member, others: &[&Member]) -> Found {
    by_claim(own, others)
        .or_else(|| by_copy(own, others))
        .or_else(|| by_claim_of_another(own, others))
        .or_else(|| by_claim_of_a_third(own, others))
        .unwrap_or_else(|| with_habit(own, by_time(own, others).or_else(|| by_source(own)).unwrap_or_default()))
}

/// What is only likely, with what the spelling of names says to it.
fn with_habit(own: &Member, mut found: Found) -> Found {
    let habit = own.claims.iter().filter(|claim| claim.is == Claimed::Habit);
    let Some((claim, tag, confidence)) = habit.filter_map(|c| Some((c, c.language.clone()?, c.confidence?))).next()
    else {
        return found;
    };
    found.why.push(format!("writes “{}” as from {tag}", claim.phrase));
    found.original_language = match found.original_language {
        None => Some(OriginalLanguage { tag, confidence: hundredths(confidence) }),
        Some(before) if same_language(&before.tag, &tag) => {
            let both = 1.0 - (1.0 - before.confidence) * (1.0 - confidence);
            Some(OriginalLanguage { tag: before.tag, confidence: hundredths(both) })
        }
        other => other,
    };
    found
}

fn hundredths(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// The document says itself that it is a translation.
fn by_claim(own: &Member, others: &[&Member]) -> Option<Found> {
    let is_one = |claim: &&Claim| {
        matches!(claim.is, Claimed::Machine | Claimed::Translation)
            && claim.language.as_ref().is_none_or(|l| !same_language(l, &own.language))
            // Who names itself says nothing.
            && claim.address.is_none_or(|at| !own.addresses.contains(&at))
    };
    let claim = own.claims.iter().find(is_one)?;
    let of = match (claim.address, &claim.language) {
        (Some(at), _) => others.iter().copied().find(|other| other.addresses.contains(&at)),
        (None, Some(language)) => earliest_in(language, others),
        (None, None) => None,
    };
    // Who names no language, of a story in two, means the other one.
    let only = || {
        let mut all = others.iter().filter(|other| !same_language(&other.language, &own.language));
        let first = all.next()?;
        all.all(|other| same_language(&other.language, &first.language)).then(|| first.language.clone())
    };
    let said = |tag: &String| OriginalLanguage { tag: tag.clone(), confidence: SAID };
    let original_language = match (&claim.language, of) {
        (Some(language), _) => Some(said(language)),
        (None, Some(of)) => Some(original_of(of, others)),
        (None, None) if claim.address.is_none() => only().as_ref().map(said),
        (None, None) => None,
    };
    Some(Found {
        role: Role::Translation,
        of: of.map(|of| of.document.clone()),
        original_language,
        why: vec![format!("says “{}”", claim.phrase)],
    })
}

/// The language that a document was written in first, of which others are made.
fn original_of(of: &Member, all: &[&Member]) -> OriginalLanguage {
    let others: Vec<&Member> = all.iter().copied().filter(|other| other.document != of.document).collect();
    let own = || OriginalLanguage { tag: of.language.clone(), confidence: SAID_OF_THE_STORY };
    by_claim(of, &others).and_then(|found| found.original_language).unwrap_or_else(own)
}

/// It has nearly the text of another in its language, which was there before.
fn by_copy(own: &Member, others: &[&Member]) -> Option<Found> {
    let names = |one: &Member, other: &Member| one.near.as_ref() == Some(&other.document);
    let same: Vec<&Member> =
        others.iter().copied().filter(|other| same_language(&other.language, &own.language)).collect();
    let mut copies: Vec<&Member> = vec![own];
    let mut at = 0;
    while let Some(one) = copies.get(at).copied() {
        let near = |other: &&&Member| names(one, other) || names(other, one);
        let found: Vec<&Member> = same.iter().filter(near).copied().collect();
        for other in found {
            if !copies.iter().any(|copy| copy.document == other.document) {
                copies.push(other);
            }
        }
        at += 1;
    }
    // What was published later is the edition; where that cannot be said, what arrived later.
    let is_later = |other: &Member| is_before(other, own).unwrap_or(other.received_at < own.received_at);
    let before: Vec<&Member> = copies[1..].iter().copied().filter(|other| is_later(other)).collect();
    let direct = before.iter().find(|other| names(own, other));
    let of = direct.or_else(|| before.iter().max_by_key(|other| time(other)))?;
    let original = role(of, &others.iter().copied().filter(|other| other.document != of.document).collect::<Vec<_>>());
    Some(Found {
        role: Role::Edition,
        of: Some(of.document.clone()),
        original_language: original.original_language,
        why: vec![format!("has nearly the text of {}", of.document)],
    })
}

/// Another says that it was translated from this page; or from this language, and this is the first of it.
fn by_claim_of_another(own: &Member, others: &[&Member]) -> Option<Found> {
    let is_first = || earliest_in(&own.language, others).is_none_or(|first| is_before(own, first).unwrap_or(true));
    let names_it = |claim: &&Claim| {
        claim.is == Claimed::Translation
            && match claim.address {
                Some(at) => own.addresses.contains(&at),
                None => {
                    claim.language.as_ref().is_some_and(|l| same_language(l, &own.language))
                        && is_first()
                        && !has_rival(own, others)
                }
            }
    };
    let of = |other: &&&Member| !same_language(&other.language, &own.language);
    let (other, claim) =
        others.iter().filter(of).find_map(|other| Some((other, other.claims.iter().find(names_it)?)))?;
    Some(Found {
        role: Role::Original,
        of: None,
        original_language: Some(OriginalLanguage { tag: own.language.clone(), confidence: SAID_OF_IT }),
        why: vec![format!("{} says “{}”", other.document, claim.phrase)],
    })
}

/// Whether others say of another language that the story was written in it: as many, and its first was there before.
fn has_rival(own: &Member, others: &[&Member]) -> bool {
    let claimed = others.iter().flat_map(|other| &other.claims).filter(|claim| claim.is == Claimed::Translation);
    let languages: Vec<&String> = claimed.filter_map(|claim| claim.language.as_ref()).collect();
    let times = |tag: &str| languages.iter().filter(|language| same_language(language, tag)).count();
    languages.iter().any(|language| {
        !same_language(language, &own.language)
            && times(language) >= times(&own.language)
            && earliest_in(language, others).is_some_and(|first| is_before(first, own).unwrap_or(false))
    })
}

/// Another says that it was translated from a third language: so this one was, too.
fn by_claim_of_a_third(own: &Member, others: &[&Member]) -> Option<Found> {
    let foreign = |member: &Member, claim: &&Claim| {
        let other =
            |language: &String| !same_language(language, &own.language) && !same_language(language, &member.language);
        claim.is == Claimed::Translation && claim.language.as_ref().is_some_and(other)
    };
    let (member, claim) =
        others.iter().find_map(|member| Some((member, member.claims.iter().find(|claim| foreign(member, claim))?)))?;
    let language = claim.language.clone()?;
    let of = match claim.address {
        Some(at) => others.iter().copied().find(|other| other.addresses.contains(&at)),
        None => earliest_in(&language, others),
    };
    Some(Found {
        role: Role::Translation,
        of: of.map(|of| of.document.clone()),
        original_language: Some(OriginalLanguage { tag: language, confidence: SAID_OF_THE_STORY }),
        why: vec![format!("{} says “{}”", member.document, claim.phrase)],
    })
}

/// It was published before all others, or after one in another language; or seen so.
fn by_time(own: &Member, others: &[&Member]) -> Option<Found> {
    let foreign: Vec<&Member> =
        others.iter().copied().filter(|other| !same_language(&other.language, &own.language)).collect();
    let first = foreign.iter().copied().min_by_key(|other| time(other))?;
    let published = own.published_at.is_some() && first.published_at.is_some();
    let confidence = if published { PUBLISHED } else { RECEIVED };
    let verb = if published { "published" } else { "seen" };
    let earlier = is_before(own, first)?;
    let (early, late) = if earlier { (own, first) } else { (first, own) };
    let after = in_words(time(early), time(late));
    let of = (!earlier).then(|| first.document.clone());
    let why = match earlier {
        true => format!("{verb} {after} before {} in {}", first.document, first.language),
        false => format!("{verb} {after} after {} in {}", first.document, first.language),
    };
    let tag = if earlier { &own.language } else { &first.language };
    // What was only seen first may have been published last.
    let role = match (published, earlier) {
        (false, _) => Role::Unknown,
        (true, true) => Role::Original,
        (true, false) => Role::Translation,
    };
    Some(Found {
        role,
        of: of.filter(|_| role == Role::Translation),
        original_language: Some(OriginalLanguage { tag: tag.clone(), confidence }),
        why: vec![why],
    })
}

/// It names an outlet of another language as its source.
fn by_source(own: &Member) -> Option<Found> {
    let abroad = |claim: &&Claim| claim.language.as_ref().is_some_and(|l| !same_language(l, &own.language));
    let claim = own.claims.iter().filter(|claim| claim.is == Claimed::Reported).find(abroad)?;
    let language = claim.language.clone();
    Some(Found {
        role: Role::Unknown,
        of: None,
        original_language: language.map(|tag| OriginalLanguage { tag, confidence: REPORTED }),
        why: vec![format!("names its source: “{}”", claim.phrase)],
    })
}

fn time(member: &Member) -> Timestamp {
    member.published_at.unwrap_or(member.received_at)
}

/// Whether one came before another; `None` where that cannot be said.
fn is_before(one: &Member, other: &Member) -> Option<bool> {
    let comparable = one.published_at.is_some() == other.published_at.is_some();
    let between = time(other).as_second() - time(one).as_second();
    (comparable && between.abs() >= AFTER).then_some(between > 0)
}

fn earliest_in<'m>(language: &str, members: &[&'m Member]) -> Option<&'m Member> {
    members.iter().copied().filter(|member| same_language(&member.language, language)).min_by_key(|member| time(member))
}

/// The time between two moments, to the minute: `2h 5m`.
fn in_words(from: Timestamp, to: Timestamp) -> String {
    let round = SpanRound::new().largest(Unit::Day).smallest(Unit::Minute).days_are_24_hours();
    let span = from.until(to).and_then(|span: Span| span.round(round));
    span.map_or_else(|_| "some time".to_owned(), |span| format!("{span:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translation::address;
    use crate::translation::claims::{declared, habit, of_text};

    fn member(document: &str, language: &str, published_at: &str) -> Member {
        Member {
            document: document.to_owned(),
            language: language.to_owned(),
            published_at: published_at.parse().ok(),
            received_at: "2031-01-01T00:00:00Z".parse().unwrap(),
            near: None,
            addresses: Vec::new(),
            claims: Vec::new(),
        }
    }

    fn saying(mut member: Member, text: &str) -> Member {
        member.claims = of_text(&member.language, None, Some(text), "");
        assert!(!member.claims.is_empty(), "{text}");
        member
    }

    #[test]
    fn what_a_document_says_goes_before_when_it_was_published() {
        let persian = member("d-fa", "fa", "2031-05-12T09:00:00Z");
        let english = saying(member("d-en", "en", "2031-05-12T08:00:00Z"), "Translated from the Persian by Anna Smith");
        let found = role(&english, &[&persian]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Translation, Some("d-fa")));
        assert_eq!(found.original_language.unwrap().tag, "fa");
        assert!(found.why[0].contains("Translated from the Persian"), "{:?}", found.why);
        let found = role(&persian, &[&english]);
        assert_eq!((found.role, found.of), (Role::Original, None));
    }

    #[test]
    fn a_story_has_one_original_language() {
        let german = member("d-de", "de", "2031-05-12T07:00:00Z");
        let persian = member("d-fa", "fa", "2031-05-12T09:00:00Z");
        let english = saying(member("d-en", "en", "2031-05-12T08:00:00Z"), "Translated from the Persian by Anna Smith");
        let found = role(&german, &[&persian, &english]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Translation, Some("d-fa")));
        // Also while the original is not there.
        let found = role(&german, &[&english]);
        assert_eq!(
            (found.role, found.of, found.original_language.unwrap().tag),
            (Role::Translation, None, "fa".into())
        );
    }

    #[test]
    fn who_was_published_later_in_another_language_is_likely_the_translation() {
        let (early, late) =
            (member("d-az", "az", "2031-05-12T08:00:00Z"), member("d-ru", "ru", "2031-05-12T10:05:00Z"));
        let found = role(&late, &[&early]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Translation, Some("d-az")));
        assert_eq!(found.why, ["published 2h 5m after d-az in az"]);
        assert_eq!(role(&early, &[&late]).role, Role::Original);
        let same_time = member("d-tr", "tr", "2031-05-12T08:00:30Z");
        assert_eq!(role(&same_time, &[&early]).role, Role::Unknown);
        let undated = member("d-ka", "ka", "");
        assert_eq!(role(&undated, &[&early]).role, Role::Unknown);
        assert_eq!(role(&late, &[]), Found::default());
    }

    #[test]
    fn nearly_the_same_text_in_the_same_language_is_an_edition() {
        let first = member("d-1", "en", "2031-05-12T08:00:00Z");
        let copy = Member { near: Some("d-1".into()), ..member("d-2", "en", "2031-05-12T09:00:00Z") };
        let found = role(&copy, &[&first]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Edition, Some("d-1")));
        // A copy of the copy that was published between the two is made of the first.
        let between = Member { near: Some("d-2".into()), ..member("d-3", "en", "2031-05-12T08:30:00Z") };
        let found = role(&between, &[&first, &copy]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Edition, Some("d-1")));
    }

    #[test]
    fn an_address_that_is_declared_is_followed() {
        let at = |member: Member, url: &str| Member { addresses: vec![address(url)], ..member };
        let of = |member: Member, url: &str| Member {
            claims: declared(["translation_of", "original_language"], Some(url), None).into_iter().collect(),
            ..member
        };
        let first = at(member("d-az", "az", "2031-05-12T07:00:00Z"), "https://az.example/1");
        let other = at(member("d-az2", "az", "2031-05-12T08:00:00Z"), "https://az2.example/1");
        let turkish = member("d-tr", "tr", "2031-05-12T09:00:00Z");
        let turkish = of(at(turkish, "https://tr.example/1"), "https://az2.example/1");
        let english = of(member("d-en", "en", "2031-05-12T10:00:00Z"), "https://tr.example/1");
        let found = role(&turkish, &[&first, &other, &english]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Translation, Some("d-az2")));
        // By way of Turkish it is from Azerbaijani.
        let found = role(&english, &[&first, &other, &turkish]);
        assert_eq!(found.of.as_deref(), Some("d-tr"));
        assert_eq!(found.original_language.unwrap().tag, "az");
        assert_eq!(role(&other, &[&first, &turkish]).role, Role::Original);
        assert_ne!(role(&first, &[&other, &turkish]).why, ["d-tr says “translation_of: https://az2.example/1”"]);
        // An address that is not there makes no other document the original, and one's own says nothing.
        let german = of(member("d-de", "de", "2031-05-12T09:00:00Z"), "https://nowhere.example/");
        assert_eq!(role(&german, &[&first]).of, None);
        let itself = of(at(member("d-fr", "fr", ""), "https://fr.example/1"), "http://www.fr.example/1#x");
        assert_eq!(role(&itself, &[]), Found::default());
    }

    #[test]
    fn what_was_published_first_is_no_edition_of_what_arrived_first() {
        let arrived_first = member("d-1", "en", "2031-05-12T09:00:00Z");
        let published_first = Member { near: Some("d-1".into()), ..member("d-2", "en", "2031-05-12T08:00:00Z") };
        assert_eq!(role(&published_first, &[&arrived_first]).of, None);
        let found = role(&arrived_first, &[&published_first]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Edition, Some("d-2")));
    }

    #[test]
    fn the_spelling_of_names_is_a_hint() {
        let names = ["Vagif Dzhabbarov", "Rafik Gasanov"];
        let text = "In Baku, Vagif Dzhabbarov met Rafik Gasanov.";
        let claim = habit("en", names.into_iter(), text).unwrap();
        let english = Member { claims: vec![claim], ..member("d-en", "en", "2031-05-12T10:00:00Z") };
        let found = role(&english, &[]);
        let language = found.original_language.unwrap();
        assert_eq!((found.role, language.tag.as_str()), (Role::Unknown, "ru"));
        assert!(language.confidence <= 0.5 && found.why[0].contains("Dzhabbarov"), "{:?}", found.why);
        // Together with what was published first it says more.
        let russian = member("d-ru", "ru", "2031-05-12T08:00:00Z");
        let found = role(&english, &[&russian]);
        assert_eq!((found.role, found.of.as_deref()), (Role::Translation, Some("d-ru")));
        assert!(found.original_language.is_some_and(|language| language.confidence > PUBLISHED));
    }

    #[test]
    fn a_source_abroad_is_a_hint() {
        let mut own = member("d-en", "en", "2031-05-12T08:00:00Z");
        own.claims = of_text("en", None, None, "TEHRAN, May 12 (IRNA) – The minister said so.\n\nHe left.");
        let found = role(&own, &[]);
        assert_eq!((found.role, found.original_language.map(|l| l.tag)), (Role::Unknown, Some("fa".into())));
    }
}
