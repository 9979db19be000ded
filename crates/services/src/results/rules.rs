//! What is decided: how a value stands to the usual, what an address asks for, what is comparable. Pure functions.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use varde_base::{ResourceId, norway};

use super::model::{Finding, Flag, Kind, Name, Quantity, Range, Report, State, Value};

/// The first year that can be asked for.
const FIRST_YEAR: i16 = 1900;

/// For how long an answer is news on the front page, after the usual delay.
const NEWS_DAYS: i64 = 30;

/// Categories of measurements that are no answers from a laboratory; they are not delayed either (`store/src/release.rs`).
const MEASUREMENTS: [&str; 4] = ["vital-signs", "social-history", "survey", "activity"];

/// Longest cursor and date taken from an address, bytes.
const MAX_CURSOR_BYTES: usize = 400;

/// What an address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Of this year only.
    pub year: Option<i16>,
    /// Of this kind only.
    pub kind: Option<Kind>,
    /// Of this doctor or place only: `Type/id`.
    pub by: Option<String>,
    /// The page after this place in the search.
    pub after: Option<String>,
    /// The date of the last answer on the page before.
    pub until: Option<String>,
}

impl Choice {
    /// Whether anything is chosen but the page.
    pub(super) fn is_narrow(&self) -> bool {
        self.year.is_some() || self.kind.is_some() || self.by.is_some()
    }

    /// What a link asks for; what cannot be read is not asked for.
    pub(super) fn read(
        year: Option<&str>,
        kind: Option<&str>,
        by: Option<&str>,
        after: Option<String>,
        until: Option<String>,
    ) -> Self {
        let year = year.and_then(|year| year.parse().ok()).filter(|year| (FIRST_YEAR..=9998).contains(year));
        let until = until.filter(|until| instant(until).is_some());
        let after = after.filter(|after| !after.is_empty() && after.len() <= MAX_CURSOR_BYTES);
        Self {
            year,
            kind: kind.and_then(kind_named),
            by: by.filter(|by| is_reference(by)).map(str::to_owned),
            // The next page goes on from both or from none.
            until: until.filter(|_| after.is_some()),
            after,
        }
    }
}

fn is_reference(text: &str) -> bool {
    let kinds = ["Practitioner", "PractitionerRole", "Organization"];
    text.split_once('/').is_some_and(|(kind, id)| kinds.contains(&kind) && id.parse::<ResourceId>().is_ok())
}

/// Kinds with their names in addresses.
pub(super) const KIND_NAMES: [(Kind, &str); 4] = [
    (Kind::Laboratory, "laboratory"),
    (Kind::Microbiology, "microbiology"),
    (Kind::Pathology, "pathology"),
    (Kind::Imaging, "imaging"),
];

fn kind_named(name: &str) -> Option<Kind> {
    KIND_NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
}

/// The kind's name in addresses; none for what cannot be chosen.
pub(super) fn kind_name(kind: Kind) -> Option<&'static str> {
    KIND_NAMES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// An observation of a kind that belongs to the measurements.
pub(super) fn is_measurement(finding: &Finding) -> bool {
    finding.categories.iter().any(|category| MEASUREMENTS.contains(&category.as_str()))
}

/// A FHIR date or dateTime as an instant to sort by: the beginning of what is known, in Norway.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if text.contains('T') {
        return text.parse().ok();
    }
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    Some(whole.parse::<Date>().ok()?.to_zoned(norway().clone()).ok()?.timestamp())
}

/// The year of a FHIR date in Norway.
pub(super) fn year(text: &str) -> Option<i16> {
    Some(norway().to_datetime(instant(text)?).year())
}

/// When a report is sorted as: when the sample was taken, else when it was answered.
pub(super) fn when(report: &Report) -> Option<Timestamp> {
    report.taken.as_deref().and_then(instant).or(report.issued)
}

/// The same of an observation.
pub(super) fn when_found(finding: &Finding) -> Option<Timestamp> {
    finding.taken.as_deref().and_then(instant).or(finding.issued)
}

/// Answers that were ready before this moment are shown to everybody who may see answers at all.
pub(super) fn shown_before(now: Timestamp, delay_days: u16) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(delay_days))).unwrap_or(now)
}

/// Whether an answer is still news: it came into sight not long ago.
pub(super) fn is_news(report: &Report, now: Timestamp, delay_days: u16) -> bool {
    let since = shown_before(now, delay_days).saturating_sub(SignedDuration::from_hours(24 * NEWS_DAYS)).unwrap_or(now);
    report.state != State::Withdrawn && report.issued.or_else(|| when(report)).is_some_and(|issued| issued >= since)
}

/// How the value stands to the usual: as the source says, else by its number and range where both are plain.
pub(super) fn level(finding: &Finding) -> Option<Flag> {
    if matches!(finding.state, State::Withdrawn | State::Cancelled) {
        return None;
    }
    finding.flag.or_else(|| compared(finding))
}

fn compared(finding: &Finding) -> Option<Flag> {
    let Value::Quantity(value) = &finding.value else { return None };
    let range = usual(finding)?;
    let limit = |limit: &Option<Quantity>| limit.as_ref().filter(|limit| limit.unit == value.unit).map(|l| l.number);
    if [&range.low, &range.high].into_iter().flatten().any(|limit| limit.unit != value.unit) {
        return None;
    }
    let (low, high) = (limit(&range.low), limit(&range.high));
    match value.comparator.as_deref() {
        None => Some(if low.is_some_and(|low| value.number < low) {
            Flag::Low
        } else if high.is_some_and(|high| value.number > high) {
            Flag::High
        } else {
            Flag::Within
        }),
        // "Less than 5" is within a range that goes up to 5 and has no lower end; "more than" likewise. Between the limits nothing is known.
        Some("<" | "<=") if low.is_some_and(|low| value.number <= low) => Some(Flag::Low),
        Some("<" | "<=") if low.is_none() && high.is_some_and(|high| value.number <= high) => Some(Flag::Within),
        Some(">" | ">=") if high.is_some_and(|high| value.number >= high) => Some(Flag::High),
        Some(">" | ">=") if high.is_none() && low.is_some_and(|low| value.number >= low) => Some(Flag::Within),
        Some(_) => None,
    }
}

/// The range of what is usual; ranges for goals or for other people are no measure. Where a laboratory sends those of all ages, which of them is the
/// person's is for the laboratory to say, and its flag does.
pub(super) fn usual(finding: &Finding) -> Option<&Range> {
    let has_limits = |range: &&Range| range.applies_to.is_none() && (range.low.is_some() || range.high.is_some());
    let mut plain = finding.ranges.iter().filter(has_limits).peekable();
    let first = plain.next()?;
    let is_one_of_ages = plain.peek().is_some() && finding.ranges.iter().filter(has_limits).any(|its| its.is_for_age);
    (!is_one_of_ages).then_some(first)
}

/// Whether the flag says that something is not as usual.
pub(super) fn is_outside(flag: Flag) -> bool {
    matches!(flag, Flag::High | Flag::VeryHigh | Flag::Low | Flag::VeryLow | Flag::Abnormal | Flag::VeryAbnormal)
}

/// Whether somebody should have called about it.
pub(super) fn is_far_outside(flag: Flag) -> bool {
    matches!(flag, Flag::VeryHigh | Flag::VeryLow | Flag::VeryAbnormal)
}

/// A number that was measured; only these are compared to what is usual among the healthy.
pub(super) fn is_measured(finding: &Finding) -> bool {
    matches!(finding.value, Value::Quantity(_))
}

/// How far from the usual an answer is, for the one mark on it in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outside {
    /// Not as usual.
    Some,
    /// Far from it.
    Far,
}

/// How far the farthest of these findings is from the usual, whether they are numbers or words; `None` where nothing is said to be outside.
pub(super) fn outside<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<Outside> {
    let all = findings.flat_map(|finding| std::iter::once(finding).chain(&finding.parts));
    let flags = all.filter_map(level).filter(|flag| is_outside(*flag));
    flags.map(|flag| if is_far_outside(flag) { Outside::Far } else { Outside::Some }).max()
}

/// What is sampled so often that nobody asks what was examined.
const BLOOD: [&str; 4] = ["blod", "blood", "serum", "plasma"];

/// What was examined, where the name alone does not say ("Utseende"); nothing for an analysis we have a plain name for, and for blood.
pub(super) fn specimen_to_name(name: &Name) -> Option<&str> {
    let specimen = name.specimen.as_deref().map(str::trim).filter(|_| name.analysis.is_none())?;
    let (said, lower) = (name.source.as_deref()?.to_lowercase(), specimen.to_lowercase());
    let first = lower.split([' ', ',']).next().filter(|word| !word.is_empty())?;
    let is_clear = said.contains(first) || BLOOD.iter().any(|blood| lower.contains(blood));
    (!is_clear).then_some(specimen)
}

/// Numbers of a report, for one line about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    /// Values with something to compare to.
    pub compared: usize,
    /// Of them not as usual.
    pub outside: usize,
}

/// Counts the values of a report that can be compared to the usual.
pub(super) fn counts<'a>(findings: impl Iterator<Item = &'a Finding>) -> Counts {
    let comparable = |flag: &Flag| is_outside(*flag) || *flag == Flag::Within;
    let all = findings.flat_map(|finding| std::iter::once(finding).chain(&finding.parts));
    let flags = all.filter(|finding| is_measured(finding)).filter_map(level);
    flags.filter(comparable).fold(Counts::default(), |counts, flag| Counts {
        compared: counts.compared + 1,
        outside: counts.outside + usize::from(is_outside(flag)),
    })
}

/// A value of a series that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn<'a> {
    /// When.
    pub at: Timestamp,
    /// The number.
    pub number: f64,
    /// All of it.
    pub finding: &'a Finding,
}

/// The values that can be drawn together, the oldest first: numbers in the unit of the newest. A "less than" is drawn at its limit.
pub(super) fn drawn(newest_first: &[Finding]) -> Vec<Drawn<'_>> {
    let quantity = |finding: &Finding| match (&finding.value, finding.state) {
        (_, State::Withdrawn | State::Cancelled) => None,
        (Value::Quantity(quantity), _) => Some((quantity.number, quantity.unit.clone())),
        _ => None,
    };
    let Some((_, unit)) = newest_first.iter().find_map(quantity) else { return Vec::new() };
    let mut out: Vec<Drawn<'_>> = newest_first
        .iter()
        .filter_map(|finding| {
            let (number, _) = quantity(finding).filter(|(_, own)| *own == unit)?;
            Some(Drawn { at: when_found(finding)?, number, finding })
        })
        .collect();
    out.sort_by_key(|drawn| drawn.at);
    out
}

/// A comparator, digits and unit are what people read of a series' newest range; `None` when it has no limits in that unit.
pub(super) fn band(drawn: &[Drawn<'_>]) -> Option<(Option<f64>, Option<f64>)> {
    let newest = drawn.last()?.finding;
    let Value::Quantity(value) = &newest.value else { return None };
    let range = usual(newest)?;
    let limit = |limit: &Option<Quantity>| limit.as_ref().filter(|limit| limit.unit == value.unit).map(|l| l.number);
    let band = (limit(&range.low), limit(&range.high));
    (band != (None, None)).then_some(band)
}

/// The newest value of each analysis, of values that come with the newest first. Two are of one analysis when they share a code.
#[derive(Debug, Default)]
pub(super) struct Newest {
    codes: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Newest {
    /// Takes a value in, if it is the first of its analysis. One whose codes name no system cannot be found again and is not taken, but known; one that was
    /// withdrawn is as if it never was.
    pub(super) fn take(&mut self, finding: Finding) {
        if finding.state == State::Withdrawn {
            return;
        }
        let is_known = finding.name.codes.iter().any(|code| self.codes.contains(code));
        self.codes.extend(finding.name.codes.iter().cloned());
        if !is_known && finding.name.code.is_some() {
            self.findings.push(finding);
        }
    }

    /// All codes of the values that were taken in, as `system|code`.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(String::as_str)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    /// The values, the newest first.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
