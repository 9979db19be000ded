//! Whether one resource is what a search looks for, by what the index would keep of it. For those who must know before it is stored.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};

use super::query::{Clause, DateMatch, Match, NumberMatch, Prefix, Query};
use crate::ResourceType;
use crate::index::{IndexEntries, IndexValue, fold};

/// A resource, as far as a search sees it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'c> {
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: &'c ResourceId,
    /// Whose it is.
    pub patient: Option<&'c PatientId>,
    /// When it is written.
    pub updated: Timestamp,
    /// What it is to be found by.
    pub index: &'c IndexEntries,
}

/// Whether a search can be answered by [`matches`]: chains, quantities and what asks for absence need the database.
pub fn is_decidable(query: &Query) -> bool {
    query.chains.is_empty()
        && query.clauses.iter().all(|clause| match clause {
            Clause::Id(_) | Clause::LastUpdated(_) | Clause::Patient(_) => true,
            Clause::Any { matches, .. } => matches.iter().all(is_plain),
            _ => false,
        })
}

const fn is_plain(wanted: &Match) -> bool {
    matches!(
        wanted,
        Match::Token { .. }
            | Match::StringStarts(_)
            | Match::StringContains(_)
            | Match::StringExact(_)
            | Match::Reference { .. }
            | Match::Uri(_)
            | Match::Date(_)
            | Match::Number(_)
    )
}

/// Whether the resource is what a decidable search looks for; never for one that is not ([`is_decidable`]).
pub fn matches(query: &Query, candidate: &Candidate<'_>) -> bool {
    query.resource_type == candidate.resource_type
        && query.chains.is_empty()
        && query.clauses.iter().all(|clause| holds(clause, candidate))
}

fn holds(clause: &Clause, candidate: &Candidate<'_>) -> bool {
    match clause {
        Clause::Id(ids) => ids.contains(candidate.id),
        Clause::Patient(patients) => candidate.patient.is_some_and(|patient| patients.contains(patient)),
        Clause::LastUpdated(dates) => {
            let micros = candidate.updated.as_microsecond();
            dates.iter().all(|date| is_in_span(date, micros, micros))
        }
        Clause::Any { param, matches, negate } => {
            let values = || candidate.index.entries.iter().filter(|entry| entry.param == *param);
            let any = matches.iter().any(|wanted| values().any(|entry| is(wanted, &entry.value)));
            matches.iter().all(is_plain) && any != *negate
        }
        _ => false,
    }
}

fn is(wanted: &Match, value: &IndexValue) -> bool {
    match (wanted, value) {
        (Match::Token { system, code }, IndexValue::Token { system: in_system, code: found }) => {
            system.as_ref().is_none_or(|system| system == in_system) && code.as_ref().is_none_or(|code| code == found)
        }
        (Match::StringStarts(start), IndexValue::String { folded, .. }) => folded.starts_with(start.as_str()),
        (Match::StringContains(part), IndexValue::String { folded, .. }) => folded.contains(part.as_str()),
        (Match::StringExact(text), IndexValue::String { folded, exact }) => exact == text && *folded == fold(text),
        (Match::Reference { target, id }, IndexValue::Reference { target: of, id: found }) => {
            target.is_none_or(|target| target == *of) && id.as_str() == found
        }
        (Match::Uri(uri), IndexValue::Uri(found)) => uri == found,
        (Match::Date(date), IndexValue::Date { low_micros, high_micros }) => {
            is_in_span(date, *low_micros, *high_micros)
        }
        (Match::Number(number), IndexValue::Number { low, high }) => is_number(number, *low, *high),
        _ => false,
    }
}

/// Both are spans (R4 search, section 3.1.1.4.7).
fn is_in_span(date: &DateMatch, low: i64, high: i64) -> bool {
    let (from, to) = (date.low_micros, date.high_micros);
    match date.prefix {
        Prefix::Eq => low >= from && high <= to,
        Prefix::Ne => low < from || high > to,
        Prefix::Gt => high > to,
        Prefix::Lt => low < from,
        Prefix::Ge => low >= from || high > to,
        Prefix::Le => high <= to || low < from,
        Prefix::Sa => low > to,
        Prefix::Eb => high < from,
        Prefix::Ap => low <= to && high >= from,
    }
}

/// Equality looks at spans, the other comparisons at the number itself, which is the middle of its span; what has no end may be anything
/// up to it. The slack forgives rounding.
fn is_number(number: &NumberMatch, low: f64, high: f64) -> bool {
    let slack = number.value.abs() * 1e-12 + 1e-12;
    let (above, under) = (number.value + slack, number.value - slack);
    let open = low <= f64::MIN || high >= f64::MAX;
    let (least, most) = if open { (low, high) } else { (f64::midpoint(low, high), f64::midpoint(low, high)) };
    let tenth = number.value.abs() / 10.0;
    match number.prefix {
        Prefix::Eq => low >= number.low - slack && high <= number.high + slack,
        Prefix::Ne => low < number.low - slack || high > number.high + slack,
        Prefix::Gt => most > above,
        Prefix::Lt => least < under,
        Prefix::Ge => most >= under,
        Prefix::Le => least <= above,
        Prefix::Sa => least > above,
        Prefix::Eb => most < under,
        Prefix::Ap => most >= under - tenth && least <= above + tenth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{SearchOptions, parse};
    use crate::{Limits, Parsed, compartment_patient, index};

    const BODY: &str = r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"urn:c","code":"vekt"}]},
        "subject":{"reference":"Patient/kari"},"performer":[{"reference":"Practitioner/lege"}],"effectiveDateTime":"2026-05","method":{"text":"x"}}"#;

    fn query(text: &str) -> Query {
        let pairs: Vec<(String, String)> = text
            .split('&')
            .map(|pair| pair.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap())
            .collect();
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let options = SearchOptions { max_count: 10, default_count: 10, lenient: false, now };
        parse(ResourceType::OBSERVATION, &pairs, &options).unwrap()
    }

    #[test]
    fn a_resource_is_told_from_others_as_a_search_would() {
        let parsed = Parsed::parse(BODY.as_bytes(), &Limits::default()).unwrap();
        let (index, patient) = (index::extract(&parsed), compartment_patient(&parsed));
        let id = "o1".parse().unwrap();
        let candidate = Candidate {
            resource_type: ResourceType::OBSERVATION,
            id: &id,
            patient: patient.as_ref(),
            updated: "2026-06-01T12:00:00Z".parse().unwrap(),
            index: &index,
        };
        for (text, expected) in [
            ("code=vekt", true),
            ("code=urn:c|vekt", true),
            ("code=urn:d|vekt", false),
            ("code=puls,vekt", true),
            ("code:not=vekt", false),
            ("code:not=puls", true),
            ("patient=kari", true),
            ("patient=ola", false),
            ("subject=Patient/kari&status=final", true),
            ("subject=Patient/kari&status=preliminary", false),
            ("performer=Practitioner/lege", true),
            ("performer=Practitioner/annen", false),
            ("date=2026", true),
            ("date=2026-05-01", false),
            ("date=ge2026-05-15", true),
            ("date=lt2026-05", false),
            ("_id=o1,o2", true),
            ("_lastUpdated=2026-06-01", true),
            ("_lastUpdated=gt2026-06-02", false),
        ] {
            let query = query(text);
            assert!(is_decidable(&query), "{text}");
            assert_eq!(matches(&query, &candidate), expected, "{text}");
        }
        for text in ["patient.name=x", "value-quantity=5", "code:missing=true"] {
            assert!(!is_decidable(&query(text)) && !matches(&query(text), &candidate), "{text}");
        }
    }

    #[test]
    fn what_has_no_end_is_compared_by_the_end_it_has() {
        let up_to_five = (f64::MIN, 5.0);
        let from_five = (5.0, f64::MAX);
        let five = (4.5, 5.5);
        for (prefix, value, span, expected) in [
            (Prefix::Gt, 3.0, up_to_five, true),
            (Prefix::Gt, 6.0, up_to_five, false),
            (Prefix::Eb, 6.0, up_to_five, true),
            (Prefix::Eb, 3.0, up_to_five, false),
            (Prefix::Lt, 6.0, from_five, true),
            (Prefix::Sa, 3.0, from_five, true),
            (Prefix::Sa, 6.0, from_five, false),
            (Prefix::Eq, 5.0, from_five, false),
            (Prefix::Gt, 5.0, five, false),
            (Prefix::Lt, 5.0, five, false),
            (Prefix::Ge, 5.0, five, true),
            (Prefix::Le, 5.0, five, true),
            (Prefix::Ap, 5.4, five, true),
            (Prefix::Ap, 6.0, five, false),
        ] {
            let number = NumberMatch { prefix, value, low: value - 0.5, high: value + 0.5 };
            assert_eq!(is_number(&number, span.0, span.1), expected, "{prefix:?} {value} {span:?}");
        }
    }
}
