//! How the offices decide, pure: time and luck are parameters, nothing is fetched.

pub(crate) mod earlier;
pub(crate) mod register;
pub(crate) mod request;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::model::{Kind, Stage};

/// One in so many first askings of a renewal wants a blood sample first, and as many a talk.
const RENEWAL_ONE_IN: u64 = 6;

/// Of so many e-consultations one is answered with "book a visit", two with a blood sample, and one with a referral.
const CONSULTATION_ONE_IN: u64 = 6;

/// One in so many reports has a value that the laboratory puts right afterwards.
const CORRECTED_ONE_IN: u64 = 3;

/// One in so many booked times has to be moved.
const MOVED_ONE_IN: u64 = 6;

/// One in so many booked times is called off, since the doctor is away that day.
const CALLED_OFF_ONE_IN: u64 = 12;

/// Of so many referrals one is not taken, and one gives help without a last day.
const REFERRAL_ONE_IN: u64 = 6;

/// Most tries of one step before it is given up.
pub(crate) const MAX_ATTEMPTS: u32 = 8;

/// Longest pause between two tries.
const MAX_PAUSE_SECONDS: i64 = 60;

/// A number that follows from the seed and what it is about, and from nothing else.
pub(crate) fn luck(seed: u64, about: &str) -> u64 {
    let digest = Sha256::digest(format!("{seed}/{about}"));
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// An id that follows from what it is made for, so that it cannot be made twice.
pub(crate) fn made_id(what: &str, of: &str) -> String {
    let digest = Sha256::digest(format!("{what}/{of}"));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("ehr-{hex}")
}

/// How long the offices take before the next step, in seconds of their own clock.
pub(crate) fn wait_seconds(kind: Kind, stage: Stage, luck: u64) -> u32 {
    const MINUTE: u32 = 60;
    let (least, most) = match (kind, stage) {
        (Kind::Renewal, Stage::New) => (2 * MINUTE, 6 * MINUTE),
        (Kind::Renewal, Stage::Taken) => (5 * MINUTE, 20 * MINUTE),
        (Kind::Renewal, _) => (10 * MINUTE, 40 * MINUTE),
        (Kind::Message, Stage::New) => (MINUTE, 3 * MINUTE),
        (Kind::Message, Stage::Taken) => (5 * MINUTE, 25 * MINUTE),
        (Kind::Message, _) => (10 * MINUTE, 60 * MINUTE),
        (Kind::Report, Stage::New) => (60 * MINUTE, 180 * MINUTE),
        (Kind::Report, _) => (90 * MINUTE, 240 * MINUTE),
        (Kind::Booking, _) => (2 * MINUTE, 10 * MINUTE),
        (Kind::Referral, Stage::New) => (10 * MINUTE, 40 * MINUTE),
        (Kind::Referral, _) => (60 * MINUTE, 180 * MINUTE),
        (Kind::Earlier, _) | (Kind::GpChange, _) => (10 * MINUTE, 40 * MINUTE),
        (Kind::Suggestion | Kind::Request, Stage::New) => (2 * MINUTE, 6 * MINUTE),
        (Kind::Suggestion | Kind::Request, Stage::Taken) => (5 * MINUTE, 20 * MINUTE),
        (Kind::Suggestion | Kind::Request, _) => (15 * MINUTE, 45 * MINUTE),
    };
    let span = u64::from(most - least) + 1;
    least.saturating_add(u32::try_from(luck % span).unwrap_or(0))
}

/// When a step is due in the world's time: after `wait_seconds` of a clock that goes `speed` times as fast, and never after the day on
/// which an answer was promised (`end_of_day` of it).
pub(crate) fn due(since: Timestamp, wait_seconds: u32, speed: u32, promised: Option<Timestamp>) -> Timestamp {
    let wait = SignedDuration::from_millis(i64::from(wait_seconds) * 1000 / i64::from(speed.max(1)));
    let due = since.saturating_add(wait).unwrap_or(since);
    promised.map_or(due, |promised| due.min(promised.max(since)))
}

/// How long to wait after the `attempts`-th failure, in the world's time: 1, 2, 4 .. seconds.
pub(crate) fn pause(attempts: u32) -> SignedDuration {
    let seconds = 1_i64.checked_shl(attempts.min(10)).unwrap_or(MAX_PAUSE_SECONDS);
    SignedDuration::from_secs(seconds.min(MAX_PAUSE_SECONDS))
}

/// What is known of a prescription that somebody wants renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prescription<'a> {
    /// `MedicationRequest.status`.
    pub(crate) status: &'a str,
    /// Prescription group (*reseptgruppe*), when the prescription says.
    pub(crate) group: Option<&'a str>,
    /// Meant for a short time only.
    pub(crate) is_short_course: bool,
}

/// What a doctor answers to a wish for renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenewalAnswer {
    /// A new prescription is written.
    Renew,
    /// The doctor wants to talk first; the key of the words.
    Talk(&'static str),
    /// No; the key of the words, and whether a blood sample is ordered.
    Refuse {
        /// Key of the words.
        words: &'static str,
        /// A report will come.
        sample: bool,
    },
}

/// What the doctor answers. `asked_before` is how often the same prescription was asked for and answered by us: who has been to the laboratory, or was
/// told to come, is not sent there again.
pub(crate) fn renewal(prescription: Option<Prescription<'_>>, asked_before: u32, luck: u64) -> RenewalAnswer {
    let no = |words| RenewalAnswer::Refuse { words, sample: false };
    let Some(prescription) = prescription else { return no("renewal-unknown") };
    if matches!(prescription.status, "stopped" | "cancelled" | "entered-in-error") {
        return no("renewal-stopped");
    }
    if matches!(prescription.group, Some("A" | "B")) {
        return RenewalAnswer::Talk("renewal-group-ab");
    }
    if prescription.is_short_course {
        return RenewalAnswer::Talk("renewal-short-course");
    }
    match (asked_before, luck % RENEWAL_ONE_IN) {
        (0, 0) => RenewalAnswer::Refuse { words: "renewal-sample-first", sample: true },
        (0, 1) => RenewalAnswer::Talk("renewal-long-since"),
        _ => RenewalAnswer::Renew,
    }
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// E-consultation.
    Consultation,
    /// A wish for a prescription.
    Prescription,
    /// A copy of the record.
    RecordCopy,
    /// Anything else.
    Contact,
}

/// What an office answers to a message; the key of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageAnswer {
    /// A message back.
    Write(&'static str),
    /// A message back, and a blood sample is ordered; a report will come.
    Sample(&'static str),
    /// A message back, and a referral to a hospital.
    Refer(&'static str),
    /// Not here: book a visit.
    Refuse(&'static str),
}

/// What the office answers. `is_follow_up`: the person goes on with a conversation.
pub(crate) const fn message(subject: Subject, is_follow_up: bool, luck: u64) -> MessageAnswer {
    if is_follow_up {
        return MessageAnswer::Write("answer-follow-up");
    }
    match (subject, luck % CONSULTATION_ONE_IN) {
        (Subject::Consultation, 0) => MessageAnswer::Refuse("book-a-visit"),
        (Subject::Consultation, 1 | 2) => MessageAnswer::Sample("answer-sample"),
        (Subject::Consultation, 3) => MessageAnswer::Refer("answer-referral"),
        (Subject::Consultation, _) => MessageAnswer::Write("answer-advice"),
        (Subject::Prescription, _) => MessageAnswer::Write("answer-prescription"),
        (Subject::RecordCopy, _) => MessageAnswer::Write("answer-record-copy"),
        (Subject::Contact, _) => MessageAnswer::Write("answer-contact"),
    }
}

/// What a practice does with a time that a citizen has booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Booking {
    /// It is taken into the books.
    Confirm,
    /// Another time must be found, if there is one.
    Move,
    /// It is called off: the doctor is away.
    CallOff,
}

/// Within so many days of the old time a new one is looked for.
pub(crate) const MOVE_DAYS: i64 = 7;

/// Whether a time that begins at `start` can stand. Nobody's is moved or called off with less than two days' notice.
pub(crate) fn booking(start: Timestamp, now: Timestamp, luck: u64) -> Booking {
    let is_soon = start.duration_since(now) < SignedDuration::from_hours(48);
    if is_soon {
        Booking::Confirm
    } else if luck.is_multiple_of(MOVED_ONE_IN) {
        Booking::Move
    } else if luck % CALLED_OFF_ONE_IN == 1 {
        Booking::CallOff
    } else {
        Booking::Confirm
    }
}

/// One of the first twelve; `None` of none.
pub(crate) fn choice(count: usize, luck: u64) -> Option<usize> {
    let count = u64::try_from(count.min(12)).ok().filter(|count| *count > 0)?;
    usize::try_from(luck % count).ok()
}

/// What a hospital says of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assessment {
    /// Code of `urn:varde:referral-decision`.
    pub(crate) code: &'static str,
    /// Key of the words.
    pub(crate) words: &'static str,
    /// The last day on which help must begin.
    pub(crate) care_by: Option<Date>,
    /// When the first visit is, if one is given.
    pub(crate) visit: Option<Timestamp>,
}

/// How the hospital assesses: one in six is not taken, one gets help without a right, the others a right with a last day and a first visit before it.
pub(crate) fn referral(today: Date, luck: u64) -> Assessment {
    let plain = |code, words| Assessment { code, words, care_by: None, visit: None };
    match luck % REFERRAL_ONE_IN {
        0 => plain("rejected", "referral-rejected"),
        1 => plain("granted-without-right", "referral-without-right"),
        _ => {
            let ahead = |days: u64| today.checked_add(jiff::Span::new().days(i64::try_from(days).unwrap_or(0))).ok();
            let care_by = ahead(12 * 7);
            let day = ahead(14 + luck % 42).map(weekday);
            Assessment {
                code: "granted",
                words: "referral-granted",
                care_by,
                visit: day.and_then(|day| morning(day, luck)),
            }
        }
    }
}

/// The day itself, or the Monday after a weekend.
fn weekday(day: Date) -> Date {
    let days = match day.weekday() {
        jiff::civil::Weekday::Saturday => 2,
        jiff::civil::Weekday::Sunday => 1,
        _ => 0,
    };
    day.checked_add(jiff::Span::new().days(days)).unwrap_or(day)
}

/// A full hour from nine to two in Norway.
fn morning(day: Date, luck: u64) -> Option<Timestamp> {
    let hour = i8::try_from(9 + luck % 6).ok()?;
    Some(day.at(hour, 0, 0, 0).to_zoned(varde_base::norway().clone()).ok()?.timestamp())
}

/// An analysis with its usual range, in tenths of the unit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Analysis {
    /// LOINC code.
    pub(crate) loinc: &'static str,
    /// Its name, as laboratories here write it.
    pub(crate) name: &'static str,
    /// The unit as people write it.
    pub(crate) unit: &'static str,
    /// The unit in UCUM.
    pub(crate) ucum: &'static str,
    /// Lowest usual value.
    pub(crate) low: i64,
    /// Highest usual value.
    pub(crate) high: i64,
}

const fn analysis([loinc, name, unit, ucum]: [&'static str; 4], low: i64, high: i64) -> Analysis {
    Analysis { loinc, name, unit, ucum, low, high }
}

const POTASSIUM: Analysis = analysis(["2823-3", "Kalium", "mmol/L", "mmol/L"], 36, 46);
const SODIUM: Analysis = analysis(["2951-2", "Natrium", "mmol/L", "mmol/L"], 1370, 1450);
const CHOLESTEROL: Analysis = analysis(["14647-2", "Kolesterol", "mmol/L", "mmol/L"], 33, 69);
const HBA1C: Analysis = analysis(["59261-8", "HbA1c", "mmol/mol", "mmol/mol"], 280, 400);
const TSH: Analysis = analysis(["3016-3", "TSH", "mIE/L", "m[IU]/L"], 5, 36);

/// What is analysed for somebody who uses a medicine of this ATC code. Ranges that differ between women and men are left out.
pub(crate) fn panel(atc: Option<&str>) -> &'static [&'static Analysis] {
    let atc = atc.unwrap_or_default();
    if atc.starts_with("A10") {
        &[&HBA1C, &POTASSIUM, &CHOLESTEROL]
    } else if atc.starts_with("H03") {
        &[&TSH]
    } else if atc.starts_with("C10") {
        &[&CHOLESTEROL]
    } else {
        &[&POTASSIUM, &SODIUM, &TSH]
    }
}

/// Whether the laboratory puts a value of this report right afterwards.
pub(crate) const fn is_corrected(luck: u64) -> bool {
    luck.is_multiple_of(CORRECTED_ONE_IN)
}

/// The value found, in tenths: mostly within the usual, sometimes a little over. One that will be put right is first written
/// as too high, as when a sample has stood too long.
pub(crate) fn value(analysis: &Analysis, luck: u64, is_wrong: bool) -> i64 {
    let span = (analysis.high - analysis.low).max(1);
    let within = i64::try_from(luck % 97).unwrap_or(0) * span / 97;
    let over = if luck % 10 == 9 { span / 5 + 1 } else { 0 };
    if is_wrong { analysis.high + span / 2 + 1 } else { analysis.low + within + over }
}

/// How a value stands to the usual (HL7 v3 ObservationInterpretation).
pub(crate) const fn flag(analysis: &Analysis, value: i64) -> (&'static str, &'static str) {
    if value < analysis.low {
        ("L", "Low")
    } else if value > analysis.high {
        ("H", "High")
    } else {
        ("N", "Normal")
    }
}

/// The last moment of a day in Norway.
pub(crate) fn end_of_day(day: Date) -> Option<Timestamp> {
    Some(day.at(23, 59, 59, 0).to_zoned(varde_base::norway().clone()).ok()?.timestamp())
}

/// How far the office's system had come with a Task, by its status (R4 task-status).
pub(crate) fn stage(status: &str) -> Stage {
    match status {
        "requested" | "ready" | "draft" => Stage::New,
        "received" => Stage::Taken,
        "accepted" | "in-progress" | "on-hold" => Stage::Opened,
        _ => Stage::Done,
    }
}
