use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use varde_base::{Actor, Category, PersonnelActor, SystemActor, SystemRole};
use varde_fhir::{Issue, IssueCode};

use super::headers::negotiate;
use super::outcome::Failed;
use super::{FhirState, attestation, cross_origin};

/// The programs that may use the API, by the SHA-256 of their bearer token: who reads the configuration learns no token.
#[derive(Clone, Default)]
pub(crate) struct TokenBook(HashMap<[u8; 32], SystemActor>);

/// A token's hash that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token is given as 64 hexadecimal digits, its SHA-256")]
pub(crate) struct InvalidTokenHash;

impl TokenBook {
    /// Adds a program by the hash of its token.
    ///
    /// # Errors
    /// [`InvalidTokenHash`].
    pub(crate) fn add_hash(&mut self, sha256: &str, name: &str, role: SystemRole) -> Result<(), InvalidTokenHash> {
        let mut hash = [0; 32];
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidTokenHash);
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            let pair = sha256.get(at * 2..at * 2 + 2).ok_or(InvalidTokenHash)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidTokenHash)?;
        }
        self.0.insert(hash, SystemActor { name: name.into(), role });
        Ok(())
    }

    /// Adds a program by its token.
    pub(crate) fn add_token(&mut self, token: &str, name: &str, role: SystemRole) {
        self.0.insert(Sha256::digest(token).into(), SystemActor { name: name.into(), role });
    }

    /// The program a token belongs to. Looked up by hash, so the time it takes tells nothing of the tokens.
    fn actor(&self, token: &str) -> Option<&SystemActor> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.0.get(&hash)
    }
}

impl fmt::Debug for TokenBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenBook({} programs)", self.0.len())
    }
}

/// Who may be let through a gate.
pub(crate) trait Asks {
    /// The one the rules are asked about.
    fn actor(&self) -> Actor;
}

impl Asks for SystemActor {
    fn actor(&self) -> Actor {
        Actor::System(self.clone())
    }
}

/// The program that asks, for itself or for somebody it vouches for.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// The program.
    pub(crate) program: SystemActor,
    /// Health personnel, when it vouches for somebody.
    pub(crate) personnel: Option<Arc<PersonnelActor>>,
}

impl Asks for Asking {
    fn actor(&self) -> Actor {
        match &self.personnel {
            Some(personnel) => Actor::Personnel(PersonnelActor::clone(personnel)),
            None => self.program.actor(),
        }
    }
}

/// The one who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Asking);

/// A program that asks for itself, where there is nothing for health personnel (bulk data, subscriptions).
#[derive(Debug, Clone)]
pub(crate) struct Program(pub(crate) SystemActor);

/// Lets those in who can read our answers.
pub(crate) async fn enter_openly(request: Request, next: Next) -> Response {
    let origin = cross_origin::Asked::of(&request);
    let response = match negotiate(&request) {
        Ok(()) => next.run(request).await,
        Err(failed) => failed.into_response(),
    };
    origin.answered(response)
}

/// Lets nobody in without a known token (RFC 6750), nor who cannot read our answers.
pub(crate) async fn enter(State(state): State<FhirState>, request: Request, next: Next) -> Response {
    let origin = cross_origin::Asked::of(&request);
    // What a place takes is no secret, and a browser asks for it without the token.
    let response = if request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        enter_known(&state, request, next).await
    };
    origin.answered(response)
}

async fn enter_known(state: &FhirState, mut request: Request, next: Next) -> Response {
    if let Err(failed) = negotiate(&request) {
        return failed.into_response();
    }
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match token.and_then(|token| state.0.tokens.actor(token)) {
        Some(actor) => {
            let personnel = match attestation::of(request.headers(), actor) {
                Ok(personnel) => personnel.map(Arc::new),
                Err(error) => return Failed::from(error).into_response(),
            };
            request.extensions_mut().insert(Caller(Asking { program: actor.clone(), personnel }));
            next.run(request).await
        }
        None => refused(header.is_some()).into_response(),
    }
}

fn refused(was_given: bool) -> Failed {
    let text = if was_given { "the token is not known" } else { "a bearer token is needed" };
    let challenge = if was_given { r#"Bearer realm="fhir", error="invalid_token""# } else { r#"Bearer realm="fhir""# };
    Failed::new(Category::Unauthenticated, Issue::error(IssueCode::Login, "Authorization", text)).challenge(challenge)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| refused(false))
    }
}

impl<S: Sync> FromRequestParts<S> for Program {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Caller(asking) = Caller::from_request_parts(parts, state).await?;
        match asking.personnel {
            None => Ok(Self(asking.program)),
            Some(_) => {
                let text = "this is for programs alone, not for health personnel they vouch for";
                Err(Failed::new(Category::Forbidden, Issue::error(IssueCode::Forbidden, attestation::HEADER, text)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_hash_and_never_shown() {
        let mut book = TokenBook::default();
        // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(book.add_hash(hash, "EHR", SystemRole::SourceSystem), Ok(()));
        assert_eq!(book.actor("abc").map(|actor| &*actor.name), Some("EHR"));
        assert_eq!(book.actor(hash), None);
        assert_eq!(format!("{book:?}"), "TokenBook(1 programs)");
        for bad in ["", "abc", &hash[1..], &hash.replace('b', "g"), &format!("+{}", &hash[1..]), &"é".repeat(32)] {
            assert_eq!(book.add_hash(bad, "x", SystemRole::Admin), Err(InvalidTokenHash), "{bad}");
        }
    }
}
