//! A search as text, `Patient?name=x&_count=2`, read strictly and leniently. What is understood is understood again from its own link.
#![no_main]

use libfuzzer_sys::fuzz_target;
use varde_fhir::ResourceType;
use varde_fhir::search::{self, Clause, Query, SearchOptions};
use varde_fuzz::pairs;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (name, query) = text.split_once('?').unwrap_or(("", text));
    let any = || ResourceType::all().nth(name.len() % ResourceType::COUNT);
    let Some(resource_type) = ResourceType::from_name(name).or_else(any) else { return };
    let Some(pairs) = pairs(query) else { return };
    for lenient in [false, true] {
        let options = SearchOptions { max_count: 1_000, default_count: 50, lenient, now: jiff::Timestamp::UNIX_EPOCH };
        let Ok(understood) = search::parse(resource_type, &pairs, &options) else { continue };
        assert!(understood.count <= 1_000 && (lenient || understood.ignored.is_empty()));
        let strict = SearchOptions { lenient: false, ..options };
        match search::parse(resource_type, &understood.canonical, &strict) {
            Ok(again) => {
                assert_eq!(again.canonical, understood.canonical, "the link says something else");
                assert_eq!(clauses(&again), clauses(&understood), "the link asks for something else");
                assert_eq!(in_order(&again.chains), in_order(&understood.chains), "the link asks for something else");
                assert_eq!(again.sort, understood.sort);
            }
            Err(issues) => panic!("the link {:?} is refused: {issues:?}", understood.canonical),
        }
    }
});

/// All must hold, in whatever order: the link has its parameters in an order of its own.
fn clauses(query: &Query) -> Vec<String> {
    let mut texts: Vec<String> = query
        .clauses
        .iter()
        .map(|clause| match clause {
            Clause::Id(ids) => in_order(ids).join(" "),
            Clause::LastUpdated(times) => in_order(times).join(" "),
            other => format!("{other:?}"),
        })
        .collect();
    texts.sort();
    texts
}

fn in_order<T: std::fmt::Debug>(items: &[T]) -> Vec<String> {
    let mut texts: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
    texts.sort();
    texts
}
