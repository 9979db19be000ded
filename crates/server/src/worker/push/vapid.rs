//! Who we are to push services (VAPID, RFC 8292): a token signed with our key, for each service its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use varde_store::write_secret;

/// How long a token holds (at most a day, section 2), and how long it is used.
const HOLDS: SignedDuration = SignedDuration::from_hours(12);
const USED: SignedDuration = SignedDuration::from_hours(6);
/// Most services a token is kept for.
const MAX_KEPT: usize = 64;

/// Our key, and the tokens in use.
pub(super) struct Vapid {
    key: EcdsaKeyPair,
    /// What a push service can write to when something is wrong.
    contact: String,
    tokens: Mutex<HashMap<String, (Timestamp, String)>>,
}

impl Vapid {
    /// The key in a file, made at the first start. Browsers are bound to it: with another one all subscribe anew.
    pub(super) fn open(file: &Path, contact: &str) -> anyhow::Result<Self> {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(file)?,
            Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
        };
        let text = String::from_utf8(bytes).unwrap_or_default();
        let document = URL_SAFE_NO_PAD.decode(text.trim()).ok();
        let key = document.and_then(|bytes| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes).ok());
        let key = key.with_context(|| format!("{} holds no key for push services", file.display()))?;
        Ok(Self { key, contact: contact.to_owned(), tokens: Mutex::default() })
    }

    /// Our public key, for browsers.
    pub(super) fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref())
    }

    /// The header that says who we are to the service at `origin`; `None` when it cannot be signed.
    pub(super) fn authorization(&self, origin: &str, now: Timestamp) -> Option<String> {
        if let Ok(tokens) = self.tokens.lock()
            && let Some((until, header)) = tokens.get(origin)
            && now < *until
        {
            return Some(header.clone());
        }
        let header = format!("vapid t={}, k={}", self.token(origin, now)?, self.public_key());
        if let Ok(mut tokens) = self.tokens.lock() {
            if tokens.len() >= MAX_KEPT {
                tokens.clear();
            }
            tokens.insert(origin.to_owned(), (now.saturating_add(USED).ok()?, header.clone()));
        }
        Some(header)
    }

    fn token(&self, origin: &str, now: Timestamp) -> Option<String> {
        let expires = now.saturating_add(HOLDS).ok()?.as_second();
        let claims = serde_json::json!({ "aud": origin, "exp": expires, "sub": self.contact });
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}

/// Makes a key and keeps it where only its owner can read it.
fn make(file: &Path) -> anyhow::Result<Vec<u8>> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let text =
        format!("{}\n", URL_SAFE_NO_PAD.encode(document.ok().context("making a key for push services")?.as_ref()));
    // With the data in PostgreSQL nothing else has made the folder yet.
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    write_secret(file, text.as_bytes()).with_context(|| format!("writing {}", file.display()))?;
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_start_that_was_cut_off_while_the_key_was_written_does_not_stop_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("push.key");
        std::fs::write(folder.path().join("push.key.new"), "").unwrap();
        let first = Vapid::open(&file, "mailto:drift@example.test").unwrap().public_key();
        assert_eq!(Vapid::open(&file, "mailto:drift@example.test").unwrap().public_key(), first);
        assert!(!folder.path().join("push.key.new").exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_token_is_for_one_service_holds_half_a_day_and_is_signed_with_the_key_that_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not-there-yet").join("push.key");
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let vapid = Vapid::open(&file, "mailto:drift@example.test").unwrap();
        let header = vapid.authorization("https://push.example.test", now).unwrap();
        let token = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.0.rsplit_once('.').unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], "https://push.example.test");
        assert_eq!(claims["exp"].as_i64().unwrap() - now.as_second(), 12 * 3_600);
        let again = Vapid::open(&file, "mailto:drift@example.test").unwrap();
        assert_eq!(token.1, again.public_key(), "the key outlives the program");
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(token.1).unwrap());
        key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        assert_eq!(vapid.authorization("https://push.example.test", now), Some(header), "it is used again");
        std::fs::write(&file, "nonsense").unwrap();
        assert!(Vapid::open(&file, "mailto:x@example.test").is_err());
    }
}
