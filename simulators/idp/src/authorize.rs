//! The authorization endpoint (OpenID Connect Core section 3.1.2) and the choice of person.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use varde_base::{Language, NationalId, NationalIdKind};

use crate::pages;
use crate::provider::{AuthRequest, Provider, encoded};

/// Levels of assurance as ID-porten names them.
pub(crate) const LEVELS: [&str; 2] = ["idporten-loa-high", "idporten-loa-substantial"];

/// The parameters of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    login_hint: String,
    ui_locales: String,
}

/// Shows whom one can sign in as, or signs in at once when the request names somebody and the box is set up so.
pub(crate) async fn ask(State(provider): State<Arc<Provider>>, Query(asked): Query<Asked>) -> Response {
    let config = &provider.config;
    // Without a known client and address nobody may be sent anywhere (section 3.1.2.2).
    if asked.client_id != config.client_id || !config.redirect_uris.contains(&asked.redirect_uri) {
        return (StatusCode::BAD_REQUEST, "unknown client_id or redirect_uri").into_response();
    }
    if let Some(error) = wrong(&asked) {
        let to = provider.sent_back(&asked.redirect_uri, error, &encoded(&asked.state));
        return Redirect::to(&to).into_response();
    }
    let language = asked.ui_locales.split_whitespace().find_map(Language::from_tag).unwrap_or_default();
    let hinted = asked.login_hint.strip_prefix("pid:").filter(|_| config.auto_sign_in).and_then(synthetic);
    let request = AuthRequest {
        redirect_uri: asked.redirect_uri,
        state: encoded(&asked.state),
        nonce: asked.nonce,
        code_challenge: asked.code_challenge,
    };
    match hinted {
        Some(id) => Redirect::to(&provider.grant(request, id, LEVELS[0].to_owned())).into_response(),
        None => {
            let key = provider.keep(request);
            pages::choose(&provider.config.people, &key, language, false).into_response()
        }
    }
}

/// The error code of a request that cannot be served (RFC 6749 section 4.1.2.1).
fn wrong(asked: &Asked) -> Option<&'static str> {
    if asked.response_type != "code" {
        Some("unsupported_response_type")
    } else if !asked.scope.split(' ').any(|scope| scope == "openid") {
        Some("invalid_scope")
    } else if asked.code_challenge_method != "S256"
        || asked.code_challenge.len() != 43
        || asked.state.is_empty()
        || asked.nonce.is_empty()
    {
        Some("invalid_request")
    } else {
        None
    }
}

/// The number, if it can belong to nobody real.
fn synthetic(text: &str) -> Option<String> {
    let id: NationalId = text.trim().parse().ok()?;
    (id.kind() == NationalIdKind::Synthetic).then(|| id.as_str().to_owned())
}

/// What the page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    request: String,
    language: String,
    person: String,
    typed: String,
    level: String,
    cancel: String,
}

/// Signs the chosen person in.
pub(crate) async fn choose(State(provider): State<Arc<Provider>>, Form(chosen): Form<Chosen>) -> Response {
    let language = Language::from_tag(&chosen.language).unwrap_or_default();
    let Some(request) = provider.request(&chosen.request) else {
        return (StatusCode::BAD_REQUEST, pages::too_late(language)).into_response();
    };
    if !chosen.cancel.is_empty() {
        let to = provider.sent_back(&request.redirect_uri, "access_denied", &request.state);
        return Redirect::to(&to).into_response();
    }
    let typed = if chosen.typed.trim().is_empty() { &chosen.person } else { &chosen.typed };
    match synthetic(typed) {
        Some(id) => {
            let level = LEVELS.into_iter().find(|level| *level == chosen.level).unwrap_or(LEVELS[0]);
            Redirect::to(&provider.grant(request, id, level.to_owned())).into_response()
        }
        None => {
            let key = provider.keep(request);
            let page = pages::choose(&provider.config.people, &key, language, true);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}
