//! What is decided: what an address asks for, which documents answer to it, in which order and groups. Pure functions.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use varde_base::{ResourceId, norway};

use super::model::{Document, Kind, State, Visit};

/// The first year that can be asked for.
const FIRST_YEAR: i16 = 1900;

/// For how long a document is news on the front page.
const NEWS_DAYS: i64 = 30;

/// How far the next page goes back over the last: more than Norway is ever ahead of UTC.
const OVERLAP: SignedDuration = SignedDuration::from_hours(3);

/// Longest word, unit and time taken from an address, bytes.
const MAX_ASKED_BYTES: usize = 200;

/// What an address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// With this word in what it is called, its kind, its unit or its writers.
    pub word: Option<String>,
    /// Of this year only.
    pub year: Option<i16>,
    /// Of this kind only.
    pub kind: Option<Kind>,
    /// Of this unit only, by its name.
    pub unit: Option<String>,
    /// Only what was written before: where an earlier page ended.
    pub before: Option<String>,
}

impl Choice {
    /// Whether anything is chosen but the page.
    pub(super) fn is_narrow(&self) -> bool {
        self.word.is_some() || self.year.is_some() || self.kind.is_some() || self.unit.is_some()
    }

    /// What a link asks for; what cannot be read is not asked for.
    pub(super) fn read(
        word: Option<String>,
        year: Option<&str>,
        kind: Option<&str>,
        unit: Option<String>,
        before: Option<String>,
    ) -> Self {
        let short = |text: &String| !text.trim().is_empty() && text.len() <= MAX_ASKED_BYTES;
        Self {
            word: word.filter(short).map(|word| word.trim().to_owned()),
            year: year.and_then(|year| year.parse().ok()).filter(|year| (FIRST_YEAR..=9998).contains(year)),
            kind: kind.and_then(kind_named),
            unit: unit.filter(short),
            before: before.filter(|before| before.len() <= MAX_ASKED_BYTES && instant(before).is_some()),
        }
    }
}

/// Kinds with their names in addresses.
pub(super) const KIND_NAMES: [(Kind, &str); 10] = [
    (Kind::Discharge, "discharge"),
    (Kind::Note, "note"),
    (Kind::Plan, "plan"),
    (Kind::Results, "results"),
    (Kind::Images, "images"),
    (Kind::Treatment, "treatment"),
    (Kind::Letter, "letter"),
    (Kind::Certificate, "certificate"),
    (Kind::Own, "own"),
    (Kind::Other, "other"),
];

fn kind_named(name: &str) -> Option<Kind> {
    KIND_NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
}

/// The name of a kind in addresses.
pub(super) fn kind_name(kind: Kind) -> Option<&'static str> {
    KIND_NAMES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// An instant, or the beginning in Norway of a day, a month or a year.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if text.contains('T') {
        return text.parse().ok();
    }
    let day: Date = match text.len() {
        4 => format!("{text}-01-01").parse().ok()?,
        7 => format!("{text}-01").parse().ok()?,
        _ => text.parse().ok()?,
    };
    Some(day.to_zoned(norway().clone()).ok()?.timestamp())
}

/// When a document was written.
pub(super) fn when(document: &Document) -> Option<Timestamp> {
    instant(document.date.as_deref()?)
}

/// The year in Norway of an instant.
pub(super) fn year(instant: Timestamp) -> i16 {
    norway().to_datetime(instant).year()
}

/// Two lists as one, the newest first. A list that goes on further back ends where its last document is, and the other has to stop there too, or some of
/// the first would be passed over; the moment is the one before which the next page looks. It goes back over the last hours, so that what has the same
/// time, or only a day, which a search counts from another midnight, comes twice rather than never.
pub(super) fn merged(lists: [(Vec<Document>, bool); 2]) -> (Vec<Document>, Option<Timestamp>) {
    let ends = lists.iter().filter(|(_, goes_on)| *goes_on).filter_map(|(list, _)| list.iter().filter_map(when).min());
    let end = ends.max();
    let mut all: Vec<Document> = lists.into_iter().flat_map(|(list, _)| list).collect();
    all.retain(|document| end.is_none_or(|end| when(document).is_some_and(|at| at >= end)));
    all.sort_by(|a, b| when(b).cmp(&when(a)).then_with(|| a.form.cmp(&b.form)).then_with(|| a.id.cmp(&b.id)));
    let newest = all.iter().find_map(when);
    let next = end.map(|end| match end.checked_add(OVERLAP) {
        Ok(later) if newest.is_some_and(|newest| newest > later) => later,
        _ => end,
    });
    (all, next)
}

/// Whether a document answers to what is chosen; `kind_words` is what its kind is called in the reader's language.
pub(super) fn answers(document: &Document, choice: &Choice, kind_words: &str) -> bool {
    let of_year = choice.year.is_none_or(|chosen| when(document).map(year) == Some(chosen));
    let of_kind = choice.kind.is_none_or(|kind| document.kind == kind);
    let of_unit = choice.unit.is_none() || document.unit == choice.unit;
    let of_word = choice.word.as_deref().is_none_or(|word| {
        let word = word.to_lowercase();
        let shown = document.state != State::Withdrawn;
        let title = document.title.as_deref().filter(|_| shown);
        let texts =
            title.into_iter().chain(document.unit.as_deref()).chain(document.authors.iter().map(String::as_str));
        texts.chain([kind_words]).any(|text| text.to_lowercase().contains(&word))
    });
    of_year && of_kind && of_unit && of_word
}

/// Some documents that stand together in the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The visit they were written at; `None` for those that belong to none.
    pub visit: Option<Visit>,
    /// The documents, the newest first.
    pub documents: Vec<Document>,
}

/// The documents of a year, those of one visit together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Year {
    /// The year; `None` for those without a date.
    pub year: Option<i16>,
    /// Its groups, each where its newest document is.
    pub groups: Vec<Group>,
}

/// Documents by year and visit. A visit that the reader may not see groups nothing.
pub(super) fn grouped(documents: Vec<Document>, visits: &BTreeMap<ResourceId, Visit>) -> Vec<Year> {
    let mut years: Vec<Year> = Vec::new();
    for document in documents {
        let of = when(&document).map(year);
        let visit = document.visit.as_ref().and_then(|id| visits.get(id));
        if let Some(visit) = visit {
            let mut groups = years.iter_mut().flat_map(|year| &mut year.groups);
            if let Some(group) = groups.find(|group| group.visit.as_ref().is_some_and(|its| its.id == visit.id)) {
                group.documents.push(document);
                continue;
            }
        }
        if years.last().is_none_or(|last| last.year != of) {
            years.push(Year { year: of, groups: Vec::new() });
        }
        let Some(last) = years.last_mut() else { continue };
        match last.groups.last_mut().filter(|group| visit.is_none() && group.visit.is_none()) {
            Some(group) => group.documents.push(document),
            None => last.groups.push(Group { visit: visit.cloned(), documents: vec![document] }),
        }
    }
    years
}

/// Names of units in alphabetical order, each once.
pub(super) fn units(documents: &[Document]) -> Vec<String> {
    let mut units: Vec<String> = documents.iter().filter_map(|document| document.unit.clone()).collect();
    units.sort();
    units.dedup();
    units
}

/// How many bytes a text in base64 stands for (RFC 4648, section 4).
pub(super) fn decoded_bytes(base64: &str) -> u64 {
    let letters = base64.trim_end_matches('=').len();
    u64::try_from(letters).unwrap_or(u64::MAX) / 4 * 3 + (u64::try_from(letters % 4).unwrap_or_default() * 3) / 4
}

/// Longest part of a word that is kept whole at its hyphens, in letters: a heading on a narrow phone has room for it.
const MAX_WHOLE: usize = 16;

/// A title whose short parts stay together at their hyphens ("Øre-nese-" before "halspoliklinikken", not "Øre-" before "nese-"): where no line may end
/// stands a word joiner (Unicode, UAX 14), which nobody sees.
pub(super) fn unbroken(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for (number, word) in title.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        let mut whole = 0;
        let mut parts = word.split('-').peekable();
        while let Some(part) = parts.next() {
            out.push_str(part);
            let Some(next) = parts.peek() else { continue };
            out.push('-');
            whole += part.chars().count() + 1;
            let (is_short, is_next_short) = (part.chars().count() <= 2, next.chars().count() <= 4);
            if !next.is_empty() && (is_short || is_next_short) && whole + next.chars().count() <= MAX_WHOLE {
                out.push('\u{2060}');
            } else {
                whole = 0;
            }
        }
    }
    out
}

/// Whether a document is news: finished, and written in the last days.
pub(super) fn is_news(document: &Document, now: Timestamp) -> bool {
    let since = now.checked_sub(SignedDuration::from_hours(24 * NEWS_DAYS)).ok();
    let holds = matches!(document.state, State::Current | State::Amended);
    holds && when(document).is_some_and(|at| at <= now && since.is_some_and(|since| at >= since))
}
