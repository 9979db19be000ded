//! Pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varde_fhir::search::Cursor;
use varde_store::{Gate, GateError};

use crate::world::{World, appointment, ids, observation, parse, patient, writes};

async fn walk(world: &World, query: &str, between: impl AsyncFnMut(usize)) -> Vec<String> {
    walk_as(|| world.system(), query, between).await
}

async fn walk_as(gate: impl Fn() -> Gate, query: &str, mut between: impl AsyncFnMut(usize)) -> Vec<String> {
    let mut seen = Vec::new();
    let mut wanted = parse(query);
    for page in 0..100 {
        let found = gate().search(&wanted).await.unwrap();
        seen.extend(ids(&found));
        between(page).await;
        wanted.cursor = found.next;
        if wanted.cursor.is_none() {
            return seen;
        }
    }
    panic!("the pages do not end");
}

async fn forty_observations(world: &World) {
    let bodies: Vec<_> = (0..40)
        .map(|n| {
            let patient = if n % 2 == 0 { "kari" } else { "ola" };
            observation(&format!("o{n:02}"), patient, "29463-7", &format!("2026-01-{:02}", n % 7 + 1), "60")
        })
        .collect();
    world.system().write(writes(&bodies)).await.unwrap();
}

pub(crate) async fn pages_follow_each_other_in_order_without_gap_or_double(world: &World) {
    forty_observations(world).await;
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let dates = |ids: &[String]| -> Vec<u32> { ids.iter().map(|id| id[1..].parse::<u32>().unwrap() % 7).collect() };
    for count in [1, 3, 7, 39, 40, 41] {
        let plain = walk(world, &format!("Observation?_count={count}"), async |_| {}).await;
        assert_eq!(plain.len(), 40, "{count}");
        assert!(plain.is_sorted(), "{count}");
        let up = walk(world, &format!("Observation?_sort=date&_count={count}"), async |_| {}).await;
        assert!(dates(&up).is_sorted() && up.len() == 40, "{count}: {up:?}");
        let down = walk(world, &format!("Observation?_sort=-date,-_id&_count={count}"), async |_| {}).await;
        assert_eq!(down.len(), 40);
        assert!(dates(&down).is_sorted_by(|a, b| a >= b), "{count}");
        let own = walk(world, &format!("Observation?patient=kari&_sort=-date&_count={count}"), async |_| {}).await;
        assert_eq!(own.len(), 20);
        let by_code = walk(world, &format!("Observation?code=29463-7&_count={count}"), async |_| {}).await;
        let mut sorted = by_code.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((by_code.len(), sorted.len()), (40, 40));
    }
    let none = world.system().search(&parse("Observation?_count=0")).await.unwrap();
    assert_eq!((none.matches.len(), none.total, none.next), (0, Some(40), None));
}

pub(crate) async fn pages_stay_steady_while_others_write(world: &World) {
    forty_observations(world).await;
    let seen = walk(world, "Observation?patient=kari&_sort=date&_count=3", async |page| {
        // One that sorts before and one that sorts after where the walk is.
        world.put(observation(&format!("early-{page}"), "kari", "29463-7", "2025-12-31", "60")).await;
        world.put(observation("o00", "kari", "29463-7", "2026-01-01", "61")).await;
    })
    .await;
    let old: Vec<&String> = seen.iter().filter(|id| id.starts_with('o')).collect();
    assert_eq!(old.len(), 20, "{seen:?}");
    assert_eq!(seen.len(), 20, "what was written before the place of the walk is not met");
}

pub(crate) async fn a_cursor_of_another_search_is_refused(world: &World) {
    forty_observations(world).await;
    let page = world.system().search(&parse("Observation?_count=3")).await.unwrap();
    let mut other = parse("Observation?code=29463-7&_count=3");
    other.cursor = page.next;
    assert!(matches!(world.system().search(&other).await, Err(GateError::Invalid(_))));
    other.cursor = Some(Cursor("nonsense".into()));
    assert!(matches!(world.system().search(&other).await, Err(GateError::Invalid(_))));
}

/// The cursor with other members.
fn changed(cursor: &Cursor, members: &Value) -> Cursor {
    let mut mark: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor.0).unwrap()).unwrap();
    mark.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    Cursor(URL_SAFE_NO_PAD.encode(mark.to_string()))
}

/// Who asks for what comes after something does not learn whether that is there.
pub(crate) async fn a_cursor_of_what_may_not_be_seen_is_one_of_what_never_was(world: &World) {
    forty_observations(world).await;
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(patient("ola", 2, "1980-01-01", "Storgata 2")).await;
    let kari = || world.citizen("kari", 1);
    for (query, of) in [("Observation?_count=2", None), ("Observation?code=29463-7&_count=2", Some("kari"))] {
        let mut wanted = parse(query);
        let next = kari().search(&wanted).await.unwrap().next.unwrap();
        let patient = |id: &str| if of.is_some() { json!([{"t": id}]) } else { json!([]) };
        for (id, whose, expected) in [
            ("o04", "kari", vec!["o06", "o08"]),
            ("o03", "kari", vec![]),
            ("never-was", "kari", vec![]),
            ("o04", if of.is_some() { "ola" } else { "" }, if of.is_some() { vec![] } else { vec!["o06", "o08"] }),
            ("o03", "nobody", vec![]),
        ] {
            wanted.cursor = Some(changed(&next, &json!({"id": id, "keys": patient(whose)})));
            match kari().search(&wanted).await {
                Ok(page) => assert_eq!(ids(&page), expected, "{query} {id} {whose}"),
                Err(GateError::Invalid(issues)) => {
                    assert!(issues.is_empty() && expected.is_empty(), "{query} {id} {whose}")
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    // What a page ended with is gone when the next one is asked for.
    let all = walk_as(kari, "Observation?_count=3", async |page| {
        if page == 1 {
            world.delete("Observation/o10").await.unwrap();
        }
    });
    assert_eq!(all.await.len(), 20);
}

const PATIENTS: [&str; 5] = ["kari", "ola", "aase", "per", "liv"];

/// Fifty weights and heights, one after the other of another patient; every seventh is both, every third is not final.
fn interleaved() -> Vec<Value> {
    let one = |n: usize| {
        let code = if n.is_multiple_of(2) { "29463-7" } else { "8302-2" };
        let day = format!("2026-01-{:02}", n % 9 + 1);
        let mut body = observation(&format!("o{n:02}"), PATIENTS[n % 5], code, &day, &n.to_string());
        if n.is_multiple_of(7) {
            let both = json!([
                {"system": "http://loinc.org", "code": "29463-7"}, {"system": "http://loinc.org", "code": "8302-2"},
                {"system": "urn:other", "code": "29463-7"},
            ]);
            body["code"]["coding"] = both;
        }
        body["status"] = json!(if n.is_multiple_of(3) { "preliminary" } else { "final" });
        body
    };
    (0..50).map(one).collect()
}

/// Searches of nobody in particular: by one value, by several, in any system, by more than one clause, by a range, by a date.
const TYPE_WIDE: [&str; 10] = [
    "code=http://loinc.org|29463-7",
    "code=29463-7",
    "code=29463-7,8302-2",
    "combo-code=29463-7",
    "code=29463-7&status=final",
    "status=final,preliminary&date=ge2026-01-03",
    "status=preliminary&code:not=8302-2",
    "date=ge2026-01-02",
    "value-quantity=ge3&_lastUpdated=ge2026",
    "code=http://loinc.org|&status=final",
];

pub(crate) async fn type_wide_pages_visit_everything_once(world: &World) {
    world.system().write(writes(&interleaved())).await.unwrap();
    for query in TYPE_WIDE {
        let wanted = parse(&format!("Observation?{query}&_count=100&_total=accurate"));
        let whole = world.system().search(&wanted).await.unwrap();
        let all = ids(&whole);
        assert!(all.len() >= 5 && whole.next.is_none() && whole.total == Some(all.len() as u64), "{query}");
        let mut patients: Vec<usize> = all.iter().map(|id| id[1..].parse::<usize>().unwrap() % 5).collect();
        patients.dedup();
        assert_eq!(patients.len(), 5, "{query}: one patient after the other: {all:?}");
        for count in [1, 4, all.len() - 1, all.len()] {
            let paged = walk(world, &format!("Observation?{query}&_count={count}"), async |_| {}).await;
            assert_eq!(paged, all, "{query}, {count} a page");
        }
    }
}

pub(crate) async fn type_wide_pages_stay_exact_while_others_write(world: &World) {
    world.system().write(writes(&interleaved())).await.unwrap();
    for (round, query) in TYPE_WIDE.into_iter().enumerate() {
        let before = world.find(&format!("Observation?{query}&_count=1000")).await;
        let mut seen = walk(world, &format!("Observation?{query}&_count=3"), async |page| {
            let who = PATIENTS[page % 5];
            // Before the place of the walk and after it; one that is there already, in a new version; one that goes.
            let mut new = observation(&format!("n{round}-{page}"), who, "29463-7", "2026-01-04", "50");
            new["status"] = json!("preliminary");
            let again = interleaved().swap_remove(page % 50);
            world.system().write(writes(&[new, again])).await.unwrap();
            world.delete(&format!("Observation/n{round}-{}", page / 2)).await.unwrap();
        })
        .await;
        let old: Vec<&String> = seen.iter().filter(|id| before.contains(id)).collect();
        assert_eq!(old, before.iter().collect::<Vec<_>>(), "{query}: each once, in order");
        let met = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), met, "{query}: nothing twice");
    }
}

/// Of two clauses the narrower is started from, and which that is changes between two pages.
pub(crate) async fn pages_go_on_when_another_clause_becomes_the_narrower(world: &World) {
    world.system().write(writes(&interleaved())).await.unwrap();
    let query = "Observation?code=29463-7&status=preliminary&_count=2";
    let before = world.find("Observation?code=29463-7&status=preliminary&_count=100").await;
    let seen = walk(world, query, async |page| {
        let other = if page % 2 == 0 { ("8302-2", "preliminary") } else { ("29463-7", "final") };
        let many: Vec<Value> = (0..60)
            .map(|n| {
                let mut body =
                    observation(&format!("m{page}-{n}"), PATIENTS[n % 5], other.0, "2026-01-04", &n.to_string());
                body["status"] = json!(other.1);
                body
            })
            .collect();
        world.system().write(writes(&many)).await.unwrap();
    })
    .await;
    assert_eq!(seen, before);
}

pub(crate) async fn a_citizens_type_wide_pages_hold_what_may_be_seen(world: &World) {
    let bodies: Vec<Value> = (0..12)
        .map(|n| appointment(&format!("a{n:02}"), PATIENTS[n % 5], "10", &format!("2026-12-{:02}T09:00:00Z", n + 1)))
        .collect();
    world.system().write(writes(&bodies)).await.unwrap();
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for query in ["status=booked", "status=booked&date=ge2026-12-01", "status=booked,pending"] {
        let seen = walk_as(|| world.citizen("kari", 1), &format!("Appointment?{query}&_count=1"), async |_| {}).await;
        assert_eq!(seen, ["a00", "a05", "a10"], "{query}");
        let wanted = parse(&format!("Appointment?{query}&_total=accurate&_count=2"));
        let page = world.citizen("kari", 1).search(&wanted).await.unwrap();
        assert_eq!((page.total, page.matches.len()), (Some(3), 2), "{query}");
    }
}

/// As many clauses as may be asked for, of each way in which a clause is answered: planned as questions about one resource each, not as a
/// join, which would not come to an end here.
pub(crate) async fn a_search_of_the_most_clauses_is_answered(world: &World) {
    world.system().write(writes(&interleaved())).await.unwrap();
    for (first, clause) in [
        ("", "code=29463-7,8302-2"),
        ("status=final&", "code:missing=false"),
        ("patient=kari&", "code=29463-7,8302-2"),
        ("_id=o05,o10&", "code=29463-7,8302-2"),
        ("", "_id=o05,o10"),
        ("", "date=ge2026-01-01"),
        ("status=final&", "code:not=8302-2"),
    ] {
        let most = 64 - usize::from(!first.is_empty());
        let clauses = vec![clause; most].join("&");
        let found = world.find(&format!("Observation?{first}{clauses}&_count=1000")).await;
        assert!(!found.is_empty(), "{first}{clause}");
        assert_eq!(found, world.find(&format!("Observation?{first}{clause}&_count=1000")).await, "{first}{clause}");
    }
}
