use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use varde_base::Language;
use varde_web::{Page, Visitor, ui};

use super::{Ctx, State};
use crate::l10n::text;

/// What somebody meets whose account is stopped, wherever they go: what holds, and how it is opened again.
pub(crate) fn stopped_page(state: &State, visitor: Option<&Visitor>, language: Language, path: &str) -> Response {
    let text = text(language);
    let title = text.msg_sharing_stopped_title();
    let main = html! {
        (ui::heading(&title))
        (ui::lead(&text.msg_sharing_stopped_text()))
        (ui::subheading(&text.msg_sharing_stopped_open_title()))
        p { (text.msg_sharing_stopped_open_text()) }
        @if let Some(phone) = &state.help_phone { p { (ui::phone_link(phone)) } }
        p { (text.msg_sharing_stopped_eid()) }
        (ui::subheading(&text.msg_sharing_stopped_help_title()))
        p { (text.msg_sharing_stopped_help_text()) }
    };
    Page { title: &title.into(), language, visitor, path, main: &main }.into_response()
}

/// The same, as the answer to a page that is closed to them.
pub(super) fn closed(ctx: &Ctx) -> Response {
    let page = stopped_page(&ctx.state, Some(&ctx.visitor), ctx.language, &ctx.path);
    (StatusCode::FORBIDDEN, page).into_response()
}
