//! The program in a temporary folder, without sockets: its router, a clock that stands still, and people who have signed in.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use varde_base::{Actor, AssuranceLevel, CitizenActor, ManualClock, Purpose, SystemRole};
use varde_rights::RuleBook;
use varde_services::{HealthCards, State, Visits};
use varde_store::{Access, Gate, Options, Store};
use varde_web::{ActingFor, CsrfToken, SwitchSubject, Visitor};

use super::asks::Ask;
use super::lives::national_id;
use crate::app::whole;
use crate::config::Limits;
use crate::fhir::{ExportLimits, Exports, FhirLimits, FhirState, TokenBook};
use crate::subscriptions::{Subscriptions, Surroundings};

const URL: &str = "https://varde.test";
const TOKEN: &str = "a-token-of-a-source-system";

/// What differs from answer to answer whoever asks: the number of the request and how long it took. The length is that of the body, which is compared.
const NOT_COMPARED: [&str; 4] = ["x-request-id", "server-timing", "date", "content-length"];

pub(super) struct World {
    router: Router,
    pub(super) clock: ManualClock,
    pub(super) store: Store,
    _folder: tempfile::TempDir,
}

/// One who asks.
#[derive(Debug, Clone)]
pub(super) enum Asker {
    /// A citizen at the portal, for themselves or for another.
    Citizen { who: &'static str, of: Option<&'static str> },
    /// Health personnel through a source system, with this care relation.
    Personnel(Value),
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at("2026-11-21T08:00:00Z".parse().unwrap());
        let time = Arc::new(clock.clone());
        let book = RuleBook::national().unwrap();
        let store = Store::open(&Options::new(folder.path()), time.clone(), book).unwrap();
        let mut tokens = TokenBook::default();
        tokens.add_token(TOKEN, "EHR", SystemRole::SourceSystem);
        let keep = ExportLimits { running: 2, keep: jiff::SignedDuration::from_hours(24) };
        let exports = Exports::open(folder.path().join("exports"), store.clone(), time.clone(), keep).unwrap();
        let base = format!("{URL}/fhir");
        let here = Surroundings { shared: false, private: true };
        let subscriptions = Subscriptions::new(store.clone(), time.clone(), &base, None, here).unwrap();
        let api = FhirState::new(store.clone(), time.clone(), tokens, &base, FhirLimits::default())
            .with_exports(Arc::new(exports))
            .with_subscriptions(subscriptions);
        let (operators, privacy_officers) = (Arc::default(), Arc::default());
        let state = State {
            store: store.clone(),
            clock: time,
            operators,
            privacy_officers,
            help_phone: None,
            health_cards: Arc::new(HealthCards::passing(URL).unwrap()),
            offer: Arc::default(),
            visits: Visits::default(),
            scan: None,
        };
        let pages = varde_services::router(state);
        let kept = store.clone();
        let portal = pages.fallback(crate::layers::nothing_here);
        let log = store.audit_log();
        let router = whole(portal, api, (store, log), (URL, "https://id.test"), &Limits::default());
        Self { router, clock, store: kept, _folder: folder }
    }

    pub(super) fn at(&self, instant: &str) {
        self.clock.set(instant.parse().unwrap());
    }

    /// A source system writes, as it does.
    pub(super) async fn put(&self, body: &Value) {
        let url = format!("/fhir/{}/{}", body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap());
        let ask = Ask { method: "PUT", url, body: body.to_string(), kind: "application/fhir+json", headers: vec![] };
        let answer = self.send(&ask, |request| authorized(request, None)).await;
        assert!(answer.starts_with("20"), "{} {answer}", ask.url);
    }

    pub(super) async fn put_all<'b>(&self, bodies: impl IntoIterator<Item = &'b Value>) {
        for body in bodies {
            self.put(body).await;
        }
    }

    /// Status, headers and body, as one text.
    pub(super) async fn ask(&self, asker: &Asker, ask: &Ask) -> String {
        match asker {
            Asker::Personnel(basis) => self.send(ask, |request| authorized(request, Some(basis))).await,
            Asker::Citizen { who, of } => {
                let actor = citizen_actor(who);
                let acting_for = of.map(|of| ActingFor { patient: of.parse().unwrap(), name: of.into() });
                let csrf = CsrfToken::new("token");
                let visitor = Visitor { actor, acting_for, language: None, csrf, draft: None };
                let signed_in = |mut request: Request<Body>| {
                    request.extensions_mut().insert(visitor);
                    request.extensions_mut().insert(SwitchSubject::new(|_| Box::pin(async { Ok(()) })));
                    request
                };
                self.send(ask, signed_in).await
            }
        }
    }

    /// Status, media type and body of a page that `patient` opens at a portal in `language`.
    pub(super) async fn page(&self, patient: &str, url: &str, language: &str) -> (StatusCode, String, Vec<u8>) {
        let mut request = Request::get(url).header("accept-language", language).body(Body::empty()).unwrap();
        let actor =
            CitizenActor { patient: patient.parse().unwrap(), name: "Kari Nordmann".into(), ..citizen_actor("kari") };
        let csrf = CsrfToken::new("token");
        request.extensions_mut().insert(Visitor { actor, acting_for: None, language: None, csrf, draft: None });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        (parts.status, content_type.to_owned(), to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    async fn send(&self, ask: &Ask, by: impl FnOnce(Request<Body>) -> Request<Body>) -> String {
        let mut request = Request::builder().method(ask.method).uri(&ask.url).header("accept-language", "en");
        if !ask.kind.is_empty() {
            request = request.header("content-type", ask.kind);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let request = by(request.body(Body::from(ask.body.clone())).unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let mut text = format!("{}\n", parts.status.as_u16());
        for (name, value) in parts.headers.iter().filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str())) {
            writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        text.push('\n');
        match std::str::from_utf8(&bytes) {
            Ok(words) => text.push_str(words),
            // A file such as a PDF, byte by byte, so that one that differs is seen to.
            Err(_) => text.extend(bytes.iter().map(|byte| char::from(*byte))),
        }
        text
    }
}

fn citizen_actor(who: &str) -> CitizenActor {
    CitizenActor {
        patient: who.parse().unwrap(),
        national_id: national_id(who),
        name: who.into(),
        level: AssuranceLevel::High,
    }
}

/// The gate that the API opens to a citizen.
pub(super) fn gate(world: &World, who: &str) -> Gate {
    let actor = Actor::Citizen(citizen_actor(who));
    world.store.as_actor(&Access { actor, purpose: Purpose::PatientRequest, acting_for: None, interaction: "search" })
}

fn authorized(mut request: Request<Body>, basis: Option<&Value>) -> Request<Body> {
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
    if let Some(basis) = basis {
        let attestation = json!({
            "practitioner": {"hpr_nr": "9144900", "name": "Liv Vold", "authorization": {"code": "LE", "text": "Lege"},
                "legal_entity": {"id": "983971709", "name": "Tromsø sykehus"}},
            "care_relationship": basis,
        });
        let encoded = URL_SAFE_NO_PAD.encode(attestation.to_string());
        headers.insert("varde-attestation", encoded.parse().unwrap());
    }
    request
}

/// The address of the next page of a Bundle, on this server.
pub(super) fn next_page(answer: &str) -> Option<String> {
    let (_, body) = answer.split_once("\n\n")?;
    let bundle: Value = serde_json::from_str(body).ok()?;
    let next = bundle["link"].as_array()?.iter().find(|link| link["relation"] == "next")?;
    next["url"].as_str()?.strip_prefix(URL).map(str::to_owned)
}
