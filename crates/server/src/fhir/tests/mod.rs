//! The API from outside: requests against a router over a database in a temporary folder. A file for each interaction.

mod access_log;
mod appointment;
mod batch;
mod conditional_delete;
mod conditional_update;
mod create;
mod cross_origin;
mod delete;
mod emergency;
mod export;
mod fhir_patch;
mod history;
mod import;
mod limits;
mod may_collect;
mod metadata;
mod openapi;
mod operations;
mod patch;
mod personnel;
mod read;
mod registered_proxy;
mod renewal;
mod request;
mod search;
mod search_wide;
mod simulate_access;
mod subscription;
mod summary;
mod terminology;
mod transaction;
mod update;
mod validate;
mod vread;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;
use varde_base::{ManualClock, SystemRole};
use varde_rights::RuleBook;
use varde_store::{Options, Store};

use crate::conformance::Conformance;
use crate::subscriptions::{Subscriptions, Surroundings};

use super::{ExportLimits, Exports, FhirLimits, FhirState, TokenBook, at};

const BASE: &str = "https://varde.test/fhir";
const TOKEN: &str = "a-token-of-a-source-system";
/// One process; subscribers are on this machine.
const HERE: Surroundings = Surroundings { shared: false, private: true };
const OTHER_TOKEN: &str = "a-token-of-another";
const ADMIN_TOKEN: &str = "a-token-of-an-administrator";

struct Api {
    router: Router,
    clock: ManualClock,
    store: Store,
    exports: Arc<Exports>,
    subscriptions: Arc<Subscriptions>,
    folder: TempDir,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// Status, code and expression of the first issue.
    fn issue(&self) -> (u16, String, String) {
        let json = self.json();
        assert_eq!(json["resourceType"], "OperationOutcome", "{}", self.text);
        assert_eq!(self.header("content-type"), "application/fhir+json; charset=utf-8");
        let issue = &json["issue"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), text(&issue["code"]), text(&issue["expression"][0]))
    }
}

impl Api {
    fn new() -> Self {
        Self::with_limits(FhirLimits::default())
    }

    fn with_limits(limits: FhirLimits) -> Self {
        let clock = ManualClock::at("2026-03-01T12:00:00Z".parse().unwrap());
        Self::over(tempfile::tempdir().unwrap(), clock, limits)
    }

    /// With definitions of its own, and a strictness for each source.
    fn with_conformance(conformance: Conformance) -> Self {
        let clock = ManualClock::at("2026-03-01T12:00:00Z".parse().unwrap());
        Self::over_with(tempfile::tempdir().unwrap(), clock, FhirLimits::default(), conformance)
    }

    /// Over the data of a folder.
    fn over(folder: TempDir, clock: ManualClock, limits: FhirLimits) -> Self {
        Self::over_with(folder, clock, limits, Conformance::default())
    }

    fn over_with(folder: TempDir, clock: ManualClock, limits: FhirLimits, conformance: Conformance) -> Self {
        let time = Arc::new(clock.clone());
        let book = RuleBook::national().unwrap();
        let store = Store::open(&Options::new(folder.path()), time.clone(), book).unwrap();
        let mut tokens = TokenBook::default();
        tokens.add_token(TOKEN, "Test EHR", SystemRole::SourceSystem);
        tokens.add_token(OTHER_TOKEN, "Other EHR", SystemRole::SourceSystem);
        tokens.add_token(ADMIN_TOKEN, "Operator's tool", SystemRole::Admin);
        let keep = ExportLimits { running: 2, keep: jiff::SignedDuration::from_hours(24) };
        let exports = Exports::open(folder.path().join("exports"), store.clone(), time.clone(), keep).unwrap();
        let exports = Arc::new(exports);
        let subscriptions = Subscriptions::new(store.clone(), time.clone(), BASE, None, HERE).unwrap();
        let state = FhirState::new(store.clone(), time, tokens, BASE, limits)
            .with_exports(Arc::clone(&exports))
            .with_subscriptions(Arc::clone(&subscriptions))
            .with_conformance(Arc::new(conformance));
        let router = Router::new().merge(at("/fhir", state)).fallback(async || "a page");
        Self { router, clock, store, exports, subscriptions, folder }
    }

    /// Another process on the same data, with a folder of its own for exports.
    fn beside(&self, folder: &std::path::Path) -> Router {
        let time = Arc::new(self.clock.clone());
        let mut tokens = TokenBook::default();
        tokens.add_token(TOKEN, "Test EHR", SystemRole::SourceSystem);
        tokens.add_token(OTHER_TOKEN, "Other EHR", SystemRole::SourceSystem);
        let keep = ExportLimits { running: 2, keep: jiff::SignedDuration::from_hours(24) };
        let exports = Exports::open(folder.to_owned(), self.store.clone(), time.clone(), keep).unwrap();
        let state = FhirState::new(self.store.clone(), time, tokens, BASE, FhirLimits::default());
        at("/fhir", state.with_exports(Arc::new(exports)))
    }

    /// The same data after a restart.
    async fn again(self) -> Self {
        let Self { folder, clock, store, exports, subscriptions, router } = self;
        store.close().await.unwrap();
        drop((store, exports, subscriptions, router));
        Self::over(folder, clock, FhirLimits::default())
    }

    async fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("/fhir{url}"));
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {TOKEN}"));
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, url: &str) -> Reply {
        self.send("GET", url, &[], "").await
    }

    async fn post(&self, url: &str, body: &str) -> Reply {
        self.send("POST", url, &[JSON], body.to_owned()).await
    }

    async fn put(&self, url: &str, body: &str) -> Reply {
        self.send("PUT", url, &[JSON], body.to_owned()).await
    }

    /// Writes a resource under the id it carries.
    async fn given(&self, body: &str) {
        let json: Value = serde_json::from_str(body).unwrap();
        let url = format!("/{}/{}", json["resourceType"].as_str().unwrap(), json["id"].as_str().unwrap());
        let reply = self.put(&url, body).await;
        assert!(reply.status.is_success(), "{}: {}", reply.status, reply.text);
    }
}

const JSON: (&str, &str) = ("content-type", "application/fhir+json");
const KARI: &str = r#"{"resourceType":"Patient","id":"kari","name":[{"family":"Nordmann","given":["Kari"]}],"birthDate":"1990-01-02"}"#;

/// The ids of the entries of a Bundle.
fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["resource"]["id"].as_str().unwrap_or("-").to_owned()).collect()
}

fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array()?;
    let link = links.iter().find(|link| link["relation"] == relation)?;
    Some(link["url"].as_str()?.strip_prefix(BASE)?.to_owned())
}
