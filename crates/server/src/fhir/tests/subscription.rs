//! Subscribers on real sockets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use futures_util::{SinkExt as _, StreamExt as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::{Api, BASE, HERE, KARI, OTHER_TOKEN, ids};
use crate::subscriptions::{Subscriptions, Surroundings};
use crate::worker::Worker;

/// A subscriber's server: answers as it is told to, 200 when it is not.
struct Receiver {
    url: String,
    answers: Arc<Mutex<VecDeque<u16>>>,
    seen: mpsc::UnboundedReceiver<(u16, HeaderMap, Value)>,
}

type Desk = (Arc<Mutex<VecDeque<u16>>>, mpsc::UnboundedSender<(u16, HeaderMap, Value)>);

async fn take(State((answers, seen)): State<Desk>, headers: HeaderMap, body: String) -> StatusCode {
    let status = answers.lock().unwrap().pop_front().unwrap_or(200);
    seen.send((status, headers, serde_json::from_str(&body).unwrap())).unwrap();
    StatusCode::from_u16(status).unwrap()
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, seen) = mpsc::unbounded_channel();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let router = Router::new().route("/hook", post(take)).with_state((Arc::clone(&answers), sender));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, answers, seen }
    }

    fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    async fn next(&mut self) -> (u16, HeaderMap, Value) {
        tokio::time::timeout(Duration::from_secs(10), self.seen.recv()).await.expect("nothing comes").unwrap()
    }

    /// The next notification, as kind, count, numbers and focuses.
    async fn notice(&mut self) -> (String, String, Vec<(String, String)>) {
        notice(&self.next().await.2)
    }

    async fn silence(&mut self) {
        let next = tokio::time::timeout(Duration::from_millis(1_200), self.seen.recv()).await;
        assert!(next.is_err(), "{next:?}");
    }
}

fn notice(bundle: &Value) -> (String, String, Vec<(String, String)>) {
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("history")));
    let status = &bundle["entry"][0]["resource"];
    assert_eq!(status["resourceType"], "Parameters");
    let all = status["parameter"].as_array().unwrap();
    let value = |name: &str, member: &str| {
        all.iter().find(|p| p["name"] == name).map_or("", |p| p[member].as_str().unwrap()).to_owned()
    };
    let event = |p: &Value| {
        let part = |name: &str, pointer: &str| {
            let part = p["part"].as_array().unwrap().iter().find(|part| part["name"] == name);
            part.map_or("", |part| part.pointer(pointer).unwrap().as_str().unwrap()).to_owned()
        };
        (part("event-number", "/valueString"), part("focus", "/valueReference/reference").replace(BASE, ""))
    };
    let events = all.iter().filter(|p| p["name"] == "notification-event").map(event).collect();
    (value("type", "valueCode"), value("events-since-subscription-start", "valueString"), events)
}

/// A worker, until it is stopped.
struct Working(oneshot::Sender<()>, JoinHandle<()>);

impl Working {
    async fn on(api: &Api) -> Self {
        api.subscriptions.begin().await.unwrap();
        let worker = Worker {
            store: api.store.clone(),
            clock: Arc::new(api.clock.clone()),
            senders: crate::worker::Senders::default(),
            apart: Duration::ZERO,
            public_url: "https://varde.test".into(),
            subscriptions: Arc::clone(&api.subscriptions),
        };
        let (stop, stopped) = oneshot::channel();
        Self(stop, tokio::spawn(worker.run(async { drop(stopped.await) })))
    }

    async fn stop(self) {
        self.0.send(()).unwrap();
        self.1.await.unwrap();
    }
}

fn extension(name: &str, kind: &str, value: impl Into<Value>) -> Value {
    let url = format!("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/{name}");
    json!({ "url": url, kind: value.into() })
}

fn subscription(topic: &str, endpoint: &str, content: &str, filters: &[&str]) -> Value {
    let filters: Vec<Value> =
        filters.iter().map(|filter| extension("backport-filter-criteria", "valueString", *filter)).collect();
    let mut json = json!({
        "resourceType": "Subscription", "id": "s", "status": "requested", "reason": "test",
        "criteria": format!("{BASE}/SubscriptionTopic/{topic}"),
        "channel": {
            "type": "rest-hook", "endpoint": endpoint, "header": ["Authorization: Bearer hook"],
            "payload": "application/fhir+json",
            "_payload": {"extension": [extension("backport-payload-content", "valueCode", content)]},
            "extension": [extension("backport-heartbeat-period", "valueUnsignedInt", 60)],
        },
    });
    if !filters.is_empty() {
        json["_criteria"] = json!({ "extension": filters });
    }
    json
}

fn observation(id: &str, patient: &str, code: &str) -> String {
    json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"coding": [{"code": code}]},
        "subject": {"reference": format!("Patient/{patient}")}})
    .to_string()
}

impl Api {
    /// Waits until the Subscription has a status; its error.
    async fn until(&self, id: &str, status: &str) -> String {
        for _ in 0..400 {
            let json = self.get(&format!("/Subscription/{id}")).await.json();
            if json["status"] == status {
                return json["error"].as_str().unwrap_or_default().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not become {status}: {}", self.get(&format!("/Subscription/{id}")).await.text);
    }

    async fn events(&self) -> Vec<(String, String)> {
        notice(&self.get("/Subscription/s/$events").await.json()).2
    }
}

fn focus(number: u64, place: &str) -> (String, String) {
    (number.to_string(), place.to_owned())
}

#[tokio::test]
async fn after_a_handshake_events_come_in_order_with_what_was_asked_for() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    api.given(KARI).await;
    let working = Working::on(&api).await;
    api.given(&observation("before", "kari", "vekt")).await;
    let filters = ["Observation?patient=Patient/kari", "code=vekt"];
    api.given(&subscription("Observation", &receiver.url, "full-resource", &filters).to_string()).await;
    let (_, headers, bundle) = receiver.next().await;
    assert_eq!(headers["authorization"], "Bearer hook");
    assert_eq!(headers["content-type"], "application/fhir+json");
    assert_eq!(notice(&bundle), ("handshake".into(), "0".into(), vec![]));
    api.until("s", "active").await;
    api.given(&observation("o1", "kari", "vekt")).await;
    api.given(&observation("o2", "ola", "vekt")).await;
    api.given(&observation("o3", "kari", "puls")).await;
    api.given(&observation("o1", "kari", "vekt").replace("final", "amended")).await;
    api.send("DELETE", "/Observation/o1", &[], "").await;
    for (number, method, status) in [(1, "POST", Some("final")), (2, "PUT", Some("amended")), (3, "DELETE", None)] {
        let bundle = receiver.next().await.2;
        let expected = ("event-notification".into(), number.to_string(), vec![focus(number, "/Observation/o1")]);
        assert_eq!(notice(&bundle), expected);
        let entry = &bundle["entry"][1];
        assert_eq!((entry["request"]["method"].as_str(), entry["resource"]["status"].as_str()), (Some(method), status));
    }
    receiver.silence().await;
    assert_eq!(api.events().await.len(), 3);
    let later = api.get("/Subscription/s/$events?eventsSinceNumber=2&eventsUntilNumber=2&content=id-only").await.json();
    assert_eq!((notice(&later).2, later["entry"].as_array().unwrap().len()), (vec![focus(2, "/Observation/o1")], 1));
    let status = api.get("/Subscription/s/$status").await.json();
    assert_eq!((&status["type"], &status["entry"][0]["search"]["mode"]), (&json!("searchset"), &json!("match")));
    assert!(api.get("/Subscription/$status?status=active&id=s").await.text.contains("query-status"));
    assert_eq!(api.get("/Subscription/$status?status=off").await.json()["total"], 0);
    let other = ("authorization", &*format!("Bearer {OTHER_TOKEN}"));
    assert_eq!(api.send("GET", "/Subscription/s/$events", &[other], "").await.status, 404, "they are another's");
    api.send("DELETE", "/Subscription/s", &[], "").await;
    api.given(&observation("o4", "kari", "vekt")).await;
    receiver.silence().await;
    working.stop().await;
}

#[tokio::test]
async fn narrow_topics_and_little_content_tell_no_more() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let working = Working::on(&api).await;
    for (id, topic, content) in [("c", "Patient-create", "id-only"), ("d", "Patient-delete", "empty")] {
        let mut json = subscription(topic, &receiver.url, content, &[]);
        json["id"] = id.into();
        api.given(&json.to_string()).await;
        assert_eq!(receiver.notice().await.0, "handshake");
        api.until(id, "active").await;
    }
    api.given(KARI).await;
    let bundle = receiver.next().await.2;
    assert_eq!(notice(&bundle).2, [focus(1, "/Patient/kari")]);
    assert_eq!(bundle["entry"].as_array().unwrap().len(), 1, "an id and nothing else");
    api.given(&KARI.replace("1990", "1991")).await;
    api.send("DELETE", "/Patient/kari", &[], "").await;
    let text = receiver.next().await.2.to_string();
    assert!(
        text.contains("event-notification") && !text.contains("kari") && !text.contains("SubscriptionTopic"),
        "{text}"
    );
    receiver.silence().await;
    working.stop().await;
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_in_order_and_a_restart_loses_nothing() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let working = Working::on(&api).await;
    receiver.answer(&[500]);
    api.given(&subscription("Patient", &receiver.url, "id-only", &[]).to_string()).await;
    assert_eq!(receiver.notice().await.0, "handshake");
    tokio::time::sleep(Duration::from_millis(100)).await;
    api.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(receiver.notice().await.0, "handshake");
    api.until("s", "active").await;
    receiver.answer(&[500, 503]);
    api.given(KARI).await;
    api.given(&KARI.replace("kari", "ola")).await;
    let first = ("event-notification".to_owned(), "1".to_owned(), vec![focus(1, "/Patient/kari")]);
    assert_eq!(receiver.notice().await, first);
    receiver.silence().await;
    working.stop().await;
    let api = api.again().await;
    let working = Working::on(&api).await;
    api.given(&KARI.replace("kari", "per")).await;
    api.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(receiver.notice().await, first, "the same number, and nothing has overtaken it");
    tokio::time::sleep(Duration::from_millis(100)).await;
    api.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(receiver.notice().await, first);
    for (number, place) in [(2, "/Patient/ola"), (3, "/Patient/per")] {
        assert_eq!(receiver.notice().await.2, [focus(number, place)]);
    }
    receiver.silence().await;
    working.stop().await;
}

#[tokio::test]
async fn who_never_takes_it_is_given_up_and_can_come_back_for_it() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let working = Working::on(&api).await;
    let json = subscription("Patient", &receiver.url, "id-only", &[]);
    api.given(&json.to_string()).await;
    receiver.next().await;
    api.until("s", "active").await;
    receiver.answer(&[500; 10]);
    api.given(KARI).await;
    for _ in 0..10 {
        assert_eq!(receiver.notice().await.2, [focus(1, "/Patient/kari")]);
        tokio::time::sleep(Duration::from_millis(100)).await;
        api.clock.advance(SignedDuration::from_hours(2));
    }
    assert_eq!(api.until("s", "error").await, "the endpoint answers 500");
    api.given(&KARI.replace("kari", "ola")).await;
    receiver.silence().await;
    assert_eq!(api.events().await, [focus(1, "/Patient/kari")]);
    api.given(&json.to_string()).await;
    assert_eq!(receiver.notice().await, ("handshake".into(), "1".into(), vec![]));
    api.until("s", "active").await;
    api.given(&KARI.replace("kari", "per")).await;
    assert_eq!(receiver.notice().await.2, [focus(2, "/Patient/per")]);
    working.stop().await;
}

#[tokio::test]
async fn a_heartbeat_comes_when_nothing_else_has_and_the_end_ends_it() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let working = Working::on(&api).await;
    let beating = tokio::spawn(Arc::clone(&api.subscriptions).run(std::future::pending()));
    let mut json = subscription("Patient", &receiver.url, "id-only", &[]);
    json["end"] = "2026-03-01T12:10:00Z".into();
    api.given(&json.to_string()).await;
    receiver.next().await;
    api.until("s", "active").await;
    receiver.silence().await;
    api.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(receiver.notice().await, ("heartbeat".into(), "0".into(), vec![]));
    api.clock.advance(SignedDuration::from_secs(40));
    api.given(KARI).await;
    assert_eq!(receiver.notice().await.0, "event-notification");
    // Until it is written down that it came, time must not pass its lease: then it would rightly be sent again.
    receiver.silence().await;
    api.clock.advance(SignedDuration::from_secs(40));
    receiver.silence().await;
    api.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(receiver.notice().await, ("heartbeat".into(), "1".into(), vec![]));
    api.clock.advance(SignedDuration::from_secs(600));
    api.until("s", "off").await;
    api.given(&KARI.replace("kari", "ola")).await;
    receiver.silence().await;
    beating.abort();
    working.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_an_error_with_its_reason() {
    let api = Api::new();
    let working = Working::on(&api).await;
    let good = || subscription("Observation", "https://example.org/", "empty", &[]);
    let with = |pointer: &str, value: Value| {
        let mut json = good();
        *json.pointer_mut(pointer).unwrap() = value;
        json
    };
    for (json, why) in [
        (with("/criteria", "Observation?code=x".into()), "criteria: there is no such topic"),
        (with("/criteria", format!("{BASE}/SubscriptionTopic/Shoe").into()), "criteria: there is no such topic"),
        (
            subscription("Observation", "https://x.org/", "empty", &["shoe=1"]),
            "filter-criteria: Observation has no such",
        ),
        (subscription("Observation", "https://x.org/", "empty", &["Patient?name=x"]), "filter-criteria: the type is"),
        (
            subscription("Observation", "https://x.org/", "empty", &["patient.name=x"]),
            "filter-criteria: search parameters alone",
        ),
        (subscription("Observation", "https://x.org/", "everything", &[]), "channel.payload"),
        (with("/channel/type", "sms".into()), "channel.type"),
        (with("/channel/endpoint", "ftp://x".into()), "channel.endpoint"),
        (with("/channel/endpoint", "http://example.org/".into()), "channel.endpoint: https is needed"),
        (with("/channel/header", json!(["Host: other"])), "channel.header"),
        (with("/channel/extension/0/valueUnsignedInt", 1.into()), "channel: a heartbeat"),
        (with("/channel/payload", "application/fhir+xml".into()), "channel.payload: only"),
    ] {
        api.given(&json.to_string()).await;
        let error = api.until("s", "error").await;
        assert!(error.starts_with(why), "{why}: {error}");
    }
    let mut mail = with("/channel/type", "email".into());
    mail["channel"]["endpoint"] = "mailto:a@b.example".into();
    api.given(&mail.to_string()).await;
    assert_eq!(api.until("s", "error").await, "mail is not set up here");
    working.stop().await;
}

#[tokio::test]
async fn nobody_uses_the_server_as_a_door_into_its_own_network() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let closed = Subscriptions::new(
        api.store.clone(),
        Arc::new(api.clock.clone()),
        BASE,
        None,
        Surroundings { shared: false, private: false },
    )
    .unwrap();
    let api = Api { subscriptions: closed, ..api };
    let working = Working::on(&api).await;
    api.given(&subscription("Patient", &receiver.url, "empty", &[]).to_string()).await;
    assert!(api.until("s", "error").await.contains("outside of private networks"));
    receiver.silence().await;
    working.stop().await;
}

#[tokio::test]
async fn what_one_process_activates_another_tells_of() {
    let (api, mut receiver) = (Api::new(), Receiver::start().await);
    let around = Surroundings { shared: true, ..HERE };
    let process = || Subscriptions::new(api.store.clone(), Arc::new(api.clock.clone()), BASE, None, around).unwrap();
    // The first works on the outbox, the second takes the writes: it is the one the store tells.
    let (working, writing) = (process(), process());
    writing.begin().await.unwrap();
    let looking = tokio::spawn(Arc::clone(&writing).run(std::future::pending()));
    let worker = Worker {
        store: api.store.clone(),
        clock: Arc::new(api.clock.clone()),
        senders: crate::worker::Senders::default(),
        apart: Duration::ZERO,
        public_url: "https://varde.test".into(),
        subscriptions: working,
    };
    let worker = tokio::spawn(worker.run(std::future::pending()));
    api.given(&subscription("Patient", &receiver.url, "id-only", &[]).to_string()).await;
    assert_eq!(receiver.notice().await.0, "handshake");
    api.until("s", "active").await;
    api.given(KARI).await;
    assert_eq!(receiver.notice().await.2, [focus(1, "/Patient/kari")]);
    api.send("DELETE", "/Subscription/s", &[], "").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    api.given(&KARI.replace("kari", "ola")).await;
    receiver.silence().await;
    assert_eq!(api.store.stats().await.unwrap().outbox_waiting, 0);
    worker.abort();
    looking.abort();
}

#[tokio::test]
async fn a_socket_is_bound_by_a_token_and_then_told() {
    let api = Api::new();
    let working = Working::on(&api).await;
    let mut json = subscription("Patient", "", "id-only", &[]);
    json["channel"]["type"] = "websocket".into();
    json["channel"].as_object_mut().unwrap().remove("endpoint");
    api.given(&json.to_string()).await;
    api.until("s", "active").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(crate::http::serve(listener, api.router.clone(), std::future::pending()));
    let url = format!("ws://{address}/fhir/$subscription-socket");
    let connect = async || {
        let stream = TcpStream::connect(address).await.unwrap();
        tokio_tungstenite::client_async(&url, stream).await.unwrap().0
    };
    let answer = api.get("/Subscription/s/$get-ws-binding-token").await.json();
    let parameter = |name: &str| {
        let all = answer["parameter"].as_array().unwrap();
        all.iter().find(|p| p["name"] == name).cloned().unwrap_or_else(|| panic!("{answer}"))
    };
    assert_eq!(parameter("websocket-url")["valueUrl"], "wss://varde.test/fhir/$subscription-socket");
    let token = parameter("token")["valueString"].as_str().unwrap().to_owned();
    let mut stranger = connect().await;
    stranger.send(Message::text("bind-with-token: nonsense")).await.unwrap();
    assert!(!matches!(stranger.next().await, Some(Ok(Message::Text(_)))), "a wrong token ends it");
    let mut socket = connect().await;
    socket.send(Message::text(format!("bind-with-token: {token}"))).await.unwrap();
    let mut told = async || match tokio::time::timeout(Duration::from_secs(10), socket.next()).await {
        Ok(Some(Ok(Message::Text(text)))) => notice(&serde_json::from_str(&text).unwrap()),
        other => panic!("{other:?}"),
    };
    assert_eq!(told().await, ("handshake".into(), "0".into(), vec![]));
    api.given(KARI).await;
    assert_eq!(told().await, ("event-notification".into(), "1".into(), vec![focus(1, "/Patient/kari")]));
    let other = ("authorization", &*format!("Bearer {OTHER_TOKEN}"));
    assert_eq!(api.send("GET", "/Subscription/s/$get-ws-binding-token", &[other], "").await.status, 404);
    assert_eq!(api.get("/Subscription/$get-ws-binding-token").await.issue().0, 400);
    assert_eq!(api.get("/Subscription/$get-ws-binding-token?id=s").await.status, 200);
    assert_eq!(api.send("GET", "/$subscription-socket", &[("authorization", "")], "").await.issue().0, 400);
    assert_eq!(ids(&api.get("/Subscription?status=active").await.json()), ["s"]);
    serving.abort();
    working.stop().await;
}
