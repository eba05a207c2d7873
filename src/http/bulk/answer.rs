//! What is answered in bulk: a line for each entry, once its document is on disk or is refused.

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Format;
use super::spill::Spill;
use super::write::Group;
use crate::http::Problem;
use crate::service::Service;
use crate::store::Receipt;

/// Answers each entry once its document is on disk, or is refused.
pub(super) async fn answer(
    service: &Service,
    mut written: mpsc::Receiver<Group>,
    answers: &Spill,
    format: Format,
    request_id: &str,
) {
    let (mut accepted, mut refused) = (0, 0);
    while let Some(group) = written.recv().await {
        let receipts = match group.receipts {
            Ok(pending) => pending.await,
            Err(error) => Err(error),
        };
        let (receipts, failure) = match receipts {
            Ok(receipts) => (receipts, None),
            Err(error) => (Vec::new(), Some(Problem::from(error))),
        };
        service.count_accepted(&receipts);
        let mut receipts = receipts.into_iter();
        let mut text = String::with_capacity(group.answers.len() * 160);
        for (number, url, taken) in group.answers {
            let stored = taken.and_then(|()| {
                receipts
                    .next()
                    .ok_or_else(|| failure.clone().unwrap_or_else(|| Problem::internal("the store gave no receipt")))
            });
            match &stored {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
            let status = stored.as_ref().map_or_else(ResponseError::status_code, |_| StatusCode::ACCEPTED);
            service.metrics.bulk_line(status.as_u16());
            text.push_str(&line(format, number, url, stored).to_string());
            text.push('\n');
        }
        if let Err(error) = answers.write(text.into()).await {
            // What was accepted is, answered or not; the client sees the answer end early.
            tracing::error!(request_id, %error, "the answers to a bulk request cannot be kept");
            return;
        }
    }
    tracing::info!(request_id, accepted, refused, "a bulk request was answered");
}

/// The line that answers an entry.
fn line(format: Format, number: usize, url: Option<String>, stored: Result<Receipt, Problem>) -> Value {
    let mut line = json!({format.unit(): number});
    if let Some(url) = url {
        line["url"] = url.into();
    }
    match stored {
        Ok(receipt) => {
            line["status"] = 202.into();
            line["id"] = receipt.id.into();
            line["revision"] = receipt.revision.into();
            line["new"] = receipt.new.into();
        }
        Err(problem) => {
            if let (Some(line), Value::Object(problem)) = (line.as_object_mut(), problem.to_json()) {
                line.extend(problem);
            }
        }
    }
    line
}
