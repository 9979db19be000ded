//! Who sends: the token of RFC 8292.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// Longest a token may hold, in seconds (section 2).
const MAX_HOLDS: u64 = 24 * 3_600;

#[derive(Deserialize)]
struct Head {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    exp: u64,
    sub: Option<String>,
}

/// The sender's public key, when `authorization` is a token for `audience` that holds now and is signed with it.
///
/// # Errors
/// Why it is not.
pub(crate) fn key_of(authorization: &str, audience: &str) -> Result<String, &'static str> {
    let rest = authorization.strip_prefix("vapid ").ok_or("no vapid")?;
    let part = |name: &str| rest.split(',').find_map(|part| part.trim().strip_prefix(name)).ok_or("a part is missing");
    let (token, key) = (part("t=")?, part("k=")?);
    let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
    let (head, claims) = signed.split_once('.').ok_or("no token")?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| "no base64url");
    let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| "no header")?;
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| "no claims")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if head.alg != "ES256" {
        return Err("not ES256");
    }
    if claims.aud != audience {
        return Err("for another service");
    }
    if claims.exp <= now || claims.exp > now + MAX_HOLDS {
        return Err("does not hold now");
    }
    if !claims.sub.is_some_and(|sub| sub.starts_with("mailto:") || sub.starts_with("https:")) {
        return Err("nobody to turn to");
    }
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(key)?);
    public.verify(signed.as_bytes(), &decode(signature)?).map_err(|_| "not signed with this key")?;
    Ok(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_signed_well_and_over() {
        // RFC 8292, section 2.4: it held until 2016.
        let header = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6\
                      Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, \
                      k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
        assert_eq!(key_of(header, "https://push.example.net"), Err("does not hold now"));
        assert_eq!(key_of(header, "https://other.example.net"), Err("for another service"));
        assert!(key_of("Bearer x", "https://push.example.net").is_err());
    }
}
