use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use varde_store::GateError;

/// A stored resource that does not have the form its type demands. The store validates at the door, so this is our own fault
/// or damage; it is never shown as an empty page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored {0} cannot be read")]
pub(crate) struct Unreadable(pub &'static str);

impl From<Unreadable> for GateError {
    /// Our own fault; the log has which.
    fn from(error: Unreadable) -> Self {
        tracing::error!(what = error.0, "a stored resource cannot be read");
        Self::Fault
    }
}

/// Replaces top-level members and keeps the others byte for byte, so that no decimal or extension changes.
///
/// # Errors
/// [`Unreadable`] for a body that is no object.
pub(crate) fn replaced<V: Serialize, const N: usize>(
    body: &[u8],
    kind: &'static str,
    members: [(&'static str, V); N],
) -> Result<Vec<u8>, Unreadable> {
    let mut object: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).map_err(|_| Unreadable(kind))?;
    for (name, value) in members {
        let raw = serde_json::value::to_raw_value(&value).map_err(|_| Unreadable(kind))?;
        object.insert(name.to_owned(), raw);
    }
    serde_json::to_vec(&object).map_err(|_| Unreadable(kind))
}
