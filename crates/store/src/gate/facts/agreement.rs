//! Consents as the rules need them: proxies, restrictions, openings, the level of consent (FHIR R4 Consent; docs/rights.md says how each is
//! written).

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::Deserialize;
use varde_base::{CitizenActor, NATIONAL_ID_SYSTEM};
use varde_rights::{Areas, Audience, ConsentLevel, Opening, Service, ServiceSet};

use super::person::{CONSENT_SYSTEM, Coding, Concept, Period, REPRESENTATION_SYSTEMS, Reference, day, last_day};
use crate::engine::Row;

/// Extension of an area that is used up the first time (docs/rights.md).
const ONCE_EXTENSION: &str = "urn:varde:once";

/// What a Consent is, by its category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A proxy given by a competent adult (`FU`).
    Proxy,
    /// A proxy assigned for lack of capacity (`TD`).
    AssignedProxy,
    /// Next of kin with practical things only.
    NextOfKin,
    /// A parent's consent to a young person's use.
    Parental,
    /// The citizen has stopped the account.
    AccountStop,
    /// The citizen has made it inactive; proxies go on.
    Inactive,
    /// A child's data are withheld from parents.
    AcuteStop,
    /// Blocked for health personnel, all or by name.
    Block,
    /// Reserved against registers.
    Reservation,
    /// The citizen's own digital access removed.
    OwnAccess,
    /// How far the citizen lets the platform go.
    Platform,
    /// A referral opened by health personnel.
    Opening,
}

/// A Consent, as far as a decision needs it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Agreement {
    status: Option<String>,
    category: Vec<Concept>,
    date_time: Option<String>,
    provision: Provision,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Provision {
    r#type: Option<String>,
    period: Period,
    actor: Vec<Actor>,
    code: Vec<Code>,
    data: Vec<Data>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Actor {
    reference: Reference,
}

/// What it is about: an area, a service, a level.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Code {
    coding: Vec<Coding>,
    extension: Vec<Flag>,
}

impl Code {
    fn is_used_up_once(&self) -> bool {
        self.extension.iter().any(|flag| flag.url == ONCE_EXTENSION && flag.value_boolean)
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Flag {
    url: String,
    value_boolean: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    reference: Reference,
}

impl Agreement {
    pub(super) fn of(row: &Row) -> Option<Self> {
        if row.deleted { None } else { serde_json::from_slice(&row.body).ok() }
    }

    /// What it is; `None` for a consent to something else.
    pub(super) fn kind(&self) -> Option<Kind> {
        let codings = || self.category.iter().flat_map(|concept| &concept.coding);
        let represents = |coding: &&Coding| REPRESENTATION_SYSTEMS.contains(&coding.system.as_str());
        let role = codings().find(represents).map(|coding| coding.code.as_str());
        let ours = codings().find(|coding| coding.system == CONSENT_SYSTEM).map(|coding| coding.code.as_str());
        Some(match (role, ours) {
            (Some("FU"), _) => Kind::Proxy,
            (Some("TD"), _) => Kind::AssignedProxy,
            (_, Some("next-of-kin")) => Kind::NextOfKin,
            (_, Some("foreldresamtykke")) => Kind::Parental,
            (_, Some("account-stop")) => Kind::AccountStop,
            (_, Some("inactive")) => Kind::Inactive,
            (_, Some("acute-stop")) => Kind::AcuteStop,
            (_, Some("block")) => Kind::Block,
            (_, Some("reservation")) => Kind::Reservation,
            (_, Some("own-access")) => Kind::OwnAccess,
            (_, Some("platform")) => Kind::Platform,
            (_, Some("opening")) => Kind::Opening,
            _ => return None,
        })
    }

    /// In force today as a permission: nothing that cannot be read, or denies, permits.
    pub(super) fn permits(&self, today: Date) -> bool {
        self.is_active() && self.provision.r#type.as_deref() != Some("deny") && self.provision.period.holds(today)
    }

    /// In force today as a restriction: a period that cannot be read restricts.
    pub(super) fn restricts(&self, today: Date) -> bool {
        let Period { start, end } = &self.provision.period;
        let later = start.as_deref().and_then(day).is_some_and(|start| today < start);
        let over = end.as_deref().and_then(last_day).is_some_and(|end| end < today);
        self.is_active() && !later && !over
    }

    fn is_active(&self) -> bool {
        self.status.as_deref() == Some("active")
    }

    /// Whether it is given to this citizen.
    pub(super) fn names(&self, citizen: &CitizenActor) -> bool {
        let own = format!("Patient/{}", citizen.patient);
        self.provision.actor.iter().any(|actor| {
            let number = |identifier: &super::person::Identifier| {
                identifier.system == NATIONAL_ID_SYSTEM && identifier.value == citizen.national_id.as_str()
            };
            let by_number = actor.reference.identifier.as_ref().map(number);
            by_number.unwrap_or_else(|| actor.reference.reference.as_deref() == Some(own.as_str()))
        })
    }

    /// Whether it is about health personnel with this number.
    pub(super) fn names_personnel(&self, hpr_number: &str) -> bool {
        let number = |actor: &Actor| actor.reference.identifier.as_ref().is_some_and(|i| i.value == hpr_number);
        self.provision.actor.iter().any(number)
    }

    /// Those it names as acting.
    pub(super) fn actors(&self) -> impl Iterator<Item = &Reference> {
        self.provision.actor.iter().map(|actor| &actor.reference)
    }

    /// Whether it is about named personnel and not about all.
    pub(super) fn has_names(&self) -> bool {
        !self.provision.actor.is_empty()
    }

    /// Whether it is still in its time where the law or the platform sets a longest one, counted from its start.
    pub(super) fn is_within(&self, longest: Span, today: Date) -> bool {
        let start = self.provision.period.start.as_deref().and_then(day);
        start.and_then(|start| start.checked_add(longest).ok()).is_some_and(|end| today <= end)
    }

    /// The last day of one in force: its own end, or that of the longest time where there is one; `None` for no end.
    pub(super) fn last_day(&self, longest: Option<Span>) -> Option<Date> {
        let own = self.provision.period.end.as_deref().and_then(last_day);
        let start = self.provision.period.start.as_deref().and_then(day);
        let longest = longest.zip(start).and_then(|(longest, start)| start.checked_add(longest).ok());
        own.into_iter().chain(longest).min()
    }

    /// Whether it says itself when it ends.
    pub(super) fn has_end(&self) -> bool {
        self.provision.period.end.is_some()
    }

    /// The areas it covers, but for those that have grown since it was given and have not been confirmed again.
    pub(super) fn areas(&self, grown: impl Fn(Areas) -> Option<Date>) -> Areas {
        let given = self.date_time.as_deref().and_then(day);
        let stands = |area: &Areas| grown(*area).is_none_or(|day| given.is_some_and(|given| given >= day));
        self.codes().filter_map(Areas::from_code).filter(stands).fold(Areas::NONE, Areas::with)
    }

    /// Whether medicines are collected by it once and then no more.
    pub(super) fn collects_once(&self) -> bool {
        let is_pharmacy =
            |code: &&Code| code.coding.iter().any(|its| Areas::from_code(&its.code) == Some(Areas::PHARMACY));
        let mut codes = self.provision.code.iter().filter(is_pharmacy).peekable();
        codes.peek().is_some() && codes.all(Code::is_used_up_once)
    }

    /// The services it is about; all of them when it names none.
    pub(super) fn services(&self) -> ServiceSet {
        let mut named = self.codes().peekable();
        if named.peek().is_none() {
            return Service::ALL.into_iter().fold(ServiceSet::EMPTY, ServiceSet::with);
        }
        named.filter_map(Service::from_key).fold(ServiceSet::EMPTY, ServiceSet::with)
    }

    /// The level of consent it sets; the least for one that cannot be read.
    pub(super) fn level(&self) -> ConsentLevel {
        self.codes().find_map(ConsentLevel::from_key).unwrap_or(ConsentLevel::None)
    }

    /// What it opens: a referral, for parents or for the young person, with its content or without.
    pub(super) fn opening(&self) -> Option<Opening> {
        let referral = self.provision.data.iter().find_map(|data| data.reference.reference.as_deref())?;
        let referral = referral.strip_prefix("ServiceRequest/")?;
        let audience = self.codes().find_map(|code| match code {
            "parents" => Some(Audience::Parents),
            "youth" => Some(Audience::Youth),
            _ => None,
        })?;
        Some(Opening { referral: referral.into(), audience, content: self.codes().any(|code| code == "content") })
    }

    fn codes(&self) -> impl Iterator<Item = &str> {
        self.provision.code.iter().flat_map(|concept| &concept.coding).map(|coding| coding.code.as_str())
    }
}

/// What a person has restricted, and what has been opened, today.
pub(super) fn restrict(subject: &mut varde_rights::Subject, agreements: &[Agreement], today: Date) {
    let mut openings = Vec::new();
    let mut level = None;
    for agreement in agreements {
        let restricts = agreement.restricts(today);
        match agreement.kind() {
            Some(Kind::Parental) if agreement.permits(today) => subject.parental_consent = true,
            Some(Kind::AcuteStop) if restricts => subject.acute_stop = true,
            Some(Kind::Reservation) if restricts => subject.reserved = subject.reserved.or(agreement.services()),
            Some(Kind::OwnAccess) if restricts => {
                subject.own_access_removed = subject.own_access_removed.or(agreement.services());
            }
            Some(Kind::Block) if restricts && !agreement.has_names() => {
                subject.blocked = subject.blocked.or(agreement.services());
            }
            // Of several levels in force the least counts.
            Some(Kind::Platform) if restricts => {
                let its = agreement.level();
                level = Some(level.map_or(its, |known: ConsentLevel| known.min(its)));
            }
            Some(Kind::Opening) if agreement.permits(today) => openings.extend(agreement.opening()),
            _ => {}
        }
    }
    if let Some(level) = level {
        subject.level = level;
    }
    subject.openings = Arc::from(openings);
}

/// Years as a span for [`Agreement::is_within`].
pub(super) fn years(count: u16) -> Span {
    i64::from(count).years()
}

/// Months as a span for [`Agreement::is_within`].
pub(super) fn months(count: u16) -> Span {
    i64::from(count).months()
}
