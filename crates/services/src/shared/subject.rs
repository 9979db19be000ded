use varde_base::{Actor, PatientId, Purpose};
use varde_store::Access;
use varde_web::Visitor;

/// The person a page is about: the one acted for, or the visitor.
pub(crate) fn subject(visitor: &Visitor) -> &PatientId {
    visitor.acting_for.as_ref().map_or(&visitor.actor.patient, |person| &person.patient)
}

/// Who asks, for the gate and the access log. `interaction` is a stable name such as `appointments.book`.
pub(crate) fn access(visitor: &Visitor, interaction: &'static str) -> Access {
    Access {
        actor: Actor::Citizen(visitor.actor.clone()),
        purpose: Purpose::PatientRequest,
        acting_for: visitor.acting_for.as_ref().map(|person| person.patient.clone()),
        interaction,
    }
}
