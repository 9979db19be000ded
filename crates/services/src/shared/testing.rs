//! For tests of pages: the real router over a store in a temporary folder, asked by people who have signed in.

mod told;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use varde_base::{
    Actor, AssuranceLevel, CitizenActor, ManualClock, NATIONAL_ID_SYSTEM, NationalId, Purpose, SystemActor, SystemRole,
};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap, ResourceType};
use varde_rights::RuleBook;
use varde_store::{Access, Batch, Options, Put, Store, Write};
use varde_web::{ActingFor, CsrfToken, EndSessions, Visitor};

use super::{State, Visits};

/// When everything happens, unless a test moves [`Portal::clock`].
pub(crate) const NOW: &str = "2026-11-21T09:00:00Z";

/// The pages of all services, over data that the test gives.
pub(crate) struct Portal {
    /// The time.
    pub clock: ManualClock,
    /// How often somebody's sessions were all ended.
    pub sessions_ended: Arc<AtomicU32>,
    state: State,
    /// Made once, as in the program: some of it counts from request to request.
    router: OnceLock<Router>,
    _folder: tempfile::TempDir,
}

impl Portal {
    /// An empty country.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(NOW.parse().unwrap());
        let book = RuleBook::national().unwrap();
        let store = Store::open(&Options::new(folder.path()), Arc::new(clock.clone()), book).unwrap();
        let state = State {
            store,
            clock: Arc::new(clock.clone()),
            operators: Arc::default(),
            health_cards: Arc::new(crate::HealthCards::passing("https://varde.test").unwrap()),
            offer: Arc::new(crate::notify::Offer {
                channels: crate::notify::Channels::ALL,
                push_key: "BPublicKey".to_owned(),
                services: crate::notify::PushServices::new(["push.example.test".to_owned()]),
            }),
            privacy_officers: Arc::from(["vera".parse().unwrap()]),
            help_phone: Some("+4719990000".into()),
            visits: Visits::default(),
            scan: None,
        };
        Self { state, clock, sessions_ended: Arc::default(), router: OnceLock::new(), _folder: folder }
    }

    /// An empty country that these people run.
    pub(crate) fn with_operators(operators: &[NationalId]) -> Self {
        let mut portal = Self::new();
        portal.state.operators = operators.into();
        portal
    }

    /// From now on one is told in these ways alone.
    pub(crate) fn offering(&mut self, channels: crate::notify::Channels) {
        let offer = &self.state.offer;
        let (push_key, services) = (offer.push_key.clone(), offer.services.clone());
        self.state.offer = Arc::new(crate::notify::Offer { channels, push_key, services });
        self.router = OnceLock::new();
    }

    /// Those who run the country have told no number from now on.
    pub(crate) fn without_help_phone(&mut self) {
        self.state.help_phone = None;
    }

    /// Files are looked through by `scan` from now on.
    pub(crate) fn scanning_with(&mut self, scan: impl super::FileScan) {
        self.state.scan = Some(Arc::new(scan));
    }

    /// The store behind the pages.
    pub(crate) fn store(&self) -> &Store {
        &self.state.store
    }

    /// Which services have been used.
    pub(crate) fn visits(&self) -> &Visits {
        &self.state.visits
    }

    /// Stores resources past the rules and unvalidated, so that a damaged one can be given too.
    pub(crate) async fn given(&self, bodies: impl IntoIterator<Item = Value>) {
        let put = |body: Value| {
            let bytes = body.to_string().into_bytes();
            let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
            let id = parsed.id().unwrap();
            Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))
        };
        self.state.store.bulk("test", bodies.into_iter().map(put).collect(), None).await.unwrap();
    }

    /// Stores a resource as the program `system` of the health service does, by the rules.
    pub(crate) async fn sent_by(&self, system: &str, body: Value) {
        let bytes = body.to_string().into_bytes();
        let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
        let id = parsed.id().unwrap();
        let writes = vec![Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))];
        let actor = Actor::System(SystemActor { name: system.into(), role: SystemRole::SourceSystem });
        let access = Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "test.sent" };
        self.state.store.as_actor(&access).write(Batch { writes, ..Batch::default() }).await.unwrap();
    }

    /// How many resources of `resource_type` about a person a program of the health service can read, by the rules.
    pub(crate) async fn found_by(&self, system: &str, resource_type: ResourceType, patient: &str) -> usize {
        let actor = Actor::System(SystemActor { name: system.into(), role: SystemRole::SourceSystem });
        let access = Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "test.found" };
        let gate = self.state.store.as_actor(&access);
        let page = super::find(&gate, resource_type, &[("patient", patient)], self.state.now()).await.unwrap();
        page.matches.len()
    }

    /// Status and page that `visitor` gets at `path`, in Bokmål unless `?lang=` says otherwise.
    pub(crate) async fn get(&self, visitor: &Visitor, path: &str) -> (StatusCode, String) {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(visitor.clone());
        self.ask(request).await
    }

    /// The headers of what `visitor` gets at `path`.
    pub(crate) async fn headers(&self, visitor: &Visitor, path: &str) -> axum::http::HeaderMap {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(visitor.clone());
        crate::router(self.state.clone()).oneshot(request).await.unwrap().headers().clone()
    }

    /// Status and page that somebody gets who has not signed in.
    pub(crate) async fn get_signed_out(&self, path: &str) -> (StatusCode, String) {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    fn router(&self) -> Router {
        self.router.get_or_init(|| crate::router(self.state.clone())).clone()
    }

    fn end_sessions(&self) -> EndSessions {
        let ended = Arc::clone(&self.sessions_ended);
        EndSessions::new(move || {
            ended.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok(()) })
        })
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// As [`Portal::get`], for a form that `visitor` sends to `path`. The page is the address when it leads elsewhere.
    pub(crate) async fn post(&self, visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let fields: Vec<String> = fields
            .iter()
            .chain(&[("csrf", "token")])
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        self.send(visitor, path, "application/x-www-form-urlencoded", fields.join("&").into_bytes()).await
    }

    /// As [`Portal::post`], with files (name and bytes) after the fields, as a browser sends them; `after` are fields that follow the files.
    pub(crate) async fn post_files(
        &self,
        visitor: &Visitor,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
        after: &[(&str, &str)],
    ) -> (StatusCode, String) {
        const BOUNDARY: &str = "----varde-test";
        let mut body = Vec::new();
        let mut part = |head: &str, content: &[u8]| {
            body.extend_from_slice(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in [("csrf", "token")].iter().chain(fields) {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        for (name, content) in files {
            part(&format!("name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"), content);
        }
        for (name, value) in after {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.send(visitor, path, &format!("multipart/form-data; boundary={BOUNDARY}"), body).await
    }

    async fn send(&self, visitor: &Visitor, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, String) {
        let mut request = Request::post(path).header("content-type", kind).body(Body::from(body)).unwrap();
        request.extensions_mut().insert(visitor.clone());
        request.extensions_mut().insert(self.end_sessions());
        let response = self.router().oneshot(request).await.unwrap();
        let status = response.status();
        if let Some(location) = response.headers().get("location") {
            return (status, location.to_str().unwrap().to_owned());
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }
}

/// A valid synthetic number: some serials have no control digits, so the next that has is taken.
pub(crate) fn national_id(serial: u16) -> NationalId {
    (serial * 10..999).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap()
}

/// The Patient `id`, who lives where all others do; `serial` is the person's own small number.
pub(crate) fn patient(id: &str, serial: u16, born: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "birthDate": born,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}],
        "name": [{"family": "Nordmann", "given": [id]}],
        "address": [{"use": "home", "line": ["Storgata 1"], "postalCode": "0153"}],
    })
}

/// The person with `serial` has parental responsibility for `child`.
pub(crate) fn parent_of(child: &str, serial: u16) -> Value {
    json!({
        "resourceType": "RelatedPerson", "id": format!("{child}-parent-{serial}"), "active": true,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}],
        "patient": {"reference": format!("Patient/{child}")},
        "relationship": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FO"}]}],
    })
}

/// A Consent of `patient`, with a category of our own.
pub(crate) fn consent(id: &str, patient: &str, category: &str, status: &str) -> Value {
    json!({
        "resourceType": "Consent", "id": id, "status": status, "patient": {"reference": format!("Patient/{patient}")},
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": category}]}],
    })
}

/// A proxy that `of` has given the person with `serial`, for one area.
pub(crate) fn proxy(of: &str, serial: u16, area: &str) -> Value {
    let mut body = consent(&format!("{of}-proxy-{serial}"), of, "FU", "active");
    body["category"] = json!([{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}]);
    let who = json!({"identifier": {"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}});
    body["provision"] = json!({"type": "permit", "period": {"start": "2026-01-01"},
        "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": area}]}],
        "actor": [{"role": {"coding": [{"code": "FU"}]}, "reference": who}]});
    body
}

/// Health personnel have opened a referral of `of` for an audience, its `content` or its `outline`.
pub(crate) fn opening(of: &str, referral: &str, audience: &str, extent: &str) -> Value {
    let mut body = consent(&format!("{referral}-{audience}"), of, "opening", "active");
    body["provision"] = json!({"type": "permit", "code": [{"coding": [{"code": audience}, {"code": extent}]}],
        "data": [{"meaning": "related", "reference": {"reference": format!("ServiceRequest/{referral}")}}]});
    body
}

/// The person of [`patient`], signed in.
pub(crate) fn visitor(id: &str, serial: u16) -> Visitor {
    let actor = CitizenActor {
        patient: id.parse().unwrap(),
        national_id: national_id(serial),
        name: id.into(),
        level: AssuranceLevel::High,
    };
    Visitor { actor, acting_for: None, language: None, csrf: CsrfToken::new("token"), draft: None }
}

/// `visitor`, who has chosen to act for `child`.
pub(crate) fn acting_for(visitor: Visitor, child: &str) -> Visitor {
    Visitor { acting_for: Some(ActingFor { patient: child.parse().unwrap(), name: child.into() }), ..visitor }
}

/// The list of the doctor `dr`, on which Ola Vik stands in until Christmas Eve of 2026.
pub(crate) fn standing_in_for_dr() -> Vec<Value> {
    let role = |id: &str, doctor: &str, period: Value| {
        json!({"resourceType": "PractitionerRole", "id": id, "period": period,
            "practitioner": {"reference": format!("Practitioner/{doctor}")},
            "healthcareService": [{"reference": "HealthcareService/list"}]})
    };
    vec![
        json!({"resourceType": "HealthcareService", "id": "list",
            "type": [{"coding": [{"system": "urn:varde:service-type", "code": "gp-list"}]}]}),
        json!({"resourceType": "Practitioner", "id": "vik", "name": [{"family": "Vik", "given": ["Ola"]}]}),
        role("of-the-list", "dr", json!({"start": "2020-01-01"})),
        role("of-the-stand-in", "vik", json!({"start": "2026-11-01", "end": "2026-12-24"})),
    ]
}

/// People who stand to each other in each way: Kari, who is 46, her Emil of 8, Nora of 14, to whose use she has consented, and Pia of 13, to
/// whose use nobody has; Siri of 17; Per, to whom Kari has given a proxy to see registers, and Ola, whose proxy is for services alone.
pub(crate) fn relations() -> Vec<Value> {
    let given = |id: &str, of: &str, category: Value, provision: Value| {
        json!({
            "resourceType": "Consent", "id": id, "status": "active", "patient": {"reference": format!("Patient/{of}")},
            "scope": {"coding": [{"code": "patient-privacy"}]}, "dateTime": "2026-01-01",
            "category": [{"coding": [category]}], "provision": provision,
        })
    };
    let proxy = |id: &str, serial: u16, area: &str| {
        let who = json!({"identifier": {"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}});
        let provision = json!({"type": "permit", "period": {"start": "2026-01-01"},
            "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": area}]}],
            "actor": [{"role": {"coding": [{"code": "FU"}]}, "reference": who}]});
        given(id, "kari", json!({"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}), provision)
    };
    let period = json!({"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}});
    vec![
        patient("kari", 1, "1980-03-04"),
        patient("emil", 2, "2018-01-01"),
        patient("nora", 3, "2012-09-07"),
        patient("per", 4, "1970-01-01"),
        patient("ola", 5, "1970-01-01"),
        patient("siri", 6, "2009-01-01"),
        patient("pia", 7, "2013-01-01"),
        parent_of("emil", 1),
        parent_of("nora", 1),
        parent_of("pia", 1),
        proxy("with", 4, "1"),
        proxy("without", 5, "3"),
        given("youth", "nora", json!({"system": "urn:varde:consent", "code": "foreldresamtykke"}), period),
    ]
}
