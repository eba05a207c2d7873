//! Who gets in: nobody needs a key on loopback; beyond it nobody gets in without.

use std::time::Duration;

use crate::harness::{Nisba, document, nisba, wait_for};

const KEYS: &str = "scraper ingest scraper-secret-0001; desk read sha256:8b2a5a5cbc4ef5f1e6e2ac1d6b7d3f6c3a4a4c6f3d9a0a2f0c3c8f4a9a1b2c3d; chief admin chief-secret-00001";

#[tokio::test]
async fn keys_open_what_their_scopes_say() {
    let nisba = Nisba::with("", &[("NISBA_AUTH_KEYS", KEYS)]).await;
    let status = |method: reqwest::Method, path: &str, key: Option<&str>| {
        let mut request = nisba.client.request(method.clone(), format!("{}{path}", nisba.base));
        if method == reqwest::Method::POST {
            request = request.json(&document(1));
        }
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let (get, post) = (reqwest::Method::GET, reqwest::Method::POST);
    for path in ["/livez", "/readyz", "/health"] {
        assert_eq!(status(get.clone(), path, None).await, 200, "{path}");
    }
    assert_eq!(status(post.clone(), "/v1/documents", None).await, 401);
    assert_eq!(status(post.clone(), "/v1/documents", Some("scraper-secret-0002")).await, 401);
    assert_eq!(status(post.clone(), "/v1/documents", Some("scraper-secret-0001")).await, 202);
    assert_eq!(status(get.clone(), "/v1/records", Some("scraper-secret-0001")).await, 403);
    assert_eq!(status(get.clone(), "/v1/dead-letters", Some("scraper-secret-0001")).await, 403);
    assert_eq!(status(get, "/v1/dead-letters", Some("chief-secret-00001")).await, 200);
    assert!(!nisba.log().contains("secret-0001"));
    // However the path is spelled, the router and the guard read it alike.
    for path in ["/%761/dead-letters", "/v1/dead%2Dletters", "/v1/%64ead-letters", "/v1/records/%2e%2e", "/no/such"] {
        assert_eq!(status(reqwest::Method::GET, path, None).await, 401, "{path}");
    }
    for path in ["/%761/dead-letters", "/v1/dead%2Dletters"] {
        assert_eq!(status(reqwest::Method::DELETE, path, Some("scraper-secret-0001")).await, 403, "{path}");
    }
}

#[test]
fn beyond_loopback_it_does_not_start_without_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = nisba();
    command.args(["serve", "--bind", "0.0.0.0:0", "--data"]).arg(dir.path());
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("NISBA_AUTH_KEYS"), "{message}");
    let mut child = command.env("NISBA_AUTH_KEYS", KEYS).stderr(std::process::Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().unwrap().is_none(), "with a key it starts");
    crate::harness::signal("TERM", child.id());
    assert!(wait_for(&mut child, Duration::from_secs(30)).success());
}
