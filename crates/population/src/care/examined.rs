//! Answers of other kinds than samples.

use super::Care;
use crate::calendar::add_days;
use crate::examinations::EXAMINATIONS;
use crate::people::History;
use crate::providers::{HOSPITALS, LABORATORIES};
use crate::resources::examination::{Examined, examination};

impl Care<'_> {
    /// Now and then something is grown, looked at or pictured. Dice of their own, so that the rest stays as it is drawn.
    pub(super) fn examinations(&mut self) {
        let mut dice = self.dice.fork(5, 0);
        let certain = self.citizen.history == History::Long || self.citizen.coming_visits > 1;
        for (number, what) in (0..).zip(&EXAMINATIONS) {
            let day = add_days(self.today, -25 - 70 * number - dice.between(0, 30));
            let wanted = certain || dice.chance(6);
            if !wanted || self.citizen.age(day) < 18 || !self.citizen.lives_on(add_days(day, 4)) {
                continue;
            }
            let [laboratory, _] = LABORATORIES;
            let [(hospital, name, ..), _] = HOSPITALS;
            let performer = if what.category.0 == "RAD" { (hospital, name) } else { laboratory };
            let id = self.id("examination");
            let Some(doctor) = self.doctor() else { return };
            let resources = examination(&Examined { id, citizen: self.citizen, doctor, performer, day, what });
            self.out.extend(resources);
        }
    }
}
