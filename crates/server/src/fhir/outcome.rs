use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use varde_base::Category;
use varde_fhir::{Issue, IssueCode, operation_outcome};
use varde_store::GateError;

use super::answer::{FHIR_JSON, NO_STORE};
use super::body::{ACCEPT_PATCH, PATCH_TYPES};

/// An interaction that did not succeed: a category, and what becomes the OperationOutcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) category: Category,
    pub(crate) issues: Vec<Issue>,
    /// Where the category alone does not say it (406, 422).
    status: Option<StatusCode>,
    /// What the client may do about it: the challenge of a 401, the media types of a 415.
    header: Option<(HeaderName, &'static str)>,
}

impl Failed {
    pub(crate) fn new(category: Category, issue: Issue) -> Self {
        Self::with_issues(category, vec![issue])
    }

    pub(crate) fn with_issues(category: Category, issues: Vec<Issue>) -> Self {
        Self { category, issues, status: None, header: None }
    }

    pub(crate) fn invalid(issues: Vec<Issue>) -> Self {
        Self::with_issues(Category::Invalid, issues)
    }

    /// What was sent is wrong at one place.
    pub(crate) fn at(code: IssueCode, expression: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Category::Invalid, Issue::error(code, expression, text))
    }

    /// Understood, and refused for what it says: 422 (R4 http#create).
    pub(crate) fn unprocessable(issues: Vec<Issue>) -> Self {
        Self { status: Some(StatusCode::UNPROCESSABLE_ENTITY), ..Self::with_issues(Category::Invalid, issues) }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(Category::NotFound, Issue::error(IssueCode::NotFound, "", "there is no such resource"))
    }

    pub(crate) fn not_supported(expression: &str, text: &str) -> Self {
        Self::new(Category::NotSupported, Issue::error(IssueCode::NotSupported, expression, text))
    }

    pub(crate) fn precondition(code: IssueCode, expression: &str, text: &str) -> Self {
        Self::new(Category::PreconditionFailed, Issue::error(code, expression, text))
    }

    pub(crate) fn too_large(expression: &str, text: String) -> Self {
        Self::new(Category::TooLarge, Issue::error(IssueCode::TooLong, expression, text))
    }

    /// The header names what is taken instead: `Accept`, or `Accept-Patch` (RFC 9110 section 15.5.16, RFC 5789 section 2.2).
    pub(crate) fn unsupported_media(text: &str, header: HeaderName, taken: &'static str) -> Self {
        let issue = Issue::error(IssueCode::NotSupported, "Content-Type", text);
        Self { header: Some((header, taken)), ..Self::new(Category::UnsupportedMedia, issue) }
    }

    pub(crate) fn not_acceptable(place: &str) -> Self {
        let issue = Issue::error(IssueCode::NotSupported, place, "only application/fhir+json is offered (FHIR 4.0)");
        Self { status: Some(StatusCode::NOT_ACCEPTABLE), ..Self::new(Category::NotSupported, issue) }
    }

    pub(crate) fn challenge(mut self, challenge: &'static str) -> Self {
        self.header = Some((WWW_AUTHENTICATE, challenge));
        self
    }

    /// The same, with the place in a Bundle before every expression.
    pub(crate) fn under(mut self, prefix: &str) -> Self {
        for issue in &mut self.issues {
            // What is no path (a header, a parameter, nothing) says where it comes from in words instead.
            let is_path =
                issue.expression.starts_with(|c: char| c.is_ascii_uppercase()) && !issue.expression.contains('-');
            if is_path {
                *issue = issue.clone().under(&format!("{prefix}.resource"));
            } else {
                if !issue.expression.is_empty() {
                    issue.diagnostics = format!("{}: {}", issue.expression, issue.diagnostics);
                }
                issue.expression = prefix.to_owned();
            }
        }
        self
    }

    /// The failure of an entry as that of the whole transaction: 405 and 406 would speak of the address the Bundle was sent to.
    pub(crate) fn of_whole(mut self) -> Self {
        if self.category == Category::NotSupported {
            (self.category, self.status) = (Category::Invalid, None);
        }
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status.unwrap_or_else(|| varde_web::status(self.category))
    }

    pub(crate) fn outcome(&self) -> Vec<u8> {
        operation_outcome(&self.issues)
    }
}

impl From<GateError> for Failed {
    fn from(error: GateError) -> Self {
        let category = error.category();
        let issue = |code, text: &str| Self::new(category, Issue::error(code, "", text));
        match error {
            GateError::NotFound => Self::not_found(),
            GateError::Gone { version } => issue(IssueCode::Deleted, &format!("deleted in version {version}")),
            GateError::Refused(decision) => {
                issue(IssueCode::Forbidden, &format!("refused by rule {}", decision.rule.told()))
            }
            GateError::Conflict { .. } => issue(IssueCode::Conflict, "somebody else has changed it meanwhile"),
            GateError::PreconditionFailed => issue(IssueCode::Conflict, "a condition of the request does not hold"),
            GateError::Invalid(issues) if issues.is_empty() => {
                issue(IssueCode::Value, "a cursor of another search, or too much in one request")
            }
            GateError::Invalid(issues) => Self::with_issues(category, issues),
            GateError::Busy => issue(IssueCode::Throttled, "too much at once; try again"),
            GateError::Unavailable => issue(IssueCode::Transient, "not available for now; try again"),
            GateError::Fault => issue(IssueCode::Exception, "a fault of the server; it has been logged"),
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = (self.status(), [FHIR_JSON, NO_STORE], self.outcome()).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if let Some((name, value)) = varde_web::retry_after(self.category) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// 404 for a path that is none of the API's.
pub(crate) async fn no_such_place() -> Failed {
    Failed::new(Category::NotFound, Issue::error(IssueCode::NotFound, "", "the API has no such place"))
}

/// 405 for a method that is not offered at a place, 204 for `OPTIONS`, which asks what is; the router adds `Allow` to both.
pub(crate) async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(ACCEPT_PATCH, PATCH_TYPES)]).into_response();
    }
    Failed::not_supported("", "this interaction is not offered here; metadata lists those that are").into_response()
}
