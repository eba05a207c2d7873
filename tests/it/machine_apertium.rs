//! A whole translation by a real engine: Apertium, from Debian's packages.

use std::sync::Arc;

use nisba::config::{Machine, MachineKind};
use nisba::machine::{MachineError, Name, Pair, SystemClock, Translator, provider};

use crate::harness::{Apertium, Nisba, no_tls};

/// Sentences with a name at each place where grammar might carry it off: `{}`.
const ENGLISH: [&str; 24] = [
    "{} met the president {} in Moscow yesterday.",
    "{}'s brother told {} that he would come.",
    "The red house of {} and the big car of {}, {}.",
    "The big red {} house of {}.",
    "{} {} {}",
    "{}, {} and {} signed the treaty.",
    "President {}, who met {}, left.",
    "“{}” said: {}!",
    "({})",
    "{}: {}; {}",
    "I saw the {}-{} talks.",
    "The old {} was with the young {}.",
    "Two {} brothers gave {} three books.",
    "He gave {} a red book and {} a blue one.",
    "Did {} call {}?",
    "{}’s wife, {}’s sister",
    "According to {}, the minister {} will not go.",
    "In 2014 {} had 3 houses and {} had 5.",
    "the 3 {} cars",
    "No {}, no {}",
    "{}... Mr {} is 54 years old [1].",
    "“{}”, wrote {} — a friend of {}.",
    "See ⟦7⟧, said {}.",
    "5 {} books, 6 {} and 7",
];

const SPANISH: [&str; 10] = [
    "{} se reunió con el presidente {} ayer.",
    "La casa roja de {} y el coche grande de {}.",
    "{}, {} y {} firmaron el tratado.",
    "¿Llamó {} a {}?",
    "¡Viva {}!",
    "Los 3 {} libros",
    "La hermana de {} le dio a {} un libro rojo.",
    "Según {}, el ministro {} no irá.",
    "«{}», escribió {}",
    "Se lo dio a {}.",
];

/// Names as they are written in the text, and as they are to be said.
const NAMES: [(&str, &str); 8] = [
    ("İlham Əliyev", "Ilham Aliyev"),
    ("محمد بن سلمان", "Mohamed bin Salmán"),
    ("علی\u{200c}رضا", "Alireza"),
    ("בנימין נתניהו", "Benjamín Netanyahu"),
    ("ილია ჭავჭავაძე", "Iliá Chavchavadze"),
    ("The Rock", "La Roca"),
    ("Nguyễn Phú Trọng", "Nguyễn Phú Trọng"),
    ("Bush 😀", "Bush"),
];

/// A text of these sentences, a paragraph each, with its names.
fn document(sentences: &[&str]) -> (String, Vec<Name>) {
    let (mut text, mut names) = (String::new(), Vec::new());
    let mut next = NAMES.iter().cycle();
    for sentence in sentences {
        for (at, part) in sentence.split("{}").enumerate() {
            if at > 0 {
                let (name, rendering) = next.next().unwrap();
                let start = text.chars().count();
                text.push_str(name);
                names.push(Name { range: start..text.chars().count(), rendering: (*rendering).into() });
            }
            text.push_str(part);
        }
        text.push_str("\n\n");
    }
    (text, names)
}

fn translator(apertium: &Apertium) -> Translator {
    let config = Machine {
        provider: MachineKind::Apertium,
        url: apertium.url.clone(),
        requests_per_second: 0.0,
        ..Machine::default()
    };
    Translator::new(provider(&config, no_tls()).unwrap().unwrap(), &config, Arc::new(SystemClock))
}

#[tokio::test]
async fn apertium_leaves_every_name_where_it_belongs() {
    let apertium = Apertium::start();
    let translator = translator(&apertium);
    for (sentences, from, to) in [(&ENGLISH[..], "en", "es"), (&SPANISH[..], "es", "en")] {
        let (text, names) = document(sentences);
        let translation = translator.translate(&text, from, to, &names).await.unwrap();
        assert_eq!(translation.names.kept, names.len(), "{:?}", translation.names);
        assert!(!translation.text.contains("⟦") || translation.text.matches('⟦').count() == 1);
        let lines = translation.text.split("\n\n").zip(text.split("\n\n"));
        assert_eq!(translation.text.matches("\n\n").count(), text.matches("\n\n").count());
        for (line, original) in lines {
            for (name, rendering) in NAMES {
                assert_eq!(line.matches(rendering).count(), original.matches(name).count(), "{rendering} in {line}");
            }
        }
    }
}

#[tokio::test]
async fn apertium_translates_what_is_around_the_names() {
    let apertium = Apertium::start();
    let translator = translator(&apertium);
    let names = [Name { range: 17..22, rendering: "Pedro Pérez".into() }];
    let translation = translator.translate("The red house of Peter.\nA & B < C", "en-GB", "es", &names).await.unwrap();
    assert!(translation.text.starts_with("La casa roja de Pedro Pérez.\n"), "{}", translation.text);
    assert!(translation.text.contains("& B < C"), "{}", translation.text);
    let again = translator.translate("The red house of Peter.", "en-GB", "es", &names).await.unwrap();
    assert_eq!((again.text.as_str(), again.from_cache, again.characters), ("La casa roja de Pedro Pérez.", 1, 0));
}

#[tokio::test]
async fn a_long_paragraph_comes_back_whole() {
    let apertium = Apertium::start();
    let sentence = "Peter saw the red house. ";
    let names: Vec<Name> =
        (0..200).map(|at| Name { range: at * 25..at * 25 + 5, rendering: format!("Pedro-{at}.") }).collect();
    let translation =
        translator(&apertium).translate(sentence.repeat(200).trim_end(), "en", "es", &names).await.unwrap();
    assert_eq!(translation.names.kept, 200);
    assert!(translation.segments > 4 && translation.text.lines().count() == 1);
    assert_eq!(translation.text.matches("la casa roja.").count(), 200, "{}", translation.text);
    let places: Vec<usize> = (0..200).map(|at| translation.text.find(&format!("Pedro-{at}. ")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[tokio::test]
async fn a_pair_that_is_not_there_is_told() {
    let apertium = Apertium::start();
    let error = translator(&apertium).translate("house", "en", "ka", &[]).await.unwrap_err();
    assert!(matches!(error, MachineError::Pair { .. }) && error.to_string().contains("eng-spa"), "{error}");
    let provider = nisba::machine::Apertium::new(
        &apertium.url,
        nisba::config::Secret::default(),
        no_tls(),
        std::time::Duration::from_secs(5),
    );
    let pairs = provider.unwrap().pairs().await.unwrap();
    assert!(pairs.contains(&Pair { from: "eng".into(), to: "spa".into() }), "{pairs:?}");
}

#[tokio::test]
async fn a_record_is_translated_with_its_people_named_as_the_language_names_them() {
    let apertium = Apertium::start();
    let environment = [
        ("NISBA_MACHINE_PROVIDER", "apertium"),
        ("NISBA_MACHINE_URL", apertium.url.as_str()),
        ("NISBA_MACHINE_CHARACTERS_PER_DAY", "400"),
    ];
    let nisba = Nisba::with("", &environment).await;
    let text = "The president of Azerbaijan, Ilham Aliyev, met the president of Russia in Baku. Vladimir Putin and Aliyev spoke of gas.";
    let record = nisba
        .record(&serde_json::json!({"url": "https://a.example/1", "title": "Ilham Aliyev in Baku", "text": text}))
        .await;
    let path = format!("{}/v1/records/{}/translate", nisba.base, record["id"].as_str().unwrap());
    let translate = async |to: &str| {
        let answer = nisba.client.post(format!("{path}?to={to}")).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let (status, answer) = translate("es").await;
    assert_eq!((status, &answer["machine"]), (200, &true.into()), "{answer}");
    let spanish = answer["text"]["text"].as_str().unwrap();
    assert!(
        spanish.contains("presidente") && spanish.contains("Ilham Aliyev") && spanish.contains("Vladimir Putin"),
        "{answer}"
    );
    assert!(answer["text"]["names"]["kept"].as_u64().unwrap() >= 3, "{answer}");
    let sent = answer["text"]["characters"].as_u64().unwrap();
    let (_, again) = translate("es").await;
    assert_eq!((&again["text"]["text"], &again["text"]["characters"]), (&answer["text"]["text"], &0.into()), "{again}");
    assert!(sent > 0);
    let (status, problem) = translate("ka").await;
    assert_eq!((status, &problem["field"]), (422, &"to".into()), "{problem}");
    // What was paid for, and how much it was, outlives the service.
    let long = format!("{} {text} {text} {text}", "Something else was said too.");
    let other = nisba.record(&serde_json::json!({"url": "https://a.example/2", "text": long})).await;
    let path = format!("{}/v1/records/{}/translate?to=es", nisba.base, other["id"].as_str().unwrap());
    let answer = nisba.client.post(path).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("budget"));
    let (_, unchanged) = nisba.get(&format!("/v1/records/{}", record["id"].as_str().unwrap())).await;
    assert_eq!(unchanged["version"], 1);
}

#[tokio::test]
async fn translation_is_off_until_somebody_names_a_provider() {
    let nisba = Nisba::start().await;
    let record = nisba.record(&serde_json::json!({"text": "President Ilham Aliyev was in Baku."})).await;
    let path = format!("{}/v1/records/{}/translate?to=es", nisba.base, record["id"].as_str().unwrap());
    let answer = nisba.client.post(path).send().await.unwrap();
    assert_eq!(answer.status(), 409);
    assert!(answer.text().await.unwrap().contains("machine.provider"));
}
