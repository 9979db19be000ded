use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use axum::http::request::Parts;
use jiff::Timestamp;
use varde_fhir::IssueCode;

use super::outcome::Failed;
use super::parameters;

/// What a write is answered with (R4 http, section 3.1.0.1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preference {
    Minimal,
    Representation,
    OperationOutcome,
}

/// The `Prefer` header (RFC 7240); several may be given, and several in one.
fn preferences(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let items = values.flat_map(|value| value.split([',', ';']));
    items.filter_map(|item| item.split_once('=')).map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
}

/// `Prefer: return=..`; `otherwise` when there is none that is known.
pub(crate) fn preference(headers: &HeaderMap, otherwise: Preference) -> Preference {
    let known =
        preferences(headers).filter(|(name, _)| name.eq_ignore_ascii_case("return")).find_map(
            |(_, value)| match value {
                "minimal" => Some(Preference::Minimal),
                "representation" => Some(Preference::Representation),
                "OperationOutcome" => Some(Preference::OperationOutcome),
                _ => None,
            },
        );
    known.unwrap_or(otherwise)
}

/// `Prefer: handling=lenient`.
pub(crate) fn is_lenient(headers: &HeaderMap) -> bool {
    preferences(headers).any(|(name, value)| name.eq_ignore_ascii_case("handling") && value == "lenient")
}

/// `Prefer: respond-async` (RFC 7240 section 4.1).
pub(crate) fn is_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split([',', ';'])).any(|item| item.trim().eq_ignore_ascii_case("respond-async"))
}

/// The entity tag of a version (R4 http, section 3.1.0.1.3).
pub(crate) fn etag(version: u64) -> String {
    format!("W/\"{version}\"")
}

/// A date as HTTP writes it (RFC 9110 section 5.6.7).
pub(crate) fn http_date(time: Timestamp) -> String {
    httpdate::fmt_http_date(time.into())
}

/// The version an `If-Match` asks for; `None` when there is no such header.
///
/// # Errors
/// A tag that is not one of ours can never match: 412.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Failed> {
    match headers.get(IF_MATCH) {
        None => Ok(None),
        Some(value) => if_match_version(value.to_str().unwrap_or_default()).map(Some),
    }
}

/// The version a tag stands for.
pub(crate) fn if_match_version(tag: &str) -> Result<u64, Failed> {
    version_of(tag.trim())
        .ok_or_else(|| Failed::precondition(IssueCode::Value, "If-Match", "the form is W/\"1\", one version alone"))
}

fn version_of(tag: &str) -> Option<u64> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// What the client has already, as it says (RFC 9110 sections 13.1.2 and 13.1.3). Mostly nothing, and then nothing is copied.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    tags: Option<HeaderValue>,
    since: Option<HeaderValue>,
}

impl Conditions {
    fn of(headers: &HeaderMap) -> Self {
        Self { tags: headers.get(IF_NONE_MATCH).cloned(), since: headers.get(IF_MODIFIED_SINCE).cloned() }
    }

    /// True when the client has this version: 304.
    pub(crate) fn is_known(&self, version: u64, updated: Timestamp) -> bool {
        if let Some(tags) = &self.tags {
            let mut tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
            return tags.any(|tag| tag == "*" || version_of(tag) == Some(version));
        }
        let since = self.since.as_ref().and_then(|value| value.to_str().ok());
        let since = since.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        since.is_some_and(|since| updated.as_second() <= since.timestamp().as_second())
    }
}

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// `Prefer: handling=lenient`, where nothing else is asked of the headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lenient(pub(crate) bool);

impl<S: Sync> FromRequestParts<S> for Lenient {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(is_lenient(&parts.headers)))
    }
}

/// `If-None-Match: *` on an update: only if it does not exist.
pub(crate) fn must_be_absent(headers: &HeaderMap) -> bool {
    headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes().trim_ascii() == b"*")
}

/// The text of a header that must be readable if it is there.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Failed> {
    match headers.get(HeaderName::from_static(name)) {
        None => Ok(None),
        Some(value) => {
            value.to_str().map(Some).map_err(|_| Failed::at(IssueCode::Value, name, "the header is not text"))
        }
    }
}

/// Refuses who wants anything but FHIR JSON: `_format` counts before `Accept` (R4 http, section 3.1.0.1.11).
///
/// # Errors
/// 406.
pub(crate) fn negotiate(request: &Request) -> Result<(), Failed> {
    // A file is what it is, and an outcome goes to whoever cannot have it.
    if request.uri().path().contains("/$export-file/") {
        return Ok(());
    }
    // Decoding a query costs more than looking whether there is anything in it for us.
    let query = request.uri().query().filter(|query| query.contains("format"));
    let asked = query.map(parameters::decode).and_then(Result::ok).unwrap_or_default();
    let format = asked.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
    let (fits, place) = match format {
        // The plus in `application/fhir+json` is a space by the rules of queries, and meant as a plus by everybody.
        Some(format) => (format == "json" || is_fhir_json(&format.replace(' ', "+")), "_format"),
        None => (accepts(request.headers()), "Accept"),
    };
    if fits { Ok(()) } else { Err(Failed::not_acceptable(place)) }
}

fn accepts(headers: &HeaderMap) -> bool {
    let mut ranges =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    ranges.take(32).any(|range| {
        let is_refused =
            range.split(';').skip(1).filter_map(|p| p.trim().strip_prefix("q=")).any(|q| q.parse() == Ok(0.0));
        let kind = range.split(';').next().unwrap_or_default().trim();
        !is_refused && (matches!(kind, "*/*" | "application/*") || is_fhir_json(range))
    })
}

/// `application/fhir+json` or `application/json`, in UTF-8 and FHIR 4.0 if these are said.
pub(crate) fn is_fhir_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_json =
        ["application/fhir+json", "application/json", "text/json"].iter().any(|k| k.eq_ignore_ascii_case(kind));
    is_json
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            let value = value.trim_matches('"');
            match name.to_ascii_lowercase().as_str() {
                "charset" => value.eq_ignore_ascii_case("utf-8"),
                "fhirversion" => value == "4.0",
                _ => true,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_apart() {
        for (text, fits) in [
            ("application/fhir+json", true),
            ("application/json; charset=UTF-8", true),
            ("application/fhir+json; fhirVersion=4.0", true),
            ("application/fhir+json; fhirVersion=5.0", false),
            ("application/json; charset=latin1", false),
            ("application/fhir+xml", false),
            ("", false),
        ] {
            assert_eq!(is_fhir_json(text), fits, "{text}");
        }
    }

    #[test]
    fn a_version_the_client_has_is_known() {
        let updated: Timestamp = "2026-01-02T03:04:05.9Z".parse().unwrap();
        for (name, value, same) in [
            ("if-none-match", "W/\"3\"", true),
            ("if-none-match", "\"1\", W/\"3\"", true),
            ("if-none-match", "*", true),
            ("if-none-match", "W/\"2\"", false),
            ("if-none-match", "3", false),
            ("if-modified-since", "Fri, 02 Jan 2026 03:04:05 GMT", true),
            ("if-modified-since", "Fri, 02 Jan 2026 03:04:04 GMT", false),
            ("if-modified-since", "yesterday", false),
        ] {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(name), value.parse().unwrap())]);
            assert_eq!(Conditions::of(&headers).is_known(3, updated), same, "{name}: {value}");
        }
        assert_eq!(http_date(updated), "Fri, 02 Jan 2026 03:04:05 GMT");
    }
}
