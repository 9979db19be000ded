//! The rules of messages, pure: time is a parameter, nothing is fetched.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use varde_base::{ResourceId, date_in_norway};

use super::model::{Closed, Errand, Message, Office, Status, Step, Thread};
use crate::shared::working_days_after;

/// An answer normally comes within so many working days (domain.md section 2.2).
pub(super) const ANSWER_WORKING_DAYS: u32 = 5;

/// A conversation is closed when nothing has been written for so long (domain.md section 2.2).
pub(super) const OPEN_DAYS: i64 = 30;

/// What somebody else has opened is new to another reader for so long; after that it is history to them too.
pub(super) const NEW_DAYS: i64 = 30;

/// Most characters of a title.
pub(super) const TOPIC_MAX_CHARS: usize = 100;

/// Most characters of a message: about two pages, more than a doctor reads between two patients.
pub(super) const TEXT_MAX_CHARS: usize = 4_000;

/// Most messages one person sends in a day and a night, so that nobody fills an office's inbox.
pub(super) const MAX_A_DAY: usize = 20;

/// Most steps from an answer to the message that began it, when the source does not name that one.
const MAX_STEPS: usize = 200;

/// The last day for an answer to what is sent at `sent`.
pub(super) fn answer_by(sent: Timestamp) -> Date {
    working_days_after(date_in_norway(sent), ANSWER_WORKING_DAYS)
}

/// What is wrong with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// No title.
    NoTopic,
    /// Too long a title.
    TopicTooLong,
    /// Nothing is said.
    NoText,
    /// Too much is said.
    TextTooLong,
    /// There is nothing to keep.
    Nothing,
    /// Too many today.
    TooMany,
}

/// Checks what was written: with a title for a new message, without for an answer. Nothing is trimmed that the person would miss.
pub(super) fn check(topic: Option<&str>, text: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(topic) = topic {
        match topic.trim().chars().count() {
            0 => errors.push(FieldError::NoTopic),
            1..=TOPIC_MAX_CHARS => {}
            _ => errors.push(FieldError::TopicTooLong),
        }
    }
    match text.trim().chars().count() {
        0 => errors.push(FieldError::NoText),
        1..=TEXT_MAX_CHARS => {}
        _ => errors.push(FieldError::TextTooLong),
    }
    errors
}

/// As [`check`] for a draft: it may lack anything, but not be empty or too long.
pub(super) fn check_draft(topic: Option<&str>, text: &str) -> Vec<FieldError> {
    let errors = check(topic, text).into_iter();
    let mut errors: Vec<FieldError> =
        errors.filter(|error| matches!(error, FieldError::TopicTooLong | FieldError::TextTooLong)).collect();
    if topic.unwrap_or_default().trim().is_empty() && text.trim().is_empty() {
        errors.push(FieldError::Nothing);
    }
    errors
}

/// What was sent from this moment on counts against [`MAX_A_DAY`].
pub(super) fn counted_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now)
}

/// Whether the one with Patient `by` has sent as many as allowed in the last day and night.
pub(super) fn has_sent_enough(messages: &[Message], by: &str, now: Timestamp) -> bool {
    let since = counted_since(now);
    let sent = messages.iter().filter(|message| message.status != Status::Draft);
    let own = sent.filter(|message| message.from.as_ref().is_some_and(|from| from.patient() == Some(by)));
    own.filter(|message| message.sent.is_some_and(|sent| sent > since)).count() >= MAX_A_DAY
}

/// Whether a message is new to the one with Patient `reader`: nobody has opened it, or others have and `reader` has not, and it is not long ago. What
/// only a source has said to be opened is new to nobody.
pub(super) fn is_new(message: &Message, reader: &str, now: Timestamp) -> bool {
    if message.is_unopened() {
        return true;
    }
    let others_have = !message.opened_by.is_empty() && !message.opened_by.iter().any(|who| who == reader);
    let since = new_since(now);
    let is_lately = message.sent.is_some_and(|sent| sent > since);
    others_have && is_lately && message.status == Status::Arrived && !message.is_from_citizen()
}

/// See [`NEW_DAYS`].
pub(super) fn new_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * NEW_DAYS)).unwrap_or(now)
}

/// Whether something in a conversation is new to `reader`.
pub(super) fn has_new(thread: &Thread, reader: &str, now: Timestamp) -> bool {
    thread.messages.iter().any(|message| is_new(message, reader, now))
}

/// Gathers messages into conversations, the one with the newest message first. Drafts belong to none.
pub(super) fn threads(messages: Vec<Message>) -> Vec<Thread> {
    let parents: BTreeMap<ResourceId, ResourceId> = messages
        .iter()
        .filter_map(|message| Some((message.id.clone(), message.part_of.clone().or_else(|| message.answers.clone())?)))
        .collect();
    let mut threads: BTreeMap<ResourceId, Vec<Message>> = BTreeMap::new();
    for message in messages {
        if message.status != Status::Draft {
            threads.entry(root_of(&message.id, &parents)).or_default().push(message);
        }
    }
    let mut threads: Vec<Thread> = threads
        .into_iter()
        .map(|(root, mut messages)| {
            messages.sort_by(|a, b| (a.sent, &a.id).cmp(&(b.sent, &b.id)));
            Thread { root, messages }
        })
        .collect();
    threads.sort_by_key(|thread| std::cmp::Reverse(thread.latest().and_then(|message| message.sent)));
    threads
}

/// The first `count` conversations, and where the page after them begins when there are more: before that second. Those of one second stay
/// together, since the address of the next page names no more than a second.
pub(super) fn first_page(mut threads: Vec<Thread>, count: usize) -> (Vec<Thread>, Option<Timestamp>) {
    let second = |thread: &Thread| thread.latest().and_then(|message| message.sent).map(Timestamp::as_second);
    let last = count.checked_sub(1).and_then(|last| threads.get(last)).and_then(second);
    let more = threads.iter().skip(count).take_while(|thread| second(thread) == last).count();
    let shown = count.saturating_add(more);
    let is_cut = threads.len() > shown;
    threads.truncate(shown);
    let cut_at = threads.last().and_then(Thread::latest).and_then(|message| message.sent).filter(|_| is_cut);
    (threads, cut_at)
}

/// The message that began it; a circle ends where it began, so that damaged data end too.
fn root_of(id: &ResourceId, parents: &BTreeMap<ResourceId, ResourceId>) -> ResourceId {
    let mut at = id;
    for _ in 0..MAX_STEPS {
        match parents.get(at) {
            Some(parent) if parent != id => at = parent,
            _ => break,
        }
    }
    at.clone()
}

/// What has become of a message the citizen sent. Each state is what the receiver's system has said; none is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It is out of the citizen's hands, and the office's system has not taken it in.
    Sent,
    /// The office has it.
    Delivered,
    /// Somebody there has opened it.
    Opened {
        /// When.
        at: Timestamp,
    },
    /// Somebody there is at it.
    Begun,
    /// The office is done with it, and has written no answer.
    Done,
    /// It is answered.
    Answered,
    /// It will not be answered here.
    Refused,
    /// It did not get there.
    Failed,
    /// The citizen took it back before it was opened.
    Withdrawn,
}

/// What has become of `message` of `thread`, whose `errand` is what the office has said of it.
pub(super) fn delivery(message: &Message, thread: &Thread, errand: Option<&Errand>) -> Delivery {
    let is_answer = |other: &Message| {
        let after = other.answers.is_none() && other.sent > message.sent;
        !other.is_from_citizen() && (other.answers.as_ref() == Some(&message.id) || after)
    };
    let step = errand.map(|errand| errand.step);
    if message.status == Status::Withdrawn {
        Delivery::Withdrawn
    } else if message.status == Status::Failed {
        Delivery::Failed
    } else if thread.messages.iter().any(is_answer) {
        Delivery::Answered
    } else if step == Some(Step::Refused) {
        Delivery::Refused
    } else if step == Some(Step::Done) {
        Delivery::Done
    } else if let Some(at) = message.opened {
        Delivery::Opened { at }
    } else if step == Some(Step::Begun) {
        Delivery::Begun
    } else if message.status == Status::Arrived || step == Some(Step::TakenIn) {
        Delivery::Delivered
    } else {
        Delivery::Sent
    }
}

/// Whether the one with Patient `by` may take `message` back: it is their own, and nobody at the office has opened it or begun on it.
pub(super) fn may_withdraw(message: &Message, delivery: Delivery, by: &str) -> bool {
    let is_own = message.from.as_ref().is_some_and(|from| from.patient() == Some(by));
    is_own && matches!(delivery, Delivery::Sent | Delivery::Delivered)
}

/// Whether the answer is later than promised: it is past the last day, and there is none.
pub(super) fn is_late(delivery: Delivery, answer_by: Option<Date>, now: Timestamp) -> bool {
    let waits = matches!(delivery, Delivery::Sent | Delivery::Delivered | Delivery::Opened { .. } | Delivery::Begun);
    waits && answer_by.is_some_and(|day| date_in_norway(now) > day)
}

/// Whether the citizen may write on in a conversation at `now`: somebody can take it, and it is not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// Yes.
    Open,
    /// Only letters, only what was taken back, or nobody to write to.
    NotTaken,
    /// Nothing has been written for [`OPEN_DAYS`] days.
    Ended,
    /// The office takes nothing in for a while.
    Closed(Closed),
}

/// See [`Reply`]. `office` is the GP's office, when the person has one; others answer for themselves.
pub(super) fn reply(thread: &Thread, office: Option<&Office>, now: Timestamp) -> Reply {
    if thread.messages.iter().all(|message| message.is_letter || message.status == Status::Withdrawn) {
        return Reply::NotTaken;
    }
    let Some(other) = thread.other_side().filter(|other| other.reference.is_some()) else { return Reply::NotTaken };
    let oldest = now.saturating_sub(SignedDuration::from_hours(24 * OPEN_DAYS)).unwrap_or(now);
    if thread.latest().and_then(|message| message.sent).is_none_or(|sent| sent < oldest) {
        return Reply::Ended;
    }
    let reference = other.reference.as_deref();
    let is_theirs =
        |office: &&Office| [office.reference.as_str(), office.doctor.0.as_str()].map(Some).contains(&reference);
    match office.filter(is_theirs).and_then(|office| office.closed.clone()) {
        Some(closed) => Reply::Closed(closed),
        None => Reply::Open,
    }
}

/// A time in which an office takes nothing in: first and last day, and why.
pub(super) type Absence = (Option<Date>, Option<Date>, Option<String>);

/// Whether a service that is `active` and away in `absences` is closed on `today`. Absences that follow each other are one.
pub(super) fn closed(active: bool, absences: &[Absence], today: Date) -> Option<Closed> {
    if !active {
        return Some(Closed { opens: None, why: None });
    }
    let covering = |day: Date| {
        absences.iter().find(|(from, to, _)| from.is_none_or(|from| from <= day) && to.is_none_or(|to| to >= day))
    };
    let why = covering(today)?.2.clone();
    let mut opens = today;
    // Each step uses up an absence, so that there are no more steps than absences.
    for _ in 0..=absences.len() {
        match covering(opens) {
            None => return Some(Closed { opens: Some(opens), why }),
            Some((_, None, _)) => break,
            Some((_, Some(to), _)) => match to.tomorrow() {
                Ok(next) => opens = next,
                Err(_) => break,
            },
        }
    }
    Some(Closed { opens: None, why })
}
