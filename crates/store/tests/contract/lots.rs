//! Families drawn by lot, stored as the registers and the people themselves would: what is promised to everybody holds for each of them.

use std::collections::BTreeSet;

use serde_json::Value;
use varde_base::{CareBasis, NATIONAL_ID_SYSTEM, Random as _, SeededRandom};
use varde_store::Gate;

use crate::allways::{TYPES, by_export, walk};
use crate::people::{
    based_on, consent, given, labelled, medicine, message, note, opening, period, personnel, protected, put_all,
    referral, released, result, vaccine, visit, with_status,
};
use crate::world::{World, name_of, national_id, parse, patient};

/// Each another family and other dates.
const ROUNDS: u64 = 4;
/// Restrictions added in each, one after the other.
const RESTRICTIONS: usize = 2;

/// Born so as to be that old today, on and around birthdays that matter.
const CHILDREN: [(&str, u16); 6] = [
    ("2018-05-06", 8),
    ("2014-11-22", 11),
    ("2014-11-21", 12),
    ("2012-01-01", 14),
    ("2010-11-22", 15),
    ("2010-11-21", 16),
];
const GROWN: [(&str, u16); 4] = [("2008-11-22", 17), ("2008-11-21", 18), ("1985-02-28", 41), ("1950-01-01", 76)];

struct Human {
    id: String,
    serial: u16,
    age: u16,
}

/// An item of somebody's, and what hides it.
struct Thing {
    name: String,
    whose: usize,
    kind: &'static str,
    label: &'static str,
    referral: Option<String>,
}

/// What one may do for another by agreement.
struct Agreed {
    giver: usize,
    receiver: usize,
    category: &'static str,
}

struct Lives {
    people: Vec<Human>,
    bodies: Vec<Value>,
    things: Vec<Thing>,
    agreed: Vec<Agreed>,
    guardians: BTreeSet<(usize, usize)>,
    /// Referrals opened for parents.
    opened: BTreeSet<String>,
    /// Those who have made their account inactive.
    inactive: BTreeSet<usize>,
}

fn chance(random: &mut SeededRandom, of: u64) -> bool {
    random.below(of) == 0
}

fn one_of<T: Copy>(random: &mut SeededRandom, all: &[T]) -> T {
    all[usize::try_from(random.below(all.len() as u64)).unwrap()]
}

impl Lives {
    fn drawn(random: &mut SeededRandom, round: u64) -> Self {
        let mut lives = Self {
            people: Vec::new(),
            bodies: Vec::new(),
            things: Vec::new(),
            agreed: Vec::new(),
            guardians: BTreeSet::new(),
            opened: BTreeSet::new(),
            inactive: BTreeSet::new(),
        };
        for place in 0..5_usize {
            let (born, age) = if place < 2 { one_of(random, &CHILDREN) } else { one_of(random, &GROWN) };
            let serial = u16::try_from(round * 5).unwrap() + u16::try_from(place).unwrap() + 20;
            let id = format!("r{round}p{place}");
            let street = one_of(random, &["Storgata 1", "Storgata 1", "Havnegata 9"]);
            let body = patient(&id, serial, born, street);
            lives.bodies.push(if chance(random, 12) { protected(body) } else { body });
            lives.people.push(Human { id, serial, age });
        }
        for of in 0..lives.people.len() {
            lives.health(random, of);
            lives.own_choices(random, of);
            for who in (0..lives.people.len()).filter(|who| *who != of) {
                lives.relations(random, of, who);
            }
        }
        lives
    }

    fn health(&mut self, random: &mut SeededRandom, of: usize) {
        let who = self.people[of].id.clone();
        let eyes = format!("{who}-eyes");
        let all: [(&'static str, Value, Option<String>); 12] = [
            ("gp", visit("gp", &who, "10"), None),
            ("hospital", visit("hospital", &who, "27"), None),
            ("clinic", visit("clinic", &who, "6"), None),
            ("note", note("note", &who), None),
            ("pill", medicine("pill", &who), None),
            ("mmr", vaccine("mmr", &who), None),
            ("old", result("old", &who, "2026-10-01T08:00:00Z"), None),
            ("new", result("new", &who, "2026-11-20T08:00:00Z"), None),
            ("message", message("message", &who), None),
            ("eyes", referral("eyes", &who), Some(eyes.clone())),
            ("eyes-visit", based_on(visit("eyes-visit", &who, "27"), &eyes), Some(eyes.clone())),
            ("eyes-note", based_on(note("eyes-note", &who), &eyes), Some(eyes.clone())),
        ];
        for (kind, mut body, referral) in all {
            body["id"] = format!("{who}-{kind}").into();
            let label = one_of(random, &["", "", "", "N", "NORN", "NORN_FORANS", "NORN_UNGDOM", "NORS"]);
            if !label.is_empty() {
                body = labelled(body, &[label]);
            }
            if chance(random, 6) && matches!(kind, "old" | "note" | "gp") {
                body = released(body, one_of(random, &["2026-12-24T10:00:00Z", "personnel-only", "now"]));
            }
            let name = format!("{}/{who}-{kind}", body["resourceType"].as_str().unwrap());
            self.things.push(Thing { name, whose: of, kind, label, referral });
            self.bodies.push(body);
        }
        for (audience, content) in [("parents", true), ("parents", false), ("youth", true)] {
            if chance(random, 4) {
                self.bodies.push(opening(&who, &eyes, audience, content));
                if audience == "parents" {
                    self.opened.insert(eyes.clone());
                }
            }
        }
    }

    fn own_choices(&mut self, random: &mut SeededRandom, of: usize) {
        let who = self.people[of].id.clone();
        if chance(random, 2) {
            self.bodies.push(consent(&format!("{who}-yes"), &who, "foreldresamtykke", &[]));
        }
        for number in 0..2 {
            if chance(random, 3) {
                let (category, codes) = one_of(random, &RESTRICTING);
                let body = consent(&format!("{who}-less-{number}"), &who, category, codes);
                if category == "inactive" {
                    self.inactive.insert(of);
                }
                self.bodies.push(body);
            }
        }
    }

    fn relations(&mut self, random: &mut SeededRandom, of: usize, who: usize) {
        let (subject, actor) = (self.people[of].id.clone(), self.people[who].id.clone());
        let serial = self.people[who].serial;
        if self.people[of].age < 18 && chance(random, 2) {
            let codes: &[&str] = if chance(random, 3) { &["FO", "court-decision"] } else { &["FO"] };
            self.bodies.push(related(&subject, &actor, serial, codes));
        }
        if chance(random, 8) {
            let end = one_of(random, &["2026-11-20", "2026-11-21", "2027-01-01"]);
            let foster = period(related(&subject, &actor, serial, &["FP"]), "2026-01-01", Some(end));
            self.bodies.push(foster);
        }
        if chance(random, 10) {
            self.guardians.insert((of, who));
            self.bodies.push(related(&subject, &actor, serial, &["VE"]));
        }
        for (category, odds) in [("FU", 3), ("next-of-kin", 5), ("TD", 9)] {
            if !chance(random, odds) {
                continue;
            }
            let areas = match category {
                "FU" => one_of(random, &[&["1"][..], &["2", "3"], &["1", "2", "3"], &["P"], &[]]),
                "TD" => &[],
                _ => one_of(random, &[&["T"][..], &["R"], &["T", "P"]]),
            };
            let body = period(given(category, &subject, &actor, areas), "2026-01-01", Some("2027-01-01"));
            let status = one_of(random, &["active", "active", "active", "inactive", "proposed"]);
            self.bodies.push(with_status(body, status));
            self.agreed.push(Agreed { giver: of, receiver: who, category });
        }
    }

    /// Whether somebody was given something by another in one of these ways, in force or not.
    fn agreed(&self, of: usize, who: usize, categories: &[&str]) -> bool {
        let all = self.agreed.iter().filter(|its| (its.giver, its.receiver) == (of, who));
        all.into_iter().any(|its| categories.contains(&its.category))
    }
}

/// Something that only ever takes away, with the codes of its provision.
type Restriction = (&'static str, &'static [&'static str]);

const RESTRICTING: [Restriction; 10] = [
    ("block", &[]),
    ("block", &["medicines"]),
    ("reservation", &["medicines", "results"]),
    ("own-access", &[]),
    ("own-access", &["record", "vaccines"]),
    ("platform", &["none"]),
    ("platform", &["basis"]),
    ("acute-stop", &[]),
    ("account-stop", &[]),
    ("inactive", &[]),
];

fn related(of: &str, who: &str, serial: u16, codes: &[&str]) -> Value {
    let mut body = crate::people::related(of, "kari", codes);
    body["id"] = format!("{of}-{who}-{}", codes[0]).into();
    body["identifier"] = serde_json::json!([{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}]);
    body
}

/// All that a citizen finds, type by type; each total is the number of what comes page by page.
async fn found(gate: &Gate) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for kind in TYPES {
        let of_kind = walk(gate, &format!("{kind}?"), 7).await;
        let counted = gate.search(&parse(&format!("{kind}?_total=accurate&_count=1"))).await.unwrap();
        assert_eq!(counted.total, u64::try_from(of_kind.len()).ok(), "{kind}: the total is what is there to see");
        all.extend(of_kind);
    }
    all
}

/// The same for who treats a patient. Appointments are found by whoever takes part, so they name no patient whose data are asked for.
async fn found_by_personnel(gate: &Gate, of: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for kind in TYPES.into_iter().filter(|kind| !matches!(*kind, "Patient" | "Appointment")) {
        all.extend(walk(gate, &format!("{kind}?patient={of}"), 7).await);
    }
    all
}

/// What each of them sees, and after them who treats each of them.
async fn all_found(world: &World, lives: &Lives) -> Vec<BTreeSet<String>> {
    let mut all = Vec::new();
    for human in &lives.people {
        all.push(found(&world.citizen(&human.id, human.serial)).await);
    }
    for human in &lives.people {
        all.push(found_by_personnel(&personnel(world, "9144900", CareBasis::Treatment), &human.id).await);
    }
    all
}

fn promises_hold(lives: &Lives, seen: &[BTreeSet<String>], round: u64) {
    let count = lives.people.len();
    for thing in &lives.things {
        let (of, age) = (thing.whose, lives.people[thing.whose].age);
        let shielded = seen[count + of].contains(&thing.name) && thing.label == "NORS";
        assert!(!shielded, "round {round}: {} is shielded from who treats", thing.name);
        for who in (0..count).filter(|who| seen[*who].contains(&thing.name)) {
            let what = format!("round {round}: {} sees {} ({})", lives.people[who].id, thing.name, thing.label);
            assert_ne!(thing.label, "NORN", "{what}");
            if who == of {
                assert!(thing.label != "NORN_UNGDOM" || age >= 16, "{what}");
                continue;
            }
            let by_agreement = age >= 16 && lives.agreed(of, who, &["FU", "TD"]);
            assert!(thing.label != "NORN_FORANS" || by_agreement, "{what}");
            let closed = ["hospital", "note", "eyes", "eyes-visit", "eyes-note", "old", "new", "clinic"];
            if (12..16).contains(&age) && closed.contains(&thing.kind) {
                let opened = thing.referral.as_ref().is_some_and(|referral| lives.opened.contains(referral));
                assert!(opened, "{what}, which is closed to parents until it is opened");
            }
            let only_given = !lives.guardians.contains(&(of, who)) && !lives.agreed(of, who, &["TD"]);
            if age >= 16 && only_given && !lives.inactive.contains(&of) {
                assert!(seen[of].contains(&thing.name), "{what}, which the giver does not");
            }
        }
    }
}

/// Reading one by one and taking out in bulk give what searching gives.
async fn ways_agree(world: &World, lives: &Lives, seen: &[BTreeSet<String>]) {
    for (human, seen) in lives.people.iter().zip(seen) {
        let gate = world.citizen(&human.id, human.serial);
        for thing in &lives.things {
            let (resource_type, id) = name_of(&thing.name);
            let read = gate.read(resource_type, &id).await.is_ok();
            assert_eq!(read, seen.contains(&thing.name), "{} reads {}", human.id, thing.name);
        }
        by_export(&gate, seen).await;
    }
}

pub(crate) async fn whatever_the_family_the_promises_hold(world: &World) {
    let mut something = (0, 0);
    for round in 0..ROUNDS {
        let mut random = SeededRandom::new(0x5EED).fork(round);
        let mut lives = Lives::drawn(&mut random, round);
        put_all(world, lives.bodies.drain(..)).await;
        let mut seen = all_found(world, &lives).await;
        promises_hold(&lives, &seen, round);
        ways_agree(world, &lives, &seen).await;
        let others = (0..lives.people.len()).flat_map(|who| seen[who].iter().map(move |name| (who, name)));
        something.0 += others.filter(|(who, name)| !name.contains(&lives.people[*who].id)).count();
        for number in 0..RESTRICTIONS {
            let of = usize::try_from(random.below(lives.people.len() as u64)).unwrap();
            let (category, codes) = one_of(&mut random, &RESTRICTING);
            let id = format!("r{round}-more-{number}");
            world.put(consent(&id, &lives.people[of].id, category, codes)).await;
            let after = all_found(world, &lives).await;
            for (who, (before, after)) in seen.iter().zip(&after).enumerate() {
                let more: Vec<&String> = after.difference(before).filter(|name| !name.ends_with(&id)).collect();
                assert!(more.is_empty(), "round {round}: {category} {codes:?} of {of} shows {who} {more:?}");
                something.1 += before.difference(after).count();
            }
            seen = after;
        }
    }
    assert!(something.0 > 20 && something.1 > 20, "the lots gave something to see and to take away: {something:?}");
}
