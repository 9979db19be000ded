//! Use from pages of other origins (Fetch standard, "CORS protocol"), as SMART App Launch 2 asks of every server.
//!
//! Invariant: the API knows its callers by their token alone and never looks at a cookie, so `*` opens nothing that a program
//! outside a browser could not ask for.

use axum::extract::Request;
use axum::http::Method;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN,
};
use axum::response::Response;

/// What a page may read of an answer, apart from what it always may.
const EXPOSED: &str = "ETag, Location, Content-Location, Last-Modified, Retry-After, Accept-Patch, X-Request-Id";
/// What a page may do somewhere in the API; the place itself says 405 with what it takes.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Longest list of headers that is given back.
const MAX_HEADERS_BYTES: usize = 1_024;
/// Seconds for which a browser need not ask again.
const MAX_AGE_SECONDS: &str = "600";

/// What a request says of where it comes from.
#[derive(Debug)]
pub(crate) enum Asked {
    /// No page, or one of ours.
    Here,
    /// A page elsewhere.
    Elsewhere,
    /// A browser that asks whether a page elsewhere may, with which headers.
    Beforehand(Option<HeaderValue>),
}

impl Asked {
    /// Reads the headers.
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request.headers();
        if !headers.contains_key(ORIGIN) {
            return Self::Here;
        }
        if request.method() != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return Self::Elsewhere;
        }
        let wanted = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).filter(|value| value.len() <= MAX_HEADERS_BYTES);
        Self::Beforehand(wanted.cloned())
    }

    /// Adds to an answer what lets a page have it.
    pub(crate) fn answered(self, mut response: Response) -> Response {
        if matches!(self, Self::Here) {
            return response;
        }
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let Self::Beforehand(wanted) = self else {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
            return response;
        };
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_SECONDS));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        if let Some(wanted) = wanted {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        }
        response
    }
}
