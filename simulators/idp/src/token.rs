//! Discovery, keys, the token endpoint and signing out.

use std::sync::Arc;

use axum::Form;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use varde_base::{SystemRandom, token_base64url};

use crate::authorize::LEVELS;
use crate::provider::{Grant, Provider};

/// Seconds an ID token is good for.
const TOKEN_SECONDS: i64 = 120;

/// OpenID Connect Discovery 1.0 section 3.
pub(crate) async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "end_session_endpoint": at("/end-session"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile"],
        "acr_values_supported": LEVELS,
        "ui_locales_supported": ["nb", "nn", "en", "se"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// The public keys.
pub(crate) async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(provider.keys.published())
}

/// Changes the signing key, for tests of that.
pub(crate) async fn rotate(State(provider): State<Arc<Provider>>) -> StatusCode {
    match provider.keys.rotate() {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The token request (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

/// Gives an ID token for a code, once, to the client that proves itself and the sign-in.
pub(crate) async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    if !client_is_known(&provider, &headers) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if request.grant_type != "authorization_code" {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let Some(grant) = provider.redeem(&request.code) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(request.code_verifier.as_bytes()));
    if grant.request.redirect_uri != request.redirect_uri || grant.request.code_challenge != challenge {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    match id_token(&provider, &grant) {
        Some(id_token) => {
            let answer = json!({ "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "id_token": id_token,
                "access_token": token_base64url(&mut SystemRandom) });
            ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
        }
        None => refused(StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    }
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "error": error }))).into_response()
}

/// HTTP Basic with form-encoded name and secret (RFC 6749 section 2.3.1); ours hold nothing that encoding changes.
fn client_is_known(provider: &Provider, headers: &HeaderMap) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(encoded) = sent.and_then(|value| value.strip_prefix("Basic ")) else { return false };
    let expected = format!("{}:{}", provider.config.client_id, provider.config.client_secret);
    STANDARD.decode(encoded).is_ok_and(|given| given == expected.as_bytes())
}

fn id_token(provider: &Provider, grant: &Grant) -> Option<String> {
    let now = provider.clock.now().as_second();
    // Pairwise: the same for this client at every sign-in, and not the national number itself.
    let subject = Sha256::digest(format!("{}/{}", provider.config.client_id, grant.national_id));
    let claims = json!({
        "iss": provider.issuer,
        "sub": URL_SAFE_NO_PAD.encode(subject),
        "aud": provider.config.client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "auth_time": now,
        "nonce": grant.request.nonce,
        "acr": grant.acr,
        "amr": ["test"],
        "sid": token_base64url(&mut SystemRandom),
        "pid": grant.national_id,
    });
    let (kid, key) = provider.keys.signing()?;
    let header = Header { kid: Some(kid), ..Header::new(Algorithm::ES256) };
    jsonwebtoken::encode(&header, &claims, &key).ok()
}

/// Where to go after signing out (OpenID Connect RP-Initiated Logout 1.0).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EndSession {
    post_logout_redirect_uri: String,
    client_id: String,
    id_token_hint: String,
}

/// There is no session here to end; the person goes back where they came from. A hint must be a token of ours, however old, and a
/// `client_id` the one it was given to (section 2).
pub(crate) async fn end_session(State(provider): State<Arc<Provider>>, Query(asked): Query<EndSession>) -> Response {
    let wrong_client = !asked.client_id.is_empty() && asked.client_id != provider.config.client_id;
    let wrong_hint = !asked.id_token_hint.is_empty() && !is_ours(&provider, &asked.id_token_hint);
    if wrong_client || wrong_hint {
        return (StatusCode::BAD_REQUEST, "unknown client_id or id_token_hint").into_response();
    }
    if provider.config.post_logout_redirect_uris.contains(&asked.post_logout_redirect_uri) {
        Redirect::to(&asked.post_logout_redirect_uri).into_response()
    } else {
        Redirect::to("/").into_response()
    }
}

/// Whether a token was signed here for our client.
fn is_ours(provider: &Provider, token: &str) -> bool {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[&provider.config.client_id]);
    validation.set_issuer(&[&provider.issuer]);
    provider.keys.checking().iter().any(|key| jsonwebtoken::decode::<Value>(token, key, &validation).is_ok())
}
