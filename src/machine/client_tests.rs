//! The translator against a provider and a clock that do as they are told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::budget::Spending;
use super::cache::Key;
use super::client::Translator;
use super::clock::{Clock, later};
use super::error::{MachineError, Period};
use super::marks::Marks;
use super::memory::Memory;
use super::names::Name;
use super::provider::{Limits, Provider, Request};
use crate::config::Machine;

/// A clock whose time passes only while somebody sleeps.
struct Told(Mutex<Timestamp>);

impl Clock for Told {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        let mut now = self.0.lock().expect("not poisoned");
        *now = later(*now, pause);
        Box::pin(async {})
    }
}

type Outcome = Result<fn(&str) -> String, MachineError>;

/// A provider with outcomes for its next requests; after those, it answers in capitals.
#[derive(Clone, Default)]
struct Scripted {
    next: Arc<Mutex<VecDeque<Outcome>>>,
    sent: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Scripted {
    fn then(&self, outcome: Outcome) -> &Scripted {
        self.next.lock().expect("not poisoned").push_back(outcome);
        self
    }

    fn sent(&self) -> Vec<Vec<String>> {
        self.sent.lock().expect("not poisoned").clone()
    }
}

impl Provider for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn marks(&self) -> Marks {
        Marks::Words
    }

    fn limits(&self) -> Limits {
        Limits { characters: 40, segments: 3 }
    }

    fn translate<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<String>, MachineError>> {
        self.sent.lock().expect("not poisoned").push(request.segments.to_vec());
        let outcome = self.next.lock().expect("not poisoned").pop_front().unwrap_or(Ok(str::to_uppercase));
        Box::pin(async move { request.segments.iter().map(|segment| outcome.clone().map(|f| f(segment))).collect() })
    }
}

struct Setting {
    provider: Scripted,
    clock: Arc<Told>,
    translator: Translator,
}

fn setting(config: Machine) -> Setting {
    let provider = Scripted::default();
    let clock = Arc::new(Told(Mutex::new("2026-03-01T10:00:00Z".parse().expect("a time"))));
    let translator = Translator::new(Box::new(provider.clone()), &config, clock.clone());
    Setting { provider, clock, translator }
}

fn name(start: usize, end: usize, rendering: &str) -> Name {
    Name { range: start..end, rendering: rendering.into() }
}

fn unavailable(retry_after: Option<u64>) -> Outcome {
    let retry_after = retry_after.map(Duration::from_secs);
    Err(MachineError::Unavailable { provider: "scripted", reason: "status 503".into(), retry_after })
}

fn refused() -> Outcome {
    Err(MachineError::Refused { provider: "scripted", reason: "status 400".into() })
}

#[tokio::test]
async fn paragraphs_stay_and_names_are_rendered() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    let text = "  Путин и Шольц.\n\n* * *\nПутин\nпока, Путин";
    let names = [name(2, 7, "Putin"), name(10, 15, "Scholz"), name(24, 29, "Putin"), name(36, 41, "Putin")];
    let translation = translator.translate(text, "ru", "de", &names).await.expect("translated");
    assert_eq!(translation.text, "  Putin И Scholz.\n\n* * *\nPutin\nПОКА, Putin");
    assert_eq!(provider.sent(), [["⟦N0⟧ и ⟦N1⟧.", "пока, ⟦N0⟧"]]);
    assert_eq!((translation.machine, translation.segments, translation.from_cache), (true, 2, 0));
    assert_eq!((translation.characters, translation.names.kept), (22, 4));
    let json = serde_json::to_value(&translation).expect("JSON");
    assert_eq!((&json["machine"], &json["names"]["kept"]), (&true.into(), &4.into()));
    assert_eq!(serde_json::from_value::<super::MachineTranslation>(json).expect("the same"), translation);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    let first = translator.translate("one\ntwo\none", "en", "de", &[]).await.expect("translated");
    assert_eq!((first.text.as_str(), first.segments, first.from_cache, first.characters), ("ONE\nTWO\nONE", 3, 0, 6));
    let again = translator.translate("two\nthree", "en", "de", &[]).await.expect("translated");
    assert_eq!((again.from_cache, again.characters), (1, 5));
    translator.translate("two", "en", "fr", &[]).await.expect("translated");
    assert_eq!(provider.sent(), [vec!["one", "two"], vec!["three"], vec!["two"]]);
}

#[tokio::test]
async fn a_lost_name_is_put_back_by_translating_around_it() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    provider.then(Ok(|_| "he came to her".into()));
    let names = [name(5, 8, "Anna"), name(12, 14, "Boris")];
    let translation = translator.translate("when Ann saw Bo, ok", "en", "de", &names[..1]).await.expect("translated");
    assert_eq!(translation.text, "WHEN Anna SAW BO, OK");
    assert_eq!(translation.names.lost, ["Anna"]);
    assert_eq!(provider.sent()[1], ["when", "saw Bo, ok"]);
    let error = translation.with_all_names().expect_err("strict");
    assert_eq!(error, MachineError::NameLost { name: "Anna".into() });
}

#[tokio::test]
async fn an_answer_of_several_lines_stays_one_paragraph() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    provider.then(Ok(|_| " ein\r\nTag \n".into()));
    assert_eq!(translator.translate("a day\n", "en", "de", &[]).await.expect("translated").text, "ein Tag\n");
}

#[tokio::test]
async fn passing_failures_are_tried_again_after_the_wished_pause() {
    let Setting { provider, clock, translator } = setting(Machine { requests_per_second: 0.0, ..Machine::default() });
    let start = clock.now();
    provider.then(unavailable(Some(7))).then(unavailable(None));
    assert_eq!(translator.translate("one", "en", "de", &[]).await.expect("translated").text, "ONE");
    let waited = clock.now().duration_since(start);
    assert!((7.5..=8.0).contains(&waited.as_secs_f64()), "{waited}");
    // What the failed tries took from the budget was given back.
    assert_eq!(translator.spending().in_day, 3);
}

#[tokio::test]
async fn refusals_and_long_wishes_are_final() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    provider.then(refused()).then(unavailable(Some(3_600)));
    assert!(matches!(translator.translate("one", "en", "de", &[]).await, Err(MachineError::Refused { .. })));
    let error = translator.translate("one", "en", "de", &[]).await.expect_err("unavailable");
    assert_eq!(error.wish(), Some(Duration::from_secs(3_600)));
    assert!(matches!(translator.translate("one", "en", "de", &[]).await, Err(MachineError::Paused { .. })));
    assert_eq!(provider.sent().len(), 2);
    assert_eq!(translator.spending().in_day, 0);
}

#[tokio::test]
async fn answers_that_drop_text_are_no_translation() {
    let Setting { provider, translator, .. } = setting(Machine::default());
    provider.then(Ok(|_| " ".into()));
    assert!(matches!(translator.translate("one", "en", "de", &[]).await, Err(MachineError::Answer { .. })));
    assert_eq!(translator.spending().in_day, 3);
    assert_eq!(translator.translate("one", "en", "de", &[]).await.expect("not from the cache").text, "ONE");
}

#[tokio::test]
async fn a_spent_budget_says_when_it_renews() {
    let Setting { clock, translator, .. } = setting(Machine { characters_per_day: 10, ..Machine::default() });
    translator.translate("12345six", "en", "de", &[]).await.expect("translated");
    let error = translator.translate("nine", "en", "de", &[]).await.expect_err("spent");
    let renews = "2026-03-02T00:00:00Z".parse().expect("a time");
    assert_eq!(error, MachineError::BudgetSpent { period: Period::Day, limit: 10, left: 2, wanted: 4, renews });
    assert!(error.to_string().contains("daily budget of 10 characters"), "{error}");
    // What is in the cache costs nothing.
    assert!(translator.translate("12345six", "en", "de", &[]).await.is_ok());
    *clock.0.lock().expect("not poisoned") = renews;
    assert!(translator.translate("nine", "en", "de", &[]).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_fails_on_is_left_alone_for_a_while() {
    let Setting { provider, clock, translator } = setting(Machine::default());
    for _ in 0..5 {
        provider.then(unavailable(None));
    }
    assert!(matches!(translator.translate("one", "en", "de", &[]).await, Err(MachineError::Unavailable { .. })));
    let Err(MachineError::Paused { until, .. }) = translator.translate("one", "en", "de", &[]).await else {
        panic!("five failures in a row open the breaker")
    };
    assert_eq!(provider.sent().len(), 5);
    *clock.0.lock().expect("not poisoned") = until;
    assert!(translator.translate("one", "en", "de", &[]).await.is_ok());
}

#[tokio::test]
async fn requests_keep_their_pace() {
    let Setting { provider, clock, translator } = setting(Machine { requests_per_second: 2.0, ..Machine::default() });
    let start = clock.now();
    translator.translate("a\nb\nc\nd\ne\nf\ng", "en", "de", &[]).await.expect("translated");
    assert_eq!(provider.sent().len(), 3);
    assert_eq!(clock.now(), later(start, Duration::from_secs(1)));
}

/// A store in memory.
#[derive(Default)]
struct Kept {
    texts: Mutex<Vec<(Key, String)>>,
    spending: Mutex<Option<Spending>>,
}

impl Memory for Kept {
    fn recall<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Option<String>> {
        let kept = self.texts.lock().expect("not poisoned");
        let found = kept.iter().find(|(other, _)| other == key).map(|(_, text)| text.clone());
        Box::pin(async { found })
    }

    fn keep<'a>(&'a self, key: &'a Key, text: &'a str) -> BoxFuture<'a, ()> {
        self.texts.lock().expect("not poisoned").push((*key, text.to_owned()));
        Box::pin(async {})
    }

    fn spending(&self) -> BoxFuture<'_, Option<Spending>> {
        let spending = *self.spending.lock().expect("not poisoned");
        Box::pin(async move { spending })
    }

    fn keep_spending(&self, spending: Spending) -> BoxFuture<'_, ()> {
        *self.spending.lock().expect("not poisoned") = Some(spending);
        Box::pin(async {})
    }
}

#[tokio::test]
async fn a_store_outlives_the_translator() {
    let memory = Arc::new(Kept::default());
    let config = Machine { characters_per_day: 5, ..Machine::default() };
    let first = setting(config.clone()).translator.with_memory(memory.clone()).await;
    first.translate("one", "en", "de", &[]).await.expect("translated");
    let Setting { provider, translator, .. } = setting(config);
    let second = translator.with_memory(memory).await;
    assert_eq!(second.translate("one", "en", "de", &[]).await.expect("known").from_cache, 1);
    assert!(matches!(second.translate("three", "en", "de", &[]).await, Err(MachineError::BudgetSpent { left: 2, .. })));
    assert_eq!(provider.sent().len(), 0);
}
