//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod offer;

use jiff::Timestamp;
use maud::{Markup, html};
use varde_fhir::ResourceType;
use varde_store::ItemAudience;
use varde_web::{Tone, dates, ui};

pub(super) use offer::{FieldError, FormState, Offer, Purpose, offer, offer_title};

use super::actions::Listing;
use super::model::{Appointment, Status, Visit};
use super::rules::{self, Window};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_tag, audience_words, because};

/// Why each kind of appointment is open or closed to the reader.
pub(super) struct Whys {
    /// GP, municipality and others outside hospital.
    pub primary: Why,
    /// Hospital and other specialist care.
    pub specialist: Why,
    /// The reader may book, and not only look.
    pub may_book: bool,
}

/// All appointments: what comes, how to get one, what has been.
pub(super) fn list(ctx: &Ctx, listing: Option<&Listing>, whys: &Whys) -> Markup {
    let text = ctx.text();
    let outlined = listing.map(|listing| listing.outlined.as_slice()).unwrap_or_default();
    if !whys.primary.open && !whys.specialist.open {
        return html! {
            (ui::heading(&text.msg_appointments_title()))
            @if outlined.is_empty() {
                (ui::empty_state(&text.msg_appointments_not_open(), whys.primary.sentence))
            } @else {
                (only_times(ctx, outlined))
            }
        };
    }
    html! {
        (ui::heading(&text.msg_appointments_title()))
        (ui::lead(&text.msg_appointments_intro()))
        @if whys.may_book { p { (ui::button_link("/appointments/book", &text.msg_appointments_book_link())) } }
        @match listing {
            None => (ui::alert(Tone::Warning, &text.msg_appointments_list_missing())),
            Some(listing) => {
                (coming(ctx, listing))
                @if !outlined.is_empty() { (only_times(ctx, outlined)) }
                (past(ctx, listing))
            }
        }
        // Both, so that a parent sees why hospital appointments are not here.
        (because(ctx, &[whys.primary, whys.specialist], None))
    }
}

fn coming(ctx: &Ctx, listing: &Listing) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_appointments_coming()))
        @if listing.coming.is_empty() {
            (ui::empty_state(&text.msg_appointments_none_coming(), &text.msg_appointments_none_coming_help()))
        } @else {
            (ui::list(listing.coming.iter().map(|a| item(ctx, a, listing.audiences.get(&a.id)))))
        }
    }
}

/// Appointments of which the visitor may know when, and nothing else.
fn only_times(ctx: &Ctx, starts: &[Timestamp]) -> Markup {
    let text = ctx.text();
    let line = |start: &Timestamp| {
        ui::list_item(&ui::ListItem {
            href: None,
            title: &dates::date_time(*start, ctx.language),
            detail: "",
            tag: None,
        })
    };
    html! {
        (ui::subheading(&text.msg_appointments_only_times()))
        p { (text.msg_appointments_only_times_help()) }
        (ui::list(starts.iter().map(line)))
    }
}

fn past(ctx: &Ctx, listing: &Listing) -> Markup {
    let text = ctx.text();
    let visits = listing.visits.as_deref().unwrap_or_default();
    let mut items: Vec<(Option<Timestamp>, Markup)> =
        listing.past.iter().map(|a| (a.start, item(ctx, a, listing.audiences.get(&a.id)))).collect();
    items.extend(visits.iter().map(|v| (Some(v.start), visit(ctx, v))));
    items.sort_by_key(|(start, _)| std::cmp::Reverse(*start));
    html! {
        (ui::subheading(&text.msg_appointments_past()))
        @if listing.visits.is_none() {
            (ui::alert(Tone::Warning, &text.msg_appointments_visits_missing()))
        }
        @if items.is_empty() {
            @if listing.visits.is_some() { p { (text.msg_appointments_none_past()) } }
        } @else {
            (ui::list(items.into_iter().map(|(_, markup)| markup)))
        }
        @if listing.cut {
            p { (text.msg_appointments_older_left_out(listing.coming.len() + listing.past.len())) }
        }
    }
}

/// One line of a list: when first, since that is what people look for.
fn item(ctx: &Ctx, appointment: &Appointment, audience: Option<&ItemAudience>) -> Markup {
    let text = ctx.text();
    let tag = status_tag(text, appointment.status);
    // What is out of the ordinary stands in the tag; for whom it is must not be lost by that.
    let beside = tag.as_ref().and_then(|_| audience_words(text, audience));
    let detail = [
        (!appointment.with.is_empty()).then(|| appointment.with.join(", ")),
        appointment.place.as_ref().map(|place| place.name.clone()),
        beside,
    ];
    let detail = detail.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/appointments/{}", appointment.id)),
        title: &when(ctx, appointment),
        detail: &[title_of(text, appointment), detail]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        tag: tag.or_else(|| audience_tag(text, audience)),
    })
}

fn visit(ctx: &Ctx, visit: &Visit) -> Markup {
    let text = ctx.text();
    let parts = [Some(text.msg_appointments_item_visit()), visit.what.clone(), visit.at.clone()];
    ui::list_item(&ui::ListItem {
        href: None,
        title: &dates::date_long(visit.start, ctx.language),
        detail: &parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        tag: None,
    })
}

/// What kind of appointment it is, as a heading.
pub(super) fn title_of(text: &L10nLanguage, appointment: &Appointment) -> String {
    if appointment.service == varde_rights::Service::SpecialistAppointments {
        text.msg_appointments_item_hospital()
    } else {
        text.msg_appointments_item_gp()
    }
}

fn when(ctx: &Ctx, appointment: &Appointment) -> String {
    match appointment.start {
        Some(start) => dates::date_time(start, ctx.language),
        None => ctx.text().msg_appointments_no_time(),
    }
}

/// A tag where the state is not the ordinary one; "booked" in a list of coming appointments says nothing.
fn status_tag(text: &L10nLanguage, status: Status) -> Option<(Tone, String)> {
    match status {
        Status::Booked | Status::Fulfilled | Status::EnteredInError => None,
        Status::Cancelled => Some((Tone::Neutral, status_text(text, status))),
        Status::NoShow => Some((Tone::Warning, status_text(text, status))),
        Status::Proposed | Status::Pending | Status::Arrived => Some((Tone::Info, status_text(text, status))),
    }
}

fn status_text(text: &L10nLanguage, status: Status) -> String {
    match status {
        Status::Proposed => text.msg_appointments_status_proposed(),
        Status::Pending => text.msg_appointments_status_pending(),
        Status::Booked => text.msg_appointments_status_booked(),
        Status::Arrived => text.msg_appointments_status_arrived(),
        Status::Fulfilled => text.msg_appointments_status_fulfilled(),
        Status::Cancelled | Status::EnteredInError => text.msg_appointments_status_cancelled(),
        Status::NoShow => text.msg_appointments_status_noshow(),
    }
}

/// Somebody who may look, but not do what this page is for.
pub(super) fn not_allowed(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/appointments", &text.msg_appointments_back()))
        (ui::heading(&text.msg_appointments_not_allowed()))
        p { (text.msg_appointments_not_allowed_help()) }
    }
}

/// What the reader may do with an appointment.
#[derive(Debug, Clone, Copy)]
pub(super) struct May {
    /// Move it and call it off.
    pub change: bool,
    /// Report an error in it.
    pub report: bool,
}

/// One appointment: when, with whom, where, how to prepare, and what can be done with it by somebody who may.
pub(super) fn details(
    ctx: &Ctx,
    appointment: &Appointment,
    audience: Option<&ItemAudience>,
    done: Option<&str>,
    (why, may): (&Why, May),
) -> Markup {
    let text = ctx.text();
    let mut facts = facts(ctx, appointment);
    facts.extend(audience_words(text, audience).map(|words| (text.msg_who_sees_link(), html! { (words) })));
    html! {
        (ui::back_link("/appointments", &text.msg_appointments_back()))
        (confirmation(ctx, appointment, done))
        (ui::heading(&title_of(text, appointment)))
        (ui::description_list(&facts))
        @if may.change { (what_can_be_done(ctx, appointment)) } @else { (what_can_be_looked_at(ctx, appointment)) }
        @if may.report {
            p { a.ds-link href=(format!("/requests/new?item=Appointment/{}", appointment.id)) { (text.msg_appointments_report()) } }
        }
        (because(ctx, &[*why], Some((ResourceType::APPOINTMENT, &appointment.id))))
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
        (Some("changed-meanwhile"), _) => return ui::alert(Tone::Warning, &text.msg_appointments_error_changed()),
        _ => return html! {},
    };
    ui::confirmation(&title, &words)
}

fn facts(ctx: &Ctx, appointment: &Appointment) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let place = appointment.place.as_ref();
    let optional = [
        (text.msg_appointments_with(), (!appointment.with.is_empty()).then(|| appointment.with.join(", "))),
        (text.msg_appointments_where(), place.map(|p| p.name.clone())),
        (String::new(), place.and_then(|p| p.address.clone())),
        (text.msg_appointments_about(), appointment.description.clone()),
        (text.msg_appointments_comment(), appointment.comment.clone()),
        (text.msg_appointments_instruction(), appointment.instruction.clone()),
    ];
    let mut facts = vec![(text.msg_appointments_when(), html! { (when(ctx, appointment)) })];
    for (label, value) in optional {
        let Some(value) = value else { continue };
        match facts.last_mut() {
            // The address belongs under the name of the place.
            Some((_, last)) if label.is_empty() => *last = html! { (last) br; (value) },
            _ => facts.push((label, html! { (value) })),
        }
    }
    if let Some(phone) = place.and_then(|p| p.phone.as_deref()) {
        facts.push((text.msg_appointments_phone(), ui::phone_link(phone)));
    }
    facts.push((text.msg_appointments_status(), html! { (status_text(text, appointment.status)) }));
    facts
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

fn what_can_be_done(ctx: &Ctx, appointment: &Appointment) -> Markup {
    let text = ctx.text();
    let id = &appointment.id;
    match rules::change_window(appointment, ctx.now) {
        Window::Open { deadline } => html! {
            (ui::button_row(html! {
                @if appointment.slot.is_some() {
                    (ui::button_link(&format!("/appointments/{id}/change"), &text.msg_appointments_change_link()))
                }
                (ui::secondary_link(&format!("/appointments/{id}/cancel"), &text.msg_appointments_cancel_link()))
            }))
            p { (calendar_link(text, appointment)) }
            p { (text.msg_appointments_deadline(dates::date_time(deadline, ctx.language))) }
        },
        Window::TooLate { deadline } => {
            let deadline = dates::date_time(deadline, ctx.language);
            let phone = appointment.place.as_ref().and_then(|p| p.phone.as_deref());
            let words = match phone {
                Some(phone) => text.msg_appointments_too_late_phone(deadline, phone),
                None => text.msg_appointments_too_late(deadline),
            };
            html! { (ui::alert(Tone::Info, &words)) p { (calendar_link(text, appointment)) } }
        }
        Window::Closed => html! {},
    }
}

/// "Do you want to call it off?"
pub(super) fn cancel(ctx: &Ctx, appointment: &Appointment) -> Markup {
    let text = ctx.text();
    let back = format!("/appointments/{}", appointment.id);
    let open = matches!(rules::change_window(appointment, ctx.now), Window::Open { .. });
    html! {
        (ui::back_link(&back, &text.msg_appointments_details()))
        (ui::heading(&text.msg_appointments_cancel_title()))
        @if open {
            p { (text.msg_appointments_cancel_text(when(ctx, appointment))) }
            (ui::form(&format!("{back}/cancel"), &ctx.visitor, html! {
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

/// The next appointment, on the front page.
pub(super) fn front_card(ctx: &Ctx, next: Option<&Appointment>, audience: Option<&ItemAudience>) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_home_next()))
        @match next {
            Some(appointment) => (ui::list(std::iter::once(item(ctx, appointment, audience)))),
            None => p { (text.msg_home_next_none()) },
        }
    }
}
