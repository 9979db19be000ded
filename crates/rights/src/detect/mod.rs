//! Look-ups that a privacy officer should look at: each is scored from what is known about it, with the reasons.
//!
//! Invariant: pure. Nobody is accused: a score says in which order to ask. What weighs how much is [`Weights`], dated, so that a list
//! made again later is the same list.

#[cfg(test)]
mod tests;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{CareBasis, PatientId, date_in_norway, norway};

/// What health personnel looked up about one patient on one day, as the access log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// Number of its first entry in the log.
    pub entry: u64,
    /// Who looked: one key for one person.
    pub who: Box<str>,
    /// Their name.
    pub name: Box<str>,
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
    /// The population register knows them as family.
    pub family: bool,
    /// The same family name.
    pub same_name: bool,
    /// The same registered address.
    pub same_address: bool,
    /// The same street and postal code, and another address.
    pub same_street: bool,
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
    /// Is family.
    Family,
    /// Lives at the same address.
    SameAddress,
    /// Lives in the same street.
    SameStreet,
    /// Has the same family name.
    SameName,
    /// Works in the same organisation.
    Colleague,
    /// Is known to everybody.
    WellKnown,
    /// Many more patients that day than this person's median.
    UnusualVolume,
    /// At an hour at which this person hardly ever looks.
    UnusualHour,
}

impl Reason {
    /// All there are.
    pub const ALL: [Self; 11] = [
        Self::OwnRecord,
        Self::NoCareRelation,
        Self::NoCareRelationInEmergency,
        Self::Family,
        Self::SameAddress,
        Self::SameStreet,
        Self::SameName,
        Self::Colleague,
        Self::WellKnown,
        Self::UnusualVolume,
        Self::UnusualHour,
    ];

    /// The reason with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// Its stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnRecord => "own-record",
            Self::NoCareRelation => "no-care-relation",
            Self::NoCareRelationInEmergency => "no-care-relation-emergency",
            Self::Family => "family",
            Self::SameAddress => "same-address",
            Self::SameStreet => "same-street",
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
    /// Points of [`Reason::Family`].
    pub family: u32,
    /// Points of [`Reason::SameAddress`].
    pub same_address: u32,
    /// Points of [`Reason::SameStreet`].
    pub same_street: u32,
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
    /// An hour is usual for whoever has at least so many hundredths of their look-ups near it.
    pub hour_usual_percent: u32,
    /// So many hours before and after are near.
    pub hour_near: u32,
    /// Of fewer look-ups than this nothing is said about hours.
    pub hour_least: u32,
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
        family: 50,
        same_address: 40,
        same_street: 20,
        same_name: 15,
        colleague: 25,
        well_known: 20,
        unusual_volume: 20,
        unusual_hour: 15,
        ties_in_care_percent: 50,
        volume_factor: 2,
        volume_least: 25,
        hour_usual_percent: 10,
        hour_near: 2,
        hour_least: 10,
        listed: 50,
    };
}

/// A look-up with its score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// The look-up.
    pub look_up: LookUp,
    /// The sum of the points.
    pub score: u32,
    /// Why, the heaviest first, with the points of each.
    pub reasons: Vec<(Reason, u32)>,
}

impl Scored {
    /// The order of a list: the highest score first, those of one score in the order of time.
    pub fn order(&self) -> impl Ord + use<> {
        (std::cmp::Reverse(self.score), self.look_up.at, self.look_up.entry)
    }
}

/// The look-ups to ask about, in the order of the list. What is usual for somebody is read from these look-ups themselves, so they should
/// be those of a month or more.
pub fn detect(look_ups: &[LookUp], weights: &Weights) -> Vec<Scored> {
    let mut habits = Habits::default();
    for look_up in look_ups {
        habits.observe(&look_up.who, &look_up.patient, look_up.at);
    }
    let scored = look_ups.iter().map(|look_up| score(look_up.clone(), &habits, weights));
    let mut scored: Vec<Scored> = scored.filter(|scored| scored.score >= weights.listed).collect();
    scored.sort_by_key(Scored::order);
    scored
}

/// Scores one look-up by what is usual for the one who looked.
pub fn score(look_up: LookUp, habits: &Habits, weights: &Weights) -> Scored {
    let mut reasons = reasons(&look_up, habits, weights);
    reasons.sort_by_key(|(reason, points)| (std::cmp::Reverse(*points), *reason));
    Scored { look_up, score: reasons.iter().map(|(_, points)| points).sum(), reasons }
}

/// What is usual for everybody, gathered from look-ups in the order of time: for each person a number a day and one an hour, and for the
/// newest day alone a mark for each person and patient.
#[derive(Debug, Default)]
pub struct Habits {
    of: HashMap<Box<str>, Usual>,
    newest: Option<Date>,
    seen: HashSet<u64>,
}

/// What is usual for one person.
#[derive(Debug, Default)]
struct Usual {
    /// Patients a day.
    patients: BTreeMap<Date, u32>,
    /// Look-ups by hour, by the clock in Norway.
    hours: [u32; 24],
}

impl Habits {
    /// One more look-up.
    pub fn observe(&mut self, who: &str, patient: &PatientId, at: Timestamp) {
        let at = norway().to_datetime(at);
        if self.newest.is_none_or(|newest| newest < at.date()) {
            self.newest = Some(at.date());
            self.seen.clear();
        }
        let mut mark = DefaultHasher::new();
        (who, patient, at.date()).hash(&mut mark);
        let first = self.seen.insert(mark.finish());
        if !self.of.contains_key(who) {
            self.of.insert(who.into(), Usual::default());
        }
        let Some(usual) = self.of.get_mut(who) else { return };
        *usual.patients.entry(at.date()).or_default() += u32::from(first);
        if let Some(hour) = usize::try_from(at.hour()).ok().and_then(|hour| usual.hours.get_mut(hour)) {
            *hour += 1;
        }
    }

    /// How many people are known.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether somebody is known.
    pub fn knows(&self, who: &str) -> bool {
        self.of.contains_key(who)
    }

    /// Nobody has looked.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether somebody hardly ever looks at this hour.
    pub fn is_unusual_hour(&self, who: &str, at: Timestamp, weights: &Weights) -> bool {
        let Some(usual) = self.of.get(who) else { return false };
        let all: u32 = usual.hours.iter().sum();
        let hour = u32::try_from(norway().to_datetime(at).hour()).unwrap_or(0);
        let near = |other: u32| {
            let apart = other.abs_diff(hour);
            apart.min(24 - apart) <= weights.hour_near
        };
        let near: u32 = (0..).zip(&usual.hours).filter(|(other, _)| near(*other)).map(|(_, count)| count).sum();
        all >= weights.hour_least && near.saturating_mul(100) < all.saturating_mul(weights.hour_usual_percent)
    }

    /// Whether somebody looked at many more patients that day than on other days.
    fn is_unusual_volume(&self, who: &str, day: Date, weights: &Weights) -> bool {
        let Some(usual) = self.of.get(who) else { return false };
        let mut days: Vec<u32> = usual.patients.values().copied().collect();
        days.sort_unstable();
        // Of an even number the lower one of the middle.
        let median = days.get((days.len().saturating_sub(1)) / 2).copied().unwrap_or_default();
        let that_day = usual.patients.get(&day).copied().unwrap_or_default();
        that_day >= weights.volume_least && that_day > median.saturating_mul(weights.volume_factor)
    }
}

fn reasons(look_up: &LookUp, habits: &Habits, weights: &Weights) -> Vec<(Reason, u32)> {
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
        (ties.family, Reason::Family, weights.family),
        (ties.same_address, Reason::SameAddress, weights.same_address),
        (ties.same_street, Reason::SameStreet, weights.same_street),
        (ties.same_name, Reason::SameName, weights.same_name),
        (ties.colleague, Reason::Colleague, weights.colleague),
        (ties.well_known, Reason::WellKnown, weights.well_known),
    ] {
        if holds {
            found.push((reason, points * share / 100));
        }
    }
    if habits.is_unusual_volume(&look_up.who, date_in_norway(look_up.at), weights) {
        found.push((Reason::UnusualVolume, weights.unusual_volume));
    }
    if habits.is_unusual_hour(&look_up.who, look_up.at, weights) {
        found.push((Reason::UnusualHour, weights.unusual_hour));
    }
    found
}
