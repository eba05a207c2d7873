//! Health checks and metrics say how it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::harness::{Nisba, document, eventually, free_port, nisba};

#[tokio::test]
async fn health_and_metrics_say_how_it_is() {
    let service = Nisba::start().await;
    service.record(&document(1)).await;
    service.drained().await;
    let (_, ready) = service.get("/readyz").await;
    for check in ["store", "disk", "pipeline", "backlog"] {
        assert_eq!(ready["checks"][check]["status"], "ok", "{ready}");
    }
    let (_, health) = service.get("/health").await;
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(health["sinks"][0]["kind"], "jsonl");
    let metrics = service.metrics().await;
    for line in [
        "nisba_documents_total{result=\"done\",language=\"en\"} 1",
        "nisba_stage_seconds_count{stage=\"people\"} 1",
        "nisba_deliveries_total{sink=\"records\",result=\"delivered\"} 1",
        "nisba_delivery_lag_records{sink=\"records\"} 0",
        "nisba_spool_documents 0",
        "nisba_spool_waiting_documents{lane=\"fresh\"} 0",
        "nisba_spool_waiting_documents{lane=\"backfill\"} 0",
        "nisba_spool_oldest_seconds 0",
        "nisba_build_info{",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn who_has_no_room_is_not_ready() {
    // So much that no disk has it.
    let mut service = Nisba::prepared("[store]\nmin_free_disk = \"1 EiB\"\n", &[]);
    service.spawn();
    eventually("it answers", Duration::from_secs(30), async || {
        service.client.get(format!("{}/livez", service.base)).send().await.is_ok()
    })
    .await;
    let (status, ready) = service.get("/readyz").await;
    assert_eq!(status, 503, "{ready}");
    let disk = &ready["checks"]["disk"];
    assert_eq!((&disk["status"], &disk["needed_bytes"]), (&json!("failing"), &json!(1_u64 << 60)), "{ready}");
    assert_eq!(service.post(&document(1)).await.0, 507);
    assert_eq!(service.metric("nisba_disk_min_free_bytes").await, Some((1_u64 << 60) as f64));
}

#[tokio::test]
async fn what_alerts_count_is_there_before_it_is_counted() {
    let service = Nisba::start().await;
    for series in [
        "nisba_bulk_lines_total{status=\"507\"}",
        "nisba_deliveries_total{sink=\"records\",result=\"refused\"}",
        "nisba_documents_total{result=\"dead\",language=\"\"}",
        "nisba_machine_translations_total{result=\"budget-spent\"}",
    ] {
        assert_eq!(service.metric(series).await, Some(0.0), "{series}");
    }
}

#[tokio::test]
async fn requests_are_timed_and_the_lines_of_those_in_bulk_counted() {
    let service = Nisba::start().await;
    let body = format!("{}\n{}\n{{\"text\": 5}}\n", document(1), document(2));
    let request = service.client.post(format!("{}/v1/documents:bulk", service.base)).body(body);
    let answer = request.header("Content-Type", "application/x-ndjson").send().await.unwrap();
    assert_eq!(answer.text().await.unwrap().lines().count(), 3);
    let bulk = "{method=\"POST\",route=\"/v1/documents:bulk\"}";
    for (series, value) in [
        ("nisba_bulk_lines_total{status=\"202\"}", 2.0),
        ("nisba_bulk_lines_total{status=\"422\"}", 1.0),
        (&format!("nisba_http_request_seconds_count{bulk}"), 1.0),
    ] {
        assert_eq!(service.metric(series).await, Some(value), "{series}");
    }
    service.get("/v1/records/nowhere").await;
    let longest = "nisba_http_request_seconds_bucket{le=\"60.0\",method=\"GET\",route=\"/v1/records/{id}\"}";
    assert_eq!(service.metric(longest).await, Some(1.0), "{}", service.metrics().await);
}

#[tokio::test]
async fn what_the_store_and_the_process_take_is_measured() {
    let mut service = Nisba::start().await;
    // So large that its body is beside the database, however well it is packed.
    let text: String = (0..5_000_u32).map(|number| blake3::hash(&number.to_le_bytes()).to_string()).collect();
    service.record(&json!({"text": text})).await;
    service.terminate();
    service.spawn();
    service.ready().await;
    let size = |path: &str| service.dir.join(path).metadata().unwrap().len() as f64;
    let body =
        std::fs::read_dir(service.dir.join("bodies")).unwrap().next().unwrap().unwrap().metadata().unwrap().len();
    eventually("the bodies are measured", Duration::from_secs(30), async || {
        service.metric("nisba_store_bytes{part=\"bodies\"}").await == Some(body as f64)
    })
    .await;
    assert_eq!(service.metric("nisba_store_bytes{part=\"database\"}").await, Some(size("nisba.sqlite")));
    assert_eq!(service.metric("nisba_store_bytes{part=\"wal\"}").await, Some(size("nisba.sqlite-wal")));
    assert!(service.metric("nisba_disk_free_bytes").await > service.metric("nisba_disk_min_free_bytes").await);
    if cfg!(target_os = "linux") {
        assert!(service.metric("process_resident_memory_bytes").await > Some(1e7));
        assert!(service.metric("process_cpu_seconds_total").await > Some(0.0));
        assert!(service.metric("process_open_fds").await > Some(5.0));
        assert!(service.metric("process_max_fds").await > service.metric("process_open_fds").await);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let age = now - service.metric("process_start_time_seconds").await.unwrap();
        assert!((-2.0..60.0).contains(&age), "started {age} s ago");
    }
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
