//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod give;
mod hub;
mod privacy;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::Areas;
use varde_web::{Tone, dates, ui};

pub(super) use give::{Form, confirm, form, form_title};
pub(super) use hub::{Hub, Related, hub};
pub(super) use privacy::{Privacy, level_words, privacy};

use super::actions::Received;
use super::model::{Given, Kind};
use super::rules::{self, State};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// A proxy as one of its sides sees it.
pub(super) enum Side {
    /// Who gave it.
    Giver(Given),
    /// Who got it.
    Receiver(Received),
}

impl Side {
    const fn given(&self) -> &Given {
        match self {
            Self::Giver(given) => given,
            Self::Receiver(received) => &received.given,
        }
    }

    fn other(&self) -> &str {
        match self {
            Self::Giver(given) => &given.receiver_name,
            Self::Receiver(received) => &received.giver_name,
        }
    }
}

fn item(ctx: &Ctx, given: &Given, other: &str) -> Markup {
    let text = ctx.text();
    let tag = match rules::state(given, date_in_norway(ctx.now)) {
        State::Waiting => Some((Tone::Info, text.msg_sharing_state_waiting())),
        State::InForce => None,
        State::Over => Some((Tone::Neutral, text.msg_sharing_state_over())),
    };
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/sharing/{}", given.id)),
        title: other,
        detail: &format!(
            "{} · {}",
            kind_name(text, given.kind),
            lasts(ctx, given.areas, given.collects_once, given.until)
        ),
        tag,
    })
}

fn kind_name(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Proxy => text.msg_sharing_kind_proxy(),
        Kind::NextOfKin => text.msg_sharing_kind_kin(),
        Kind::Assigned => text.msg_sharing_kind_assigned(),
    }
}

/// What an area lets the receiver do, in plain words.
fn area_words(text: &L10nLanguage, area: Areas) -> String {
    if area == Areas::REGISTERS {
        text.msg_sharing_area_registers()
    } else if area == Areas::RECORD {
        text.msg_sharing_area_record()
    } else if area == Areas::SERVICES {
        text.msg_sharing_area_services()
    } else if area == Areas::PHARMACY {
        text.msg_sharing_area_pharmacy()
    } else if area == Areas::TIMES {
        text.msg_sharing_area_times()
    } else {
        text.msg_sharing_area_travel()
    }
}

/// What a proxy covers; an assigned one reaches as far as the rule book says.
fn covers(text: &L10nLanguage, given: &Given) -> Markup {
    if given.kind == Kind::Assigned {
        html! { (text.msg_sharing_assigned_covers()) }
    } else {
        areas(text, given.areas, given.collects_once)
    }
}

/// The day of an instant, or of a day, in words.
fn written(ctx: &Ctx, when: &str) -> Option<String> {
    match when.parse() {
        Ok(instant) => Some(dates::date_long(instant, ctx.language)),
        Err(_) => dates::as_exact_as_known(when, ctx.language),
    }
}

fn areas(text: &L10nLanguage, areas: Areas, collects_once: bool) -> Markup {
    let words = |area| match area {
        Areas::PHARMACY if collects_once => text.msg_sharing_area_pharmacy_once(),
        area => area_words(text, area),
    };
    html! { ul { @for area in areas.iter() { li { (words(area)) } } } }
}

/// How long it lasts; of one that lets the receiver collect medicines once and nothing else, that it is over then.
fn lasts(ctx: &Ctx, areas: Areas, collects_once: bool, until: Option<Date>) -> String {
    let last = until.and_then(|day| dates::as_exact_as_known(&day.to_string(), ctx.language));
    let text = ctx.text();
    match last {
        None if collects_once && areas == Areas::PHARMACY => text.msg_sharing_until_collected(),
        Some(day) if collects_once && areas == Areas::PHARMACY => text.msg_sharing_until_collected_or(day),
        None => text.msg_sharing_no_end(),
        Some(day) => text.msg_sharing_until(day),
    }
}

/// The title of one proxy's page.
pub(super) fn details_title(ctx: &Ctx, side: &Side) -> String {
    kind_name(ctx.text(), side.given().kind)
}

/// One proxy: who, what, how long, and what can be done with it.
pub(super) fn details(ctx: &Ctx, side: &Side, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let given = side.given();
    let state = rules::state(given, date_in_norway(ctx.now));
    let (who, state_words) = match side {
        Side::Giver(_) => (text.msg_sharing_to(), text.msg_sharing_state_waiting_giver()),
        Side::Receiver(_) => (text.msg_sharing_from(), text.msg_sharing_state_waiting_receiver()),
    };
    let state_words = match state {
        State::Waiting => state_words,
        State::InForce => text.msg_sharing_state_active(),
        State::Over => text.msg_sharing_state_over(),
    };
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if matches!(done, Some("given" | "changed")) && state != State::Over {
            (ui::confirmation(&text.msg_sharing_done_given(), &state_words))
        }
        (ui::heading(&details_title(ctx, side)))
        (ui::description_list(&[
            (who, html! { (side.other()) }),
            (text.msg_sharing_covers(), covers(text, given)),
            (text.msg_sharing_lasts(), html! { (lasts(ctx, given.areas, given.collects_once, given.until)) }),
            (text.msg_sharing_status(), html! { (state_words) }),
        ]))
        @if let Some((who, when)) = &given.registered {
            p { (text.msg_sharing_registered(who.as_str(), when.as_deref().and_then(|when| written(ctx, when)).unwrap_or_default())) }
        }
        (what_can_be_done(ctx, side, state))
    }
}

fn what_can_be_done(ctx: &Ctx, side: &Side, state: State) -> Markup {
    let text = ctx.text();
    let given = side.given();
    let path = format!("/sharing/{}", given.id);
    let button = |act: &str, button: Markup| ui::form(&format!("{path}/{act}"), &ctx.visitor, button);
    match (side, state) {
        (_, State::Over) => html! {},
        (Side::Giver(_), _) if given.kind == Kind::Assigned => html! { p { (text.msg_sharing_assigned_help()) } },
        (Side::Giver(_), _) => html! {
            p { (text.msg_sharing_end_help()) }
            (ui::button_row(html! {
                @if given.receiver.is_some() {
                    (ui::button_link(&format!("{path}/change"), &text.msg_sharing_change_link()))
                }
                (button("end", ui::danger_button(&text.msg_sharing_end_submit())))
            }))
        },
        (Side::Receiver(_), State::Waiting) => html! {
            p { (text.msg_sharing_accept_help()) }
            (ui::button_row(html! {
                (button("accept", ui::submit_button(&text.msg_sharing_accept_submit())))
                (button("refuse", ui::secondary_button(&text.msg_sharing_refuse_submit())))
            }))
        },
        (Side::Receiver(_), State::InForce) => html! {
            p { (text.msg_sharing_end_help()) }
            (button("end", ui::danger_button(&text.msg_sharing_end_submit())))
        },
    }
}

/// Nothing of it is open: the sentence of the rule that says so.
pub(super) fn closed(ctx: &Ctx, sentence: &str, rule: &str) -> Markup {
    html! {
        (ui::heading(&ctx.text().msg_sharing_closed()))
        p { (sentence) }
        (ui::explanation(ctx.language, &[(sentence, rule)]))
    }
}
