use std::collections::VecDeque;
use std::io::{self, Write};

use jiff::civil::Date;

use crate::calendar::{HORIZON_DAYS, Place, SLOTS_A_DAY, add_days, is_working_day};
use crate::care::care;
use crate::cast::{self, Person};
use crate::costs::costs;
use crate::dice::Dice;
use crate::families::{self, Family};
use crate::people::{Citizen, Office};
use crate::places::AREAS;
use crate::providers::{BLOCK_CITIZENS, BLOCK_PRACTICES, Block, PRACTICE_DOCTORS, practices};
use crate::resources::{Resource, gp, organisation, patient, relation};

/// Fewest citizens a country has: the named people, and some neighbours.
pub const MIN_CITIZENS: u32 = 60;
/// Most citizens a country has: about twice Norway.
pub const MAX_CITIZENS: u32 = 10_000_000;
/// Most resources in a [`Group`].
pub const MAX_GROUP_RESOURCES: usize = 100;

/// What a country is made from; equal plans make equal countries, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Citizens wanted; held within [`MIN_CITIZENS`] and [`MAX_CITIZENS`].
    pub size: u32,
    /// Seed of every choice.
    pub seed: u64,
    /// The day it is: history ends the day before, diaries open the day after.
    pub today: Date,
}

/// Resources that belong together and may go into one transaction. References point to the same group, further up, or to an
/// earlier group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// At most [`MAX_GROUP_RESOURCES`].
    pub resources: Vec<Resource>,
}

/// Of how many citizens one has changed general practitioner.
const CHANGED_ONE_OF: u32 = 7;

/// What is written next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    National,
    Practice(usize),
    Providers(usize),
    Cast(usize),
    Families,
    Slots { doctor: usize },
    Done,
}

/// A synthetic country, given out a group at a time. Memory stays the same however many citizens it has: a family and the
/// diaries of one block of providers.
#[derive(Debug, Clone)]
pub struct Country {
    plan: Plan,
    dice: Dice,
    office: Office,
    cast: Vec<Family>,
    people: Vec<Person>,
    block: Block,
    family_number: u64,
    stage: Stage,
    waiting: VecDeque<Resource>,
}

impl Country {
    /// Prepares a country; nothing is generated until the iterator is asked.
    pub fn generate(plan: &Plan) -> Self {
        let plan = Plan { size: plan.size.clamp(MIN_CITIZENS, MAX_CITIZENS), ..*plan };
        let dice = Dice::new(plan.seed);
        let mut office = Office::new(plan.today);
        let cast = cast::families(&mut office);
        let people = cast::people(&cast);
        let block = Block::new(&dice, 0, plan.today);
        Self {
            plan,
            dice,
            office,
            cast,
            people,
            block,
            family_number: 0,
            stage: Stage::National,
            waiting: VecDeque::new(),
        }
    }

    /// The named people, who are the same whatever the size.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Writes the next part of the country into the queue; false when there is none.
    fn advance(&mut self) -> bool {
        let practices = practices(self.plan.size);
        self.stage = match self.stage {
            Stage::National => {
                self.waiting.extend(organisation::national());
                Stage::Practice(0)
            }
            Stage::Practice(number) => {
                self.waiting.extend(organisation::practice(number, number < AREAS.len(), self.plan.today));
                if number + 1 < practices { Stage::Practice(number + 1) } else { Stage::Providers(0) }
            }
            Stage::Providers(block) => {
                let providers = Block::new(&self.dice, block, self.plan.today);
                for provider in providers.all() {
                    self.waiting.extend(organisation::provider(provider, self.plan.today));
                }
                if (block + 1) * BLOCK_PRACTICES < practices { Stage::Providers(block + 1) } else { Stage::Cast(0) }
            }
            Stage::Cast(number) => match self.cast.get(number).cloned() {
                Some(family) => {
                    self.write(&family);
                    Stage::Cast(number + 1)
                }
                None => Stage::Families,
            },
            Stage::Families => self.next_family(),
            Stage::Slots { doctor } => self.open_diary(doctor),
            Stage::Done => return false,
        };
        true
    }

    /// Draws and writes one family, or closes the block when it is full or the country is.
    fn next_family(&mut self) -> Stage {
        let registered = self.office.registered();
        let block = usize::try_from(registered / BLOCK_CITIZENS).unwrap_or(0);
        if registered >= self.plan.size || block != self.block.number {
            return Stage::Slots { doctor: 0 };
        }
        let mut dice = self.dice.fork(1, self.family_number);
        self.family_number += 1;
        let practice = match dice.between(0, 9) {
            0..=4 => 0,
            5..=7 => 1,
            _ => 2,
        };
        let practice = block * BLOCK_PRACTICES + practice;
        let family = families::draw(&mut self.office, dice, practice, self.plan.size - registered);
        self.write(&family);
        Stage::Families
    }

    fn write(&mut self, family: &Family) {
        for citizen in &family.citizens {
            let place = self.block.doctor(citizen.practice, citizen.doctor);
            let resource = self.block.doctors.get(place).map(|doctor| patient::patient(citizen, doctor));
            self.waiting.extend(resource);
            self.waiting.extend(organisation::at_pharmacy(citizen).into_iter().flatten());
        }
        for tie in &family.ties {
            if let (Some(of), Some(person)) = (family.citizens.get(tie.of), family.citizens.get(tie.person)) {
                self.waiting.push_back(relation::related_person(tie, of, person));
            }
        }
        for proxy in &family.proxies {
            let (giver, receiver) = (family.citizens.get(proxy.giver), family.citizens.get(proxy.receiver));
            if let (Some(giver), Some(receiver)) = (giver, receiver) {
                self.waiting.push_back(relation::proxy(proxy, giver, receiver));
            }
        }
        for consent in &family.consents {
            let (child, parent) = (family.citizens.get(consent.child), family.citizens.get(consent.parent));
            if let (Some(child), Some(parent)) = (child, parent) {
                self.waiting.push_back(relation::parental_consent(child, parent));
            }
        }
        for citizen in &family.citizens {
            let dice = self.dice.fork(2, u64::from(citizen.index));
            let care = care(citizen, &mut self.block, dice, self.plan.today);
            let costs = costs(citizen, &care, self.plan.today);
            self.waiting.extend(care);
            self.waiting.extend(costs);
            self.waiting.extend(self.earlier_change(citizen));
        }
    }

    /// Some have come from the practice's other doctor.
    fn earlier_change(&self, citizen: &Citizen) -> Option<Resource> {
        let is_one = citizen.index.is_multiple_of(CHANGED_ONE_OF) && citizen.age(self.plan.today) >= 20;
        let doctor = |doctor| self.block.doctors.get(self.block.doctor(citizen.practice, doctor));
        let (to, from) = (doctor(citizen.doctor)?, doctor(1 - citizen.doctor.min(1))?);
        is_one.then(|| gp::earlier_change(citizen, from, to, self.plan.today))
    }

    /// Writes what is left of a doctor's diary for the coming weeks: free places, lunch, and some that others have taken.
    fn open_diary(&mut self, doctor: usize) -> Stage {
        let serial = (self.block.number * BLOCK_PRACTICES * PRACTICE_DOCTORS + doctor) as u64;
        let mut dice = self.dice.fork(4, serial);
        let today = self.plan.today;
        let Some(provider) = self.block.doctors.get_mut(doctor) else {
            return self.next_block();
        };
        let mut places = Vec::new();
        for day in (1..=HORIZON_DAYS).map(|ahead| add_days(today, ahead)).filter(|day| is_working_day(*day)) {
            places.extend((0..SLOTS_A_DAY).map(|slot| Place { day, slot }));
        }
        for place in places {
            let taken_by_others = dice.chance(18);
            if provider.diary.is_taken(place) {
                continue;
            }
            // Lunch is from 11:20 to 12:00.
            let status = match (place.slot, taken_by_others) {
                (10 | 11, _) => "busy-unavailable",
                (_, true) => "busy",
                _ => "free",
            };
            self.waiting.push_back(organisation::slot(provider, place, status));
        }
        Stage::Slots { doctor: doctor + 1 }
    }

    fn next_block(&mut self) -> Stage {
        if self.office.registered() >= self.plan.size {
            return Stage::Done;
        }
        self.block = Block::new(&self.dice, self.block.number + 1, self.plan.today);
        Stage::Families
    }
}

impl Iterator for Country {
    type Item = Group;

    fn next(&mut self) -> Option<Group> {
        while self.waiting.is_empty() {
            if !self.advance() {
                return None;
            }
        }
        let count = self.waiting.len().min(MAX_GROUP_RESOURCES);
        Some(Group { resources: self.waiting.drain(..count).collect() })
    }
}

/// Writes a country as newline-delimited JSON, one resource on each line, and says how many there were.
///
/// # Errors
/// Those of `out`.
pub fn ndjson(plan: &Plan, mut out: impl Write) -> io::Result<u64> {
    let mut count = 0;
    for group in Country::generate(plan) {
        for resource in &group.resources {
            out.write_all(resource.json())?;
            out.write_all(b"\n")?;
            count += 1;
        }
    }
    out.flush()?;
    Ok(count)
}
