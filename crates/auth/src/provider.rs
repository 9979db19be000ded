//! The identity provider, as `openidconnect` speaks with it: discovery, authorization request, code exchange, ID token checks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenClaims,
    IdTokenFields, IssuerUrl, LanguageTag, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use varde_base::Language;

use crate::Config;

/// Longest wait for the provider, in all.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Largest answer taken from it.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Keys are fetched anew for a token signed with an unknown one, but not more often than this, so that nobody can make us flood it.
const REFRESH_EVERY: Duration = Duration::from_secs(10);

/// How old what we know of the provider may be.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);

/// What ID-porten adds to an ID token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PersonClaims {
    /// The national identity number.
    pid: Option<String>,
}

impl AdditionalClaims for PersonClaims {}

type Claims = IdTokenClaims<PersonClaims, CoreGenderClaim>;
type Fields = IdTokenFields<
    PersonClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type OidcClient = Client<
    PersonClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

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
#[derive(Debug)]
pub(crate) struct Departure {
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    pub(crate) pid: String,
    pub(crate) acr: String,
}

struct Known {
    client: OidcClient,
    end_session: Option<String>,
    fetched: Instant,
}

/// The provider.
pub(crate) struct Provider {
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    client_id: String,
    client_secret: String,
    http: Http,
    known: Mutex<Option<Arc<Known>>>,
    refreshed: Mutex<Option<Instant>>,
}

impl Provider {
    pub(crate) fn new(config: &Config) -> Result<Self, SetupError> {
        let callback = format!("{}/sign-in/callback", config.public_url);
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // Following redirects would let a provider lead us anywhere (openidconnect's own advice against SSRF).
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SetupError::Http)?;
        let http = Http(http);
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone()).map_err(|_| SetupError::Address("sign_in.issuer"))?,
            redirect: RedirectUrl::new(callback).map_err(|_| SetupError::Address("public_url"))?,
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            http,
            known: Mutex::new(None),
            refreshed: Mutex::new(None),
        })
    }

    /// The address to send somebody to, and what must be kept until they return.
    pub(crate) async fn depart(&self, hint: Option<&str>, language: Language) -> Result<Departure, ProviderError> {
        let known = self.known().await?;
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

    /// Whom a code stands for. All checks of OpenID Connect Core section 3.1.3.7 are made, on a short list of algorithms.
    pub(crate) async fn arrive(&self, code: &str, verifier: String, nonce: String) -> Result<Vouched, ProviderError> {
        let known = self.known().await?;
        let exchange = known
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| ProviderError::Refused("no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let tokens: Tokens = exchange.request_async(&self.http).await.map_err(|error| match error {
            openidconnect::RequestTokenError::Request(_) => ProviderError::Unavailable,
            _ => ProviderError::Refused("the code was not accepted"),
        })?;
        let nonce = Nonce::new(nonce);
        match check(&known.client, &tokens, &nonce) {
            Err(Unchecked::UnknownKey) => {
                let known = self.refresh(&known).await?;
                check(&known.client, &tokens, &nonce).map_err(|_| ProviderError::Refused("the signature"))
            }
            Err(Unchecked::Wrong(what)) => Err(ProviderError::Refused(what)),
            Ok(vouched) => Ok(vouched),
        }
    }

    /// Where to send somebody who signs out, when the provider has such a place and we know of it.
    pub(crate) async fn end_session(&self) -> Option<String> {
        let known = self.known.lock().await.clone()?;
        known.end_session.clone()
    }

    async fn known(&self) -> Result<Arc<Known>, ProviderError> {
        let mut known = self.known.lock().await;
        if let Some(fresh) = known.as_ref().filter(|known| known.fetched.elapsed() < KNOWN_FOR) {
            return Ok(Arc::clone(fresh));
        }
        match self.discover().await {
            Ok(new) => {
                let new = Arc::new(new);
                *known = Some(Arc::clone(&new));
                Ok(new)
            }
            // What we knew an hour ago is better than turning everybody away.
            Err(error) => known.as_ref().map(Arc::clone).ok_or(error),
        }
    }

    async fn refresh(&self, stale: &Arc<Known>) -> Result<Arc<Known>, ProviderError> {
        let mut refreshed = self.refreshed.lock().await;
        if refreshed.is_some_and(|last| last.elapsed() < REFRESH_EVERY) {
            return Ok(self.known.lock().await.clone().unwrap_or_else(|| Arc::clone(stale)));
        }
        *refreshed = Some(Instant::now());
        let new = Arc::new(self.discover().await?);
        *self.known.lock().await = Some(Arc::clone(&new));
        Ok(new)
    }

    async fn discover(&self) -> Result<Known, ProviderError> {
        let metadata =
            CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await.map_err(|error| {
                tracing::warn!(%error, "the identity provider cannot be read");
                ProviderError::Unavailable
            })?;
        let end_session = self.end_session_endpoint().await;
        let client = OidcClient::from_provider_metadata(
            metadata,
            ClientId::new(self.client_id.clone()),
            Some(ClientSecret::new(self.client_secret.clone())),
        )
        .set_redirect_uri(self.redirect.clone());
        Ok(Known { client, end_session, fetched: Instant::now() })
    }

    /// `end_session_endpoint` of the discovery document, which the core metadata type leaves out.
    async fn end_session_endpoint(&self) -> Option<String> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.as_str().trim_end_matches('/'));
        let answer = self.http.0.get(url).send().await.ok()?;
        let bytes = limited(answer).await.ok()?;
        let document: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        document.get("end_session_endpoint")?.as_str().map(str::to_owned)
    }
}

/// Our HTTP client in the shape the library wants.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = SendError;
    type Future = BoxFuture<'c, Result<HttpResponse, SendError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|_| SendError)?;
            let answer = self.0.execute(request).await.map_err(|_| SendError)?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = HttpResponse::new(limited(answer).await?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// The provider could not be reached, or says too much.
#[derive(Debug, thiserror::Error)]
#[error("no usable answer")]
struct SendError;

async fn limited(mut answer: reqwest::Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| SendError)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(SendError);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

enum Unchecked {
    UnknownKey,
    Wrong(&'static str),
}

fn check(client: &OidcClient, tokens: &Tokens, nonce: &Nonce) -> Result<Vouched, Unchecked> {
    use openidconnect::{ClaimsVerificationError as Failed, SignatureVerificationError as Signature};
    let verifier = client.id_token_verifier().set_allowed_algs([
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    ]);
    let token = tokens.extra_fields().id_token().ok_or(Unchecked::Wrong("there is no ID token"))?;
    let claims: &Claims = token.claims(&verifier, nonce).map_err(|error| match error {
        Failed::SignatureVerification(Signature::NoMatchingKey) => Unchecked::UnknownKey,
        Failed::SignatureVerification(_) => Unchecked::Wrong("the signature"),
        Failed::Expired(_) => Unchecked::Wrong("the ID token has expired"),
        Failed::InvalidNonce(_) => Unchecked::Wrong("the nonce"),
        Failed::InvalidIssuer(_) => Unchecked::Wrong("the issuer"),
        Failed::InvalidAudience(_) => Unchecked::Wrong("the audience"),
        _ => Unchecked::Wrong("the ID token"),
    })?;
    let pid = claims.additional_claims().pid.clone().ok_or(Unchecked::Wrong("there is no pid"))?;
    let acr = claims.auth_context_ref().map(|acr| acr.as_str().to_owned()).unwrap_or_default();
    Ok(Vouched { pid, acr })
}
