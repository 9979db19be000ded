//! The access log in plain words: what is one thing for a person is one line, however many requests it took.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_store::{AuditAction, AuditOutcome, AuditRecord};

/// Look-ups of the same kind by the same one within this time are one line.
const SAME_OCCASION: SignedDuration = SignedDuration::from_mins(10);

/// One item that entries may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    resource_type: ResourceType,
    id: ResourceId,
}

impl Named {
    /// From `Type/id`; `None` for anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (name, id) = text.split_once('/')?;
        Some(Self { resource_type: ResourceType::from_name(name)?, id: id.parse().ok()? })
    }

    /// Type and id.
    pub(super) const fn parts(&self) -> (ResourceType, &ResourceId) {
        (self.resource_type, &self.id)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.resource_type, self.id)
    }
}

/// Who looked, from the reader's point of view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// The one who reads the log.
    You,
    /// Another citizen, by name. Names are shown, numbers never (domain.md section 1.5).
    Person(String),
    /// Health personnel: name, role and organisation.
    Personnel(String),
    /// A source system, by name.
    System(String),
    /// Those who run the installation.
    Admin,
    /// This platform's own work.
    Platform,
}

/// What was done, in the words a person would use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// Looked at it.
    Viewed,
    /// Looked at earlier versions.
    ViewedHistory,
    /// Booked.
    Booked,
    /// Moved.
    Moved,
    /// Called off.
    Cancelled,
    /// Put in, changed or removed, as a system does.
    Wrote,
    /// Took out in bulk.
    Exported,
    /// Asked who can see it.
    AskedWhoSees,
    /// Tried what the rules say of a case, without looking.
    Simulated,
    /// Tried, and was refused.
    Refused,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The latest time it happened.
    pub at: Timestamp,
    /// Who.
    pub who: Who,
    /// What.
    pub did: Did,
    /// Key of the kind of information.
    pub service: String,
    /// Purpose code (HL7 v3 ActReason).
    pub purpose: String,
    /// The rule that decided.
    pub rule: String,
    /// How many look-ups the line stands for.
    pub count: u32,
    /// Time and number of each, the latest first.
    pub entries: Vec<(Timestamp, u64)>,
}

/// Lines for the one who reads, from entries newest first. What one does to see one's own front page or this log is part of it,
/// and shown like all else.
pub(super) fn lines(entries: &[AuditRecord], reader: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.outcome != AuditOutcome::NotFound) {
        let line = line(entry, reader);
        let near = |earlier: &&mut Line| {
            let same = (&earlier.who, earlier.did, &earlier.service) == (&line.who, line.did, &line.service);
            same && earlier.at.duration_since(line.at) <= SAME_OCCASION
        };
        match lines.iter_mut().rev().take(12).find(near) {
            Some(earlier) => {
                earlier.count += 1;
                earlier.entries.extend(line.entries);
            }
            None => lines.push(line),
        }
    }
    lines
}

fn line(entry: &AuditRecord, reader: &str) -> Line {
    let who = match entry.actor_kind.as_str() {
        "citizen" if entry.actor_patient.as_deref() == Some(reader) => Who::You,
        "citizen" => Who::Person(entry.actor_name.clone()),
        "personnel" => Who::Personnel(entry.actor_name.clone()),
        "admin" => Who::Admin,
        "platform" => Who::Platform,
        _ => Who::System(entry.actor_name.clone()),
    };
    Line {
        at: entry.at,
        who,
        did: did(entry),
        service: entry.service.clone().unwrap_or_else(|| "other-health".to_owned()),
        purpose: entry.purpose.clone(),
        rule: entry.rule.clone(),
        count: 1,
        entries: vec![(entry.at, entry.seq)],
    }
}

fn did(entry: &AuditRecord) -> Did {
    if entry.outcome == AuditOutcome::Refused {
        return Did::Refused;
    }
    match (entry.action, entry.interaction.as_str()) {
        (_, "who-sees.service" | "who-sees.item") => Did::AskedWhoSees,
        _ if entry.purpose == "SIMULATE" => Did::Simulated,
        (AuditAction::Read | AuditAction::Search | AuditAction::AccessLog, _) => Did::Viewed,
        (AuditAction::History, _) => Did::ViewedHistory,
        (AuditAction::Export, _) => Did::Exported,
        (_, "appointments.book") => Did::Booked,
        (_, "appointments.change") => Did::Moved,
        (_, "appointments.cancel") => Did::Cancelled,
        _ => Did::Wrote,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seconds: i64, kind: &str, action: AuditAction) -> AuditRecord {
        AuditRecord {
            seq: 1,
            at: Timestamp::from_second(1_700_000_000 + seconds).unwrap(),
            actor_kind: kind.to_owned(),
            actor_name: "Kari".to_owned(),
            actor_patient: (kind == "citizen").then(|| "p1".to_owned()),
            acting_for: None,
            patient: Some("p1".to_owned()),
            action,
            interaction: "read".to_owned(),
            resource_type: "Appointment".to_owned(),
            resource_id: None,
            query: None,
            count: 1,
            service: Some("visits".to_owned()),
            rule: "VI-1".to_owned(),
            purpose: "PATRQT".to_owned(),
            outcome: AuditOutcome::Done,
            personnel: None,
        }
    }

    #[test]
    fn an_item_is_named_by_its_type_and_id_and_anything_else_is_none() {
        assert_eq!(Named::read("DocumentReference/d1").unwrap().to_string(), "DocumentReference/d1");
        for strange in ["", "d1", "Nothing/d1", "DocumentReference/", "DocumentReference/<b>"] {
            assert_eq!(Named::read(strange), None, "{strange}");
        }
    }

    #[test]
    fn ten_requests_of_one_page_are_one_line() {
        let entries: Vec<_> = (0..10).rev().map(|s| entry(s, "citizen", AuditAction::Read)).collect();
        let lines = lines(&entries, "p1");
        assert_eq!((lines.len(), lines[0].count, &lines[0].who), (1, 10, &Who::You));
        assert_eq!(lines[0].entries.len(), 10, "each has its proof");
        assert!(lines[0].entries.is_sorted_by(|later, earlier| later.0 > earlier.0));
    }

    #[test]
    fn what_happened_another_time_or_by_another_is_a_line_of_its_own() {
        let entries = [
            entry(5000, "citizen", AuditAction::Read),
            entry(4990, "source-system", AuditAction::Create),
            entry(0, "citizen", AuditAction::Read),
        ];
        let lines = lines(&entries, "p2");
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].who, Who::Person("Kari".to_owned()));
        assert_eq!(
            super::lines(&[entry(0, "personnel", AuditAction::Read)], "p2")[0].who,
            Who::Personnel("Kari".to_owned())
        );
        assert_eq!((&lines[1].who, lines[1].did), (&Who::System("Kari".to_owned()), Did::Wrote));
    }

    #[test]
    fn a_refusal_is_shown_as_one_and_what_was_not_there_is_not_shown() {
        let refused = AuditRecord { outcome: AuditOutcome::Refused, ..entry(9, "citizen", AuditAction::Read) };
        let missing = AuditRecord { outcome: AuditOutcome::NotFound, ..entry(8, "citizen", AuditAction::Read) };
        let lines = lines(&[refused, missing], "p2");
        assert_eq!((lines.len(), lines[0].did), (1, Did::Refused));
    }
}
