//! Markup of a parent's consent.

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

use super::super::settings::Setting;
use super::actions::Standing;
use crate::shared::Ctx;

/// The page: each child with what stands, or one's own.
pub(super) fn list(ctx: &Ctx, all: &[Standing], done: Option<&str>) -> Markup {
    let text = ctx.text();
    let is_parent = all.iter().any(|standing| standing.may_change);
    let words = match done {
        Some("given") => Some(text.msg_sharing_youth_given()),
        Some("withdrawn") => Some(text.msg_sharing_youth_withdrawn()),
        _ => None,
    };
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if let Some(words) = &words { div role="status" { (ui::alert(Tone::Success, words)) } }
        (ui::heading(&text.msg_sharing_youth_title()))
        @if all.is_empty() {
            (ui::empty_state(&text.msg_sharing_youth_nobody(), &text.msg_sharing_youth_nobody_help()))
        } @else if is_parent {
            (ui::lead(&text.msg_sharing_youth_intro()))
            ul {
                li { (text.msg_sharing_youth_opens()) }
                li { (text.msg_sharing_youth_keeps()) }
                li { (text.msg_sharing_youth_hidden()) }
                li { (text.msg_sharing_youth_any_time()) }
            }
        } @else { (ui::lead(&text.msg_sharing_youth_own_intro())) }
        @for standing in all { (one(ctx, standing)) }
        @if !all.is_empty() {
            (ui::explanation(ctx.language, &all.iter().map(|its| (its.why, its.rule)).collect::<Vec<_>>()))
        }
    }
}

fn one(ctx: &Ctx, standing: &Standing) -> Markup {
    let text = ctx.text();
    let act = |act: &str, button: Markup| {
        ui::form(&format!("/sharing/youth/{}/{act}", standing.patient), &ctx.visitor, button)
    };
    html! {
        @if !standing.name.is_empty() { (ui::subheading(&standing.name)) }
        @if standing.now.is_empty() { p { (text.msg_sharing_youth_none()) } } @else {
            (ui::list(standing.now.iter().map(|given| line(ctx, given, true))))
        }
        @if standing.may_change && standing.is_too_young { p { (text.msg_sharing_youth_from_13()) } }
        @if standing.may_change {
            @if standing.now.is_empty() {
                (act("give", ui::submit_button(&text.msg_sharing_youth_give(standing.name.as_str()))))
            } @else {
                (act("withdraw", ui::danger_button(&text.msg_sharing_youth_withdraw(standing.name.as_str()))))
            }
        }
        @if !standing.before.is_empty() {
            (ui::disclosure(
                &text.msg_sharing_set_over(standing.before.len()),
                &ui::list(standing.before.iter().map(|given| line(ctx, given, false))),
            ))
        }
    }
}

/// Who consented, and since when.
fn line(ctx: &Ctx, (consent, name): &(Setting, String), holds: bool) -> Markup {
    let text = ctx.text();
    let since = consent.decided.as_deref().and_then(|day| dates::as_exact_as_known(day, ctx.language));
    ui::list_item(&ui::ListItem {
        href: None,
        title: &if name.is_empty() {
            text.msg_sharing_youth_title()
        } else {
            text.msg_sharing_what_parental(name.as_str())
        },
        detail: &text.msg_sharing_set_since(since.unwrap_or_default()),
        tag: holds.then(|| (Tone::Success, text.msg_sharing_state_active())),
    })
}
