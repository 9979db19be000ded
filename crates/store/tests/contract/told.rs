//! Who is told that health personnel have looked in an emergency or past the glass.

use std::time::Duration;

use varde_base::CareBasis;
use varde_fhir::ResourceType;

use crate::people::{consent, person, protected, related, staff};
use crate::world::{World, body, patient_id};

/// Looks at the person, and says to whom messages went.
async fn told_of(world: &World, who: &str, basis: CareBasis) -> String {
    let gate = staff(world, "9144900", basis, |actor| actor.reason = Some("unconscious".into()));
    gate.read(ResourceType::PATIENT, patient_id(who).as_resource_id()).await.unwrap();
    let mut told = Vec::new();
    loop {
        let claimed = world.store.outbox().claim(10, Duration::from_secs(60)).await.unwrap();
        if claimed.is_empty() {
            told.sort();
            return told.join(" ");
        }
        for message in claimed {
            let payload = body(message.payload.as_bytes());
            told.push(format!("{}:{}", message.kind, payload["recipient"].as_str().unwrap()));
            world.store.outbox().complete(&message).await.unwrap();
        }
    }
}

async fn next_day(world: &World) {
    world.clock.advance(jiff::SignedDuration::from_hours(24));
}

/// Kari and Per are the parents of Ola, Nina is nobody to him.
async fn family(world: &World, born: &str) {
    for who in ["kari", "per", "nina"] {
        world.put(person(who, "1985-05-06", "Storgata 1")).await;
    }
    world.put(person("ola", born, "Storgata 1")).await;
    world.put(related("ola", "kari", &["FO"])).await;
    world.put(related("ola", "per", &["FO"])).await;
}

pub(crate) async fn the_parents_of_a_small_child_are_told_unless_they_are_kept_out(world: &World) {
    family(world, "2018-05-06").await;
    let both = "emergency-access-child:kari emergency-access-child:per";
    assert_eq!(told_of(world, "ola", CareBasis::Emergency).await, both);
    next_day(world).await;
    world.put(protected(person("per", "1985-05-06", "Storgata 1"))).await;
    assert_eq!(told_of(world, "ola", CareBasis::BreakGlass).await, "emergency-access-child:kari");
    next_day(world).await;
    world.put(consent("stop", "ola", "acute-stop", &[])).await;
    assert_eq!(told_of(world, "ola", CareBasis::Emergency).await, "", "an acute stop keeps them both out");
}

pub(crate) async fn a_child_of_twelve_and_a_grown_up_are_told_themselves_once_for_each_basis(world: &World) {
    family(world, "2014-05-06").await;
    assert_eq!(told_of(world, "ola", CareBasis::Emergency).await, "emergency-access:ola");
    assert_eq!(told_of(world, "ola", CareBasis::Emergency).await, "", "once a day");
    assert_eq!(told_of(world, "ola", CareBasis::BreakGlass).await, "break-glass-access:ola");
    assert_eq!(told_of(world, "ola", CareBasis::BreakGlass).await, "");
    assert_eq!(told_of(world, "kari", CareBasis::Emergency).await, "emergency-access:kari");
    let tasks = world.find("Task?code=emergency-access-review").await;
    assert_eq!(tasks.len(), 3, "a review for each");
}
