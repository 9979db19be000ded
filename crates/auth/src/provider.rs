//! The identity provider, as `openidconnect` speaks with it: discovery, authorization request, code exchange, signing out.

mod breaker;
mod check;
mod http;
mod types;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::url::Url;
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, LanguageTag, LoginHint, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
};
use tokio::time::{Instant, timeout_at};
use varde_base::{Clock, Language};

use crate::Config;
use breaker::Breaker;
pub(crate) use check::Vouched;
use check::{Unchecked, check};
use http::Http;
use types::{Metadata, OidcClient, Tokens};

/// Longest wait for the provider in one request of ours, however many questions that takes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait when somebody signs out: their session with us has ended already.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

/// Keys are fetched anew for a token signed with an unknown one, but not more often than this, so that nobody can make us flood it.
const REFRESH_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// How old what we know of the provider may be.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Why signing in cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An address is not one.
    #[error("{0} is not an address")]
    Address(&'static str),
    /// TLS or the HTTP client cannot be set up on this machine.
    #[error("the HTTP client cannot be set up")]
    Http,
}

/// Why the provider's answer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It does not answer, or not in time.
    #[error("the identity provider is unavailable")]
    Unavailable,
    /// It refuses the code, or what it says does not hold.
    #[error("the identity provider's answer is refused: {0}")]
    Refused(&'static str),
}

/// What is kept between sending somebody to the provider and their return.
pub(crate) struct Departure {
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// The end of the time that the provider has for one request of ours.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// From now on.
    pub(crate) fn begin() -> Self {
        Self(Instant::now() + TIMEOUT)
    }
}

/// What we know of the provider.
struct Known {
    client: OidcClient,
    end_session: Option<Url>,
    /// What comes back from it names it (RFC 9207).
    names_itself: bool,
    fetched: Timestamp,
}

/// The provider.
pub(crate) struct Provider {
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    /// Where somebody who has signed out comes back to.
    home: String,
    client_id: String,
    client_secret: String,
    http: Http,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Arc<Known>>>,
    /// Held by the one that reads what is known anew, so that a crowd asks once.
    asking: tokio::sync::Mutex<()>,
    refreshed: tokio::sync::Mutex<Option<Timestamp>>,
    reading: Breaker,
    exchanging: Breaker,
}

impl Provider {
    pub(crate) fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let callback = format!("{}/sign-in/callback", config.public_url);
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone()).map_err(|_| SetupError::Address("sign_in.issuer"))?,
            redirect: RedirectUrl::new(callback).map_err(|_| SetupError::Address("public_url"))?,
            home: format!("{}/", config.public_url),
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            http: Http::new(TIMEOUT).map_err(|_| SetupError::Http)?,
            clock,
            known: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            refreshed: tokio::sync::Mutex::default(),
            reading: Breaker::default(),
            exchanging: Breaker::default(),
        })
    }

    /// The address to send somebody to, and what must be kept until they return.
    pub(crate) async fn depart(&self, hint: Option<&str>, language: Language) -> Result<Departure, ProviderError> {
        // Better to hear it here than after the trouble of signing in there.
        if self.exchanging.is_open(self.clock.now()) {
            return Err(ProviderError::Unavailable);
        }
        let known = self.known(Deadline::begin()).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = known
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .add_ui_locale(LanguageTag::new(language.tag().to_owned()));
        if let Some(hint) = hint {
            request = request.set_login_hint(LoginHint::new(hint.to_owned()));
        }
        let (url, state, nonce) = request.url();
        Ok(Departure {
            url: url.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Whether what came back is from this provider and not from another that took its place on the way (RFC 9207 section 2.4).
    pub(crate) async fn recognize(&self, iss: Option<&str>, deadline: Deadline) -> Result<(), ProviderError> {
        let known = self.known(deadline).await?;
        match iss {
            Some(iss) if iss == self.issuer.as_str() => Ok(()),
            None if !known.names_itself => Ok(()),
            _ => Err(ProviderError::Refused("the issuer that came with the code")),
        }
    }

    /// Whom a code stands for, when all checks of the ID token hold.
    pub(crate) async fn arrive(
        &self,
        code: &str,
        verifier: String,
        nonce: String,
        deadline: Deadline,
    ) -> Result<Vouched, ProviderError> {
        let known = self.known(deadline).await?;
        if self.exchanging.is_open(self.clock.now()) {
            return Err(ProviderError::Unavailable);
        }
        let tokens = match timeout_at(deadline.0, self.exchange(&known, code, verifier)).await {
            Ok(Ok(tokens)) => {
                self.exchanging.worked();
                tokens
            }
            Ok(Err(ProviderError::Refused(what))) => return Err(ProviderError::Refused(what)),
            Ok(Err(ProviderError::Unavailable)) | Err(_) => {
                self.exchanging.failed(self.clock.now());
                return Err(ProviderError::Unavailable);
            }
        };
        let nonce = Nonce::new(nonce);
        match check(&known.client, &tokens, &nonce, self.clock.now()) {
            Err(Unchecked::UnknownKey) => {
                let known = self.refresh(&known, deadline).await?;
                check(&known.client, &tokens, &nonce, self.clock.now())
                    .map_err(|_| ProviderError::Refused("the signature"))
            }
            Err(Unchecked::Wrong(what)) => Err(ProviderError::Refused(what)),
            Ok(vouched) => Ok(vouched),
        }
    }

    async fn exchange(&self, known: &Known, code: &str, verifier: String) -> Result<Tokens, ProviderError> {
        let exchange = known
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| ProviderError::Refused("no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        exchange.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(_) => ProviderError::Unavailable,
            _ => ProviderError::Refused("the code was not accepted"),
        })
    }

    /// Where to send somebody who signs out, when the provider has such a place and answers (RP-Initiated Logout 1.0 section 2).
    /// `id_token` tells it whose sign-in ends.
    pub(crate) async fn end_session(&self, id_token: Option<&str>) -> Option<String> {
        if self.exchanging.is_open(self.clock.now()) || self.reading.is_open(self.clock.now()) {
            return None;
        }
        let known = tokio::time::timeout(LEAVE_TIMEOUT, self.known(Deadline::begin())).await.ok()?.ok()?;
        let mut url = known.end_session.clone()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.client_id).append_pair("post_logout_redirect_uri", &self.home);
        if let Some(id_token) = id_token {
            query.append_pair("id_token_hint", id_token);
        }
        drop(query);
        Some(url.into())
    }

    /// What we know of the provider, read anew once an hour.
    async fn known(&self, deadline: Deadline) -> Result<Arc<Known>, ProviderError> {
        let held = self.held();
        if let Some(fresh) = held.as_ref().filter(|known| self.is_fresh(known)) {
            return Ok(Arc::clone(fresh));
        }
        // What we knew an hour ago is better than turning everybody away, and so is a quick word that the provider is away.
        let otherwise = held.ok_or(ProviderError::Unavailable);
        let asking = if otherwise.is_err() && !self.reading.failed_last() {
            timeout_at(deadline.0, self.asking.lock()).await.ok()
        } else {
            self.asking.try_lock().ok()
        };
        let Some(_asking) = asking else { return otherwise };
        if let Some(fresh) = self.held().filter(|known| self.is_fresh(known)) {
            return Ok(fresh);
        }
        if self.reading.is_open(self.clock.now()) {
            return otherwise;
        }
        self.discover(deadline).await.or(otherwise)
    }

    /// Reads the keys anew, unless that has just been done.
    async fn refresh(&self, stale: &Arc<Known>, deadline: Deadline) -> Result<Arc<Known>, ProviderError> {
        let mut refreshed =
            timeout_at(deadline.0, self.refreshed.lock()).await.map_err(|_| ProviderError::Unavailable)?;
        let now = self.clock.now();
        if refreshed.is_some_and(|last| last <= now && now.duration_since(last) < REFRESH_EVERY) {
            return Ok(self.held().unwrap_or_else(|| Arc::clone(stale)));
        }
        *refreshed = Some(now);
        self.discover(deadline).await
    }

    async fn discover(&self, deadline: Deadline) -> Result<Arc<Known>, ProviderError> {
        let read = Metadata::discover_async(self.issuer.clone(), &self.http);
        let metadata = match timeout_at(deadline.0, read).await {
            Ok(Ok(metadata)) => metadata,
            failed => {
                let error = match failed {
                    Ok(Err(error)) => error.to_string(),
                    _ => "it took too long".to_owned(),
                };
                tracing::warn!(error, "the identity provider cannot be read");
                self.reading.failed(self.clock.now());
                return Err(ProviderError::Unavailable);
            }
        };
        self.reading.worked();
        let more = metadata.additional_metadata();
        let end_session = more.end_session_endpoint.as_deref().and_then(web_address);
        let names_itself = more.authorization_response_iss_parameter_supported;
        let secret = ClientSecret::new(self.client_secret.clone());
        let client = OidcClient::from_provider_metadata(metadata, ClientId::new(self.client_id.clone()), Some(secret))
            .set_redirect_uri(self.redirect.clone());
        let new = Arc::new(Known { client, end_session, names_itself, fetched: self.clock.now() });
        if let Ok(mut known) = self.known.lock() {
            *known = Some(Arc::clone(&new));
        }
        Ok(new)
    }

    fn held(&self) -> Option<Arc<Known>> {
        self.known.lock().ok().and_then(|known| known.clone())
    }

    fn is_fresh(&self, known: &Known) -> bool {
        let now = self.clock.now();
        known.fetched <= now && now.duration_since(known.fetched) < KNOWN_FOR
    }
}

/// An address a browser may be sent to; never `javascript:` or the like.
fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
