use futures_util::future::BoxFuture;
use jiff::civil::Date;
use varde_base::{NationalId, PatientId};

/// What signing in needs to know of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their Patient.
    pub patient: PatientId,
    /// The name to show.
    pub name: String,
    /// Date of birth; a person without one cannot be told from a child and does not get in.
    pub birth_date: Option<Date>,
    /// Registered dead.
    pub deceased: bool,
    /// Has stopped their own account (*akuttsperre*): nobody signs in with this person's eID until it is opened again.
    pub stopped: bool,
}

/// The people cannot be looked up now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory of people is unavailable")]
pub struct DirectoryUnavailable;

/// Finds people by national identity number. The server implements it over the store.
pub trait PersonDirectory: Send + Sync + 'static {
    /// The person of a number; `None` when there is none, or more than one.
    fn find<'a>(&'a self, national_id: &'a NationalId) -> BoxFuture<'a, Result<Option<Person>, DirectoryUnavailable>>;
}
