use maud::{Markup, html};
use varde_web::ui;

use super::super::chosen::{Chosen, Situation};
use super::super::words::{self, Group};
use super::{day, search, tile};
use crate::shared::{Ctx, Used};
use crate::slice::Slice;

/// Name of the field with the pinned services.
const PINNED: &str = "pinned";

/// All services, or those that were found.
pub(in super::super) fn services(ctx: &Ctx, query: &str, found: &[&'static Slice]) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/", &text.msg_home_title()))
        (ui::heading(&text.msg_home_services_title()))
        (search(text, query))
        @if !query.is_empty() {
            div role="status" {
                @if found.is_empty() {
                    (ui::empty_state(&text.msg_home_found_none(query), &text.msg_home_found_none_help()))
                } @else {
                    (ui::subheading(&text.msg_home_found(query)))
                    (ui::tiles(found.iter().map(|slice| tile(text, slice))))
                }
            }
        }
        @if query.is_empty() || found.is_empty() {
            @for group in Group::ALL {
                (ui::subheading(&group.title(text)))
                (ui::tiles(crate::all().iter().filter(|slice| Group::of(slice.path) == group).map(|slice| tile(text, slice))))
            }
        } @else {
            p { a.ds-link href="/services" { (text.msg_home_services_all()) } }
        }
        p { a.ds-link href="/services/mine" { (text.msg_home_mine_title()) } }
    }
}

/// What the page of choices shows.
pub(in super::super) struct Mine<'a> {
    /// What is chosen, or was ticked.
    pub(in super::super) chosen: &'a Chosen,
    /// Own use is counted, or was ticked to be.
    pub(in super::super) is_counted: bool,
    /// What has been counted; `None` when nothing is, or a form is shown again.
    pub(in super::super) used: Option<&'a Used>,
    /// What has just been done.
    pub(in super::super) done: Option<&'a str>,
    /// More services were ticked than there is room for.
    pub(in super::super) too_many: bool,
}

/// What a person chooses of their front page, and what has been counted of their use.
pub(in super::super) fn mine(ctx: &Ctx, shown: &Mine<'_>) -> Markup {
    let text = ctx.text();
    let error = shown.too_many.then(|| text.msg_home_mine_too_many());
    html! {
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(PINNED, error.clone())])) }
        (ui::back_link("/", &text.msg_home_title()))
        @match shown.done {
            Some("saved") => (ui::confirmation(&text.msg_home_mine_saved(), &text.msg_home_mine_saved_help())),
            Some("forgotten") => (ui::confirmation(&text.msg_home_mine_forgotten(), &text.msg_home_mine_forgotten_help())),
            _ => {}
        }
        (ui::heading(&text.msg_home_mine_title()))
        (ui::lead(&text.msg_home_mine_lead()))
        (ui::form("/services/mine", &ctx.visitor, fields(ctx, shown, error.as_deref())))
        @if let Some(used) = shown.used { (counted(ctx, used)) }
    }
}

fn fields(ctx: &Ctx, shown: &Mine<'_>, error: Option<&str>) -> Markup {
    let text = ctx.text();
    let service = |slice: &Slice| ui::Choice { value: slice.path.to_owned(), label: (slice.title)(text) };
    let situation =
        |its: Situation| ui::Choice { value: its.key().to_owned(), label: words::situation_choice(text, its) };
    let situations: Vec<String> = shown.chosen.situations.iter().map(|its| its.key().to_owned()).collect();
    let counted: &[String] = if shown.is_counted { &["yes".to_owned()] } else { &[] };
    html! {
        (ui::check_group(&ui::CheckGroup {
            id: "situations",
            legend: &text.msg_home_mine_situations(),
            error: None,
            chosen: &situations,
            choices: Situation::ALL.into_iter().map(situation).collect(),
        }))
        (ui::check_group(&ui::CheckGroup {
            id: PINNED,
            legend: &text.msg_home_mine_pinned(),
            error,
            chosen: &shown.chosen.pinned,
            choices: crate::all().iter().map(service).collect(),
        }))
        (ui::check_group(&ui::CheckGroup {
            id: "counted",
            legend: &text.msg_home_mine_use(),
            error: None,
            chosen: counted,
            choices: vec![ui::Choice { value: "yes".to_owned(), label: text.msg_home_mine_use_box() }],
        }))
        p { (text.msg_home_mine_use_why()) }
        (ui::submit_button(&text.msg_home_mine_save()))
    }
}

fn counted(ctx: &Ctx, used: &Used) -> Markup {
    let text = ctx.text();
    let of = |slice: &Slice| {
        let its = used.get(slice.path)?;
        Some(((slice.title)(text), html! { (text.msg_home_mine_days(its.days, day(ctx, its.last))) }))
    };
    let lines: Vec<(String, Markup)> = crate::all().iter().filter_map(of).collect();
    html! {
        (ui::subheading(&text.msg_home_mine_counted()))
        @if lines.is_empty() {
            p { (text.msg_home_mine_counted_none()) }
        } @else {
            (ui::description_list(&lines))
            (ui::form("/services/forget", &ctx.visitor, ui::secondary_button(&text.msg_home_mine_forget())))
        }
    }
}
