//! The ID token of a session, kept so that signing out can tell the provider whose sign-in ends (RP-Initiated Logout 1.0 section 2).
//!
//! It is sealed with a key made from the session's own secret, of which we keep only the hash: whoever reads the database cannot open
//! it. It is bound to the provider that signed it: another one has no business with it, and after a change of provider (or a restart of
//! the box, whose provider has a new address each time) it is as if there were none. It lies beside the session and not in it, so that
//! no page has to read it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use varde_store::{Ephemeral, EphemeralStore, GateError};

use crate::session::hash;

const KIND: &str = "id-token";

/// An ID token and who signed it.
pub(crate) struct IdToken<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) text: &'a str,
}

/// Keeps the ID token of the session that `secret` finds, until `expires`.
pub(crate) async fn keep(
    store: &EphemeralStore,
    secret: &str,
    owner: &str,
    id_token: &IdToken<'_>,
    expires: Timestamp,
) -> Result<(), GateError> {
    let value = seal(secret, id_token).ok_or(GateError::Fault)?;
    let (kind, owner) = (KIND.to_owned(), owner.to_owned());
    store.put(Ephemeral { kind, key_hash: hash(secret), owner, value, expires }).await
}

/// The ID token of a session that ends, once, if `issuer` signed it.
pub(crate) async fn take(store: &EphemeralStore, secret: &str, issuer: &str) -> Result<Option<String>, GateError> {
    let kept = store.take(KIND, &hash(secret)).await?;
    Ok(kept.and_then(|kept| open(secret, issuer, &kept.value)))
}

/// The key of a session: another hash of its 256 random bits than the one it is found by.
fn key(secret: &str) -> Option<RandomizedNonceKey> {
    let bytes = Sha256::new().chain_update("varde: key of the id token\0").chain_update(secret).finalize();
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()
}

/// The nonce, then what is sealed.
fn seal(secret: &str, id_token: &IdToken<'_>) -> Option<Vec<u8>> {
    let mut sealed = id_token.text.as_bytes().to_vec();
    let nonce = key(secret)?.seal_in_place_append_tag(Aad::from(id_token.issuer), &mut sealed).ok()?;
    let mut value = nonce.as_ref().to_vec();
    value.append(&mut sealed);
    Some(value)
}

fn open(secret: &str, issuer: &str, value: &[u8]) -> Option<String> {
    let (nonce, sealed) = value.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let text = key(secret)?.open_in_place(nonce, Aad::from(issuer), &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sessions_own_secret_opens_it_and_only_for_its_issuer() {
        let sealed = seal("secret", &IdToken { issuer: "https://id.example", text: "a.b.c" }).unwrap();
        assert_eq!(open("secret", "https://id.example", &sealed).as_deref(), Some("a.b.c"));
        assert_eq!(open("other", "https://id.example", &sealed), None);
        assert_eq!(open("secret", "https://new.example", &sealed), None);
        assert_eq!(open("secret", "https://id.example", &sealed[..8]), None);
        assert!(!sealed.windows(5).any(|part| part == b"a.b.c"));
    }
}
