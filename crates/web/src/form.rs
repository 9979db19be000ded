use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;
use varde_base::{Category, Language};

use crate::files::{Incoming, boundary};
use crate::{Lang, PageError, Visitor};

/// Largest form taken, in bytes.
pub const FORM_MAX_BYTES: usize = 64 << 10;

/// Most fields of a form.
pub(crate) const FORM_MAX_FIELDS: usize = 64;

/// Name of the hidden field with the session's token.
pub const CSRF_FIELD: &str = "csrf";

/// A posted form that is small enough, came from our own page, and carries the token of the visitor's session. Use it for
/// everything that changes something.
///
/// Two walls against cross-site request forgery (OWASP ASVS 5, 3.5.1): the browser's word on where the request came from
/// (`Sec-Fetch-Site`, else `Origin`), and the token.
#[derive(Debug)]
pub struct SafeForm<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SafeForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let (language, visitor) = sender(&mut parts, state).await?;
        let refuse = |category| refusal(category, language, &visitor);
        let fields = read_fields(&parts.headers, body).await.map_err(refuse)?;
        if !is_of(&visitor, &fields) {
            return Err(refuse(Category::PreconditionFailed));
        }
        read_as(&fields).map(Self).map_err(refuse)
    }
}

/// Language and visitor of a form, unless it is another site's.
pub(crate) async fn sender<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<(Language, Visitor), Response> {
    let Lang(language) = match Lang::from_request_parts(parts, state).await {
        Ok(lang) => lang,
        Err(never) => match never {},
    };
    let visitor =
        Visitor::from_request_parts(parts, state).await.map_err(axum::response::IntoResponse::into_response)?;
    if same_site(&parts.headers) {
        Ok((language, visitor))
    } else {
        Err(refusal(Category::PreconditionFailed, language, &visitor))
    }
}

/// Whether a form carries the token of the visitor's session.
pub(crate) fn is_of(visitor: &Visitor, fields: &[(String, String)]) -> bool {
    let token = fields.iter().find(|(name, _)| name == CSRF_FIELD).map_or("", |(_, value)| value.as_str());
    visitor.csrf.matches(token)
}

/// The fields as what a handler takes.
pub(crate) fn read_as<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, Category> {
    let encoded = serde_html_form::to_string(fields).map_err(|_| Category::Invalid)?;
    serde_html_form::from_str(&encoded).map_err(|_| Category::Invalid)
}

pub(crate) fn refusal(category: Category, language: Language, visitor: &Visitor) -> Response {
    PageError { category, language, visitor: Some(visitor.clone()) }.into_response()
}

/// Whether the browser says that the request came from one of our own pages, or says nothing (old browsers, programs); the token
/// decides then.
fn same_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (headers.get(header::ORIGIN), headers.get(header::HOST)) {
        (Some(origin), Some(host)) => {
            let origin = origin.to_str().unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, authority)| authority.as_bytes() == host.as_bytes())
        }
        _ => true,
    }
}

/// Reads the fields of a form within the limits; of one with files all but the files.
///
/// # Errors
/// The category of what is wrong with it.
pub async fn read_fields(headers: &HeaderMap, body: axum::body::Body) -> Result<Vec<(String, String)>, Category> {
    if let Some(boundary) = boundary(headers) {
        return Incoming::new(boundary, body).all_fields().await;
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Category::UnsupportedMedia);
    }
    let body = Limited::new(body, FORM_MAX_BYTES).collect().await.map_err(|_| Category::TooLarge)?.to_bytes();
    if body.split(|byte| *byte == b'&').count() > FORM_MAX_FIELDS {
        return Err(Category::TooLarge);
    }
    let fields: Vec<(String, String)> = serde_html_form::from_bytes(&body).map_err(|_| Category::Invalid)?;
    if fields.iter().any(|(_, value)| !is_text(value)) { Err(Category::Invalid) } else { Ok(fields) }
}

/// A NUL has no place in text a person typed, and other systems trip over it.
pub(crate) fn is_text(value: &str) -> bool {
    !value.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_other_sites_are_known() {
        for (name, value, expected) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("origin", "https://varde.example", true),
            ("origin", "https://evil.example", false),
            ("origin", "null", false),
            ("x-nothing", "x", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", "varde.example".parse().unwrap());
            headers.insert(name, value.parse().unwrap());
            assert_eq!(same_site(&headers), expected, "{name}: {value}");
        }
    }
}
