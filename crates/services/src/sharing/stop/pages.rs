//! Markup of the stop.

use maud::{Markup, html};
use varde_web::{Tone, ui};

use crate::shared::Ctx;

/// What will happen, and one button.
pub(super) fn ask(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        (ui::heading(&text.msg_sharing_stop_title()))
        (ui::lead(&text.msg_sharing_stop_intro()))
        ul {
            li { (text.msg_sharing_stop_signed_out()) }
            li { (text.msg_sharing_stop_nobody()) }
            li { (text.msg_sharing_stop_children()) }
            li { (text.msg_sharing_stop_proxies()) }
            li { (text.msg_sharing_stop_care()) }
        }
        (ui::alert(Tone::Warning, &text.msg_sharing_stop_reopen()))
        @if let Some(phone) = &ctx.state.help_phone { p { (text.msg_sharing_stop_phone()) " " (ui::phone_link(phone)) } }
        p { (text.msg_sharing_stop_eid()) }
        (ui::form("/sharing/stop", &ctx.visitor, ui::danger_button(&text.msg_sharing_stop_submit())))
    }
}

/// For somebody who acts for another.
pub(super) fn not_for_others(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_sharing_stop_title()))
        p { (text.msg_sharing_stop_own_only()) }
        p { a.ds-link href="/act-for" { (text.msg_sharing_act_link()) } }
    }
}
