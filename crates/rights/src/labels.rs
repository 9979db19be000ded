use varde_base::PatientId;

use crate::Service;

/// The code system of restrictions on a single item (Helsenorge profile, `HnBetingetTilgangsbegrensning`).
const ITEM_RESTRICTION_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

/// Who a single item is hidden from, whatever the rule of its service says (`Resource.meta.security`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum ItemLabel {
    /// No restriction of its own.
    #[default]
    None = 0,
    /// `N`: for parent and young person both.
    Shared = 1,
    /// `NORN_FORANS`: not for those with parental responsibility.
    NotParent = 2,
    /// `NORN_UNGDOM`: not for the young person.
    NotYouth = 3,
    /// `NORN`: not for the patient, nor for anybody who acts for the patient.
    NotPatient = 4,
}

impl ItemLabel {
    /// All labels, in the order of their stored numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Shared, Self::NotParent, Self::NotYouth, Self::NotPatient];

    /// The number kept beside a stored resource.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The label of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The label a security code means; codes of other systems mean nothing here.
    fn from_security(system: &str, code: &str) -> Option<Self> {
        match (system, code) {
            (ITEM_RESTRICTION_SYSTEM, "N") => Some(Self::Shared),
            (ITEM_RESTRICTION_SYSTEM, "NORN_FORANS") => Some(Self::NotParent),
            (ITEM_RESTRICTION_SYSTEM, "NORN_UNGDOM") => Some(Self::NotYouth),
            (_, "NORN") => Some(Self::NotPatient),
            _ => None,
        }
    }

    /// How much the label hides; of several the strictest counts.
    const fn strictness(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Shared => 1,
            Self::NotYouth => 2,
            Self::NotParent => 3,
            Self::NotPatient => 4,
        }
    }
}

/// What the rules need to know of one resource, kept beside it so that a decision never has to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// What kind of information it is.
    pub service: Service,
    /// Whose it is; `None` for data that belong to no citizen.
    pub patient: Option<PatientId>,
    /// Restriction on this item.
    pub item: ItemLabel,
}

/// Labels a resource: by its type, whose it is, its `meta.security` (system, code) and the codes of its category.
///
/// An appointment is specialist care when its `serviceCategory` is 27 (specialist) or 30 (radiology), as the Helsenorge profile
/// has it. A Communication whose category is the key of a service is a notice about that service and is ruled as that service
/// is, so that a notice never tells more than the thing itself may.
pub fn label<'a>(
    resource_type: &str,
    patient: Option<PatientId>,
    security: impl Iterator<Item = (&'a str, &'a str)>,
    category_codes: impl Iterator<Item = &'a str>,
) -> Labels {
    let item = security
        .filter_map(|(system, code)| ItemLabel::from_security(system, code))
        .max_by_key(|label| label.strictness())
        .unwrap_or_default();
    let service = match patient {
        None => service_without_patient(resource_type),
        Some(_) => service_of_patient_data(resource_type, category_codes),
    };
    Labels { service, patient, item }
}

/// Data that belong to no citizen. Types that are health data of somebody, only not said whose, stay closed.
fn service_without_patient(resource_type: &str) -> Service {
    match resource_type {
        "Organization"
        | "Location"
        | "Practitioner"
        | "PractitionerRole"
        | "HealthcareService"
        | "Schedule"
        | "Slot"
        | "Endpoint"
        | "OrganizationAffiliation" => Service::Directory,
        "AuditEvent" => Service::AccessLog,
        "CodeSystem"
        | "ValueSet"
        | "ConceptMap"
        | "StructureDefinition"
        | "SearchParameter"
        | "OperationDefinition"
        | "NamingSystem"
        | "Questionnaire"
        | "PlanDefinition"
        | "ActivityDefinition"
        | "Medication" => Service::Definitions,
        _ => Service::OtherHealth,
    }
}

fn service_of_patient_data<'a>(resource_type: &str, mut category_codes: impl Iterator<Item = &'a str>) -> Service {
    match resource_type {
        "Appointment" | "AppointmentResponse" => {
            if category_codes.any(|code| matches!(code, "27" | "30")) {
                Service::SpecialistAppointments
            } else {
                Service::PrimaryAppointments
            }
        }
        "Communication" => category_codes.find_map(Service::from_key).unwrap_or(Service::Messages),
        "Encounter" => Service::Visits,
        "Patient" | "RelatedPerson" | "Person" => Service::Person,
        "AuditEvent" => Service::AccessLog,
        "Observation" | "DiagnosticReport" | "Specimen" | "ImagingStudy" => Service::Results,
        "MedicationRequest" | "MedicationDispense" | "MedicationStatement" | "MedicationAdministration" => {
            Service::Medicines
        }
        "ServiceRequest" => Service::Referrals,
        "DocumentReference" | "Composition" | "ClinicalImpression" | "Condition" | "Procedure" => Service::Record,
        "CommunicationRequest" => Service::Messages,
        "Immunization" | "ImmunizationRecommendation" | "ImmunizationEvaluation" => Service::Vaccines,
        "Consent" => Service::Consents,
        _ => Service::OtherHealth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient() -> Option<PatientId> {
        "p1".parse().ok()
    }

    fn service(resource_type: &str, categories: &[&str]) -> Service {
        label(resource_type, patient(), std::iter::empty(), categories.iter().copied()).service
    }

    #[test]
    fn hospital_appointments_are_told_from_the_others() {
        assert_eq!(service("Appointment", &["27"]), Service::SpecialistAppointments);
        assert_eq!(service("Appointment", &["30"]), Service::SpecialistAppointments);
        assert_eq!(service("Appointment", &["10"]), Service::PrimaryAppointments);
        assert_eq!(service("Appointment", &[]), Service::PrimaryAppointments);
    }

    #[test]
    fn a_notice_is_ruled_as_what_it_is_about() {
        assert_eq!(service("Communication", &["specialist-appointments"]), Service::SpecialistAppointments);
        assert_eq!(service("Communication", &["letter"]), Service::Messages);
    }

    #[test]
    fn health_data_without_a_patient_stay_closed() {
        let labels = label("Observation", None, std::iter::empty(), std::iter::empty());
        assert_eq!(labels.service, Service::OtherHealth);
        assert_eq!(label("Slot", None, std::iter::empty(), std::iter::empty()).service, Service::Directory);
    }

    #[test]
    fn the_strictest_of_several_labels_counts() {
        let security =
            [(ITEM_RESTRICTION_SYSTEM, "N"), (ITEM_RESTRICTION_SYSTEM, "NORN_FORANS"), ("urn:other", "NORN_UNGDOM")];
        let labels = label("Appointment", patient(), security.into_iter(), std::iter::empty());
        assert_eq!(labels.item, ItemLabel::NotParent);
    }

    #[test]
    fn numbers_round_trip() {
        for item in ItemLabel::ALL {
            assert_eq!(ItemLabel::from_number(item.number()), Some(item));
        }
    }
}
