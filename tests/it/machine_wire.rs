//! What is said to each provider, and what is made of its answers. The answers follow the providers' own schemas:
//!
//! - LibreTranslate 1.9.6, `libretranslate/app.py`, the description of `/translate`
//! - DeepL API 3.11.0, `openapi.yaml`, `/v2/translate`
//! - Apertium APY 0.11.7, recorded from Debian 12's package with apertium-eng-spa 0.8.1
//! - OpenAI API 2.3.0, `openapi.yaml`, `CreateChatCompletionResponse`

use std::sync::Arc;
use std::time::Duration;

use nisba::config::{Machine, MachineKind, Secret, Span};
use nisba::machine::{MachineError, MachineTranslation, Name, SystemClock, Translator};
use serde_json::json;

use crate::harness::{Answer, Recorded, no_tls};

const TEXT: &str = "Путин & «Шольц» встретились.\n\n2021\n\nДа, Путин.";

fn names() -> Vec<Name> {
    let name = |start: usize, end, rendering: &str| Name { range: start..end, rendering: rendering.into() };
    vec![name(0, 5, "Putin"), name(9, 14, "Scholz"), name(40, 45, "Putin")]
}

fn config(kind: MachineKind, server: &Recorded) -> Machine {
    Machine {
        provider: kind,
        url: server.url.clone(),
        api_key: Secret::new("hunter2"),
        requests_per_second: 0.0,
        timeout: Span(Duration::from_millis(500)),
        ..Machine::default()
    }
}

fn translator(config: &Machine) -> Translator {
    let provider = nisba::machine::provider(config, no_tls()).unwrap().unwrap();
    Translator::new(provider, config, Arc::new(SystemClock))
}

async fn translated(kind: MachineKind, server: &Recorded) -> Result<MachineTranslation, MachineError> {
    let mut config = config(kind, server);
    if kind == MachineKind::OpenAi {
        config.model = "gpt-4o-mini".into();
    }
    assert_eq!(config.validate(), Ok(()));
    translator(&config).translate(TEXT, "ru", "en", &names()).await
}

#[tokio::test]
async fn libretranslate_gets_html_and_leaves_the_spans() {
    // LibreTranslate resolves references in its answers to HTML, though they are HTML.
    let body = json!({"translatedText": [
        "<span translate=\"no\" id=\"0\">Putin</span> & «<span translate=\"no\" id=\"1\">Scholz</span>» met.",
        "Yes, <span translate=\"no\" id=\"0\">Putin</span>.",
    ]});
    let server = Recorded::start(vec![Answer::new(200, body.to_string())]);
    let translation = translated(MachineKind::LibreTranslate, &server).await.unwrap();
    assert_eq!(translation.text, "Putin & «Scholz» met.\n\n2021\n\nYes, Putin.");
    assert_eq!((translation.names.kept, translation.provider.as_str()), (3, "libretranslate"));
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.line, "POST /translate");
    let sent = json!({
        "q": [
            "<span translate=\"no\" id=\"0\">Putin</span> &amp; «<span translate=\"no\" id=\"1\">Scholz</span>» встретились.",
            "Да, <span translate=\"no\" id=\"0\">Putin</span>.",
        ],
        "source": "ru", "target": "en", "format": "html", "api_key": "hunter2",
    });
    assert_eq!(asked.json(), sent);
}

#[tokio::test]
async fn deepl_gets_xml_and_ignores_the_tags() {
    let translation =
        |text: &str| json!({"detected_source_language": "RU", "text": text, "tag_handling_version": "v2"});
    let body = json!({"translations": [
        translation("<x id=\"0\">Putin</x> &amp; “<x id=\"1\">Scholz</x>” met."),
        translation("Yes, <x id=\"0\">Putin</x>."),
    ]});
    let server = Recorded::start(vec![Answer::new(200, body.to_string())]);
    let translation = translated(MachineKind::DeepL, &server).await.unwrap();
    assert_eq!(translation.text, "Putin & “Scholz” met.\n\n2021\n\nYes, Putin.");
    assert_eq!(translation.names.kept, 3);
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.line, "POST /v2/translate");
    assert_eq!(asked.header("authorization"), Some("DeepL-Auth-Key hunter2"));
    let sent = json!({
        "text": ["<x id=\"0\">Putin</x> &amp; «<x id=\"1\">Scholz</x>» встретились.", "Да, <x id=\"0\">Putin</x>."],
        "source_lang": "RU", "target_lang": "EN-US",
        "tag_handling": "xml", "tag_handling_version": "v2", "ignore_tags": ["x"], "preserve_formatting": true,
    });
    assert_eq!(asked.json(), sent);
}

#[tokio::test]
async fn apertium_gets_one_segment_a_request() {
    let body = |text: &str| {
        let answer = json!({"responseData": {"translatedText": text}, "responseDetails": null, "responseStatus": 200});
        Answer::new(200, answer.to_string())
    };
    let server = Recorded::start(vec![body("⟦0⟧ & «⟦1⟧» #meet."), body("Yes, ⟦0⟧.")]);
    let translation = translated(MachineKind::Apertium, &server).await.unwrap();
    assert_eq!(translation.text, "Putin & «Scholz» meet.\n\n2021\n\nYes, Putin.");
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines, ["POST /translate", "POST /translate"]);
    assert_eq!(asked[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(&asked[1].body).unwrap();
    let wanted =
        [("langpair", "rus|eng"), ("q", "Да, ⟦0⟧."), ("markUnknown", "no"), ("format", "txt"), ("key", "hunter2")];
    assert_eq!(fields, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn apertium_says_which_pairs_there_are() {
    let refused =
        r#"{"status": "error", "code": 400, "message": "Bad Request", "explanation": "That pair is not installed"}"#;
    let pairs = json!({
        "responseData": [{"sourceLanguage": "spa", "targetLanguage": "eng"}, {"sourceLanguage": "eng", "targetLanguage": "spa"}],
        "responseDetails": null, "responseStatus": 200,
    });
    let server = Recorded::start(vec![Answer::new(400, refused), Answer::new(200, pairs.to_string())]);
    let error = translated(MachineKind::Apertium, &server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "apertium does not translate from rus to eng; the server has eng-spa, spa-eng; install the pair there"
    );
    assert_eq!(server.asked()[1].line, "GET /listPairs");
}

/// An answer of a model, around what it says.
fn completion(content: &str) -> String {
    json!({
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
        "object": "chat.completion",
        "created": 1741570283,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": content, "refusal": null, "annotations": []},
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": {"prompt_tokens": 117, "completion_tokens": 46, "total_tokens": 163},
        "service_tier": "default",
    })
    .to_string()
}

#[tokio::test]
async fn a_model_gets_json_and_its_damage_is_repaired() {
    let said = json!({"translations": ["[N0] & «⟦N1⟧» met.", "Yes, ⟦ n0 ⟧."]});
    let server = Recorded::start(vec![Answer::new(200, completion(&said.to_string()))]);
    let translation = translated(MachineKind::OpenAi, &server).await.unwrap();
    assert_eq!(translation.text, "Putin & «Scholz» met.\n\n2021\n\nYes, Putin.");
    assert_eq!((translation.names.kept, translation.names.repaired.len()), (1, 2));
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.line, "POST /v1/chat/completions");
    assert_eq!(asked.header("authorization"), Some("Bearer hunter2"));
    let sent = asked.json();
    assert_eq!((&sent["model"], &sent["temperature"]), (&json!("gpt-4o-mini"), &json!(0)));
    assert_eq!(sent["response_format"], json!({"type": "json_object"}));
    let order: serde_json::Value = serde_json::from_str(sent["messages"][1]["content"].as_str().unwrap()).unwrap();
    assert_eq!(order, json!({"from": "ru", "to": "en", "segments": ["⟦N0⟧ & «⟦N1⟧» встретились.", "Да, ⟦N0⟧."]}));
}

#[tokio::test]
async fn a_model_that_miscounts_is_not_believed() {
    let said = json!({"translations": ["Putin and Scholz met. Yes, Putin."]});
    let server = Recorded::start(vec![Answer::new(200, completion(&said.to_string()))]);
    let error = translated(MachineKind::OpenAi, &server).await.unwrap_err();
    assert!(error.to_string().contains("1 texts came back for 2"), "{error}");
}

#[tokio::test]
async fn haste_passes_and_refusals_do_not() {
    let answer = json!({"translations": [
        {"detected_source_language": "RU", "text": "<x id=\"0\"/> and <x id=\"1\"/>"},
        {"detected_source_language": "RU", "text": "<x id=\"0\"/>"},
    ]});
    let hasty = Answer::new(429, r#"{"message":"Too many requests"}"#).with("retry-after", "1");
    let server = Recorded::start(vec![hasty, Answer::new(200, answer.to_string())]);
    let started = std::time::Instant::now();
    assert_eq!(translated(MachineKind::DeepL, &server).await.unwrap().names.repaired.len(), 3);
    assert!(started.elapsed() >= Duration::from_secs(1));
    let refusals = [
        (MachineKind::DeepL, 456, r#"{"message":"Quota exceeded"}"#, "Quota exceeded"),
        (MachineKind::DeepL, 403, "", "see whether machine.api_key is right"),
        (MachineKind::LibreTranslate, 400, r#"{"error":"ru is not supported"}"#, "ru is not supported"),
        (
            MachineKind::OpenAi,
            401,
            r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            "Incorrect API key provided",
        ),
    ];
    for (kind, status, body, said) in refusals {
        let server = Recorded::start(vec![Answer::new(status, body)]);
        let error = translated(kind, &server).await.unwrap_err();
        assert!(matches!(error, MachineError::Refused { .. }) && error.to_string().contains(said), "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(server.asked().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told_apart() {
    let page = Recorded::start(vec![Answer::new(200, "<html>Please log in</html>")]);
    assert!(matches!(translated(MachineKind::DeepL, &page).await, Err(MachineError::Answer { .. })));
    let moved = Recorded::start(vec![Answer::new(302, "").with("location", "https://example.org/")]);
    let error = translated(MachineKind::DeepL, &moved).await.unwrap_err().to_string();
    assert!(error.contains("redirects are not followed"), "{error}");
    let provider = |url: &str| {
        let config = Machine { url: url.into(), ..config(MachineKind::DeepL, &page) };
        nisba::machine::provider(&config, no_tls()).unwrap().unwrap()
    };
    let slow = Recorded::start(vec![Answer::new(200, "{}").after(Duration::from_secs(5))]);
    let segments = ["ж".to_owned()];
    let request = nisba::machine::Request { from: "ru", to: "en", segments: &segments };
    assert!(matches!(provider(&slow.url).translate(request).await, Err(MachineError::TimedOut { .. })));
    let nobody = provider("http://127.0.0.1:9").translate(request).await.unwrap_err();
    assert!(nobody.is_passing() && !nobody.to_string().contains("127.0.0.1"), "{nobody}");
}
