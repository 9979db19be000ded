use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use bytes::Bytes;
use http_body_util::LengthLimitError;
use varde_fhir::{IssueCode, Parsed, ResourceType};

use super::FhirState;
use super::headers::is_fhir_json;
use super::outcome::Failed;

/// Most bytes of a search sent as a form.
const FORM_BYTES: usize = 256 << 10;
/// Most bytes of a JSON Patch: who changes more than this sends the resource.
const PATCH_BYTES: usize = 1 << 20;
/// The one kind of patch that is taken (RFC 6902).
pub(crate) const JSON_PATCH: &str = "application/json-patch+json";
/// Says which kinds of patch are taken (RFC 5789 section 3.1).
pub(crate) const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
/// Its value.
pub(crate) const PATCH_TYPES: &str = JSON_PATCH;
const FORM: &str = "application/x-www-form-urlencoded";

/// A body of FHIR JSON, within the limit, not yet read.
#[derive(Debug)]
pub(crate) struct FhirJson(pub(crate) Bytes);

/// A body that says it is a JSON Patch, within the limit, not yet read.
#[derive(Debug)]
pub(crate) struct JsonPatch(pub(crate) Bytes);

/// A search sent as a form; may be empty.
#[derive(Debug)]
pub(crate) struct FormText(pub(crate) String);

impl FromRequest<FhirState> for FhirJson {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &FhirState) -> Result<Self, Failed> {
        let media_type = content_type(&request);
        if !media_type.is_some_and(is_fhir_json) {
            return Err(Failed::unsupported_media(
                "a body is application/fhir+json in UTF-8 (FHIR 4.0)",
                ACCEPT,
                "application/fhir+json, application/json",
            ));
        }
        bytes(request, state.limits().body_bytes).await.map(Self)
    }
}

impl FromRequest<FhirState> for JsonPatch {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &FhirState) -> Result<Self, Failed> {
        if kind(&request).as_deref() != Some(JSON_PATCH) {
            return Err(Failed::unsupported_media("a patch is application/json-patch+json", ACCEPT_PATCH, PATCH_TYPES));
        }
        bytes(request, state.limits().body_bytes.min(PATCH_BYTES)).await.map(Self)
    }
}

impl FromRequest<FhirState> for FormText {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &FhirState) -> Result<Self, Failed> {
        let media_type = kind(&request);
        let body = bytes(request, FORM_BYTES).await?;
        let is_form = media_type.as_deref() == Some(FORM);
        if !body.is_empty() && !is_form {
            return Err(Failed::unsupported_media(
                "a search is sent as application/x-www-form-urlencoded",
                ACCEPT,
                FORM,
            ));
        }
        let text =
            String::from_utf8(body.into()).map_err(|_| Failed::at(IssueCode::Value, "", "the form is not UTF-8"))?;
        Ok(Self(text))
    }
}

fn content_type(request: &Request) -> Option<&str> {
    request.headers().get(CONTENT_TYPE)?.to_str().ok()
}

/// The media type without its parameters.
fn kind(request: &Request) -> Option<String> {
    Some(content_type(request)?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

async fn bytes(request: Request, limit: usize) -> Result<Bytes, Failed> {
    let too_large = || Failed::too_large("", format!("a body is at most {limit} bytes"));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let is_limit = std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimitError>());
        if is_limit { too_large() } else { Failed::at(IssueCode::Structure, "", "the body did not come to its end") }
    })
}

/// Reads a resource that must be of the type the path names.
///
/// # Errors
/// 400 with every issue found.
pub(crate) fn parse<'b>(state: &FhirState, body: &'b [u8], resource_type: ResourceType) -> Result<Parsed<'b>, Failed> {
    let parsed = Parsed::parse(body, &state.json_limits()).map_err(Failed::invalid)?;
    is_of_type(&parsed, resource_type)?;
    Ok(parsed)
}

/// The resource must be of the type its place names.
pub(crate) fn is_of_type(parsed: &Parsed<'_>, resource_type: ResourceType) -> Result<(), Failed> {
    if parsed.resource_type() == resource_type {
        return Ok(());
    }
    let place = format!("{}.resourceType", parsed.resource_type());
    Err(Failed::at(IssueCode::Invalid, place, format!("the resource must be a {resource_type}")))
}
