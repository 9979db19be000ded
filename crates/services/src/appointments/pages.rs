//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod details;
pub(super) mod feed;
pub(super) mod household;
mod offer;
pub(super) mod waiting;

use jiff::Timestamp;
use maud::{Markup, html};
use varde_store::ItemAudience;
use varde_web::{Tone, dates, ui};

pub(super) use details::{CancelForm, May, Shown, TooLong, cancel, clinic_only, comment, details};
pub(super) use offer::{FieldError, FormState, Offer, Purpose, offer, offer_title};

use super::load::Listing;
use super::model::{Appointment, Meeting, Provider, Status, Visit, Wish};
use super::rules;
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
        @if let Some(listing) = listing { @for wish in &listing.wishes { (offered(ctx, wish)) } }
        // The offer runs out, so it is the one thing to press first.
        @if whys.may_book { p { (book_link(text, listing.is_some_and(|listing| listing.wishes.iter().any(|wish| rules::offer_stands(wish, ctx.now))))) } }
        @match listing {
            None => {
                (ui::alert(Tone::Warning, &text.msg_appointments_list_missing()))
                (calendars(text))
            },
            Some(listing) => {
                (coming(ctx, listing))
                @if !outlined.is_empty() { (only_times(ctx, outlined)) }
                (calendars(text))
                (past(ctx, listing))
            }
        }
        // Both, so that a parent sees why hospital appointments are not here.
        (because(ctx, &[whys.primary, whys.specialist], None))
    }
}

/// The ways to other calendars than one's own here.
fn calendars(text: &L10nLanguage) -> Markup {
    html! {
        p { a.ds-link href="/appointments/household" { (text.msg_appointments_household_link()) } }
        p { a.ds-link href="/appointments/feed" { (text.msg_appointments_feed_link()) } }
    }
}

fn book_link(text: &L10nLanguage, has_offer: bool) -> Markup {
    let (href, words) = ("/appointments/book", text.msg_appointments_book_link());
    if has_offer { ui::secondary_link(href, &words) } else { ui::button_link(href, &words) }
}

/// An earlier time that waits for an answer; nothing of a wish without one.
fn offered(ctx: &Ctx, wish: &Wish) -> Markup {
    let text = ctx.text();
    let Some(offer) = wish.offer.as_ref().filter(|_| rules::offer_stands(wish, ctx.now)) else { return html! {} };
    let (start, ends) = (dates::date_time(offer.start, ctx.language), dates::time(offer.ends, ctx.language));
    html! {
        (ui::alert(Tone::Info, &text.msg_appointments_offer_card(start, ends)))
        p {
            (ui::button_link(&format!("/appointments/{}/offer", wish.appointment), &text.msg_appointments_offer_answer()))
        }
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
            @let waits = |wish: &Wish| !rules::offer_stands(wish, ctx.now);
            @if listing.coming.iter().any(|a| listing.wishes.iter().any(|wish| wish.appointment == a.id && waits(wish))) {
                p { (text.msg_appointments_waiting_note()) }
            }
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
    let place = appointment.place.as_ref().map(|place| place.name.clone()).filter(|name| !name.is_empty());
    let detail = [
        meeting_words(text, &appointment.meeting),
        (!appointment.with.is_empty()).then(|| appointment.with.join(", ")),
        place.filter(|_| !matches!(appointment.meeting, Meeting::Home)),
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
    let what = visit.kind.map(|kind| kind.name(text)).or_else(|| visit.what.clone());
    let parts = [Some(text.msg_appointments_item_visit()), what, visit.at.clone()];
    ui::list_item(&ui::ListItem {
        href: None,
        title: &dates::date_long(visit.start, ctx.language),
        detail: &parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        tag: None,
    })
}

/// What kind of appointment it is, as a heading.
pub(super) fn title_of(text: &L10nLanguage, appointment: &Appointment) -> String {
    match appointment.provider {
        Provider::Gp => text.msg_appointments_item_gp_office(),
        Provider::Hospital => text.msg_appointments_item_hospital(),
        Provider::Municipality => text.msg_appointments_item_municipality(),
        Provider::Physiotherapist => text.msg_appointments_item_physiotherapist(),
        Provider::Other => text.msg_appointments_item_gp(),
    }
}

/// How one meets, where it is not in the ordinary way.
fn meeting_words(text: &L10nLanguage, meeting: &Meeting) -> Option<String> {
    Some(match meeting {
        Meeting::Place => return None,
        Meeting::Video(_) => text.msg_appointments_meeting_video(),
        Meeting::Telephone => text.msg_appointments_meeting_telephone(),
        Meeting::Home => text.msg_appointments_meeting_home(),
        Meeting::Group => text.msg_appointments_meeting_group(),
    })
}

/// What kind of appointment, how one meets, with whom and where, on one line.
fn what_and_where(text: &L10nLanguage, appointment: &Appointment) -> String {
    let goes_there = matches!(appointment.meeting, Meeting::Place | Meeting::Group);
    let place = appointment.place.as_ref().filter(|place| !place.is_home && !place.name.is_empty());
    let place = place.map(|place| match &place.address {
        Some(address) if goes_there => format!("{}, {address}", place.name),
        _ => place.name.clone(),
    });
    let parts = [
        Some(title_of(text, appointment)),
        Some(meeting_words(text, &appointment.meeting).unwrap_or_else(|| text.msg_appointments_meeting_place())),
        (!appointment.with.is_empty()).then(|| appointment.with.join(", ")),
        place,
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
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

/// Earlier times that wait for an answer, on the front page.
pub(super) fn offers(ctx: &Ctx, offers: &[&Wish]) -> Markup {
    html! {
        (ui::subheading(&ctx.text().msg_appointments_offer_heading()))
        @for wish in offers { (offered(ctx, wish)) }
    }
}
