//! What a batch with an idempotency key came to, as it is kept.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::EngineError;
use crate::types::{IdempotencyKey, Written};

/// Longest scope and longest key.
const LONGEST_BYTES: usize = 255;

/// Refuses a key that is too long.
pub(crate) fn check(key: &IdempotencyKey) -> Result<(), EngineError> {
    if key.key.len() > LONGEST_BYTES || key.scope.len() > LONGEST_BYTES {
        return Err(EngineError::Limit("an idempotency key is at most 255 bytes"));
    }
    Ok(())
}

/// The answer as text.
pub(crate) fn text(written: &[Written]) -> Result<String, EngineError> {
    let answer: Vec<Answer> = written.iter().map(Answer::of).collect();
    serde_json::to_string(&answer).map_err(|error| EngineError::Fault(error.to_string()))
}

/// Reads an answer back, kept with the fingerprint of what was sent then.
pub(crate) fn read(key: &IdempotencyKey, fingerprint: i64, answer: &str) -> Result<Vec<Written>, EngineError> {
    if fingerprint != key.fingerprint.cast_signed() {
        return Err(EngineError::Conflict { current: None });
    }
    let answer: Vec<Answer> = serde_json::from_str(answer).map_err(|error| EngineError::Fault(error.to_string()))?;
    let answer: Option<Vec<Written>> = answer.into_iter().map(Answer::written).collect();
    answer.ok_or_else(|| EngineError::Fault("an idempotency answer is damaged".to_owned()))
}

/// A [`Written`] as it is kept for its idempotency key.
#[derive(Serialize, Deserialize)]
struct Answer(u16, String, u64, i64, bool, bool);

impl Answer {
    fn of(written: &Written) -> Self {
        let code = written.resource_type.to_code();
        let micros = written.updated.as_microsecond();
        Self(code, written.id.as_str().to_owned(), written.version, micros, written.created, written.deleted)
    }

    fn written(self) -> Option<Written> {
        Some(Written {
            resource_type: super::columns::resource_type(self.0)?,
            id: self.1.parse().ok()?,
            version: self.2,
            updated: Timestamp::from_microsecond(self.3).ok()?,
            created: self.4,
            deleted: self.5,
            unchanged: false,
            body: Bytes::new(),
        })
    }
}
