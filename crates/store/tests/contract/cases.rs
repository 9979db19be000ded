//! Runs the tables of cases/: one store for each table, the same code on every engine.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use varde_fhir::json::Limits;
use varde_fhir::search::Total;
use varde_fhir::{Parsed, ReferenceMap};
use varde_store::{Batch, GateError, Page, Put, Write};

use crate::table::{self, Case, Expected};
use crate::world::{World, ids, try_parse};

/// Tables of searches; each has a corpus of the same name.
const SEARCHES: [&str; 15] = [
    "chain",
    "clauses",
    "common",
    "composite",
    "date",
    "examples",
    "include",
    "number",
    "paging",
    "quantity",
    "reference",
    "sort",
    "string",
    "token",
    "uri",
];
/// Tables of other kinds.
const OTHERS: [&str; 2] = ["history", "writes"];

/// Puts in what `cases/NAME.ndjson` holds, in its order: a resource a line, `{"clock": ".."}` sets the time of what follows, and
/// `{"delete": "Type/id"}` deletes. Answers the ids.
pub(crate) async fn put_corpus(world: &World, name: &str) -> BTreeSet<String> {
    let path = table::folder().join(format!("{name}.ndjson"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut known = BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("cases/{name}.ndjson:{}", index + 1);
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(time) = value["clock"].as_str() {
            world.clock.set(time.parse().unwrap());
        } else if let Some(name) = value["delete"].as_str() {
            world.delete(name).await.unwrap();
        } else {
            // From the bytes, so that decimals keep their digits.
            let parsed =
                Parsed::parse(line.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("{place}: {e:?}"));
            let id = parsed.id().unwrap_or_else(|| panic!("{place}: no id"));
            known.insert(id.to_string());
            let put = Put::new(parsed, id, &ReferenceMap::new());
            let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
            world.system().write(batch).await.unwrap_or_else(|error| panic!("{place}: {error}"));
        }
    }
    assert!(!known.is_empty(), "{}: no resource", path.display());
    known
}

/// Puts a table's corpus in and asks every case of it.
async fn searches(world: &World, name: &str) {
    let known = put_corpus(world, name).await;
    ask(world, name, &known).await;
}

async fn ask(world: &World, name: &str, known: &BTreeSet<String>) {
    let cases = table::read(name);
    let mut wrong = Vec::new();
    for case in &cases {
        if let Err(error) = search(world, case, known).await {
            wrong.push(format!("{}: {}: {}: {error}", case.place, case.name, case.asked));
        }
    }
    report(world, name, cases.len(), &wrong);
}

/// The examples of HL7 of four types, in one batch; `None`, said aloud, when they are not there.
async fn put_examples(world: &World) -> Option<BTreeSet<String>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fhir-r4-examples/json");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no examples in {}", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let (mut known, mut writes) = (BTreeSet::new(), Vec::new());
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(parsed) = Parsed::parse(&bytes, &Limits::default()) else { continue };
        let wanted = ["Patient", "Encounter", "Condition", "MedicationRequest"];
        if let Some(id) = parsed.id().filter(|_| wanted.contains(&parsed.resource_type().name())) {
            known.insert(id.to_string());
            writes.push(Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new()))));
        }
    }
    assert!(writes.len() > 70, "only {} examples", writes.len());
    world.system().write(Batch { writes, ..Batch::default() }).await.unwrap();
    Some(known)
}

pub(crate) async fn examples(world: &World) {
    if let Some(known) = put_examples(world).await {
        ask(world, "examples", &known).await;
    }
}

/// Says how many cases there were, and stops when some went wrong.
pub(crate) fn report(world: &World, name: &str, count: usize, wrong: &[String]) {
    println!("{count} cases of {name} on {}, {} wrong", world.engine(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn search(world: &World, case: &Case, known: &BTreeSet<String>) -> Result<(), String> {
    let (groups, included) = match table::expected(&case.expected)? {
        Expected::Found { groups, included } => (groups, included),
        Expected::Refused(code) => return refused(world, &case.asked, &code).await,
    };
    let named = || groups.iter().flatten().chain(included.iter().flatten());
    if let Some(stranger) = named().find(|id| !known.contains(*id)) {
        return Err(format!("{stranger} is not in the corpus"));
    }
    let page = whole(world, &case.asked).await?;
    let found = ids(&page);
    let sorted = case.asked.contains("_sort=");
    same(&found, &groups, sorted)?;
    if let Some(expected) = included {
        let mut brought: Vec<String> = page.included.iter().map(|found| found.id.to_string()).collect();
        brought.sort();
        if brought != expected {
            return Err(format!("included {brought:?}, not {expected:?}"));
        }
    }
    counted(world, &case.asked, found.len() as u64).await?;
    for count in 1..=3 {
        let paged = pages(world, &case.asked, count).await?;
        same(&paged, &groups, sorted).map_err(|error| format!("in pages of {count}: {error}"))?;
        if sorted && paged != found {
            return Err(format!("in pages of {count} in another order: {paged:?}, not {found:?}"));
        }
    }
    Ok(())
}

/// The search is refused, when it is read or when it is made.
async fn refused(world: &World, asked: &str, code: &str) -> Result<(), String> {
    let query = match try_parse(asked) {
        Err(issues) if issues.iter().all(|issue| issue.code.code() == code) => return Ok(()),
        Err(issues) => return Err(format!("refused otherwise: {issues:?}")),
        Ok(query) => query,
    };
    match world.system().search(&query).await {
        Err(GateError::Invalid(issues)) if issues.iter().all(|issue| issue.code.code() == code) => Ok(()),
        Err(error) => Err(format!("refused otherwise: {error:?}")),
        Ok(page) => Err(format!("not refused, but found {:?}", ids(&page))),
    }
}

async fn whole(world: &World, asked: &str) -> Result<Page, String> {
    let query = try_parse(asked).map_err(|issues| format!("cannot be read: {issues:?}"))?;
    world.system().search(&query).await.map_err(|error| format!("{error:?}"))
}

/// Without an order asked for, one after the other or not is all the same; each once it must be.
fn same(found: &[String], groups: &[Vec<String>], sorted: bool) -> Result<(), String> {
    let mut ordered = found.to_vec();
    let mut expected: Vec<String> = groups.concat();
    if sorted {
        let mut at = 0;
        for group in groups {
            let end = (at + group.len()).min(ordered.len());
            ordered[at.min(end)..end].sort();
            at = end;
        }
    } else {
        ordered.sort();
        expected.sort();
    }
    if ordered == expected { Ok(()) } else { Err(format!("found {found:?}, not {groups:?}")) }
}

/// The number is the same, with the matches, and without them.
async fn counted(world: &World, asked: &str, expected: u64) -> Result<(), String> {
    let with = whole(world, &join(asked, "_total=accurate")).await?;
    let alone = whole(world, &join(asked, "_summary=count")).await?;
    let none = try_parse(&join(asked, "_count=0")).map_err(|issues| format!("{issues:?}"))?;
    if with.total != Some(expected) || alone.total != Some(expected) || none.total != Total::Accurate {
        return Err(format!("{:?} and {:?} counted, not {expected}", with.total, alone.total));
    }
    if alone.matches.is_empty() && alone.next.is_none() { Ok(()) } else { Err("_summary=count has matches".into()) }
}

async fn pages(world: &World, asked: &str, count: u32) -> Result<Vec<String>, String> {
    let mut query = try_parse(&join(asked, &format!("_count={count}"))).map_err(|issues| format!("{issues:?}"))?;
    let mut seen = Vec::new();
    for _ in 0..200 {
        let page = world.system().search(&query).await.map_err(|error| format!("{error:?}"))?;
        if page.matches.len() > count as usize {
            return Err(format!("{} matches on a page of {count}", page.matches.len()));
        }
        seen.extend(ids(&page));
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(seen);
        }
    }
    Err(format!("pages of {count} do not end"))
}

fn join(asked: &str, more: &str) -> String {
    let separator = if asked.ends_with('?') { "" } else { "&" };
    format!("{asked}{separator}{more}")
}

/// A scenario for each table, so that tables run beside each other.
macro_rules! tables {
    ($($name:ident),* $(,)?) => {
        $(
            pub(crate) async fn $name(world: &World) {
                searches(world, stringify!($name)).await;
            }
        )*
    };
}

tables!(
    chain, clauses, common, composite, date, include, number, paging, quantity, reference, sort, string, token, uri
);

/// A wrong expectation fails, with the line it stands in.
pub(crate) async fn a_case_that_fails_names_its_line(world: &World) {
    let known = put_corpus(world, "token").await;
    for (asked, expected, said) in [
        ("Patient?gender=male", "nobody", "not in the corpus"),
        ("Patient?gender=male", "-", "found"),
        ("Patient?gender=female", "kari ola", "found"),
        ("Patient?gender=male", "! value", "not refused"),
        ("Patient?nonsense=male", "-", "cannot be read"),
        ("Patient?nonsense=male", "! value", "refused otherwise"),
        ("Patient?gender=male", "{ola", "braces"),
        ("Patient?gender=male", "ola + kari", "included"),
    ] {
        let line = format!("a name | {asked} | {expected}");
        let case = table::cases("x.txt", &line).unwrap().remove(0);
        assert_eq!(case.place, "cases/x.txt:1");
        let error = search(world, &case, &known).await.unwrap_err();
        assert!(error.contains(said), "{asked} {expected}: {error}");
    }
}

/// Every table in the folder is run, and there are as many cases as the README says, or more.
#[test]
fn no_table_is_forgotten_and_the_cases_do_not_become_fewer() {
    let files = std::fs::read_dir(table::folder()).unwrap().map(|entry| entry.unwrap().path());
    let tables = files.filter(|path| path.extension().is_some_and(|kind| kind == "txt"));
    let there: BTreeSet<String> = tables.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let run: BTreeSet<String> = SEARCHES.iter().chain(&OTHERS).map(|name| (*name).to_owned()).collect();
    assert_eq!(there, run);
    let count: usize = run.iter().map(|name| table::read(name).len()).sum();
    let readme = std::fs::read_to_string(table::folder().join("README.md")).unwrap();
    let said = readme.split_once("at least **").and_then(|(_, rest)| rest.split_once("** cases"));
    let said: usize =
        said.map(|(number, _)| number.parse().unwrap()).expect("the README says how many cases there are");
    println!("{count} cases in {} tables, run on each engine", run.len());
    assert!(count >= said && said >= 400, "{count} cases, and the README says {said}");
}
