//! Health checks and metrics say how it is.

use crate::harness::{Nisba, document, free_port, nisba};

#[tokio::test]
async fn health_and_metrics_say_how_it_is() {
    let service = Nisba::start().await;
    service.record(&document(1)).await;
    service.drained().await;
    let (_, ready) = service.get("/readyz").await;
    for check in ["store", "pipeline", "backlog"] {
        assert_eq!(ready["checks"][check]["status"], "ok", "{ready}");
    }
    let (_, health) = service.get("/health").await;
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(health["sinks"][0]["kind"], "jsonl");
    let metrics = service.client.get(format!("{}/metrics", service.base)).send().await.unwrap().text().await.unwrap();
    for line in [
        "nisba_documents_total{result=\"done\",language=\"en\"} 1",
        "nisba_stage_seconds_count{stage=\"people\"} 1",
        "nisba_deliveries_total{sink=\"records\",result=\"delivered\"} 1",
        "nisba_delivery_lag_records{sink=\"records\"} 0",
        "nisba_spool_documents 0",
        "nisba_spool_oldest_seconds 0",
        "nisba_build_info{",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_health_command_answers_containers() {
    let service = Nisba::start().await;
    let ask = |port: u16| nisba().args(["health", "--bind", &format!("127.0.0.1:{port}")]).output().unwrap();
    let good = ask(service.port);
    assert!(good.status.success());
    assert!(String::from_utf8_lossy(&good.stdout).contains("\"status\":\"ok\""));
    let bad = ask(free_port());
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("does not answer"));
}

#[tokio::test]
async fn one_request_id_goes_through_all_stages_and_no_text_into_the_log() {
    let service = Nisba::with("[log]\nformat = \"json\"\nlevel = \"debug\"\n", &[]).await;
    let request = service.client.post(format!("{}/v1/documents", service.base)).header("X-Request-Id", "trace-me-1");
    let answer = request.header("Prefer", "wait=30").json(&document(1)).send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "trace-me-1");
    service.drained().await;
    let log = service.log();
    let of_request: Vec<&str> = log.lines().filter(|l| l.contains("trace-me-1")).collect();
    for stage in ["accepted", "recorded", "answered"] {
        assert!(of_request.iter().any(|l| l.contains(stage)), "{stage}: {of_request:?}");
    }
    assert!(!log.contains("Aliyev") && !log.contains("trade would grow"));
}
