//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod collect;
mod details;
mod lists;
mod renew;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::{Tone, dates, ui};

pub(super) use collect::collect;
pub(super) use details::{Shown, details};
pub(super) use lists::{collected, copy, in_use};
pub(super) use renew::{FieldError, Form, not_allowed, renew};

use super::actions::Overview;
use super::model::{Prescription, Renewal, RenewalState};
use super::rules::{self, Standing};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_tag, audience_words, because};
use crate::slice::Card;

/// What the reader may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct May {
    /// Ask for a renewal.
    pub renew: bool,
    /// See who collects for whom at the pharmacy.
    pub collect: bool,
    /// Book an appointment with the GP.
    pub book: bool,
    /// Report an error in what is shown.
    pub report: bool,
}

/// Most prescriptions in force on the first page.
const MAX_CURRENT: usize = 200;

/// Most earlier prescriptions on the first page.
const MAX_EARLIER: usize = 50;

/// What people call a medicine; never an empty heading.
pub(super) fn name(text: &L10nLanguage, name: &str) -> String {
    if name.trim().is_empty() { text.msg_medicines_no_name() } else { name.to_owned() }
}

/// The first page: what can be collected, what is on its way, and the way to renew.
pub(super) fn list(ctx: &Ctx, overview: Option<&Overview>, why: &Why, may: May, done: Option<&str>) -> Markup {
    let text = ctx.text();
    html! {
        @if let (Some("renewed"), Some(overview)) = (done, overview) { (renewed(ctx, overview)) }
        (ui::heading(&text.msg_medicines_title()))
        @match overview {
            _ if !why.open => {
                (ui::empty_state(&text.msg_medicines_closed(), why.sentence))
                // Who may only collect for somebody finds that here.
                @if may.collect { ul.items { (collect_item(text)) } }
            }
            None => (ui::alert(Tone::Warning, &text.msg_medicines_missing())),
            Some(overview) => {
                (prescriptions(ctx, overview, may))
                (ways(ctx, may))
                (earlier(ctx, overview))
            }
        }
        (because(ctx, &[*why], None))
    }
}

/// What was asked for, whom, and when an answer comes.
fn renewed(ctx: &Ctx, overview: &Overview) -> Markup {
    let text = ctx.text();
    let latest = overview.renewals.iter().filter(|renewal| renewal.state.is_open()).max_by_key(|renewal| renewal.sent);
    let Some(latest) = latest else { return html! {} };
    let due = latest.due.map(|due| written(ctx, due)).unwrap_or_default();
    ui::confirmation(&text.msg_medicines_renewed_title(), &text.msg_medicines_renewed_text(latest.office.as_str(), due))
}

fn prescriptions(ctx: &Ctx, overview: &Overview, may: May) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let around = overview.around();
    let mut current: Vec<&Prescription> =
        overview.prescriptions.iter().filter(|one| rules::is_current(one, around, today)).collect();
    // What the person should do something about comes first.
    current.sort_by_key(|one| !is_due(overview, one, today));
    let is_renewable = |one: &&&Prescription| rules::may_renew(one, around, today).is_ok();
    let renewable = current.iter().filter(is_renewable).count();
    let shown = overview.renewals.iter().filter(|renewal| rules::is_shown(renewal, today));
    let shown: Vec<&Renewal> = shown.filter(|renewal| is_latest(overview, renewal)).collect();
    html! {
        @if may.renew && renewable > 0 {
            (ui::button_row(ui::button_link("/medicines/renew", &text.msg_medicines_renew_link())))
        }
        @if !shown.is_empty() {
            (ui::subheading(&text.msg_medicines_renewals()))
            (ui::list(shown.iter().map(|renewal| renewal_item(ctx, overview, renewal))))
        }
        (ui::subheading(&text.msg_medicines_current()))
        @if current.is_empty() {
            (ui::empty_state(&text.msg_medicines_none(), &text.msg_medicines_none_help()))
        } @else {
            (ui::list(current.iter().take(MAX_CURRENT).map(|one| item(ctx, overview, one))))
        }
        @if overview.cut || current.len() > MAX_CURRENT { p { (text.msg_medicines_cut()) } }
    }
}

/// Whether it is used up or soon will be, and can be renewed.
fn is_due(overview: &Overview, one: &Prescription, today: Date) -> bool {
    let is_over = !rules::standing(one, &overview.dispensings, today).is_in_force();
    let is_ending = is_over || rules::is_soon_over(one, &overview.dispensings, today);
    is_ending && rules::may_renew(one, overview.around(), today).is_ok()
}

fn is_latest(overview: &Overview, renewal: &Renewal) -> bool {
    overview.around().renewal(&renewal.prescription).is_some_and(|latest| latest.id == renewal.id)
}

/// One prescription: its name, how often it can still be collected and until when.
fn item(ctx: &Ctx, overview: &Overview, one: &Prescription) -> Markup {
    let text = ctx.text();
    let (tag, audience) = (tag(ctx, overview, one), overview.audiences.get(&one.id));
    // What is out of the ordinary stands in the tag; for whom it is must not be lost by that.
    let beside = tag.as_ref().and_then(|_| audience_words(text, audience));
    let detail = [Some(left_and_until(ctx, overview, one)), beside];
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/medicines/{}", one.id)),
        title: &name(text, &one.name),
        detail: &detail.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        tag: tag.or_else(|| audience_tag(text, audience)),
    })
}

/// "Can be collected 2 more times · valid until 3 March 2027".
fn left_and_until(ctx: &Ctx, overview: &Overview, one: &Prescription) -> String {
    let text = ctx.text();
    let standing = rules::standing(one, &overview.dispensings, date_in_norway(ctx.now));
    let last = rules::last_day(one).map(|last| written(ctx, last));
    let left =
        rules::left(one, &overview.dispensings).filter(|_| standing.is_in_force()).map(|left| left_words(text, left));
    let until = last.filter(|_| standing.is_in_force()).map(|last| text.msg_medicines_valid_until(last));
    let over = (!standing.is_in_force()).then(|| standing_words(ctx, one, standing));
    [left, until, over].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn left_words(text: &L10nLanguage, left: u32) -> String {
    match left {
        0 => text.msg_medicines_left_none(),
        1 => text.msg_medicines_left_one(),
        _ => text.msg_medicines_left(left),
    }
}

/// Where it stands, in a sentence.
fn standing_words(ctx: &Ctx, one: &Prescription, standing: Standing) -> String {
    let text = ctx.text();
    match standing {
        Standing::Fresh => text.msg_medicines_standing_fresh(),
        Standing::Partly => text.msg_medicines_standing_partly(),
        Standing::AtPharmacy => text.msg_medicines_standing_pharmacy(),
        Standing::Paused => text.msg_medicines_standing_paused(),
        Standing::UsedUp => text.msg_medicines_standing_used(),
        Standing::Stopped => text.msg_medicines_standing_stopped(),
        Standing::Expired => {
            let last = rules::last_day(one).map(|last| written(ctx, last)).unwrap_or_default();
            text.msg_medicines_standing_expired(last)
        }
    }
}

/// What is out of the ordinary.
fn tag(ctx: &Ctx, overview: &Overview, one: &Prescription) -> Option<(Tone, String)> {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let renewal = overview.around().renewal(&one.id).filter(|renewal| renewal.state.is_open());
    if renewal.is_some() {
        return Some((Tone::Info, text.msg_medicines_tag_underway()));
    }
    match rules::standing(one, &overview.dispensings, today) {
        Standing::AtPharmacy => Some((Tone::Info, text.msg_medicines_tag_pharmacy())),
        Standing::Paused => Some((Tone::Neutral, text.msg_medicines_tag_paused())),
        Standing::UsedUp => Some((Tone::Warning, text.msg_medicines_tag_used())),
        Standing::Expired => Some((Tone::Warning, text.msg_medicines_tag_expired())),
        Standing::Stopped => Some((Tone::Neutral, text.msg_medicines_tag_stopped())),
        Standing::Fresh | Standing::Partly => {
            let is_soon = rules::is_soon_over(one, &overview.dispensings, today);
            is_soon.then(|| (Tone::Warning, text.msg_medicines_tag_soon()))
        }
    }
}

/// A renewal on the first page: what, where it stands, and by when.
fn renewal_item(ctx: &Ctx, overview: &Overview, renewal: &Renewal) -> Markup {
    let text = ctx.text();
    let of = overview.prescription(&renewal.prescription).map(|one| one.name.clone()).unwrap_or_default();
    let (tone, words) = renewal_tag(text, renewal.state);
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/medicines/{}", renewal.prescription)),
        title: &name(text, &of),
        detail: &renewal_words(ctx, renewal),
        tag: Some((tone, words)),
    })
}

fn renewal_tag(text: &L10nLanguage, state: RenewalState) -> (Tone, String) {
    match state {
        RenewalState::Sent => (Tone::Info, text.msg_medicines_renewal_sent()),
        RenewalState::Received => (Tone::Info, text.msg_medicines_renewal_received()),
        RenewalState::Considered => (Tone::Info, text.msg_medicines_renewal_considered()),
        RenewalState::Approved => (Tone::Success, text.msg_medicines_renewal_approved()),
        RenewalState::NeedsConsultation => (Tone::Warning, text.msg_medicines_renewal_consultation()),
        RenewalState::Refused => (Tone::Warning, text.msg_medicines_renewal_refused()),
        RenewalState::Withdrawn => (Tone::Neutral, text.msg_medicines_renewal_withdrawn()),
    }
}

/// What happens next and when.
fn renewal_words(ctx: &Ctx, renewal: &Renewal) -> String {
    let text = ctx.text();
    let office = renewal.office.as_str();
    let due = renewal.due.map(|due| written(ctx, due)).unwrap_or_default();
    match renewal.state {
        _ if rules::is_late(renewal, date_in_norway(ctx.now)) => text.msg_medicines_renewal_late(office),
        RenewalState::Sent | RenewalState::Received | RenewalState::Considered if due.is_empty() => {
            text.msg_medicines_renewal_waits(office)
        }
        RenewalState::Sent | RenewalState::Received | RenewalState::Considered => {
            text.msg_medicines_renewal_by(office, due)
        }
        RenewalState::Approved => text.msg_medicines_renewal_approved_text(),
        RenewalState::NeedsConsultation => text.msg_medicines_renewal_consultation_text(),
        RenewalState::Refused => text.msg_medicines_renewal_refused_text(),
        RenewalState::Withdrawn => text.msg_medicines_renewal_withdrawn_text(),
    }
}

fn written(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_default()
}

/// The other things to look for.
fn ways(ctx: &Ctx, may: May) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_medicines_more()))
        ul.items {
            li.item { (way("/medicines/in-use", &text.msg_medicines_use_title(), &text.msg_medicines_use_help())) }
            li.item { (way("/medicines/collected", &text.msg_medicines_collected_title(), &text.msg_medicines_collected_help())) }
            @if may.collect { (collect_item(text)) }
        }
    }
}

fn collect_item(text: &L10nLanguage) -> Markup {
    html! {
        li.item {
            (way("/medicines/collect", &text.msg_medicines_collect_title(), &text.msg_medicines_collect_help()))
        }
    }
}

fn way(href: &str, title: &str, detail: &str) -> Markup {
    ui::list_item(&ui::ListItem { href: Some(href), title, detail, tag: None })
}

/// Those that are over, folded away.
fn earlier(ctx: &Ctx, overview: &Overview) -> Markup {
    let today = date_in_norway(ctx.now);
    let around = overview.around();
    let earlier: Vec<&Prescription> =
        overview.prescriptions.iter().filter(|one| !rules::is_current(one, around, today)).collect();
    html! {
        @if !earlier.is_empty() {
            (ui::disclosure(&ctx.text().msg_medicines_earlier(earlier.len()), &html! {
                (ui::list(earlier.iter().take(MAX_EARLIER).map(|one| item(ctx, overview, one))))
                @if earlier.len() > MAX_EARLIER { p { (ctx.text().msg_medicines_earlier_cut(MAX_EARLIER)) } }
            }))
        }
    }
}

/// What is new or to be done; nothing when there is neither.
pub(super) fn front_card(ctx: &Ctx, overview: &Overview) -> Option<Card> {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let shown = overview.renewals.iter().filter(|its| rules::is_shown(its, today) && is_latest(overview, its));
    let items: Vec<Markup> = shown.map(|renewal| renewal_item(ctx, overview, renewal)).take(2).collect();
    let is_soon = |one: &&Prescription| rules::is_soon_over(one, &overview.dispensings, today);
    let ending: Vec<&Prescription> =
        overview.prescriptions.iter().filter(is_soon).filter(|one| is_due(overview, one, today)).collect();
    let due = ending.len();
    if items.is_empty() && due == 0 {
        return None;
    }
    let markup = html! {
        (ui::subheading(&text.msg_medicines_title()))
        @if !items.is_empty() { (ui::list(items.into_iter())) }
        @if due > 0 {
            p { a.ds-link href="/medicines" { @if due == 1 { (text.msg_medicines_front_one()) } @else { (text.msg_medicines_front(due)) } } }
        }
    };
    let first = ending.iter().filter_map(|one| rules::near_end(one, today)).min();
    Some(if due > 0 { Card::to_do(markup, first) } else { markup.into() })
}
