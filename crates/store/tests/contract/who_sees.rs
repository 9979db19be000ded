//! Who can see this: what the answer names is what each of those named would themselves be answered.

use std::collections::HashMap;

use varde_base::{Actor, Purpose, Random as _, ResourceId, SeededRandom, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_rights::{Action, Relation, RuleId, Service};
use varde_store::{
    About, Access, Extent, Gate, GateError, ItemAudience, Named, Posed, Question, Sight, Simulated, WhoSees,
};

use crate::people::{
    at, based_on, consent, gate, given, labelled, medicine, message, note, opening, period, person, personnel,
    protected, put_all, referral, related, result, vaccine, visit, with_status,
};
use crate::world::{NOW, World, name_of, patient_id};

async fn of_service(world: &World, who: &str, of: &str, service: Service) -> Result<WhoSees, GateError> {
    gate(world, who).who_sees(&patient_id(of), service).await
}

async fn of_item(world: &World, who: &str, of: &str, name: &str) -> Result<WhoSees, GateError> {
    let (resource_type, id) = name_of(name);
    gate(world, who).who_sees_item(&patient_id(of), resource_type, &id).await
}

/// `name extent rule` of everybody the answer names.
fn people(who: &WhoSees) -> Vec<String> {
    let line = |name: &str, Sight { extent, rule }: Sight| match rule {
        Some(rule) => format!("{name} {extent:?} {rule}"),
        None => format!("{name} {extent:?}"),
    };
    who.people.iter().map(|seer| line(seer.patient.as_str(), seer.sight)).collect()
}

fn kind(who: &WhoSees, relation: Relation) -> (Extent, &'static str) {
    who.personnel
        .iter()
        .find(|(its, _)| *its == relation)
        .map(|(_, sight)| (sight.extent, sight.rule.unwrap().0))
        .unwrap()
}

async fn family(world: &World, born: &str) {
    put_all(
        world,
        [
            person("kari", "1980-03-04", "Storgata 1"),
            person("per", "1979-03-04", "Havnegata 9"),
            person("ola", born, "Storgata 1"),
            person("nina", "1990-01-01", "Havnegata 2"),
            related("ola", "kari", &["FO"]),
            related("ola", "per", &["FO"]),
            visit("gp", "ola", "10"),
            visit("clinic", "ola", "6"),
            labelled(visit("secret", "ola", "10"), &["NORN_FORANS"]),
        ],
    )
    .await;
}

pub(crate) async fn a_youth_is_told_which_parents_see_each_appointment_and_they_what_the_youth_sees(world: &World) {
    family(world, "2012-05-06").await;
    world.put(consent("yes", "ola", "foreldresamtykke", &[])).await;
    let of = async |who: &str| gate(world, who).audiences(&patient_id("ola"), ResourceType::APPOINTMENT).await.unwrap();
    let audience = |all: &HashMap<ResourceId, ItemAudience>, id: &str| all.get(&id.parse().unwrap()).cloned();
    let olas = of("ola").await;
    // Per does not live at the child's address, so he is no parent here.
    assert_eq!(audience(&olas, "gp"), Some(ItemAudience::Parents(vec!["kari Nordmann".into()])));
    assert_eq!(audience(&olas, "clinic"), Some(ItemAudience::OnlyYou));
    assert_eq!(audience(&olas, "secret"), Some(ItemAudience::OnlyYou));
    let karis = of("kari").await;
    assert_eq!(audience(&karis, "gp"), Some(ItemAudience::Youth("ola Nordmann".into())));
    assert_eq!(karis.len(), 1, "nothing of what she does not see");
    assert!(of("per").await.is_empty() && of("nina").await.is_empty());
    world.put(person("per", "1979-03-04", "Storgata 1")).await;
    let both = ItemAudience::Parents(vec!["kari Nordmann".into(), "per Nordmann".into()]);
    assert_eq!(audience(&of("ola").await, "gp"), Some(both));
    // One who only learns the time is somebody too: it is not for the youth only.
    world.put(given("next-of-kin", "ola", "nina", &["T"])).await;
    let with_nina = ["kari", "per", "nina"].map(|name| format!("{name} Nordmann").into()).to_vec();
    assert_eq!(audience(&of("ola").await, "gp"), Some(ItemAudience::Others(with_nina)));
    assert_eq!(audience(&of("ola").await, "clinic"), Some(ItemAudience::OnlyYou));
    world.put(with_status(consent("yes", "ola", "foreldresamtykke", &[]), "inactive")).await;
    assert!(of("kari").await.is_empty(), "the youth no longer sees it");
    world.put(person("ola", "2010-05-06", "Storgata 1")).await;
    assert!(of("ola").await.is_empty(), "of age: there is no parent to share with");
}

pub(crate) async fn who_sees_names_everybody_with_their_own_rule_and_no_number(world: &World) {
    put_all(
        world,
        [
            person("eva", "1950-03-04", "Bakken 3"),
            person("kari", "1980-03-04", "Storgata 1"),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("jon", "1960-01-01", "Havnegata 3"),
            person("bo", "1960-01-01", "Havnegata 4"),
            person("siri", "1960-01-01", "Havnegata 4"),
            given("FU", "eva", "nina", &["1"]),
            given("FU", "eva", "kari", &["3"]),
            related("eva", "jon", &["VE"]),
            given("next-of-kin", "eva", "bo", &["T"]),
            with_status(given("FU", "eva", "siri", &["1", "2", "3"]), "proposed"),
            consent("no-treating", "eva", "block", &["results"]),
            labelled(result("shielded", "eva", "2026-01-01T08:00:00Z"), &["NORS"]),
        ],
    )
    .await;
    let results = of_service(world, "eva", "eva", Service::Results).await.unwrap();
    let expected = ["eva Whole RE-1", "jon Nothing VE-0", "kari Nothing AREA", "bo Nothing NK-0", "nina Whole FU-2"];
    let mut told = people(&results);
    told.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(told, expected);
    assert!(!format!("{results:?}").contains(crate::world::national_id(1).as_str()), "names, never numbers");
    assert_eq!(kind(&results, Relation::Treating), (Extent::Nothing, "BLOCKED"));
    assert_eq!(kind(&results, Relation::Emergency), (Extent::Whole, "HP-3"));
    assert_eq!(kind(&results, Relation::Pharmacy), (Extent::Nothing, "PH-0"));
    let times = of_service(world, "eva", "eva", Service::PrimaryAppointments).await.unwrap();
    let told = people(&times);
    assert!(told.contains(&"bo Outline NK-1".to_owned()) && told.contains(&"jon Outline VE-1".to_owned()), "{told:?}");
    let shielded = of_item(world, "eva", "eva", "Observation/shielded").await.unwrap();
    assert_eq!(kind(&shielded, Relation::Coordinating).0, Extent::Nothing);
    assert_eq!(kind(&shielded, Relation::BreakingGlass), (Extent::Whole, "HP-7"));
    assert!(!shielded.some_blocked_by_name && !shielded.more);
}

pub(crate) async fn who_sees_is_told_to_the_person_and_to_parents_of_small_children_alone(world: &World) {
    family(world, "2018-05-06").await;
    put_all(
        world,
        [
            person("eva", "1950-03-04", "Bakken 3"),
            given("FU", "eva", "nina", &["1", "2", "3"]),
            person("tor", "2013-05-06", "Storgata 1"),
            related("tor", "kari", &["FO"]),
            visit("tor-gp", "tor", "10"),
            period(given("TD", "eva", "kari", &[]), "2026-01-01", Some("2030-01-01")),
        ],
    )
    .await;
    let appointments = Service::PrimaryAppointments;
    let told = of_service(world, "kari", "ola", appointments).await.unwrap();
    assert_eq!(people(&told), ["ola Nothing SE-12", "kari Whole AP-3", "per Nothing"]);
    for (who, of, rule) in
        [("kari", "tor", "PA-12"), ("nina", "eva", "FU-12"), ("kari", "eva", "TD-6"), ("per", "ola", "ADDRESS-CHECK")]
    {
        match of_service(world, who, of, appointments).await {
            Err(GateError::Refused(decision)) => assert_eq!(decision.rule.0, rule, "{who} of {of}"),
            other => panic!("{who} of {of}: {other:?}"),
        }
    }
    assert!(matches!(of_item(world, "kari", "tor", "Appointment/tor-gp").await, Err(GateError::Refused(_))));
    for (who, of) in [("nina", "ola"), ("nina", "nobody"), ("eva", "kari")] {
        assert!(matches!(of_service(world, who, of, appointments).await, Err(GateError::NotFound)), "{who} of {of}");
    }
    let doctor = personnel(world, "1", varde_base::CareBasis::Treatment);
    for gate in [doctor, world.system()] {
        let answer = gate.who_sees(&patient_id("ola"), appointments).await;
        assert!(matches!(answer, Err(GateError::Refused(_))), "{answer:?}");
        assert!(gate.audiences(&patient_id("ola"), ResourceType::APPOINTMENT).await.unwrap().is_empty());
    }
}

pub(crate) async fn why_another_sees_nothing_is_not_told_when_it_is_a_matter_of_their_own(world: &World) {
    family(world, "2018-05-06").await;
    let told = async || people(&of_service(world, "kari", "ola", Service::Results).await.unwrap());
    let without = ["ola Nothing SE-12", "kari Whole PA-1", "per Nothing"];
    assert_eq!(told().await, without, "another address");
    world.put(protected(person("per", "1979-03-04", "Havnegata 9"))).await;
    assert_eq!(told().await, without, "a protected address looks the same");
    let mut abroad = person("per", "1979-03-04", "Storgata 1");
    abroad["address"][0]["country"] = "SE".into();
    world.put(abroad).await;
    assert_eq!(told().await, without, "none in Norway too");
    put_all(world, [person("per", "1979-03-04", "Storgata 1"), consent("stop", "per", "account-stop", &[])]).await;
    assert_eq!(told().await, without, "and a stopped account");
    world.delete("Consent/stop").await.unwrap();
    assert_eq!(told().await, ["ola Nothing SE-12", "kari Whole PA-1", "per Whole PA-1"]);
}

pub(crate) async fn to_ask_about_what_is_hidden_is_to_ask_about_what_never_was(world: &World) {
    family(world, "2018-05-06").await;
    world.put(visit("karis", "kari", "10")).await;
    for hidden in ["Appointment/secret", "Appointment/none", "Appointment/karis"] {
        assert!(matches!(of_item(world, "kari", "ola", hidden).await, Err(GateError::NotFound)), "{hidden}");
    }
    assert!(of_item(world, "kari", "ola", "Appointment/gp").await.is_ok());
    let log = world.citizen("kari", 1).access_log(&patient_id("ola"), None, 50).await.unwrap();
    let asked: Vec<&str> = log.entries.iter().filter_map(|entry| entry.resource_id.as_deref()).collect();
    assert!(asked.contains(&"gp") && !asked.contains(&"secret"), "{asked:?}");
    let all = world.system().access_log(&patient_id("ola"), None, 50).await.unwrap();
    let entry = all.entries.iter().find(|entry| entry.resource_id.as_deref() == Some("gp")).unwrap();
    assert_eq!((entry.rule.as_str(), entry.actor_name.as_str()), ("PA-3", "kari"));
}

/// What the answer says of everybody, they are told themselves; and who is not in it sees nothing.
async fn agrees(world: &World, who: &WhoSees, name: &str, round: u32) {
    let (resource_type, id) = name_of(name);
    for other in ["kari", "per", "ola", "nina", "eva", "jon"] {
        let own = gate(world, other).read(resource_type, &id).await;
        let told = who.people.iter().find(|seer| seer.patient.as_str() == other).map(|seer| seer.sight);
        match (own, told) {
            (Ok(found), told) => {
                let expected = Sight { extent: Extent::Whole, rule: Some(found.decision.rule) };
                assert_eq!(told, Some(expected), "{other} reads {name}, round {round}");
            }
            (Err(_), told) => {
                assert_ne!(told.map(|sight| sight.extent), Some(Extent::Whole), "{other}: {name}, round {round}");
            }
        }
    }
}

/// A family by dice: ages from both sides of every limit, addresses, agreements, labels.
async fn dice(world: &World, random: &mut SeededRandom) {
    let mut pick = |count: u64| usize::try_from(random.below(count)).unwrap();
    let street = |same| if same { "Storgata 1" } else { "Havnegata 9" };
    let born = ["2018-05-06", "2013-11-22", "2012-05-06", "2010-11-21", "1980-05-06"][pick(5)];
    let (karis, pers) = (street(pick(3) > 0), street(pick(2) > 0));
    let shield = |body, yes| if yes { protected(body) } else { body };
    put_all(
        world,
        [
            shield(person("ola", born, "Storgata 1"), pick(8) == 0),
            person("kari", "1980-03-04", karis),
            shield(person("per", "1979-03-04", pers), pick(6) == 0),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("eva", "1950-03-04", "Bakken 3"),
            person("jon", "1960-03-04", "Bakken 3"),
            related("ola", "kari", &["FO"]),
            related("ola", "per", if pick(2) == 0 { &["FO"] } else { &["FO", "court-decision"] }),
        ],
    )
    .await;
    let status = |body, yes| with_status(body, if yes { "active" } else { "inactive" });
    let areas: &[&str] = [&["1"][..], &["2", "3"], &["1", "2", "3", "P"], &["T"]][pick(4)];
    for body in [
        status(given("FU", "ola", "nina", areas), pick(2) == 0),
        status(period(given("TD", "ola", "eva", &[]), "2026-01-01", Some("2030-01-01")), pick(2) == 0),
        status(given("next-of-kin", "ola", "jon", &["T"]), pick(2) == 0),
        status(consent("yes", "ola", "foreldresamtykke", &[]), pick(3) > 0),
        status(consent("stop", "ola", "acute-stop", &[]), pick(8) == 0),
        status(consent("less", "ola", "own-access", &["medicines"]), pick(5) == 0),
        status(opening("ola", "eyes", "parents", pick(2) == 0), pick(2) == 0),
        status(opening("ola", "eyes", "youth", true), pick(2) == 0),
    ] {
        world.put(body).await;
    }
    let labels: [&[&str]; 6] = [&[], &[], &["N"], &["NORN_FORANS"], &["NORN_UNGDOM"], &["NORS"]];
    for body in [
        visit("gp", "ola", "10"),
        visit("clinic", "ola", "6"),
        based_on(visit("eyes-visit", "ola", "27"), "eyes"),
        based_on(note("eyes-note", "ola"), "eyes"),
        referral("eyes", "ola"),
        medicine("pill", "ola"),
        vaccine("mmr", "ola"),
        message("hi", "ola"),
        result("blood", "ola", "2026-10-01T08:00:00Z"),
    ] {
        let label = labels[pick(6)];
        world.put(if label.is_empty() { body } else { labelled(body, label) }).await;
    }
}

pub(crate) async fn who_sees_agrees_with_what_everybody_is_answered_themselves(world: &World) {
    let mut random = SeededRandom::new(20_261_121);
    let mut answered = 0;
    for round in 0..20 {
        dice(world, &mut random).await;
        for name in [
            "Appointment/gp",
            "Appointment/clinic",
            "Appointment/eyes-visit",
            "DocumentReference/eyes-note",
            "ServiceRequest/eyes",
            "MedicationRequest/pill",
            "Immunization/mmr",
            "Communication/hi",
            "Observation/blood",
        ] {
            for who in ["ola", "kari"] {
                if let Ok(told) = of_item(world, who, "ola", name).await {
                    agrees(world, &told, name, round).await;
                    answered += 1;
                }
            }
        }
    }
    assert!(answered > 50, "{answered} answers are too few to say anything");
}

fn operator(world: &World, role: SystemRole) -> Gate {
    let actor = Actor::System(SystemActor { name: "Operator".into(), role });
    world.store.as_actor(&Access { actor, purpose: Purpose::Simulation, acting_for: None, interaction: "simulate" })
}

async fn simulated(world: &World, who: Posed, about: About, day: &str) -> Result<Simulated, GateError> {
    let question = Question {
        who,
        patient: Named::Patient(patient_id("ola")),
        about,
        action: Action::View,
        day: day.parse().unwrap(),
    };
    operator(world, SystemRole::Admin).simulate(&question).await
}

fn kari() -> Posed {
    Posed::Citizen(Named::Number(crate::world::national_id(1)))
}

pub(crate) async fn a_simulation_decides_as_of_its_day_and_stands_in_the_log_of_the_person(world: &World) {
    family(world, "2014-11-22").await;
    put_all(world, [note("note", "ola"), result("blood", "ola", "2026-11-20T08:00:00Z")]).await;
    let rule = async |about: About, day: &str| {
        let simulated = simulated(world, kari(), about, day).await.unwrap();
        let decision = simulated.explanation.decision;
        assert!(!simulated.explanation.steps.is_empty());
        format!("{} {} {}", simulated.age.key(), decision.allowed(), decision.rule)
    };
    let hospital = || About::Service(Service::SpecialistAppointments);
    assert_eq!(rule(hospital(), "2026-11-21").await, "0-11 true AP-3");
    assert_eq!(rule(hospital(), "2026-11-22").await, "12 false NOT-OPENED");
    assert_eq!(rule(hospital(), "2030-11-22").await, "16-17 false PA-16");
    let item = |name: &str| {
        let (resource_type, id) = name_of(name);
        About::Item(resource_type, id)
    };
    assert_eq!(rule(item("Appointment/gp"), "2026-12-24").await, "12 true AP-4");
    assert_eq!(rule(item("Appointment/secret"), "2026-11-21").await, "0-11 false ITEM-HIDDEN");
    assert_eq!(rule(item("Observation/blood"), "2026-11-21").await, "0-11 false DELAYED");
    world.put(person("ola", "2018-11-22", "Storgata 1")).await;
    assert_eq!(rule(item("Observation/blood"), "2026-12-04").await, "0-11 true PA-1");
    // What was true in the world is read as it is now, and held against the day: nothing was changed by asking.
    assert!(gate(world, "kari").read(name_of("DocumentReference/note").0, &"note".parse().unwrap()).await.is_ok());
    let log = world.system().access_log(&patient_id("ola"), None, 20).await.unwrap();
    let entries: Vec<_> = log.entries.iter().filter(|entry| entry.purpose == "SIMULATE").collect();
    assert_eq!(entries.len(), 7);
    assert!(entries.iter().all(|entry| entry.actor_kind == "admin" && entry.actor_name == "Operator"));
    assert_eq!(entries[0].count, 0, "no data left");
}

pub(crate) async fn a_simulation_is_for_administrators_about_people_who_are_there(world: &World) {
    family(world, "2018-05-06").await;
    at(world, NOW);
    let service = || About::Service(Service::Record);
    let question = Question {
        who: kari(),
        patient: Named::Patient(patient_id("ola")),
        about: service(),
        action: Action::View,
        day: "2026-11-21".parse().unwrap(),
    };
    for gate in [operator(world, SystemRole::SourceSystem), operator(world, SystemRole::Platform), gate(world, "kari")]
    {
        let refused = gate.simulate(&question).await;
        assert!(matches!(refused, Err(GateError::Refused(its)) if its.rule == RuleId::NO_RULE), "{refused:?}");
    }
    let day = "2026-11-21";
    let nobody = Posed::Citizen(Named::Patient(patient_id("nobody")));
    assert!(matches!(simulated(world, nobody, service(), day).await, Err(GateError::NotFound)));
    let none = About::Item(ResourceType::APPOINTMENT, "none".parse().unwrap());
    assert!(matches!(simulated(world, kari(), none, day).await, Err(GateError::NotFound)));
    let treating = simulated(world, Posed::Personnel(Relation::Treating), service(), day).await.unwrap();
    assert_eq!(treating.explanation.decision.rule.0, "HP-1");
    let parent = simulated(world, Posed::Personnel(Relation::Parent), service(), day).await;
    assert!(matches!(parent, Err(GateError::Invalid(_))), "{parent:?}");
    let stranger = Posed::Citizen(Named::Patient(patient_id("nina")));
    assert_eq!(
        simulated(world, stranger, service(), day).await.unwrap().explanation.decision.rule,
        RuleId::NO_RELATION
    );
}
