//! Translations in memory, bounded by bytes; what was not used for longest goes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

/// What an entry takes beside its text: key, counters and its places in two maps, about.
const OVERHEAD: usize = 160;

/// Changes when requests are put in other words, so that no store answers with what came of the old ones.
const FORM: &str = "1";

/// Names a translation: a hash of provider, languages and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// For a text, as it is sent to the provider of this identity.
    pub fn new(identity: &str, from: &str, to: &str, text: &str) -> Key {
        let mut hasher = blake3::Hasher::new();
        for part in [FORM, identity, from, to, text] {
            // The length keeps neighbours from running together.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Key(*hasher.finalize().as_bytes())
    }

    /// The hash, for a store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

struct Entry {
    text: Arc<str>,
    used: u64,
}

/// A cache of translated segments.
pub struct Cache {
    entries: FxHashMap<Key, Entry>,
    /// Keys by when they were used last.
    order: BTreeMap<u64, Key>,
    bytes: usize,
    most: usize,
    uses: u64,
}

impl Cache {
    /// That takes so many bytes at most; 0 keeps nothing.
    pub fn new(most: usize) -> Cache {
        Cache { entries: FxHashMap::default(), order: BTreeMap::new(), bytes: 0, most, uses: 0 }
    }

    /// The translation, which counts as used now.
    pub fn get(&mut self, key: &Key) -> Option<Arc<str>> {
        let entry = self.entries.get_mut(key)?;
        self.order.remove(&entry.used);
        self.uses += 1;
        entry.used = self.uses;
        self.order.insert(self.uses, *key);
        Some(entry.text.clone())
    }

    /// Keeps a translation, and drops others where room is needed. One that is larger than the whole cache is not kept.
    pub fn put(&mut self, key: Key, text: &str) {
        self.remove(&key);
        let size = text.len() + OVERHEAD;
        if size > self.most {
            return;
        }
        while self.bytes + size > self.most {
            let Some((_, oldest)) = self.order.first_key_value().map(|(used, key)| (*used, *key)) else { break };
            self.remove(&oldest);
        }
        self.uses += 1;
        self.order.insert(self.uses, key);
        self.entries.insert(key, Entry { text: text.into(), used: self.uses });
        self.bytes += size;
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
            self.bytes -= entry.text.len() + OVERHEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new("deepl", "ru", "en", text)
    }

    #[test]
    fn everything_in_a_key_counts() {
        let keys = [
            Key::new("a", "ru", "en", "x"),
            Key::new("b", "ru", "en", "x"),
            Key::new("a", "uk", "en", "x"),
            Key::new("a", "ru", "de", "x"),
            Key::new("a", "ru", "en", "y"),
            Key::new("ar", "u", "en", "x"),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(!keys[at + 1..].contains(one), "{at}");
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut cache = Cache::new(3 * (OVERHEAD + 1));
        for text in ["1", "2", "3"] {
            cache.put(key(text), text);
        }
        assert_eq!(cache.get(&key("1")).as_deref(), Some("1"));
        cache.put(key("4"), "4");
        assert_eq!(cache.get(&key("2")), None);
        for text in ["1", "3", "4"] {
            assert_eq!(cache.get(&key(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn its_bytes_are_bounded() {
        let mut cache = Cache::new(1_000);
        for number in 0..50 {
            cache.put(key(&number.to_string()), &"ж".repeat(number));
            assert!(cache.bytes <= 1_000 && cache.bytes > 0);
        }
        cache.put(key("long"), &"ж".repeat(1_000));
        assert_eq!(cache.get(&key("long")), None);
        cache.put(key("49"), "new");
        assert_eq!(cache.get(&key("49")).as_deref(), Some("new"));
        let mut none = Cache::new(0);
        none.put(key("a"), "");
        assert_eq!((none.get(&key("a")), none.bytes), (None, 0));
    }
}
