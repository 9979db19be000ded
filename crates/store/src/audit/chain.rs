//! Bytes and hashes of log entries: the same on every engine.
//!
//! `hash = SHA-256(hash of the entry before || bytes of the entry)`; the first follows 32 zero bytes. The bytes hold
//! everything the entry says, its number and time too, so that no column can be changed without the chain telling.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::AuditDraft;
use super::nonce::{NONCE_BYTES, nonce};
use crate::types::{AuditAction, AuditOutcome, AuditRecord, LoggedPersonnel};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// First byte of every entry, so that the form can change: 1 ends with the last field, 2 with random bytes after it. An entry of health
/// personnel has form 3: before the random bytes, how many more fields there are, and the fields.
const FORM: u8 = 2;
const FORM_WITHOUT_NONCE: u8 = 1;
const FORM_OF_PERSONNEL: u8 = 3;
/// Fields about health personnel.
const PERSONNEL_FIELDS: u8 = 7;

/// Where the chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Entries so far; also the number of the last.
    pub(crate) count: u64,
    /// Hash of the last.
    pub(crate) hash: Hash,
}

impl Head {
    /// Before the first entry.
    pub(crate) const START: Self = Self { count: 0, hash: [0; 32] };

    /// The head after an entry with these bytes.
    pub(crate) fn after(&self, body: &[u8]) -> Self {
        let mut sha = Sha256::new();
        sha.update(self.hash);
        sha.update(body);
        Self { count: self.count + 1, hash: sha.finalize().into() }
    }

    /// As one line of text: count and hash in hexadecimal.
    pub(crate) fn to_line(self) -> String {
        let mut line = self.count.to_string();
        line.push(' ');
        for byte in self.hash {
            line.push_str(&format!("{byte:02x}"));
        }
        line.push('\n');
        line
    }

    /// Reads what [`Head::to_line`] wrote.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let (count, hex) = line.trim_end().split_once(' ')?;
        let mut hash = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self { count: count.parse().ok()?, hash })
    }
}

/// The canonical bytes of an entry.
pub(crate) fn encode(draft: &AuditDraft, seq: u64, at_micros: i64, out: &mut Vec<u8>) {
    out.clear();
    let context = &draft.context;
    out.push(if context.personnel.is_some() { FORM_OF_PERSONNEL } else { FORM });
    out.extend_from_slice(&seq.to_le_bytes());
    out.extend_from_slice(&at_micros.to_le_bytes());
    out.push(draft.action as u8);
    out.push(draft.outcome as u8);
    out.extend_from_slice(&draft.count.to_le_bytes());
    for field in [
        context.actor_kind,
        &context.actor_name,
        context.actor_patient.as_ref().map_or("", |p| p.as_str()),
        context.acting_for.as_ref().map_or("", |p| p.as_str()),
        draft.patient.as_ref().map_or("", |p| p.as_str()),
        context.interaction,
        draft.resource_type.map_or("", |t| t.name()),
        draft.resource_id.as_deref().unwrap_or_default(),
        draft.query.as_deref().unwrap_or_default(),
        draft.service.map_or("", |s| s.key()),
        draft.rule.0,
        context.purpose,
    ] {
        put(out, field);
    }
    if let Some(personnel) = &context.personnel {
        put_personnel(out, personnel);
    }
    out.extend_from_slice(&nonce());
}

fn put_personnel(out: &mut Vec<u8>, personnel: &LoggedPersonnel) {
    out.push(PERSONNEL_FIELDS);
    for field in [
        &*personnel.hpr_number,
        &personnel.role,
        &personnel.organization,
        personnel.legal_entity.as_deref().unwrap_or_default(),
        personnel.point_of_care.as_deref().unwrap_or_default(),
        personnel.decision_ref.as_deref().unwrap_or_default(),
        &personnel.system,
    ] {
        put(out, field);
    }
}

/// Whether an entry has the random bytes without which what it says could be guessed from its hash.
pub(crate) fn is_unguessable(body: &[u8]) -> bool {
    matches!(body.first(), Some(&(FORM | FORM_OF_PERSONNEL)))
}

/// An entry's bytes with another number: one that was written before its number was known.
pub(crate) fn numbered(body: &[u8], seq: u64) -> Option<Vec<u8>> {
    let mut body = body.to_vec();
    columns(&body)?;
    body.get_mut(1..9)?.copy_from_slice(&seq.to_le_bytes());
    Some(body)
}

/// A field with its length before it, so that no two entries have the same bytes. Fields are cut at 1,000 bytes.
fn put(out: &mut Vec<u8>, field: &str) {
    const LONGEST_BYTES: usize = 1_000;
    let mut end = field.len().min(LONGEST_BYTES);
    while !field.is_char_boundary(end) {
        end -= 1;
    }
    let bytes = field.as_bytes().get(..end).unwrap_or_default();
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(0).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Reads an entry back; `None` when the bytes are no entry.
pub(crate) fn decode(body: &[u8]) -> Option<AuditRecord> {
    let mut rest = Reader(body);
    let form = rest.form()?;
    let seq = u64::from_le_bytes(rest.take(8)?.try_into().ok()?);
    let at = Timestamp::from_microsecond(i64::from_le_bytes(rest.take(8)?.try_into().ok()?)).ok()?;
    let action = action(*rest.take(1)?.first()?)?;
    let outcome = outcome(*rest.take(1)?.first()?)?;
    let count = u32::from_le_bytes(rest.take(4)?.try_into().ok()?);
    let mut text = || rest.text();
    let some = |text: String| (!text.is_empty()).then_some(text);
    let record = AuditRecord {
        seq,
        at,
        action,
        outcome,
        count,
        actor_kind: text()?,
        actor_name: text()?,
        actor_patient: some(text()?),
        acting_for: some(text()?),
        patient: some(text()?),
        interaction: text()?,
        resource_type: text()?,
        resource_id: some(text()?),
        query: some(text()?),
        service: some(text()?),
        rule: text()?,
        purpose: text()?,
        personnel: None,
    };
    let personnel = if form == FORM_OF_PERSONNEL { Some(personnel(&mut rest)?) } else { None };
    let left = if form == FORM_WITHOUT_NONCE { 0 } else { NONCE_BYTES };
    (rest.0.len() == left).then_some(AuditRecord { personnel, ..record })
}

/// The fields about health personnel. What a later version adds after them is passed over.
fn personnel(rest: &mut Reader<'_>) -> Option<LoggedPersonnel> {
    let fields = *rest.take(1)?.first()?;
    let mut text = || rest.text().map(String::into_boxed_str);
    let some = |text: Box<str>| (!text.is_empty()).then_some(text);
    let personnel = LoggedPersonnel {
        hpr_number: text()?,
        role: text()?,
        organization: text()?,
        legal_entity: some(text()?),
        point_of_care: some(text()?),
        decision_ref: some(text()?),
        system: text()?,
    };
    for _ in 0..fields.checked_sub(PERSONNEL_FIELDS)? {
        rest.bytes()?;
    }
    Some(personnel)
}

/// Number, instant in microseconds and patient (empty for nobody) of an entry, without reading the rest.
pub(crate) fn columns(body: &[u8]) -> Option<(u64, i64, &str)> {
    let mut rest = Reader(body);
    rest.form()?;
    let seq = u64::from_le_bytes(rest.take(8)?.try_into().ok()?);
    let at_micros = i64::from_le_bytes(rest.take(8)?.try_into().ok()?);
    rest.take(6)?;
    // Kind and name of the actor, the actor's own patient, whom they act for.
    for _ in 0..4 {
        rest.bytes()?;
    }
    Some((seq, at_micros, std::str::from_utf8(rest.bytes()?).ok()?))
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The first byte, when it is one we know.
    fn form(&mut self) -> Option<u8> {
        let form = *self.take(1)?.first()?;
        matches!(form, FORM | FORM_WITHOUT_NONCE | FORM_OF_PERSONNEL).then_some(form)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_le_bytes(self.take(2)?.try_into().ok()?);
        self.take(usize::from(length))
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
}

fn action(number: u8) -> Option<AuditAction> {
    use AuditAction as A;
    [A::Read, A::Search, A::History, A::Create, A::Update, A::Delete, A::Export, A::Import, A::AccessLog]
        .into_iter()
        .find(|action| *action as u8 == number)
}

fn outcome(number: u8) -> Option<AuditOutcome> {
    use AuditOutcome as O;
    [O::Done, O::Refused, O::NotFound].into_iter().find(|outcome| *outcome as u8 == number)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use varde_rights::{RuleId, Service};

    use super::*;
    use crate::audit::AuditContext;

    fn draft() -> AuditDraft {
        AuditDraft {
            context: Arc::new(AuditContext {
                actor_kind: "citizen",
                actor_name: "Kari Nordmann".into(),
                actor_patient: "p1".parse().ok(),
                acting_for: "p2".parse().ok(),
                interaction: "read",
                purpose: "PATRQT",
                personnel: None,
            }),
            patient: "p2".parse().ok(),
            action: AuditAction::Read,
            resource_type: None,
            resource_id: Some("a1".into()),
            query: None,
            count: 1,
            service: Some(Service::Person),
            rule: RuleId("PE-2"),
            outcome: AuditOutcome::Done,
        }
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let mut bytes = Vec::new();
        encode(&draft(), 7, 1_000_000, &mut bytes);
        let record = decode(&bytes).expect("an entry");
        assert_eq!((record.seq, record.at.to_string().as_str()), (7, "1970-01-01T00:00:01Z"));
        assert_eq!((record.patient.as_deref(), record.rule.as_str(), record.query), (Some("p2"), "PE-2", None));
        assert!(decode(&bytes[..bytes.len() - 1]).is_none());
        assert_eq!(columns(&bytes), Some((7, 1_000_000, "p2")));
        let later = numbered(&bytes, 9).expect("an entry");
        assert_eq!(decode(&later), Some(AuditRecord { seq: 9, ..decode(&bytes).expect("an entry") }));
    }

    #[test]
    fn two_equal_entries_have_unlike_hashes_and_one_of_the_older_form_is_still_read() {
        let (mut bytes, mut other) = (Vec::new(), Vec::new());
        encode(&draft(), 7, 1_000_000, &mut bytes);
        encode(&draft(), 7, 1_000_000, &mut other);
        assert_ne!(bytes, other);
        assert_eq!(decode(&bytes), decode(&other));
        bytes.truncate(bytes.len() - NONCE_BYTES);
        assert!(decode(&bytes).is_none(), "the random bytes are part of the form");
        bytes[0] = FORM_WITHOUT_NONCE;
        assert_eq!(decode(&bytes), decode(&other));
        assert!(is_unguessable(&other) && !is_unguessable(&bytes));
    }

    #[test]
    fn health_personnel_are_kept_by_number_and_a_later_field_is_passed_over() {
        let personnel = LoggedPersonnel {
            hpr_number: "9144900".into(),
            role: "Lege".into(),
            organization: "Tromsø sykehus".into(),
            legal_entity: Some("983971709".into()),
            point_of_care: None,
            decision_ref: Some("visit-7".into()),
            system: "EHR".into(),
        };
        let plain = draft();
        let context = AuditContext { personnel: Some(personnel.clone()), ..(*plain.context).clone() };
        let mut bytes = Vec::new();
        encode(&AuditDraft { context: Arc::new(context), ..plain }, 7, 1_000_000, &mut bytes);
        assert_eq!(decode(&bytes).and_then(|record| record.personnel).as_ref(), Some(&personnel));
        assert_eq!(columns(&bytes), Some((7, 1_000_000, "p2")));
        assert!(is_unguessable(&bytes) && numbered(&bytes, 8).is_some());
        assert!(decode(&bytes[..bytes.len() - 1]).is_none());
        let nonce = bytes.split_off(bytes.len() - NONCE_BYTES);
        let place =
            bytes.windows(9).position(|window| window == b"\x07\x07\x009144900"[..9].as_ref()).expect("the count");
        bytes[place] = PERSONNEL_FIELDS + 1;
        put(&mut bytes, "more");
        bytes.extend(nonce);
        assert_eq!(decode(&bytes).and_then(|record| record.personnel), Some(personnel));
    }

    #[test]
    fn every_byte_of_an_entry_counts_in_the_hash() {
        let mut bytes = Vec::new();
        encode(&draft(), 1, 0, &mut bytes);
        let hash = Head::START.after(&bytes).hash;
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1;
            assert_ne!(Head::START.after(&other).hash, hash, "byte {place}");
        }
    }

    #[test]
    fn a_head_reads_back_from_its_line() {
        let head = Head::START.after(b"x");
        assert_eq!(Head::from_line(&head.to_line()), Some(head));
        assert_eq!(Head::from_line("1 zz"), None);
    }
}
