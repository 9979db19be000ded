//! Markup of the GP pages.

mod change;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::{Tone, dates, ui};

pub(super) use change::{FieldError, Form, Offered, Search, choose, confirm, not_allowed};

use super::actions::Overview;
use super::model::{Change, Gp, Hours, Offer, Practice, State};
use super::rules;
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because, stand_in_notes};

/// Most changes on the page of what was.
const MAX_HISTORY: usize = 50;

/// What the visitor may do beside seeing.
#[derive(Debug, Clone, Copy)]
pub(super) struct May {
    /// Change GP.
    pub change: bool,
    /// Book an appointment.
    pub book: bool,
    /// Write to the office.
    pub write: bool,
}

fn written(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_default()
}

/// The first page: who the GP is, how the office is reached, and what is to come. `None` when it could not be fetched.
pub(super) fn own(ctx: &Ctx, overview: Option<&Overview>, why: &Why, may: May, done: Option<&str>) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_gp_title()))
        (done_words(ctx, overview, done))
        @match overview {
            _ if !why.open => (ui::empty_state(&text.msg_gp_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_gp_missing())),
            Some(overview) => (content(ctx, overview, may)),
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn done_words(ctx: &Ctx, overview: Option<&Overview>, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let open = overview.and_then(|overview| rules::open(&overview.changes));
    html! {
        @match (done, open) {
            (Some("changed"), Some(change)) if change.state == State::Waiting =>
                (ui::confirmation(&text.msg_gp_done_waiting(), &text.msg_gp_done_waiting_text())),
            (Some("changed"), Some(change)) => {
                @let day = change.starts.map(|day| written(ctx, day)).unwrap_or_default();
                (ui::confirmation(&text.msg_gp_done_changed(), &text.msg_gp_done_changed_text(day)))
            }
            (Some("changed"), None) => (ui::confirmation(&text.msg_gp_done_changed(), &text.msg_gp_done_others())),
            (Some("undone"), _) => (ui::confirmation(&text.msg_gp_done_undone(), &text.msg_gp_done_undone_text())),
            (Some("too-late"), _) => div role="status" { (ui::alert(Tone::Warning, &text.msg_gp_undo_late())) },
            _ => {}
        }
    }
}

fn content(ctx: &Ctx, overview: &Overview, may: May) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let newest = overview.changes.iter().max_by_key(|change| change.changed);
    let shown = rules::open(&overview.changes).or(newest).filter(|change| rules::is_shown(change, today));
    html! {
        @match &overview.gp {
            None => (ui::empty_state(&text.msg_gp_none(), &text.msg_gp_none_help())),
            Some(gp) => (office(ctx, gp, may)),
        }
        @if let Some(change) = shown { (underway(ctx, overview, change, may)) }
        @if may.change && rules::open(&overview.changes).is_none() {
            (ui::button_row(ui::secondary_link("/gp/change", &text.msg_gp_change_link())))
        }
        @if !overview.changes.is_empty() {
            p { a.ds-link href="/gp/history" { (text.msg_gp_history_link()) } }
        }
    }
}

/// The doctor and the office.
fn office(ctx: &Ctx, gp: &Gp, may: May) -> Markup {
    let text = ctx.text();
    let practice = &gp.practice;
    let name = if gp.name.is_empty() { text.msg_gp_no_name() } else { gp.name.clone() };
    html! {
        (ui::lead(&if practice.name.is_empty() { name.clone() } else { text.msg_gp_at(&*name, &*practice.name) }))
        (stand_in_notes(ctx, &gp.stand_ins))
        @if let Some(closed) = &practice.closed {
            @let words = match closed.until {
                Some(until) => text.msg_gp_away_until(written(ctx, until)),
                None => text.msg_gp_away(),
            };
            (ui::alert(Tone::Warning, &match &closed.why { Some(why) => format!("{words} {why}."), None => words }))
        }
        (ui::button_row(html! {
            @if may.book { (ui::button_link("/appointments/book", &text.msg_gp_book())) }
            @if may.write && !practice.offers.is_empty() { (ui::secondary_link("/messages/write", &text.msg_gp_write())) }
        }))
        (ui::description_list(&facts(ctx, &name, practice)))
    }
}

fn facts(ctx: &Ctx, name: &str, practice: &Practice) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let mut facts = vec![(text.msg_gp_doctor(), html! { (name) })];
    if let Some(phone) = &practice.phone {
        facts.push((text.msg_gp_phone(), ui::phone_link(phone)));
    }
    if !practice.hours.is_empty() {
        let lines = practice.hours.iter().map(|hours| hours_words(ctx, hours));
        facts.push((text.msg_gp_hours(), html! { @for line in lines { div { span.sentence { (line) } } } }));
    }
    if !practice.address.is_empty() {
        facts.push((text.msg_gp_address(), html! { @for line in &practice.address { div { (line) } } }));
    }
    if let Some(website) = &practice.website {
        facts.push((text.msg_gp_website(), html! { a.ds-link href=(website) rel="noreferrer" { (website) } }));
    }
    if !practice.offers.is_empty() {
        let offers = practice.offers.iter().map(|offer| offer_words(text, *offer));
        facts.push((text.msg_gp_offers(), html! { @for offer in offers { div { (offer) } } }));
    }
    if let Some(about) = &practice.about {
        facts.push((text.msg_gp_about(), html! { (about) }));
    }
    facts
}

fn offer_words(text: &L10nLanguage, offer: Offer) -> String {
    match offer {
        Offer::Consultation => text.msg_gp_offer_consultation(),
        Offer::Prescription => text.msg_gp_offer_prescription(),
        Offer::Contact => text.msg_gp_offer_contact(),
        Offer::RecordCopy => text.msg_gp_offer_copy(),
    }
}

/// "mandag til fredag 08.00–15.30"; days that do not follow each other are named one by one.
fn hours_words(ctx: &Ctx, hours: &Hours) -> String {
    let text = ctx.text();
    let name = |day| dates::weekday(day, ctx.language);
    let follow = hours.days.windows(2).all(|pair| matches!(pair, [one, next] if one.next() == *next));
    let days = match hours.days.as_slice() {
        [first, .., last] if follow && hours.days.len() > 2 => text.msg_gp_days(name(*first), name(*last)),
        days => days.iter().map(|day| name(*day)).collect::<Vec<_>>().join(", "),
    };
    match hours.between {
        Some((from, to)) => format!("{days} {}–{}", dates::clock(from, ctx.language), dates::clock(to, ctx.language)),
        None => text.msg_gp_all_day(days),
    }
}

/// The change that is under way or was just answered, with the way back while there is one.
fn underway(ctx: &Ctx, overview: &Overview, change: &Change, may: May) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_gp_underway()))
        p { strong { (change.to_name) } }
        p { (state_words(ctx, change)) }
        @if change.state == State::Waiting {
            @if let Some(position) = overview.position { p { (text.msg_gp_position(position)) } }
            p { (text.msg_gp_waiting_help()) }
        }
        @if change.state == State::Refused { @if let Some(reason) = &change.reason { p { (reason) } } }
        @if may.change && rules::may_undo(change, date_in_norway(ctx.now)) {
            @let words = if change.state == State::Waiting { text.msg_gp_leave_queue() } else { text.msg_gp_undo() };
            (ui::form(&format!("/gp/undo/{}", change.id), &ctx.visitor, ui::secondary_button(&words)))
        }
    }
}

/// Where a change stands, in a sentence.
fn state_words(ctx: &Ctx, change: &Change) -> String {
    let text = ctx.text();
    let starts = change.starts.map(|day| written(ctx, day));
    match (change.state, starts) {
        (State::Waiting, _) => text.msg_gp_state_waiting(),
        (State::Scheduled, Some(day)) if change.starts <= Some(date_in_norway(ctx.now)) => text.msg_gp_state_due(day),
        (State::Scheduled, Some(day)) => text.msg_gp_state_scheduled(day),
        (State::Scheduled, None) => text.msg_gp_state_sent(),
        (State::Done, Some(day)) => text.msg_gp_state_done(day),
        (State::Done, None) => text.msg_gp_state_done_some_time(),
        (State::Withdrawn, _) => text.msg_gp_state_withdrawn(),
        (State::Refused, _) => text.msg_gp_state_refused(),
    }
}

/// What was changed before.
pub(super) fn history(ctx: &Ctx, overview: Option<&Overview>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/gp", &text.msg_gp_back()))
        (ui::heading(&text.msg_gp_history_title()))
        @match overview {
            _ if !why.open => (ui::empty_state(&text.msg_gp_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_gp_missing())),
            Some(overview) if overview.changes.is_empty() => (ui::empty_state(&text.msg_gp_history_none(), "")),
            Some(overview) => {
                (ui::list(overview.changes.iter().take(MAX_HISTORY).map(|change| past(ctx, change))))
                p { (text.msg_gp_counts_help(rules::CHANGES_A_YEAR)) }
            }
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn past(ctx: &Ctx, change: &Change) -> Markup {
    let text = ctx.text();
    let title = match &change.from_name {
        Some(from) if !from.is_empty() => text.msg_gp_from_to(&**from, &*change.to_name),
        _ => change.to_name.clone(),
    };
    let asked = dates::as_exact_as_known(&change.asked.to_string(), ctx.language).unwrap_or_default();
    let mut detail = format!("{} {}", state_words(ctx, change), text.msg_gp_asked(asked));
    if !change.counts {
        detail = format!("{detail} {}", text.msg_gp_not_counted());
    }
    ui::list_item(&ui::ListItem { href: None, title: &title, detail: &detail, tag: tag(text, change.state) })
}

fn tag(text: &L10nLanguage, state: State) -> Option<(Tone, String)> {
    Some(match state {
        State::Waiting => (Tone::Info, text.msg_gp_tag_waiting()),
        State::Scheduled => (Tone::Info, text.msg_gp_tag_scheduled()),
        State::Refused => (Tone::Warning, text.msg_gp_tag_refused()),
        State::Done | State::Withdrawn => return None,
    })
}

/// What is under way or new; nothing when there is neither.
pub(super) fn front_card(ctx: &Ctx, changes: &[Change]) -> Option<Markup> {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let newest = changes.iter().max_by_key(|change| change.changed);
    let change = rules::open(changes).or(newest).filter(|change| rules::is_shown(change, today))?;
    let item = ui::list_item(&ui::ListItem {
        href: Some("/gp"),
        title: &change.to_name,
        detail: &state_words(ctx, change),
        tag: tag(text, change.state),
    });
    Some(html! { (ui::subheading(&text.msg_gp_underway())) (ui::list(std::iter::once(item))) })
}
