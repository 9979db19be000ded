//! The layer that turns cookies into visitors.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use varde_store::GateError;
use varde_web::{
    CSRF_FIELD, EndFailed, EndSessions, Lang, PageError, SwitchFailed, SwitchSubject, Visitor, cookie, read_fields,
};

use crate::session::{Found, Session};
use crate::{Auth, cookies, draft};

/// Puts a [`Visitor`], a [`SwitchSubject`] and an [`EndSessions`] on requests that carry a good session.
pub(crate) async fn visitor(State(auth): State<Auth>, mut request: Request, next: Next) -> Response {
    let Some(token) = cookie(request.headers(), cookies::SESSION).map(str::to_owned) else {
        return next.run(request).await;
    };
    let now = auth.0.clock.now();
    match auth.0.sessions.find(&token, now).await {
        Ok(Found::Live(session)) => {
            let Some(visitor) = session.visitor() else { return next.run(request).await };
            let draft_of =
                (request.method() == Method::GET).then(|| cookie(request.headers(), cookies::DRAFT).map(str::to_owned));
            let path = request.uri().path().to_owned();
            let visitor = with_draft(&auth, draft_of.flatten(), &path, visitor).await;
            request.extensions_mut().insert(end_all(&auth, &visitor));
            request.extensions_mut().insert(visitor);
            request.extensions_mut().insert(switch(&auth, token));
            no_store(next.run(request).await).await
        }
        Ok(Found::Ended(session)) if request.method() == Method::POST => {
            no_store(keep(&auth, &session, request, next, now).await).await
        }
        Ok(Found::Ended(_) | Found::None) => next.run(request).await,
        Err(error) => unavailable(&error, &request),
    }
}

/// Marks an answer that no cache may store, on disk or on the way, unless whoever made it has said otherwise (RFC 9111 section 5.2.2.5).
pub(crate) async fn no_store(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(value);
    response
}

/// The database is away: nobody is taken for signed out because of that.
fn unavailable(error: &GateError, request: &Request) -> Response {
    let language = Lang::of(request.uri().query(), request.headers());
    PageError { category: error.category(), language, visitor: None }.into_response()
}

async fn with_draft(auth: &Auth, token: Option<String>, path: &str, mut visitor: Visitor) -> Visitor {
    if let Some(token) = token {
        let (store, person) = (auth.0.sessions.ephemeral(), visitor.actor.patient.as_str());
        // Without the draft the form is empty, which is bad enough; the page must still come.
        visitor.draft = draft::take(store, &token, person, path).await.unwrap_or_default();
    }
    visitor
}

fn switch(auth: &Auth, token: String) -> SwitchSubject {
    let auth = auth.clone();
    SwitchSubject::new(move |person| {
        let (auth, token) = (auth.clone(), token.clone());
        Box::pin(async move {
            let now = auth.0.clock.now();
            auth.0.sessions.act_for(&token, person, now).await.map_err(|_| SwitchFailed)
        })
    })
}

fn end_all(auth: &Auth, visitor: &Visitor) -> EndSessions {
    let (auth, patient) = (auth.clone(), visitor.actor.patient.clone());
    EndSessions::new(move || {
        let (auth, patient) = (auth.clone(), patient.clone());
        Box::pin(async move {
            let now = auth.0.clock.now();
            auth.0.sessions.end_all(&patient, now).await.map_err(|_| EndFailed)
        })
    })
}

/// The session ended while a form was being filled in: keep what was sent, sign in, and come back to the form.
async fn keep(auth: &Auth, session: &Session, request: Request, next: Next, now: Timestamp) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/sign-") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let fields = match read_fields(&parts.headers, body).await {
        Ok(fields) => fields,
        Err(category) => {
            let language = language(&parts);
            return PageError { category, language, visitor: None }.into_response();
        }
    };
    let to = format!("/sign-in?next={}", utf8_percent_encode(&path, NON_ALPHANUMERIC));
    // A form that another site filled in is not what the person typed, and must not wait for them as if it were.
    if !is_of(session, &fields) {
        return Redirect::to(&to).into_response();
    }
    let kept = draft::keep(auth.0.sessions.ephemeral(), &session.patient, &path, fields, now).await;
    let token = match kept {
        Ok(token) => token,
        Err(error) => {
            return PageError { category: error.category(), language: language(&parts), visitor: None }.into_response();
        }
    };
    let mut response = Redirect::to(&to).into_response();
    let seconds = u64::try_from(draft::LIFE.as_secs()).unwrap_or_default();
    if let Some(value) = cookies::set(cookies::DRAFT, &token, Some(seconds)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Whether the form is from a page of this session.
fn is_of(session: &Session, fields: &[(String, String)]) -> bool {
    let sent = fields.iter().find(|(name, _)| name == CSRF_FIELD);
    sent.is_some_and(|(_, sent)| session.visitor().is_some_and(|visitor| visitor.csrf.matches(sent)))
}

fn language(parts: &axum::http::request::Parts) -> varde_base::Language {
    Lang::of(parts.uri.query(), &parts.headers)
}
