use serde_json::{Value, json};

use super::organisation::slot_id;
use super::{Resource, coding, concept, reference, subject};
use crate::calendar::{Place, add_days, instant};
use crate::people::Citizen;
use crate::providers::{Kind, Provider};
use crate::systems::{
    APPOINTMENT_TYPE, CANCELLATION, HOSPITAL_CANCELLATION, ITEM_RESTRICTION, LEVEL_OF_CARE, MUNICIPAL_SERVICE,
    SERVICE_CATEGORY, SERVICE_TYPE,
};

/// How a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Booked,
    Fulfilled,
    CancelledByCitizen,
    CancelledByService,
    NoShow,
}

/// What is out of the ordinary about a visit: how one meets, the row it is one of, what the citizen may do with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    /// `video`, `telephone`, `home` or `group`.
    pub(crate) meeting: Option<&'static str>,
    /// Where a video meeting is.
    pub(crate) video: Option<String>,
    /// Id of the row, which of it this is, and how many there are.
    pub(crate) row: Option<(String, i32, i32)>,
    /// What the citizen may do; empty for everything.
    pub(crate) may: &'static [&'static str],
    /// Hours before until which it can be changed.
    pub(crate) deadline_hours: Option<i32>,
    /// Code of R4 valueset-service-type.
    pub(crate) service_type: Option<(&'static str, &'static str)>,
}

impl Form {
    fn extensions(&self) -> Option<Vec<Value>> {
        let coded = |url: &str, code: &str| json!({"url": url, "valueCode": code});
        let mut all: Vec<Value> = self.may.iter().map(|code| coded("urn:varde:citizen-may", code)).collect();
        all.extend(self.meeting.map(|meeting| coded("urn:varde:meeting", meeting)));
        all.extend(self.video.as_ref().map(|address| json!({"url": "urn:varde:video", "valueUrl": address})));
        let hours = |hours| json!({"url": "urn:varde:change-deadline-hours", "valuePositiveInt": hours});
        all.extend(self.deadline_hours.map(hours));
        all.extend(self.row.as_ref().map(|(id, number, count)| {
            json!({"url": "urn:varde:series", "extension": [
                {"url": "id", "valueString": id},
                {"url": "number", "valuePositiveInt": number},
                {"url": "count", "valuePositiveInt": count},
            ]})
        }));
        (!all.is_empty()).then_some(all)
    }
}

/// A visit as it is written into Appointment and Encounter.
pub(crate) struct Visit<'a> {
    /// Id of the Appointment.
    pub(crate) id: String,
    pub(crate) citizen: &'a Citizen,
    pub(crate) provider: &'a Provider,
    pub(crate) place: Place,
    pub(crate) minutes: i32,
    pub(crate) status: Status,
    pub(crate) reason: &'a str,
    pub(crate) instruction: Option<&'a str>,
    /// Code of Volven 7619 when the municipality's service is not the health station for children.
    pub(crate) municipal: Option<(&'static str, &'static str)>,
    /// Id of the ServiceRequest it comes from.
    pub(crate) referral: Option<&'a str>,
    /// Code of Volven 9603: who the item is hidden from.
    pub(crate) restriction: Option<&'static str>,
    /// What is out of the ordinary about it.
    pub(crate) form: Form,
}

impl Visit<'_> {
    fn start(&self) -> String {
        instant(self.place.day, self.place.starts())
    }

    fn end(&self) -> String {
        instant(self.place.day, self.place.starts() + self.minutes)
    }

    fn category(&self) -> Value {
        match self.provider.kind {
            Kind::Doctor => concept(SERVICE_CATEGORY, "17", "General Practice"),
            Kind::Midwife => concept(MUNICIPAL_SERVICE, "5", "Jordmor"),
            Kind::Nurse => {
                let (code, display) = self.municipal.unwrap_or(("3", "Helsestasjon for barn"));
                concept(MUNICIPAL_SERVICE, code, display)
            }
            Kind::Specialist(unit) => {
                let (code, display) = unit.category();
                concept(SERVICE_CATEGORY, code, display)
            }
        }
    }

    fn kind(&self) -> Value {
        match self.provider.kind {
            Kind::Specialist(_) => concept(LEVEL_OF_CARE, "3", "Poliklinisk konsultasjon/kontakt"),
            Kind::Doctor => concept(APPOINTMENT_TYPE, "Ordinær", "Ordinær time"),
            Kind::Nurse | Kind::Midwife => concept(APPOINTMENT_TYPE, "Konsultasjon", "Konsultasjon"),
        }
    }

    /// Specialist care answers with the codes that end a wait (8445), the rest with 7621, as the Helsenorge profile demands.
    fn cancellation(&self) -> Option<Value> {
        let specialist = matches!(self.provider.kind, Kind::Specialist(_));
        Some(match (self.status, specialist) {
            (Status::Booked | Status::Fulfilled, _) => return None,
            (Status::CancelledByCitizen, true) => {
                concept(HOSPITAL_CANCELLATION, "2", "Pasienten ønsker ikke helsehjelp")
            }
            (_, true) => concept(HOSPITAL_CANCELLATION, "9", "Annen årsak til ventetid slutt/helsehjelp uaktuelt"),
            (Status::CancelledByCitizen, false) => concept(CANCELLATION, "AAI", "Avlyst av innbygger"),
            (Status::CancelledByService, false) => concept(CANCELLATION, "AAT", "Avlyst av tjeneste"),
            (Status::NoShow, false) => concept(CANCELLATION, "IM", "Ikke møtt"),
        })
    }
}

/// The Appointment of a visit. A future one at a general practitioner's holds its Slot.
pub(crate) fn appointment(visit: &Visit<'_>) -> Resource {
    let provider = visit.provider;
    let status = match visit.status {
        Status::Booked => "booked",
        Status::Fulfilled => "fulfilled",
        Status::CancelledByCitizen | Status::CancelledByService => "cancelled",
        Status::NoShow => "noshow",
    };
    let holds_slot = visit.status == Status::Booked && provider.kind == Kind::Doctor;
    let accepted = |actor: Value| json!({"actor": actor, "required": "required", "status": "accepted"});
    let body = json!({
        "meta": visit.restriction.map(|code| json!({"security": [coding(ITEM_RESTRICTION, code, code)]})),
        "identifier": [{
            "system": "urn:varde:appointment",
            "value": visit.id,
            "assigner": reference("Organization", &provider.organisation, &provider.organisation_name),
        }],
        "status": status,
        "cancelationReason": visit.cancellation(),
        "serviceCategory": [visit.category()],
        "extension": visit.form.extensions(),
        "serviceType": visit.form.service_type.map(|(code, display)| vec![concept(SERVICE_TYPE, code, display)]),
        "appointmentType": visit.kind(),
        "description": visit.reason,
        "created": instant(add_days(visit.place.day, -12), 10 * 60 + 5),
        "start": visit.start(),
        "end": visit.end(),
        "minutesDuration": visit.minutes,
        "slot": holds_slot.then(|| vec![json!({"reference": format!("Slot/{}", slot_id(provider, visit.place))})]),
        "basedOn": visit.referral.map(|id| vec![json!({"reference": format!("ServiceRequest/{id}")})]),
        "patientInstruction": visit.instruction,
        "participant": [
            accepted(subject(visit.citizen)),
            accepted(reference("Practitioner", &provider.practitioner, &provider.name)),
            accepted(reference("Location", &provider.location, &provider.organisation_name)),
        ],
    });
    Resource::new("Appointment", &visit.id, body)
}

/// Id of the Encounter that a fulfilled appointment led to.
pub(crate) fn encounter_id(appointment: &str) -> String {
    format!("{appointment}-encounter")
}

/// The Encounter of a fulfilled visit.
pub(crate) fn encounter(visit: &Visit<'_>) -> Resource {
    let provider = visit.provider;
    let body = json!({
        "meta": visit.restriction.map(|code| json!({"security": [coding(ITEM_RESTRICTION, code, code)]})),
        "status": "finished",
        "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory"),
        "subject": subject(visit.citizen),
        "participant": [{"individual": reference("Practitioner", &provider.practitioner, &provider.name)}],
        "appointment": [{"reference": format!("Appointment/{}", visit.id)}],
        "period": {"start": visit.start(), "end": visit.end()},
        "reasonCode": [{"text": visit.reason}],
        "location": [{"location": reference("Location", &provider.location, &provider.organisation_name)}],
        "serviceProvider": reference("Organization", &provider.organisation, &provider.organisation_name),
    });
    Resource::new("Encounter", encounter_id(&visit.id), body)
}
