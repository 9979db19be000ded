//! The program killed twenty times while people are told by e-mail, text message and push: of each event each person hears once on each, in order.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId, SystemClock};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap};
use varde_rights::RuleBook;
use varde_store::{Options, PostgresOptions, Put, Store, Write};

use super::country::{ask, try_ask};
use super::on_postgres::{SERVER, run};
use super::serve::{free_port, serve_with, until_ready};

const TOKEN: &str = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";
const KILLS: usize = 20;
const PEOPLE: usize = 6;
/// Events of each person in each life.
const EACH: usize = 2;

/// A simulator as a process of its own, which lives on when the program is killed. It ends with its standard input.
struct Outside {
    program: Child,
    said: Value,
}

impl Outside {
    fn start(name: &str) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_varde"))
            .args(["simulate", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { said: serde_json::from_str(&line).unwrap(), program }
    }

    fn said(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap()
    }

    fn messages(&self) -> Vec<Value> {
        let answer = ask("GET", &format!("{}/messages", self.said("url")), "", "");
        serde_json::from_str(dechunked(&answer.body).as_str()).unwrap()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        // It may have stopped by itself; then there is nothing to do.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The JSON in a body, whatever stands around it.
fn dechunked(body: &str) -> String {
    let start = body.find(['[', '{']).unwrap_or(0);
    let end = body.rfind([']', '}']).map_or(body.len(), |end| end + 1);
    body[start..end].to_owned()
}

/// A person who is told on every channel, with a browser at the push service; and their choices, which no program may write for them.
fn person(number: usize, push: &Outside) -> [Value; 2] {
    let first = u16::try_from(number * 10).unwrap();
    let national_id = (first..first + 10).find_map(|serial| NationalId::synthetic(6, 5, 80, serial)).unwrap();
    let patient = json!({
        "resourceType": "Patient", "id": format!("p{number}"), "birthDate": "1980-05-06",
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id.as_str()}],
        "telecom": [{"system": "email", "value": format!("p{number}@example.test")},
            {"system": "phone", "use": "mobile", "value": format!("+4790000{number:03}")}],
        "communication": [{"preferred": true, "language": {"coding": [{"code": "en"}]}}],
    });
    let subscription = ask("POST", &format!("{}/subscribe", push.said("url")), "", "");
    let subscription: Value = serde_json::from_str(&dechunked(&subscription.body)).unwrap();
    let all = ["push", "sms", "email"].map(|channel| json!({"url": "channel", "valueCode": channel}));
    let mut choice = vec![json!({"url": "kind", "valueCode": "messages"})];
    choice.extend(all);
    let id = settings_id(number);
    let settings = json!({
        "resourceType": "Basic", "id": id, "subject": {"reference": format!("Patient/p{number}")},
        "code": {"coding": [{"system": "urn:varde:basic", "code": "notification-settings"}]},
        "extension": [
            {"url": "urn:varde:notification-choice", "extension": choice},
            {"url": "urn:varde:push-device", "extension": [
                {"url": "endpoint", "valueUrl": subscription["endpoint"]},
                {"url": "p256dh", "valueString": subscription["keys"]["p256dh"]},
                {"url": "auth", "valueString": subscription["keys"]["auth"]},
            ]},
        ],
    });
    [patient, settings]
}

/// Stores resources past the rules, before the program runs.
async fn given(store: Store, bodies: Vec<Value>) {
    let put = |body: Value| {
        let bytes = body.to_string().into_bytes();
        let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
        let id = parsed.id().unwrap();
        Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))
    };
    store.bulk("test", bodies.into_iter().map(put).collect(), None).await.unwrap();
    store.close().await.unwrap();
}

/// As docs/api.md says: a UUID of version 5 in the namespace of URLs.
fn settings_id(number: usize) -> String {
    let name = format!("urn:varde:notification-settings/p{number}");
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
}

/// A message from the health service, of which the person is told.
fn message(base: &str, person: usize, number: usize) -> bool {
    let sent = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let body = json!({
        "resourceType": "Communication", "id": format!("m-{person}-{number}"), "status": "completed",
        "subject": {"reference": format!("Patient/p{person}")},
        "recipient": [{"reference": format!("Patient/p{person}")}],
        "sender": {"display": "Legekontoret"}, "sent": sent,
        "payload": [{"contentString": "hemmelig"}],
    });
    let url = format!("{base}/Communication/m-{person}-{number}");
    try_ask("PUT", &url, TOKEN, &body.to_string()).is_some_and(|answer| answer.status == 201)
}

/// The numbers of the messages each person was told of, by whom a channel says it is for.
fn told(
    messages: &[Value],
    whose: impl Fn(&Value) -> String,
    text: impl Fn(&Value) -> String,
) -> BTreeMap<String, Vec<usize>> {
    let mut told: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for message in messages {
        let text = text(message);
        assert!(!text.contains("hemmelig"), "{text}");
        let link = text.split("/messages/m-").nth(1).unwrap();
        let number: String = link.split('-').nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        told.entry(whose(message)).or_default().push(number.parse().unwrap());
    }
    told
}

fn text(message: &Value, name: &str) -> String {
    message[name].as_str().unwrap().to_owned()
}

#[test]
fn of_each_event_each_person_hears_once_on_each_channel_in_order_however_often_the_program_is_killed() {
    killed(None);
}

#[test]
fn on_postgresql_too_each_hears_once_on_each_channel_in_order_however_often_the_program_is_killed() {
    let Ok(server) = std::env::var(SERVER) else {
        return println!("skipped: no PostgreSQL ({SERVER} is not set; cargo xtask test starts one)");
    };
    let name = format!("varde_notify_{}", std::process::id());
    run(&format!("{server}/postgres"), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    run(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
    killed(Some(&format!("{server}/{name}")));
    run(&format!("{server}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// Puts the people there, kills the program time and again, and looks at what has arrived.
fn killed(database: Option<&str>) {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let (mail, sms, push) = (Outside::start("mail"), Outside::start("sms"), Outside::start("push"));
    std::fs::write(folder.path().join("sms-token"), "t0ken\n").unwrap();
    let smtp = mail.said("smtp").rsplit_once(':').unwrap();
    let more = format!(
        "[mail]\nhost = \"{}\"\nport = {}\nfrom = \"varde@example.test\"\nstarttls = false\n\
         [sms]\nurl = \"{}/messages\"\ntoken_file = \"sms-token\"\nfrom = \"Varde\"\n\
         [push]\ncontact = \"mailto:drift@example.test\"\nservices = [\"{}\"]\n\
         [limits]\nnotice_apart_seconds = 0\n",
        smtp.0,
        smtp.1,
        sms.said("url"),
        push.said("url"),
    );
    let base = format!("http://127.0.0.1:{port}/fhir");
    let bodies = (0..PEOPLE).flat_map(|number| person(number, &push)).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (clock, book) = (Arc::new(SystemClock), RuleBook::national().unwrap());
        let store = match database {
            None => Store::open(&Options::new(folder.path().join("data")), clock, book).unwrap(),
            Some(url) => Store::connect(&PostgresOptions::new(url), clock, book).await.unwrap(),
        };
        given(store, bodies).await;
    });
    let mut program = serve_with(folder.path(), port, database, &more);
    until_ready(port);
    let mut next = 0;
    for life in 0..KILLS {
        // What the program did not take stays with the sender, who sends it again.
        for _ in 0..EACH {
            for person in 0..PEOPLE {
                assert!(message(&base, person, next), "message {next} of {person} in life {life}");
            }
            next += 1;
        }
        std::thread::sleep(Duration::from_millis(20 + 31 * (life as u64 % 7)));
        program.kill().unwrap();
        program.wait().unwrap();
        program = serve_with(folder.path(), port, database, &more);
        until_ready(port);
    }
    let expected = PEOPLE * next;
    let started = Instant::now();
    let arrived = || [mail.messages().len(), sms.messages().len(), push.messages().len()];
    // What was in hand when the program was killed waits until its hold runs out.
    while arrived() != [expected; 3] {
        assert!(started.elapsed() < Duration::from_secs(120), "{:?} of {expected}", arrived());
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_secs(1));
    let in_order: Vec<usize> = (0..next).collect();
    let mut mails = mail.messages();
    // The catcher gives the latest first.
    mails.reverse();
    let by_mail =
        told(&mails, |message| message["to"][0].as_str().unwrap().to_owned(), |message| text(message, "text"));
    let by_sms = told(&sms.messages(), |message| text(message, "to"), |message| text(message, "text"));
    let of_push = |message: &Value| text(&message["message"], "path");
    let by_push = told(&push.messages(), |message| text(message, "endpoint"), of_push);
    for (channel, told) in [("mail", by_mail), ("sms", by_sms), ("push", by_push)] {
        assert_eq!(told.len(), PEOPLE, "{channel}");
        for (who, numbers) in told {
            assert_eq!(numbers, in_order, "{channel} {who}");
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
}
