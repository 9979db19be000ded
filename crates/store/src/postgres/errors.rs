//! PostgreSQL's errors as ours.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::engine::EngineError;

/// Lost connections, a server that is full, stopping or read-only, and waits that took too long pass. A race that was lost (two that made
/// the same name or key, a deadlock) is a conflict, which the next attempt sees the end of. Anything else is a fault.
#[expect(clippy::needless_pass_by_value, reason = "used as `map_err(engine_error)`")]
pub(crate) fn engine_error(error: tokio_postgres::Error) -> EngineError {
    let Some(state) = error.code() else { return EngineError::Unavailable(error.to_string()) };
    let text = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    let text = format!("{text} ({})", state.code());
    match state.code().get(..2) {
        // No place on the server, a lock that was not had in time: come back.
        _ if [&SqlState::UNIQUE_VIOLATION, &SqlState::T_R_DEADLOCK_DETECTED, &SqlState::T_R_SERIALIZATION_FAILURE]
            .contains(&state) =>
        {
            EngineError::Conflict { current: None }
        }
        _ if [&SqlState::LOCK_NOT_AVAILABLE, &SqlState::TOO_MANY_CONNECTIONS].contains(&state) => EngineError::Busy,
        // Connection, resources, operator, read-only transaction, rolled back for another's sake, input or output.
        Some("08" | "53" | "57" | "25" | "40" | "58") => EngineError::Unavailable(text),
        _ => EngineError::Fault(text),
    }
}

/// No connection to be had.
pub(super) fn pool_error(error: PoolError) -> EngineError {
    match error {
        PoolError::Timeout(_) => EngineError::Busy,
        PoolError::Backend(error) => engine_error(error),
        other => EngineError::Unavailable(other.to_string()),
    }
}
