use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use varde_base::ResourceId;
use varde_fhir::{EntryResponse, Issue, IssueCode, ResourceType, Severity, operation_outcome};
use varde_store::{Found, Written};

use super::FhirState;
use super::headers::{Preference, etag, http_date};

/// FHIR JSON, without the parameters a media type may have.
pub(crate) const FHIR_JSON_TYPE: &str = "application/fhir+json";
/// The media type of every answer (R4 http, section 3.1.0.1.9).
pub(crate) const FHIR_JSON: (HeaderName, &str) = (CONTENT_TYPE, "application/fhir+json; charset=utf-8");
/// Health data are kept by nobody on the way.
pub(crate) const NO_STORE: (HeaderName, &str) = (CACHE_CONTROL, "no-store");

/// What an interaction came to, for an HTTP response or for an entry of a Bundle alike.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) version: Option<Version>,
    /// A Bundle, an OperationOutcome, or the resource.
    pub(crate) body: Option<Bytes>,
    /// Names the place of what was written.
    pub(crate) located: bool,
}

/// The version of a resource an answer is about.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) resource_type: ResourceType,
    pub(crate) id: ResourceId,
    pub(crate) version: u64,
    pub(crate) updated: Timestamp,
}

impl Version {
    /// `Patient/1/_history/2`.
    pub(crate) fn relative(&self) -> String {
        format!("{}/{}/_history/{}", self.resource_type, self.id, self.version)
    }
}

impl Answer {
    /// A resource that was found.
    pub(crate) fn found(found: Found) -> Self {
        let version = Version {
            resource_type: found.resource_type,
            id: found.id,
            version: found.version,
            updated: found.updated,
        };
        Self { status: StatusCode::OK, version: Some(version), body: Some(found.body), located: false }
    }

    /// A resource that was written.
    pub(crate) fn written(written: Written, preference: Preference) -> Self {
        let status = match (written.deleted, written.created) {
            (true, _) => StatusCode::NO_CONTENT,
            (false, true) => StatusCode::CREATED,
            (false, false) => StatusCode::OK,
        };
        let body = match preference {
            _ if written.deleted => None,
            Preference::Minimal => None,
            Preference::Representation => Some(written.body),
            Preference::OperationOutcome => Some(Bytes::from(operation_outcome(&[Issue {
                severity: Severity::Information,
                code: IssueCode::Informational,
                expression: String::new(),
                diagnostics: format!("version {} of {}/{}", written.version, written.resource_type, written.id),
            }]))),
        };
        let version = (written.version > 0).then_some(Version {
            resource_type: written.resource_type,
            id: written.id,
            version: written.version,
            updated: written.updated,
        });
        Self { status, version, body, located: !written.deleted }
    }

    /// The same; when an OperationOutcome is preferred, it says what validation found as well.
    pub(crate) fn telling(mut self, found: &[Issue], preference: Preference) -> Self {
        if preference == Preference::OperationOutcome && self.body.is_some() && !found.is_empty() {
            // It is done, so what is wrong with it is a warning now.
            let lowered = |issue: &Issue| match issue.severity {
                Severity::Error => Issue { severity: Severity::Warning, ..issue.clone() },
                _ => issue.clone(),
            };
            self.body = Some(Bytes::from(operation_outcome(&found.iter().map(lowered).collect::<Vec<_>>())));
        }
        self
    }

    /// A deletion that found nothing to delete.
    pub(crate) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, version: None, body: None, located: false }
    }

    /// Something that is no resource with a place: a Bundle.
    pub(crate) fn body(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, version: None, body: Some(Bytes::from(body)), located: false }
    }

    /// The answer as the response of a Bundle's entry; the body goes beside it.
    pub(crate) fn entry_response(&self) -> EntryResponse {
        let version = self.version.as_ref();
        EntryResponse {
            status: format!("{} {}", self.status.as_u16(), self.status.canonical_reason().unwrap_or_default()),
            location: version.filter(|_| self.located).map(Version::relative),
            etag: version.map(|v| etag(v.version)),
            last_modified: version.map(|v| v.updated),
            outcome: None,
        }
    }

    /// The answer to a request of its own.
    pub(crate) fn respond(self, state: &FhirState) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, [FHIR_JSON, NO_STORE], body).into_response(),
            None => (self.status, [NO_STORE]).into_response(),
        };
        let mut set = |name, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        };
        if let Some(version) = &self.version {
            set(ETAG, etag(version.version));
            set(LAST_MODIFIED, http_date(version.updated));
            if self.located {
                set(LOCATION, format!("{}/{}", state.base_url(), version.relative()));
            }
        }
        response
    }
}
