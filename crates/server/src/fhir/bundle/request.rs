use varde_base::ResourceId;
use varde_fhir::{BundleRequest, IssueCode, ResourceType};
use varde_store::{Expect, Gate};

use crate::fhir::answer::Answer;
use crate::fhir::headers::if_match_version;
use crate::fhir::outcome::Failed;
use crate::fhir::update::expectation;
use crate::fhir::{FhirState, parameters, search};

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    Create { resource_type: ResourceType, condition: Option<String> },
    Update { resource_type: ResourceType, id: ResourceId, expect: Expect },
    UpdateWhere { resource_type: ResourceType, condition: String, asked: Expect },
    Delete { resource_type: ResourceType, id: ResourceId, version: Option<u64> },
    DeleteWhere { resource_type: ResourceType, condition: String, version: Option<u64> },
    Look(Look),
}

/// A request that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    Read(ResourceType, ResourceId),
    Version(ResourceType, ResourceId, u64),
    Search(ResourceType, String),
}

/// Reads `Bundle.entry.request`.
///
/// # Errors
/// 400 for what cannot be understood, 405 for what is not offered.
pub(super) fn read(request: Option<&BundleRequest>, base_url: &str) -> Result<Request, Failed> {
    let Some(request) = request else {
        return Err(Failed::at(IssueCode::Required, "request", "every entry needs a request"));
    };
    let url = request.url.strip_prefix(base_url).unwrap_or(&request.url);
    let url = url.strip_prefix('/').unwrap_or(url);
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let mut parts = path.split('/');
    let resource_type = parts.next().and_then(ResourceType::from_name);
    let resource_type =
        resource_type.ok_or_else(|| Failed::at(IssueCode::Value, "request.url", "not a resource type of FHIR R4"))?;
    let rest: Vec<&str> = parts.collect();
    let id =
        |text: &str| text.parse::<ResourceId>().map_err(|e| Failed::at(IssueCode::Value, "request.url", e.to_string()));
    let version = request.if_match.as_deref().map(if_match_version).transpose()?;
    let asked = expectation(version, request.if_none_match.as_deref() == Some("*"));
    match (request.method.as_str(), rest.as_slice(), query) {
        ("POST", [], None) => Ok(Request::Create { resource_type, condition: request.if_none_exist.clone() }),
        ("PUT", [text], None) => Ok(Request::Update { resource_type, id: id(text)?, expect: asked }),
        ("PUT", [], Some(condition)) => {
            Ok(Request::UpdateWhere { resource_type, condition: condition.to_owned(), asked })
        }
        ("DELETE", [text], None) => Ok(Request::Delete { resource_type, id: id(text)?, version }),
        ("GET", [], query) => Ok(Request::Look(Look::Search(resource_type, query.unwrap_or_default().to_owned()))),
        ("GET", [text], None) => Ok(Request::Look(Look::Read(resource_type, id(text)?))),
        ("GET", [text, "_history", number], None) => {
            let number = number.parse().map_err(|_| Failed::at(IssueCode::Value, "request.url", "not a version"))?;
            Ok(Request::Look(Look::Version(resource_type, id(text)?, number)))
        }
        ("DELETE", [], Some(condition)) => {
            Ok(Request::DeleteWhere { resource_type, condition: condition.to_owned(), version })
        }
        _ => Err(Failed::not_supported("request", "this interaction is not offered in a Bundle")),
    }
}

/// Does what changes nothing.
pub(super) async fn look(state: &FhirState, gate: &Gate, look: Look) -> Result<Answer, Failed> {
    match look {
        Look::Read(resource_type, id) => Ok(Answer::found(gate.read(resource_type, &id).await?)),
        Look::Version(resource_type, id, version) => {
            Ok(Answer::found(gate.read_version(resource_type, &id, version).await?))
        }
        Look::Search(resource_type, query) => {
            search::search(state, gate, resource_type, parameters::decode(&query)?, false).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use varde_base::Category;

    #[test]
    fn requests_of_entries_are_understood_or_refused() {
        let of = |method: &str, url: &str| BundleRequest {
            method: method.into(),
            url: url.into(),
            ..BundleRequest::default()
        };
        let id = || "1".parse::<ResourceId>().unwrap();
        let patient = ResourceType::PATIENT;
        for (method, url, expected) in [
            ("POST", "Patient", Request::Create { resource_type: patient, condition: None }),
            ("POST", "http://x/fhir/Patient", Request::Create { resource_type: patient, condition: None }),
            ("PUT", "/Patient/1", Request::Update { resource_type: patient, id: id(), expect: Expect::Any }),
            (
                "PUT",
                "Patient?name=a",
                Request::UpdateWhere { resource_type: patient, condition: "name=a".into(), asked: Expect::Any },
            ),
            ("DELETE", "Patient/1", Request::Delete { resource_type: patient, id: id(), version: None }),
            (
                "DELETE",
                "Patient?name=a",
                Request::DeleteWhere { resource_type: patient, condition: "name=a".into(), version: None },
            ),
            ("GET", "Patient/1", Request::Look(Look::Read(patient, id()))),
            ("GET", "Patient/1/_history/2", Request::Look(Look::Version(patient, id(), 2))),
            ("GET", "Patient?name=a", Request::Look(Look::Search(patient, "name=a".into()))),
        ] {
            assert_eq!(read(Some(&of(method, url)), "http://x/fhir"), Ok(expected), "{method} {url}");
        }
        for (method, url, category) in [
            ("POST", "Person2", Category::Invalid),
            ("PUT", "Patient/a_b", Category::Invalid),
            ("PUT", "Patient", Category::NotSupported),
            ("DELETE", "Patient", Category::NotSupported),
            ("PATCH", "Patient/1", Category::NotSupported),
            ("GET", "http://elsewhere/Patient/1", Category::Invalid),
            ("GET", "", Category::Invalid),
        ] {
            let refused = read(Some(&of(method, url)), "http://x/fhir").unwrap_err();
            assert_eq!(refused.category, category, "{method} {url}");
        }
        assert!(read(None, "").is_err());
    }
}
