//! The FHIR REST interactions (R4 http), a file for each.
//!
//! Invariant: every answer is FHIR JSON, errors included; nothing is read or written but through a gate of the one who asks.
//! A handler extracts, acts and answers; what an interaction does is a function that a Bundle's entries call as well.

mod answer;
mod attestation;
mod auth;
mod body;
mod bundle;
mod compartment;
mod conditional;
mod create;
mod cross_origin;
mod delete;
mod headers;
mod history;
mod metadata;
mod offered;
mod openapi;
mod operations;
mod outcome;
mod parameters;
mod patch;
mod read;
mod search;
mod search_all;
mod target;
#[cfg(test)]
mod tests;
mod update;
mod validation;
mod vread;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use bytes::Bytes;
use jiff::Timestamp;
use varde_base::{Actor, Clock, Purpose, SystemActor, SystemRole};
use varde_conformance::definitions::Definitions;
use varde_fhir::ResourceType;
use varde_fhir::search::{self as query, Query, SearchOptions};
use varde_store::{Access, Gate, Store};

use crate::conformance::Conformance;
use crate::subscriptions::Subscriptions;
use auth::Asks;
pub(crate) use auth::TokenBook;

pub(crate) use operations::export::{ExportLimits, Exports};

/// What the API needs.
#[derive(Clone)]
pub(crate) struct FhirState(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    tokens: TokenBook,
    base_url: String,
    limits: FhirLimits,
    metadata: Bytes,
    openapi: OnceLock<Bytes>,
    exports: Option<Arc<Exports>>,
    subscriptions: Option<Arc<Subscriptions>>,
    conformance: Arc<Conformance>,
}

/// Limits of the API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FhirLimits {
    /// Largest body, in bytes.
    pub body_bytes: usize,
    /// Most entries of a batch or transaction.
    pub bundle_entries: usize,
    /// Most matches or versions on a page.
    pub page_count: u32,
    /// What all rules in FHIRPath together may cost when a resource is checked against profiles, in steps.
    pub rule_steps: u64,
}

impl Default for FhirLimits {
    fn default() -> Self {
        Self {
            body_bytes: 16 << 20,
            bundle_entries: 1_000,
            page_count: 1_000,
            rule_steps: varde_conformance::profile::Options::RULE_STEPS,
        }
    }
}

/// Matches on a page when nothing is said.
const DEFAULT_COUNT: u32 = 50;

impl FhirState {
    /// `base_url` is where the API is reached from outside, without a slash at the end: `https://varde.example/fhir`.
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        tokens: TokenBook,
        base_url: &str,
        limits: FhirLimits,
    ) -> Self {
        let metadata = Bytes::from(metadata::capability_statement(base_url, clock.now()));
        Self(Arc::new(Parts {
            store,
            clock,
            tokens,
            base_url: base_url.to_owned(),
            limits,
            metadata,
            openapi: OnceLock::new(),
            exports: None,
            subscriptions: None,
            conformance: Arc::new(Conformance::default()),
        }))
    }

    /// The same with definitions and the strictness of each source. To be called before the state is shared.
    pub(crate) fn with_conformance(mut self, conformance: Arc<Conformance>) -> Self {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.conformance = conformance;
        }
        self
    }

    fn conformance(&self) -> &Conformance {
        &self.0.conformance
    }

    fn definitions(&self) -> &Definitions {
        self.0.conformance.definitions()
    }

    /// The same with exports. To be called before the state is shared.
    pub(crate) fn with_exports(mut self, exports: Arc<Exports>) -> Self {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.exports = Some(exports);
        }
        self
    }

    /// The same with subscriptions. To be called before the state is shared.
    pub(crate) fn with_subscriptions(mut self, subscriptions: Arc<Subscriptions>) -> Self {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.subscriptions = Some(subscriptions);
        }
        self
    }

    fn subscriptions(&self) -> Option<&Arc<Subscriptions>> {
        self.0.subscriptions.as_ref()
    }

    fn exports(&self) -> Option<&Exports> {
        self.0.exports.as_deref()
    }

    fn gate(&self, who: &impl Asks, interaction: &'static str) -> Gate {
        self.0.store.as_actor(&access_of(who.actor(), interaction))
    }

    /// The data, for an operation of a citizen service.
    fn store(&self) -> &Store {
        &self.0.store
    }

    fn base_url(&self) -> &str {
        &self.0.base_url
    }

    fn limits(&self) -> FhirLimits {
        self.0.limits
    }

    fn json_limits(&self) -> varde_fhir::json::Limits {
        varde_fhir::json::Limits { bytes: self.0.limits.body_bytes, ..varde_fhir::json::Limits::default() }
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Reads the parameters of a search.
    fn query(
        &self,
        resource_type: ResourceType,
        pairs: &[(String, String)],
        lenient: bool,
    ) -> Result<Query, outcome::Failed> {
        let options = self.search_options(lenient);
        query::parse_with(resource_type, pairs, &options, &*self.0.conformance).map_err(outcome::Failed::invalid)
    }

    fn search_options(&self, lenient: bool) -> SearchOptions {
        let max_count = self.0.limits.page_count;
        SearchOptions { max_count, default_count: DEFAULT_COUNT.min(max_count), lenient, now: self.now() }
    }
}

/// Reads a query string; `None` for what is none.
pub(crate) fn decode_query(text: &str) -> Option<Vec<(String, String)>> {
    parameters::decode(text).ok()
}

/// The access of one who asks through the API, now or by an order that is carried out later.
pub(crate) fn access_of(actor: Actor, interaction: &'static str) -> Access {
    let purpose = match &actor {
        Actor::System(SystemActor { role: SystemRole::SourceSystem, .. }) => Purpose::Treatment,
        Actor::System(_) => Purpose::Administration,
        Actor::Personnel(personnel) => personnel.basis.purpose(),
        Actor::Citizen(_) => Purpose::PatientRequest,
    };
    Access { actor, purpose, acting_for: None, interaction }
}

/// The API at the path of its base URL, such as `/fhir`; to be merged into the router of the whole.
pub(crate) fn at(path: &str, state: FhirState) -> Router {
    // `nest` leaves out the path with a slash at its end, to which clients send Bundles as well.
    let with_slash = Router::new()
        // tidy: expect(access-test) the same place as "/" below, spelt with a slash; access_table.rs has that one
        .route(&format!("{path}/"), post(bundle::handle).get(search_all::get))
        .method_not_allowed_fallback(outcome::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), auth::enter))
        .with_state(state.clone());
    // tidy: expect(access-test) the prefix is "/fhir", as the check of routes has it
    Router::new().nest(path, router(state)).merge(with_slash)
}

/// What is routed here is what [`offered`] says.
fn router(state: FhirState) -> Router {
    let protected = Router::new()
        .route("/", post(bundle::handle).get(search_all::get))
        .route("/_search", post(search_all::post))
        .route("/_history", get(history::system))
        .route(
            "/{type}",
            get(search::get)
                .post(create::handle)
                .put(update::handle_conditional)
                .delete(delete::handle_conditional)
                .patch(patch::handle_conditional),
        )
        .route("/{type}/_search", post(search::post))
        .route("/{type}/_history", get(history::of_type))
        .route("/{type}/{id}", get(read::handle).put(update::handle).delete(delete::handle).patch(patch::handle))
        .route("/{type}/{id}/_history", get(history::of_instance))
        .route("/{type}/{id}/_history/{version}", get(vread::handle))
        .route("/{type}/{id}/{target}", get(compartment::handle))
        .merge(operations::router())
        .method_not_allowed_fallback(outcome::method_not_allowed)
        .fallback(outcome::no_such_place)
        .layer(from_fn_with_state(state.clone(), auth::enter));
    let open = Router::new()
        .route("/metadata", get(metadata::handle))
        .route("/openapi.json", get(openapi::handle))
        .merge(operations::open_router())
        .method_not_allowed_fallback(outcome::method_not_allowed)
        .layer(from_fn(auth::enter_openly));
    open.merge(protected).with_state(state)
}
