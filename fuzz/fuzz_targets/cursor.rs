//! A search on a small database, and a cursor for its next page that somebody has tampered with: `QUERY\nKEYS\nCURSOR`. KEYS are put into
//! a real cursor of that search; CURSOR is taken as it is. Nothing but a page or a refusal may come of it.
#![no_main]

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::runtime::Runtime;
use varde_base::{Actor, ManualClock, Purpose, SystemActor, SystemRole};
use varde_fhir::search::{self, Cursor, SearchOptions};
use varde_fhir::{Parsed, ReferenceMap, ResourceType};
use varde_fuzz::{limits, pairs};
use varde_rights::RuleBook;
use varde_store::{Access, Batch, Gate, GateError, HistoryScope, HistoryWindow, Options, Put, Store, Write};

const DATA: &str = include_str!("../seeds/world.ndjson");

struct World {
    runtime: Runtime,
    gate: Gate,
    /// Not taken away before the program ends.
    _folder: tempfile::TempDir,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at("2026-11-21T09:00:00Z".parse().expect("a time"));
        let book = RuleBook::national().expect("the rules");
        let store = Store::open(&Options::new(folder.path()), Arc::new(clock), book).expect("a store");
        let actor = Actor::System(SystemActor { name: "fuzz".into(), role: SystemRole::Admin });
        let access = Access { actor, purpose: Purpose::Administration, acting_for: None, interaction: "fuzz" };
        let gate = store.as_actor(&access);
        let puts = DATA.lines().map(|line| {
            let parsed = Parsed::parse(line.as_bytes(), &limits()).expect("a resource");
            let id = parsed.id().expect("an id");
            Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))
        });
        let batch = Batch { writes: puts.collect(), ..Batch::default() };
        runtime.block_on(gate.write(batch)).expect("written");
        World { runtime, gate, _folder: folder }
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let (query, keys, cursor) = (lines.next().unwrap_or_default(), lines.next(), lines.next());
    let World { runtime, gate, .. } = world();
    if let Some(cursor) = cursor {
        let cursor = Cursor(cursor.to_owned());
        let history = gate.history(&HistoryScope::System, HistoryWindow::default(), 2, Some(&cursor));
        refused_or_answered(runtime.block_on(history).map(drop));
    }
    let Some((name, query)) = query.split_once('?') else { return };
    let Some(resource_type) = ResourceType::from_name(name) else { return };
    let Some(pairs) = pairs(query) else { return };
    let options = SearchOptions { max_count: 2, default_count: 2, lenient: true, now: jiff::Timestamp::UNIX_EPOCH };
    let Ok(mut query) = search::parse(resource_type, &pairs, &options) else { return };
    // SQLite takes a second to plan sixty conditions, which is known and not what is looked for here.
    if query.clauses.len() > 16 {
        return;
    }
    let page = runtime.block_on(gate.search(&query));
    let Ok(page) = page else { return refused_or_answered(page.map(drop)) };
    if let Some(cursor) = cursor {
        query.cursor = Some(Cursor(cursor.to_owned()));
        refused_or_answered(runtime.block_on(gate.search(&query)).map(drop));
    }
    let (Some(next), Some(keys)) = (page.next, keys) else { return };
    query.cursor = Some(tampered(&next, keys));
    refused_or_answered(runtime.block_on(gate.search(&query)).map(drop));
});

/// The cursor with other members: `{"keys": [{"i": 1}], "id": "o1"}`.
fn tampered(cursor: &Cursor, members: &str) -> Cursor {
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).expect("our own cursor");
    let mut position: Value = serde_json::from_slice(&bytes).expect("our own cursor");
    if let (Some(position), Ok(Value::Object(members))) = (position.as_object_mut(), serde_json::from_str(members)) {
        position.extend(members);
    }
    Cursor(URL_SAFE_NO_PAD.encode(position.to_string()))
}

fn refused_or_answered(answer: Result<(), GateError>) {
    match answer {
        Ok(()) | Err(GateError::Invalid(_) | GateError::NotFound) => {}
        Err(error) => panic!("{error:?}"),
    }
}
