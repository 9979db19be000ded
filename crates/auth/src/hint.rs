//! The ID token of a session, kept so that signing out can tell the provider whose sign-in ends (RP-Initiated Logout 1.0 section 2).
//!
//! It is sealed with a key made from the session's own secret, of which we keep only the hash: whoever reads the database cannot open
//! it. It lies beside the session and not in it, so that no page has to read it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use varde_store::{Ephemeral, EphemeralStore, GateError};

use crate::session::hash;

const KIND: &str = "id-token";

/// Keeps the ID token of the session that `secret` finds, until `expires`.
pub(crate) async fn keep(
    store: &EphemeralStore,
    secret: &str,
    owner: &str,
    id_token: &str,
    expires: Timestamp,
) -> Result<(), GateError> {
    let value = seal(secret, id_token).ok_or(GateError::Fault)?;
    let (kind, owner) = (KIND.to_owned(), owner.to_owned());
    store.put(Ephemeral { kind, key_hash: hash(secret), owner, value, expires }).await
}

/// The ID token of a session that ends, once.
pub(crate) async fn take(store: &EphemeralStore, secret: &str) -> Result<Option<String>, GateError> {
    let kept = store.take(KIND, &hash(secret)).await?;
    Ok(kept.and_then(|kept| open(secret, &kept.value)))
}

/// The key of a session: another hash of its 256 random bits than the one it is found by.
fn key(secret: &str) -> Option<RandomizedNonceKey> {
    let bytes = Sha256::new().chain_update("varde: key of the id token\0").chain_update(secret).finalize();
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()
}

/// The nonce, then what is sealed.
fn seal(secret: &str, text: &str) -> Option<Vec<u8>> {
    let mut sealed = text.as_bytes().to_vec();
    let nonce = key(secret)?.seal_in_place_append_tag(Aad::from(KIND), &mut sealed).ok()?;
    let mut value = nonce.as_ref().to_vec();
    value.append(&mut sealed);
    Some(value)
}

fn open(secret: &str, value: &[u8]) -> Option<String> {
    let (nonce, sealed) = value.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let text = key(secret)?.open_in_place(nonce, Aad::from(KIND), &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sessions_own_secret_opens_it() {
        let sealed = seal("secret", "a.b.c").unwrap();
        assert_eq!(open("secret", &sealed).as_deref(), Some("a.b.c"));
        assert_eq!(open("other", &sealed), None);
        assert_eq!(open("secret", &sealed[..8]), None);
        assert!(!sealed.windows(5).any(|part| part == b"a.b.c"));
    }
}
