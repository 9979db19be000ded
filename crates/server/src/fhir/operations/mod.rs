//! FHIR operations (R4 operations), a file for each. A file has its routes and says what it offers; both are registered here.

mod access_log;
mod asked;
pub(super) mod everything;
mod expand;
pub(crate) mod export;
mod import;
pub(super) mod input;
mod lastn;
mod lookup;
mod may_collect;
mod meta;
mod meta_all;
mod register_proxy;
mod simulate_access;
mod subscription;
mod subsumes;
mod summary;
mod translate;
mod validate;
mod validate_code;

use axum::Router;
use serde_json::{Value, json};
use varde_fhir::ResourceType;

use super::FhirState;

pub(super) use subscription::topics;

/// An operation as metadata names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    /// Its name, without the dollar sign.
    pub(crate) name: &'static str,
    /// Canonical URL of its definition.
    pub(crate) definition: &'static str,
    /// Where it is offered.
    pub(crate) on: On,
}

/// What an operation is offered on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// The whole.
    System,
    /// Every type.
    EveryType,
    /// One type.
    Type(ResourceType),
}

/// What each file offers.
const OFFERED: &[&[Operation]] = &[
    access_log::OFFERED,
    everything::OFFERED,
    expand::OFFERED,
    export::OFFERED,
    import::OFFERED,
    lastn::OFFERED,
    lookup::OFFERED,
    may_collect::OFFERED,
    meta::OFFERED,
    meta_all::OFFERED,
    register_proxy::OFFERED,
    simulate_access::OFFERED,
    subscription::OFFERED,
    subsumes::OFFERED,
    summary::OFFERED,
    translate::OFFERED,
    validate::OFFERED,
    validate_code::OFFERED,
];

/// The routes of all operations, before the token is asked for.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .merge(access_log::router())
        .merge(everything::router())
        .merge(expand::router())
        .merge(export::router())
        .merge(import::router())
        .merge(lastn::router())
        .merge(lookup::router())
        .merge(may_collect::router())
        .merge(meta::router())
        .merge(meta_all::router())
        .merge(register_proxy::router())
        .merge(simulate_access::router())
        .merge(subscription::router())
        .merge(subsumes::router())
        .merge(summary::router())
        .merge(translate::router())
        .merge(validate::router())
        .merge(validate_code::router())
}

/// The routes that ask for no token of the API.
pub(super) fn open_router() -> Router<FhirState> {
    subscription::open_router()
}

/// `CapabilityStatement.rest.operation`, or `rest.resource.operation` of a type.
pub(super) fn listed(of: Option<ResourceType>) -> Vec<Value> {
    let fits = |on: On| match (on, of) {
        (On::System, None) | (On::EveryType, Some(_)) => true,
        (On::Type(wanted), Some(kind)) => wanted == kind,
        _ => false,
    };
    let operations = OFFERED.iter().copied().flatten().filter(|operation| fits(operation.on));
    operations.map(|operation| json!({ "name": operation.name, "definition": operation.definition })).collect()
}
