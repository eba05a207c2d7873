//! Webhooks: signed batches, retried, never redirected; what is refused for good becomes a dead letter.

use std::collections::HashSet;
use std::time::Duration;

use crate::harness::{Nisba, Receiver, document, eventually, nisba};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn config(receiver: &Receiver) -> String {
    format!(
        "[sinks.alerts]\nkind = \"webhook\"\nurl = \"{}\"\nsecret = \"{SECRET}\"\nmax_backoff = \"1s\"\nbatch = 8\n",
        receiver.url
    )
}

#[tokio::test]
async fn requests_are_signed_and_tried_again() {
    let receiver = Receiver::start(|_, before| match before {
        0 => (503, vec![("Retry-After", "1".into())]),
        1 => (302, vec![("Location", "http://127.0.0.1:1/elsewhere".into())]),
        _ => (200, Vec::new()),
    });
    let nisba = Nisba::with(&config(&receiver), &[]).await;
    for number in 0..20 {
        nisba.record(&document(number)).await;
    }
    nisba.drained().await;
    let accepted: HashSet<String> = receiver.accepted().into_iter().collect();
    assert_eq!(accepted.len(), 20);
    let verifier = standardwebhooks::Webhook::new(SECRET).unwrap();
    for request in receiver.received() {
        let mut headers = actix_web::http::header::HeaderMap::new();
        let mut plain = Vec::new();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let value = request.header(name).unwrap_or_else(|| panic!("{name} is missing"));
            plain.push((name, value.to_owned()));
            headers.insert(
                actix_web::http::header::HeaderName::from_static(name),
                actix_web::http::header::HeaderValue::from_str(value).unwrap(),
            );
        }
        let signed = verifier.sign(&plain[0].1, plain[1].1.parse().unwrap(), request.body.as_bytes()).unwrap();
        assert_eq!(signed, plain[2].1);
    }
}

#[tokio::test]
async fn a_record_that_is_refused_becomes_a_dead_letter_and_can_be_tried_again() {
    let refuse = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let refusing = refuse.clone();
    let receiver = Receiver::start(move |body, _| {
        let bad = body.contains("Meeting number 3") && refusing.load(std::sync::atomic::Ordering::SeqCst);
        (if bad { 422 } else { 200 }, Vec::new())
    });
    let service = Nisba::with(&config(&receiver), &[]).await;
    for number in 0..10 {
        service.record(&document(number)).await;
    }
    service.drained().await;
    let accepted: HashSet<String> = receiver.accepted().into_iter().collect();
    assert_eq!(accepted.len(), 9);
    let command = |arguments: &[&str]| {
        let mut command = nisba();
        command
            .arg("dead-letters")
            .env("NISBA_STORE_DIR", &service.dir)
            .env("NISBA_SERVER_BIND", format!("127.0.0.1:{}", service.port));
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let list = command(&["list"]);
    // The service is asked too where its data is on another machine.
    assert_eq!(command(&["--data", "/nowhere/at/all", "list"]), list);
    assert!(list.lines().count() == 1 && list.contains("alerts") && list.contains("422"), "{list}");
    let id = list.split('\t').next().unwrap();
    assert!(command(&["show", id]).contains("\"stage\": \"deliver\""));
    refuse.store(false, std::sync::atomic::Ordering::SeqCst);
    command(&["retry", id]);
    eventually("the tenth arrives", Duration::from_secs(20), || async {
        receiver.accepted().into_iter().collect::<HashSet<_>>().len() == 10
    })
    .await;
    assert_eq!(command(&["list"]), "");
}
