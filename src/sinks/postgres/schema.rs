//! The tables, in a schema of their own, and transactions that see them.

use std::time::Duration;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Transaction};

use super::failure::Failure;

/// What makes the tables, by number. A migration that was published is never changed: another one follows it.
const MIGRATIONS: [(i32, &str); 3] = [
    (1, include_str!("0001_tables.sql")),
    (2, include_str!("0002_likeness.sql")),
    (3, include_str!("0003_stories.sql")),
];

/// Two processes that start at once migrate one after the other; any number will do, so long as it stays the same.
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"nisba/pg");

/// For one statement; the server gives it up then.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// Brings the tables to the newest state, or leaves them as they are.
///
/// Asks before it creates: a role that may only read and write rows can serve where the tables are there already.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), Failure> {
    let transaction = begin(client, schema).await?;
    transaction.execute_typed("SELECT pg_advisory_xact_lock($1)", &[(&MIGRATION_LOCK, Type::INT8)]).await?;
    let known = "SELECT FROM pg_namespace WHERE nspname = $1";
    if transaction.query_typed(known, &[(&schema, Type::TEXT)]).await?.is_empty() {
        transaction.batch_execute(&format!("CREATE SCHEMA {}", quoted(schema))).await?;
    }
    if transaction.query_typed("SELECT WHERE to_regclass('nisba_migrations') IS NOT NULL", &[]).await?.is_empty() {
        let table = "CREATE TABLE nisba_migrations \
            (number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";
        transaction.batch_execute(table).await?;
    }
    let applied = "SELECT coalesce(max(number), 0) FROM nisba_migrations";
    let applied: i32 = transaction.query_typed_one(applied, &[]).await?.try_get(0)?;
    let newest = MIGRATIONS.iter().map(|(number, _)| *number).max().unwrap_or_default();
    if applied > newest {
        return Err(Failure::Elsewhere(format!(
            "the tables are of a newer nisba (migration {applied}; this one knows {newest}): run that one"
        )));
    }
    for (number, statements) in MIGRATIONS.iter().filter(|(number, _)| *number > applied) {
        transaction.batch_execute(statements).await?;
        let done = "INSERT INTO nisba_migrations (number) VALUES ($1)";
        transaction.execute_typed(done, &[(number, Type::INT4)]).await?;
        tracing::info!(number, schema, "made or changed the tables of the database");
    }
    Ok(transaction.commit().await?)
}

/// Starts a transaction that sees the schema's tables and no others, and whose commit is durable.
pub(super) async fn begin<'a>(client: &'a mut Client, schema: &str) -> Result<Transaction<'a>, Failure> {
    let transaction = client.transaction().await?;
    let settings = format!(
        "SET LOCAL search_path TO {}; SET LOCAL statement_timeout TO {}; \
         SELECT set_config('synchronous_commit', 'local', true) WHERE current_setting('synchronous_commit') = 'off'",
        quoted(schema),
        STATEMENT_TIMEOUT.as_millis(),
    );
    transaction.batch_execute(&settings).await?;
    Ok(transaction)
}

/// Any name that a schema can have and the server would not cut or keep for itself.
pub(super) fn check_name(schema: &str) -> Result<(), String> {
    if schema.is_empty() || schema.len() > 63 || schema.contains('\0') || schema.starts_with("pg_") {
        return Err(format!("{schema:?} is no name for a schema: 1 to 63 bytes, not starting with pg_"));
    }
    Ok(())
}

/// A name as SQL has it, whatever characters are in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_has_a_name_that_can_be_quoted() {
        for good in ["nisba", "Press Review", "o\"clock"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "pg_nisba", "a\0", "a234567890123456789012345678901234567890123456789012345678901234"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert_eq!(quoted("o\"clock"), "\"o\"\"clock\"");
    }
}
