//! A browser: its keys, and reading what is sent to it (RFC 8291, RFC 8188).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes before the sender's public key: salt, size of a record, length of the key.
const HEAD: usize = 21;
/// Bytes of a point of P-256, uncompressed.
const POINT: usize = 65;

/// The keys of a browser.
pub(crate) struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

/// A length of key material.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-256 (RFC 5869).
fn derive<const N: usize>(salt: &[u8], material: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let key = Salt::new(HKDF_SHA256, salt).extract(material);
    key.expand(info, Length(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

impl Browser {
    /// A new one; `None` without randomness.
    pub(crate) fn new() -> Option<Self> {
        let private = PrivateKey::generate(&ECDH_P256).ok()?;
        let public = private.compute_public_key().ok()?.as_ref().to_vec();
        let mut auth = [0; 16];
        aws_lc_rs::rand::fill(&mut auth).ok()?;
        Some(Self { private, public, auth })
    }

    /// Public key and secret, as the Push API gives them to a page.
    pub(crate) fn keys(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(&self.public), URL_SAFE_NO_PAD.encode(self.auth))
    }

    /// What a body says; `None` for what is not encrypted for this browser.
    pub(crate) fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = body.split_at_checked(16)?;
        let (size, rest) = rest.split_at_checked(4)?;
        let size = usize::try_from(u32::from_be_bytes(size.try_into().ok()?)).ok()?;
        let (length, rest) = rest.split_first()?;
        let (theirs, record) = rest.split_at_checked(usize::from(*length))?;
        // One record, as section 4 of RFC 8291 has it.
        if theirs.len() != POINT || record.len() > size || body.len() < HEAD + POINT {
            return None;
        }
        let key = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let material: [u8; 32] = agree(&self.private, key, (), |secret| {
            derive(&self.auth, secret, &[b"WebPush: info\0", &self.public, theirs]).ok_or(())
        })
        .ok()?;
        let content_key: [u8; 16] = derive(salt, &material, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = derive(salt, &material, &[b"Content-Encoding: nonce\0"])?;
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content_key).ok()?);
        let mut record = record.to_vec();
        let text = cipher.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
        let end = text.iter().rposition(|byte| *byte != 0)?;
        // The delimiter of a last record.
        (text.get(end) == Some(&2)).then(|| text.get(..end).map(<[u8]>::to_vec))?
    }
}
