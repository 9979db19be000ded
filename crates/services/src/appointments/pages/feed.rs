//! The page of the private calendar feed.

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

use super::super::feed::Shows;
use crate::shared::Ctx;

/// Values of the choice of what is shown.
pub(in super::super) const WHAT: [&str; 2] = ["time", WITH_PLACE];

/// When and where.
pub(in super::super) const WITH_PLACE: &str = "place";

/// Values of the choice of whose.
pub(in super::super) const WHOSE: [&str; 2] = ["mine", HOUSEHOLD];

/// Everybody's.
pub(in super::super) const HOUSEHOLD: &str = "household";

/// What stands in the form.
#[derive(Debug, Default)]
pub(in super::super) struct Typed {
    /// What is to be shown.
    pub what: String,
    /// Whose.
    pub whose: String,
    /// Nothing was chosen of the one.
    pub wrong_what: bool,
    /// Nothing was chosen of the other.
    pub wrong_whose: bool,
}

/// What it is, whether there is an address, and the form that makes one.
pub(in super::super) fn settings(ctx: &Ctx, shows: Option<&Shows>, typed: &Typed) -> Markup {
    let text = ctx.text();
    let wrong = [
        typed.wrong_what.then(|| ("what", text.msg_appointments_feed_what_error())),
        typed.wrong_whose.then(|| ("whose", text.msg_appointments_feed_whose_error())),
    ];
    let wrong: Vec<(&str, String)> = wrong.into_iter().flatten().collect();
    html! {
        (ui::back_link("/appointments", &text.msg_appointments_back()))
        @if !wrong.is_empty() { (ui::error_summary(ctx.language, &wrong)) }
        (ui::heading(&text.msg_appointments_feed_title()))
        (ui::lead(&text.msg_appointments_feed_intro()))
        @if ctx.visitor.acting_for.is_some() { (ui::alert(Tone::Info, &text.msg_appointments_feed_own())) }
        @if let Some(shows) = shows {
            (ui::subheading(&text.msg_appointments_feed_on()))
            p { (words(ctx, shows)) }
            (ui::form("/appointments/feed/stop", &ctx.visitor, ui::danger_button(&text.msg_appointments_feed_stop())))
            (ui::subheading(&text.msg_appointments_feed_again()))
            p { (text.msg_appointments_feed_again_help()) }
        }
        (ui::form("/appointments/feed", &ctx.visitor, form(ctx, typed)))
    }
}

fn form(ctx: &Ctx, typed: &Typed) -> Markup {
    let text = ctx.text();
    let choice = |value: &str, label| ui::Choice { value: value.to_owned(), label };
    let group = |choices| vec![ui::Choices { title: String::new(), note: String::new(), choices }];
    let (what_error, whose_error) = (text.msg_appointments_feed_what_error(), text.msg_appointments_feed_whose_error());
    html! {
        (ui::choice_group(&ui::ChoiceGroup {
            id: "what",
            legend: &text.msg_appointments_feed_what(),
            help: &text.msg_appointments_feed_what_help(),
            error: typed.wrong_what.then_some(what_error.as_str()),
            chosen: &typed.what,
            groups: group(vec![
                choice("time", text.msg_appointments_feed_what_time()),
                choice(WITH_PLACE, text.msg_appointments_feed_what_place()),
            ]),
        }))
        (ui::choice_group(&ui::ChoiceGroup {
            id: "whose",
            legend: &text.msg_appointments_feed_whose(),
            help: "",
            error: typed.wrong_whose.then_some(whose_error.as_str()),
            chosen: &typed.whose,
            groups: group(vec![
                choice("mine", text.msg_appointments_feed_whose_mine()),
                choice(HOUSEHOLD, text.msg_appointments_feed_whose_all()),
            ]),
        }))
        (ui::submit_button(&text.msg_appointments_feed_submit()))
    }
}

fn words(ctx: &Ctx, shows: &Shows) -> String {
    let text = ctx.text();
    let made = dates::date_long(shows.made, ctx.language);
    match (shows.place, shows.household) {
        (false, false) => text.msg_appointments_feed_on_time_mine(made),
        (true, false) => text.msg_appointments_feed_on_place_mine(made),
        (false, true) => text.msg_appointments_feed_on_time_all(made),
        (true, true) => text.msg_appointments_feed_on_place_all(made),
    }
}

/// The address, shown this once.
pub(in super::super) fn made(ctx: &Ctx, address: &str) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/appointments/feed", &text.msg_appointments_feed_title()))
        (ui::confirmation(&text.msg_appointments_feed_made_title(), &text.msg_appointments_feed_made_text()))
        (ui::heading(&text.msg_appointments_feed_made_heading()))
        (ui::text_field(&ui::TextField {
            id: "address",
            label: &text.msg_appointments_feed_address(),
            help: &text.msg_appointments_feed_address_help(),
            error: None,
            value: address,
            kind: ui::TextKind::Words,
        }))
        ol {
            li { (text.msg_appointments_feed_step_1()) }
            li { (text.msg_appointments_feed_step_2()) }
            li { (text.msg_appointments_feed_step_3()) }
        }
    }
}
