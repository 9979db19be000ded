//! One prescription.

use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_fhir::ResourceType;
use varde_web::{Tone, dates, ui};

use super::{May, left_words, name, renewal_tag, renewal_words, standing_words, written};
use crate::medicines::actions::Overview;
use crate::medicines::model::{Dispensing, DispensingState, Interaction, Prescription, Renewal, RenewalState};
use crate::medicines::rules::{self, NotRenewable};
use crate::shared::{Ctx, Why, audience_words, because};

/// What the page is about.
pub(in super::super) struct Shown<'a> {
    /// All prescriptions with what belongs to them.
    pub overview: &'a Overview,
    /// The one.
    pub prescription: &'a Prescription,
    /// What sources say of it together with others.
    pub interactions: &'a [Interaction],
}

/// One prescription: how to take it, how often it can be collected, and what can be done.
pub(in super::super) fn details(ctx: &Ctx, shown: &Shown<'_>, why: &Why, may: May, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let one = shown.prescription;
    let renewal = shown.overview.around().renewal(&one.id);
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        @match done {
            Some("withdrawn") => (ui::confirmation(&text.msg_medicines_withdrawn_title(), &text.msg_medicines_withdrawn_text())),
            Some("too-late") => div role="status" { (ui::alert(Tone::Warning, &text.msg_medicines_withdraw_late())) },
            _ => {}
        }
        (ui::heading(&name(text, &one.name)))
        (ui::description_list(&facts(ctx, shown)))
        @if let Some(renewal) = renewal { (renewal_part(ctx, one, renewal, may)) }
        (can_be_renewed(ctx, shown, may))
        @for note in &one.notes { (ui::alert(Tone::Info, note)) }
        (interactions(ctx, shown.interactions))
        (dispensings(ctx, shown))
        @if may.report {
            p { a.ds-link href=(format!("/requests/new?item=MedicationRequest/{}", one.id)) { (text.msg_medicines_report()) } }
        }
        (because(ctx, &[*why], Some((ResourceType::MEDICATION_REQUEST, &one.id))))
    }
}

fn facts(ctx: &Ctx, shown: &Shown<'_>) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let one = shown.prescription;
    let all = &shown.overview.dispensings;
    let standing = rules::standing(one, all, date_in_norway(ctx.now));
    let known = |day: &String| dates::as_exact_as_known(day, ctx.language);
    let mut facts = vec![(text.msg_medicines_dose(), one.dose.markup(text, ctx.language))];
    let mut add = |term: String, words: Option<String>| {
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            facts.push((term, html! { (words) }));
        }
    };
    add(text.msg_medicines_reason(), one.reason.clone());
    add(text.msg_medicines_standing(), Some(standing_words(ctx, one, standing)));
    let left = rules::left(one, all).filter(|_| standing.is_in_force());
    add(text.msg_medicines_left_title(), left.map(|left| left_words(text, left)));
    add(text.msg_medicines_until(), rules::last_day(one).map(|last| written(ctx, last)));
    add(text.msg_medicines_amount(), one.amount.clone());
    add(text.msg_medicines_by(), one.prescriber.clone());
    add(text.msg_medicines_written(), one.written.as_ref().and_then(known));
    add(text.msg_who_sees_link(), audience_words(text, shown.overview.audiences.get(&one.id)));
    facts
}

/// Where the renewal stands, why, and what comes next.
fn renewal_part(ctx: &Ctx, one: &Prescription, renewal: &Renewal, may: May) -> Markup {
    let text = ctx.text();
    let sent = dates::as_exact_as_known(&renewal.sent.to_string(), ctx.language).unwrap_or_default();
    let mut facts = vec![
        (text.msg_medicines_renewal_state(), html! { (renewal_tag(text, renewal.state).1) }),
        (text.msg_medicines_renewal_asked(), html! { (sent) }),
    ];
    if !renewal.office.is_empty() {
        facts.push((text.msg_medicines_renewal_office(), html! { (renewal.office) }));
    }
    if let Some(reason) = &renewal.reason {
        facts.push((text.msg_medicines_renewal_reason(), html! { (reason) }));
    }
    if let Some(message) = &renewal.message {
        facts.push((text.msg_medicines_renewal_message(), html! { (message) }));
    }
    let is_no = matches!(renewal.state, RenewalState::Refused | RenewalState::NeedsConsultation);
    html! {
        (ui::subheading(&text.msg_medicines_renewal()))
        p { (renewal_words(ctx, renewal)) }
        (ui::description_list(&facts))
        @if is_no && may.book {
            (ui::button_row(ui::button_link("/appointments/book", &text.msg_medicines_book_link())))
        }
        @if may.renew && rules::may_withdraw(renewal) {
            (ui::form(&format!("/medicines/{}/withdraw", one.id), &ctx.visitor,
                ui::secondary_button(&text.msg_medicines_withdraw())))
        }
    }
}

/// The button, or why there is none and what to do instead.
fn can_be_renewed(ctx: &Ctx, shown: &Shown<'_>, may: May) -> Markup {
    let text = ctx.text();
    let one = shown.prescription;
    if !may.renew {
        return html! {};
    }
    let why = match rules::may_renew(one, shown.overview.around(), date_in_norway(ctx.now)) {
        Ok(()) => {
            let href = format!("/medicines/renew?prescription={}", one.id);
            return ui::button_row(ui::button_link(&href, &text.msg_medicines_renew_one_link()));
        }
        // The part above says all there is to say.
        Err(NotRenewable::Underway | NotRenewable::Refused) => return html! {},
        Err(why) => why,
    };
    let help = !matches!(why, NotRenewable::Replaced);
    html! {
        p { (why_not(ctx, why)) }
        @if help && may.book {
            (ui::button_row(ui::secondary_link("/appointments/book", &text.msg_medicines_book_link())))
        }
    }
}

/// Why it cannot be renewed, and what to do next.
pub(super) fn why_not(ctx: &Ctx, why: NotRenewable) -> String {
    let text = ctx.text();
    match why {
        NotRenewable::Underway => text.msg_medicines_not_underway(),
        NotRenewable::Replaced => text.msg_medicines_not_replaced(),
        NotRenewable::Stopped => text.msg_medicines_not_stopped(),
        NotRenewable::Paused => text.msg_medicines_not_paused(),
        NotRenewable::NeedsContact => text.msg_medicines_not_contact(),
        NotRenewable::ShortCourse => text.msg_medicines_not_short(),
        NotRenewable::TooOld => text.msg_medicines_not_old(),
        NotRenewable::Refused => text.msg_medicines_not_refused(),
    }
}

/// In the source's words, with the source: the portal makes no such findings.
fn interactions(ctx: &Ctx, interactions: &[Interaction]) -> Markup {
    let text = ctx.text();
    html! {
        @if !interactions.is_empty() {
            (ui::subheading(&text.msg_medicines_interactions()))
            p { (text.msg_medicines_interactions_help()) }
            @for interaction in interactions {
                @let when = interaction.when.as_ref().and_then(|when| dates::as_exact_as_known(when, ctx.language));
                @let source = [interaction.source.clone(), when].into_iter().flatten().collect::<Vec<_>>().join(", ");
                (ui::list(std::iter::once(ui::list_item(&ui::ListItem {
                    href: None, title: &interaction.words, detail: &source, tag: None,
                }))))
            }
        }
    }
}

fn dispensings(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    let its: Vec<&Dispensing> = rules::of(shown.prescription, &shown.overview.dispensings).collect();
    html! {
        (ui::subheading(&text.msg_medicines_collected_title()))
        @if its.is_empty() { p { (text.msg_medicines_collected_none()) } } @else {
            (ui::list(its.into_iter().map(|its| dispensing(ctx, its, false))))
        }
    }
}

/// One dispensing: when, how much and where; with the name of the medicine on a page of several.
pub(super) fn dispensing(ctx: &Ctx, its: &Dispensing, is_named: bool) -> Markup {
    let text = ctx.text();
    let when = its.when.as_ref().and_then(|when| dates::as_exact_as_known(when, ctx.language));
    let when = when.unwrap_or_else(|| text.msg_medicines_no_date());
    let bags = its.in_dose_bags.then(|| text.msg_medicines_dose_bags());
    let (title, first) = if is_named { (name(text, &its.name), Some(when)) } else { (when, None) };
    let detail = [first, its.amount.clone(), its.pharmacy.clone(), bags];
    ui::list_item(&ui::ListItem {
        href: None,
        title: &title,
        detail: &detail.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        tag: (its.state == DispensingState::Preparing).then(|| (Tone::Info, text.msg_medicines_tag_pharmacy())),
    })
}
