//! A subscriber that is away, and the program killed meanwhile: every event arrives, in order, and each that was sent twice has the
//! number it had.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::country::{ask, try_ask};
use super::serve::{free_port, serve, until_ready};

const EVENTS: usize = 40;

/// A server that keeps what it has taken, and takes nothing while it is away.
struct Subscriber {
    url: String,
    away: Arc<AtomicBool>,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Subscriber {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (away, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let desk = (Arc::clone(&away), Arc::clone(&taken));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A program that was killed in the middle of sending is no request.
                let Some(body) = body(&stream) else { continue };
                let is_away = desk.0.load(Ordering::SeqCst);
                if !is_away {
                    desk.1.lock().unwrap().push(body);
                }
                let status = if is_away { "503 Away" } else { "200 OK" };
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                drop((&stream).write_all(answer.as_bytes()));
            }
        });
        Self { url, away, taken }
    }

    /// Number and id of each event taken, in the order they came.
    fn events(&self) -> Vec<(u64, String)> {
        let taken = self.taken.lock().unwrap();
        let event = |bundle: &Value| {
            let parameters = bundle["entry"][0]["resource"]["parameter"].as_array()?.clone();
            let parts = parameters.iter().find(|p| p["name"] == "notification-event")?["part"].as_array()?.clone();
            let part = |name: &str| parts.iter().find(|part| part["name"] == name).cloned();
            let number = part("event-number")?["valueString"].as_str()?.parse().ok()?;
            let focus = part("focus")?["valueReference"]["reference"].as_str()?.rsplit('/').next()?.to_owned();
            Some((number, focus))
        };
        taken.iter().filter_map(event).collect()
    }
}

fn body(mut stream: &TcpStream) -> Option<Value> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return serde_json::from_str(body).ok();
        }
    }
}

fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn events_survive_a_subscriber_that_is_away_and_a_program_that_is_killed() {
    let (folder, port, subscriber) = (tempfile::tempdir().unwrap(), free_port(), Subscriber::start());
    let base = format!("http://127.0.0.1:{port}/fhir");
    let token = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";
    let mut program = serve(folder.path(), port);
    until_ready(port);
    let content = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content";
    let subscription = json!({
        "resourceType": "Subscription", "id": "s", "status": "requested", "reason": "test",
        "criteria": format!("{base}/SubscriptionTopic/Patient-create"),
        "channel": {"type": "rest-hook", "endpoint": subscriber.url, "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": content, "valueCode": "id-only"}]}},
    });
    assert_eq!(ask("PUT", &format!("{base}/Subscription/s"), token, &subscription.to_string()).status, 201);
    wait("it does not become active", || {
        ask("GET", &format!("{base}/Subscription/s"), token, "").body.contains(r#""status":"active""#)
    });
    let write = |number: usize| {
        let patient = format!("{{\"resourceType\":\"Patient\",\"id\":\"p{number}\"}}");
        let answer = try_ask("PUT", &format!("{base}/Patient/p{number}"), token, &patient);
        assert_eq!(answer.map(|answer| answer.status), Some(201), "p{number}");
    };
    (0..EVENTS / 4).for_each(write);
    wait("the first events do not come", || subscriber.events().len() >= EVENTS / 8);
    subscriber.away.store(true, Ordering::SeqCst);
    (EVENTS / 4..EVENTS / 2).for_each(write);
    std::thread::sleep(Duration::from_millis(300));
    program.kill().unwrap();
    program.wait().unwrap();
    program = serve(folder.path(), port);
    until_ready(port);
    (EVENTS / 2..EVENTS).for_each(write);
    subscriber.away.store(false, Ordering::SeqCst);
    wait("not all events come", || subscriber.events().last().is_some_and(|(_, id)| *id == format!("p{}", EVENTS - 1)));
    let mut events = subscriber.events();
    // One that was on its way when the program was killed may have come twice, with the same number.
    events.dedup();
    let expected: Vec<(u64, String)> = (0..EVENTS).map(|n| (n as u64 + 1, format!("p{n}"))).collect();
    assert_eq!(events, expected);
    program.kill().unwrap();
    program.wait().unwrap();
}
