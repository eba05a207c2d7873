//! The lines of authorities in the formats that people have them in, each to an [`Entry`].
//!
//! * [FollowTheMoney](https://followthemoney.tech/docs/): entities as OpenSanctions publishes them; persons alone.
//! * [Wikidata](https://www.wikidata.org/wiki/Help:Data_model): items as the JSON dumps have them, or simplified to
//!   `{"id", "labels": {LANGUAGE: NAME}, "aliases": {LANGUAGE: [NAME, …]}}`.
//! * Plain: `{"id", "names": […]}`, with the other fields of an [`Entry`] where they are known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::Entry;

/// What a line is.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    Person(Box<Entry>),
    /// Something else that the format has: a company, a town.
    Other,
}

/// Reads a line of JSON in any of the formats.
///
/// ```
/// use nisba::people::{Line, read_line};
/// let ftm = r#"{"id": "NK-1", "schema": "Person", "properties": {"name": ["Ilham Aliyev"], "nationality": ["az"]}}"#;
/// let Ok(Line::Person(person)) = read_line(ftm) else { panic!() };
/// assert_eq!((person.id.as_str(), person.countries.len()), ("NK-1", 1));
/// assert_eq!(read_line(r#"{"id": "NK-2", "schema": "Company", "properties": {}}"#), Ok(Line::Other));
/// assert!(read_line(r#"{"names": ["nobody"]}"#).is_err());
/// ```
///
/// # Errors
/// Why the line is none of them.
pub fn read_line(line: &str) -> Result<Line, String> {
    let value: Value = serde_json::from_str(line).map_err(|e| format!("no JSON: {e}"))?;
    if !value.is_object() {
        return Err("no person: not an object, as {\"id\": …, \"names\": […]} is".into());
    }
    let entry = if value.get("schema").is_some() {
        let entity: Entity = serde_json::from_value(value).map_err(|e| format!("no FollowTheMoney entity: {e}"))?;
        match entity.schema.as_str() {
            "Person" => entity.into_entry(),
            _ => return Ok(Line::Other),
        }
    } else if value.get("labels").is_some() || value.get("claims").is_some() {
        let item: Item = serde_json::from_value(value).map_err(|e| format!("no Wikidata item: {e}"))?;
        if !item.is_person() {
            return Ok(Line::Other);
        }
        item.into_entry()
    } else {
        let plain: Plain = serde_json::from_value(value).map_err(|e| format!("no person: {e}"))?;
        plain.into_entry()
    };
    entry.tidied().map(|entry| Line::Person(Box::new(entry)))
}

/// A plain line: an [`Entry`] that may lack its shown name, and may have more that nobody asks for.
#[derive(Deserialize)]
struct Plain {
    id: Text,
    #[serde(default)]
    name: String,
    #[serde(default)]
    names: Texts,
    #[serde(default)]
    weak: Texts,
    gender: Option<String>,
    birth_date: Option<Text>,
    death_date: Option<Text>,
    #[serde(default)]
    countries: Texts,
    #[serde(default)]
    positions: Texts,
    #[serde(default)]
    same_as: Texts,
}

/// A text, or a number that stands for one: an id, a year.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Number(serde_json::Number),
}

impl Text {
    fn text(self) -> String {
        match self {
            Text::Text(text) => text,
            Text::Number(number) => number.to_string(),
        }
    }
}

/// One text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Texts {
        Texts::Many(Vec::new())
    }
}

impl Texts {
    fn all(self) -> Vec<String> {
        match self {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

impl Plain {
    fn into_entry(self) -> Entry {
        Entry {
            id: self.id.text(),
            name: self.name,
            names: self.names.all(),
            weak: self.weak.all(),
            gender: self.gender.as_deref().and_then(gender),
            birth_date: self.birth_date.map(Text::text),
            death_date: self.death_date.map(Text::text),
            countries: self.countries.all().iter().filter_map(|c| country(c)).collect(),
            positions: self.positions.all(),
            same_as: self.same_as.all(),
        }
    }
}

/// A FollowTheMoney entity.
#[derive(Deserialize)]
struct Entity {
    id: String,
    schema: String,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    properties: BTreeMap<String, Values>,
}

/// The values of a property: a list, by the standard; one alone, as some write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    Many(Vec<Value>),
    One(Value),
}

impl Values {
    fn iter(&self) -> std::slice::Iter<'_, Value> {
        match self {
            Values::Many(values) => values.iter(),
            Values::One(value) => std::slice::from_ref(value).iter(),
        }
    }
}

impl Entity {
    fn into_entry(self) -> Entry {
        // Nested entities, as of addresses, are no strings.
        let all = |keys: &[&str]| -> Vec<String> {
            let values = keys.iter().filter_map(|key| self.properties.get(*key)).flat_map(Values::iter);
            values.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let parts = || {
            let one = |key| all(&[key]).into_iter().next();
            let (first, last) = (one("firstName"), one("lastName"));
            first.zip(last).map(|(first, last)| format!("{first} {last}"))
        };
        let mut names = all(&["name", "alias", "previousName"]);
        if names.is_empty() {
            names.extend(parts());
        }
        // Of several dates the most exact one: they sort by what they begin with.
        let date = |key| all(&[key]).into_iter().max_by_key(String::len);
        let same_as = all(&["wikidataId"]).into_iter().map(|id| format!("wikidata:{id}")).collect();
        let caption = if names.contains(&self.caption) { self.caption.clone() } else { String::new() };
        Entry {
            name: caption,
            weak: all(&["weakAlias"]),
            gender: all(&["gender"]).iter().find_map(|g| gender(g)),
            birth_date: date("birthDate"),
            death_date: date("deathDate"),
            countries: countries(&all(&["nationality", "citizenship", "country"])),
            positions: all(&["position"]),
            same_as,
            names,
            id: self.id.clone(),
        }
    }
}

/// A Wikidata item.
#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(default)]
    labels: BTreeMap<String, Said>,
    #[serde(default)]
    aliases: BTreeMap<String, Vec<Said>>,
    #[serde(default)]
    claims: BTreeMap<String, Vec<Value>>,
}

/// A text of an item: alone, or with its language.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Plain(String),
    InLanguage { value: String },
}

impl Said {
    fn text(&self) -> String {
        match self {
            Said::Plain(text) | Said::InLanguage { value: text } => text.clone(),
        }
    }
}

/// Countries of Wikidata, by their items.
static COUNTRIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../data/authority/countries.toml"))
        .unwrap_or_else(|e| panic!("data/authority/countries.toml: {e}"))
});

impl Item {
    /// Whether it is a human being, as far as it says what it is.
    fn is_person(&self) -> bool {
        let kinds = self.values("P31");
        kinds.is_empty() || kinds.iter().any(|kind| kind == "Q5")
    }

    /// What a claim says: ids of items, or times; claims that were found to be wrong are left out.
    fn values(&self, property: &str) -> Vec<String> {
        let said = |claim: &Value| {
            if claim["rank"] == "deprecated" {
                return None;
            }
            let value = match &claim["mainsnak"]["datavalue"]["value"] {
                Value::Null => claim,
                value => value,
            };
            let text = value.as_str().or_else(|| value["id"].as_str()).or_else(|| value["time"].as_str());
            text.map(str::to_owned)
        };
        self.claims.get(property).into_iter().flatten().filter_map(said).collect()
    }

    fn into_entry(self) -> Entry {
        let shown = ["en", "mul"].iter().find_map(|tag| self.labels.get(*tag)).map(Said::text).unwrap_or_default();
        let labels = self.labels.values().map(Said::text);
        let aliases = self.aliases.values().flatten().map(Said::text);
        let genders = self.values("P21");
        let gender = genders.iter().find_map(|item| match item.as_str() {
            "Q6581097" | "male" => Some("m".to_owned()),
            "Q6581072" | "female" => Some("f".to_owned()),
            _ => None,
        });
        // +1961-12-24T00:00:00Z; a month or day of 00 is not known.
        let date = |property| {
            let time = self.values(property).into_iter().next()?;
            let day = time.trim_start_matches('+').split('T').next()?.to_owned();
            Some(day.trim_end_matches("-00").to_owned())
        };
        let code = |item: &String| COUNTRIES.get(item).cloned().or_else(|| country(item));
        Entry {
            name: shown,
            // An alias of one word names nobody without a context.
            weak: aliases.clone().filter(|alias| !alias.trim().contains(char::is_whitespace)).collect(),
            names: labels.chain(aliases.filter(|alias| alias.trim().contains(char::is_whitespace))).collect(),
            gender,
            birth_date: date("P569"),
            death_date: date("P570"),
            countries: self.values("P27").iter().filter_map(code).collect(),
            positions: Vec::new(),
            same_as: Vec::new(),
            id: self.id.clone(),
        }
    }
}

/// `m`, `f`; `None` for what is neither, or not known.
pub(super) fn gender(said: &str) -> Option<String> {
    match said.to_ascii_lowercase().as_str() {
        "m" | "male" => Some("m".into()),
        "f" | "female" => Some("f".into()),
        _ => None,
    }
}

/// A code of two letters, in lower case.
pub(super) fn country(said: &str) -> Option<String> {
    let code = said.trim().to_ascii_lowercase();
    (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase())).then_some(code)
}

/// Codes, each once.
pub(super) fn countries(said: &[String]) -> Vec<String> {
    let mut codes: Vec<String> = said.iter().filter_map(|c| country(c)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(line: &str) -> Entry {
        match read_line(line) {
            Ok(Line::Person(entry)) => *entry,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_person_of_opensanctions() {
        let entry = person(
            r#"{"id":"Q57542","caption":"Ilham Aliyev","schema":"Person","properties":{
                "name":["Ilham Aliyev","Ильхам Алиев"],"alias":["İlham Əliyev"],"weakAlias":["Ilham"],
                "birthDate":["1961","1961-12-24"],"nationality":["az"],"country":["az","AZ"],"gender":["male"],
                "position":["President of Azerbaijan"],"wikidataId":["Q57542"],"addressEntity":[{"id":"addr-1"}]}}"#,
        );
        assert_eq!(entry.name, "Ilham Aliyev");
        assert_eq!(entry.names, ["Ilham Aliyev", "Ильхам Алиев", "İlham Əliyev"]);
        assert_eq!((entry.weak, entry.birth_date), (vec!["Ilham".to_owned()], Some("1961-12-24".to_owned())));
        assert_eq!((entry.countries, entry.gender), (vec!["az".to_owned()], Some("m".to_owned())));
        assert_eq!(entry.same_as, ["wikidata:Q57542"]);
    }

    #[test]
    fn an_item_of_wikidata() {
        let dumped = person(
            r#"{"id":"Q57542","type":"item","labels":{"en":{"language":"en","value":"Ilham Aliyev"},
                "ru":{"language":"ru","value":"Ильхам Алиев"}},"aliases":{"en":[{"language":"en","value":"Ilham Aliev"},
                {"language":"en","value":"Ilham"}]},"claims":{"P31":[{"mainsnak":{"datavalue":{"value":{"id":"Q5"}}}}],
                "P569":[{"mainsnak":{"datavalue":{"value":{"time":"+1961-12-24T00:00:00Z"}}}}],
                "P27":[{"mainsnak":{"datavalue":{"value":{"id":"Q227"}}}}]}}"#,
        );
        assert_eq!((dumped.name.as_str(), dumped.names.len()), ("Ilham Aliyev", 3));
        assert_eq!((dumped.weak, dumped.birth_date), (vec!["Ilham".to_owned()], Some("1961-12-24".to_owned())));
        assert_eq!(dumped.countries, ["az"]);
        let simple = person(r#"{"id":"Q1","labels":{"fa":"الهام علی‌اف"},"claims":{"P569":["+1961-00-00T00:00:00Z"]}}"#);
        assert_eq!((simple.name.as_str(), simple.birth_date.as_deref()), ("الهام علی‌اف", Some("1961")));
        let town = r#"{"id":"Q9248","labels":{"en":"Baku"},"claims":{"P31":["Q515"]}}"#;
        assert_eq!(read_line(town), Ok(Line::Other));
    }

    #[test]
    fn what_is_no_person_says_why() {
        for (line, why) in [
            ("{", "no JSON"),
            ("[1]", "no person"),
            (r#"{"id":"a b","names":["X Y"]}"#, "is no id"),
            (r#"{"id":"a","names":[" ","12"]}"#, "no name"),
            (r#"{"id":"a","schema":"Person","properties":3}"#, "no FollowTheMoney entity"),
        ] {
            assert!(read_line(line).is_err_and(|e| e.contains(why)), "{line}: {:?}", read_line(line));
        }
    }

    #[test]
    fn one_value_alone_and_numbers_are_taken_and_dates_that_are_none_are_left_out() {
        let entry =
            person(r#"{"id":3,"names":"Nurlan Aghayev","birth_date":1961,"death_date":"31/12/1999","countries":"az"}"#);
        assert_eq!((entry.id.as_str(), entry.name.as_str()), ("3", "Nurlan Aghayev"));
        assert_eq!((entry.birth_date.as_deref(), entry.death_date, entry.countries.len()), (Some("1961"), None, 1));
        let entry =
            person(r#"{"id":"a","schema":"Person","properties":{"name":"Nurlan Aghayev","birthDate":["1960-13-45"]}}"#);
        assert_eq!((entry.name.as_str(), entry.birth_date.as_deref()), ("Nurlan Aghayev", Some("1960")));
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in r#"\{("(id|schema|names|labels|claims|properties)":("x"|1|null|\[\]|\{\}|\["a b"\]),?){0,5}\}"#) {
            let _ = read_line(&line);
        }
    }
}
