//! SMART Health Cards: vaccinations signed so that anybody can prove them without asking us.
//!
//! A card is a JWS (RFC 7515) signed with ES256 over a compressed verifiable credential that holds a FHIR Bundle; in a QR code its
//! characters stand as numbers (SMART Health Cards Framework 1.4, "Health Cards are encoded as compact serialization JWS" and
//! "Encoding chunks as QR codes"). The keys that prove it are published at `/.well-known/jwks.json`.

use std::io::{self, Write as _};
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};
use varde_store::write_secret;

/// Longest address in front of a card, which every reader of it asks for the keys.
const MAX_ISSUER_BYTES: usize = 200;

/// Light modules on each side of a code (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;

/// Why a card could not be made, or its key not be had.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The key file.
    #[error("the key of health cards: {0}")]
    File(#[from] io::Error),
    /// The file holds no key, or none can be made.
    #[error("{0} is no key of health cards")]
    Key(String),
    /// The signature or the compression failed.
    #[error("a health card could not be made")]
    Making,
    /// There is more on it than a code can hold.
    #[error("a health card is too large for a code")]
    TooLarge,
}

/// Signs health cards in the name of this installation.
pub struct HealthCards {
    issuer: String,
    key: EcdsaKeyPair,
    key_id: String,
}

impl std::fmt::Debug for HealthCards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HealthCards")
            .field("issuer", &self.issuer)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl HealthCards {
    /// With the key in `file`, or a new one laid there for nobody else to read. `issuer` is the address people use, without a slash at its
    /// end.
    ///
    /// # Errors
    /// [`CardError`] when the file cannot be read or written, or holds something else.
    pub fn open(file: &Path, issuer: &str) -> Result<Self, CardError> {
        match std::fs::read(file) {
            Ok(bytes) => Self::from_pkcs8(&bytes, issuer).map_err(|_| CardError::Key(file.display().to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| CardError::Making)?;
                let bytes = key.to_pkcs8v1().map_err(|_| CardError::Making)?;
                write_secret(file, bytes.as_ref())?;
                Self::new(key, issuer)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// With a key that is forgotten afterwards.
    ///
    /// # Errors
    /// [`CardError::Making`] when no key can be made.
    pub fn passing(issuer: &str) -> Result<Self, CardError> {
        Self::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| CardError::Making)?, issuer)
    }

    fn from_pkcs8(bytes: &[u8], issuer: &str) -> Result<Self, CardError> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes);
        Self::new(key.map_err(|_| CardError::Making)?, issuer)
    }

    fn new(key: EcdsaKeyPair, issuer: &str) -> Result<Self, CardError> {
        let issuer = issuer.trim_end_matches('/');
        if issuer.len() > MAX_ISSUER_BYTES {
            return Err(CardError::TooLarge);
        }
        let mut cards = Self { issuer: issuer.to_owned(), key, key_id: String::new() };
        let (x, y) = cards.point().ok_or(CardError::Making)?;
        // The thumbprint of RFC 7638: these members, in this order, without a space.
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        cards.key_id = URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()).as_ref());
        Ok(cards)
    }

    /// Who signs: the address people use, without a slash at its end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Both coordinates of the public key in base64url.
    fn point(&self) -> Option<(String, String)> {
        // An uncompressed point: 4, then two numbers of 32 bytes (SEC 1, 2.3.3).
        let bytes = self.key.public_key().as_ref();
        Some((URL_SAFE_NO_PAD.encode(bytes.get(1..33)?), URL_SAFE_NO_PAD.encode(bytes.get(33..65)?)))
    }

    /// The public keys, as `/.well-known/jwks.json` has them.
    pub(super) fn keys(&self) -> Value {
        let (x, y) = self.point().unwrap_or_default();
        json!({ "keys": [{
            "kty": "EC", "kid": self.key_id, "use": "sig", "alg": "ES256", "crv": "P-256", "x": x, "y": y,
        }] })
    }

    /// The JWS of a card with this Bundle.
    ///
    /// # Errors
    /// [`CardError::Making`] when it cannot be compressed or signed.
    pub(super) fn sign(&self, bundle: &Value, now: Timestamp) -> Result<String, CardError> {
        let credential = json!({
            "iss": self.issuer,
            "nbf": now.as_second(),
            "vc": {
                "type": ["https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization"],
                "credentialSubject": { "fhirVersion": "4.0.1", "fhirBundle": bundle },
            },
        });
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(credential.to_string().as_bytes())?;
        let header = json!({ "zip": "DEF", "alg": "ES256", "kid": self.key_id }).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(packed.finish()?));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| CardError::Making)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}

/// What stands in the code: each character of the JWS as two digits, 45 less than its number in ASCII.
pub(super) fn numeric(jws: &str) -> String {
    let digits: String = jws.bytes().map(|byte| format!("{:02}", byte.saturating_sub(45))).collect();
    format!("shc:/{digits}")
}

/// The code as an inline picture, black on white in light and dark, without any style of its own. `words` say what it is.
///
/// # Errors
/// [`CardError::TooLarge`] when no code can hold it.
pub(super) fn picture(content: &str, words: &str) -> Result<Markup, CardError> {
    let code = QrCode::with_error_correction_level(content, EcLevel::L).map_err(|_| CardError::TooLarge)?;
    let width = code.width();
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    let mut path = String::new();
    // A line through the middle of each run of dark modules, from where the one before it in the row ended: half the bytes of as many squares.
    for (y, row) in dark.chunks(width).enumerate() {
        let (mut x, mut pen) = (0, None);
        for run in row.chunk_by(|one, other| one == other) {
            let end = x + run.len();
            if run.first() == Some(&true) {
                match pen {
                    None => path.push_str(&format!("M{} {}.5", x + QUIET_MODULES, y + QUIET_MODULES)),
                    Some(pen) => path.push_str(&format!("m{} 0", x - pen)),
                }
                path.push_str(&format!("h{}", run.len()));
                pen = Some(end);
            }
            x = end;
        }
    }
    let side = width + 2 * QUIET_MODULES;
    Ok(html! {
        svg width="280" height="280" viewBox=(format!("0 0 {side} {side}")) role="img" aria-label=(words) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path stroke="#000" d=(PreEscaped(path)) {}
        }
    })
}
