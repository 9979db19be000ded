//! The store: opens the database and hands out gates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use varde_base::Clock;
use varde_rights::RuleBook;

use crate::audit::{AuditContext, AuditDraft};
use crate::engine::{Commit, Engine, EngineError, Ephemeral, Stats};
use crate::gate::Gate;
use crate::types::{Access, Batch, ClaimedMessage, GateError, Written};

/// What a gate and the store share.
pub(crate) struct Shared {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) book: RuleBook,
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Directory of the database; made when it is not there.
    pub directory: PathBuf,
    /// Connections for reading.
    pub readers: usize,
}

impl Options {
    /// The usual options for a directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), readers: 4 }
    }
}

/// All data of one installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

impl Store {
    /// A store over an engine.
    pub(crate) fn over(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, book: RuleBook) -> Self {
        Self { shared: Arc::new(Shared { engine, clock, book }) }
    }

    /// Data as `access.actor` may see them. One gate per request.
    pub fn as_actor(&self, access: &Access) -> Gate {
        Gate::new(Arc::clone(&self.shared), access)
    }
}
