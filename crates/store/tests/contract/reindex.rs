//! Writing the index anew.

use varde_base::SystemClock;
use varde_rights::RuleBook;
use varde_store::{Batch, Gate, Place, Reindexed, Store, Write};

use crate::world::{self, World, ids, observation, parse, patient, put, system_access};

async fn reindex(world: &World, from_start: bool) -> Reindexed {
    let (clock, book) = (std::sync::Arc::new(world.clock.clone()), RuleBook::national().unwrap());
    world.place().reindex(clock, book, from_start, |_, _| {}).await.unwrap()
}

fn gate(store: &Store) -> Gate {
    store.as_actor(&system_access())
}

async fn find(store: &Store, query: &str) -> usize {
    ids(&gate(store).search(&parse(query)).await.unwrap()).len()
}

/// An observation with a display of its code, of a component as well.
fn named(id: &str, display: &str) -> serde_json::Value {
    let mut body = observation(id, "kari", "29463-7", "2026-01-01", "60");
    let code = serde_json::json!({"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": display}]});
    let value = serde_json::json!({"value": 120, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"});
    body["component"] = serde_json::json!([{"code": code, "valueQuantity": value}]);
    body
}

pub(crate) async fn what_is_lost_from_the_index_is_back_and_what_nothing_has_is_gone(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..1_200 {
        let batch = Batch {
            writes: vec![Write::Put(Box::new(put(&named(&format!("o{n}"), "Overtrykk"))))],
            ..Batch::default()
        };
        world.system().write(batch).await.unwrap();
    }
    world.put(named("other", "Utgått navn")).await;
    world.put(named("other", "Overtrykk")).await;
    world.delete("Observation/o7").await.unwrap();
    world.store.close().await.unwrap();
    let healthy = reindex(world, true).await;
    assert_eq!((healthy.resources, healthy.changed, healthy.overtaken, healthy.words), (1_201, 0, 0, Some(1)));

    let searches = [
        "Patient?family=nordmann",
        "Observation?code=http://loinc.org|29463-7&_count=1000&_id=o1,o2",
        "Observation?component-code-value-quantity=8480-6$gt100&_id=o3",
        "Observation?value-quantity=gt59|http://unitsofmeasure.org|kg&_id=o3",
        "Observation?date=2026-01-01&_id=o4",
        "Observation?component-code:text=overtrykk&_id=o5",
        "Observation?subject=Patient/kari&_id=o6",
    ];
    let store = world.again().await;
    let before: Vec<usize> = join(&store, &searches).await;
    assert!(before.iter().all(|found| *found > 0), "{before:?}");
    assert_eq!(find(&store, "Observation?component-code:text=utgått").await, 0);
    store.close().await.unwrap();
    for change in [
        "DELETE FROM index_token",
        "DELETE FROM index_string",
        "DELETE FROM index_pair",
        "DELETE FROM index_word",
        "UPDATE index_quantity SET low = 1, high = 2",
        "DELETE FROM index_date",
        // A list that says other than what is in the tables.
        "UPDATE content SET entries = (SELECT c.entries FROM content c JOIN resource r ON r.rid = c.rid WHERE r.id = 'kari')",
    ] {
        world.change(change).await;
    }
    let store = world.again().await;
    assert_ne!(join(&store, &searches).await, before);
    store.close().await.unwrap();
    let mended = reindex(world, true).await;
    assert_eq!((mended.resources, mended.changed, mended.words), (1_201, 1_200, Some(0)));
    let store = world.again().await;
    assert_eq!(join(&store, &searches).await, before);
    // No version was made, and a write afterwards leaves no old row behind.
    let (resource_type, id) = world::name_of("Observation/o3");
    assert_eq!(gate(&store).read(resource_type, &id).await.unwrap().version, 1);
    let heavier = put(&observation("o3", "kari", "29463-7", "2026-01-01", "70"));
    gate(&store).write(Batch { writes: vec![Write::Put(Box::new(heavier))], ..Batch::default() }).await.unwrap();
    assert_eq!(find(&store, "Observation?component-code-value-quantity=8480-6$gt100&_id=o3").await, 0);
    store.close().await.unwrap();
}

async fn join(store: &Store, searches: &[&str]) -> Vec<usize> {
    let mut found = Vec::new();
    for search in searches {
        found.push(find(store, search).await);
    }
    found
}

pub(crate) async fn writing_the_index_anew_goes_on_where_it_stopped(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(observation("o1", "kari", "29463-7", "2026-01-01", "60")).await;
    world.store.close().await.unwrap();
    let patient_number = varde_fhir::ResourceType::all().position(|kind| kind.name() == "Patient").unwrap();
    // As it is left behind by one that was killed after the Observations.
    world.change(&format!("INSERT INTO import_mark VALUES ('reindex', {patient_number}, 0)")).await;
    let rest = reindex(world, false).await;
    assert_eq!((rest.resources, rest.words), (1, None));
    let all = reindex(world, false).await;
    assert_eq!((all.resources, all.words), (2, Some(0)));
}

/// A directory that is served from is refused; a server's database is not, and what others write meanwhile stays whole.
pub(crate) async fn others_may_not_or_may_use_the_database_meanwhile(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..600 {
        world.put(observation(&format!("o{n}"), "kari", "29463-7", "2026-01-01", "60")).await;
    }
    let (clock, book) = (std::sync::Arc::new(SystemClock), RuleBook::national().unwrap());
    let place = world.place();
    let work = tokio::spawn(async move { place.reindex(clock, book, true, |_, _| {}).await });
    if let Place::Directory(_) = world.place() {
        assert!(work.await.unwrap().unwrap_err().to_string().contains("another process"));
        return;
    }
    for n in 0..100 {
        world.put(observation(&format!("o{n}"), "kari", "29463-7", "2026-01-01", "61")).await;
    }
    let done = work.await.unwrap().unwrap();
    assert_eq!((done.resources + done.overtaken, done.words), (601, None));
    assert_eq!(world.find("Observation?value-quantity=61&_count=1000").await.len(), 100);
    assert_eq!(world.find("Observation?value-quantity=60&_count=1000").await.len(), 500);
}
