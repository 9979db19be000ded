//! What holds for health personnel alone: a search is about one patient, whom it names.

use varde_base::{Actor, PatientId};
use varde_fhir::search::{Clause, Match, Query};
use varde_fhir::{Issue, IssueCode, ResourceType, params, patient_types};

use super::{Gate, chain, patients_of};
use crate::types::GateError;

impl Gate {
    pub(super) const fn is_personnel(&self) -> bool {
        matches!(self.access.actor, Actor::Personnel(_))
    }

    /// The patients whose data a search reaches: those it names, or none for all the actor has to do with.
    ///
    /// # Errors
    /// [`GateError::Invalid`] when health personnel do not name one patient.
    pub(super) fn named(&self, query: &Query) -> Result<Vec<PatientId>, GateError> {
        let mut named: Vec<PatientId> = query.clauses.iter().filter_map(patients_of).next().unwrap_or_default();
        if self.is_personnel() {
            if named.is_empty() {
                named = by_id(query);
            }
            if named.is_empty() {
                named = by_reference(query);
            }
            self.names_one(query.resource_type, &named)?;
        }
        Ok(named)
    }

    /// Health personnel ask about one patient at a time: what shows that they treat one shows nothing about another.
    pub(super) fn names_one(&self, resource_type: ResourceType, named: &[PatientId]) -> Result<(), GateError> {
        let about_nobody = named.is_empty() && !patient_types().any(|kind| kind == resource_type);
        if !self.is_personnel() || named.len() == 1 || about_nobody {
            return Ok(());
        }
        let text = "health personnel search the data of one patient, who is named by a search parameter such as \
                    patient=ID, or _id=ID for the Patient";
        Err(GateError::Invalid(vec![Issue::error(IssueCode::Required, "patient", text)]))
    }

    /// Whose data may be looked at beside the matches.
    pub(super) fn beside<'n>(&self, named: &'n [PatientId]) -> &'n [PatientId] {
        if self.is_personnel() { named } else { &[] }
    }

    /// The patients in whose log a search is found whatever it gives.
    pub(super) fn logged(&self, query: &Query) -> Vec<PatientId> {
        let mut named = chain::named(query);
        if self.is_personnel() {
            named.extend(by_id(query));
            named.extend(by_reference(query));
            named.sort_unstable();
            named.dedup();
        }
        named
    }
}

/// The Patients a search of that type names by their ids.
fn by_id(query: &Query) -> Vec<PatientId> {
    let of_patient = query.clauses.iter().filter(|_| query.resource_type == ResourceType::PATIENT);
    let mut ids = of_patient.filter_map(|clause| match clause {
        Clause::Id(ids) => Some(ids.iter().cloned().map(PatientId::new).collect()),
        _ => None,
    });
    ids.next().unwrap_or_default()
}

/// Parameters that say whose a resource is, where the patient is one of several it refers to (`Appointment?patient=`).
const OF_PATIENT: [&str; 3] = ["patient", "subject", "actor"];

/// The patients a search names by a reference of the resource. What such a search finds is theirs alone all the same: the rules let nothing
/// through of anybody who is not named.
fn by_reference(query: &Query) -> Vec<PatientId> {
    let says_whose = |param| {
        let defined = |code: &&str| params::find(query.resource_type, code).is_some_and(|its| its.id == param);
        OF_PATIENT.iter().any(defined)
    };
    let patient = |one: &Match| match one {
        Match::Reference { target: Some(ResourceType::PATIENT), id } => Some(PatientId::new(id.clone())),
        _ => None,
    };
    let clauses = query.clauses.iter().filter_map(|clause| match clause {
        Clause::Any { param, matches, negate: false } if says_whose(*param) => {
            matches.iter().map(patient).collect::<Option<Vec<_>>>()
        }
        _ => None,
    });
    clauses.into_iter().find(|patients| !patients.is_empty()).unwrap_or_default()
}
