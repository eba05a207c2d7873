//! TLS towards the stores: one configuration, with one cryptography provider, whatever else the process links.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// A client's side of TLS 1.2 and 1.3 that trusts what the machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR`
/// are heeded).
///
/// The provider is named here and not taken from the process, where two crates could each have set their own.
pub fn client_config() -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for both versions of TLS")
        .with_root_certificates(native_roots())
        .with_no_client_auth();
    Arc::new(config)
}

/// The machine's certificate authorities. One that cannot be read costs trust in that one alone; with none at all,
/// plain connections still work, and each handshake says itself what it misses.
fn native_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority of this machine cannot be read");
    }
    let mut roots = RootCertStore::empty();
    let (_, unusable) = roots.add_parsable_certificates(found.certs);
    if unusable > 0 {
        tracing::debug!(unusable, "certificate authorities of this machine left out");
    }
    if roots.is_empty() {
        tracing::warn!("this machine has no certificate authorities: no store can be reached over TLS");
    }
    roots
}
