//! The checks of an ID token (OpenID Connect Core 1.0 section 3.1.3.7), against our own clock.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{
    ClaimsVerificationError as Failed, Nonce, SignatureVerificationError as Signature, TokenResponse as _,
};

use super::types::{Claims, OidcClient, Tokens};

/// How far the provider's clock and ours may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_secs(10);

/// A sign-in may take fifteen minutes in all; a token given out before that is not of this one.
const OLDEST: SignedDuration = SignedDuration::from_mins(15);

/// Longest ID token that is kept; a real one has about a thousand bytes.
const MAX_ID_TOKEN_BYTES: usize = 4 << 10;

/// Whom the provider vouches for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// The national identity number.
    pub(crate) pid: String,
    /// The level of assurance, in the provider's words.
    pub(crate) acr: String,
    /// The ID token itself, for signing out; empty when it is too long to keep.
    pub(crate) id_token: String,
}

/// Why an ID token is of no use.
pub(super) enum Unchecked {
    /// It is signed by a key that we have not seen; the provider may have a new one.
    UnknownKey,
    /// What it says does not hold.
    Wrong(&'static str),
}

/// Whom the ID token among `tokens` vouches for at `now`.
pub(super) fn check(client: &OidcClient, tokens: &Tokens, nonce: &Nonce, now: Timestamp) -> Result<Vouched, Unchecked> {
    let earliest = SystemTime::from(now.saturating_sub(LEEWAY).unwrap_or(Timestamp::MIN));
    let verifier = client
        .id_token_verifier()
        // Never `none`, and never a shared secret: what anybody who holds the secret can forge proves nothing.
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ])
        .set_time_fn(move || earliest.into())
        .set_issue_time_verifier_fn(move |issued| issued_well(issued.timestamp(), now));
    let token = tokens.id_token().ok_or(Unchecked::Wrong("there is no ID token"))?;
    let claims: &Claims = token.claims(&verifier, nonce).map_err(|error| match error {
        // A provider whose keys have no names changes them under the same (absent) name.
        Failed::SignatureVerification(Signature::NoMatchingKey | Signature::CryptoError(_)) => Unchecked::UnknownKey,
        Failed::SignatureVerification(_) => Unchecked::Wrong("the signature"),
        Failed::Expired(_) => Unchecked::Wrong("the ID token is out of its time"),
        Failed::InvalidNonce(_) => Unchecked::Wrong("the nonce"),
        Failed::InvalidIssuer(_) => Unchecked::Wrong("the issuer"),
        Failed::InvalidAudience(_) => Unchecked::Wrong("the audience"),
        _ => Unchecked::Wrong("the ID token"),
    })?;
    // Step 5, which the library leaves to us.
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(Unchecked::Wrong("the authorized party"));
    }
    let pid = claims.additional_claims().pid.clone().ok_or(Unchecked::Wrong("there is no pid"))?;
    let acr = claims.auth_context_ref().map(|acr| acr.as_str().to_owned()).unwrap_or_default();
    let id_token = Some(token.to_string()).filter(|token| token.len() <= MAX_ID_TOKEN_BYTES).unwrap_or_default();
    Ok(Vouched { pid, acr, id_token })
}

/// Whether a token given out at `issued`, in seconds since 1970, can be of a sign-in that ends at `now` (step 10).
fn issued_well(issued: i64, now: Timestamp) -> Result<(), String> {
    let now = now.as_second();
    if issued > now.saturating_add(LEEWAY.as_secs()) {
        Err("issued in the future".to_owned())
    } else if issued < now.saturating_sub(OLDEST.as_secs() + LEEWAY.as_secs()) {
        Err("issued long ago".to_owned())
    } else {
        Ok(())
    }
}
