use serde::Deserialize;
use varde_base::ResourceId;

use super::json::ReferenceJson;

/// Whom a person is listed with as their general practitioner (FHIR R4 `Patient.generalPractitioner`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ListedWith {
    /// A doctor in a role at an office.
    Role(ResourceId),
    /// A doctor, with the name the register has beside.
    Practitioner(ResourceId, Option<String>),
}

impl ListedWith {
    /// Reads it from a Patient: the first role, which says at which office, else the first doctor. `None` when neither is named.
    pub(crate) fn read(patient: &[u8]) -> Option<Self> {
        let all = general_practitioners(patient);
        let role = all.iter().find_map(|its| its.id_of("PractitionerRole")).map(Self::Role);
        role.or_else(|| {
            all.iter().find_map(|its| Some(Self::Practitioner(its.id_of("Practitioner")?, its.display.clone())))
        })
    }

    /// The parameter by which the doctor's roles are searched, with its value.
    pub(crate) fn roles(&self) -> (&'static str, &str) {
        match self {
            Self::Role(id) => ("_id", id.as_str()),
            Self::Practitioner(id, _) => ("practitioner", id.as_str()),
        }
    }
}

/// What a Patient refers to as its general practitioner, in its order: practices, roles and doctors. None for a body that cannot be read.
pub(crate) fn general_practitioners(patient: &[u8]) -> Vec<ReferenceJson> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct PatientJson {
        general_practitioner: Vec<ReferenceJson>,
    }
    serde_json::from_slice::<PatientJson>(patient).unwrap_or_default().general_practitioner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_comes_before_a_doctor_and_a_practice_is_neither() {
        let listed = |references: &[&str]| {
            let all: Vec<_> =
                references.iter().map(|its| serde_json::json!({"reference": its, "display": "By"})).collect();
            ListedWith::read(serde_json::json!({"generalPractitioner": all}).to_string().as_bytes())
        };
        let doctor = listed(&["Organization/o", "Practitioner/p"]).unwrap();
        assert_eq!(doctor, ListedWith::Practitioner("p".parse().unwrap(), Some("By".to_owned())));
        assert_eq!(doctor.roles(), ("practitioner", "p"));
        let role = listed(&["Practitioner/p", "PractitionerRole/r"]).unwrap();
        assert_eq!((&role, role.roles()), (&ListedWith::Role("r".parse().unwrap()), ("_id", "r")));
        assert_eq!(listed(&["Organization/o", "https://elsewhere.test/Practitioner/p"]), None);
        assert_eq!(ListedWith::read(b"{"), None);
    }
}
