//! Markup of the list, of one vaccination and of the front page's card.

mod certificate;
mod words;

use maud::{Markup, html};
use varde_fhir::ResourceType;
use varde_web::{Tone, dates, ui};

pub(super) use certificate::certificate;

use super::actions::Listing;
use super::model::{Advice, Dose, State, When};
use crate::l10n::L10nLanguage;
use crate::shared::vaccine::{self, disease_name, diseases_name, first_large};
use crate::shared::{Ctx, Why, because};
use crate::slice::Card;

/// What is offered and what the person has had; `None` when it could not be fetched.
pub(super) fn list(ctx: &Ctx, listing: Option<&Listing>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_vaccines_title()))
        @match listing {
            _ if !why.open => (ui::empty_state(&text.msg_vaccines_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_vaccines_missing())),
            Some(listing) => {
                (offers(ctx, listing))
                (ui::subheading(&text.msg_vaccines_had()))
                @if listing.doses.is_empty() {
                    (ui::empty_state(&text.msg_vaccines_none(), &text.msg_vaccines_none_help()))
                } @else {
                    (ui::button_row(ui::secondary_link("/vaccines/certificate", &text.msg_vaccines_certificate_link())))
                    (ui::list(listing.doses.iter().map(|dose| line(ctx, dose))))
                    @if listing.is_cut { p { (text.msg_vaccines_cut()) } }
                    (ui::disclosure(&text.msg_vaccines_protection(), &protection(ctx, listing)))
                }
                (ui::disclosure(&text.msg_vaccines_absent(), &html! { p { (text.msg_vaccines_absent_help()) } }))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// What can be had now, first; then what comes.
fn offers(ctx: &Ctx, listing: &Listing) -> Markup {
    let text = ctx.text();
    let Some(advice) = &listing.advice else { return html! { (ui::lead(&text.msg_vaccines_no_advice())) } };
    let (coming, now): (Vec<&Advice>, Vec<&Advice>) =
        advice.iter().partition(|advice| matches!(advice.when, When::From(_)));
    html! {
        @if now.is_empty() {
            (ui::lead(&text.msg_vaccines_nothing_now()))
        } @else {
            (ui::subheading(&text.msg_vaccines_offered()))
            (ui::list(now.iter().map(|advice| offer(ctx, listing, advice))))
            @if now.iter().any(|advice| matches!(advice.when, When::Late(_) | When::Unknown)) {
                p { (text.msg_vaccines_unregistered_help()) }
            }
        }
        (ui::subheading(&text.msg_vaccines_coming()))
        @if coming.is_empty() {
            // Nothing is near; then the page says what comes first all the same.
            @match &listing.next {
                Some(next) => (ui::list(std::iter::once(offer(ctx, listing, next)))),
                None => p { (text.msg_vaccines_nothing_coming()) },
            }
        } @else {
            (ui::list(coming.iter().map(|advice| offer(ctx, listing, advice))))
        }
    }
}

fn offer(ctx: &Ctx, listing: &Listing, advice: &Advice) -> Markup {
    let text = ctx.text();
    let from = match advice.when {
        When::From(day) => words::from(ctx, day, listing.born),
        _ => None,
    };
    let detail = [
        from,
        advice.dose.map(|dose| text.msg_vaccines_dose(dose.to_string())),
        words::often(text, advice.every_years),
        Some(words::giver(text, advice.giver)),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    ui::list_item(&ui::ListItem {
        href: None,
        title: &diseases_name(text, &advice.diseases),
        detail: &detail.join(" · "),
        tag: match advice.when {
            When::Now => Some((Tone::Info, text.msg_vaccines_tag_now())),
            When::Late(_) | When::Unknown => Some((Tone::Neutral, text.msg_vaccines_tag_unregistered())),
            When::From(_) => None,
        },
    })
}

fn line(ctx: &Ctx, dose: &Dose) -> Markup {
    let text = ctx.text();
    let detail = [Some(words::day(ctx, dose)), words::dose(text, dose), dose.place.clone()];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/vaccines/{}", dose.id)),
        title: &title_of(text, dose),
        detail: &detail.join(" · "),
        tag: match &dose.state {
            State::NotGiven(_) => Some((Tone::Neutral, text.msg_vaccines_tag_not_given())),
            State::Withdrawn => Some((Tone::Neutral, text.msg_vaccines_tag_withdrawn())),
            State::Given => None,
        },
    })
}

/// What a vaccination is called.
pub(super) fn title_of(text: &L10nLanguage, dose: &Dose) -> String {
    vaccine::title(text, &dose.diseases, dose.name.as_deref())
}

/// Disease by disease: how many doses, and when the last was.
fn protection(ctx: &Ctx, listing: &Listing) -> Markup {
    let text = ctx.text();
    let heads = [text.msg_vaccines_against(), text.msg_vaccines_doses(), text.msg_vaccines_last()];
    let rows = listing.protection.iter().map(|(disease, count, last)| {
        let last = last.and_then(|last| dates::as_exact_as_known(&last.to_string(), ctx.language));
        [
            html! { (first_large(&disease_name(text, *disease))) },
            html! { (count) },
            html! { (last.unwrap_or_else(|| text.msg_vaccines_no_date())) },
        ]
    });
    ui::table(&text.msg_vaccines_protection(), &heads, rows)
}

/// One vaccination.
pub(super) fn details(ctx: &Ctx, dose: &Dose, why: &Why, may_report: bool) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/vaccines", &text.msg_vaccines_back()))
        (ui::heading(&title_of(text, dose)))
        @match &dose.state {
            State::Withdrawn => (ui::alert(Tone::Info, &text.msg_vaccines_withdrawn())),
            State::NotGiven(reason) => (ui::alert(Tone::Info, &match reason {
                Some(reason) => text.msg_vaccines_not_given_because(reason.as_str()),
                None => text.msg_vaccines_not_given(),
            })),
            State::Given => {},
        }
        // What was wrong is not shown again.
        @if dose.state != State::Withdrawn { (ui::description_list(&facts(ctx, dose))) }
        @if dose.is_told { p { (text.msg_vaccines_told()) } }
        @if may_report {
            p { a.ds-link href=(format!("/requests/new?item=Immunization/{}", dose.id)) { (text.msg_vaccines_report()) } }
        }
        (because(ctx, &[*why], Some((ResourceType::IMMUNIZATION, &dose.id))))
    }
}

fn facts(ctx: &Ctx, dose: &Dose) -> Vec<(String, Markup)> {
    let text = ctx.text();
    // The name of the vaccine says something only where the title is that of the diseases.
    let name = dose.name.clone().filter(|_| !dose.diseases.is_empty());
    let facts = [
        (text.msg_vaccines_when(), Some(words::day(ctx, dose))),
        (text.msg_vaccines_vaccine(), name),
        (text.msg_vaccines_dose_title(), words::dose(text, dose)),
        (text.msg_vaccines_where(), dose.place.clone()),
        (text.msg_vaccines_series(), dose.series.clone()),
        (text.msg_vaccines_maker(), dose.maker.clone()),
        (text.msg_vaccines_batch(), dose.batch.clone()),
    ];
    facts.into_iter().filter_map(|(term, value)| Some((term, html! { (value?) }))).collect()
}

/// What can be had now.
pub(super) fn front_card(ctx: &Ctx, listing: &Listing) -> Option<Card> {
    let text = ctx.text();
    let now: Vec<&Advice> = listing.advice.iter().flatten().filter(|advice| advice.when == When::Now).collect();
    if now.is_empty() {
        return None;
    }
    let names: Vec<String> = now.iter().map(|advice| diseases_name(text, &advice.diseases)).collect();
    let markup = html! {
        (ui::subheading(&text.msg_vaccines_front()))
        (ui::list(now.iter().zip(&names).map(|(advice, name)| ui::list_item(&ui::ListItem {
            href: Some("/vaccines"),
            title: name,
            detail: &words::giver(text, advice.giver),
            tag: None,
        }))))
    };
    Some(Card::to_do(markup, None).about(names.join(" · ")))
}
