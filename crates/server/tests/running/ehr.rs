//! Somebody answers: the record systems of the box, over sockets, and killed in the middle.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::country::{Country, ask, sign_in};
use super::serve::{free_port, serve, until_ready};

const KILLS: u64 = 20;
const RENEWALS: usize = 12;
const MESSAGES: usize = 12;
const REQUESTS: usize = 6;
const SUGGESTIONS: usize = 6;
const CHANGES: usize = 4;

/// People on the list all change from, before.
const LISTED: usize = 10;

/// Lives of the record systems in which the platform is killed, too.
const PLATFORM_KILLED: [u64; 3] = [4, 9, 15];

fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(90), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The value of the hidden field of a form.
fn field(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
    rest.split('"').next().unwrap().to_owned()
}

struct Person<'a> {
    portal: &'a str,
    session: String,
}

impl Person<'_> {
    fn page(&self, path: &str) -> String {
        let answer = ask("GET", &format!("{}{path}", self.portal), &self.session, "");
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }

    /// Sends the form of a page with these fields; where it leads.
    fn send(&self, path: &str, more: &str) -> String {
        let page = self.page(path);
        let body = format!("csrf={}&form_key={}&{more}", field(&page, "csrf"), field(&page, "form_key"));
        let headers = format!("{}content-type: application/x-www-form-urlencoded\r\n", self.session);
        let answer = ask("POST", &format!("{}{path}", self.portal), &headers, &body);
        assert_eq!(answer.status, 303, "{path} {}", answer.body);
        answer.header("location").unwrap().split('?').next().unwrap().to_owned()
    }
}

#[test]
fn a_citizen_asks_for_a_renewal_and_writes_to_the_office_and_both_are_answered() {
    let data = tempfile::tempdir().unwrap();
    let country = Country::start_with(data.path(), &["--ehr-speed", "1000"]);
    let portal = country.text("/portal");
    let sign_in = |name: &str| Person { portal: &portal, session: sign_in(&portal, &country.sign_in_address(name)) };
    let arne = sign_in("Arne Dahl");
    let form = arne.page("/medicines/renew");
    let ids = form.split("name=\"prescription\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let chosen: Vec<String> = ids.map(|id| format!("prescription={id}")).collect();
    assert!(!chosen.is_empty(), "he has something to renew");
    arne.send("/medicines/renew", &format!("message=&{}", chosen.join("&")));
    let tasks = || country.search("Task?patient=arne-dahl&code=urn:varde:task%7Crenew");
    let answered = wait("not every renewal is answered", || {
        let tasks = tasks();
        let open = tasks.iter().any(|task| !["completed", "rejected"].contains(&task["status"].as_str().unwrap()));
        (tasks.len() == chosen.len() && !open).then_some(tasks)
    });
    let renewed = answered.iter().filter(|task| task["status"] == "completed").count();
    assert!(renewed > 0, "somebody with {} prescriptions gets one renewed", chosen.len());
    assert!(arne.page("/medicines").contains("Fornyet"), "the page says so");
    for task in answered.iter().filter(|task| task["status"] == "rejected") {
        let id = task["focus"]["reference"].as_str().unwrap().replace("MedicationRequest/", "");
        let page = arne.page(&format!("/medicines/{id}"));
        assert!(page.contains(task["statusReason"]["text"].as_str().unwrap()), "and why not: {task}");
    }
    let news = arne.page("/events");
    assert!(news.contains("fornyet"), "and it is news");

    let ingrid = sign_in("Ingrid Haugen");
    let thread = ingrid.send("/messages/write/contact", "topic=Papirer&text=Er+papirene+klare%3F&then=send");
    wait("the message is not opened", || ingrid.page(&thread).contains("Åpnet av kontoret").then_some(()));
    wait("the message is not answered", || ingrid.page(&thread).contains("Takk for meldingen").then_some(()));
    assert!(ingrid.page(&thread).contains("Besvart"));
    let log = ingrid.page("/access-log");
    assert!(log.contains("Journalsystemene i demoen"), "who looked stands in her log");
    let lines: Value =
        serde_json::from_str(&ask("GET", &format!("{}/errands", country.text("/ehr")), "", "").body).unwrap();
    assert!(lines.as_array().unwrap().iter().all(|line| line["stage"] != "given up"), "{lines}");
}

/// An installation with what citizens have asked, and record systems that are started again and again.
struct Scene<'a> {
    folder: &'a Path,
    port: u16,
    ehr_port: u16,
}

const TOKEN: &str = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";

impl Scene<'_> {
    fn base(&self) -> String {
        format!("http://127.0.0.1:{}/fhir", self.port)
    }

    fn put(&self, resource: &Value) {
        let place = format!(
            "{}/{}/{}",
            self.base(),
            resource["resourceType"].as_str().unwrap(),
            resource["id"].as_str().unwrap()
        );
        assert_eq!(ask("PUT", &place, TOKEN, &resource.to_string()).status, 201, "{place}");
    }

    fn find(&self, query: &str) -> Vec<Value> {
        let answer = ask("GET", &format!("{}/{query}&_count=500", self.base()), TOKEN, "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let bundle: Value = serde_json::from_str(&answer.body).unwrap();
        bundle["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone()).collect()
    }

    fn ask_for_all(&self) {
        self.put(&json!({ "resourceType": "Patient", "id": "kari", "name": [{ "family": "Lie" }] }));
        self.put(&json!({ "resourceType": "Organization", "id": "o", "name": "Legesenteret" }));
        for number in 0..RENEWALS {
            self.put(&json!({
                "resourceType": "MedicationRequest", "id": format!("rx{number}"), "status": "active", "intent": "order",
                "medicationCodeableConcept": { "text": "Losartan" }, "subject": { "reference": "Patient/kari" },
            }));
            self.put(&task(
                &format!("renew{number}"),
                "urn:varde:task",
                "renew",
                &format!("MedicationRequest/rx{number}"),
            ));
        }
        for number in 0..MESSAGES {
            self.put(&json!({
                "resourceType": "Communication", "id": format!("m{number}"), "status": "in-progress",
                "category": [{ "coding": [{ "system": "urn:varde:message", "code": "consultation" }] },
                    { "coding": [{ "system": "urn:varde:service", "code": "consultations" }] }],
                "subject": { "reference": "Patient/kari" }, "sender": { "reference": "Patient/kari" },
                "recipient": [{ "reference": "Organization/o" }], "sent": "2026-11-23T09:00:00Z", "payload": [{ "contentString": "Hei" }],
            }));
            self.put(&task(
                &format!("read{number}"),
                "urn:varde:service",
                "consultations",
                &format!("Communication/m{number}"),
            ));
        }
    }

    /// Documents that are missing, things to be added to the summary, and people who change GP today.
    fn ask_for_more(&self) {
        for number in 0..REQUESTS {
            let mut missing = task(&format!("find{number}"), "urn:varde:request", "missing-document", "");
            missing.as_object_mut().unwrap().remove("focus");
            self.put(&missing);
        }
        let input = |code: &str, member: &str, value: &str| {
            let kind = json!({ "coding": [{ "system": "urn:varde:suggestion-input", "code": code }] });
            json!({ "type": kind, member: value })
        };
        for number in 0..SUGGESTIONS {
            let mut add = task(&format!("add{number}"), "urn:varde:service", "summary-record", "");
            add.as_object_mut().unwrap().remove("focus");
            add["input"] = json!([input("wish", "valueCode", "add"), input("words", "valueString", "Bor alene")]);
            self.put(&add);
        }
        self.put(&json!({ "resourceType": "Practitioner", "id": "new", "name": [{ "family": "Moe" }] }));
        for id in ["old-list", "new-list"] {
            let places =
                json!([{ "url": "capacity", "valueUnsignedInt": 20 }, { "url": "listed", "valueUnsignedInt": LISTED }]);
            let kind = json!([{ "coding": [{ "system": "urn:varde:service-type", "code": "gp-list" }] }]);
            self.put(&json!({ "resourceType": "HealthcareService", "id": id, "active": true, "type": kind, "name": id,
                "extension": [{ "url": "urn:varde:gp-list", "extension": places }] }));
        }
        self.put(&json!({ "resourceType": "PractitionerRole", "id": "new-role", "active": true,
            "practitioner": { "reference": "Practitioner/new" }, "organization": { "reference": "Organization/o" },
            "healthcareService": [{ "reference": "HealthcareService/new-list" }] }));
        for number in 0..CHANGES {
            self.put(&json!({ "resourceType": "Patient", "id": format!("p{number}"), "name": [{ "family": "Lie" }] }));
            self.put(&change(number));
        }
    }

    /// Starts the record systems. Their clock goes so fast that an answer takes some seconds, so that all of the lives are needed.
    fn start_ehr(&self) -> Child {
        let config = json!({
            "fhir": self.base(), "token": "abc", "store": self.folder.join("ehr.sqlite"), "port": self.ehr_port, "seed": 7, "speed": 400,
        });
        let path = self.folder.join("ehr.json");
        std::fs::write(&path, config.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_varde"));
        command
            .args(["simulate", "ehr", "--config"])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn is_all_answered(&self) -> bool {
        self.find("Task?status=requested,received,in-progress").is_empty()
    }
}

fn task(id: &str, system: &str, code: &str, focus: &str) -> Value {
    json!({
        "resourceType": "Task", "id": id, "status": "requested", "intent": "order",
        "code": { "coding": [{ "system": system, "code": code }] }, "focus": { "reference": focus },
        "for": { "reference": "Patient/kari" }, "requester": { "reference": "Patient/kari" },
        "owner": { "reference": "Organization/o" }, "authoredOn": "2026-11-23T09:00:00Z",
    })
}

/// A change of GP that holds from today on.
fn change(number: usize) -> Value {
    let coded = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let old = json!({ "type": coded("urn:varde:gp-change-input", "from"), "valueReference": { "reference": "HealthcareService/old-list" } });
    let person = json!({ "reference": format!("Patient/p{number}") });
    json!({
        "resourceType": "Task", "id": format!("change{number}"), "status": "requested", "intent": "order",
        "code": coded("urn:varde:task", "change-gp"), "businessStatus": coded("urn:varde:gp-change", "scheduled"),
        "focus": { "reference": "HealthcareService/new-list" }, "for": person, "requester": person,
        "authoredOn": "2026-11-01T09:00:00Z", "executionPeriod": { "start": "2026-11-20" }, "input": [old],
    })
}

fn stop(mut program: Child) {
    program.kill().unwrap();
    program.wait().unwrap();
}

#[test]
fn record_systems_killed_twenty_times_answer_everything_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene { folder: folder.path(), port: free_port(), ehr_port: free_port() };
    let mut platform = serve(folder.path(), scene.port);
    until_ready(scene.port);
    scene.ask_for_all();
    scene.ask_for_more();
    let mut in_the_middle = 0;
    for life in 0..KILLS {
        let ehr = scene.start_ehr();
        std::thread::sleep(Duration::from_millis(250 + 47 * (life % 7)));
        if PLATFORM_KILLED.contains(&life) {
            stop(platform);
            platform = serve(folder.path(), scene.port);
            until_ready(scene.port);
        }
        stop(ehr);
        in_the_middle += u64::from(!scene.is_all_answered());
    }
    assert!(in_the_middle >= KILLS / 2, "only {in_the_middle} kills had something to break");
    let ehr = scene.start_ehr();
    wait("not everything is answered", || scene.is_all_answered().then_some(()));
    let samples = samples(&scene);
    let reports = || scene.find("DiagnosticReport?patient=kari");
    wait("not every sample has its report", || (reports().len() >= samples).then_some(()));
    stop(ehr);
    check_renewals(&scene);
    check_messages(&scene);
    check_the_rest(&scene);
    assert_eq!(reports().len(), samples);
    stop(platform);
}

/// How many were told that a blood sample is taken.
fn samples(scene: &Scene<'_>) -> usize {
    let tasks = scene.find("Task?patient=kari");
    let answers = scene.find("Communication?patient=kari");
    let refused =
        tasks.iter().filter(|task| task["statusReason"]["text"].as_str().is_some_and(|why| why.contains("blodprøve")));
    let answered = answers.iter().filter(|said| {
        let is_answer = said["inResponseTo"].is_array();
        is_answer && said["payload"][0]["contentString"].as_str().is_some_and(|words| words.contains("blodprøve"))
    });
    refused.count() + answered.count()
}

fn check_renewals(scene: &Scene<'_>) {
    let mut new: BTreeMap<String, usize> = BTreeMap::new();
    for prescription in scene.find("MedicationRequest?patient=kari") {
        if let Some(prior) = prescription["priorPrescription"]["reference"].as_str() {
            *new.entry(prior.to_owned()).or_default() += 1;
        }
    }
    for number in 0..RENEWALS {
        let task = final_task(scene, &format!("renew{number}"));
        let prior = format!("MedicationRequest/rx{number}");
        let expected = usize::from(task["status"] == "completed");
        assert_eq!(new.get(&prior).copied().unwrap_or(0), expected, "{task}");
    }
}

fn check_messages(scene: &Scene<'_>) {
    for number in 0..MESSAGES {
        let task = final_task(scene, &format!("read{number}"));
        let answers = scene.find(&format!("Communication?part-of=Communication/m{number}"));
        assert_eq!(answers.len(), usize::from(task["status"] == "completed"), "{task}");
        let opened = scene.find(&format!("Communication?_id=m{number}"));
        assert!(opened[0]["received"].is_string(), "it was opened");
    }
}

fn check_the_rest(scene: &Scene<'_>) {
    let done = |prefix: &str, count: usize| {
        let tasks = (0..count).map(|number| final_task(scene, &format!("{prefix}{number}")));
        tasks.filter(|task| task["status"] == "completed").count()
    };
    assert_eq!(scene.find("DocumentReference?patient=kari").len(), done("find", REQUESTS));
    assert_eq!(scene.find("Flag?patient=kari").len(), done("add", SUGGESTIONS));
    assert_eq!(done("change", CHANGES), CHANGES);
    let old = &scene.find("HealthcareService?_id=old-list")[0];
    let left = old["extension"][0]["extension"].as_array().unwrap().iter().find(|part| part["url"] == "listed");
    assert_eq!(left.unwrap()["valueUnsignedInt"], LISTED - CHANGES, "each has gone from the list once");
    for person in scene.find("Patient?_id=p0,p1,p2,p3") {
        assert_eq!(person["generalPractitioner"][0]["reference"], "Practitioner/new");
    }
}

/// The Task as it ended; its history says that it ended once.
fn final_task(scene: &Scene<'_>, id: &str) -> Value {
    let history = ask("GET", &format!("{}/Task/{id}/_history?_count=100", scene.base()), TOKEN, "");
    let history: Value = serde_json::from_str(&history.body).unwrap();
    let versions: Vec<Value> =
        history["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
    let ended =
        versions.iter().filter(|version| ["completed", "rejected"].contains(&version["status"].as_str().unwrap()));
    assert_eq!(ended.count(), 1, "{id} is answered once");
    versions.into_iter().next().unwrap()
}
