//! One citizen's care: three years of visits and what follows from them, and what is still to come.

mod examined;
mod forms;
mod later;
mod papers;

use jiff::civil::Date;

use crate::analyses::{CHILD_PANEL, PANELS, Panel};
use crate::calendar::{HISTORY_DAYS, HORIZON_DAYS, Place, SLOT_MINUTES, add_days, days_between};
use crate::catalogue::{
    ADULT_REASONS, AILMENTS, Ailment, CHILD_REASONS, COURSES, DOSES, INFLUENZA, INSTRUCTIONS, MESSAGES, Medicine,
    PREGNANCY, REFERRALS,
};
use crate::dice::Dice;
use crate::people::{Citizen, History};
use crate::providers::{Block, LABORATORIES, PHARMACIES, Provider, Unit};
use crate::resources::Resource;
use crate::resources::appointment::{Form, Status, Visit, appointment, encounter};
use crate::resources::clinical::{
    Outcome, Prescription, Referral, condition, dispensing, immunization, medicine_in_use, prescription, referral,
};
use crate::resources::laboratory::{Sample, report};
use crate::resources::message::conversation;
use crate::resources::organisation::slot;

/// From this age those with several ailments get their medicines in dose bags (multidose).
const DOSE_BAGS_FROM_AGE: i32 = 75;
/// How far back answers are unread, in days.
const UNREAD_DAYS: i32 = 60;

/// Writes one citizen's care.
pub(crate) struct Care<'a> {
    citizen: &'a Citizen,
    block: &'a mut Block,
    dice: Dice,
    today: Date,
    ailments: Vec<&'static Ailment>,
    counter: u32,
    out: Vec<Resource>,
}

/// Which provider of the block a visit is to.
#[derive(Clone, Copy)]
enum To {
    Doctor,
    Nurse(Option<(&'static str, &'static str)>),
    Midwife,
    Specialist(Unit),
}

/// What is known of a visit before its place in the diary is.
struct Plan<'t> {
    to: To,
    wanted: Date,
    slots: u32,
    status: Status,
    reason: &'t str,
    instruction: Option<&'t str>,
    referral: Option<&'t str>,
    restriction: Option<&'static str>,
}

/// All of a citizen's care, in an order in which references point backwards.
pub(crate) fn care(citizen: &Citizen, block: &mut Block, dice: Dice, today: Date) -> Vec<Resource> {
    let mut care = Care { citizen, block, dice, today, ailments: vec![], counter: 0, out: vec![] };
    if citizen.history != History::None {
        care.lasting();
        care.vaccines();
        care.health_station();
        care.past_visits();
        if citizen.history == History::Pregnant {
            care.pregnancy();
        }
        care.coming();
        care.messages();
        care.examinations();
        care.papers();
        care.grown_ups_vaccines();
        care.critical();
        care.other_forms();
    }
    care.out
}

impl Care<'_> {
    fn id(&mut self, kind: &str) -> String {
        self.counter += 1;
        format!("{}-{kind}-{}", self.citizen.id, self.counter)
    }

    fn doctor(&self) -> Option<&Provider> {
        self.block.doctors.get(self.block.doctor(self.citizen.practice, self.citizen.doctor))
    }

    fn provider(&mut self, to: To) -> Option<&mut Provider> {
        let (practice, doctor) = (self.citizen.practice, self.citizen.doctor);
        let (doctor, station) = (self.block.doctor(practice, doctor), self.block.health_station(practice));
        match to {
            To::Doctor => self.block.doctors.get_mut(doctor),
            To::Nurse(_) => self.block.nurses.get_mut(station),
            To::Midwife => self.block.midwives.get_mut(station),
            To::Specialist(unit) => self.block.specialists.get_mut(Block::specialist(practice, unit)),
        }
    }

    /// Draws what the citizen lives with, and the yearly prescriptions that follow.
    fn lasting(&mut self) {
        let age = self.citizen.age(self.today);
        for ailment in AILMENTS {
            let of_age = (ailment.from_age..=ailment.to_age).contains(&age);
            let certain = self.citizen.history == History::Long && ["K86", "T93", "K78"].contains(&ailment.icpc);
            if of_age && (self.dice.chance(ailment.percent) || certain) {
                self.ailments.push(ailment);
            }
        }
        for ailment in self.ailments.clone() {
            let years = self.dice.between(1, (age - ailment.from_age).clamp(1, 15));
            let since = add_days(self.today, -365 * years - self.dice.between(0, 200)).max(self.citizen.birth);
            let id = self.id("condition");
            if let Some(resource) = self.doctor().map(|doctor| condition(&id, self.citizen, doctor, ailment, since)) {
                self.out.push(resource);
            }
            for medicine in ailment.medicines {
                self.yearly(medicine);
            }
        }
    }

    /// A prescription renewed each year; the last is in force.
    fn yearly(&mut self, medicine: &Medicine) {
        let offset = self.dice.between(5, 340);
        for year in (0..3).rev() {
            let day = add_days(self.today, -offset - 365 * year);
            let active = year == 0 && self.citizen.died.is_none();
            let repeats = self.dice.between(1, 3);
            self.prescribe(medicine, day, if active { "active" } else { "completed" }, repeats);
        }
    }

    fn prescribe(&mut self, medicine: &Medicine, day: Date, status: &'static str, repeats: i32) {
        if !self.citizen.lives_on(day) {
            return;
        }
        let (id, pharmacy) = (self.id("prescription"), self.dice.pick(&PHARMACIES));
        let Some(doctor) = self.doctor() else { return };
        let order = Prescription { id, citizen: self.citizen, doctor, medicine, day, status, repeats, pharmacy };
        let is_regular = medicine.taken.as_ref().is_some_and(|taken| !taken.needed);
        let in_dose_bags = is_regular && self.citizen.age(self.today) >= DOSE_BAGS_FROM_AGE && self.ailments.len() >= 3;
        // Collected in even parts of the year, the first time soon after it was written.
        let times = (0..=repeats).map(|nth| (nth, add_days(day, 2 + nth * 365 / (repeats + 1))));
        let past = times.filter(|(_, day)| *day < self.today && self.citizen.lives_on(*day));
        let mut resources = vec![prescription(&order)];
        resources.extend(past.map(|(nth, day)| dispensing(&order, nth, day, in_dose_bags)));
        if status == "active" {
            resources.push(medicine_in_use(&order));
        }
        self.out.extend(resources);
    }

    /// The childhood programme, and influenza for those over 65.
    fn vaccines(&mut self) {
        let programme = DOSES.iter().map(|dose| (dose, add_days(self.citizen.birth, dose.age_days)));
        let mut given: Vec<_> = programme.filter(|(_, day)| *day < self.today).collect();
        // Before 2009 the programme looked otherwise, and older records are not complete.
        if self.citizen.birth.year() < 2009 {
            given.clear();
        }
        for year in 1..=3 {
            let day = Date::new(self.today.year() - year, 10, 20).unwrap_or(self.today);
            if self.citizen.age(day) >= 65 && self.dice.chance(65) {
                given.push((&INFLUENZA, add_days(day, self.dice.between(0, 30))));
            }
        }
        for (dose, wanted) in given {
            let day = add_days(wanted, self.dice.between(0, 20));
            if day >= self.today || !self.citizen.lives_on(day) {
                continue;
            }
            let (id, station) = (self.id("vaccine"), self.block.health_station(self.citizen.practice));
            let resource =
                self.block.nurses.get(station).map(|giver| immunization(&id, self.citizen, giver, dose, day));
            self.out.extend(resource);
        }
    }

    /// Check-ups of small children and the school nurse's talks, past and coming.
    fn health_station(&mut self) {
        const CHECKS: [(i32, &str); 12] = [
            (42, "6-ukerskontroll"),
            (92, "3-månederskontroll med vaksine"),
            (153, "5-månederskontroll med vaksine"),
            (183, "6-månederskontroll"),
            (366, "1-årskontroll"),
            (458, "15-månederskontroll med vaksine"),
            (535, "17-18-månederskontroll"),
            (732, "2-årskontroll"),
            (1_464, "4-årskontroll"),
            (2_130, "Skolestartundersøkelse"),
            (3_060, "Veiing og måling i 3. trinn"),
            (5_000, "Samtale med helsesykepleier i 8. trinn"),
        ];
        let school = ("4", "Skolehelsetjeneste");
        for (age_days, reason) in CHECKS {
            let wanted = add_days(self.citizen.birth, age_days + 3);
            let from_today = days_between(self.today, wanted);
            if !(-HISTORY_DAYS + 30..HORIZON_DAYS - 10).contains(&from_today) {
                continue;
            }
            let status = if wanted > self.today { Status::Booked } else { self.outcome() };
            let to = To::Nurse((age_days > 2_000).then_some(school));
            self.visit(&Plan {
                to,
                wanted,
                slots: 2,
                status,
                reason,
                instruction: None,
                referral: None,
                restriction: None,
            });
        }
        // A talk that the young person has for herself.
        let age = self.citizen.age(self.today);
        if (13..=15).contains(&age) && (self.citizen.coming_visits > 0 || self.dice.chance(15)) {
            let wanted = add_days(self.today, -self.dice.between(30, 200));
            let to = To::Nurse(Some(("6", "Helsestasjon for ungdom")));
            let restriction = Some("NORN_FORANS");
            let reason = "Samtale på helsestasjon for ungdom";
            let status = Status::Fulfilled;
            self.visit(&Plan { to, wanted, slots: 2, status, reason, instruction: None, referral: None, restriction });
        }
    }

    fn outcome(&mut self) -> Status {
        match self.dice.between(0, 99) {
            0..=4 => Status::CancelledByCitizen,
            5..=7 => Status::CancelledByService,
            8..=10 => Status::NoShow,
            _ => Status::Fulfilled,
        }
    }

    /// Visits to the general practitioner in the past three years, spread evenly.
    fn past_visits(&mut self) {
        let a_year_in_tenths = match (self.citizen.history, self.citizen.age(self.today)) {
            (History::Long, _) => 150,
            (_, ..=5) => 25,
            (_, 6..=17) => 12,
            (_, 18..=49) => 19,
            (_, 50..=69) => 27,
            _ => 42,
        };
        let count = a_year_in_tenths * 3 / 10 + self.dice.between(-2, 2);
        for number in 0..count.max(0) {
            let span = (HISTORY_DAYS - 40) / count.max(1);
            let wanted = add_days(self.today, -30 - number * span - self.dice.between(0, span.max(1) - 1));
            if !self.citizen.lives_on(add_days(wanted, 28)) || wanted <= self.citizen.birth {
                continue;
            }
            let status = self.outcome();
            let ailment = self.reason_of_visit();
            let reason = match ailment {
                Some(ailment) => ailment.reason,
                None if self.citizen.age(wanted) < 16 => self.dice.pick(CHILD_REASONS),
                None => self.dice.pick(ADULT_REASONS),
            };
            let plan = Plan {
                to: To::Doctor,
                wanted,
                slots: 1,
                status,
                reason,
                instruction: None,
                referral: None,
                restriction: None,
            };
            if let (Some(place), Status::Fulfilled) = (self.visit(&plan), status) {
                self.follow_up(place.day, ailment);
            }
        }
    }

    fn reason_of_visit(&mut self) -> Option<&'static Ailment> {
        if self.ailments.is_empty() || self.dice.chance(45) {
            return None;
        }
        let ailment = self.dice.index(self.ailments.len());
        self.ailments.get(ailment).copied()
    }

    /// What a visit may lead to: samples, a short course of a medicine, a referral.
    fn follow_up(&mut self, day: Date, ailment: Option<&Ailment>) {
        let age = self.citizen.age(day);
        let sample_percent = match (ailment.is_some(), age) {
            (_, ..16) => 25,
            (true, _) => 85,
            (false, _) => 65,
        };
        if self.dice.chance(sample_percent) {
            let panel = self.panel(age, ailment);
            self.sample(add_days(day, 1), panel);
            if age >= 16 && self.dice.chance(40) {
                self.sample(add_days(day, 1), PANELS.get(5).copied().unwrap_or(CHILD_PANEL));
            }
        }
        if age >= 16 && self.dice.chance(38) {
            let medicine = self.dice.pick(COURSES);
            self.prescribe(&medicine, day, "completed", 0);
        }
        if age >= 16 && self.dice.chance(19) {
            let (unit, reason, examination) = match ailment {
                Some(found) => (found.unit, found.name, "Vurdering på poliklinikken"),
                None => self.dice.pick_referral(),
            };
            self.refer(day, unit, reason, examination);
        } else if age < 16 && self.dice.chance(15) {
            self.refer(day, Unit::Children, "Langvarige magesmerter", "Undersøkelse på barnepoliklinikken");
        }
    }

    fn panel(&self, age: i32, ailment: Option<&Ailment>) -> Panel {
        if age < 16 {
            return CHILD_PANEL;
        }
        let number = ailment.map_or(0, |found| found.panel);
        PANELS.get(number).copied().unwrap_or(CHILD_PANEL)
    }

    fn sample(&mut self, day: Date, (panel, analyses): Panel) {
        if day >= self.today {
            return;
        }
        let results = analyses
            .iter()
            .map(|analysis| (*analysis, i64::from(self.dice.between(analysis.drawn.0, analysis.drawn.1))))
            .collect();
        let id = self.id("report");
        let laboratory = self.dice.pick(&LABORATORIES);
        let Some(doctor) = self.doctor() else { return };
        let sample = Sample { id, citizen: self.citizen, doctor, laboratory, day, panel, results };
        let resources = report(&sample);
        self.out.extend(resources);
    }

    /// A referral, the first visit it leads to, and for some a second.
    fn refer(&mut self, day: Date, unit: Unit, reason: &str, examination: &str) {
        let first = add_days(day, self.dice.between(25, 120));
        let id = self.id("referral");
        let completed = first < self.today;
        let practice = self.citizen.practice;
        let specialist = self.block.specialists.get(Block::specialist(practice, unit));
        let (Some(doctor), Some(specialist)) = (self.doctor(), specialist) else { return };
        let outcome = if completed { Outcome::Completed } else { Outcome::Granted { care_within_days: 180 } };
        let written = Referral { id: &id, citizen: self.citizen, doctor, specialist, unit, reason, day, outcome };
        let resource = referral(&written, self.today);
        self.out.push(resource);
        let control = add_days(first, self.dice.between(40, 100));
        let second = self.dice.chance(45).then_some((control, "Kontroll etter første undersøkelse"));
        for (wanted, reason) in [Some((first, examination)), second].into_iter().flatten() {
            let from_today = days_between(self.today, wanted);
            // A hospital sends the date about six weeks ahead; what is later has no date yet.
            if from_today > HORIZON_DAYS - 12 || !self.citizen.lives_on(wanted) {
                continue;
            }
            let status = if from_today > 0 { Status::Booked } else { self.outcome() };
            let instruction = self.dice.chance(60).then(|| self.dice.pick(INSTRUCTIONS));
            let to = To::Specialist(unit);
            let referral = Some(id.as_str());
            self.visit(&Plan { to, wanted, slots: 2, status, reason, instruction, referral, restriction: None });
        }
    }

    /// Check-ups of a woman twenty-four weeks gone.
    fn pregnancy(&mut self) {
        let begun = add_days(self.today, -24 * 7);
        let id = self.id("condition");
        let resource =
            self.doctor().map(|doctor| condition(&id, self.citizen, doctor, &PREGNANCY, add_days(begun, 40)));
        self.out.extend(resource);
        let visits = [
            (To::Midwife, 10 * 7, "Første svangerskapskontroll"),
            (To::Specialist(Unit::Women), 12 * 7 + 3, "Tidlig ultralyd"),
            (To::Midwife, 16 * 7, "Svangerskapskontroll uke 16"),
            (To::Specialist(Unit::Women), 18 * 7 + 2, "Rutineultralyd uke 18"),
            (To::Midwife, 22 * 7, "Svangerskapskontroll uke 22"),
            (To::Midwife, 25 * 7, "Svangerskapskontroll uke 25"),
            (To::Specialist(Unit::Women), 28 * 7, "Ultralyd for vekst"),
        ];
        for (to, days, reason) in visits {
            let wanted = add_days(begun, days);
            let status = if wanted > self.today { Status::Booked } else { Status::Fulfilled };
            let instruction = (wanted > self.today).then_some("Ta med urinprøve og helsekort for gravide.");
            self.visit(&Plan { to, wanted, slots: 2, status, reason, instruction, referral: None, restriction: None });
        }
        let panel = self.panel(20, None);
        self.sample(add_days(begun, 80), panel);
    }

    /// Visits to the general practitioner that are booked.
    fn coming(&mut self) {
        if self.citizen.died.is_some() {
            return;
        }
        let drawn = u32::from(self.dice.chance(22));
        for number in 0..self.citizen.coming_visits.max(drawn) {
            let ailment = self.reason_of_visit();
            let reason = match ailment {
                Some(ailment) => ailment.reason,
                None if self.citizen.age(self.today) < 16 => self.dice.pick(CHILD_REASONS),
                None => self.dice.pick(ADULT_REASONS),
            };
            let earliest = if number == 0 { 2 } else { 14 };
            let wanted = add_days(self.today, self.dice.between(earliest, HORIZON_DAYS - 12));
            let instruction = self.dice.chance(35).then(|| self.dice.pick(INSTRUCTIONS));
            self.visit(&Plan {
                to: To::Doctor,
                wanted,
                slots: 1,
                status: Status::Booked,
                reason,
                instruction,
                referral: None,
                restriction: None,
            });
        }
    }

    fn messages(&mut self) {
        if self.citizen.age(self.today) < 16 {
            return;
        }
        // The answers of the last weeks have not been read yet.
        let unread_from = add_days(self.today, -UNREAD_DAYS);
        for _ in 0..self.dice.between(0, 4) {
            let message = self.dice.pick(MESSAGES);
            let day = add_days(self.today, -self.dice.between(3, 700));
            if !self.citizen.lives_on(add_days(day, 2)) {
                continue;
            }
            let id = self.id("message");
            let Some(doctor) = self.doctor() else { return };
            let resources = conversation(&id, self.citizen, doctor, &message, day, day < unread_from);
            self.out.extend(resources);
        }
    }

    /// Takes a place in the diary and writes Slot (for a coming visit to the general practitioner), Appointment and Encounter.
    /// `None` when the diary has no room, or the day turned out to be today.
    fn visit(&mut self, plan: &Plan<'_>) -> Option<Place> {
        let first_slot = u32::try_from(self.dice.between(0, 21)).unwrap_or(0);
        let id = self.id("appointment");
        let citizen = self.citizen;
        let provider = self.provider(plan.to)?;
        let place = provider.diary.take(plan.wanted, first_slot, plan.slots)?;
        let mut resources = Vec::with_capacity(2);
        if plan.status == Status::Booked && matches!(plan.to, To::Doctor) {
            resources.push(slot(provider, place, "busy"));
        }
        let visit = Visit {
            id,
            citizen,
            provider,
            place,
            minutes: SLOT_MINUTES * i32::try_from(plan.slots).unwrap_or(1),
            status: plan.status,
            reason: plan.reason,
            instruction: plan.instruction,
            municipal: if let To::Nurse(service) = plan.to { service } else { None },
            referral: plan.referral,
            restriction: plan.restriction,
            form: Form::default(),
        };
        resources.push(appointment(&visit));
        if plan.status == Status::Fulfilled {
            resources.push(encounter(&visit));
            resources.extend(papers::written_at(&visit));
        }
        self.out.append(&mut resources);
        Some(place)
    }
}

impl Dice {
    fn pick_referral(&mut self) -> (Unit, &'static str, &'static str) {
        let index = self.index(REFERRALS.len());
        REFERRALS.get(index).copied().unwrap_or((Unit::Medicine, "", ""))
    }
}
