use std::sync::Arc;

use futures_util::future::BoxFuture;

/// Ends every session of the visitor, this one too. `auth` puts one beside the [`crate::Visitor`], so that a service can sign a person out
/// everywhere without knowing how sessions are kept.
#[derive(Clone)]
pub struct EndSessions(Arc<End>);

type End = dyn Fn() -> BoxFuture<'static, Result<(), EndFailed>> + Send + Sync;

/// The sessions could not be ended now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndFailed;

impl EndSessions {
    /// Wraps the function that ends them.
    pub fn new(end: impl Fn() -> BoxFuture<'static, Result<(), EndFailed>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(end))
    }

    /// Signs the visitor out everywhere, at once.
    ///
    /// # Errors
    /// [`EndFailed`] when the session store is away.
    pub async fn end_all(&self) -> Result<(), EndFailed> {
        (self.0)().await
    }
}
