use jiff::Timestamp;
use varde_base::PatientId;

use crate::Service;

/// The code system of restrictions on a single item (Helsenorge profile, `HnBetingetTilgangsbegrensning`).
const ITEM_RESTRICTION_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

/// Restrictions on a single item, whatever the rule of its service says (`Resource.meta.security`, and what the store knows of
/// its release and its referral). A set of bits, kept beside the stored resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ItemLabel(u8);

impl ItemLabel {
    /// The code system of restrictions on an item (Volven 9603).
    pub const SYSTEM: &str = ITEM_RESTRICTION_SYSTEM;

    /// No restriction of its own.
    pub const NONE: Self = Self(0);
    /// `N`: for parent and young person both.
    pub const SHARED: Self = Self(1);
    /// `NORN_FORANS`: not for those with parental responsibility.
    pub const NOT_PARENT: Self = Self(2);
    /// `NORN_UNGDOM`: not for the young person.
    pub const NOT_YOUTH: Self = Self(4);
    /// `NORN`: not for the patient, nor for anybody who acts for the patient (*nekting*).
    pub const NOT_PATIENT: Self = Self(8);
    /// `NORS`: not for health personnel, but in an emergency (*sperring*, *skjerming*).
    pub const SHIELDED: Self = Self(16);
    /// Not for the citizen before a moment that is kept with the item (*utsatt innsyn*).
    pub const DELAYED: Self = Self(32);
    /// Belongs to a referral that is kept with the item.
    pub const REFERRED: Self = Self(64);

    /// Every restriction there is, each alone.
    pub const EACH: [Self; 7] = [
        Self::SHARED,
        Self::NOT_PARENT,
        Self::NOT_YOUTH,
        Self::NOT_PATIENT,
        Self::SHIELDED,
        Self::DELAYED,
        Self::REFERRED,
    ];

    /// Stored numbers that stand for other bits than their own, since a label was once one of five: number and bits. The rest are
    /// their own bits, so that all of it is a permutation of the numbers below 128.
    pub const REORDERED: [(u8, u8); 3] = [(3, 4), (4, 8), (8, 3)];

    /// The number kept beside a stored resource.
    pub fn number(self) -> u8 {
        Self::REORDERED.into_iter().find(|(_, bits)| *bits == self.0).map_or(self.0, |(number, _)| number)
    }

    /// The label of a stored number; `None` for one that no build has written.
    pub fn from_number(number: u8) -> Option<Self> {
        let bits = Self::REORDERED.into_iter().find(|(its, _)| *its == number).map_or(number, |(_, bits)| bits);
        (bits < 128).then_some(Self(bits))
    }

    /// The restrictions as bits, for a filter that compares many.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `other` is here.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The label a code stands for, if any.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "N" => Self::SHARED,
            "NORN_FORANS" => Self::NOT_PARENT,
            "NORN_UNGDOM" => Self::NOT_YOUTH,
            "NORN" => Self::NOT_PATIENT,
            "NORS" => Self::SHIELDED,
            _ => return None,
        })
    }

    /// The label a security code means. `NORN` and `NORS` mean it in every code system, the others only in that of the profile.
    fn from_security(system: &str, code: &str) -> Self {
        let anywhere = Self::NOT_PATIENT.with(Self::SHIELDED);
        let counts = |label: &Self| system == ITEM_RESTRICTION_SYSTEM || label.any(anywhere);
        Self::from_code(code).filter(counts).unwrap_or(Self::NONE)
    }
}

/// One item as a decision sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Item<'a> {
    /// Its restrictions.
    pub label: ItemLabel,
    /// The moment from which the citizen may see it, when it has [`ItemLabel::DELAYED`]; none known means never.
    pub visible_from: Option<Timestamp>,
    /// Id of its referral (ServiceRequest), when it has [`ItemLabel::REFERRED`].
    pub referral: Option<&'a str>,
}

impl Item<'_> {
    /// An item without any restriction.
    pub const PLAIN: Item<'static> = Item { label: ItemLabel::NONE, visible_from: None, referral: None };
}

/// What the rules need to know of one resource, kept beside it so that a decision never has to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// What kind of information it is.
    pub service: Service,
    /// Whose it is; `None` for data that belong to no citizen.
    pub patient: Option<PatientId>,
    /// Restrictions on this item.
    pub item: ItemLabel,
    /// From when the citizen may see it.
    pub visible_from: Option<Timestamp>,
    /// The referral (ServiceRequest) it belongs to.
    pub referral: Option<Box<str>>,
}

impl Labels {
    /// The item a decision is about.
    pub fn item(&self) -> Item<'_> {
        Item { label: self.item, visible_from: self.visible_from, referral: self.referral.as_deref() }
    }

    /// With the moment from which the citizen may see it. A moment that has come leaves no mark.
    #[must_use]
    pub fn delayed_until(mut self, visible_from: Option<Timestamp>, now: Timestamp) -> Self {
        self.visible_from = visible_from.filter(|from| *from > now);
        self.item = self.item.without(ItemLabel::DELAYED);
        if self.visible_from.is_some() {
            self.item = self.item.with(ItemLabel::DELAYED);
        }
        self
    }

    /// With the referral it belongs to.
    #[must_use]
    pub fn of_referral(mut self, referral: Option<Box<str>>) -> Self {
        if referral.is_some() {
            self.item = self.item.with(ItemLabel::REFERRED);
        }
        self.referral = referral;
        self
    }
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
    let item =
        security.map(|(system, code)| ItemLabel::from_security(system, code)).fold(ItemLabel::NONE, ItemLabel::with);
    let service = match patient {
        None => service_without_patient(resource_type),
        Some(_) => service_of_patient_data(resource_type, category_codes),
    };
    Labels { service, patient, item, visible_from: None, referral: None }
}

/// Whether a resource of this type can be information of this kind; yes where that takes a look at the resource.
pub fn may_be(resource_type: &str, service: Service) -> bool {
    service != Service::Notifications || resource_type == "Basic"
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
        "Appointment" | "AppointmentResponse" => service_of_appointment(category_codes),
        "Communication" => category_codes.find_map(Service::from_key).unwrap_or(Service::Messages),
        "Binary" => category_codes.find_map(of_message).unwrap_or(Service::OtherHealth),
        "Encounter" => Service::Visits,
        "Patient" | "RelatedPerson" | "Person" => Service::Person,
        "AuditEvent" => Service::AccessLog,
        "Task" => service_of_task(category_codes),
        "Flag" | "Condition" | "Procedure" if category_codes.any(|code| code.starts_with(CRITICAL)) => {
            Service::SummaryRecord
        }
        "Observation" | "DiagnosticReport" | "Specimen" | "ImagingStudy" => Service::Results,
        "MedicationRequest"
        | "MedicationDispense"
        | "MedicationStatement"
        | "MedicationAdministration"
        | "DetectedIssue" => Service::Medicines,
        "ServiceRequest" => Service::Referrals,
        "DocumentReference" | "Composition" | "ClinicalImpression" | "Condition" | "Procedure" => Service::Record,
        "CommunicationRequest" => Service::Messages,
        "Immunization" | "ImmunizationRecommendation" | "ImmunizationEvaluation" => Service::Vaccines,
        "AllergyIntolerance" | "Device" | "DeviceUseStatement" => Service::SummaryRecord,
        "Account" | "ChargeItem" | "Invoice" | "Claim" | "ClaimResponse" | "ExplanationOfBenefit" | "Coverage" => {
            Service::CoPayments
        }
        "Consent" => service_of_consent(category_codes),
        "Basic" => service_of_basic(category_codes),
        _ => Service::OtherHealth,
    }
}

/// The service a file of a message says that it belongs to, in `meta.tag`: it is ruled as the message is.
pub fn of_message(code: &str) -> Option<Service> {
    Service::from_key(code).filter(|named| matches!(named, Service::Messages | Service::Consultations))
}

/// What codes of critical information begin with (`urn:varde:critical-information`): what has one is ruled as the summary record is.
const CRITICAL: &str = "critical-";

/// How a person wants to be told (`urn:varde:basic`) is a setting; what others keep as Basic is closed.
fn service_of_basic<'a>(mut codes: impl Iterator<Item = &'a str>) -> Service {
    if codes.any(|code| code == "notification-settings") { Service::Notifications } else { Service::OtherHealth }
}

/// Codes of a Task that is a person's own request (`urn:varde:request`; docs/api.md).
const REQUEST_CODES: [&str; 5] =
    ["correction", "missing-document", "access-after-death", "look-up-question", "complaint"];

/// Services whose keys a Task may have as its code: it awaits the answer to what a citizen has sent there, and is ruled as that is.
const AWAITED: [Service; 3] = [Service::Messages, Service::Consultations, Service::SummaryRecord];

/// Whether somebody had reason to look is a matter of the log: the patient may follow it, and who looked may not close it. What a
/// person asks of those who keep information is between the two, and no matter of treatment. A renewal of a prescription
/// (`urn:varde:task`) is ruled as the prescription is, a change of GP as the choice of GP, the assessment of a referral as the referral.
fn service_of_task<'a>(codes: impl Iterator<Item = &'a str>) -> Service {
    let mut service = Service::OtherHealth;
    for code in codes {
        match code {
            "emergency-access-review" | "look-up-review" => return Service::AccessLog,
            "renew" => service = Service::Medicines,
            "change-gp" => service = Service::GpChoice,
            "assess-referral" => service = Service::Referrals,
            _ if REQUEST_CODES.contains(&code) => service = Service::Requests,
            _ => {}
        }
        service = Service::from_key(code).filter(|named| AWAITED.contains(named)).unwrap_or(service);
    }
    service
}

/// By the Helsenorge profile's `serviceCategory`: 27 specialist and 30 radiology; Volven 7619: 4 school health, 6 youth clinic.
/// The most closed of several counts.
fn service_of_appointment<'a>(category_codes: impl Iterator<Item = &'a str>) -> Service {
    let services = category_codes.map(|code| match code {
        "27" | "30" => Service::SpecialistAppointments,
        "4" | "6" => Service::YouthServices,
        _ => Service::PrimaryAppointments,
    });
    let strictness = |service: &Service| match service {
        Service::YouthServices => 2,
        Service::SpecialistAppointments => 1,
        _ => 0,
    };
    services.max_by_key(strictness).unwrap_or(Service::PrimaryAppointments)
}

/// A Consent is a proxy (Volven 7611 `FU`, `TD`), a privacy setting of the citizen's, or a consent to something. Of several the one
/// that fewest may change counts, so that nobody gives a proxy by calling it a setting too.
fn service_of_consent<'a>(category_codes: impl Iterator<Item = &'a str>) -> Service {
    let services = category_codes.map(|code| match code {
        "FU" | "TD" | "next-of-kin" | "pharmacy" => Service::Proxies,
        "account-stop" | "inactive" | "acute-stop" | "block" | "reservation" | "own-access" | "platform"
        | "opening" => Service::PrivacySettings,
        "foreldresamtykke" => Service::YouthConsent,
        _ => Service::Consents,
    });
    let strictness = |service: &Service| match service {
        Service::Proxies => 3,
        Service::PrivacySettings => 2,
        // A parent may give a young person this one consent and no other.
        Service::YouthConsent => 0,
        _ => 1,
    };
    services.max_by_key(strictness).unwrap_or(Service::Consents)
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
        assert_eq!(service("Appointment", &["10", "6"]), Service::YouthServices);
    }

    #[test]
    fn a_notice_is_ruled_as_what_it_is_about() {
        assert_eq!(service("Communication", &["specialist-appointments"]), Service::SpecialistAppointments);
        assert_eq!(service("Communication", &["letter"]), Service::Messages);
    }

    #[test]
    fn a_task_that_awaits_an_answer_is_ruled_as_what_is_answered() {
        assert_eq!(service("Task", &["consultations"]), Service::Consultations);
        assert_eq!(service("Task", &["messages"]), Service::Messages);
        assert_eq!(service("Task", &["messages", "emergency-access-review"]), Service::AccessLog);
        assert_eq!(service("Task", &["person"]), Service::OtherHealth, "no other key opens anything");
    }

    #[test]
    fn a_file_of_a_message_is_ruled_as_the_message_and_any_other_is_closed() {
        assert_eq!(service("Binary", &["messages"]), Service::Messages);
        assert_eq!(service("Binary", &["consultations"]), Service::Consultations);
        for others in [&[][..], &["results"], &["person"]] {
            assert_eq!(service("Binary", others), Service::OtherHealth, "{others:?}");
        }
        let nobodys = label("Binary", None, std::iter::empty(), ["messages"].into_iter());
        assert_eq!(nobodys.service, Service::OtherHealth);
    }

    #[test]
    fn a_consent_is_a_proxy_a_setting_or_a_consent() {
        assert_eq!(service("Consent", &["FU"]), Service::Proxies);
        assert_eq!(service("Consent", &["block"]), Service::PrivacySettings);
        assert_eq!(service("Consent", &["inactive"]), Service::PrivacySettings);
        assert_eq!(service("Consent", &["platform", "TD"]), Service::Proxies, "a proxy whatever else it says it is");
        assert_eq!(service("Consent", &["foreldresamtykke"]), Service::YouthConsent);
        assert_eq!(service("Consent", &["foreldresamtykke", "research"]), Service::Consents, "and nothing goes along");
        assert_eq!(service("Consent", &["block", "foreldresamtykke"]), Service::PrivacySettings);
        assert_eq!(service("Consent", &[]), Service::Consents);
    }

    #[test]
    fn a_renewal_and_what_is_found_of_medicines_are_ruled_as_prescriptions_are() {
        assert_eq!(service("Task", &["renew"]), Service::Medicines);
        assert_eq!(service("Task", &["renew", "emergency-access-review"]), Service::AccessLog);
        assert_eq!(service("DetectedIssue", &[]), Service::Medicines);
    }

    #[test]
    fn a_change_of_gp_is_ruled_as_the_choice_and_an_exemption_card_as_the_payments() {
        assert_eq!(service("Task", &["change-gp"]), Service::GpChoice);
        assert_eq!(service("Task", &["change-gp", "emergency-access-review"]), Service::AccessLog);
        assert_eq!(service("Coverage", &[]), Service::CoPayments);
    }

    #[test]
    fn the_assessment_of_a_referral_is_ruled_as_the_referral_is() {
        assert_eq!(service("Task", &["assess-referral"]), Service::Referrals);
        assert_eq!(service("Task", &["missing-document"]), Service::Requests);
    }

    #[test]
    fn a_task_is_a_request_a_review_or_something_else() {
        assert_eq!(service("Task", &["correction"]), Service::Requests);
        assert_eq!(service("Basic", &["notification-settings"]), Service::Notifications);
        assert_eq!(service("Basic", &["anything"]), Service::OtherHealth);
        assert_eq!(service("Task", &["look-up-question"]), Service::Requests);
        assert_eq!(service("Task", &["correction", "emergency-access-review"]), Service::AccessLog);
        assert_eq!(service("Task", &["fill-in-form"]), Service::OtherHealth);
        assert_eq!(service("Task", &["summary-record"]), Service::SummaryRecord);
    }

    #[test]
    fn critical_information_is_ruled_as_the_summary_record_and_the_rest_of_its_types_as_before() {
        for kind in ["Flag", "Condition", "Procedure"] {
            assert_eq!(service(kind, &["problem-list-item", "critical-condition"]), Service::SummaryRecord, "{kind}");
        }
        for kind in ["AllergyIntolerance", "Device", "DeviceUseStatement"] {
            assert_eq!(service(kind, &[]), Service::SummaryRecord, "{kind}");
        }
        assert_eq!(service("Condition", &["problem-list-item"]), Service::Record);
        assert_eq!(service("Flag", &["drug"]), Service::OtherHealth);
    }

    #[test]
    fn health_data_without_a_patient_stay_closed() {
        let labels = label("Observation", None, std::iter::empty(), std::iter::empty());
        assert_eq!(labels.service, Service::OtherHealth);
        assert_eq!(label("Slot", None, std::iter::empty(), std::iter::empty()).service, Service::Directory);
    }

    #[test]
    fn of_several_labels_all_count() {
        let security =
            [(ITEM_RESTRICTION_SYSTEM, "N"), (ITEM_RESTRICTION_SYSTEM, "NORN_FORANS"), ("urn:other", "NORN_UNGDOM")];
        let labels = label("Appointment", patient(), security.into_iter(), std::iter::empty());
        assert_eq!(labels.item, ItemLabel::SHARED.with(ItemLabel::NOT_PARENT));
    }

    #[test]
    fn numbers_round_trip_and_no_two_restrictions_share_a_bit() {
        for item in ItemLabel::EACH {
            assert_eq!(ItemLabel::from_number(item.number()), Some(item));
            assert_eq!(ItemLabel::EACH.into_iter().filter(|other| other.any(item)).count(), 1);
        }
        assert_eq!(ItemLabel::from_number(128), None);
        for number in 0..128 {
            assert_eq!(ItemLabel::from_number(number).map(ItemLabel::number), Some(number));
        }
    }

    #[test]
    fn a_delay_that_is_over_leaves_no_mark() {
        let labels = label("Observation", patient(), std::iter::empty(), std::iter::empty());
        let now = Timestamp::UNIX_EPOCH;
        let later = now + jiff::SignedDuration::from_hours(1);
        assert!(labels.clone().delayed_until(Some(later), now).item.any(ItemLabel::DELAYED));
        assert_eq!(labels.clone().delayed_until(Some(now), now), labels);
    }
}
