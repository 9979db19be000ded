//! Signing keys: ES256, one that signs and a few that are still published, so that tokens under way stay valid when it is changed.

use std::sync::Mutex;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

/// Most keys published at once.
const PUBLISHED: usize = 3;

struct Key {
    id: String,
    signing: EncodingKey,
    public: Value,
}

/// All keys, the one that signs last.
pub(crate) struct Keys(Mutex<Vec<Key>>);

impl Keys {
    /// One new key.
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(Mutex::new(vec![Key::generate()?])))
    }

    /// A new key signs from now on; the earlier ones stay published for a while.
    pub(crate) fn rotate(&self) -> std::io::Result<()> {
        let key = Key::generate()?;
        if let Ok(mut keys) = self.0.lock() {
            keys.push(key);
            let over = keys.len().saturating_sub(PUBLISHED);
            keys.drain(..over);
        }
        Ok(())
    }

    /// The key that signs, with its id.
    pub(crate) fn signing(&self) -> Option<(String, EncodingKey)> {
        let keys = self.0.lock().ok()?;
        keys.last().map(|key| (key.id.clone(), key.signing.clone()))
    }

    /// The published keys, to check a token of ours with.
    pub(crate) fn checking(&self) -> Vec<DecodingKey> {
        let part = |key: &Key, name: &str| key.public.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = |key: &Key| DecodingKey::from_ec_components(&part(key, "x"), &part(key, "y")).ok();
        self.0.lock().map(|keys| keys.iter().filter_map(key).collect()).unwrap_or_default()
    }

    /// The JSON Web Key Set (RFC 7517).
    pub(crate) fn published(&self) -> Value {
        let keys = self.0.lock().map(|keys| keys.iter().map(|key| key.public.clone()).collect::<Vec<_>>());
        json!({ "keys": keys.unwrap_or_default() })
    }
}

impl Key {
    fn generate() -> std::io::Result<Self> {
        let failed = |_| std::io::Error::other("no signing key could be made");
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref())
            .map_err(|_| std::io::Error::other("the signing key cannot be read back"))?;
        // Uncompressed point (SEC 1 section 2.3.3): 4, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let part = |range| point.get(range).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        let id = varde_base::token_base64url(&mut varde_base::SystemRandom);
        let public = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id,
            "x": part(1..33), "y": part(33..65) });
        Ok(Self { id, signing: EncodingKey::from_ec_der(document.as_ref()), public })
    }
}
