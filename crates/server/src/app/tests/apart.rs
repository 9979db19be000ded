//! Two worlds that differ only in what somebody may not know of answer that somebody alike, to the byte: status, headers and body, by every
//! address there is.
//!
//! What is hidden is written among all else in one half of the cases, so that the numbers of this database differ, and after it in the other.

use serde_json::{Value, json};

use super::asks::{Ask, Names, of_api, of_pages};
use super::lives::{
    based_on, consent, encounter, event, given, health, labelled, letter, medicine, note, parent, people, person,
    referral, released, report, result, visit,
};
use super::world::{Asker, World, next_page};

/// Most pages of one search.
const MOST_PAGES: usize = 60;

/// When what is hidden is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Among,
    After,
}

/// Who asks, of whom, and something that they see.
type Who = (Asker, &'static str, &'static str);

/// What differs between the worlds: what is kept from somebody, and, when it is a relation that is closed, what closes it.
struct Case {
    /// There in both.
    both: Vec<Value>,
    /// There in one of them.
    hidden: Vec<Value>,
}

impl Case {
    fn hiding(hidden: Vec<Value>) -> Self {
        Self { both: Vec::new(), hidden }
    }
}

/// The worlds are made in the same steps of time, so that the moments of writing are the same too.
async fn make(case: &Case, is_there: bool, when: When) -> World {
    let world = World::new();
    let hidden: &[Value] = if is_there { &case.hidden } else { &[] };
    let (among, after) = match when {
        When::Among => hidden.split_at(hidden.len() / 2),
        When::After => hidden.split_at(0),
    };
    world.put_all(&people()).await;
    world.put_all(&case.both).await;
    world.put_all(among).await;
    world.at("2026-11-21T08:00:10Z");
    for of in ["ola", "tor", "eva", "kari"] {
        world.put_all(&health(of)).await;
    }
    world.at("2026-11-21T08:00:20Z");
    world.put_all(after).await;
    if when == When::Among {
        for body in after {
            let mut again = body.clone();
            again["language"] = "nb".into();
            world.put(&again).await;
        }
    }
    world.at("2026-11-21T08:00:30Z");
    world
        .put_all(&[
            visit("tor-last", "tor", "10", "2026-12-05T09:00:00Z"),
            result("eva-last", "eva", "2026-09-02T08:00:00Z"),
        ])
        .await;
    world.at("2026-11-21T09:00:00Z");
    world
}

fn names(case: &Case, patient: &'static str) -> Names {
    let name = |body: &Value| format!("{}/{}", body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap());
    let mut all: Vec<String> = case.hidden.iter().map(name).collect();
    let kinds = ["Appointment", "Observation", "DocumentReference", "Consent"];
    for kind in kinds.into_iter().chain(["DiagnosticReport", "Communication", "MedicationRequest"]) {
        all.push(format!("{kind}/never-was"));
    }
    all.extend(health(patient).iter().map(name));
    Names { patient, all }
}

/// What is compared: all but the random key of each form, which is 43 letters in any world, and the numbers of entries in the log, which are places
/// among the look-ups of the whole country and grow whoever is looked up.
fn compared(answer: &str) -> String {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    let answer = replaced(answer, "/access-log/proof/", digits);
    let answer = replaced(&answer, "/requests/new?entry=", digits);
    let answer = replaced(&answer, "/access-log?before=", digits);
    replaced(&answer, "name=\"form_key\" value=\"", |rest| rest.find('"').filter(|length| *length == 43).unwrap_or(0))
}

/// The text with as much after each `before` left out as `length` says.
fn replaced(text: &str, before: &str, length: impl Fn(&str) -> usize) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(before);
        out.push_str(&part[length(part)..]);
    }
    out
}

/// Where two answers part.
fn difference(with: &str, without: &str) -> String {
    // Where bodies part says more than that their lengths do.
    let body = |text: &str| text.split_once("\n\n").map_or_else(String::new, |(_, body)| body.to_owned());
    let (with, without) =
        if body(with) == body(without) { (with.to_owned(), without.to_owned()) } else { (body(with), body(without)) };
    let alike = with.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let around = text.bytes().skip(alike.saturating_sub(200)).take(500).collect::<Vec<u8>>();
        String::from_utf8_lossy(&around).into_owned()
    };
    format!("with:    {}\nwithout: {}\n", part(&with), part(&without))
}

/// What has been answered alike, and where answers differ.
#[derive(Default)]
struct Compared {
    answers: Vec<String>,
    differences: Vec<String>,
}

/// Both answers, page by page as long as there is a next one.
async fn compare(one: &World, other: &World, asker: &Asker, asked: &Ask, so_far: &mut Compared) {
    let mut asked = asked.clone();
    for _ in 0..MOST_PAGES {
        let (with, without) = (one.ask(asker, &asked).await, other.ask(asker, &asked).await);
        let (with, without) = (compared(&with), compared(&without));
        if with != without {
            let what = format!("{} {} {:?} {}", asked.method, asked.url, asked.headers, asked.body);
            so_far.differences.push(format!("{asker:?} learns by {what}\n{}", difference(&with, &without)));
            return;
        }
        let next = next_page(&with);
        so_far.answers.push(with);
        let Some(next) = next else { return };
        asked = Ask::get(next);
    }
    panic!("{}: the pages do not end", asked.url);
}

async fn is_alike(case: &Case, askers: &[Who], when: When) {
    let (one, other) = (make(case, true, when).await, make(case, false, when).await);
    for (asker, patient, sees) in askers {
        let names = names(case, patient);
        let asks = match asker {
            Asker::Citizen { .. } => of_pages(&names),
            Asker::Personnel(_) => of_api(&names),
        };
        let mut compared = Compared::default();
        for asked in &asks {
            compare(&one, &other, asker, asked, &mut compared).await;
        }
        let Compared { answers, differences } = compared;
        assert!(
            answers.iter().any(|answer| answer.starts_with("200") && answer.contains(sees)),
            "{asker:?} sees {sees}"
        );
        assert!(differences.is_empty(), "{when:?}: {} differences\n{}", differences.len(), differences.join("\n"));
        assert!(answers.len() > 50, "{asker:?}: {} answers", answers.len());
    }
}

async fn both_ways(case: Case, askers: &[Who]) {
    for when in [When::Among, When::After] {
        is_alike(&case, askers, when).await;
    }
}

const fn citizen(who: &'static str, of: Option<&'static str>) -> Asker {
    Asker::Citizen { who, of }
}

/// Some of each kind, each made what it takes to be hidden.
fn of_each(of: &str, mark: &str, hide: impl Fn(Value) -> Value) -> Vec<Value> {
    let id = |what: &str| format!("{of}-x-{mark}{what}");
    let all = [
        visit(&id("soon"), of, "10", "2026-11-30T09:00:00Z"),
        visit(&id("gp"), of, "10", "2026-12-02T09:00:00Z"),
        visit(&id("past"), of, "10", "2026-08-02T09:00:00Z"),
        visit(&id("hospital"), of, "27", "2026-12-01T09:00:00Z"),
        encounter(&id("was"), of),
        note(&id("note"), of),
        medicine(&id("pill"), of),
        result(&id("result"), of, "2026-10-01T08:00:00Z"),
        referral(&id("referral"), of),
        event(&id("event"), of, Some(&format!("{of}-gp"))),
        report(&id("report"), of, "2026-10-01T08:00:00Z", &format!("{of}-x-{mark}result")),
        letter(&id("letter"), of),
        based_on(note(&id("based"), of), &format!("{of}-eyes")),
        based_on(result(&id("linked"), of, "2026-10-01T08:00:00Z"), &format!("{of}-eyes")),
    ];
    all.into_iter().map(hide).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_does_not_learn_of_what_is_kept_from_parents() {
    let mut hidden = of_each("tor", "", |body| labelled(body, "NORN_FORANS"));
    // Closed by a default rule, until health personnel open the referral.
    hidden.extend([
        referral("tor-x-closed", "tor"),
        based_on(note("tor-x-closed-note", "tor"), "tor-x-closed"),
        based_on(visit("tor-x-closed-visit", "tor", "27", "2026-12-04T09:00:00Z"), "tor-x-closed"),
        visit("tor-x-clinic", "tor", "6", "2026-12-04T10:00:00Z"),
        result("tor-x-blood", "tor", "2026-09-01T08:00:00Z"),
    ]);
    let askers = [
        (citizen("kari", Some("tor")), "tor", "/appointments/tor-gp"),
        (citizen("per", Some("tor")), "tor", "/appointments/tor-gp"),
        (citizen("kari", None), "kari", "/appointments/kari-gp"),
    ];
    both_ways(Case::hiding(hidden), &askers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_youth_does_not_learn_of_what_is_kept_from_the_youth() {
    let hidden = of_each("tor", "", |body| labelled(body, "NORN_UNGDOM"));
    both_ways(Case::hiding(hidden), &[(citizen("tor", None), "tor", "/appointments/tor-gp")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_and_helpers_do_not_learn_of_what_is_denied_or_comes_later() {
    let mut hidden = of_each("eva", "n-", |body| labelled(body, "NORN"));
    hidden.extend([
        result("eva-x-new", "eva", "2026-11-20T08:00:00Z"),
        report("eva-x-new-report", "eva", "2026-11-20T08:00:00Z", "eva-x-new"),
        released(result("eva-x-held", "eva", "2026-10-01T08:00:00Z"), "personnel-only"),
        released(note("eva-x-later", "eva"), "2026-12-24T10:00:00Z"),
        released(visit("eva-x-visit-later", "eva", "10", "2026-12-30T09:00:00Z"), "2026-12-24T10:00:00Z"),
    ]);
    let askers = [
        (citizen("nina", Some("eva")), "eva", "eva"),
        (citizen("bo", Some("eva")), "eva", "2 December 2026"),
        // Last, since she calls off.
        (citizen("eva", None), "eva", "/appointments/eva-gp"),
    ];
    both_ways(Case::hiding(hidden), &askers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_does_not_learn_of_what_was_not_given() {
    let hidden = vec![
        note("eva-x-note", "eva"),
        referral("eva-x-referral", "eva"),
        based_on(note("eva-x-based", "eva"), "eva-x-referral"),
        given("next-of-kin", "eva", "kari", &["T"]),
        consent("eva-x-level", "eva", "platform", &["full"]),
    ];
    both_ways(Case::hiding(hidden), &[(citizen("nina", Some("eva")), "eva", "eva")]).await;
}

fn treating() -> Value {
    json!({"purpose_of_use": "TREAT", "decision_ref": "visit-7"})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_personnel_do_not_learn_of_what_is_shielded() {
    let mut hidden = of_each("eva", "", |body| labelled(body, "NORS"));
    let mut derived = labelled(result("eva-x-derived", "eva", "2026-10-01T08:00:00Z"), "NORS");
    derived["derivedFrom"] = json!([{"reference": "Observation/eva-old"}]);
    hidden.push(derived);
    let coordinating = json!({"purpose_of_use": "COC", "decision_ref": "visit-7"});
    let askers =
        [(Asker::Personnel(treating()), "eva", "eva-note"), (Asker::Personnel(coordinating), "eva", "eva-note")];
    both_ways(Case::hiding(hidden), &askers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_personnel_who_are_blocked_or_do_not_treat_do_not_learn_what_there_is() {
    let case =
        || Case { both: vec![consent("tor-block", "tor", "block", &[])], hidden: of_each("tor", "", |body| body) };
    both_ways(case(), &[(Asker::Personnel(treating()), "tor", "\"total\":0")]).await;
    let curious = json!({"purpose_of_use": "TREAT"});
    let mut strangers = Case::hiding(of_each("x", "", |body| body));
    let mut stranger = person("x", "1960-01-01", "Havnegata 5");
    stranger.as_object_mut().unwrap().remove("generalPractitioner");
    strangers.hidden.push(stranger);
    both_ways(strangers, &[(Asker::Personnel(curious), "x", "\"total\":0")]).await;
}

/// What closes a relation is not told: it is as if there were none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_from_whom_a_child_is_withheld_is_as_a_stranger() {
    let withheld = vec![parent("ola", "kari", &["FO"]), consent("ola-x-stop", "ola", "acute-stop", &[])];
    let mut protected = person("ola", "2018-05-06", "Storgata 1");
    protected["meta"] = json!({"security": [{"system": "urn:varde:address-protection", "code": "6"}]});
    let moved = vec![parent("ola", "kari", &["FO"]), protected];
    for hidden in [withheld, moved] {
        let askers = [
            (citizen("kari", Some("ola")), "ola", "not registered with a right"),
            (citizen("kari", None), "kari", "/appointments/kari-gp"),
        ];
        both_ways(Case::hiding(hidden), &askers).await;
    }
}
