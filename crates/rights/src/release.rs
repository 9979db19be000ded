use jiff::{SignedDuration, Timestamp};

use crate::{Parameters, Service};

/// When an item is shown to the citizen, as health personnel have set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseKind {
    /// At once, whatever the usual delay.
    Now,
    /// From this moment.
    At(Timestamp),
    /// Not before health personnel release it; to be looked at again after [`Parameters::denial_reviewed_after_days`].
    ByPersonnelOnly,
}

/// What decides when an item is shown (domain.md section 1.5, `Release`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// When it was issued; `None` when that is not said, which counts as now.
    pub issued: Option<Timestamp>,
    /// What health personnel have said, which wins.
    pub override_by_personnel: Option<ReleaseKind>,
    /// It is a referral to a paediatric ward or child psychiatry.
    pub child_referral: bool,
}

impl Release {
    /// From when the citizen may see an item of this kind; `None` when that is at once. A moment far beyond every life stands for
    /// what personnel alone release.
    pub fn visible_from(&self, service: Service, parameters: &Parameters, now: Timestamp) -> Option<Timestamp> {
        let days = match service {
            Service::Results => parameters.result_delay_days,
            Service::Referrals if self.child_referral => parameters.child_referral_delay_days,
            _ => 0,
        };
        match self.override_by_personnel {
            Some(ReleaseKind::Now) => None,
            Some(ReleaseKind::At(from)) => Some(from),
            Some(ReleaseKind::ByPersonnelOnly) => Some(Timestamp::MAX),
            None if days == 0 => None,
            None => Some(
                self.issued
                    .unwrap_or(now)
                    .saturating_add(SignedDuration::from_hours(24 * i64::from(days)))
                    .unwrap_or(Timestamp::MAX),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParameterBook;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn personnel_stand_above_the_usual_delay() {
        let day = jiff::civil::date(2026, 11, 21);
        let parameters = ParameterBook::national().and_then(|book| book.on(day)).expect("parameters");
        let plain =
            Release { issued: Some(at("2026-11-21T10:00:00Z")), override_by_personnel: None, child_referral: false };
        let by = |kind| Release { override_by_personnel: Some(kind), ..plain };
        let child = Release { child_referral: true, ..plain };
        let later = at("2027-01-01T00:00:00Z");
        for (release, service, expected) in [
            (plain, Service::Results, Some(at("2026-12-05T10:00:00Z"))),
            (plain, Service::Record, None),
            (plain, Service::Referrals, None),
            (child, Service::Referrals, Some(at("2026-12-01T10:00:00Z"))),
            (by(ReleaseKind::Now), Service::Results, None),
            (by(ReleaseKind::At(later)), Service::Record, Some(later)),
            (by(ReleaseKind::ByPersonnelOnly), Service::Results, Some(Timestamp::MAX)),
        ] {
            assert_eq!(release.visible_from(service, &parameters, later), expected, "{release:?} {service:?}");
        }
    }
}
