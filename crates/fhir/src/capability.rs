//! What a `CapabilityStatement` says of searching.

use crate::params::{self, ParamKind};
use crate::{ResourceType, search};

/// A search parameter as `metadata` lists it (R4 CapabilityStatement.rest.resource.searchParam).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchParamInfo {
    /// Name in a query.
    pub name: &'static str,
    /// Its type, as the code of valueset-search-param-type.
    pub kind: &'static str,
    /// Canonical URL of the definition.
    pub definition: String,
}

/// The parameters that can be searched by, sorted by name.
pub fn search_params(resource_type: ResourceType) -> impl Iterator<Item = SearchParamInfo> {
    params::of(resource_type)
        .iter()
        .filter(|p| p.indexed || search::COLUMN_PARAMS.contains(&p.code))
        .map(|p| SearchParamInfo { name: p.code, kind: kind_code(p.kind), definition: p.url() })
}

/// The values `_include` takes for a type: `*`, `Observation:encounter`. None for a type that refers to nothing.
pub fn search_includes(resource_type: ResourceType) -> impl Iterator<Item = String> {
    let references = || params::of(resource_type).iter().filter(|p| p.indexed && p.kind == ParamKind::Reference);
    let star = references().next().map(|_| "*".to_owned());
    star.into_iter().chain(references().map(move |p| format!("{resource_type}:{}", p.code)))
}

/// The values `_revinclude` takes for a type: `Provenance:target`. Parameters that may refer to anything are left out of the list, though
/// they are taken.
pub fn search_revincludes(resource_type: ResourceType) -> impl Iterator<Item = String> {
    ResourceType::all().flat_map(move |source| {
        let references = params::of(source).iter().filter(|p| p.indexed && p.kind == ParamKind::Reference);
        let back = references.filter(move |p| p.targets().any(|target| target == resource_type));
        back.map(move |p| format!("{source}:{}", p.code))
    })
}

const fn kind_code(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Number => "number",
        ParamKind::Date => "date",
        ParamKind::String => "string",
        ParamKind::Token => "token",
        ParamKind::Reference => "reference",
        ParamKind::Quantity => "quantity",
        ParamKind::Uri => "uri",
        ParamKind::Composite => "composite",
        ParamKind::Special => "special",
    }
}
