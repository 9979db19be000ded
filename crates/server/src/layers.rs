//! What surrounds every request: security headers, a number, a time limit, a limit on how many at once, and a line in the log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use varde_base::Category;
use varde_fhir::{Issue, IssueCode, operation_outcome};
use varde_web::{Lang, PageError, Visitor, keep_language, retry_after, security_headers, status};

use crate::config::Limits;

/// Header that names a request, in the answer and the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone)]
struct Guard {
    headers: Arc<HeaderMap>,
    places: Arc<Semaphore>,
    time: Duration,
}

/// Puts the layers around `router`.
pub(crate) fn outermost(router: Router, public_url: &str, issuer: &str, limits: &Limits) -> Router {
    let guard = Guard {
        headers: Arc::new(security_headers(origin(issuer), public_url.starts_with("https://"))),
        places: Arc::new(Semaphore::new(limits.concurrent_requests)),
        time: Duration::from_secs(limits.request_seconds),
    };
    router
        .layer(tower_http::compression::CompressionLayer::new().gzip(true))
        .layer(from_fn(keep_language))
        .layer(from_fn_with_state(guard, guarded))
}

/// Scheme and authority of an address.
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    url.get(authority..).and_then(|rest| rest.find('/')).and_then(|end| url.get(..authority + end)).unwrap_or(url)
}

/// An address that is none, said to whoever has asked.
pub(crate) async fn nothing_here(Lang(language): Lang, visitor: Option<Visitor>) -> Response {
    PageError { category: Category::NotFound, language, visitor }.into_response()
}

async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = uuid::Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    // The pattern, never the path: a path holds ids of people.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let is_fhir = request.uri().path().starts_with("/fhir");
    let language = Lang::of(request.uri().query(), request.headers());
    let turned_away = |category| if is_fhir { outcome(category) } else { page(category, language) };
    let mut response = match guard.places.try_acquire() {
        Err(_) => turned_away(Category::Busy),
        Ok(_place) => match tokio::time::timeout(guard.time, next.run(request)).await {
            Ok(response) => response,
            Err(_) => turned_away(Category::Unavailable),
        },
    };
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    let code = response.status();
    let headers = response.headers_mut();
    for (name, value) in guard.headers.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::from_str(&format!("app;dur={milliseconds:.2}")) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
    let route = route.unwrap_or_else(|| "-".to_owned());
    if code.is_server_error() {
        tracing::error!(id, %method, route, status = code.as_u16(), milliseconds, "answered");
    } else {
        tracing::debug!(id, %method, route, status = code.as_u16(), milliseconds, "answered");
    }
    response
}

fn page(category: Category, language: varde_base::Language) -> Response {
    PageError { category, language, visitor: None }.into_response()
}

fn outcome(category: Category) -> Response {
    let body = operation_outcome(&[Issue::error(IssueCode::Throttled, "", "too much at once; try again in a while")]);
    let kind = HeaderValue::from_static("application/fhir+json; charset=utf-8");
    let mut response = (status(category), [(header::CONTENT_TYPE, kind)], body).into_response();
    if let Some((name, value)) = retry_after(category) {
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_ends_before_the_path() {
        for (url, expected) in [
            ("https://id.example/a/b", "https://id.example"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("https://id.example/", "https://id.example"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }
}
