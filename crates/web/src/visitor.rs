use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use varde_base::{CitizenActor, Language, PatientId};

/// A signed-in person, as pages and services need them. Only the `auth` room makes one, from a valid session; as an extractor it
/// sends everybody else to sign in and back.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who they are.
    pub actor: CitizenActor,
    /// Whom they have chosen to act for; every look-up asks anew whether they may.
    pub acting_for: Option<ActingFor>,
    /// The language they have chosen.
    pub language: Option<Language>,
    /// What every form of theirs carries, so that no other site can post in their name.
    pub csrf: CsrfToken,
    /// What they had typed on this page when their session ended.
    pub draft: Option<Draft>,
}

/// The person acted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingFor {
    /// Whose data.
    pub patient: PatientId,
    /// The name to show.
    pub name: Box<str>,
}

/// Fields of a form that could not be taken in because the session had ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft(pub BTreeMap<String, String>);

impl Draft {
    /// What was typed in a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

/// A secret of the session that forms carry. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(Box<str>);

impl CsrfToken {
    /// Takes the session's token.
    pub fn new(token: impl Into<Box<str>>) -> Self {
        Self(token.into())
    }

    /// The token, for a hidden field.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what a form carried is the session's token; takes the same time wherever they differ.
    pub fn matches(&self, sent: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), sent.as_bytes());
        let differences = ours.iter().zip(theirs).fold(0, |all, (a, b)| all | (a ^ b));
        ours.len() == theirs.len() && differences == 0 && !ours.is_empty()
    }
}

impl std::fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfToken(..)")
    }
}

/// Nobody is signed in: sign in first, then come back here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFirst {
    next: String,
}

impl IntoResponse for SignInFirst {
    fn into_response(self) -> Response {
        let next = utf8_percent_encode(&self.next, NON_ALPHANUMERIC);
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        (no_store, Redirect::to(&format!("/sign-in?next={next}"))).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = SignInFirst;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SignInFirst> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            // What was posted has no page of its own; `auth` keeps it and knows which page to come back to.
            let safe = matches!(parts.method, Method::GET | Method::HEAD);
            let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            SignInFirst { next: if safe { here.to_owned() } else { parts.uri.path().to_owned() } }
        })
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_matches() {
        let token = CsrfToken::new("abc");
        for (sent, expected) in [("abc", true), ("abd", false), ("ab", false), ("abcd", false), ("", false)] {
            assert_eq!(token.matches(sent), expected, "{sent}");
        }
        assert!(!CsrfToken::new("").matches(""));
        assert_eq!(format!("{token:?}"), "CsrfToken(..)");
    }

    #[test]
    fn one_who_is_not_signed_in_comes_back_to_the_same_page() {
        let response = SignInFirst { next: "/appointments?x=1".to_owned() }.into_response();
        assert_eq!(response.headers()["location"], "/sign-in?next=%2Fappointments%3Fx%3D1");
    }
}
