//! Who listens hears of every change before it is committed, and what it lays down lands with the change or not at all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use varde_store::{Access, Change, Expect, Happening, Listener, OutboxMessage};

use crate::world::{World, observation};

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Listener for Ear {
    fn hear(&self, access: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage> {
        let mut out = Vec::new();
        for change in changes {
            let parts = (change.put.is_some(), change.before.is_some(), change.patient_before.is_some());
            assert_eq!(
                parts,
                match change.happening {
                    Happening::Created => (true, false, false),
                    Happening::Updated => (true, true, true),
                    Happening::Deleted => (false, true, true),
                }
            );
            let text = format!("{:?} {} {}", change.happening, change.id, change.version);
            self.0.lock().unwrap().push(format!("{text} {}", access.interaction));
            out.push(OutboxMessage { kind: "heard".into(), subject: None, payload: text, not_before: None });
        }
        out
    }
}

pub(crate) async fn what_a_listener_lays_down_lands_with_the_change_or_not_at_all(world: &World) {
    let ear = Arc::new(Ear::default());
    assert!(world.store.listen(ear.clone()));
    assert!(!world.store.listen(ear.clone()), "there is one");
    let body = || observation("w", "kari", "weight", "2026-01-01", "60");
    world.put(body()).await;
    world.put(body()).await;
    assert!(world.try_put(body(), Expect::Version(1)).await.is_err());
    world.delete("Observation/w").await.unwrap();
    world.delete("Observation/w").await.unwrap();
    world.put(body()).await;
    let heard = ["Created w 1", "Updated w 2", "Updated w 3", "Deleted w 3", "Created w 4"];
    assert_eq!(*ear.0.lock().unwrap(), heard.map(|text| format!("{text} test")));
    let claimed = world.store.outbox().claim(10, Duration::from_secs(30)).await.unwrap();
    let laid: Vec<&str> = claimed.iter().map(|message| message.payload.as_str()).collect();
    assert_eq!(laid, ["Created w 1", "Updated w 2", "Deleted w 3", "Created w 4"], "the refused change left nothing");
}
