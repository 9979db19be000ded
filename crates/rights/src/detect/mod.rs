//! Look-ups that a privacy officer should look at: each is scored from what is known about it, with the reasons.
//!
//! Invariant: pure. Nobody is accused: a score says in which order to ask. What weighs how much is [`Weights`], dated, so that a list
//! made again later is the same list.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{CareBasis, PatientId, date_in_norway, norway};

/// A look-up by health personnel, as the access log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// Who looked: one key for one person.
    pub who: Box<str>,
    /// What they work as.
    pub role: Box<str>,
    /// Where.
    pub organization: Box<str>,
    /// When.
    pub at: Timestamp,
    /// Whose data.
    pub patient: PatientId,
    /// Why, as they said.
    pub basis: CareBasis,
    /// The rule that opened it.
    pub rule: Box<str>,
    /// How many resources were given out.
    pub count: u32,
    /// What else is known.
    pub ties: Ties,
}

/// What is known about the one who looked and the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; any of them can go together")]
pub struct Ties {
    /// A visit, a referral, an appointment or a choice of general practitioner shows that they treat the patient.
    pub care_relation: bool,
    /// They are the patient.
    pub own_record: bool,
    /// The same organisation employs the patient.
    pub colleague: bool,
    /// The same family name.
    pub same_name: bool,
    /// The same address, or the one beside it.
    pub same_address: bool,
    /// The patient is known to everybody.
    pub well_known: bool,
}

/// Why a look-up stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Their own record.
    OwnRecord,
    /// Nothing shows that they treat the patient.
    NoCareRelation,
    /// Nothing shows it, in an emergency or past the glass, where that is expected and reviewed anyway.
    NoCareRelationInEmergency,
    /// Lives at the same address or beside it.
    SameAddress,
    /// Has the same family name.
    SameName,
    /// Works in the same organisation.
    Colleague,
    /// Is known to everybody.
    WellKnown,
    /// Many more patients that day than this person's median.
    UnusualVolume,
    /// At night, by one who does not work then.
    UnusualHour,
}

impl Reason {
    /// Its stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnRecord => "own-record",
            Self::NoCareRelation => "no-care-relation",
            Self::NoCareRelationInEmergency => "no-care-relation-emergency",
            Self::SameAddress => "same-address",
            Self::SameName => "same-name",
            Self::Colleague => "colleague",
            Self::WellKnown => "well-known",
            Self::UnusualVolume => "unusual-volume",
            Self::UnusualHour => "unusual-hour",
        }
    }
}

/// How much each reason weighs, in points, and what counts as unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// First day they hold.
    pub from: Date,
    /// Points of [`Reason::OwnRecord`].
    pub own_record: u32,
    /// Points of [`Reason::NoCareRelation`].
    pub no_care_relation: u32,
    /// Points of [`Reason::NoCareRelationInEmergency`].
    pub no_care_relation_in_emergency: u32,
    /// Points of [`Reason::SameAddress`].
    pub same_address: u32,
    /// Points of [`Reason::SameName`].
    pub same_name: u32,
    /// Points of [`Reason::Colleague`].
    pub colleague: u32,
    /// Points of [`Reason::WellKnown`].
    pub well_known: u32,
    /// Points of [`Reason::UnusualVolume`].
    pub unusual_volume: u32,
    /// Points of [`Reason::UnusualHour`].
    pub unusual_hour: u32,
    /// Where a care relation is known, ties weigh this many hundredths: whoever treats a small town treats neighbours.
    pub ties_in_care_percent: u32,
    /// A day is unusual with more than so many times the person's median of patients a day.
    pub volume_factor: u32,
    /// And with at least so many patients.
    pub volume_least: u32,
    /// First hour of the night, by the clock in Norway.
    pub night_begins: i8,
    /// First hour after it.
    pub night_ends: i8,
    /// Night is usual for whoever has at least so many hundredths of their look-ups then.
    pub night_usual_percent: usize,
    /// Look-ups with at least so many points are listed.
    pub listed: u32,
}

impl Weights {
    /// Those in force. Set by us and to be tried on real logs: no source gives numbers [A].
    pub const IN_FORCE: Self = Self {
        from: jiff::civil::date(2026, 1, 1),
        own_record: 60,
        no_care_relation: 40,
        no_care_relation_in_emergency: 20,
        same_address: 40,
        same_name: 15,
        colleague: 25,
        well_known: 20,
        unusual_volume: 20,
        unusual_hour: 15,
        ties_in_care_percent: 50,
        volume_factor: 2,
        volume_least: 25,
        night_begins: 23,
        night_ends: 6,
        night_usual_percent: 10,
        listed: 50,
    };
}

/// A look-up with its score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored<'l> {
    /// The look-up.
    pub look_up: &'l LookUp,
    /// The sum of the points.
    pub score: u32,
    /// Why, the heaviest first, with the points of each.
    pub reasons: Vec<(Reason, u32)>,
}

/// The look-ups to ask about, the highest score first, those of one score in the order of time. What is usual for somebody is read from
/// these look-ups themselves, so they should be those of a month or more.
pub fn detect<'l>(look_ups: &'l [LookUp], weights: &Weights) -> Vec<Scored<'l>> {
    let habits = habits(look_ups, weights);
    let score = |look_up: &'l LookUp| {
        let mut reasons = reasons(look_up, habits.get(&*look_up.who), weights);
        reasons.sort_by_key(|(reason, points)| (std::cmp::Reverse(*points), *reason));
        Scored { look_up, score: reasons.iter().map(|(_, points)| points).sum(), reasons }
    };
    let mut scored: Vec<Scored<'l>> =
        look_ups.iter().map(score).filter(|scored| scored.score >= weights.listed).collect();
    scored.sort_by_key(|scored| (std::cmp::Reverse(scored.score), scored.look_up.at));
    scored
}

/// What is usual for one person.
#[derive(Default)]
struct Habits<'l> {
    patients: BTreeMap<Date, BTreeSet<&'l PatientId>>,
    /// Median of patients a day.
    median: usize,
    look_ups: usize,
    at_night: usize,
}

fn habits<'l>(look_ups: &'l [LookUp], weights: &Weights) -> BTreeMap<&'l str, Habits<'l>> {
    let mut all: BTreeMap<&str, Habits<'_>> = BTreeMap::new();
    for look_up in look_ups {
        let its = all.entry(&look_up.who).or_default();
        its.patients.entry(date_in_norway(look_up.at)).or_default().insert(&look_up.patient);
        its.look_ups += 1;
        its.at_night += usize::from(is_night(look_up.at, weights));
    }
    for its in all.values_mut() {
        let mut days: Vec<usize> = its.patients.values().map(BTreeSet::len).collect();
        days.sort_unstable();
        // Of an even number the lower one of the middle.
        its.median = days.get((days.len().saturating_sub(1)) / 2).copied().unwrap_or_default();
    }
    all
}

fn is_night(at: Timestamp, weights: &Weights) -> bool {
    let hour = norway().to_datetime(at).hour();
    hour >= weights.night_begins || hour < weights.night_ends
}

fn reasons(look_up: &LookUp, habits: Option<&Habits<'_>>, weights: &Weights) -> Vec<(Reason, u32)> {
    let ties = look_up.ties;
    if ties.own_record {
        return vec![(Reason::OwnRecord, weights.own_record)];
    }
    let mut found = Vec::new();
    let share = if ties.care_relation { weights.ties_in_care_percent } else { 100 };
    match (ties.care_relation, look_up.basis.is_exceptional()) {
        (true, _) => {}
        (false, true) => found.push((Reason::NoCareRelationInEmergency, weights.no_care_relation_in_emergency)),
        (false, false) => found.push((Reason::NoCareRelation, weights.no_care_relation)),
    }
    for (holds, reason, points) in [
        (ties.same_address, Reason::SameAddress, weights.same_address),
        (ties.same_name, Reason::SameName, weights.same_name),
        (ties.colleague, Reason::Colleague, weights.colleague),
        (ties.well_known, Reason::WellKnown, weights.well_known),
    ] {
        if holds {
            found.push((reason, points * share / 100));
        }
    }
    let Some(habits) = habits else { return found };
    let that_day = habits.patients.get(&date_in_norway(look_up.at)).map_or(0, BTreeSet::len);
    let times = usize::try_from(weights.volume_factor).unwrap_or(usize::MAX);
    let least = usize::try_from(weights.volume_least).unwrap_or(usize::MAX);
    if that_day >= least && that_day > habits.median.saturating_mul(times) {
        found.push((Reason::UnusualVolume, weights.unusual_volume));
    }
    let usual = habits.at_night.saturating_mul(100) >= habits.look_ups.saturating_mul(weights.night_usual_percent);
    if is_night(look_up.at, weights) && !usual {
        found.push((Reason::UnusualHour, weights.unusual_hour));
    }
    found
}
