//! The calendar of a household: one's own appointments and those of everybody one acts for, each person through the gate.

use jiff::Timestamp;
use varde_base::{Actor, CitizenActor, PatientId, Purpose};
use varde_rights::{Action, Item, Relation, RuleId, Service};
use varde_store::{Access, Gate, GateError, Store};

use super::load::{appointments, outlined};
use super::model::Appointment;
use super::rules;

/// Most people whose appointments are looked up for one page.
pub(super) const MAX_PEOPLE: usize = 20;

/// The people of the calendar.
pub(super) struct Members {
    /// The citizen first, at most [`MAX_PEOPLE`].
    pub members: Vec<Member>,
    /// There are more.
    pub has_more: bool,
}

/// One person of the calendar.
pub(super) struct Member {
    /// Who.
    pub patient: PatientId,
    /// The name to show.
    pub name: String,
    /// It is the one who asks.
    pub is_self: bool,
    /// Why appointments are open or closed.
    pub rule: RuleId,
    /// What is ahead; `None` when it could not be fetched.
    pub ahead: Option<Ahead>,
}

/// What a person has ahead.
pub(super) struct Ahead {
    /// Appointments, the nearest first.
    pub appointments: Vec<Appointment>,
    /// Times of those of which no more may be known.
    pub times: Vec<Timestamp>,
}

/// Those whose appointments `citizen` may know of, the citizen first.
///
/// # Errors
/// Only when it cannot be known who they are; what cannot be fetched of one of them is missing from that one.
pub(super) async fn members(
    store: &Store,
    citizen: &CitizenActor,
    interaction: &'static str,
    now: Timestamp,
) -> Result<Members, GateError> {
    let relations = gate_for(store, citizen, None, interaction).relations().await?;
    let has_more = relations.len() > MAX_PEOPLE;
    let mut members = Vec::with_capacity(relations.len().min(MAX_PEOPLE));
    for related in relations.into_iter().take(MAX_PEOPLE) {
        let is_self = related.relation == Relation::Myself;
        let gate = gate_for(store, citizen, (!is_self).then_some(&related.patient), interaction);
        let service = Service::PrimaryAppointments;
        let decision = gate.decide(Some(&related.patient), service, Action::View, Item::PLAIN).await?;
        members.push(Member {
            ahead: ahead(&gate, &related.patient, now).await.ok(),
            patient: related.patient,
            name: related.name,
            is_self,
            rule: decision.rule.told(),
        });
    }
    Ok(Members { members, has_more })
}

fn gate_for(store: &Store, citizen: &CitizenActor, of: Option<&PatientId>, interaction: &'static str) -> Gate {
    let (actor, purpose) = (Actor::Citizen(citizen.clone()), Purpose::PatientRequest);
    store.as_actor(&Access { actor, purpose, acting_for: of.cloned(), interaction })
}

async fn ahead(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Ahead, GateError> {
    let mut appointments = appointments(gate, patient, now).await?;
    appointments.retain(|appointment| rules::is_coming(appointment, now) && appointment.start.is_some());
    appointments.sort_by_key(|appointment| appointment.start);
    Ok(Ahead { appointments, times: outlined(gate, patient, now).await? })
}
