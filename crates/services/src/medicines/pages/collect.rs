//! Collecting for others at the pharmacy.

use maud::{Markup, html};
use varde_store::Pickup;
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
            @if let Some(names) = &collecting.by_others { (by_others(ctx, names, collecting.may_give)) }
        }
        (because(ctx, &[collecting.why], None))
    }
}

fn for_others(ctx: &Ctx, all: &[Pickup]) -> Markup {
    let text = ctx.text();
    let item = |pickup: &Pickup| {
        let until = pickup.until.map(|day| text.msg_medicines_collect_until(written(ctx, day)));
        let is_last = Collecting::is_last_day(ctx, pickup);
        ui::list_item(&ui::ListItem {
            href: None,
            title: &pickup.name,
            detail: &until.unwrap_or_else(|| text.msg_medicines_collect_no_end()),
            tag: is_last.then(|| (Tone::Warning, text.msg_medicines_collect_last_day())),
        })
    };
    html! {
        (ui::subheading(&text.msg_medicines_collect_for()))
        @if all.is_empty() {
            (ui::empty_state(&text.msg_medicines_collect_none(), &text.msg_medicines_collect_none_help()))
        } @else {
            (ui::list(all.iter().map(item)))
            p { (text.msg_medicines_collect_how()) }
        }
    }
}

fn by_others(ctx: &Ctx, names: &[Box<str>], may_give: bool) -> Markup {
    let text = ctx.text();
    let title = match &ctx.visitor.acting_for {
        Some(person) => text.msg_medicines_collect_by_other(&*person.name),
        None => text.msg_medicines_collect_by(),
    };
    html! {
        (ui::subheading(&title))
        @if names.is_empty() {
            p { (text.msg_medicines_collect_by_none()) }
        } @else {
            ul { @for name in names { li { (name) } } }
        }
        @if may_give {
            (ui::button_row(html! {
                (ui::button_link("/sharing/give?area=P", &text.msg_medicines_collect_give()))
                @if !names.is_empty() { (ui::secondary_link("/sharing", &text.msg_medicines_collect_end())) }
            }))
        }
        p { (text.msg_medicines_collect_log()) }
    }
}
