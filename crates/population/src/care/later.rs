//! What was added to a life after its visits were drawn, each with dice of its own, so that the rest stays as it is drawn.

use jiff::civil::Date;

use super::Care;
use crate::calendar::add_days;
use crate::catalogue::{BOOSTER, COVID};
use crate::critical::{Critical, IMPLANTS, NOTICES, REACTIONS};
use crate::dice::Dice;
use crate::people::History;
use crate::resources::Resource;
use crate::resources::clinical::immunization;
use crate::resources::critical::{Found, allergy, device, flag};

impl Care<'_> {
    /// Boosters and covid vaccines of adults.
    pub(super) fn grown_ups_vaccines(&mut self) {
        let mut dice = self.dice.fork(6, 0);
        let booster = add_days(self.today, -365 * dice.between(1, 14) - dice.between(0, 300));
        let covid = Date::new(2021, 3, 15).unwrap_or(self.today);
        let first = add_days(covid, dice.between(0, 120));
        let [covid_first, covid_second] = &COVID;
        let had_booster = dice.chance(70);
        let had_first = dice.chance(88) && self.citizen.age(first) >= 18;
        let drawn = [
            (&BOOSTER, booster, 25, had_booster),
            (covid_first, first, 18, had_first),
            (covid_second, add_days(first, 70), 18, had_first && dice.chance(85)),
        ];
        for (dose, day, from_age, is_drawn) in drawn {
            if !is_drawn || day >= self.today || self.citizen.age(day) < from_age || !self.citizen.lives_on(day) {
                continue;
            }
            let (id, station) = (self.id("vaccine"), self.block.health_station(self.citizen.practice));
            let giver = self.block.nurses.get(station);
            let resource = giver.map(|giver| immunization(&id, self.citizen, giver, dose, day));
            self.out.extend(resource);
        }
    }

    /// What personnel must know at once: allergies, notices, implants.
    pub(super) fn critical(&mut self) {
        let mut dice = self.dice.fork(7, 0);
        let is_long = self.citizen.history == History::Long;
        let is_certain = is_long || self.citizen.coming_visits > 1;
        let age = self.citizen.age(self.today);
        for (number, what) in REACTIONS.iter().enumerate() {
            let is_drawn = dice.chance(3) || (is_long && number == 0) || (is_certain && !is_long && number == 1);
            self.found(&mut dice, what, is_drawn && age >= 2, allergy);
        }
        let has_flutter = self.ailments.iter().any(|ailment| ailment.icpc == "K78");
        for (number, what) in NOTICES.iter().enumerate() {
            let is_drawn = if number == 0 { has_flutter } else { dice.chance(1) || (is_long && number == 1) };
            self.found(&mut dice, what, is_drawn && age >= 16, flag);
        }
        for (number, what) in IMPLANTS.iter().enumerate() {
            let is_drawn = dice.chance(if has_flutter { 20 } else { 3 }) || (is_long && number == 0);
            self.found(&mut dice, what, is_drawn && age >= 60, device);
        }
    }

    fn found(&mut self, dice: &mut Dice, what: &'static Critical, is_drawn: bool, write: fn(&Found<'_>) -> Resource) {
        let day = add_days(self.today, -dice.between(60, 2_500)).max(self.citizen.birth);
        if !is_drawn || !self.citizen.lives_on(day) {
            return;
        }
        let id = self.id("critical");
        let Some(doctor) = self.doctor() else { return };
        let resource = write(&Found { id: &id, citizen: self.citizen, doctor, what, day });
        self.out.push(resource);
    }
}
