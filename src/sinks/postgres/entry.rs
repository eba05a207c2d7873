//! A record made fit for the database, which has no place for the character NUL.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::model::Record;
use crate::sinks::Delivery;

/// A delivery, made fit for the database.
pub(super) struct Entry<'a> {
    pub(super) seq: i64,
    pub(super) record: Cow<'a, Record>,
    pub(super) json: Cow<'a, RawValue>,
    /// What had to be changed.
    pub(super) note: Option<String>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(delivery: &'a Delivery) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| format!("the record is not the JSON it should be: {error}");
        let seq = delivery.seq;
        // JSON text holds a NUL only as an escape, so most records need no closer look. Those that have the letters
        // may still mean a backslash and `u0000`: only the parsed value tells.
        if delivery.json.contains(r"\u0000") {
            let mut value: Value = serde_json::from_str(&delivery.json).map_err(unreadable)?;
            let replaced = replace_nul(&mut value);
            if replaced > 0 {
                let json = Cow::Owned(to_raw_value(&value).map_err(unreadable)?);
                let record = Cow::Owned(serde_json::from_value(value).map_err(unreadable)?);
                let plural = if replaced == 1 { "" } else { "s" };
                let note = Some(format!("{replaced} NUL character{plural} replaced"));
                return Ok(Self { seq, record, json, note });
            }
        }
        let json = Cow::Borrowed(serde_json::from_str(&delivery.json).map_err(unreadable)?);
        Ok(Self { seq, record: Cow::Borrowed(&delivery.record), json, note: None })
    }

    /// The document's id, and the version.
    pub(super) fn named(&self) -> (&str, i64) {
        (&self.record.id, self.record.version)
    }
}

/// The newest of several versions of what has an id. In order of id: two processes that write the same rows then lock them
/// in the same order, and never wait for each other in a circle.
pub(super) fn newest<T>(all: &[T], named: impl Fn(&T) -> (&str, i64)) -> Vec<&T> {
    let mut newest: BTreeMap<&str, &T> = BTreeMap::new();
    for one in all {
        let (id, version) = named(one);
        let kept = newest.entry(id).or_insert(one);
        if named(kept).1 < version {
            *kept = one;
        }
    }
    newest.into_values().collect()
}

/// Puts U+FFFD for each NUL, which PostgreSQL has no place for, in keys and in strings at any depth; counts them.
pub(super) fn replace_nul(value: &mut Value) -> usize {
    fn in_text(text: &mut String) -> usize {
        let count = text.matches('\0').count();
        if count > 0 {
            *text = text.replace('\0', "\u{FFFD}");
        }
        count
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter_mut().map(replace_nul).sum(),
        Value::Object(members) => {
            let mut count = 0;
            let mut clean = Map::with_capacity(members.len());
            for (mut key, mut member) in std::mem::take(members) {
                count += in_text(&mut key) + replace_nul(&mut member);
                clean.insert(key, member);
            }
            *members = clean;
            count
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn delivery(seq: i64, version: i64, text: &str) -> Delivery {
        let record: Record = serde_json::from_value(json!({
            "schema": crate::model::SCHEMA, "id": "d-1", "revision": 1, "version": version,
            "received_at": "2024-05-01T10:00:00Z", "processed_at": "2024-05-01T10:00:01Z",
            "source": { "name": "news.example" }, "content_hash": "00", "text": text,
            "language": { "tag": "en", "script": "Latn", "confidence": 1.0, "reliable": true, "spans": [] },
            "people": [],
            "provenance": { "nisba": "0", "models": {}, "authority_revision": "", "timings_ms": {} },
        }))
        .expect("a record");
        let json = serde_json::to_string(&record).expect("JSON").into();
        Delivery { seq, record: Arc::new(record), json }
    }

    #[test]
    fn nul_is_replaced_in_keys_and_values_at_any_depth() {
        let mut value = json!({ "a\0": ["\0\0", { "b": "c\0d" }], "e": 1, "f": "\\u0000" });
        assert_eq!(replace_nul(&mut value), 4);
        let clean = json!({ "a\u{FFFD}": ["\u{FFFD}\u{FFFD}", { "b": "c\u{FFFD}d" }], "e": 1, "f": "\\u0000" });
        assert_eq!(value, clean);
        let keys: Vec<&String> = value.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["a\u{FFFD}", "e", "f"]);
        assert_eq!(replace_nul(&mut value), 0);
    }

    #[test]
    fn a_record_with_nul_is_cleaned_and_says_so() {
        let dirty = delivery(1, 1, "a\0b");
        let entry = Entry::new(&dirty).expect("an entry");
        assert_eq!(entry.record.text, "a\u{FFFD}b");
        assert_eq!(entry.note.as_deref(), Some("1 NUL character replaced"));
        assert!(!entry.json.get().contains("u0000"), "{}", entry.json);
    }

    #[test]
    fn a_record_that_only_spells_the_escape_stays_as_it_is() {
        let clean = delivery(1, 1, r"a\u0000b");
        assert!(clean.json.contains(r"\\u0000"));
        let entry = Entry::new(&clean).expect("an entry");
        assert_eq!(entry.record.text, r"a\u0000b");
        assert_eq!(entry.note, None);
        assert_eq!(entry.json.get(), &*clean.json);
        // An escaped backslash, and then a NUL.
        let both = delivery(1, 1, "\\\0");
        assert_eq!(Entry::new(&both).expect("an entry").record.text, "\\\u{FFFD}");
    }

    #[test]
    fn of_several_versions_the_newest_is_kept() {
        let batch = [delivery(1, 1, "a"), delivery(2, 3, "b"), delivery(3, 2, "c"), delivery(4, 3, "b")];
        let entries: Vec<Entry<'_>> = batch.iter().map(|delivery| Entry::new(delivery).expect("an entry")).collect();
        let kept: Vec<i64> = newest(&entries, Entry::named).iter().map(|entry| entry.seq).collect();
        assert_eq!(kept, [2]);
    }
}
