use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use varde_base::{Category, ResourceId};
use varde_fhir::{Issue, IssueCode, ResourceType};

use super::outcome::Failed;

/// The type a path names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfType(pub(crate) ResourceType);

/// The resource a path names.
#[derive(Debug, Clone)]
pub(crate) struct Instance(pub(crate) ResourceType, pub(crate) ResourceId);

/// The version a path names.
#[derive(Debug, Clone)]
pub(crate) struct InstanceVersion(pub(crate) ResourceType, pub(crate) ResourceId, pub(crate) u64);

async fn parameter(parts: &mut Parts, wanted: &str) -> Result<String, Failed> {
    // What cannot be decoded names nothing that is there.
    let path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Failed::not_found())?;
    let value = path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    value.ok_or_else(Failed::not_found)
}

impl<S: Sync> FromRequestParts<S> for OfType {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let name = parameter(parts, "type").await?;
        ResourceType::from_name(&name).map(Self).ok_or_else(|| {
            let issue = Issue::error(IssueCode::NotSupported, "", "not a resource type of FHIR R4");
            Failed::new(Category::NotFound, issue)
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Instance {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let OfType(resource_type) = OfType::from_request_parts(parts, state).await?;
        let id = parameter(parts, "id").await?;
        // An operation ($everything) is a path like an id's; none is offered yet.
        let id = id.parse().map_err(|_| Failed::not_found())?;
        Ok(Self(resource_type, id))
    }
}

impl<S: Sync> FromRequestParts<S> for InstanceVersion {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Instance(resource_type, id) = Instance::from_request_parts(parts, state).await?;
        let version = parameter(parts, "version").await?;
        let version = version.parse().map_err(|_| Failed::not_found())?;
        Ok(Self(resource_type, id, version))
    }
}
