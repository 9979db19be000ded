//! Markup of the front page.

use maud::{Markup, html};
use varde_web::{Tone, ui};

use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// The front page of somebody who has signed in.
pub(super) fn own(ctx: &Ctx, cards: &[Markup], missing: bool) -> Markup {
    let text = ctx.text();
    let first_name = ctx.visitor.actor.name.split(' ').next().unwrap_or_default();
    html! {
        (ui::heading(&text.msg_home_greeting(first_name)))
        @if let Some(person) = &ctx.visitor.acting_for { (ui::lead(&text.msg_home_acting(&*person.name))) }
        @if missing { (ui::alert(Tone::Warning, &text.msg_home_missing())) }
        (ui::columns(cards))
        (ui::subheading(&text.msg_home_services()))
        (ui::tiles(crate::all().iter().map(|slice| ui::Tile {
            href: slice.path,
            icon: slice.icon,
            title: (slice.title)(text),
            detail: (slice.tile)(text),
        })))
    }
}

/// What this is, for somebody who has not signed in.
pub(super) fn welcome(text: &L10nLanguage) -> Markup {
    html! {
        (ui::heading(&text.msg_home_welcome_title()))
        (ui::lead(&text.msg_home_welcome_text()))
        p { (ui::button_link("/sign-in", &text.msg_home_sign_in())) }
        p { (text.msg_home_sign_in_help()) }
        (ui::subheading(&text.msg_home_about_title()))
        p { (text.msg_home_about_text()) }
    }
}
