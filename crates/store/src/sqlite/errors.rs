//! SQLite's result codes as our errors.

use rusqlite::ffi::ErrorCode;

use crate::engine::EngineError;

/// Disk full, locked and input/output errors pass; a damaged page or our own wrong SQL is a fault and serves nothing.
#[expect(clippy::needless_pass_by_value, reason = "used as `map_err(engine_error)`")]
pub(crate) fn engine_error(error: rusqlite::Error) -> EngineError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted,
        ) => EngineError::Unavailable(text),
        _ => EngineError::Fault(text),
    }
}

/// Whether the disk itself failed, after which nothing that was written may be trusted until a restart has recovered it.
pub(super) fn disk_failed(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure)
}
