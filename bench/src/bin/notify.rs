//! How many notifications a second go out through the outbox: the real program against the mail catcher, the SMS gateway and the push service,
//! each a process of its own on the same machine.
//!
//! `cargo build --release && cargo run --release -p varde-bench --bin notify [-- --people 3000 --events 4] [--program PATH]`
//!
//! A third of the people is told by e-mail, a third by text message, a third by push. Everything is the way it is served: each event is looked up
//! by the rules for everybody who may see it, each person's address and choices are read anew and logged, order is kept for each person.
//!
//! A notification counts when the simulator has taken it; the clock stops when every one is also marked as sent on disk and the program has ended.
//! Beside it stands bare sending: e-mails and text messages that are ready, written to the same simulators and nothing else.

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};
use varde_base::{Actor, NATIONAL_ID_SYSTEM, NationalId, Purpose, SystemActor, SystemClock, SystemRole};
use varde_bench::program;
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap};
use varde_rights::RuleBook;
use varde_store::{Access, Batch, Options, OutboxMessage, Put, Store, Write};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Resources and messages laid down in one transaction.
const BATCH: usize = 1_000;
/// Connections of bare sending, to each simulator.
const BARE: usize = 32;
/// Longest wait for all to have gone out.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let word = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number =
        |name: &str, usual: usize| word(name).map_or(Ok(usual), |word| word.parse().context("a number is wrong"));
    let (people, events) = (number("--people", 3_000)?, number("--events", 4)?);
    let program = program(word("--program").map(String::as_str))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&program, people, events))
}

/// A simulator; it ends with its standard input.
struct Outside {
    _program: Child,
    _input: ChildStdin,
    said: Value,
}

impl Outside {
    async fn start(program: &Path, name: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(["simulate", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line).await?;
        let input = child.stdin.take().context("no input")?;
        Ok(Self { _program: child, _input: input, said: serde_json::from_str(&line)? })
    }

    fn said(&self, name: &str) -> anyhow::Result<&str> {
        self.said.get(name).and_then(Value::as_str).context("it does not say where")
    }

    async fn count(&self) -> anyhow::Result<u64> {
        Ok(ask("GET", self.said("url")?, "/count").await?.as_u64().unwrap_or_default())
    }
}

/// One request without a body; the JSON of the answer.
async fn ask(method: &str, origin: &str, path: &str) -> anyhow::Result<Value> {
    let address = origin.strip_prefix("http://").context("no address")?;
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("{method} {path} HTTP/1.0\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    Ok(serde_json::from_str(body.trim()).unwrap_or_default())
}

fn patient(number: usize) -> anyhow::Result<Value> {
    let day = u8::try_from(number / 100 % 28 + 1)?;
    let month = u8::try_from(number / 2_800 % 12 + 1)?;
    let serial = u16::try_from(number % 100 * 4)?;
    // Some serials have no control digits: then the next one, or another year; nobody else has either.
    let id =
        (60..90).find_map(|year| (serial..serial + 4).find_map(|its| NationalId::synthetic(day, month, year, its)));
    let id = id.context("no number for a person")?;
    Ok(json!({
        "resourceType": "Patient", "id": format!("p{number}"), "birthDate": "1980-01-01",
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": id.as_str()}],
        "telecom": [{"system": "email", "value": format!("p{number}@example.test")},
            {"system": "phone", "use": "mobile", "value": format!("+479{number:07}")}],
    }))
}

/// How a person is told: by one channel alone.
async fn settings(number: usize, push: &Outside) -> anyhow::Result<Value> {
    let channel = ["email", "sms", "push"].get(number % 3).copied().unwrap_or("email");
    let mut extensions = vec![json!({"url": "urn:varde:notification-choice", "extension": [
        {"url": "kind", "valueCode": "messages"}, {"url": "channel", "valueCode": channel}]})];
    if channel == "push" {
        let made = ask("POST", push.said("url")?, "/subscribe").await?;
        let part = |path: &str| made.pointer(path).cloned().unwrap_or_default();
        extensions.push(json!({"url": "urn:varde:push-device", "extension": [
            {"url": "endpoint", "valueUrl": part("/endpoint")},
            {"url": "p256dh", "valueString": part("/keys/p256dh")},
            {"url": "auth", "valueString": part("/keys/auth")}]}));
    }
    let name = format!("urn:varde:notification-settings/p{number}");
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes());
    Ok(json!({
        "resourceType": "Basic", "id": id.to_string(), "subject": {"reference": format!("Patient/p{number}")},
        "code": {"coding": [{"system": "urn:varde:basic", "code": "notification-settings"}]}, "extension": extensions,
    }))
}

fn event(person: usize, number: usize) -> (Value, OutboxMessage) {
    let id = format!("e-{person}-{number}");
    let body = json!({
        "resourceType": "Communication", "id": id, "status": "completed",
        "category": [{"coding": [{"system": "urn:varde:service", "code": "messages"}]}],
        "topic": {"coding": [{"system": "urn:varde:event", "code": "message-arrived"}]},
        "subject": {"reference": format!("Patient/p{person}")}, "sent": "2026-11-22T08:00:00Z",
    });
    let payload = json!({"recipient": format!("p{person}"), "path": format!("/messages/{id}"),
        "event": {"patient": format!("p{person}"), "id": id}});
    let message = OutboxMessage {
        kind: "message-arrived".to_owned(),
        subject: format!("p{person}").parse().ok(),
        payload: payload.to_string(),
        not_before: None,
    };
    (body, message)
}

fn write(body: &Value) -> anyhow::Result<Write> {
    let bytes = serde_json::to_vec(body)?;
    let parsed = Parsed::parse(&bytes, &Limits::default()).map_err(|issues| anyhow::anyhow!("{issues:?}"))?;
    let id = parsed.id().context("no id")?;
    Ok(Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new()))))
}

/// The people, their choices and their events, before anybody sends.
async fn laid_down(data: &Path, people: usize, events: usize, push: &Outside) -> anyhow::Result<()> {
    let store = Store::open(&Options::new(data), Arc::new(SystemClock), RuleBook::national()?)?;
    let access = Access {
        actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "bench",
    };
    let mut batch = Batch::default();
    for person in 0..people {
        batch.writes.push(write(&patient(person)?)?);
        batch.writes.push(write(&settings(person, push).await?)?);
        if batch.writes.len() >= BATCH {
            store.as_actor(&access).write(std::mem::take(&mut batch)).await?;
        }
    }
    // The events of a person in order, and those of all people mixed.
    for number in 0..events {
        for person in 0..people {
            let (body, message) = event(person, number);
            batch.writes.push(write(&body)?);
            batch.outbox.push(message);
            if batch.writes.len() >= BATCH {
                store.as_actor(&access).write(std::mem::take(&mut batch)).await?;
            }
        }
    }
    store.as_actor(&access).write(batch).await?;
    Ok(store.close().await?)
}

fn configuration(port: u16, mail: &Outside, sms: &Outside, push: &Outside) -> anyhow::Result<String> {
    let (host, smtp_port) = mail.said("smtp")?.rsplit_once(':').context("no address")?;
    Ok(format!(
        "listen = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\ndata = \"data\"\n\
         [sign_in]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"varde\"\nclient_secret_file = \"secret\"\n\
         [mail]\nhost = \"{host}\"\nport = {smtp_port}\nfrom = \"varde@example.test\"\nstarttls = false\n\
         [sms]\nurl = \"{}/messages\"\ntoken_file = \"secret\"\nfrom = \"Varde\"\n\
         [push]\ncontact = \"mailto:drift@example.test\"\nservices = [\"{}\"]\n\
         [limits]\nnotice_apart_seconds = 0\n",
        sms.said("url")?,
        push.said("url")?,
    ))
}

/// Sends `count` e-mails over one connection, and reads each answer before the next line.
async fn bare_mail(address: String, from: usize, count: usize) -> anyhow::Result<()> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    let mut line = String::new();
    let ask = async |stream: &mut BufReader<TcpStream>, line: &mut String, text: &str| {
        stream.get_mut().write_all(text.as_bytes()).await?;
        loop {
            line.clear();
            anyhow::ensure!(stream.read_line(line).await? > 0, "the mail server is gone");
            // A line of several has a hyphen after its number.
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        anyhow::ensure!(line.starts_with(['2', '3']), "the mail server says {line}");
        Ok(())
    };
    ask(&mut stream, &mut line, "").await?;
    ask(&mut stream, &mut line, "EHLO bench\r\n").await?;
    for number in from..from + count {
        ask(&mut stream, &mut line, "MAIL FROM:<varde@example.test>\r\n").await?;
        ask(&mut stream, &mut line, &format!("RCPT TO:<p{number}@example.test>\r\n")).await?;
        ask(&mut stream, &mut line, "DATA\r\n").await?;
        let text = format!(
            "From: varde@example.test\r\nTo: p{number}@example.test\r\nSubject: Noe nytt\r\n\
             Message-ID: <bare-{number}@example.test>\r\n\r\nLogg inn.\r\n.\r\n"
        );
        ask(&mut stream, &mut line, &text).await?;
    }
    Ok(())
}

/// Sends `count` text messages over one connection.
async fn bare_sms(address: String, from: usize, count: usize) -> anyhow::Result<()> {
    let mut stream = BufReader::new(TcpStream::connect(&address).await?);
    for number in from..from + count {
        let body = json!({"to": format!("+479{number:07}"), "from": "Varde", "text": "Noe nytt"}).to_string();
        let request = format!(
            "POST /messages HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer s3cret\r\nidempotency-key: bare-{number}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes()).await?;
        let (mut length, mut line, mut first) = (0, String::new(), true);
        loop {
            line.clear();
            anyhow::ensure!(stream.read_line(&mut line).await? > 0, "the gateway is gone");
            anyhow::ensure!(!std::mem::take(&mut first) || line.contains(" 202"), "the gateway says {line}");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).await?;
    }
    Ok(())
}

/// How many messages a second the simulators take when nothing but sending is done: e-mails and text messages, half each.
async fn bare(program: &Path, all: usize) -> anyhow::Result<f64> {
    let (mail, sms) = (Outside::start(program, "mail").await?, Outside::start(program, "sms").await?);
    let gateway = sms.said("url")?.strip_prefix("http://").context("no address")?.to_owned();
    let each = all / (2 * BARE);
    let mut sending = tokio::task::JoinSet::new();
    let clock = Instant::now();
    for connection in 0..BARE {
        sending.spawn(bare_mail(mail.said("smtp")?.to_owned(), connection * each, each));
        sending.spawn(bare_sms(gateway.clone(), connection * each, each));
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok((2 * BARE * each) as f64 / clock.elapsed().as_secs_f64())
}

/// Tells the program to end and waits until it has; then nothing may wait in the outbox, and nothing may have been given up.
async fn ended(mut serving: Child, data: &Path) -> anyhow::Result<()> {
    let pid = serving.id().context("it has ended already")?.to_string();
    anyhow::ensure!(Command::new("kill").arg(&pid).status().await?.success(), "it cannot be told to end");
    serving.wait().await?;
    let store = Store::open(&Options::new(data), Arc::new(SystemClock), RuleBook::national()?)?;
    let stats = store.stats().await?;
    anyhow::ensure!((stats.outbox_waiting, stats.outbox_dead) == (0, 0), "not all are marked as sent: {stats:?}");
    Ok(store.close().await?)
}

async fn measure(program: &Path, people: usize, events: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let outside = [
        Outside::start(program, "mail").await?,
        Outside::start(program, "sms").await?,
        Outside::start(program, "push").await?,
    ];
    let [mail, sms, push] = &outside;
    laid_down(&folder.path().join("data"), people, events, push).await?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let file = folder.path().join("varde.toml");
    std::fs::write(&file, configuration(port, mail, sms, push)?)?;
    std::fs::write(folder.path().join("secret"), "s3cret\n")?;

    let started = Timestamp::now();
    let clock = Instant::now();
    let serving = Command::new(program).args(["serve", "--config"]).arg(&file).kill_on_drop(true).spawn()?;
    let (mut first, mut last) = (None, 0);
    let all = (people * events) as u64;
    while last < all {
        anyhow::ensure!(clock.elapsed() < PATIENCE, "{last} of {all} went out");
        last = mail.count().await? + sms.count().await? + push.count().await?;
        if first.is_none() && last > 0 {
            first = Some((Instant::now(), last));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (since, already) = first.context("nothing went out")?;
    ended(serving, &folder.path().join("data")).await?;
    let seconds = since.elapsed().as_secs_f64();
    let rate = (all - already) as f64 / seconds;
    let bare = bare(program, people * events).await?;
    println!("{started}: {all} notifications to {people} people, {events} each");
    println!(
        "  by e-mail {}, by text message {}, by push {}",
        mail.count().await?,
        sms.count().await?,
        push.count().await?
    );
    println!("  {rate:>8.0} notifications a second ({seconds:.1} s)");
    println!("  {bare:>8.0} messages a second by bare sending, half by e-mail and half by text message");
    println!("  {:>8.2} of bare sending", rate / bare);
    println!("  {:>8.1} s from the start of the program to the last", clock.elapsed().as_secs_f64());
    Ok(())
}
