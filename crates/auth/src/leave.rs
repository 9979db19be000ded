//! `/sign-out`: ends the session here at once, then at the provider.

use axum::extract::{FromRequest as _, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use varde_store::GateError;
use varde_web::{Lang, PageError, SafeForm, Visitor, cookie};

use crate::flow::add_cookie;
use crate::{Auth, cookies, hint};

/// Signing out has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

/// Signs out. Somebody whose session has ended by itself is not asked to sign in first: that would do the opposite of what they
/// asked for.
pub(crate) async fn sign_out(
    State(auth): State<Auth>,
    Lang(language): Lang,
    visitor: Option<Visitor>,
    request: Request,
) -> Response {
    let Some(token) = cookie(request.headers(), cookies::SESSION).map(str::to_owned) else {
        return Redirect::to("/").into_response();
    };
    // Another site may not sign anybody out. What has ended already holds no token to compare with, and nothing to protect.
    if visitor.is_some()
        && let Err(refusal) = SafeForm::<NoFields>::from_request(request, &()).await
    {
        return refusal;
    }
    let id_token = match end(&auth, &token).await {
        Ok(id_token) => id_token,
        Err(error) => return PageError { category: error.category(), language, visitor }.into_response(),
    };
    let to = auth.0.provider.end_session(id_token.as_deref()).await.unwrap_or_else(|| "/".to_owned());
    let mut response = Redirect::to(&to).into_response();
    add_cookie(&mut response, cookies::clear(cookies::SESSION));
    add_cookie(&mut response, cookies::clear(cookies::DRAFT));
    response
}

/// Ends a session; the ID token that began it, if it was kept.
pub(crate) async fn end(auth: &Auth, token: &str) -> Result<Option<String>, GateError> {
    auth.0.sessions.end(token).await?;
    // Without it the provider asks the person, who has signed out here in any case.
    Ok(hint::take(auth.0.sessions.ephemeral(), token, &auth.0.config.issuer).await.unwrap_or_default())
}
