//! Asking for an earlier time, and the page where an offered one is answered.

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

use super::super::model::{Appointment, TimeOffer};
use super::super::rules::NOTICE_HOURS;
use super::{what_and_where, when};
use crate::shared::Ctx;

/// Id of the choice.
const NOTICE_ID: &str = "notice";

/// "Do you want an earlier time, if one becomes free?"
pub(in super::super) fn join(ctx: &Ctx, appointment: &Appointment, failed: bool) -> Markup {
    let text = ctx.text();
    let back = format!("/appointments/{}", appointment.id);
    let error = failed.then(|| text.msg_appointments_earlier_error());
    let words = |hours: u32| match hours {
        2 => text.msg_appointments_earlier_hours(hours),
        24 => text.msg_appointments_earlier_day(),
        hours => text.msg_appointments_earlier_days(hours / 24),
    };
    let choices = NOTICE_HOURS.map(|hours| ui::Choice { value: hours.to_string(), label: words(hours) }).to_vec();
    html! {
        (ui::back_link(&back, &text.msg_appointments_details()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(NOTICE_ID, error.clone())])) }
        (ui::heading(&text.msg_appointments_earlier_title()))
        p { (text.msg_appointments_earlier_text(when(ctx, appointment))) }
        (ui::form(&format!("{back}/earlier"), &ctx.visitor, html! {
            (ui::choice_group(&ui::ChoiceGroup {
                id: NOTICE_ID,
                legend: &text.msg_appointments_earlier_notice(),
                help: &text.msg_appointments_earlier_notice_help(),
                error: error.as_deref(),
                chosen: "",
                groups: vec![ui::Choices { title: String::new(), note: String::new(), choices }],
            }))
            (ui::submit_button(&text.msg_appointments_earlier_submit()))
        }))
    }
}

/// What is offered, beside what one has, and how long it is held.
pub(in super::super) fn offer(ctx: &Ctx, appointment: &Appointment, offer: &TimeOffer) -> Markup {
    let text = ctx.text();
    let path = format!("/appointments/{}", appointment.id);
    // Taking it moves the appointment: with whom, where and how one meets stay as they are.
    let what = what_and_where(text, appointment);
    let facts = [
        (
            text.msg_appointments_offer_new(),
            html! { strong { (dates::date_time(offer.start, ctx.language)) } br; (what) },
        ),
        (text.msg_appointments_offer_now(), html! { span.sentence { (when(ctx, appointment)) } br; (what) }),
    ];
    html! {
        (ui::back_link(&path, &text.msg_appointments_details()))
        (ui::heading(&text.msg_appointments_offer_title()))
        (ui::description_list(&facts))
        p { (text.msg_appointments_offer_same()) }
        p { (text.msg_appointments_offer_held(dates::date_time(offer.ends, ctx.language))) }
        (ui::form(&format!("{path}/offer"), &ctx.visitor, html! {
            (ui::hidden_field("slot", offer.slot.as_str()))
            (ui::button_row(html! {
                (ui::submit_button(&text.msg_appointments_offer_take()))
                (ui::other_button("answer", "no", &text.msg_appointments_offer_keep()))
            }))
        }))
    }
}

/// The offer is gone: said as it is, with what one still has.
pub(in super::super) fn gone(ctx: &Ctx, appointment: &Appointment, still_waiting: bool) -> Markup {
    let text = ctx.text();
    let path = format!("/appointments/{}", appointment.id);
    html! {
        (ui::back_link(&path, &text.msg_appointments_details()))
        (ui::heading(&text.msg_appointments_offer_gone()))
        (ui::alert(Tone::Info, &text.msg_appointments_offer_gone_text(when(ctx, appointment))))
        @if still_waiting { p { (text.msg_appointments_waiting_now()) } }
        p { (ui::button_link(&path, &text.msg_appointments_offer_gone_link())) }
    }
}
