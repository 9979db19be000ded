//! Where an installation's data are: a directory on this machine or a PostgreSQL server.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use varde_base::Clock;
use varde_rights::RuleBook;

use crate::audit::check::{AuditVerification, Trust};
use crate::engine::EngineError;
use crate::postgres::{PostgresEngine, PostgresOptions};
use crate::store::{Options, Store};

/// Where the data are, read from a path or an address (`postgres://user@host/database`).
#[derive(Debug, Clone)]
pub enum Place {
    /// A directory, used by one process at a time.
    Directory(PathBuf),
    /// A database on a server.
    Server(PostgresOptions),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_address = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        Ok(if is_address { Self::Server(PostgresOptions::new(text)) } else { Self::Directory(text.into()) })
    }
}

impl From<&Path> for Place {
    fn from(directory: &Path) -> Self {
        Self::Directory(directory.to_owned())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(directory) => write!(f, "{}", directory.display()),
            // An address may hold a password.
            Self::Server(_) => f.write_str("the PostgreSQL server"),
        }
    }
}

impl Place {
    /// Gives the password of a server whose address holds none.
    #[must_use]
    pub fn with_password(mut self, password: Option<String>) -> Self {
        if let Self::Server(options) = &mut self {
            options.password = options.password.take().or(password);
        }
        self
    }

    /// Lets some reads of a server's database come from streaming replicas that are at most `lag` behind; of no meaning for a directory.
    #[must_use]
    pub fn with_replicas(mut self, replicas: Vec<String>, lag: Duration) -> Self {
        if let Self::Server(options) = &mut self {
            options.replicas = replicas;
            options.replica_lag = lag;
        }
        self
    }

    /// Opens or makes the database.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::connect`].
    pub async fn open(&self, clock: Arc<dyn Clock>, book: RuleBook) -> Result<Store, EngineError> {
        match self {
            Self::Directory(directory) => Store::open(&Options::new(directory), clock, book),
            Self::Server(options) => Store::connect(options, clock, book).await,
        }
    }

    /// Walks the access log, also while it is in use; in a directory, by the note of its newest signed head too.
    ///
    /// # Errors
    /// Only when the database cannot be read at all; what is wrong with the log is in the answer.
    pub async fn verify_audit(&self, trust: &Trust) -> Result<AuditVerification, EngineError> {
        match self {
            Self::Directory(directory) => crate::sqlite::verify::verify(directory, trust),
            Self::Server(options) => PostgresEngine::verify(options, trust).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_server_and_anything_else_a_directory_and_neither_tells_a_password() {
        let Ok(server) = "postgres://varde:hemmelig@db.example/varde".parse::<Place>();
        assert!(matches!(server, Place::Server(_)));
        assert!(!format!("{server} {server:?}").contains("hemmelig"));
        let Ok(directory) = "data/varde".parse::<Place>();
        assert!(matches!(directory, Place::Directory(path) if path.ends_with("varde")));
    }
}
