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

/// The compartment a path names, and the type in it; `None` for all (`*`).
#[derive(Debug, Clone)]
pub(crate) struct InCompartment(pub(crate) ResourceType, pub(crate) ResourceId, pub(crate) Option<ResourceType>);

/// The parameters of the path. What cannot be decoded names nothing that is there.
async fn parameters(parts: &mut Parts) -> Result<RawPathParams, Failed> {
    RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Failed::not_found())
}

fn parameter<'p>(path: &'p RawPathParams, wanted: &str) -> Result<&'p str, Failed> {
    path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value).ok_or_else(Failed::not_found)
}

fn resource_type(path: &RawPathParams) -> Result<ResourceType, Failed> {
    ResourceType::from_name(parameter(path, "type")?).ok_or_else(|| {
        let issue = Issue::error(IssueCode::NotSupported, "", "not a resource type of FHIR R4");
        Failed::new(Category::NotFound, issue)
    })
}

fn id(path: &RawPathParams) -> Result<ResourceId, Failed> {
    // An operation that is not offered is a path like an id's.
    parameter(path, "id")?.parse().map_err(|_| Failed::not_found())
}

impl<S: Sync> FromRequestParts<S> for OfType {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        resource_type(&parameters(parts).await?).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Instance {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let path = parameters(parts).await?;
        Ok(Self(resource_type(&path)?, id(&path)?))
    }
}

impl<S: Sync> FromRequestParts<S> for InstanceVersion {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let path = parameters(parts).await?;
        let version = parameter(&path, "version")?.parse().map_err(|_| Failed::not_found())?;
        Ok(Self(resource_type(&path)?, id(&path)?, version))
    }
}

impl<S: Sync> FromRequestParts<S> for InCompartment {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let path = parameters(parts).await?;
        let target = match parameter(&path, "target")? {
            "*" => None,
            // Neither a type nor an operation that is offered.
            name => Some(ResourceType::from_name(name).ok_or_else(Failed::not_found)?),
        };
        Ok(Self(resource_type(&path)?, id(&path)?, target))
    }
}
