//! Who is told: that health personnel have looked in an emergency or past the glass, and of events; and who reaches how a person is told.

use std::time::Duration;

use serde_json::json;
use varde_base::{Actor, CareBasis, Purpose, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{Access, Expect, Gate, GateError, HistoryScope, HistoryWindow};

use crate::people::{consent, gate, labelled, message, person, protected, related, staff, with_status};
use crate::world::{World, body, ids, parse, patient_id, writes};

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

/// The platform, which sends what people are told.
fn platform(world: &World) -> Gate {
    let actor = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
    world.store.as_actor(&Access { actor, purpose: Purpose::PatientRequest, acting_for: None, interaction: "test" })
}

pub(crate) async fn those_who_see_a_thing_are_known_to_the_platform_alone(world: &World) {
    family(world, "2018-05-06").await;
    world.put(message("letter", "ola")).await;
    let (ola, letter) = (patient_id("ola"), "letter".parse().unwrap());
    let seers = async |gate: &Gate| {
        let mut names: Vec<String> =
            gate.seers(&ola, ResourceType::COMMUNICATION, &letter).await?.iter().map(|who| who.to_string()).collect();
        names.sort();
        Ok::<_, GateError>(names.join(" "))
    };
    assert_eq!(seers(&platform(world)).await.unwrap(), "kari per");
    for other in [world.system(), gate(world, "kari")] {
        assert!(matches!(seers(&other).await, Err(GateError::NotFound)));
        let asked = other.needs_letter(&ola, ResourceType::COMMUNICATION, &letter).await;
        assert!(matches!(asked, Err(GateError::NotFound)));
    }
    world.put(protected(person("per", "1985-05-06", "Storgata 1"))).await;
    assert_eq!(seers(&platform(world)).await.unwrap(), "kari", "who loses the right is told no more");
}

pub(crate) async fn who_has_stopped_their_account_is_told_by_letter_of_what_they_would_see(world: &World) {
    family(world, "2018-05-06").await;
    world.put(message("letter", "kari")).await;
    world.put(labelled(message("hidden", "kari"), &["NORN"])).await;
    let needs = async |id: &str| {
        let id = id.parse().unwrap();
        platform(world).needs_letter(&patient_id("kari"), ResourceType::COMMUNICATION, &id).await.unwrap()
    };
    assert!(!needs("letter").await, "she reads it here");
    for (category, id) in [("account-stop", "stopped"), ("inactive", "away")] {
        world.put(consent(id, "kari", category, &[])).await;
        assert!(needs("letter").await, "{category}");
        assert!(!needs("hidden").await, "{category}: nobody is told of what is hidden");
        world.put(with_status(consent(id, "kari", category, &[]), "inactive")).await;
        assert!(!needs("letter").await, "{category} has ended");
    }
}

pub(crate) async fn no_program_but_the_platform_reaches_how_a_person_is_told(world: &World) {
    world.put(person("kari", "1985-05-06", "Storgata 1")).await;
    let settings = json!({
        "resourceType": "Basic", "id": "settings", "subject": {"reference": "Patient/kari"},
        "code": {"coding": [{"system": "urn:varde:basic", "code": "notification-settings"}]},
        "extension": [{"url": "urn:varde:push-device", "extension": [{"url": "auth", "valueString": "a-secret"}]}],
    });
    assert!(matches!(world.try_put(settings.clone(), Expect::Any).await, Err(GateError::Refused(_))));
    platform(world).write(writes(&[settings])).await.unwrap();
    // Another kind of Basic is theirs as before.
    world.put(json!({"resourceType": "Basic", "id": "other", "subject": {"reference": "Patient/kari"}, "code": {"text": "x"}})).await;
    let id = "settings".parse().unwrap();
    assert!(platform(world).read(ResourceType::BASIC, &id).await.is_ok());
    let admin = Actor::System(SystemActor { name: "Drift".into(), role: SystemRole::Admin });
    let admin = Access { actor: admin, purpose: Purpose::Administration, acting_for: None, interaction: "test" };
    for gate in [world.system(), world.store.as_actor(&admin)] {
        assert!(gate.read(ResourceType::BASIC, &id).await.is_err());
        assert!(gate.read_version(ResourceType::BASIC, &id, 1).await.is_err());
        for query in ["Basic?_count=50", "Basic?patient=kari", "Basic?_id=settings", "Basic?code=notification-settings"]
        {
            let found = ids(&gate.search(&parse(query)).await.unwrap());
            assert!(!found.contains(&"settings".to_owned()), "{query}: {found:?}");
        }
        let all = gate.search(&parse("Patient?_id=kari&_revinclude=Basic:patient")).await.unwrap();
        let brought: Vec<&str> = all.included.iter().map(|found| found.id.as_str()).collect();
        assert_eq!(brought, ["other"], "nor brought along");
        for scope in [HistoryScope::Type(ResourceType::BASIC), HistoryScope::System] {
            let page = gate.history(&scope, HistoryWindow::default(), 50, None).await.unwrap();
            assert!(page.matches.iter().all(|found| found.id != id), "{scope:?}");
        }
    }
}
