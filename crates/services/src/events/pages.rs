//! Markup of the event list.

use maud::{Markup, html};
use varde_base::ResourceId;
use varde_web::{Tone, dates, ui};

use super::citizen::PAGE_COUNT;
use crate::shared::event::Event;
use crate::shared::{Ctx, Why, because};

/// The page; `None` when the events could not be fetched.
pub(super) fn list(ctx: &Ctx, events: Option<&[Event]>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_events_title()))
        @match events {
            _ if !why.open => (ui::empty_state(&text.msg_events_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_events_missing())),
            Some([]) => (ui::empty_state(&text.msg_events_none(), &text.msg_events_none_help())),
            Some(events) => {
                (ui::lead(&text.msg_events_intro()))
                (ui::list(events.iter().map(|event| line(ctx, event))))
                @if events.len() >= PAGE_COUNT { p { (text.msg_events_newest(PAGE_COUNT.to_string())) } }
            }
        }
        (ui::secondary_link("/events/settings", &text.msg_events_settings_link()))
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The page that a link from outside leads to when the event is about somebody else than the pages are about now.
pub(super) fn about_other(ctx: &Ctx, name: &str, id: &ResourceId) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_events_other_title(name)))
        (ui::lead(&text.msg_events_other_help(name)))
        (ui::form(&format!("/events/{id}"), &ctx.visitor, ui::submit_button(&text.msg_events_other_go(name))))
    }
}

/// The latest events on the front page.
pub(super) fn front_card(ctx: &Ctx, events: &[Event]) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_home_new()))
        @if events.is_empty() {
            p { (text.msg_home_new_none()) }
        } @else {
            (ui::list(events.iter().map(|event| line(ctx, event))))
            p { a href="/events" { (text.msg_home_all_events()) } }
        }
    }
}

fn line(ctx: &Ctx, event: &Event) -> Markup {
    let when = event.time.map(|time| dates::date_time(time, ctx.language)).unwrap_or_default();
    let words = crate::all().iter().filter_map(|slice| slice.event_text);
    let words = words.map(|text| text(ctx.text(), &event.code, &when)).find_map(|words| words);
    let href = event.href();
    ui::list_item(&ui::ListItem {
        href: href.as_deref(),
        title: &words.unwrap_or_else(|| ctx.text().msg_events_other()),
        detail: &dates::date_time(event.sent, ctx.language),
        tag: None,
    })
}
