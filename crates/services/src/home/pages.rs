//! Markup of the front page, and of what stands beside it.

mod household;
mod services;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::{Tone, dates, ui};

pub(super) use household::household;
pub(super) use services::{Mine, mine, services};

use super::chosen::Chosen;
use super::gather::{Gathered, OfService};
use super::rules::{self, Deadline};
use super::words;
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::slice::{CardKind, Slice};

/// The front page of somebody who has signed in. `services` are in their order.
pub(super) fn own(ctx: &Ctx, gathered: &Gathered, services: &[&'static Slice], chosen: &Chosen) -> Markup {
    let text = ctx.text();
    let first_name = ctx.visitor.actor.name.split(' ').next().unwrap_or_default();
    let has_to_do = gathered.cards.iter().any(|its| its.card.kind == CardKind::ToDo);
    let cards: Vec<Markup> = gathered.cards.iter().map(|its| card(ctx, its)).collect();
    // What one has chosen is about oneself, and of somebody one acts for not everything may be known.
    let is_own = ctx.visitor.acting_for.is_none();
    html! {
        (ui::heading(&text.msg_home_greeting(first_name)))
        @if let Some(person) = &ctx.visitor.acting_for { (ui::lead(&text.msg_home_acting(&*person.name))) }
        @if gathered.is_missing { (ui::alert(Tone::Warning, &text.msg_home_missing())) }
        @if is_own && !has_to_do && !gathered.is_missing { p { (text.msg_home_nothing_to_do()) } }
        (ui::columns(&cards))
        @if is_own { @for situation in &chosen.situations {
            (ui::subheading(&words::situation_title(text, *situation)))
            (ui::list(words::links(*situation).map(|(href, title)| link(href, &title(text)))))
        } }
        (ui::subheading(&text.msg_home_services()))
        (search(text, ""))
        (ui::tiles(services.iter().take(rules::FIRST).map(|slice| tile(text, slice))))
        @if services.len() > rules::FIRST {
            (ui::subheading(&text.msg_home_more()))
            (ui::tiles(services.iter().skip(rules::FIRST).map(|slice| ui::Tile { detail: String::new(), ..tile(text, slice) })))
        }
        p { a.ds-link href="/services/mine" { (text.msg_home_mine_title()) } }
    }
}

/// A card, under the day by which something is to be done.
fn card(ctx: &Ctx, its: &OfService) -> Markup {
    let deadline = rules::deadline(its.card.due, date_in_norway(ctx.now));
    let to_do = html! {
        (its.card.markup)
        @if its.card.kind == CardKind::ToDo { p { (to_do_tag(ctx, deadline)) } }
    };
    match &its.card.beside {
        // Set apart, so that the day is not taken for that of what follows.
        Some(beside) => html! { div.ds-card.to-do { (to_do) } (beside) },
        None => to_do,
    }
}

fn to_do_tag(ctx: &Ctx, deadline: Deadline) -> Markup {
    let tone = match deadline {
        Deadline::Overdue(_) => Tone::Danger,
        Deadline::Today | Deadline::By(_) | Deadline::None => Tone::Warning,
    };
    ui::tag(tone, &deadline_words(ctx, deadline))
}

/// By when, in words.
fn deadline_words(ctx: &Ctx, deadline: Deadline) -> String {
    let text = ctx.text();
    match deadline {
        Deadline::Overdue(due) => text.msg_home_due_over(day(ctx, due)),
        Deadline::Today => text.msg_home_due_today(),
        Deadline::By(due) => text.msg_home_due_by(day(ctx, due)),
        Deadline::None => text.msg_home_to_do(),
    }
}

fn day(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_default()
}

fn search(text: &L10nLanguage, query: &str) -> Markup {
    ui::search_form(
        "/services",
        &text.msg_home_search(),
        &text.msg_home_search_help(),
        query,
        &text.msg_home_search_button(),
    )
}

fn tile(text: &L10nLanguage, slice: &Slice) -> ui::Tile {
    ui::Tile { href: slice.path, icon: slice.icon, title: (slice.title)(text), detail: (slice.tile)(text) }
}

fn link(href: &str, title: &str) -> Markup {
    ui::list_item(&ui::ListItem { href: Some(href), title, detail: "", tag: None })
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
