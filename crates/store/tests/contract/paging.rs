//! Pages.

use varde_fhir::search::Cursor;
use varde_store::GateError;

use crate::world::{World, ids, observation, parse, patient, writes};

async fn walk(world: &World, query: &str, mut between: impl AsyncFnMut(usize)) -> Vec<String> {
    let mut seen = Vec::new();
    let mut wanted = parse(query);
    for page in 0..100 {
        let found = world.system().search(&wanted).await.unwrap();
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
