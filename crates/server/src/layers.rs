//! What surrounds every request: security headers, a number, a time limit, a limit on how many at once, and a line in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tower_http::compression::Compression;
use varde_base::{Category, Language, Random as _, SystemRandom};
use varde_fhir::{Issue, IssueCode, operation_outcome};
use varde_web::{Lang, PageError, Visitor, api_headers, keep_language, retry_after, security_headers, status};

use crate::config::Limits;

/// Header that names a request, in the answer and the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An upload in bulk is read as it arrives, which may take hours; it has a limit on silence of its own.
const UPLOAD: &str = "/fhir/$import";
const UPLOAD_TIME: Duration = Duration::from_secs(6 * 3_600);

/// What forms with files are sent to begins with this.
const WITH_FILES: &str = "/messages/";

/// A form with files comes over a telephone line as well; it is read as it comes.
const FILES_TIME: Duration = Duration::from_secs(180);

#[derive(Clone)]
struct Guard(Arc<Surroundings>);

struct Surroundings {
    /// Security headers of pages, and of the API, whose answers no browser renders.
    pages: HeaderMap,
    api: HeaderMap,
    places: Semaphore,
    time: Duration,
    ids: RequestIds,
}

/// Puts the one layer around `router`: each layer of a router costs every request two allocations, so what surrounds all is one.
pub(crate) fn outermost(router: Router, public_url: &str, issuer: &str, limits: &Limits) -> Router {
    let https = public_url.starts_with("https://");
    let guard = Guard(Arc::new(Surroundings {
        pages: security_headers(origin(issuer), https),
        api: api_headers(https),
        places: Semaphore::new(limits.concurrent_requests),
        time: Duration::from_secs(limits.request_seconds),
        ids: RequestIds::new(),
    }));
    router.layer(from_fn_with_state(guard, guarded))
}

/// Numbers of requests: unlike each other in this process, and unlike those of any other.
struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    fn new() -> Self {
        Self { process: SystemRandom.next_u64(), next: AtomicU64::new(0) }
    }

    /// Sixteen hexadecimal digits for the process, and the request's number.
    fn next(&self) -> String {
        format!("{:016x}{:08x}", self.process, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

fn has_files(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
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

async fn guarded(State(Guard(guard)): State<Guard>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = guard.ids.next();
    let method = request.method().clone();
    // The pattern, never the path: a path holds ids of people.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let is_fhir = request.uri().path().starts_with("/fhir");
    let time = match request.uri().path() {
        UPLOAD => UPLOAD_TIME,
        path if path.starts_with(WITH_FILES) && has_files(&request) => guard.time.max(FILES_TIME),
        _ => guard.time,
    };
    let asker = (!is_fhir).then(|| Asker::of(&request));
    let turned_away =
        |category| asker.as_ref().map_or_else(|| outcome(category), |asker| page(category, asker.language));
    let mut response = match guard.places.try_acquire() {
        Err(_) => turned_away(Category::Busy),
        Ok(_place) => match tokio::time::timeout(time, answer(request, next)).await {
            Ok(response) => response,
            Err(_) => turned_away(Category::Unavailable),
        },
    };
    let elapsed = started.elapsed();
    let code = response.status();
    let headers = response.headers_mut();
    for (name, value) in if is_fhir { &guard.api } else { &guard.pages } {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    // Hundredths of a millisecond, as whole numbers: they are written several times as fast.
    let hundredths = elapsed.as_micros() / 10;
    if let Ok(value) = HeaderValue::try_from(format!("app;dur={}.{:02}", hundredths / 100, hundredths % 100)) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
    if let Some(cookie) = asker.and_then(|asker| asker.chosen) {
        headers.append(header::SET_COOKIE, cookie);
    }
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let milliseconds = elapsed.as_secs_f64() * 1_000.0;
    if code.is_server_error() {
        tracing::error!(id, %method, route, status = code.as_u16(), milliseconds, "answered");
    } else {
        tracing::debug!(id, %method, route, status = code.as_u16(), milliseconds, "answered");
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The language of the one who asks for a page, and the cookie that keeps it when it was chosen just now.
struct Asker {
    language: Language,
    chosen: Option<HeaderValue>,
}

impl Asker {
    fn of(request: &Request) -> Self {
        let query = request.uri().query();
        Self { language: Lang::of(query, request.headers()), chosen: keep_language(query) }
    }
}

/// The answer, compressed for those who can read it.
async fn answer(request: Request, next: Next) -> Response {
    let encodings = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    if encodings.is_none_or(|encodings| !encodings.contains("gzip")) {
        return next.run(request).await;
    }
    match Compression::new(next).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

fn page(category: Category, language: Language) -> Response {
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
