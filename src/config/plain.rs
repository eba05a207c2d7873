//! What is wrong with a value, in words of the file instead of those of the program.

/// A reason of serde's, as whoever wrote the value would say it; reasons of other kinds as they are.
pub(super) fn reason(said: &str) -> String {
    let said = said.lines().next().unwrap_or_default();
    if said == "invalid socket address syntax" {
        return "is no address with a port; write for instance \"127.0.0.1:8430\"".into();
    }
    let differs = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
    match differs.and_then(|differs| differs.rsplit_once(", expected ")) {
        // What is no text may be meant for a secret.
        Some((_, "a string")) => "must be a text in quotes".into(),
        Some((found, wanted)) => format!("must be {}, not {}", wanted_as(wanted), found_as(found)),
        None => said.to_owned(),
    }
}

fn wanted_as(wanted: &str) -> &str {
    match wanted {
        "usize" | "u64" => "a whole number, 0 or more",
        "u32" => "a whole number from 0 to 4294967295",
        "f64" => "a number",
        "parsable string" | "an integer or string" => "a size such as \"10 MiB\"",
        "a boolean" => "true or false",
        "path string" => "a path in quotes",
        other if other.starts_with("struct ") || other == "a map" => "a table",
        other => other,
    }
}

fn found_as(found: &str) -> &str {
    match found {
        "sequence" => "a list",
        "map" => "a table",
        other => {
            let value =
                ["string ", "integer ", "floating point ", "boolean "].iter().find_map(|k| other.strip_prefix(k));
            value.unwrap_or(other).trim_matches('`')
        }
    }
}
