use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use varde_base::Language;
use varde_web::{Page, Visitor, ui};

use crate::l10n::text;

/// What somebody meets whose account is stopped, wherever they go: what holds, and how it is opened again.
pub(crate) fn stopped_page(visitor: Option<&Visitor>, language: Language, path: &str) -> Response {
    let text = text(language);
    let title = text.msg_sharing_stopped_title();
    let main = html! {
        (ui::heading(&title))
        (ui::lead(&text.msg_sharing_stopped_text()))
        (ui::subheading(&text.msg_sharing_stopped_open_title()))
        p { (text.msg_sharing_stopped_open_text()) }
        p { (text.msg_sharing_stopped_eid()) }
        (ui::subheading(&text.msg_sharing_stopped_help_title()))
        p { (text.msg_sharing_stopped_help_text()) }
    };
    Page { title: &title.into(), language, visitor, path, main: &main }.into_response()
}

/// The same, as the answer to a page that is closed to them.
pub(super) fn closed(visitor: &Visitor, language: Language, path: &str) -> Response {
    (StatusCode::FORBIDDEN, stopped_page(Some(visitor), language, path)).into_response()
}
