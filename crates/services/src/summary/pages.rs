//! Markup of critical information, suggestions, and the international summary.

mod international;
mod suggest;

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

pub(super) use international::{international, paper};
pub(super) use suggest::{Form, suggest, suggestion};

use super::model::{Certainty, Item, Kind, State, Suggestion};
use super::{lines, rules};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because};

/// What the page of critical information shows.
pub(super) struct Loaded {
    /// Critical information.
    pub items: Vec<Item>,
    /// There is more of it.
    pub is_cut: bool,
    /// What has been suggested.
    pub suggestions: Vec<Suggestion>,
}

/// Critical information and what has been suggested; `None` when it could not be fetched.
pub(super) fn critical(ctx: &Ctx, loaded: Option<&Loaded>, why: &Why, may_suggest: bool) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_summary_title()))
        @match loaded {
            _ if !why.open => (ui::empty_state(&text.msg_summary_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_summary_missing())),
            Some(Loaded { items, is_cut, suggestions }) => {
                (ui::lead(&text.msg_summary_intro()))
                (groups(ctx, items))
                @if *is_cut { (ui::alert(Tone::Info, &text.msg_summary_items_cut())) }
                @if may_suggest {
                    (ui::button_row(ui::button_link("/summary/suggest", &text.msg_summary_suggest_link())))
                }
                (suggested(ctx, suggestions))
                (ui::subheading(&text.msg_summary_ips_title()))
                p { (text.msg_summary_ips_about()) }
                p { a.ds-link href="/summary/international" { (text.msg_summary_ips_link()) } }
                (earlier(ctx, items))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The groups that have something in them; an empty one would only stand in the way.
fn groups(ctx: &Ctx, items: &[Item]) -> Markup {
    let text = ctx.text();
    html! {
        @if !items.iter().any(|item| item.is_current) {
            (ui::empty_state(&text.msg_summary_none(), &text.msg_summary_none_help()))
        }
        @for kind in Kind::ALL {
            @let of_kind = rules::of_kind(items, kind);
            @if !of_kind.is_empty() {
                (ui::subheading(&kind_name(text, kind)))
                (ui::list(of_kind.into_iter().map(|item| line(ctx, item))))
            }
        }
    }
}

fn line(ctx: &Ctx, item: &Item) -> Markup {
    let words = lines::of_item(item, ctx.language);
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/summary/item/{}/{}", item.resource_type, item.id)),
        title: &words.name,
        detail: &words.detail.join(" · "),
        tag: None,
    })
}

/// What does not hold any more, folded away.
fn earlier(ctx: &Ctx, items: &[Item]) -> Markup {
    let earlier: Vec<&Item> = items.iter().filter(|item| !item.is_current).collect();
    html! {
        @if !earlier.is_empty() {
            (ui::disclosure(&ctx.text().msg_summary_earlier(), &ui::list(earlier.into_iter().map(|item| line(ctx, item)))))
        }
    }
}

/// What a group is called.
fn kind_name(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Allergy => text.msg_summary_kind_allergy(),
        Kind::Anaesthesia => text.msg_summary_kind_anaesthesia(),
        Kind::Condition => text.msg_summary_kind_condition(),
        Kind::Treatment => text.msg_summary_kind_treatment(),
        Kind::Implant => text.msg_summary_kind_implant(),
        Kind::Routine => text.msg_summary_kind_routine(),
        Kind::Infection => text.msg_summary_kind_infection(),
    }
}

/// What has been suggested, the newest first.
fn suggested(ctx: &Ctx, suggestions: &[Suggestion]) -> Markup {
    let text = ctx.text();
    html! {
        @if !suggestions.is_empty() {
            (ui::subheading(&text.msg_summary_suggested()))
            (ui::list(suggestions.iter().map(|suggestion| ui::list_item(&ui::ListItem {
                href: Some(&format!("/summary/suggestions/{}", suggestion.id)),
                title: &suggest::wish_name(text, suggestion.wish),
                detail: &text.msg_summary_sent_to(dates::date_long(suggestion.sent, ctx.language), suggestion.office.as_str()),
                tag: Some(state_tag(text, suggestion.state)),
            }))))
        }
    }
}

/// Where a suggestion stands.
fn state_tag(text: &L10nLanguage, state: State) -> (Tone, String) {
    match state {
        State::Sent => (Tone::Info, text.msg_summary_state_sent()),
        State::Received => (Tone::Info, text.msg_summary_state_received()),
        State::Done => (Tone::Success, text.msg_summary_state_done()),
        State::Refused => (Tone::Neutral, text.msg_summary_state_refused()),
        State::Withdrawn => (Tone::Neutral, text.msg_summary_state_withdrawn()),
    }
}

/// The title of an item's page.
pub(super) fn item_title(ctx: &Ctx, item: &Item) -> String {
    lines::item_name(ctx.text(), item)
}

/// One item.
pub(super) fn item(ctx: &Ctx, item: &Item, why: &Why, may_suggest: bool) -> Markup {
    let text = ctx.text();
    let reference = format!("{}/{}", item.resource_type, item.id);
    html! {
        (ui::back_link("/summary", &text.msg_summary_back()))
        (ui::heading(&item_title(ctx, item)))
        @if item.is_dangerous { (ui::alert(Tone::Warning, &text.msg_summary_dangerous_long())) }
        @if !item.is_current { (ui::alert(Tone::Info, &text.msg_summary_not_current())) }
        (ui::description_list(&facts(ctx, item)))
        @if may_suggest {
            (ui::button_row(ui::secondary_link(&format!("/summary/suggest?item={reference}"), &text.msg_summary_suggest_item())))
        }
        (because(ctx, &[*why], Some((item.resource_type, &item.id))))
    }
}

fn facts(ctx: &Ctx, item: &Item) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let day = |day: &String| dates::as_exact_as_known(day, ctx.language).unwrap_or_else(|| day.clone());
    // The source's own words, where the title is ours.
    let source = item.name.clone().filter(|_| item.known.is_some());
    let certainty = match item.certainty {
        Certainty::Confirmed => Some(text.msg_summary_confirmed()),
        Certainty::Unconfirmed => Some(text.msg_summary_unconfirmed()),
        Certainty::Unsaid => None,
    };
    let facts = [
        (text.msg_summary_fact_group(), Some(kind_name(text, item.kind))),
        (text.msg_summary_fact_reaction(), (!item.reactions.is_empty()).then(|| item.reactions.join(", "))),
        (text.msg_summary_fact_certainty(), certainty),
        (text.msg_summary_fact_since(), item.since.as_ref().map(day)),
        (text.msg_summary_fact_note(), (!item.notes.is_empty()).then(|| item.notes.join(" "))),
        (text.msg_summary_fact_source(), source),
        (text.msg_summary_fact_recorded(), item.recorded.as_ref().map(day)),
        (text.msg_summary_fact_by(), item.by.clone()),
    ];
    facts.into_iter().filter_map(|(term, value)| Some((term, html! { (value?) }))).collect()
}
