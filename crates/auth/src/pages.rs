//! What a person is told when signing in does not work.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use varde_base::{Category, Language};
use varde_web::{Page, retry_after, ui};

use crate::l10n::text;

/// Why somebody did not get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// They pressed cancel.
    Cancelled,
    /// It took too long, began in another browser, or came back twice.
    Expired,
    /// The provider is away.
    ProviderDown,
    /// Nobody here has that number.
    Unknown,
    /// Too young for a sign-in of their own.
    Child,
    /// Registered dead.
    Deceased,
    /// They have stopped their own account, and it has not been opened again.
    ByOwner,
    /// Not sure enough who they are.
    LevelTooLow,
}

/// The page.
pub(crate) fn stopped(why: Stopped, language: Language, help_phone: Option<&str>) -> Response {
    let t = text(language);
    let (status, title, words) = match why {
        Stopped::Cancelled => (StatusCode::OK, t.msg_sign_in_cancelled_title(), t.msg_sign_in_cancelled_text()),
        Stopped::Expired => (StatusCode::BAD_REQUEST, t.msg_sign_in_expired_title(), t.msg_sign_in_expired_text()),
        Stopped::ProviderDown => {
            (StatusCode::SERVICE_UNAVAILABLE, t.msg_sign_in_down_title(), t.msg_sign_in_down_text())
        }
        Stopped::Unknown => (StatusCode::FORBIDDEN, t.msg_sign_in_unknown_title(), t.msg_sign_in_unknown_text()),
        Stopped::Child => (StatusCode::FORBIDDEN, t.msg_sign_in_child_title(), t.msg_sign_in_child_text()),
        Stopped::Deceased => (StatusCode::FORBIDDEN, t.msg_sign_in_deceased_title(), t.msg_sign_in_deceased_text()),
        Stopped::ByOwner => (StatusCode::FORBIDDEN, t.msg_sign_in_stopped_title(), t.msg_sign_in_stopped_text()),
        Stopped::LevelTooLow => (StatusCode::FORBIDDEN, t.msg_sign_in_level_title(), t.msg_sign_in_level_text()),
    };
    let again = !matches!(why, Stopped::Child | Stopped::Deceased | Stopped::ByOwner);
    let main = html! {
        (ui::heading(&title))
        p { (words) }
        @if let Some(phone) = help_phone.filter(|_| why == Stopped::ByOwner) { p { (ui::phone_link(phone)) } }
        @if again { p { (ui::button_link("/sign-in", &t.msg_sign_in_again())) } }
    };
    let page = Page { title: &title.into(), language, visitor: None, path: "/", main: &main };
    let mut response = (status, page).into_response();
    if why == Stopped::ProviderDown
        && let Some((name, value)) = retry_after(Category::Unavailable)
    {
        response.headers_mut().insert(name, value);
    }
    response
}
