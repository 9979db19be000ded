//! Signing in: OpenID Connect relying party, sessions, and the visitor they make.
//!
//! Invariant: the only place that makes a [`varde_web::Visitor`] out of a cookie. Knows no service, and no more of the database than
//! its store of things that end by themselves.
//!
//! The walk: `/sign-in` keeps state, nonce and PKCE verifier and sends the browser to the identity provider; `/sign-in/callback` checks
//! all three, exchanges the code, looks the person up and gives a new session; [`Auth::protect`] turns the session's cookie into a
//! visitor at each request; `/sign-out` ends the session here and then at the provider.
//!
//! Who asks is known for the limit on sign-ins when the server puts axum's `ConnectInfo<SocketAddr>` on its requests; otherwise one
//! generous limit holds for all together.

mod cookies;
mod directory;
mod draft;
mod flow;
mod hint;
mod l10n;
mod layer;
mod leave;
mod limit;
mod pages;
mod provider;
mod session;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use varde_base::Clock;
use varde_store::Store;

pub use directory::{DirectoryUnavailable, Person, PersonDirectory};
pub use provider::SetupError;

use limit::Limiter;
use provider::Provider;
use session::Sessions;

/// How signing in is set up.
#[derive(Clone)]
pub struct Config {
    /// The address people use, without a trailing slash.
    pub public_url: String,
    /// The identity provider's issuer.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// How long a session may go unused.
    pub idle: Duration,
    /// How long a session may last in any case.
    pub absolute: Duration,
    /// Whether `/sign-in?login_hint=pid:...` is passed on to the provider. For demonstrations: elsewhere a link must not choose whom
    /// somebody signs in as.
    pub login_hint: bool,
    /// The telephone number of those who run this installation, for somebody whose account is stopped.
    pub help_phone: Option<Arc<str>>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("public_url", &self.public_url)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Signing in, ready to serve. Cheap to clone.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    config: Config,
    provider: Provider,
    sessions: Sessions,
    limiter: Limiter,
    directory: Arc<dyn PersonDirectory>,
    clock: Arc<dyn Clock>,
}

impl Auth {
    /// Sets signing in up. The provider is first asked when somebody signs in, so that it need not be there when we start.
    ///
    /// # Errors
    /// [`SetupError`] when an address in the configuration cannot be read.
    pub fn new(
        config: Config,
        store: &Store,
        directory: Arc<dyn PersonDirectory>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let provider = Provider::new(&config, Arc::clone(&clock))?;
        let sessions = Sessions::new(store.ephemeral(), config.idle, config.absolute);
        let limiter = Limiter::default();
        Ok(Self(Arc::new(Inner { config, provider, sessions, limiter, directory, clock })))
    }

    /// `/sign-in`, `/sign-in/callback` and `/sign-out`.
    pub fn router(&self) -> Router {
        flow::router(self.clone())
    }

    /// Makes visitors for everything in `router`, and keeps what somebody had typed when their session ended. What a visitor is
    /// answered is never stored by a cache, unless the handler says otherwise.
    pub fn protect(&self, router: Router) -> Router {
        router.layer(axum::middleware::from_fn_with_state(self.clone(), layer::visitor))
    }
}
