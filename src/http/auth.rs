//! API keys: bearer tokens with scopes, kept as hashes, compared in constant time.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Problem;
use crate::config::Auth;

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Ingest,
    Read,
    /// Everything.
    Admin,
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("key auth.keys_file: cannot read {path}: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("key {key}, line {line}: {reason}; a line is NAME SCOPES KEY, as in: scraper ingest sha256:…")]
    Line { key: &'static str, line: usize, reason: String },
}

impl KeysError {
    /// The key of the configuration that is wrong.
    pub fn key(&self) -> &'static str {
        match self {
            KeysError::Unreadable { .. } => "auth.keys_file",
            KeysError::Line { key, .. } => key,
        }
    }
}

struct Key {
    name: String,
    scopes: Vec<Scope>,
    digest: [u8; 32],
}

/// The keys that are let in; everybody is, when there are none.
#[derive(Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Reads the keys that the configuration names.
    ///
    /// # Errors
    /// Names the key and line of what is no key; never shows the key.
    pub fn read(auth: &Auth) -> Result<Keys, KeysError> {
        let mut keys = parse("auth.keys", &auth.keys.replace(';', "\n"))?;
        if !auth.keys_file.is_empty() {
            let text = std::fs::read_to_string(&auth.keys_file)
                .map_err(|e| KeysError::Unreadable { path: auth.keys_file.clone(), reason: e.to_string() })?;
            keys.extend(parse("auth.keys_file", &text)?);
        }
        Ok(Keys(keys))
    }

    /// Whether everybody is let in.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the request may do what needs `scope`.
    ///
    /// # Errors
    /// The problem to answer.
    pub fn check(&self, headers: &HeaderMap, scope: Scope) -> Result<(), Problem> {
        if self.is_empty() {
            return Ok(());
        }
        let given = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
        let token = given.and_then(|v| v.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else {
            return Err(Problem::unauthorised("send one as Authorization: Bearer KEY"));
        };
        let digest = Sha256::digest(token.trim().as_bytes());
        // Every key is compared, so that the time does not tell which was nearly right.
        let mut found = None;
        for key in &self.0 {
            if bool::from(key.digest.ct_eq(digest.as_slice())) {
                found = Some(key);
            }
        }
        match found {
            None => Err(Problem::unauthorised("this API key is not known")),
            Some(key) if key.scopes.contains(&scope) || key.scopes.contains(&Scope::Admin) => Ok(()),
            Some(key) => Err(Problem::forbidden(format!("the key {} lacks the scope {}", key.name, name_of(scope)))),
        }
    }
}

fn name_of(scope: Scope) -> &'static str {
    match scope {
        Scope::Ingest => "ingest",
        Scope::Read => "read",
        Scope::Admin => "admin",
    }
}

fn parse(key: &'static str, text: &str) -> Result<Vec<Key>, KeysError> {
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| parse_line(text).map_err(|reason| KeysError::Line { key, line, reason }))
        .collect()
}

fn parse_line(line: &str) -> Result<Key, String> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [name, scopes, key] = parts.as_slice() else { return Err(format!("has {} words instead of 3", parts.len())) };
    let scopes = scopes
        .split(',')
        .map(|scope| match scope {
            "ingest" => Ok(Scope::Ingest),
            "read" => Ok(Scope::Read),
            "admin" => Ok(Scope::Admin),
            other => Err(format!("\"{other}\" is no scope: ingest, read or admin")),
        })
        .collect::<Result<Vec<Scope>, String>>()?;
    let digest = match key.strip_prefix("sha256:") {
        Some(hex) => {
            let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok();
            bytes.and_then(|b| b.try_into().ok()).ok_or("sha256: must be followed by 64 hexadecimal digits")?
        }
        None if key.contains("REPLACE-ME") => return Err("the key is still the one of the example".into()),
        None if key.len() < 16 => return Err("the key is shorter than 16 characters".into()),
        None => Sha256::digest(key.as_bytes()).into(),
    };
    Ok(Key { name: (*name).to_owned(), scopes, digest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn a_key_opens_what_its_scopes_say() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(b"another-long-secret"));
        let auth =
            Auth { keys: format!("a ingest a-very-long-secret; b admin sha256:{digest}"), keys_file: String::new() };
        let keys = Keys::read(&auth).unwrap();
        assert!(keys.check(&headers("Bearer a-very-long-secret"), Scope::Ingest).is_ok());
        assert!(keys.check(&headers("Bearer a-very-long-secret"), Scope::Read).is_err());
        assert!(keys.check(&headers("bearer another-long-secret"), Scope::Read).is_ok());
        assert!(keys.check(&headers("Bearer nothing-like-that"), Scope::Read).is_err());
        assert!(keys.check(&HeaderMap::new(), Scope::Read).is_err());
    }

    #[test]
    fn a_bad_line_is_named_and_not_shown() {
        let auth = Auth {
            keys: "a ingest a-very-long-secret\nb everything another-secret-x".into(),
            keys_file: String::new(),
        };
        let error = Keys::read(&auth).err().unwrap().to_string();
        assert!(
            error.contains("line 2") && error.contains("everything") && !error.contains("another-secret"),
            "{error}"
        );
    }
}
