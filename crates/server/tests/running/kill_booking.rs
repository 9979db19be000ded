//! The running country killed while people book, twenty times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use varde_store::Store;

use super::country::{Country, ask, sign_in, try_ask};

const KILLS: u64 = 20;
const PEOPLE: [&str; 3] = ["Ingrid Haugen", "Arne Dahl", "Elle Guttorm"];

/// The value of the hidden field of a form.
fn field<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let rest = page.split_once(&format!("name=\"{name}\" value=\""))?.1;
    rest.split('"').next()
}

/// What a person was told is done.
#[derive(Default)]
struct Told {
    booked: Vec<String>,
    cancelled: Vec<String>,
}

/// Books and calls off, again and again, until the country is gone; what was acknowledged.
fn book_until_it_ends(portal: &str, session: &str, stop: &AtomicBool, turn: usize) -> Told {
    let mut told = Told::default();
    let form = format!("{session}content-type: application/x-www-form-urlencoded\r\n");
    while !stop.load(Ordering::Relaxed) {
        let Some(page) = try_ask("GET", &format!("{portal}/appointments/book"), session, "") else { break };
        let (Some(csrf), Some(key)) = (field(&page.body, "csrf"), field(&page.body, "form_key")) else { break };
        let slots: Vec<&str> = page.body.split("name=\"slot\" value=\"").skip(1).collect();
        let Some(slot) = slots.get((turn * 7) % slots.len().max(1)).and_then(|rest| rest.split('"').next()) else {
            break;
        };
        let body = format!("csrf={csrf}&form_key={key}&slot={slot}&reason=kontroll");
        let Some(answer) = try_ask("POST", &format!("{portal}/appointments/book"), &form, &body) else { break };
        if answer.status != 303 {
            continue;
        }
        let place = answer.header("location").unwrap().split('?').next().unwrap().to_owned();
        let id = place.rsplit('/').next().unwrap().to_owned();
        told.booked.push(id.clone());
        let Some(answer) = try_ask("POST", &format!("{portal}{place}/cancel"), &form, &format!("csrf={csrf}")) else {
            break;
        };
        if answer.status == 303 && answer.header("location").is_some_and(|to| to.ends_with("done=cancelled")) {
            told.cancelled.push(id);
        }
    }
    told
}

/// The ids a resource refers to, of one type.
fn references(resource: &Value, member: &str, kind: &str) -> Vec<String> {
    let list = resource[member].as_array().into_iter().flatten();
    list.filter_map(|entry| entry["reference"].as_str()?.strip_prefix(kind).map(str::to_owned)).collect()
}

/// Every booking is there with its slot and its event, and no slot is taken by nobody or by two.
fn check(country: &Country, told: &Told, slots_taken_by_others: &BTreeSet<String>) {
    let appointments: BTreeMap<String, Value> = country
        .search("Appointment?_count=500&date=ge2026-01-01")
        .into_iter()
        .map(|appointment| (appointment["id"].as_str().unwrap().to_owned(), appointment))
        .collect();
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for appointment in appointments.values().filter(|appointment| appointment["status"] == "booked") {
        for slot in references(appointment, "slot", "Slot/") {
            *holders.entry(slot).or_default() += 1;
        }
    }
    let busy: BTreeSet<String> = country
        .search("Slot?status=busy&_count=500")
        .iter()
        .map(|slot| slot["id"].as_str().unwrap().to_owned())
        .filter(|slot| !slots_taken_by_others.contains(slot))
        .collect();
    for (slot, count) in &holders {
        assert_eq!(*count, 1, "slot {slot} is booked twice");
        assert!(busy.contains(slot) || slots_taken_by_others.contains(slot), "slot {slot} is booked but free");
    }
    for slot in &busy {
        assert!(holders.contains_key(slot), "slot {slot} is taken by nobody");
    }
    let events = country.search("Communication?_count=500");
    for id in &told.booked {
        let appointment = appointments.get(id).unwrap_or_else(|| panic!("acknowledged appointment {id} is lost"));
        let about = format!("Appointment/{id}");
        let of_it = events.iter().filter(|event| references(event, "about", "").contains(&about)).count();
        let called_off = appointment["status"] == "cancelled";
        assert_eq!(of_it, 1 + usize::from(called_off), "events of {id}");
    }
    for id in &told.cancelled {
        assert_eq!(appointments[id]["status"], "cancelled", "acknowledged cancellation of {id} is lost");
    }
}

/// Slots that are taken although no appointment says so: the GPs' other work.
fn taken_by_others(country: &Country) -> BTreeSet<String> {
    let slots = country.search("Slot?status=busy&_count=500");
    slots.iter().map(|slot| slot["id"].as_str().unwrap().to_owned()).collect()
}

fn one_life(data: &Path, life: u64, told: &mut Told, others: &mut Option<BTreeSet<String>>) {
    let country = Country::start(data);
    let others = others.get_or_insert_with(|| taken_by_others(&country));
    check(&country, told, others);
    let portal = country.text("/portal");
    let stop = Arc::new(AtomicBool::new(false));
    let sessions = PEOPLE.map(|name| sign_in(&portal, &country.sign_in_address(name)));
    let people: Vec<JoinHandle<Told>> = sessions
        .into_iter()
        .enumerate()
        .map(|(turn, session)| {
            let (portal, stop) = (portal.clone(), Arc::clone(&stop));
            std::thread::spawn(move || book_until_it_ends(&portal, &session, &stop, turn))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(150 + 37 * (life % 9)));
    country.kill();
    stop.store(true, Ordering::Relaxed);
    for person in people {
        let more = person.join().unwrap();
        told.booked.extend(more.booked);
        told.cancelled.extend(more.cancelled);
    }
    assert_eq!(Store::verify_audit(data).unwrap().fault, None, "the log after kill {life}");
}

#[test]
fn a_country_killed_twenty_times_while_people_book_loses_nothing_it_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let (mut told, mut others) = (Told::default(), None);
    for life in 0..KILLS {
        one_life(data.path(), life, &mut told, &mut others);
    }
    let country = Country::start(data.path());
    check(&country, &told, others.as_ref().unwrap());
    assert!(told.booked.len() as u64 >= KILLS, "only {} bookings were made", told.booked.len());
    let front = ask("GET", &country.text("/portal"), "", "");
    assert_eq!(front.status, 200);
}
