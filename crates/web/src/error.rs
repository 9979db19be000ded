use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use varde_base::{Category, Language};

use crate::l10n::text;
use crate::{Page, Visitor, ui};

/// Seconds after which somebody turned away may try again.
const RETRY_AFTER_SECONDS: u32 = 5;

/// The HTTP status of a category; the only place where the two meet.
pub const fn status(category: Category) -> StatusCode {
    match category {
        Category::Invalid => StatusCode::BAD_REQUEST,
        Category::Unauthenticated => StatusCode::UNAUTHORIZED,
        Category::NotFound => StatusCode::NOT_FOUND,
        Category::Forbidden => StatusCode::FORBIDDEN,
        Category::Gone => StatusCode::GONE,
        Category::Conflict => StatusCode::CONFLICT,
        Category::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Category::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Category::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Category::NotSupported => StatusCode::METHOD_NOT_ALLOWED,
        Category::Busy => StatusCode::TOO_MANY_REQUESTS,
        Category::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Category::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A failure as a page: what happened and what to do next, in the person's language, and nothing of what lies behind.
#[derive(Debug, Clone)]
pub struct PageError {
    /// What kind of failure.
    pub category: Category,
    /// The language of the page.
    pub language: Language,
    /// Who sees it, if signed in.
    pub visitor: Option<Visitor>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (title, words) = self.words();
        let text = text(self.language);
        let main = html! {
            (ui::heading(&title))
            p { (words) }
            p { a href="/" { (text.msg_web_home()) } }
        };
        let title = ui::Title::from(title);
        let page =
            Page { title: &title, language: self.language, visitor: self.visitor.as_ref(), path: "/", main: &main };
        let mut response = (status(self.category), page).into_response();
        if let Some((name, value)) = retry_after(self.category) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl PageError {
    fn words(&self) -> (String, String) {
        let t = text(self.language);
        match self.category {
            Category::NotFound | Category::Gone => (t.msg_web_not_found_title(), t.msg_web_not_found_text()),
            Category::Forbidden => (t.msg_web_forbidden_title(), t.msg_web_forbidden_text()),
            Category::Conflict => (t.msg_web_conflict_title(), t.msg_web_conflict_text()),
            Category::Unauthenticated | Category::PreconditionFailed => {
                (t.msg_web_expired_title(), t.msg_web_expired_text())
            }
            Category::TooLarge => (t.msg_web_large_title(), t.msg_web_large_text()),
            Category::Invalid | Category::UnsupportedMedia | Category::NotSupported => {
                (t.msg_web_invalid_title(), t.msg_web_invalid_text())
            }
            Category::Busy | Category::Unavailable => (t.msg_web_unavailable_title(), t.msg_web_unavailable_text()),
            Category::Fault => (t.msg_web_fault_title(), t.msg_web_fault_text()),
        }
    }
}

/// The header that says when to come back, for failures that pass.
pub fn retry_after(category: Category) -> Option<(HeaderName, HeaderValue)> {
    matches!(category, Category::Busy | Category::Unavailable)
        .then(|| (header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS)))
}
