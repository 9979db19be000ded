use varde_base::{Actor, PatientId, Purpose, SystemActor, SystemRole};
use varde_store::{Access, Gate, Store};

use super::State;

/// The platform's own way to the data, for what the rule book lets no citizen do themselves, on behalf of `person`. Every use stands in the log under
/// `interaction`.
pub(crate) fn platform(state: &State, person: &PatientId, interaction: &'static str) -> Gate {
    platform_of(&state.store, Some(person), interaction)
}

/// As [`platform`], where there is no page; `person` is `None` while it is not known whose the data are.
pub(crate) fn platform_of(store: &Store, person: Option<&PatientId>, interaction: &'static str) -> Gate {
    store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
        purpose: Purpose::PatientRequest,
        acting_for: person.cloned(),
        interaction,
    })
}
