//! Collecting for others at the pharmacy.

use jiff::civil::Date;
use maud::{Markup, html};
use varde_store::{Collector, Pickup};
use varde_web::{Tone, ui};

use super::written;
use crate::medicines::collect::Collecting;
use crate::shared::{Ctx, because};

/// For whom the visitor may collect, what to take along, and who may collect for them.
pub(in super::super) fn collect(ctx: &Ctx, collecting: &Collecting) -> Markup {
    let text = ctx.text();
    let is_open = collecting.why.open || !collecting.for_others.is_empty();
    let is_own = ctx.visitor.acting_for.is_none();
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        (ui::heading(&text.msg_medicines_collect_title()))
        @if !is_open {
            (ui::empty_state(&text.msg_medicines_collect_closed(), collecting.why.sentence))
        } @else {
            @if is_own || !collecting.for_others.is_empty() { (for_others(ctx, &collecting.for_others)) }
            @if let Some(all) = &collecting.by_others { (by_others(ctx, all, collecting.may_give)) }
        }
        (because(ctx, &[collecting.why], None))
    }
}

/// Somebody, and the last day on which it holds, or that it holds once.
fn line(ctx: &Ctx, name: &str, until: Option<Date>, once: bool) -> Markup {
    let text = ctx.text();
    let last = match until.map(|day| written(ctx, day)) {
        Some(day) if once => text.msg_medicines_collect_once_until(day),
        None if once => text.msg_medicines_collect_once(),
        Some(day) => text.msg_medicines_collect_until(day),
        None => text.msg_medicines_collect_no_end(),
    };
    ui::list_item(&ui::ListItem {
        href: None,
        title: name,
        detail: &last,
        tag: Collecting::is_last_day(ctx, until).then(|| (Tone::Warning, text.msg_medicines_collect_last_day())),
    })
}

fn for_others(ctx: &Ctx, all: &[Pickup]) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_medicines_collect_for()))
        @if all.is_empty() {
            (ui::empty_state(&text.msg_medicines_collect_none(), &text.msg_medicines_collect_none_help()))
        } @else {
            (ui::list(all.iter().map(|its| line(ctx, &its.name, its.until, its.once))))
            p { (text.msg_medicines_collect_how()) }
        }
    }
}

fn by_others(ctx: &Ctx, all: &[Collector], may_give: bool) -> Markup {
    let text = ctx.text();
    let title = match &ctx.visitor.acting_for {
        Some(person) => text.msg_medicines_collect_by_other(&*person.name),
        None => text.msg_medicines_collect_by(),
    };
    html! {
        (ui::subheading(&title))
        @if all.is_empty() {
            p { (text.msg_medicines_collect_by_none()) }
        } @else {
            (ui::list(all.iter().map(|its| line(ctx, &its.name, its.until, its.once))))
        }
        @if may_give {
            (ui::button_row(html! {
                (ui::button_link("/sharing/give?area=P", &text.msg_medicines_collect_give()))
                @if !all.is_empty() { (ui::secondary_link("/sharing", &text.msg_medicines_collect_end())) }
            }))
        }
        p { (text.msg_medicines_collect_log()) }
    }
}
