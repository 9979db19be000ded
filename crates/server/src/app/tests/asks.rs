//! What is asked: every address of the access table, so that a new route is asked too, or the test says that it is not.

use serde_json::{Value, json};

const TABLE: &str = include_str!("../../../tests/running/access_table.rs");

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) body: String,
    /// Content type; empty for none.
    pub(super) kind: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Ask {
    pub(super) fn get(url: impl Into<String>) -> Self {
        ask("GET", url)
    }
}

/// What questions may name.
pub(super) struct Names {
    /// Whose data.
    pub(super) patient: &'static str,
    /// What is hidden, what is seen, and what never was, as `Type/id`.
    pub(super) all: Vec<String>,
}

/// How an address is asked.
enum Way {
    Asks(Vec<Ask>),
    /// It has nothing of a person in it, or is of no use to the one who asks.
    Not,
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/fhir+json";

fn ask(method: &'static str, url: impl Into<String>) -> Ask {
    Ask { method, url: url.into(), body: String::new(), kind: "", headers: Vec::new() }
}

pub(super) fn form(url: impl Into<String>, body: &str) -> Ask {
    Ask { body: format!("csrf=token&{body}"), kind: FORM, ..ask("POST", url) }
}

fn json(method: &'static str, url: impl Into<String>, body: &Value) -> Ask {
    Ask { body: body.to_string(), kind: JSON, ..ask(method, url) }
}

/// Method and path of every route.
pub(super) fn routes() -> Vec<(&'static str, &'static str)> {
    let rows = TABLE.lines().filter_map(|line| line.trim().strip_prefix("(\""));
    let row = |row: &'static str| {
        let mut parts = row.split('"');
        Some((parts.next()?, parts.nth(1)?))
    };
    rows.filter_map(row).filter(|(_, path)| path.starts_with('/')).collect()
}

/// Everything a citizen can ask the portal, by all its routes.
pub(super) fn of_pages(names: &Names) -> Vec<Ask> {
    all(|method, path| page(method, path, names))
}

/// Everything health personnel can ask of a patient, by all routes of the API.
pub(super) fn of_api(names: &Names) -> Vec<Ask> {
    all(|method, path| api(method, path, names))
}

fn all(way: impl Fn(&'static str, &'static str) -> Option<Way>) -> Vec<Ask> {
    let mut out = Vec::new();
    for (method, path) in routes() {
        match way(method, path) {
            Some(Way::Asks(asks)) => out.extend(asks),
            Some(Way::Not) => {}
            None => panic!("{method} {path}: say here how it is asked, or why it tells nothing of anybody"),
        }
    }
    assert!(!out.is_empty());
    out
}

fn page(method: &'static str, path: &'static str, names: &Names) -> Option<Way> {
    match (method, path) {
        // The API is for programs. The tree of the log is the same for everybody and grows with everybody's look-ups.
        (_, path) if path.starts_with("/fhir") || path.starts_with("/audit/") || path.starts_with("/sign-") => {
            Some(Way::Not)
        }
        // A number of an entry is a place among everybody's look-ups; whose proof is given is asked in the contract of the store.
        // Keys are the installation's.
        ("GET", "/.well-known/jwks.json") => Some(Way::Not),
        ("GET", "/health" | "/assets/{version}/{file}" | "/service-worker.js" | "/access-log/proof/{entry}") => {
            Some(Way::Not)
        }
        // To stop one's account ends all other questions.
        ("POST", "/sharing/stop") => Some(Way::Not),
        ("GET", _) => pages(path, names).map(Way::Asks),
        _ => forms(path, names).map(Way::Asks),
    }
}

/// Appointments that can be asked for.
fn appointments(names: &Names) -> impl Iterator<Item = &str> {
    names.all.iter().filter_map(|name| name.strip_prefix("Appointment/"))
}

/// Events that can be asked for; an appointment is none.
fn events(names: &Names) -> impl Iterator<Item = &str> {
    names.all.iter().filter_map(|name| name.strip_prefix("Communication/")).chain(appointments(names))
}

/// Agreements that can be asked for; an appointment is none.
fn agreements(names: &Names) -> impl Iterator<Item = &str> {
    names.all.iter().filter_map(|name| name.strip_prefix("Consent/")).chain(appointments(names))
}

/// Ids of a kind that can be asked for.
fn of_kind<'n>(names: &'n Names, kind: &str) -> impl Iterator<Item = &'n str> {
    let kind = format!("{kind}/");
    names.all.iter().filter_map(move |name| name.strip_prefix(kind.as_str()))
}

fn pages(path: &'static str, names: &Names) -> Option<Vec<Ask>> {
    let each = |of: &mut dyn Iterator<Item = &str>| of.map(|id| ask("GET", path.replace("{id}", id))).collect();
    Some(match path {
        "/" => ["/", "/?lang=nb", "/?lang=se", "/no-such-page"].map(|path| ask("GET", path)).to_vec(),
        "/services" => vec![ask("GET", path), ask("GET", "/services?q=resept")],
        "/access-log" => {
            let of_one = names.all.iter().map(|name| ask("GET", format!("/access-log?item={name}")));
            [ask("GET", path), ask("GET", "/access-log?before=1")].into_iter().chain(of_one).collect()
        }
        "/appointments/book" => vec![ask("GET", path), ask("GET", format!("{path}?from=2026-11-25T12:00:00Z"))],
        "/sharing/give" => vec![ask("GET", path), ask("GET", "/sharing/give?kind=next-of-kin")],
        "/who-can-see/{kind}" => {
            let kinds =
                ["primary-appointments", "specialist-appointments", "record", "results", "medicines", "referrals"];
            kinds.map(|kind| ask("GET", path.replace("{kind}", kind))).to_vec()
        }
        "/who-can-see/{kind}/{id}" => {
            let named = names.all.iter().filter_map(|name| name.split_once('/'));
            named.map(|(kind, id)| ask("GET", path.replace("{kind}", kind).replace("{id}", id))).collect()
        }
        "/privacy-officer/{id}" => vec![ask("GET", "/privacy-officer/1")],
        // Lists of doctors belong to nobody.
        "/gp/change/{id}" => vec![ask("GET", "/gp/change/no-such-list")],
        "/record" => {
            let more = ["", "?word=note", "?year=2026", "?kind=note", "?unit=x", "?before=2026-11-21T08:00:00Z"];
            more.map(|more| ask("GET", format!("/record{more}"))).to_vec()
        }
        "/record/composition/{id}" => each(&mut of_kind(names, "Composition")),
        path if path.starts_with("/record/{id}") => {
            let path = path.replace("{number}", "0");
            of_kind(names, "DocumentReference").map(|id| ask("GET", path.replace("{id}", id))).collect()
        }
        "/referrals/{id}" => each(&mut of_kind(names, "ServiceRequest")),
        "/calendar-feed/{secret}" => vec![ask("GET", "/calendar-feed/no-such-secret.ics")],
        "/results" => ["", "?year=2026", "?kind=laboratory", "?by=Practitioner/dr"]
            .map(|more| ask("GET", format!("{path}{more}")))
            .to_vec(),
        "/results/over-time" => vec![ask("GET", path), ask("GET", format!("{path}?code=http://loinc.org%7C718-7"))],
        "/messages/write/{kind}" => {
            ["contact", "consultation", "nonsense"].map(|kind| ask("GET", path.replace("{kind}", kind))).to_vec()
        }
        path if path.starts_with("/results/{id}") => {
            let path = path.replace("{number}", "0");
            of_kind(names, "DiagnosticReport").map(|id| ask("GET", path.replace("{id}", id))).collect()
        }
        "/medicines/{id}" => each(&mut of_kind(names, "MedicationRequest")),
        path if path.starts_with("/messages/{id}") => {
            let path = path.replace("{number}", "0");
            of_kind(names, "Communication").map(|id| ask("GET", path.replace("{id}", id))).collect()
        }
        path if path.starts_with("/appointments/{id}") => each(&mut appointments(names)),
        "/summary/item/{kind}/{id}" => {
            let named = names.all.iter().filter_map(|name| name.split_once('/'));
            named.map(|(kind, id)| ask("GET", path.replace("{kind}", kind).replace("{id}", id))).collect()
        }
        path if path.starts_with("/vaccines/{id}") || path.starts_with("/summary/suggestions/{id}") => {
            each(&mut names.all.iter().filter_map(|name| Some(name.split_once('/')?.1)))
        }
        "/events/{id}" => each(&mut events(names)),
        path if path.starts_with("/sharing/{id}") || path.starts_with("/requests/{id}") => each(&mut agreements(names)),
        path if !path.contains('{') => vec![ask("GET", path)],
        _ => return None,
    })
}

fn forms(path: &'static str, names: &Names) -> Option<Vec<Ask>> {
    let sent = |of: &mut dyn Iterator<Item = &str>, body: &str| {
        of.map(|id| form(path.replace("{id}", id), body)).collect::<Vec<_>>()
    };
    let give = "kind=proxy&number=1&family=Nordmann&areas=1&step=yes&form_key=s1";
    Some(match path {
        "/appointments/book" => {
            vec![form(path, "slot=free-1&reason=&form_key=k1"), form(path, "slot=gone&reason=&form_key=k3")]
        }
        "/appointments/{id}/change" => sent(&mut appointments(names), "slot=free-2&reason=x&form_key=k2"),
        "/appointments/{id}/cancel" => sent(&mut appointments(names), ""),
        "/appointments/{id}/comment" => sent(&mut appointments(names), "comment=x"),
        "/appointments/{id}/earlier" => sent(&mut appointments(names), "notice=24"),
        "/appointments/{id}/earlier/stop" => sent(&mut appointments(names), ""),
        "/appointments/{id}/offer" => sent(&mut appointments(names), "slot=free-1"),
        "/events/{id}" => sent(&mut events(names), ""),
        "/act-for" => ["kari", "ola", "tor", "eva", "x"].map(|who| form(path, &format!("patient={who}"))).to_vec(),
        "/sharing/give" => vec![form(path, give)],
        "/services/mine" => vec![form(path, "pinned=/events&situations=pregnant&counted=yes")],
        "/sharing/privacy" => vec![form(path, "level=nonsense")],
        "/sharing/{id}/change" => sent(&mut agreements(names), "areas=1&step=yes&form_key=s2"),
        "/sharing/settings/{id}/lift" => sent(&mut agreements(names), ""),
        "/privacy-officer/{id}" => vec![form("/privacy-officer/1", "")],
        "/gp/change/{id}" => vec![form("/gp/change/no-such-list", "person=kari&person=eva&form_key=g1")],
        "/gp/undo/{id}" => sent(&mut agreements(names), ""),
        "/medicines/renew" => {
            let each = of_kind(names, "MedicationRequest");
            each.map(|id| form(path, &format!("prescription={id}&message=&form_key=m-{id}"))).collect()
        }
        "/medicines/{id}/withdraw" => sent(&mut of_kind(names, "MedicationRequest"), ""),
        "/messages/write/{kind}" => ["then=save&form_key=w1", "then=discard", "form_key=w2"]
            .map(|more| form(path.replace("{kind}", "contact"), &format!("topic=Hei&text=Hei&{more}")))
            .to_vec(),
        path if path.starts_with("/messages/{id}") => {
            sent(&mut of_kind(names, "Communication"), "text=Hei&form_key=w3")
        }
        path if path.starts_with("/sharing/youth/{id}/") => sent(&mut ["ola", "x"].into_iter(), ""),
        "/summary/suggestions/{id}/withdraw" => {
            sent(&mut names.all.iter().filter_map(|name| Some(name.split_once('/')?.1)), "")
        }
        path if path.starts_with("/sharing/{id}/") || path.starts_with("/requests/{id}/") => {
            sent(&mut agreements(names), "")
        }
        path if !path.contains('{') => vec![form(path, "")],
        _ => return None,
    })
}

const TYPES: [&str; 9] = [
    "Appointment",
    "Encounter",
    "DocumentReference",
    "Observation",
    "DiagnosticReport",
    "ServiceRequest",
    "MedicationRequest",
    "Communication",
    "Consent",
];

/// Searches of a type of a patient's data.
fn searches(kind: &str, patient: &str) -> Vec<String> {
    let sort = if kind == "Observation" { "date" } else { "_lastUpdated" };
    let mut out: Vec<String> = [
        "_total=accurate",
        "_count=1",
        "_count=2&_sort=-_lastUpdated",
        "_count=1&_sort=_id&_total=accurate",
        "_summary=count",
        "_count=0",
        "_include=*&_include:iterate=*",
        "_elements=id",
        "_lastUpdated=ge2026-11-21T08:00:05Z",
        "_security=urn:oid:2.16.578.1.12.4.1.1.9603|NORS",
        "_id=eva-x-note,eva-note,eva-old,eva-x-result",
    ]
    .iter()
    .map(|more| format!("patient={patient}&{more}"))
    .collect();
    out.push(format!("patient={patient}&_count=3&_sort={sort}"));
    out.push(format!("patient={patient}&patient.family=Nordmann"));
    out.push(format!("patient={patient}&_has:Provenance:target:_id=x"));
    out.push(format!("_id={patient}"));
    out.push(String::new());
    if kind == "Observation" {
        out.extend(
            [
                "code=718-7&_count=1",
                "_sort=code&_count=1",
                "derived-from:Observation.code=718-7",
                "based-on.status=active",
            ]
            .map(|more| format!("patient={patient}&{more}")),
        );
        out.push(format!("patient={patient}&_include=Observation:derived-from&_include=Observation:based-on"));
        out.push(format!("patient={patient}&_revinclude=Observation:derived-from"));
    }
    if kind == "ServiceRequest" {
        out.push(format!("patient={patient}&_revinclude=*"));
        out.push(format!("patient={patient}&_has:DocumentReference:related:status=current"));
        out.push(format!("patient={patient}&_has:Observation:based-on:code=718-7&_total=accurate"));
    }
    out
}

fn patient_searches(patient: &str) -> Vec<String> {
    [
        "_revinclude=Observation:patient&_revinclude=DocumentReference:patient",
        "_has:Observation:patient:code=718-7",
        "_has:Observation:patient:_security=urn:oid:2.16.578.1.12.4.1.1.9603|NORS",
        "_total=accurate",
    ]
    .iter()
    .map(|more| format!("_id={patient}&{more}"))
    .collect()
}

fn api(method: &'static str, path: &'static str, names: &Names) -> Option<Way> {
    // Definitions and terminology; the socket answers before it looks.
    let of_nobody = ["metadata", "openapi", "$expand", "validate-code", "$lookup", "$subsumes", "$translate", "socket"];
    if !path.starts_with("/fhir") || of_nobody.iter().any(|part| path.contains(part)) {
        return Some(Way::Not);
    }
    match method {
        // POST with parameters in a form or a body asks the same as GET.
        "POST" if path.contains('$') && !path.contains("$meta-") => Some(Way::Not),
        "GET" => looks(path, names).map(Way::Asks),
        _ => writes(method, path, names).map(Way::Asks),
    }
}

fn named(path: &str, name: &str) -> String {
    let (kind, id) = name.split_once('/').unwrap_or_default();
    path.replace("{type}", kind).replace("{id}", id)
}

fn looks(path: &'static str, names: &Names) -> Option<Vec<Ask>> {
    let patient = names.patient;
    let own = || path.replace("{type}", "Patient").replace("{id}", patient);
    let urls = |of: &mut dyn Iterator<Item = String>| of.map(|url| ask("GET", url)).collect::<Vec<_>>();
    let each = || names.all.iter().map(|name| named(path, name));
    // What is for programs alone answers before it looks.
    let for_programs = ["$export", "$status", "$access-log", "$simulate", "$events", "$get-ws"];
    Some(match path {
        "/fhir/{type}" => {
            let kinds =
                TYPES.iter().flat_map(|kind| searches(kind, patient).into_iter().map(move |more| (*kind, more)));
            let all = kinds.chain(patient_searches(patient).into_iter().map(|more| ("Patient", more)));
            urls(&mut all.map(|(kind, more)| format!("/fhir/{kind}?{more}")))
        }
        "/fhir/{type}/{id}"
        | "/fhir/{type}/{id}/_history"
        | "/fhir/{type}/{id}/$meta"
        | "/fhir/{type}/{id}/$validate" => urls(&mut each().flat_map(|url| [url.clone(), format!("{url}?_count=1")])),
        "/fhir/{type}/{id}/_history/{version}" => {
            let versions = each();
            urls(&mut versions.flat_map(|url| ["1", "2", "3"].map(|version| url.replace("{version}", version))))
        }
        "/fhir/{type}/{id}/{target}" => {
            let targets = TYPES.iter().map(|target| own().replace("{target}", target));
            urls(&mut targets.flat_map(|url| [url.clone(), format!("{url}?_count=1&_total=accurate")]))
        }
        // What is made on the spot has ids and times of its own; who may ask and what is in it is asked in the tests of the operation.
        "/fhir/{type}/{id}/$summary" => Vec::new(),
        "/fhir/{type}/{id}/$everything" => {
            let more =
                ["", "?_count=1", "?_count=3", "?_type=Observation,DocumentReference", "?_since=2026-11-21T08:00:10Z"];
            urls(&mut more.iter().map(|more| format!("{}{more}", own())))
        }
        "/fhir/{type}/$lastn" => {
            vec![
                ask("GET", format!("/fhir/Observation/$lastn?patient={patient}&max=1")),
                ask("GET", path.replace("{type}", "Observation")),
            ]
        }
        "/fhir" => vec![
            ask("GET", format!("/fhir?_type=Observation,DocumentReference&patient={patient}&_count=1&_total=accurate")),
            ask("GET", "/fhir?_lastUpdated=ge2000"),
        ],
        "/fhir/_history"
        | "/fhir/{type}/_history"
        | "/fhir/$meta"
        | "/fhir/{type}/$meta"
        | "/fhir/{type}/$everything" => urls(&mut [own(), own().replace(patient, "never-was")].into_iter()),
        path if for_programs.iter().any(|part| path.contains(part)) => {
            urls(&mut [own(), own().replace(patient, "never-was")].into_iter())
        }
        _ => return None,
    })
}

fn writes(method: &'static str, path: &'static str, names: &Names) -> Option<Vec<Ask>> {
    let patient = names.patient;
    let of_type = |kind: &str| path.replace("{type}", kind);
    let hidden = || names.all.iter().filter(|name| hides(name)).map(|name| named(path, name));
    Some(match (method, path) {
        ("POST", "/fhir/{type}/_search") => {
            TYPES.map(|kind| form(of_type(kind), &format!("patient={patient}&_total=accurate"))).to_vec()
        }
        ("POST", "/fhir") => {
            vec![json("POST", path, &batch(names, "batch")), json("POST", path, &batch(names, "transaction"))]
        }
        ("POST", "/fhir/_search") => {
            vec![form(path, &format!("_type=Observation,Appointment&patient={patient}&_count=2"))]
        }
        ("DELETE", "/fhir/$export-status/{job}") => vec![ask("DELETE", path)],
        ("DELETE", "/fhir/{type}/{id}") => hidden().map(|url| ask("DELETE", url)).collect(),
        ("PUT", "/fhir/{type}/{id}") => {
            names.all.iter().filter(|name| hides(name)).flat_map(|name| puts(name, patient)).collect()
        }
        ("PATCH", "/fhir/{type}/{id}") => {
            let patch = json!([{"op": "add", "path": "/language", "value": "nb"}]);
            let kind = "application/json-patch+json";
            let patch = |url| Ask { kind, ..json("PATCH", url, &patch) };
            hidden().map(patch).collect()
        }
        ("POST", "/fhir/{type}/{id}/$meta-add" | "/fhir/{type}/{id}/$meta-delete") => {
            let body = json!({"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta":
                {"tag": [{"system": "urn:x", "code": "x"}]}}]});
            hidden().map(|url| json("POST", url, &body)).collect()
        }
        ("POST", "/fhir/{type}") => {
            let create = |condition: &str| {
                let headers = vec![("if-none-exist", condition.to_owned())];
                Ask { headers, ..json("POST", of_type("Observation"), &observation(patient, None)) }
            };
            vec![create(&format!("patient={patient}&code=718-7")), create("_id=eva-x-result")]
        }
        ("PUT" | "DELETE" | "PATCH", "/fhir/{type}") => vec![Ask {
            method,
            ..json("PUT", format!("/fhir/Observation?patient={patient}&code=718-7"), &observation(patient, None))
        }],
        _ => return None,
    })
}

/// Only what is hidden or never was is written to: the one who asks may change what they see.
fn hides(name: &str) -> bool {
    name.contains("-x-") || name.contains("never-was")
}

fn observation(patient: &str, id: Option<&str>) -> Value {
    let mut body = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "subject": {"reference": format!("Patient/{patient}")}});
    if let Some(id) = id {
        body["id"] = id.into();
    }
    body
}

/// Writing to an id in all ways there are of saying what must be there.
fn puts(name: &str, patient: &str) -> Vec<Ask> {
    let Some(id) = name.strip_prefix("Observation/") else { return Vec::new() };
    let put = json("PUT", format!("/fhir/{name}"), &observation(patient, Some(id)));
    let with = |name: &'static str, value: &str| Ask { headers: vec![(name, value.to_owned())], ..put.clone() };
    vec![put.clone(), with("if-match", "W/\"1\""), with("if-match", "W/\"7\""), with("if-none-match", "*")]
}

fn batch(names: &Names, kind: &str) -> Value {
    let reads = names.all.iter().map(|name| json!({"request": {"method": "GET", "url": name}}));
    let search = format!("Observation?patient={}&_total=accurate", names.patient);
    let entries: Vec<Value> = reads.chain([json!({"request": {"method": "GET", "url": search}})]).collect();
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}
