use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::ActingFor;

/// Changes whom the visitor's session acts for. `auth` puts one beside the [`crate::Visitor`], so that a service can ask for the
/// change without knowing how sessions are kept.
#[derive(Clone)]
pub struct SwitchSubject(Arc<Change>);

type Change = dyn Fn(Option<ActingFor>) -> BoxFuture<'static, Result<(), SwitchFailed>> + Send + Sync;

/// The session could not be changed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwitchFailed;

impl SwitchSubject {
    /// Wraps the function that changes the session.
    pub fn new(
        change: impl Fn(Option<ActingFor>) -> BoxFuture<'static, Result<(), SwitchFailed>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(change))
    }

    /// Acts for `person` from now on, or for oneself again.
    ///
    /// # Errors
    /// [`SwitchFailed`] when the session store is away or the session has just ended.
    pub async fn switch(&self, person: Option<ActingFor>) -> Result<(), SwitchFailed> {
        (self.0)(person).await
    }
}
