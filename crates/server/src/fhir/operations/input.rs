//! What an operation is called with: parameters of the URL, and of a Parameters resource when it is posted.

use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use jiff::Timestamp;
use varde_base::ResourceId;
use varde_fhir::json::Node;
use varde_fhir::search::CURSOR_PARAM;
use varde_fhir::{IssueCode, LocalReference, Parsed, ResourceType};

use crate::fhir::body::{FhirJson, parse};
use crate::fhir::outcome::Failed;
use crate::fhir::{FhirState, parameters};

/// Names and values in the order they came, as texts. References stand as `Type/id`, codings as `system|code`.
#[derive(Debug, Default)]
pub(crate) struct Input(pub(crate) Vec<(String, String)>);

impl FromRequest<FhirState> for Input {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &FhirState) -> Result<Self, Failed> {
        let mut pairs = parameters::decode(request.uri().query().unwrap_or_default())?;
        if request.method() == Method::POST && request.headers().contains_key(CONTENT_TYPE) {
            let FhirJson(body) = FhirJson::from_request(request, state).await?;
            pairs.extend(values(&parse(state, &body, ResourceType::PARAMETERS)?)?);
        }
        pairs.retain(|(name, _)| name != "_format" && name != "_pretty");
        // A reference to this server may be given in full.
        for (_, value) in &mut pairs {
            if let Some(relative) = value.strip_prefix(state.base_url()).and_then(|rest| rest.strip_prefix('/')) {
                *value = relative.to_owned();
            }
        }
        Ok(Self(pairs))
    }
}

impl Input {
    /// Takes out the only value of a parameter.
    ///
    /// # Errors
    /// 400 when there are several.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<String>, Failed> {
        let mut values = self.take_all(name).into_iter();
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(Failed::at(IssueCode::Value, name, "given more than once")),
        }
    }

    /// Takes out all values of a parameter.
    pub(crate) fn take_all(&mut self, name: &str) -> Vec<String> {
        let (taken, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0).into_iter().partition(|(n, _)| n == name);
        self.0 = rest;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// `_type`: names of resource types, between commas or repeated.
    pub(crate) fn types(&mut self) -> Result<Vec<ResourceType>, Failed> {
        let texts = self.take_all("_type");
        let names = texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|name| !name.is_empty());
        let unknown = || Failed::at(IssueCode::Value, "_type", "not a resource type of FHIR R4");
        names.map(|name| ResourceType::from_name(name).ok_or_else(unknown)).collect()
    }

    /// An instant, such as `_since`.
    pub(crate) fn instant(&mut self, name: &'static str) -> Result<Option<Timestamp>, Failed> {
        let Some(text) = self.take(name)? else { return Ok(None) };
        // In a URL that is not encoded, the plus of a time zone becomes a space.
        let time = text.replace(' ', "+").parse();
        time.map(Some).map_err(|_| Failed::at(IssueCode::Value, name, "an instant, such as 2026-01-31T12:00:00Z"))
    }

    /// A whole number from 1, lowered to `most`.
    pub(crate) fn count(&mut self, name: &'static str, otherwise: u32, most: u32) -> Result<u32, Failed> {
        let Some(text) = self.take(name)? else { return Ok(otherwise.min(most)) };
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Failed::at(IssueCode::Value, name, "a whole number"));
        }
        // More digits than fit are simply more than the most.
        Ok(text.parse().unwrap_or(u32::MAX).clamp(1, most))
    }

    /// The cursor of a `next` link.
    pub(crate) fn cursor(&mut self) -> Result<Option<varde_fhir::search::Cursor>, Failed> {
        Ok(self.take(CURSOR_PARAM)?.map(varde_fhir::search::Cursor))
    }

    /// What is left is not known.
    ///
    /// # Errors
    /// 400 when anything is.
    pub(crate) fn end(self) -> Result<(), Failed> {
        match self.0.first() {
            None => Ok(()),
            Some(_) => Err(Failed::at(IssueCode::NotSupported, "", "the operation takes no such parameter")),
        }
    }
}

/// A reference to a patient of this server, or the id alone.
///
/// # Errors
/// 400 for anything else.
pub(crate) fn patient(name: &'static str, text: &str) -> Result<ResourceId, Failed> {
    let wrong = || Failed::at(IssueCode::Value, name, "a patient of this server, such as Patient/123");
    let id = match LocalReference::parse(text) {
        Some(LocalReference { resource_type: ResourceType::PATIENT, id }) => Some(id),
        Some(_) => None,
        None => text.parse().ok(),
    };
    id.ok_or_else(wrong)
}

/// The values of a Parameters resource. What has parts or is a resource has no text, and is refused.
fn values(parameters: &Parsed<'_>) -> Result<Vec<(String, String)>, Failed> {
    let mut out = Vec::new();
    for (index, parameter) in parameters.root().list("parameter").iter().enumerate() {
        let name = parameter.str_at("name").unwrap_or_default();
        let members = parameter.object().map(|object| object.members()).unwrap_or_default();
        let value = members.iter().find(|member| member.name.starts_with("value")).and_then(|m| text_of(&m.value));
        let place = || format!("Parameters.parameter[{index}].value");
        let value =
            value.ok_or_else(|| Failed::at(IssueCode::Value, place(), "a value that can stand in a URL too"))?;
        out.push((name.to_owned(), value));
    }
    Ok(out)
}

fn text_of(value: &Node<'_>) -> Option<String> {
    if let Some(text) = value.str().or_else(|| value.number()) {
        return Some(text.to_owned());
    }
    if let Some(truth) = value.bool() {
        return Some(truth.to_string());
    }
    if let Some(reference) = value.str_at("reference") {
        return Some(reference.to_owned());
    }
    let coding = value.list("coding").first().unwrap_or(value);
    let code = coding.str_at("code")?;
    Some(coding.str_at("system").map_or_else(|| code.to_owned(), |system| format!("{system}|{code}")))
}
