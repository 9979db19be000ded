//! Who is told on which channel, by their own choice and by the rules of the moment, against a gateway on a socket.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use varde_base::{ManualClock, NATIONAL_ID_SYSTEM, NationalId};
use varde_fhir::ReferenceMap;
use varde_rights::RuleBook;
use varde_store::{Options, Put, Store, Write};

use super::*;
use crate::subscriptions::Surroundings;

/// A gateway that takes everything: numbers and texts, in their order.
type Taken = Arc<Mutex<Vec<(String, String)>>>;

async fn gateway() -> (String, Taken) {
    let taken = Taken::default();
    let take = async |State(taken): State<Taken>, Json(body): Json<Value>| {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        taken.lock().unwrap().push((text("to"), text("text")));
    };
    // tidy: expect(access-test) the gateway of a test, and no address of ours
    let router = Router::new().route("/messages", post(take)).with_state(Arc::clone(&taken));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, taken)
}

struct Country {
    worker: Worker,
    clock: ManualClock,
    taken: Taken,
    _folder: tempfile::TempDir,
}

/// Day and serial make a number; nobody has it.
fn number(serial: u16) -> NationalId {
    (serial * 4..).find_map(|serial| NationalId::synthetic(5, 6, 80, serial)).unwrap()
}

fn person(id: &str, serial: u16, born: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "birthDate": born, "name": [{"family": "Nordmann", "given": [id]}],
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": number(serial).as_str()}],
        "telecom": [{"system": "phone", "use": "mobile", "value": format!("+4790000{serial:03}")}],
        "address": [{"use": "home", "line": ["Storgata 1"], "postalCode": "0153"}],
    })
}

fn parent_of(child: &str, serial: u16) -> Value {
    json!({
        "resourceType": "RelatedPerson", "id": format!("{child}-parent"), "active": true,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": number(serial).as_str()}],
        "patient": {"reference": format!("Patient/{child}")},
        "relationship": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FO"}]}],
    })
}

/// A proxy of all areas that `of` has given.
fn proxy(of: &str, serial: u16, status: &str) -> Value {
    let who = json!({"identifier": {"system": NATIONAL_ID_SYSTEM, "value": number(serial).as_str()}});
    let areas = ["1", "2", "3"].map(|area| json!({"coding": [{"system": "urn:varde:proxy-area", "code": area}]}));
    json!({
        "resourceType": "Consent", "id": format!("{of}-proxy"), "status": status,
        "patient": {"reference": format!("Patient/{of}")},
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
        "provision": {"type": "permit", "period": {"start": "2026-01-01"}, "code": areas,
            "actor": [{"role": {"coding": [{"code": "FU"}]}, "reference": who}]},
    })
}

/// What somebody has chosen about appointments: for themself, and for others.
fn chosen(who: &str, own: Option<&str>, about: &[(&str, Option<&str>)], quiet: Option<&str>) -> Value {
    let choice = |about: Option<&str>, channel: Option<&str>| {
        let mut parts = vec![json!({"url": "kind", "valueCode": "appointments"})];
        parts.extend(about.map(|of| json!({"url": "about", "valueReference": {"reference": format!("Patient/{of}")}})));
        parts.extend(channel.map(|channel| json!({"url": "channel", "valueCode": channel})));
        json!({"url": "urn:varde:notification-choice", "extension": parts})
    };
    let mut extensions = vec![choice(None, own)];
    extensions.extend(about.iter().map(|(of, channel)| choice(Some(of), *channel)));
    extensions.extend(quiet.map(|hours| json!({"url": "urn:varde:quiet-hours", "valueString": hours})));
    let id = varde_services::notify::preferences_id(&who.parse().unwrap());
    json!({
        "resourceType": "Basic", "id": id.as_str(), "subject": {"reference": format!("Patient/{who}")},
        "code": {"coding": [{"system": "urn:varde:basic", "code": "notification-settings"}]}, "extension": extensions,
    })
}

impl Country {
    async fn with(bodies: Vec<Value>) -> Self {
        let (url, taken) = gateway().await;
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at("2026-11-24T12:00:00Z".parse().unwrap());
        let time: Arc<dyn Clock> = Arc::new(clock.clone());
        let store =
            Store::open(&Options::new(folder.path()), Arc::clone(&time), RuleBook::national().unwrap()).unwrap();
        let around = Surroundings { shared: false, private: true };
        let subscriptions =
            Subscriptions::new(store.clone(), Arc::clone(&time), "http://x/fhir", None, around).unwrap();
        let senders = Senders { sms: Some(SmsSender::new(&url, "t0ken", "Varde").unwrap()), ..Senders::default() };
        let public_url = "https://varde.test".to_owned();
        let worker = Worker { store, clock: time, senders, apart: Duration::ZERO, public_url, subscriptions };
        let country = Self { worker, clock, taken, _folder: folder };
        country.given(bodies).await;
        country
    }

    async fn given(&self, bodies: Vec<Value>) {
        let put = |body: Value| {
            let bytes = body.to_string().into_bytes();
            let parsed = varde_fhir::Parsed::parse(&bytes, &varde_fhir::json::Limits::default()).unwrap();
            let id = parsed.id().unwrap();
            Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))
        };
        self.worker.store.bulk("test", bodies.into_iter().map(put).collect(), None).await.unwrap();
    }

    /// The appointment of `who` begins in a day: they are reminded.
    async fn remind(&self, who: &str, category: &str) {
        let now = self.clock.now();
        let at = |hours: i64| now.saturating_add(SignedDuration::from_hours(hours)).unwrap();
        let instant = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.given(vec![json!({
            "resourceType": "Appointment", "id": format!("visit-of-{who}"), "status": "booked",
            "start": instant(at(24)), "end": instant(at(25)),
            "serviceCategory": [{"coding": [{"code": category}]}],
            "participant": [{"actor": {"reference": format!("Patient/{who}")}, "status": "accepted"}],
        })])
        .await;
        let since = now.saturating_sub(SignedDuration::from_hours(1)).unwrap();
        varde_services::remind_of_appointments(&self.worker.store, &[1], since, now).await.unwrap();
    }

    /// Works as long as something is due, and gives the last three digits of the numbers that got something.
    async fn works(&self) -> Vec<String> {
        loop {
            let messages = self.worker.claim(50).await;
            if messages.is_empty() {
                break;
            }
            for message in messages {
                self.worker.handle(&message).await;
            }
        }
        let mut taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.sort();
        taken.into_iter().map(|(number, _)| number[number.len() - 3..].to_owned()).collect()
    }
}

#[tokio::test]
async fn a_mother_is_reminded_about_each_child_as_she_has_chosen_for_that_child() {
    let about = [("lise", Some("sms")), ("jonas", None)];
    let country = Country::with(vec![
        person("kari", 1, "1985-01-01"),
        person("lise", 2, "2018-05-05"),
        person("jonas", 3, "2019-05-05"),
        person("nils", 4, "2020-05-05"),
        parent_of("lise", 1),
        parent_of("jonas", 1),
        parent_of("nils", 1),
        chosen("kari", Some("sms"), &about, None),
    ])
    .await;
    country.remind("lise", "27").await;
    assert_eq!(country.works().await, ["001"], "as she has chosen for her");
    country.remind("jonas", "27").await;
    assert_eq!(country.works().await, [""; 0], "the list is enough");
    country.remind("nils", "27").await;
    assert_eq!(country.works().await, ["001"], "as for herself, when nothing is chosen for him");
}

#[tokio::test]
async fn the_proxy_of_a_grown_up_is_reminded_and_one_that_ends_in_the_night_is_told_nothing_in_the_morning() {
    let country = Country::with(vec![
        person("per", 1, "1940-01-01"),
        person("kari", 2, "1985-01-01"),
        proxy("per", 2, "active"),
        chosen("per", Some("sms"), &[], Some("22-07")),
        chosen("kari", Some("sms"), &[], Some("22-07")),
    ])
    .await;
    country.remind("per", "gp").await;
    assert_eq!(country.works().await, ["001", "002"]);
    country.clock.set("2026-11-25T23:00:00Z".parse().unwrap());
    country.remind("per", "gp").await;
    assert_eq!(country.works().await, [""; 0], "it is night");
    country.given(vec![proxy("per", 2, "inactive")]).await;
    country.clock.set("2026-11-26T07:00:00Z".parse().unwrap());
    assert_eq!(country.works().await, ["001"], "the person alone");
}

#[tokio::test]
async fn who_has_made_the_account_inactive_or_has_no_address_gets_a_letter() {
    let mut nobody = person("ola", 3, "1950-01-01");
    nobody.as_object_mut().unwrap().remove("telecom");
    let inactive = json!({
        "resourceType": "Consent", "id": "inactive", "status": "active", "patient": {"reference": "Patient/kari"},
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "inactive"}]}],
    });
    let country = Country::with(vec![person("kari", 1, "1985-01-01"), nobody, inactive]).await;
    country.remind("kari", "gp").await;
    country.remind("ola", "gp").await;
    assert_eq!(country.works().await, [""; 0]);
    let letters = country.worker.store.outbox().undelivered(10).await.unwrap();
    let mut who: Vec<String> = letters.iter().map(|letter| letter.subject.as_ref().unwrap().to_string()).collect();
    who.sort();
    assert_eq!(who, ["kari", "ola"]);
}
