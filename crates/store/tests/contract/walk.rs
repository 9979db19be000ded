//! The whole log by time, for those who run the installation.

use jiff::Timestamp;
use jiff::civil::date;
use varde_base::{CareBasis, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{GateError, LogWindow};

use crate::people::staff;
use crate::snooping::{admin, at};
use crate::world::{World, patient_id};

pub(crate) async fn the_log_is_walked_by_time_in_pages_by_those_who_run_the_installation(world: &World) {
    world.put(crate::world::patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let day = |n: i8| at(date(2026, 12, n), 9, 0);
    for n in 1..=5 {
        for minute in 0..3 {
            world.clock.set(day(n) + jiff::SignedDuration::from_mins(minute));
            let gate = staff(world, "9144900", CareBasis::Treatment, |actor| {
                actor.legal_entity = Some("983971709".into());
                actor.point_of_care = Some("974706490".into());
                actor.attestation = Some("words about care".into());
                actor.decision_ref = Some("visit-7".into());
            });
            gate.read(ResourceType::PATIENT, patient_id("kari").as_resource_id()).await.unwrap();
        }
    }
    let window = LogWindow { from: day(2), to: day(4) };
    let mut resume = None;
    let mut entries = Vec::new();
    loop {
        let page = admin(world, SystemRole::Admin).log_window(window, resume, 2).await.unwrap();
        entries.extend(page.entries);
        resume = page.next;
        if resume.is_none() {
            break;
        }
    }
    assert_eq!(entries.len(), 6);
    assert!(entries.is_sorted_by_key(|entry| entry.seq));
    let logged = entries[0].personnel.as_ref().unwrap();
    assert_eq!((&*logged.hpr_number, &*logged.role, &*logged.organization), ("9144900", "nurse", "Sykehuset"));
    assert_eq!(
        (logged.legal_entity.as_deref(), logged.point_of_care.as_deref()),
        (Some("983971709"), Some("974706490"))
    );
    assert_eq!((logged.decision_ref.as_deref(), &*logged.system), (Some("visit-7"), "EHR"));
    assert!(!format!("{entries:?}").contains("words about care"), "no words about care in the log");

    let all = LogWindow { from: Timestamp::UNIX_EPOCH, to: day(28) };
    let whole = admin(world, SystemRole::Platform).log_window(all, None, 5_000).await.unwrap();
    assert_eq!(whole.entries.iter().filter(|entry| entry.personnel.is_some()).count(), 15);
    let empty = admin(world, SystemRole::Admin).log_window(LogWindow { from: day(27), to: day(28) }, None, 10).await;
    assert_eq!(empty.unwrap(), varde_store::LogPage::default());
    for gate in [world.system(), world.citizen("kari", 1)] {
        assert!(matches!(gate.log_window(all, None, 10).await, Err(GateError::Refused(_))));
    }
    // The citizen is told names, never numbers.
    let own = world.citizen("kari", 1).access_log(&patient_id("kari"), None, 100).await.unwrap();
    assert!(own.entries.iter().any(|entry| entry.actor_name == "Kari Nordmann, nurse, Sykehuset"));
    assert!(!format!("{:?}", own.entries).contains("9144900"));
    assert_eq!(world.verify().await.fault, None);
}
