//! The page where a time is chosen, for booking and for moving.

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};
use varde_web::{Draft, Tone, dates, ui};

use super::super::model::{Appointment, FreeSlot};
use super::super::rules::{MAX_COMING, REASON_MAX_CHARS};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, StandIn, stand_in_notes};

/// Id of the group of times, for the error summary's link.
const TIMES_ID: &str = "slot";

/// Id of the text field.
const REASON_ID: &str = "reason";

/// What a time is chosen for.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Purpose<'a> {
    /// A new appointment.
    Book,
    /// Another time for this one.
    Move(&'a Appointment),
}

impl Purpose<'_> {
    fn action(self) -> String {
        match self {
            Self::Book => "/appointments/book".to_owned(),
            Self::Move(appointment) => format!("/appointments/{}/change", appointment.id),
        }
    }
}

/// The times on offer.
#[derive(Debug)]
pub(in super::super) struct Offer {
    /// With whom, when a new one is booked.
    pub with: String,
    /// Who stands in for them.
    pub stand_ins: Vec<StandIn>,
    /// The nearest first.
    pub times: Vec<FreeSlot>,
    /// There are later ones.
    pub more: bool,
    /// The list begins with the first free time there is.
    pub is_first: bool,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum FieldError {
    /// No time was chosen.
    NoTime,
    /// Too long a text.
    ReasonTooLong,
    /// Somebody else has it.
    Taken,
    /// Another appointment is in the way.
    Overlaps,
    /// Too many.
    TooMany,
}

impl FieldError {
    /// The field the error is at.
    const fn field(self) -> &'static str {
        match self {
            Self::ReasonTooLong => REASON_ID,
            _ => TIMES_ID,
        }
    }

    fn text(self, text: &L10nLanguage, reason: &str) -> String {
        match self {
            Self::NoTime => text.msg_appointments_error_choose(),
            Self::ReasonTooLong => text.msg_appointments_error_reason(reason.trim().chars().count(), REASON_MAX_CHARS),
            Self::Taken => text.msg_appointments_error_taken(),
            Self::Overlaps => text.msg_appointments_error_overlap(),
            Self::TooMany => text.msg_appointments_error_many(MAX_COMING),
        }
    }
}

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct FormState {
    slot: String,
    reason: String,
    error: Option<FieldError>,
}

impl FormState {
    /// An untouched form, or what was typed before the session ended.
    pub(in super::super) fn fresh(draft: Option<&Draft>) -> Self {
        let field = |name| draft.and_then(|draft| draft.get(name)).unwrap_or_default().to_owned();
        Self { slot: field(TIMES_ID), reason: field(REASON_ID), error: None }
    }

    /// The form as it was sent.
    pub(in super::super) fn typed(slot: &str, reason: &str, error: Option<FieldError>) -> Self {
        Self { slot: slot.to_owned(), reason: reason.to_owned(), error }
    }

    /// The status of the page: 409 when somebody else was first, 422 when a field is wrong.
    pub(in super::super) fn status(&self) -> StatusCode {
        match self.error {
            None => StatusCode::OK,
            Some(FieldError::Taken | FieldError::Overlaps | FieldError::TooMany) => StatusCode::CONFLICT,
            Some(FieldError::NoTime | FieldError::ReasonTooLong) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The title of the browser's tab, with the word for error first when there is one.
pub(in super::super) fn offer_title(text: &L10nLanguage, purpose: Purpose<'_>, form: &FormState) -> ui::Title {
    let title = match purpose {
        Purpose::Book => text.msg_appointments_book_heading(),
        Purpose::Move(_) => text.msg_appointments_change_title(),
    };
    ui::Title { title, failed: form.error.is_some() }
}

/// The page.
pub(in super::super) fn offer(ctx: &Ctx, offer: Option<&Offer>, purpose: Purpose<'_>, form: &FormState) -> Markup {
    let text = ctx.text();
    let Some(offer) = offer else {
        return html! {
            (ui::back_link("/appointments", &text.msg_appointments_back()))
            (ui::heading(&text.msg_appointments_book_heading()))
            (ui::empty_state(&text.msg_appointments_book_no_gp(), &text.msg_appointments_book_no_gp_help()))
        };
    };
    let heading = match purpose {
        Purpose::Book => text.msg_appointments_book_title(offer.with.as_str()),
        Purpose::Move(_) => text.msg_appointments_change_title(),
    };
    html! {
        @match purpose {
            Purpose::Book => (ui::back_link("/appointments", &text.msg_appointments_back())),
            Purpose::Move(appointment) => {
                (ui::back_link(&format!("/appointments/{}", appointment.id), &text.msg_appointments_details()))
            }
        }
        @if let Some(error) = form.error {
            (ui::error_summary(ctx.language, &[(error.field(), error.text(text, &form.reason))]))
        }
        (ui::heading(&heading))
        (stand_in_notes(ctx, &offer.stand_ins))
        @match purpose {
            Purpose::Book => (ui::alert(Tone::Info, &text.msg_appointments_book_urgent())),
            Purpose::Move(appointment) => @if let Some(start) = appointment.start {
                p { (text.msg_appointments_change_now(dates::date_time(start, ctx.language))) }
            },
        }
        @if offer.times.is_empty() {
            (ui::empty_state(&text.msg_appointments_book_none(), &text.msg_appointments_book_none_help()))
        } @else {
            (choose(ctx, offer, purpose, form))
        }
    }
}

fn choose(ctx: &Ctx, offer: &Offer, purpose: Purpose<'_>, form: &FormState) -> Markup {
    let text = ctx.text();
    let error_at = |field| form.error.filter(|e| e.field() == field).map(|e| e.text(text, &form.reason));
    let minutes = offer.times.first().map_or(0, |slot| slot.end.duration_since(slot.start).as_mins());
    ui::form(
        &purpose.action(),
        &ctx.visitor,
        html! {
            (ui::choice_group(&ui::ChoiceGroup {
                id: TIMES_ID,
                legend: &text.msg_appointments_book_choose(),
                help: &text.msg_appointments_book_choose_help(minutes),
                error: error_at(TIMES_ID).as_deref(),
                chosen: &form.slot,
                groups: days(ctx, &offer.times),
            }))
            (other_times(ctx, offer, purpose))
            @if let Purpose::Book = purpose {
                (ui::text_area(&ui::TextArea {
                    id: REASON_ID,
                    label: &text.msg_appointments_book_reason(),
                    help: &text.msg_appointments_book_reason_help(REASON_MAX_CHARS),
                    error: error_at(REASON_ID).as_deref(),
                    value: &form.reason,
                }))
            }
            (ui::submit_button(&match purpose {
                Purpose::Book => text.msg_appointments_book_submit(),
                Purpose::Move(_) => text.msg_appointments_change_submit(),
            }))
        },
    )
}

/// Times under the day they are on.
fn days(ctx: &Ctx, times: &[FreeSlot]) -> Vec<ui::Choices> {
    let mut days: Vec<ui::Choices> = Vec::new();
    for slot in times {
        let day = dates::date_long(slot.start, ctx.language);
        let choice = ui::Choice { value: slot.id.to_string(), label: dates::time(slot.start, ctx.language) };
        match days.last_mut().filter(|last| last.title == day) {
            Some(last) => last.choices.push(choice),
            None => days.push(ui::Choices { title: day, note: String::new(), choices: vec![choice] }),
        }
    }
    for day in &mut days {
        day.note = ctx.text().msg_appointments_book_free(day.choices.len());
    }
    days
}

fn other_times(ctx: &Ctx, offer: &Offer, purpose: Purpose<'_>) -> Markup {
    let text = ctx.text();
    let action = purpose.action();
    let last: Option<Timestamp> = offer.times.last().map(|slot| slot.start);
    html! {
        @if offer.more || !offer.is_first {
            p.other-times {
                @if let (true, Some(last)) = (offer.more, last) {
                    a href=(format!("{action}?from={}", last.strftime("%Y-%m-%dT%H:%M:%SZ"))) { (text.msg_appointments_book_later()) }
                    " "
                }
                @if !offer.is_first { a href=(action) { (text.msg_appointments_book_first()) } }
            }
        }
    }
}
