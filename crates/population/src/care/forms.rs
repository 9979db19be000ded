//! Appointments of other forms than a visit: a row at the physiotherapist's, video, at home, in a group. Only those who have several visits to
//! come have them, and nothing is drawn, so that the rest of the country stays as it is.

use super::{Care, To};
use crate::calendar::{SLOT_MINUTES, add_days};
use crate::providers::Unit;
use crate::resources::appointment::{Form, Status, Visit, appointment};

/// How many times the physiotherapist is met, a week apart.
const ROW_COUNT: i32 = 4;

/// Fewest visits to come of those who have these.
const FROM_VISITS: u32 = 2;

impl Care<'_> {
    /// What is still to come in other forms.
    pub(super) fn other_forms(&mut self) {
        if self.citizen.coming_visits < FROM_VISITS || self.citizen.died.is_some() {
            return;
        }
        let row = format!("{}-physiotherapy", self.citizen.id);
        for number in 1..=ROW_COUNT {
            let form = Form {
                row: Some((row.clone(), number, ROW_COUNT)),
                may: &["cancel", "comment"],
                service_type: Some(("65", "Physiotherapy")),
                ..Form::default()
            };
            let instruction = (number == 1).then_some("Ta på klær du kan bevege deg i.");
            self.meet(
                To::Nurse(Some(("16", "Frisklivssentral"))),
                7 * number,
                "Opptrening hos fysioterapeut",
                instruction,
                form,
            );
        }
        let video = Form {
            meeting: Some("video"),
            video: Some(format!("https://video.example.test/{}", self.citizen.id)),
            may: &["cancel", "change", "comment"],
            deadline_hours: Some(72),
            ..Form::default()
        };
        let instruction = Some("Sitt et rolig sted med god dekning.");
        self.meet(To::Specialist(Unit::Medicine), 10, "Samtale om videre behandling", instruction, video);
        if self.citizen.age(self.today) < 67 {
            return;
        }
        let home = Form { meeting: Some("home"), may: &["nothing"], ..Form::default() };
        self.meet(To::Nurse(Some(("7", "Hjemmetjeneste"))), 5, "Hjelp til medisiner", None, home);
        let group = Form { meeting: Some("group"), may: &["cancel"], ..Form::default() };
        self.meet(To::Nurse(Some(("16", "Frisklivssentral"))), 12, "Trening i gruppe", None, group);
    }

    /// An appointment so many days from now, when the diary has room for it.
    fn meet(&mut self, to: To, days: i32, reason: &str, instruction: Option<&str>, form: Form) {
        const SLOTS: u32 = 2;
        let id = self.id("appointment");
        let (citizen, wanted) = (self.citizen, add_days(self.today, days));
        let Some(provider) = self.provider(to) else { return };
        let Some(place) = provider.diary.take(wanted, 14, SLOTS) else { return };
        let visit = Visit {
            id,
            citizen,
            provider,
            place,
            minutes: SLOT_MINUTES * 2,
            status: Status::Booked,
            reason,
            instruction,
            municipal: if let To::Nurse(service) = to { service } else { None },
            referral: None,
            restriction: None,
            form,
        };
        let resource = appointment(&visit);
        self.out.push(resource);
    }
}
