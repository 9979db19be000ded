use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;
use varde_base::{Category, Language};

use crate::{Lang, PageError, Visitor};

/// Largest form taken, in bytes.
pub const FORM_MAX_BYTES: usize = 64 << 10;

/// Most fields of a form.
const FORM_MAX_FIELDS: usize = 64;

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
        let Lang(language) = match Lang::from_request_parts(&mut parts, state).await {
            Ok(lang) => lang,
            Err(never) => match never {},
        };
        let visitor = Visitor::from_request_parts(&mut parts, state)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        let refuse = |category| refusal(category, language, &visitor);
        if !same_site(&parts.headers) {
            return Err(refuse(Category::PreconditionFailed));
        }
        let fields = read_fields(&parts.headers, body).await.map_err(refuse)?;
        let token = fields.iter().find(|(name, _)| name == CSRF_FIELD).map_or("", |(_, value)| value.as_str());
        if !visitor.csrf.matches(token) {
            return Err(refuse(Category::PreconditionFailed));
        }
        let encoded = serde_html_form::to_string(&fields).map_err(|_| refuse(Category::Invalid))?;
        serde_html_form::from_str(&encoded).map(Self).map_err(|_| refuse(Category::Invalid))
    }
}

fn refusal(category: Category, language: Language, visitor: &Visitor) -> Response {
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

/// Reads an urlencoded body within the limits.
///
/// # Errors
/// The category of what is wrong with it.
pub async fn read_fields(headers: &HeaderMap, body: axum::body::Body) -> Result<Vec<(String, String)>, Category> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Category::UnsupportedMedia);
    }
    let body = Limited::new(body, FORM_MAX_BYTES).collect().await.map_err(|_| Category::TooLarge)?.to_bytes();
    if body.split(|byte| *byte == b'&').count() > FORM_MAX_FIELDS {
        return Err(Category::TooLarge);
    }
    let fields: Vec<(String, String)> = serde_html_form::from_bytes(&body).map_err(|_| Category::Invalid)?;
    // A NUL has no place in text a person typed, and other systems trip over it.
    if fields.iter().any(|(_, value)| value.contains('\0')) { Err(Category::Invalid) } else { Ok(fields) }
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
