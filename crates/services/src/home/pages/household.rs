use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::Relation;
use varde_web::{Tone, ui};

use super::super::gather::OfService;
use super::super::household::{MAX_PEOPLE, Member};
use super::super::rules::{self, Deadline};
use super::{day, deadline_words};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::slice::CardKind;

/// Everybody one acts for, each with what is due.
pub(in super::super) fn household(ctx: &Ctx, members: &[Member], has_more: bool) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/", &text.msg_home_title()))
        (ui::heading(&text.msg_home_household_title()))
        (ui::lead(&text.msg_home_household_lead()))
        @for member in members { section { (one(ctx, member)) } }
        @if has_more { p { a.ds-link href="/act-for" { (text.msg_home_household_more(MAX_PEOPLE)) } } }
        (ui::explanation(ctx.language, &[(text.msg_home_household_why().as_str(), "")]))
    }
}

fn one(ctx: &Ctx, member: &Member) -> Markup {
    let text = ctx.text();
    let citizen = &member.citizen;
    let is_me = citizen.relation == Relation::Myself;
    // The pages are about this person already, so that a line may lead straight there.
    let is_subject = *ctx.subject() == citizen.patient;
    let lines: Vec<Markup> = member.gathered.cards.iter().filter_map(|its| line(ctx, its, is_subject)).collect();
    let open =
        if is_me { text.msg_home_household_open_me() } else { text.msg_home_household_open(citizen.name.as_str()) };
    html! {
        (ui::subheading(&if is_me { text.msg_home_household_me() } else { citizen.name.clone() }))
        @if member.gathered.is_missing { (ui::alert(Tone::Warning, &text.msg_home_missing())) }
        @if !lines.is_empty() {
            (ui::list(lines.into_iter()))
        } @else if !member.gathered.is_missing {
            p { (nothing(text, citizen.relation)) }
        }
        @if !is_subject {
            (ui::form("/act-for", &ctx.visitor, html! {
                (ui::hidden_field("patient", citizen.patient.as_str()))
                (ui::secondary_button(&open))
            }))
        }
    }
}

/// Of others it is not said that there is nothing, since not everything may be known.
fn nothing(text: &L10nLanguage, relation: Relation) -> String {
    match relation {
        Relation::Myself => text.msg_home_household_nothing(),
        Relation::NextOfKin => text.msg_home_household_practical(),
        _ => text.msg_home_household_nothing_seen(),
    }
}

/// One line for what asks for something: which service, when, and of some what it is about. Else that is read where it is opened.
fn line(ctx: &Ctx, its: &OfService, is_subject: bool) -> Option<Markup> {
    let text = ctx.text();
    let deadline = rules::deadline(its.card.due, date_in_norway(ctx.now));
    let (words, tag) = match (its.card.kind, its.card.due) {
        (CardKind::ToDo, Some(_)) => (deadline_words(ctx, deadline), Some((tone(deadline), text.msg_home_to_do()))),
        (CardKind::ToDo, None) => (String::new(), Some((Tone::Warning, text.msg_home_to_do()))),
        (CardKind::New, _) => (String::new(), Some((Tone::Info, text.msg_home_is_new()))),
        (CardKind::Next, Some(due)) => (day(ctx, due), None),
        (CardKind::Next, None) | (CardKind::Quiet, _) => return None,
    };
    Some(ui::list_item(&ui::ListItem {
        href: is_subject.then_some(its.service.path),
        title: &(its.service.title)(text),
        detail: &[its.card.about.as_str(), &words]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        tag,
    }))
}

const fn tone(deadline: Deadline) -> Tone {
    match deadline {
        Deadline::Overdue(_) => Tone::Danger,
        Deadline::Today | Deadline::By(_) | Deadline::None => Tone::Warning,
    }
}
