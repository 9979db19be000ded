//! Tables of histories and of writes.

use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap};
use varde_store::{Batch, Delete, Expect, GateError, HistoryScope, HistoryWindow, Precondition, Put, Write, Written};

use crate::cases::{put_corpus, report};
use crate::table::{self, Case};
use crate::world::{NOW, World, ids, name_of, parse};

/// A table of histories: `Type/id`, `Type` or `*`, then perhaps `?since=20` and `at=15..26` in seconds after the start; what is expected are
/// ids and versions, newest first, `x` after a deletion, `! missing` for what never was.
pub(crate) async fn history(world: &World) {
    put_corpus(world, "history").await;
    let cases = table::read("history");
    let mut wrong = Vec::new();
    for case in &cases {
        for count in [1, 2, 3, 100] {
            let found = versions(world, &case.asked, count).await;
            if found != *case.expected.replace('-', "").trim() {
                wrong.push(format!("{}: {}: {}, {count} a page: found {found}", case.place, case.name, case.asked));
            }
        }
    }
    report(world, "history", cases.len(), &wrong);
}

async fn versions(world: &World, asked: &str, count: u32) -> String {
    let (scope, times) = asked.split_once('?').unwrap_or((asked, ""));
    let scope = match scope {
        "*" => HistoryScope::System,
        one if one.contains('/') => {
            let (resource_type, id) = name_of(one);
            HistoryScope::Instance(resource_type, id)
        }
        of => HistoryScope::Type(varde_fhir::ResourceType::from_name(of).unwrap()),
    };
    let start = NOW.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let micros = |seconds: &str| {
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
        start + format!("{whole}{part:0<6}").parse::<i64>().unwrap()
    };
    let mut window = HistoryWindow::default();
    for (name, value) in times.split('&').filter_map(|pair| pair.split_once('=')) {
        match (name, value.split_once("..")) {
            ("since", None) => window.since_micros = Some(micros(value)),
            ("at", Some((from, to))) => window.at_micros = Some((micros(from), micros(to))),
            _ => panic!("{asked}: neither since=S nor at=S..S"),
        }
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    for _ in 0..100 {
        let page = match world.system().history(&scope, window, count, cursor.as_ref()).await {
            Ok(page) => page,
            Err(GateError::NotFound) => return "! missing".to_owned(),
            Err(error) => panic!("{asked}: {error}"),
        };
        let sign = |deleted: bool| if deleted { "x" } else { "" };
        seen.extend(page.matches.iter().map(|one| format!("{}:{}{}", one.id, one.version, sign(one.deleted))));
        cursor = page.next;
        if cursor.is_none() {
            return seen.join(" ");
        }
    }
    panic!("{asked}: the pages do not end");
}

/// A table of writes: steps one after the other, parted by `;`, and what each comes to. `&` joins writes to one batch. See cases/README.md.
pub(crate) async fn writes(world: &World) {
    let cases = table::read("writes");
    let mut wrong = Vec::new();
    for case in &cases {
        let steps: Vec<&str> = case.asked.split(';').map(str::trim).collect();
        let expected: Vec<&str> = case.expected.split(';').map(str::trim).collect();
        assert_eq!(steps.len(), expected.len(), "{}: as many answers as steps", case.place);
        for (number, (step, expected)) in steps.iter().zip(expected).enumerate() {
            let came = taken(world, case, number, step).await;
            if came != expected {
                let at = format!("{}: {}, step {}", case.place, case.name, number + 1);
                wrong.push(format!("{at}: {step}: {came}, not {expected}"));
            }
        }
    }
    report(world, "writes", cases.len(), &wrong);
}

/// What a step came to.
async fn taken(world: &World, case: &Case, number: usize, step: &str) -> String {
    let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
    let name = |id: &str| name_of(&format!("Practitioner/c{}-{id}", case.line));
    let found = match verb {
        "put" | "delete" => {
            let writes = step.split(" & ").map(|write| a_write(case, number, write.trim())).collect();
            let done = world.system().write(Batch { writes, ..Batch::default() }).await;
            return done.map_or_else(said, |written| written.iter().map(outcome).collect::<Vec<_>>().join(" & "));
        }
        "find" => {
            let found = ids(&world.system().search(&parse(&of_case(case, rest))).await.unwrap());
            let mut found: Vec<&str> = found.iter().map(|id| id.split_once('-').unwrap().1).collect();
            found.sort_unstable();
            return if found.is_empty() { "-".to_owned() } else { found.join(" ") };
        }
        "history" => {
            let (resource_type, id) = name(rest);
            let scope = HistoryScope::Instance(resource_type, id);
            let page = world.system().history(&scope, HistoryWindow::default(), 100, None).await;
            let version = |one: &varde_store::Found| format!("{}{}", one.version, if one.deleted { "x" } else { "" });
            return page.map_or_else(said, |page| page.matches.iter().map(version).collect::<Vec<_>>().join(" "));
        }
        "read" => match rest.split_once('/') {
            Some((id, version)) => {
                let (resource_type, id) = name(id);
                world.system().read_version(resource_type, &id, version.parse().unwrap()).await
            }
            None => {
                let (resource_type, id) = name(rest);
                world.system().read(resource_type, &id).await
            }
        },
        _ => panic!("{}: no such step: {step}", case.place),
    };
    found.map_or_else(said, |found| {
        let family = crate::world::body(&found.body)["name"][0]["family"].as_str().unwrap().to_owned();
        format!("{} {family}", found.version)
    })
}

/// `$` is what no other case has.
fn of_case(case: &Case, text: &str) -> String {
    text.replace('$', &case.line.to_string())
}

/// `put ID EXPECTATION [if-none QUERY]` or `delete ID EXPECTATION`.
fn a_write(case: &Case, number: usize, text: &str) -> Write {
    let mut words = text.split(' ');
    let (verb, id, expect) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or("any"));
    let (resource_type, id) = name_of(&format!("Practitioner/c{}-{id}", case.line));
    let expect = match expect {
        "any" => Expect::Any,
        "absent" => Expect::Absent,
        "present" => Expect::Present,
        "missing" => Expect::Missing,
        version => Expect::Version(version.parse().unwrap_or_else(|_| panic!("{}: {version}?", case.place))),
    };
    if verb == "delete" {
        return Write::Delete(Delete { resource_type, id, expect, action: varde_rights::Action::Write });
    }
    let body = format!(
        r#"{{"resourceType":"Practitioner","id":"{id}","identifier":[{{"system":"urn:case","value":"{}"}}],"name":[{{"family":"step{}"}}]}}"#,
        case.line,
        number + 1
    );
    let parsed = Parsed::parse(body.as_bytes(), &Limits::default()).unwrap();
    let mut put = Put::new(parsed, id, &ReferenceMap::new());
    put.expect = expect;
    put.precondition = words.next().map(|word| {
        assert_eq!(word, "if-none", "{}", case.place);
        Precondition::NoMatch(Box::new(parse(&of_case(case, words.next().unwrap()))))
    });
    assert_eq!(words.next(), None, "{}: too many words: {text}", case.place);
    Write::Put(Box::new(put))
}

fn outcome(written: &Written) -> String {
    match written {
        Written { deleted: true, version, .. } => format!("{version} deleted"),
        Written { created: true, version, .. } => format!("{version} created"),
        Written { version, .. } => format!("{version}"),
    }
}

fn said(error: GateError) -> String {
    match error {
        GateError::Conflict { current: Some(version) } => format!("conflict {version}"),
        GateError::Conflict { current: None } => "conflict".to_owned(),
        GateError::PreconditionFailed => "matched".to_owned(),
        GateError::Gone { version } => format!("gone {version}"),
        GateError::NotFound => "missing".to_owned(),
        other => panic!("{other:?}"),
    }
}
