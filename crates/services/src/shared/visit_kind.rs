//! Kinds of visit we have plain words for, by SNOMED CT, as sources put them in `Encounter.type` and on bills.

use crate::l10n::L10nLanguage;

const SNOMED: &str = "http://snomed.info/sct";

/// What a visit was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisitKind {
    /// An examination without a particular reason.
    HealthCheck,
    /// Something is felt.
    Symptom,
    /// Something is known to be wrong.
    Problem,
    /// A check of something known.
    CheckUp,
    /// What comes after something.
    FollowUp,
    /// A check of a child that is well.
    Child,
    /// The first visit of a pregnancy.
    FirstAntenatal,
    /// A visit in a pregnancy.
    Antenatal,
    /// A visit after a birth.
    Postnatal,
    /// A meeting of any kind.
    Consultation,
    /// An out-of-hours clinic.
    Urgent,
    /// An emergency department.
    Emergency,
}

const CODES: [(VisitKind, &[&str]); 12] = [
    (VisitKind::HealthCheck, &["162673000"]),
    (VisitKind::Symptom, &["185345009"]),
    (VisitKind::Problem, &["185347001"]),
    (VisitKind::CheckUp, &["185349003"]),
    (VisitKind::FollowUp, &["390906007", "185389009"]),
    (VisitKind::Child, &["410620009"]),
    (VisitKind::FirstAntenatal, &["424441002"]),
    (VisitKind::Antenatal, &["424619006"]),
    (VisitKind::Postnatal, &["169762003"]),
    (VisitKind::Consultation, &["308335008"]),
    (VisitKind::Urgent, &["702927004"]),
    (VisitKind::Emergency, &["50849002"]),
];

impl VisitKind {
    /// The kind a code stands for.
    pub(crate) fn of(system: &str, code: &str) -> Option<Self> {
        let found = CODES.iter().find(|(_, codes)| system == SNOMED && codes.contains(&code));
        found.map(|(kind, _)| *kind)
    }

    /// Its plain name.
    pub(crate) fn name(self, text: &L10nLanguage) -> String {
        match self {
            Self::HealthCheck => text.msg_appointments_visit_health_check(),
            Self::Symptom => text.msg_appointments_visit_symptom(),
            Self::Problem => text.msg_appointments_visit_problem(),
            Self::CheckUp => text.msg_appointments_visit_check_up(),
            Self::FollowUp => text.msg_appointments_visit_follow_up(),
            Self::Child => text.msg_appointments_visit_child(),
            Self::FirstAntenatal => text.msg_appointments_visit_first_antenatal(),
            Self::Antenatal => text.msg_appointments_visit_antenatal(),
            Self::Postnatal => text.msg_appointments_visit_postnatal(),
            Self::Consultation => text.msg_appointments_visit_consultation(),
            Self::Urgent => text.msg_appointments_visit_urgent(),
            Self::Emergency => text.msg_appointments_visit_emergency(),
        }
    }
}
