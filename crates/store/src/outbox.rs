//! What a worker does with a message it has claimed, and the order in which messages are handed out.

use std::time::Duration;

use jiff::Timestamp;
use varde_base::PatientId;

use crate::types::OutboxMessage;

/// Messages of a subject are handed out in order within a lane, so that what waits for the morning in one holds up nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum Lane {
    /// What has happened.
    Events = 0,
    /// What a person is told of it.
    Notices = 1,
    /// What a person is told at any hour.
    Urgent = 2,
}

impl Lane {
    /// The number kept beside a message.
    pub(crate) const fn number(self) -> i16 {
        self as i16
    }
}

/// A message that another one leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The message.
    pub message: OutboxMessage,
    /// Where it waits in line.
    pub lane: Lane,
    /// How long after the subject's last one in the lane it is handed out at the earliest.
    pub apart: Duration,
}

/// What happens to a claimed message.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// It is held longer.
    Renew(Duration),
    /// It is done.
    Complete,
    /// It is put back, or given up after the last attempt.
    Retry(Timestamp),
    /// It is given up.
    Dead,
    /// How far the work has come is kept; put back until then when there is something to wait for, which is no attempt.
    Save {
        /// The payload from now on.
        payload: String,
        /// Put back until; held on to when `None`.
        until: Option<Timestamp>,
        /// How long it is held on to.
        lease: Duration,
    },
    /// It is done, and these come of it.
    Expand(Vec<FollowUp>),
}

impl Step {
    /// Whether it must be on disk before it is answered. Should the machine lose its power, a hold that is not makes work be done again,
    /// which it must bear anyhow.
    pub(crate) const fn is_durable(&self) -> bool {
        !matches!(self, Self::Renew(_))
    }
}

/// Something a person should have been told, and was not reached with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Number of the message.
    pub id: u64,
    /// Who.
    pub subject: Option<PatientId>,
    /// JSON.
    pub payload: String,
    /// When it was put in.
    pub created: Timestamp,
}
