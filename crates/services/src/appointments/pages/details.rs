//! One appointment, and the forms that call it off and write to the clinic.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use varde_fhir::ResourceType;
use varde_store::ItemAudience;
use varde_web::{Tone, dates, numbers, ui};

use super::super::model::{Appointment, CancelReason, Meeting, Place, Status, Wish};
use super::super::rules::{self, REASON_MAX_CHARS, Window};
use super::{item, meeting_words, offered, status_text, title_of, when};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_words, because};

/// Where places are shown on a map: a plain link, opened by the person and told nothing of where they come from.
const MAP: &str = "https://www.openstreetmap.org";

/// What the reader may do with an appointment.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct May {
    /// Move it and call it off.
    pub change: bool,
    /// Report an error in it.
    pub report: bool,
}

/// An appointment with all that its page shows beside it.
pub(in super::super) struct Shown {
    /// The appointment.
    pub appointment: Appointment,
    /// For whom it is.
    pub audience: Option<ItemAudience>,
    /// What has just been done.
    pub done: Option<String>,
    /// Why it is seen.
    pub why: Why,
    /// What may be done.
    pub may: May,
    /// The wish for an earlier time.
    pub wish: Option<Wish>,
    /// The others of its row that are ahead.
    pub series: Vec<Appointment>,
}

/// One appointment: when, with whom, where, how to prepare, and what can be done with it by somebody who may.
pub(in super::super) fn details(ctx: &Ctx, shown: &Shown) -> Markup {
    let text = ctx.text();
    let Shown { appointment, audience, may, .. } = shown;
    let mut facts = facts(ctx, appointment);
    let words = audience_words(text, audience.as_ref());
    facts.extend(words.map(|words| (text.msg_who_sees_link(), html! { (words) })));
    html! {
        (ui::back_link("/appointments", &text.msg_appointments_back()))
        (confirmation(ctx, appointment, shown.done.as_deref()))
        (ui::heading(&title_of(text, appointment)))
        @if may.change { @if let Some(wish) = &shown.wish { (offered(ctx, wish)) } }
        (ui::description_list(&facts))
        (preparation(ctx, appointment))
        @if may.change { (what_can_be_done(ctx, shown)) } @else { (what_can_be_looked_at(ctx, appointment)) }
        (row(ctx, shown))
        @if may.report {
            p { a.ds-link href=(format!("/requests/new?item=Appointment/{}", appointment.id)) { (text.msg_appointments_report()) } }
        }
        (because(ctx, &[shown.why], Some((ResourceType::APPOINTMENT, &appointment.id))))
    }
}

fn confirmation(ctx: &Ctx, appointment: &Appointment, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let when = when(ctx, appointment);
    // Only what is true is confirmed, whatever the address says.
    let (title, words) = match (done, appointment.status) {
        (Some("booked"), Status::Booked) => {
            (text.msg_appointments_booked_title(), text.msg_appointments_booked_text(when))
        }
        (Some("moved"), Status::Booked) => {
            (text.msg_appointments_changed_title(), text.msg_appointments_changed_text(when))
        }
        (Some("cancelled"), Status::Cancelled) => {
            (text.msg_appointments_cancelled_title(), text.msg_appointments_cancelled_text(when))
        }
        (Some("commented"), _) => (text.msg_appointments_commented_title(), text.msg_appointments_commented_text()),
        (Some("waiting"), Status::Booked) => {
            (text.msg_appointments_waiting_title(), text.msg_appointments_waiting_text(when))
        }
        (Some("waiting-over"), Status::Booked) => {
            (text.msg_appointments_waiting_over_title(), text.msg_appointments_keep_text(when))
        }
        (Some("declined"), Status::Booked) => {
            (text.msg_appointments_declined_title(), text.msg_appointments_keep_text(when))
        }
        (Some("changed-meanwhile"), _) => return ui::alert(Tone::Warning, &text.msg_appointments_error_changed()),
        (Some("overlaps"), _) => return ui::alert(Tone::Warning, &text.msg_appointments_error_overlap_offer()),
        _ => return html! {},
    };
    ui::confirmation(&title, &words)
}

fn facts(ctx: &Ctx, appointment: &Appointment) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let mut facts = vec![(text.msg_appointments_when(), html! { (when(ctx, appointment)) })];
    facts.extend(meeting(ctx, appointment).map(|words| (text.msg_appointments_meeting(), words)));
    if !appointment.with.is_empty() {
        facts.push((text.msg_appointments_with(), html! { (appointment.with.join(", ")) }));
    }
    facts.extend(place(text, appointment).map(|words| (text.msg_appointments_where(), words)));
    let optional = [
        (text.msg_appointments_about(), &appointment.description),
        (text.msg_appointments_comment(), &appointment.comment),
        (text.msg_appointments_cancelled_because(), &appointment.cancelled_because),
    ];
    for (label, value) in optional {
        facts.extend(value.as_ref().map(|value| (label, html! { (value) })));
    }
    if let Some(phone) = phone(appointment) {
        facts.push((text.msg_appointments_phone(), ui::phone_link(phone)));
    }
    facts.push((text.msg_appointments_status(), html! { (status_text(text, appointment.status)) }));
    facts
}

/// How one meets, where it is not in the ordinary way; the way into a video meeting is there when it is needed.
fn meeting(ctx: &Ctx, appointment: &Appointment) -> Option<Markup> {
    let text = ctx.text();
    let words = meeting_words(text, &appointment.meeting)?;
    let help = match &appointment.meeting {
        Meeting::Video(Some(address)) if rules::is_coming(appointment, ctx.now) => {
            return Some(html! {
                (words) br;
                a.ds-link href=(address) rel="noreferrer noopener" { (text.msg_appointments_video_join()) }
                " " (text.msg_appointments_video_help())
            });
        }
        Meeting::Video(_) => text.msg_appointments_video_later(),
        Meeting::Telephone => text.msg_appointments_telephone_help(),
        Meeting::Home => text.msg_appointments_home_help(),
        Meeting::Group => text.msg_appointments_group_help(),
        Meeting::Place => return None,
    };
    Some(html! { (words) br; (help) })
}

/// The place with its address, the way in and a map; nothing of one's own home, and nothing of where a screen is.
fn place(text: &L10nLanguage, appointment: &Appointment) -> Option<Markup> {
    let goes_there = matches!(appointment.meeting, Meeting::Place | Meeting::Group);
    let place = appointment.place.as_ref().filter(|place| !place.is_home && !place.name.is_empty())?;
    Some(html! {
        (place.name)
        @if goes_there {
            @if let Some(address) = &place.address { br; (address) }
            @if let Some(way_in) = &place.way_in { br; (text.msg_appointments_way_in(way_in.as_str())) }
            @if let Some(map) = map_link(place) {
                br; a.ds-link href=(map) rel="noreferrer noopener" { (text.msg_appointments_map()) }
            }
        }
    })
}

/// The address of a map of the place, by its position, else its address.
fn map_link(place: &Place) -> Option<String> {
    if let Some((latitude, longitude)) = &place.position {
        return Some(format!("{MAP}/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"));
    }
    let address = place.address.as_deref()?;
    Some(format!("{MAP}/search?query={}", utf8_percent_encode(address, NON_ALPHANUMERIC)))
}

fn phone(appointment: &Appointment) -> Option<&str> {
    appointment.place.as_ref()?.phone.as_deref()
}

/// What to do before one comes: a part of its own, since it is what people miss.
fn preparation(ctx: &Ctx, appointment: &Appointment) -> Markup {
    let text = ctx.text();
    html! {
        @if let Some(instruction) = &appointment.instruction {
            (ui::subheading(&text.msg_appointments_instruction()))
            @for line in instruction.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
        }
    }
}

/// For somebody who may not change it: the calendar, and who can.
fn what_can_be_looked_at(ctx: &Ctx, appointment: &Appointment) -> Markup {
    let text = ctx.text();
    html! {
        @if rules::is_coming(appointment, ctx.now) {
            p { (calendar_link(text, appointment)) }
            p { (text.msg_appointments_not_allowed_help()) }
        }
    }
}

fn calendar_link(text: &L10nLanguage, appointment: &Appointment) -> Markup {
    ui::download_link(&format!("/appointments/{}/calendar.ics", appointment.id), &text.msg_appointments_calendar())
}

fn what_can_be_done(ctx: &Ctx, shown: &Shown) -> Markup {
    let (text, appointment) = (ctx.text(), &shown.appointment);
    let id = &appointment.id;
    let more = html! {
        @if rules::is_coming(appointment, ctx.now) {
            @if appointment.rights.comment {
                p { a.ds-link href=(format!("/appointments/{id}/comment")) { (text.msg_appointments_comment_link()) } }
            }
            p { (calendar_link(text, appointment)) }
        }
        (earlier(ctx, shown))
    };
    match rules::change_window(appointment, ctx.now) {
        Window::Open { deadline } => {
            let (change, cancel) = (appointment.rights.change && appointment.slot.is_some(), appointment.rights.cancel);
            html! {
                @if change || cancel {
                    (ui::button_row(html! {
                        @if change {
                            (ui::button_link(&format!("/appointments/{id}/change"), &text.msg_appointments_change_link()))
                        }
                        @if cancel {
                            (ui::secondary_link(&format!("/appointments/{id}/cancel"), &text.msg_appointments_cancel_link()))
                        }
                    }))
                }
                (more)
                @match (change, cancel) {
                    (true, true) => p { (text.msg_appointments_deadline(dates::date_time(deadline, ctx.language))) },
                    (true, false) => p { (text.msg_appointments_deadline_change(dates::date_time(deadline, ctx.language))) },
                    (false, true) => p { (text.msg_appointments_deadline_cancel(dates::date_time(deadline, ctx.language))) },
                    (false, false) => (call(text, appointment)),
                }
            }
        }
        Window::TooLate { deadline } => {
            let deadline = dates::date_time(deadline, ctx.language);
            let words = match phone(appointment) {
                Some(phone) => text.msg_appointments_too_late_phone(deadline, numbers::telephone(phone)),
                None => text.msg_appointments_too_late(deadline),
            };
            html! { (ui::alert(Tone::Info, &words)) (more) }
        }
        Window::Closed => html! {},
    }
}

/// Whom to call where the clinic does not take it here.
fn call(text: &L10nLanguage, appointment: &Appointment) -> Markup {
    ui::alert(
        Tone::Info,
        &match phone(appointment) {
            Some(phone) => text.msg_appointments_clinic_only_phone(numbers::telephone(phone)),
            None => text.msg_appointments_clinic_only_help(),
        },
    )
}

/// The queue for an earlier time: into it, or out of it.
fn earlier(ctx: &Ctx, shown: &Shown) -> Markup {
    let (text, appointment) = (ctx.text(), &shown.appointment);
    let path = format!("/appointments/{}/earlier", appointment.id);
    html! {
        @if shown.wish.is_some() {
            p { (text.msg_appointments_waiting_now()) }
            (ui::form(&format!("{path}/stop"), &ctx.visitor, ui::secondary_button(&text.msg_appointments_waiting_stop())))
        } @else if rules::may_wish(appointment, ctx.now).is_ok() {
            p { a.ds-link href=(path) { (text.msg_appointments_earlier_link()) } }
        }
    }
}

/// The row it is one of, and the others that are ahead.
fn row(ctx: &Ctx, shown: &Shown) -> Markup {
    let text = ctx.text();
    let Some(series) = &shown.appointment.series else { return html! {} };
    html! {
        (ui::subheading(&text.msg_appointments_series_title()))
        @if let (Some(number), Some(count)) = (series.number, series.count) {
            p { (text.msg_appointments_series_number(number, count)) }
        }
        @if shown.series.is_empty() {
            p { (text.msg_appointments_series_last()) }
        } @else {
            (ui::list(shown.series.iter().map(|other| item(ctx, other, None))))
        }
    }
}

/// The page where the clinic has not opened for what was asked.
pub(in super::super) fn clinic_only(ctx: &Ctx, appointment: &Appointment) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link(&format!("/appointments/{}", appointment.id), &text.msg_appointments_details()))
        (ui::heading(&text.msg_appointments_clinic_only()))
        (call(text, appointment))
    }
}

/// What was written is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct TooLong;

impl TooLong {
    fn words(text: &L10nLanguage, typed: &str) -> String {
        text.msg_appointments_error_reason(typed.trim().chars().count(), REASON_MAX_CHARS)
    }
}

/// What stands in the form that calls off.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct CancelForm<'f> {
    /// Why.
    pub reason: CancelReason,
    /// To the clinic.
    pub comment: &'f str,
    /// The rest of the row too.
    pub with_rest: bool,
    /// How many more there are in the row.
    pub rest: usize,
    /// What is wrong.
    pub error: Option<TooLong>,
}

/// Id of the field with words to the clinic.
const COMMENT_ID: &str = "comment";

/// "Do you want to call it off?"
pub(in super::super) fn cancel(ctx: &Ctx, appointment: &Appointment, form: &CancelForm<'_>) -> Markup {
    let text = ctx.text();
    let back = format!("/appointments/{}", appointment.id);
    let open = matches!(rules::change_window(appointment, ctx.now), Window::Open { .. });
    let error = form.error.map(|_| TooLong::words(text, form.comment));
    html! {
        (ui::back_link(&back, &text.msg_appointments_details()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(COMMENT_ID, error.clone())])) }
        (ui::heading(&text.msg_appointments_cancel_title()))
        @if open {
            p { (text.msg_appointments_cancel_text(when(ctx, appointment))) }
            (ui::form(&format!("{back}/cancel"), &ctx.visitor, html! {
                (scope(text, form))
                (ui::disclosure(&text.msg_appointments_cancel_why(), &reasons(text, appointment, form, error.as_deref())))
                (ui::button_row(html! {
                    (ui::danger_button(&text.msg_appointments_cancel_submit()))
                    (ui::secondary_link(&back, &text.msg_appointments_cancel_keep()))
                }))
            }))
        } @else {
            (ui::alert(Tone::Info, &text.msg_appointments_closed()))
        }
    }
}

/// Only this one, or the rest of the row too.
fn scope(text: &L10nLanguage, form: &CancelForm<'_>) -> Markup {
    if form.rest == 0 {
        return html! {};
    }
    let choice = |value: &str, label| ui::Choice { value: value.to_owned(), label };
    let choices = vec![
        choice("one", text.msg_appointments_cancel_one()),
        choice(
            "rest",
            if form.rest == 1 {
                text.msg_appointments_cancel_rest_one()
            } else {
                text.msg_appointments_cancel_rest(form.rest)
            },
        ),
    ];
    ui::choice_group(&ui::ChoiceGroup {
        id: "scope",
        legend: &text.msg_appointments_cancel_scope(),
        help: "",
        error: None,
        chosen: if form.with_rest { "rest" } else { "one" },
        groups: vec![ui::Choices { title: String::new(), note: String::new(), choices }],
    })
}

fn reasons(text: &L10nLanguage, appointment: &Appointment, form: &CancelForm<'_>, error: Option<&str>) -> Markup {
    let words = |reason| match reason {
        CancelReason::NotSaid => text.msg_appointments_why_not_said(),
        CancelReason::Time => text.msg_appointments_why_time(),
        CancelReason::Better => text.msg_appointments_why_better(),
        CancelReason::Transport => text.msg_appointments_why_transport(),
        CancelReason::Elsewhere => text.msg_appointments_why_elsewhere(),
    };
    let choice = |reason: CancelReason| ui::Choice { value: reason.key().to_owned(), label: words(reason) };
    let choices = CancelReason::ALL.into_iter().map(choice).collect();
    html! {
        (ui::choice_group(&ui::ChoiceGroup {
            id: "why",
            legend: &text.msg_appointments_why(),
            help: "",
            error: None,
            chosen: form.reason.key(),
            groups: vec![ui::Choices { title: String::new(), note: String::new(), choices }],
        }))
        @if appointment.rights.comment {
            (ui::text_area(&ui::TextArea {
                id: COMMENT_ID,
                label: &text.msg_appointments_cancel_comment(),
                help: &text.msg_appointments_cancel_comment_help(REASON_MAX_CHARS),
                error,
                value: form.comment,
            }))
        }
    }
}

/// The form that writes to the clinic about an appointment.
pub(in super::super) fn comment(ctx: &Ctx, appointment: &Appointment, words: &str, error: Option<TooLong>) -> Markup {
    let text = ctx.text();
    let back = format!("/appointments/{}", appointment.id);
    let error = error.map(|_| TooLong::words(text, words));
    html! {
        (ui::back_link(&back, &text.msg_appointments_details()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(COMMENT_ID, error.clone())])) }
        (ui::heading(&text.msg_appointments_comment_title()))
        p { (text.msg_appointments_comment_intro(when(ctx, appointment))) }
        (ui::form(&format!("{back}/comment"), &ctx.visitor, html! {
            (ui::text_area(&ui::TextArea {
                id: COMMENT_ID,
                label: &text.msg_appointments_comment_label(),
                help: &text.msg_appointments_book_reason_help(REASON_MAX_CHARS),
                error: error.as_deref(),
                value: words,
            }))
            (ui::submit_button(&text.msg_appointments_comment_submit()))
        }))
    }
}
