use uuid::Uuid;
use varde_base::ResourceId;

/// The id of what `name` names: always the same for the same name (UUID version 5, RFC 9562 section 5.5, in the namespace of OIDs).
///
/// Made of what it names, not at random, so that doing a thing twice can never make two of it: a form sent again, a button pressed again and work that
/// was cut off and begun anew all come to the id that is there already, whichever process they meet, and however long ago that was. So a name must say
/// all that makes a thing another, and nothing else; what is stored has its id by it, and another name for the same would make a second.
pub(crate) fn derived_id(name: &str) -> ResourceId {
    id(&Uuid::NAMESPACE_OID, name)
}

/// As [`derived_id`], of a URN that stands in docs/api.md or that the worker makes too, in the namespace of URLs.
pub(crate) fn derived_from_urn(urn: &str) -> ResourceId {
    id(&Uuid::NAMESPACE_URL, urn)
}

fn id(namespace: &Uuid, name: &str) -> ResourceId {
    // A UUID is an id, so nothing is ever made at random here.
    Uuid::new_v5(namespace, name.as_bytes()).hyphenated().to_string().parse().unwrap_or_else(|_| ResourceId::new_v7())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is stored has these ids: another for the same name would make everything that is sent again a second thing.
    #[test]
    fn a_name_has_the_id_it_has_always_had() {
        for (name, expected) in [
            ("p1/p2/f1/slot-1", "32d72b6d-1b33-5fc0-a3f4-a5dfbf9121b3"),
            ("appointments/earlier-than/a1", "a14f159f-9e36-5bfe-9077-715fd6644271"),
            ("appointments/reminder/a1/2026-11-23", "3f4f8d83-7d67-5d15-ae31-89628732ac20"),
            ("gp/change/p1/0", "63ac0a9c-d59b-5c67-b5d1-73377584564a"),
            ("medicines/renew/p1/rx1/0", "2e2b578f-5939-57ea-bcf5-f5d7c2a7b6a0"),
            ("message/p1/p2/f1", "2ff2d8f2-09f0-5c3b-97ae-d51e6fc2d4b1"),
            ("messages/unread/m1", "5a083112-1f32-5790-970f-5f55b6cfc370"),
            ("summary/device-use/d1", "a6778103-2ba3-59d0-b2c2-18f0f8f4d227"),
            ("summary/suggest/p1/p2/f1/Add/None/Nuts", "285fd47e-b90e-5fde-b128-40dd6c9967b6"),
            ("t1/own-statement", "3ce4256d-06cb-5483-bc28-16a63929e0ca"),
            ("sharing/p1/f1", "9d8fb7c6-cd6f-599a-bcdd-bc5ffe4d2a23"),
        ] {
            assert_eq!(derived_id(name).as_str(), expected, "{name}");
        }
        for (urn, expected) in [
            ("urn:varde:event/Appointment/a1/2", "c1dc9743-ec04-5019-bc29-c1205845a054"),
            ("urn:varde:notification-settings/p1", "55a21939-da2a-556d-8c13-9e8780dc4eae"),
        ] {
            assert_eq!(derived_from_urn(urn).as_str(), expected, "{urn}");
        }
    }
}
