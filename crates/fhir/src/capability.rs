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

/// The values `_include` takes for a type: `Observation:encounter`.
pub fn search_includes(resource_type: ResourceType) -> impl Iterator<Item = String> {
    let references = params::of(resource_type).iter().filter(|p| p.indexed && p.kind == ParamKind::Reference);
    references.map(move |p| format!("{resource_type}:{}", p.code))
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
