//! Message encryption for Web Push (RFC 8291): one record of `aes128gcm` (RFC 8188) that only the browser can read.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Size of the one record, as its header says it.
const RECORD_BYTES: u32 = 4_096;
/// What a message is padded to, so that its length tells nothing.
const PADDED_BYTES: usize = 1_024;
/// Bytes of a point of P-256, uncompressed.
const POINT_BYTES: u8 = 65;

/// The keys of a browser.
pub(super) struct Receiver {
    public: Vec<u8>,
    auth: Vec<u8>,
}

impl Receiver {
    /// As the browser gave them, in base64url; `None` for what are none.
    pub(super) fn read(p256dh: &str, auth: &str) -> Option<Self> {
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let receiver = Self { public: decode(p256dh)?, auth: decode(auth)? };
        (receiver.public.len() == usize::from(POINT_BYTES) && receiver.auth.len() == 16).then_some(receiver)
    }
}

/// The body of a message: padded and encrypted with a key pair and salt of its own.
///
/// # Errors
/// For a key that is no point of the curve, and a text of a kibibyte or more.
pub(super) fn sealed(receiver: &Receiver, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut salt = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut salt)?;
    let padding = PADDED_BYTES.checked_sub(text.len() + 1).ok_or(Unspecified)?;
    seal(receiver, &PrivateKey::generate(&ECDH_P256)?, salt, text, padding)
}

fn seal(
    receiver: &Receiver,
    sender: &PrivateKey,
    salt: [u8; 16],
    text: &[u8],
    padding: usize,
) -> Result<Vec<u8>, Unspecified> {
    let public = sender.compute_public_key()?;
    let public = public.as_ref();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &receiver.public);
    // Section 3.4: the shared secret and the browser's own secret make the key material, bound to both public keys.
    let material = agree(sender, theirs, Unspecified, |secret| {
        let key = mac(&receiver.auth, &[secret]);
        Ok(mac(key.as_ref(), &[b"WebPush: info\0", &receiver.public, public, &[1]]))
    })?;
    let key = mac(&salt, &[material.as_ref()]);
    let content_key = mac(key.as_ref(), &[b"Content-Encoding: aes128gcm\0", &[1]]);
    let nonce = mac(key.as_ref(), &[b"Content-Encoding: nonce\0", &[1]]);
    let content_key = content_key.as_ref().get(..16).ok_or(Unspecified)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce.as_ref().get(..12).ok_or(Unspecified)?)?;

    let mut record = text.to_vec();
    // The delimiter of a last record, and its padding (RFC 8188, section 2).
    record.push(2);
    record.resize(record.len() + padding, 0);
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, content_key)?);
    cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)?;

    let mut body = Vec::with_capacity(86 + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    body.push(POINT_BYTES);
    body.extend_from_slice(public);
    body.extend_from_slice(&record);
    Ok(body)
}

/// HMAC-SHA-256 of the parts; HKDF (RFC 5869) with one block of output is two of these.
fn mac(key: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_comes_out_byte_for_byte() {
        // RFC 8291, section 5 and appendix A.
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let receiver = Receiver::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let sender = PrivateKey::from_private_key(&ECDH_P256, &decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        let salt: [u8; 16] = decode("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let body = seal(&receiver, &sender.unwrap(), salt, b"When I grow up, I want to be a watermelon", 0).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
             yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn lengths_do_not_tell_and_no_two_bodies_are_alike() {
        let receiver = Receiver::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let (short, long) = (sealed(&receiver, b"a").unwrap(), sealed(&receiver, &[7; 900]).unwrap());
        assert_eq!(short.len(), long.len());
        assert_ne!(short, sealed(&receiver, b"a").unwrap());
        assert!(sealed(&receiver, &[7; 1_024]).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(Receiver::read("", "BTBZMqHH6r4Tts7J_aSIgg").is_none());
        let not_on_the_curve = URL_SAFE_NO_PAD.encode([4_u8; 65]);
        let receiver = Receiver::read(&not_on_the_curve, "BTBZMqHH6r4Tts7J_aSIgg").unwrap();
        assert!(sealed(&receiver, b"a").is_err());
    }
}
