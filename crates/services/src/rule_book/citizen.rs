//! The page of the rules. It shows nobody's data, so it asks nobody to sign in.

use axum::Router;
use axum::extract::State as Current;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use varde_web::{Lang, Page, Visitor};

use super::pages;
use crate::l10n::text;
use crate::shared::State;

/// The route of the rules.
pub(crate) fn router() -> Router<State> {
    Router::new().route("/rule-book", get(rules))
}

async fn rules(Current(state): Current<State>, visitor: Option<Visitor>, Lang(language): Lang, uri: Uri) -> Response {
    let path = uri.path_and_query().map_or("/rule-book", |path| path.as_str());
    let title = text(language).msg_rule_book_title();
    let main = pages::rules(state.store.rule_book(), language);
    Page { title: &title.into(), language, visitor: visitor.as_ref(), path, main: &main }.into_response()
}
