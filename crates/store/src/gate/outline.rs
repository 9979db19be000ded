//! What one may know of a resource without its content: that it is there, when, and in which state.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_rights::{Action, Relation};

use super::log::Tally;
use super::{Gate, found};
use crate::audit::AuditDraft;
use crate::types::{AuditAction, Found, GateError};

/// Most resources of a type that are looked through for one patient.
const MAX_OUTLINED: u32 = 500;

/// The members that say no more than that, by type: never a title, a place or a name of who treats, which tell what it is about.
const MEMBERS: [(&str, &[&str]); 4] = [
    ("Appointment", &["status", "start", "end", "minutesDuration"]),
    ("ServiceRequest", &["status", "intent", "authoredOn"]),
    ("DocumentReference", &["status", "date"]),
    ("Patient", &["name"]),
];

impl Gate {
    /// What the actor may know of and not see of a patient's resources of a type, each as an outline (`meta.tag` `SUBSETTED`). What may be
    /// seen wholly is not among them: [`Gate::search`] finds it. Logged as a look-up.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn outlines(&self, patient: &PatientId, resource_type: ResourceType) -> Result<Vec<Found>, GateError> {
        self.tell_patient(patient).await?;
        let rows = self.shared.engine.of_patient(patient, resource_type, MAX_OUTLINED).await?;
        let (mut tally, mut out) = (Tally::default(), Vec::new());
        for row in rows {
            if self.decide_stored(&row, Action::View).await?.allowed() {
                continue;
            }
            let decision = self.decide_stored(&row, Action::Outline).await?;
            let Some(body) = outline(resource_type.name(), &row.body).filter(|_| decision.allowed()) else { continue };
            tally.count(row.patient.as_ref(), row.service, decision.rule);
            out.push(Found { body, ..found(row, decision) });
        }
        let draft = AuditDraft { resource_type: Some(resource_type), ..self.draft(AuditAction::Search, None) };
        // To oneself it is no news that there is nothing one may not see; of others it is in their log whatever it gave.
        let own = self.facts(Some(patient)).await?.relation() == Relation::Myself;
        let named = if own { &[] } else { std::slice::from_ref(patient) };
        self.log_page(&draft, tally, named).await?;
        Ok(out)
    }
}

/// The outline of a body; `None` for a type that has none.
fn outline(resource_type: &str, body: &[u8]) -> Option<Bytes> {
    let (_, members) = MEMBERS.iter().find(|(name, _)| *name == resource_type)?;
    let Ok(Value::Object(whole)) = serde_json::from_slice(body) else { return None };
    let mut kept = Map::new();
    for name in ["resourceType", "id"].iter().chain(*members) {
        kept.extend(whole.get(*name).map(|value| ((*name).to_owned(), value.clone())));
    }
    let tag = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"});
    kept.insert("meta".to_owned(), json!({"tag": [tag]}));
    serde_json::to_vec(&Value::Object(kept)).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_says_when_and_not_what() {
        let body = br#"{"resourceType":"Appointment","id":"a1","status":"booked","start":"2026-12-01T08:00:00Z",
            "description":"abort","serviceCategory":[{"text":"x"}],"participant":[{"actor":{"display":"Ungdomsklinikken"}}],
            "meta":{"source":"urn:hospital","profile":["urn:psychiatry"]}}"#;
        let outline = outline("Appointment", body).expect("an outline");
        let value: Value = serde_json::from_slice(&outline).expect("JSON");
        assert_eq!((&value["status"], &value["start"]), (&json!("booked"), &json!("2026-12-01T08:00:00Z")));
        for hidden in ["abort", "serviceCategory", "Ungdomsklinikken", "hospital", "psychiatry"] {
            assert!(!String::from_utf8_lossy(&outline).contains(hidden), "{hidden}");
        }
        assert_eq!(super::outline("Observation", br#"{"resourceType":"Observation"}"#), None);
    }
}
