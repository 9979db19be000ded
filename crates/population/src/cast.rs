//! The named people, who are always there and whose patient ids never change, so that tests and demonstrations can count on
//! them. Their stories are in `data/stories.json`; here is what makes the stories true.

use std::collections::HashMap;

use jiff::civil::Date;
use varde_base::{Language, NationalId, PatientId};

use crate::calendar::{add_days, add_months};
use crate::families::{Family, Proxy, TieKind};
use crate::people::{Citizen, Draft, History, Office, Protection, Sex};
use crate::places::Address;

/// Somebody who is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Given name and surname.
    pub name: String,
    /// What the person is good for in a demonstration, in plain English.
    pub story: String,
    /// The number the person signs in with.
    pub national_id: NationalId,
    /// The person's Patient.
    pub patient_id: PatientId,
    /// Date of birth.
    pub birth_date: Date,
    /// The language the person wants to be spoken to in.
    pub language: Language,
}

const STORIES: &str = include_str!("../data/stories.json");

/// Practices of the cast: the first in Oslo, the second in Tromsø, the third in Karasjok.
const OSLO: usize = 0;
const TROMSO: usize = 1;
const KARASJOK: usize = 2;

/// The named people of these families, those with a story only.
pub(crate) fn people(families: &[Family]) -> Vec<Person> {
    let stories: HashMap<String, String> = serde_json::from_str(STORIES).unwrap_or_default();
    let citizens = families.iter().flat_map(|family| &family.citizens);
    citizens
        .filter_map(|citizen| {
            Some(Person {
                name: citizen.name(),
                story: stories.get(&citizen.id)?.clone(),
                national_id: citizen.national_id.clone(),
                patient_id: citizen.id.parse().ok()?,
                birth_date: citizen.birth,
                language: citizen.language,
            })
        })
        .collect()
}

/// The families of the named people.
pub(crate) fn families(office: &mut Office) -> Vec<Family> {
    [together, youth, apart, elder, speakers, protected, foster, pregnant, birthdays, guardian]
        .into_iter()
        .map(|make| make(&mut Home { office, practice: OSLO, doctor: 0, address: oslo("Skoleveien 12", "0564") }))
        .collect()
}

/// Where the next person of the cast is registered.
struct Home<'a> {
    office: &'a mut Office,
    practice: usize,
    doctor: usize,
    address: Address,
}

fn oslo(line: &str, postcode: &'static str) -> Address {
    let (municipality_number, municipality_name) = ("0301", "Oslo");
    Address { line: line.to_owned(), postcode, city: "Oslo", municipality_number, municipality_name }
}

fn tromso(line: &str) -> Address {
    let (municipality_number, municipality_name) = ("5501", "Tromsø");
    Address { line: line.to_owned(), postcode: "9008", city: "Tromsø", municipality_number, municipality_name }
}

fn karasjok(line: &str) -> Address {
    let (municipality_number, municipality_name) = ("5610", "Kárášjohka - Karasjok");
    Address { line: line.to_owned(), postcode: "9730", city: "Karasjok", municipality_number, municipality_name }
}

impl Home<'_> {
    fn moves_to(&mut self, practice: usize, doctor: usize, address: Address) {
        self.practice = practice;
        self.doctor = doctor;
        self.address = address;
    }

    /// Years and days old today.
    fn born(&self, years: i32, days: i32) -> Date {
        add_days(add_months(self.office.today, -12 * years), -days)
    }

    fn person(
        &mut self,
        family: &mut Family,
        slug: &'static str,
        name: (&'static str, &'static str),
        sex: Sex,
        birth: Date,
    ) -> Option<usize> {
        let draft = Draft {
            slug: Some(slug),
            given: name.0,
            family: name.1,
            sex,
            birth,
            address: self.address.clone(),
            language: Language::Nb,
            marital: "ugift",
            practice: self.practice,
            doctor: self.doctor,
        };
        family.add(self.office, draft)
    }
}

fn married(citizen: &mut Citizen) {
    citizen.marital = "gift";
}

fn expects_visits(count: u32) -> impl Fn(&mut Citizen) {
    move |citizen| citizen.coming_visits = count
}

fn together(home: &mut Home<'_>) -> Family {
    let mut family = Family::default();
    let mother = home.person(&mut family, "ingrid-haugen", ("Ingrid", "Haugen"), Sex::Female, home.born(43, 120));
    let father = home.person(&mut family, "thomas-haugen", ("Thomas", "Haugen"), Sex::Male, home.born(45, 33));
    let youth = home.person(&mut family, "nora-haugen", ("Nora", "Haugen"), Sex::Female, home.born(14, 75));
    let child = home.person(&mut family, "emil-haugen", ("Emil", "Haugen"), Sex::Male, home.born(8, 201));
    for parent in [mother, father] {
        family.change(parent, married);
        family.parent(youth, parent);
        family.parent(child, parent);
    }
    family.consents(youth);
    family.change(mother, expects_visits(2));
    for other in [father, youth, child] {
        family.change(other, expects_visits(1));
    }
    family
}

fn youth(home: &mut Home<'_>) -> Family {
    home.moves_to(OSLO, 1, oslo("Granveien 4", "0452"));
    let mut family = Family::default();
    let mother = home.person(&mut family, "hanne-lunde", ("Hanne", "Lunde"), Sex::Female, home.born(47, 12));
    let youth = home.person(&mut family, "sofie-lunde", ("Sofie", "Lunde"), Sex::Female, home.born(17, 90));
    family.parent(youth, mother);
    family.change(mother, |citizen| citizen.pharmacy = Some(0));
    family.change(youth, expects_visits(1));
    family
}

fn apart(home: &mut Home<'_>) -> Family {
    home.moves_to(TROMSO, 0, tromso("Fjellveien 31"));
    let mut family = Family::default();
    let mother = home.person(&mut family, "camilla-moen", ("Camilla", "Moen"), Sex::Female, home.born(36, 250));
    let child = home.person(&mut family, "leo-bakke", ("Leo", "Bakke"), Sex::Male, home.born(6, 140));
    home.moves_to(TROMSO, 1, tromso("Havnegata 7"));
    let father = home.person(&mut family, "anders-bakke", ("Anders", "Bakke"), Sex::Male, home.born(38, 64));
    for parent in [mother, father] {
        family.change(parent, |citizen| citizen.marital = "skilt");
        family.parent(child, parent);
    }
    family.change(child, expects_visits(1));
    family.change(father, expects_visits(1));
    family
}

fn elder(home: &mut Home<'_>) -> Family {
    home.moves_to(OSLO, 1, oslo("Kirkegata 18", "0650"));
    let mut family = Family::default();
    let father = home.person(&mut family, "arne-dahl", ("Arne", "Dahl"), Sex::Male, home.born(84, 17));
    home.address = oslo("Solbakken 3", "1166");
    let daughter = home.person(&mut family, "berit-dahl", ("Berit", "Dahl"), Sex::Female, home.born(55, 280));
    family.change(father, |citizen| {
        citizen.marital = "enkeEllerEnkemann";
        citizen.history = History::Long;
        citizen.coming_visits = 2;
    });
    family.change(daughter, expects_visits(1));
    if let (Some(giver), Some(receiver)) = (father, daughter) {
        let from = add_months(home.office.today, -14);
        family.proxies.push(Proxy { giver, receiver, areas: &[1, 2, 3, 4], from, to: None });
    }
    family
}

fn speakers(home: &mut Home<'_>) -> Family {
    home.moves_to(KARASJOK, 0, karasjok("Lyngveien 9"));
    let mut family = Family::default();
    let sami = home.person(&mut family, "elle-guttorm", ("Elle", "Guttorm"), Sex::Female, home.born(58, 44));
    family.change(sami, |citizen| {
        citizen.language = Language::Se;
        citizen.coming_visits = 1;
    });
    home.moves_to(TROMSO, 0, tromso("Strandveien 22B"));
    let newcomer = home.person(&mut family, "hannah-turner", ("Hannah", "Turner"), Sex::Female, home.born(31, 155));
    family.change(newcomer, |citizen| {
        citizen.language = Language::En;
        citizen.history = History::None;
    });
    family
}

fn protected(home: &mut Home<'_>) -> Family {
    home.moves_to(OSLO, 1, oslo("Utsikten 5", "0980"));
    let mut family = Family::default();
    let mother = home.person(&mut family, "mona-berg", ("Mona", "Berg"), Sex::Female, home.born(34, 210));
    let child = home.person(&mut family, "ella-berg", ("Ella", "Berg"), Sex::Female, home.born(7, 99));
    family.parent(child, mother);
    for person in [mother, child] {
        family.change(person, |citizen| citizen.protection = Some(Protection::StrictlyConfidential));
    }
    family.change(mother, expects_visits(1));
    family
}

fn foster(home: &mut Home<'_>) -> Family {
    home.moves_to(TROMSO, 0, tromso("Rognebærstien 14"));
    let mut family = Family::default();
    let foster_parent = home.person(&mut family, "kari-nygard", ("Kari", "Nygård"), Sex::Female, home.born(51, 300));
    let child = home.person(&mut family, "jonas-myhre", ("Jonas", "Myhre"), Sex::Male, home.born(10, 180));
    home.address = tromso("Storgata 88");
    let mother = home.person(&mut family, "linda-myhre", ("Linda", "Myhre"), Sex::Female, home.born(33, 20));
    let today = home.office.today;
    family.tie(child, foster_parent, TieKind::Foster, Some(add_months(today, -20)), Some(add_months(today, 16)));
    family.parent(child, mother);
    family.change(child, expects_visits(1));
    family
}

fn pregnant(home: &mut Home<'_>) -> Family {
    home.moves_to(OSLO, 0, oslo("Bjørkeveien 27A", "0452"));
    let mut family = Family::default();
    let woman = home.person(&mut family, "leyla-demir", ("Leyla", "Demir"), Sex::Female, home.born(29, 133));
    family.change(woman, |citizen| {
        citizen.history = History::Pregnant;
        citizen.coming_visits = 1;
    });
    family
}

fn birthdays(home: &mut Home<'_>) -> Family {
    home.moves_to(OSLO, 0, oslo("Blåbærstien 2", "0980"));
    let mut family = Family::default();
    let mother = home.person(&mut family, "trine-strand", ("Trine", "Strand"), Sex::Female, home.born(41, 87));
    let tomorrow = add_days(home.office.today, 1);
    let boy = home.person(&mut family, "oskar-strand", ("Oskar", "Strand"), Sex::Male, add_months(tomorrow, -12 * 12));
    let soon = add_days(home.office.today, 9);
    let girl = home.person(&mut family, "thea-strand", ("Thea", "Strand"), Sex::Female, add_months(soon, -12 * 16));
    for child in [boy, girl] {
        family.parent(child, mother);
        family.change(child, expects_visits(1));
    }
    family
}

fn guardian(home: &mut Home<'_>) -> Family {
    home.moves_to(TROMSO, 1, tromso("Elveveien 40"));
    let mut family = Family::default();
    let ward = home.person(&mut family, "odd-kristiansen", ("Odd", "Kristiansen"), Sex::Male, home.born(72, 222));
    home.address = tromso("Furuveien 6");
    let guardian = home.person(&mut family, "silje-holm", ("Silje", "Holm"), Sex::Female, home.born(44, 8));
    home.address = tromso("Myrveien 51");
    let dead = home.person(&mut family, "solveig-eide", ("Solveig", "Eide"), Sex::Female, home.born(91, 60));
    home.address = tromso("Vidjeveien 19");
    let confidential = home.person(&mut family, "marit-lien", ("Marit", "Lien"), Sex::Female, home.born(62, 101));
    family.change(confidential, |citizen| citizen.protection = Some(Protection::Confidential));
    let today = home.office.today;
    family.tie(ward, guardian, TieKind::Guardian, Some(add_months(today, -26)), None);
    family.change(ward, expects_visits(1));
    family.change(dead, |citizen| citizen.died = Some(add_months(today, -3)));
    family
}
