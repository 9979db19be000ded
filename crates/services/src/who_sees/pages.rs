//! Markup of the answers.

use maud::{Markup, html};
use varde_rights::{Relation, Service, sentence};
use varde_store::{Extent, Seer, Sight, WhoSees};
use varde_web::{Tone, ui};

use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, relation_name, service_name};

/// What a young person sees, kind by kind: now, and from the age of majority in matters of health.
#[derive(Default)]
pub(super) struct Young {
    /// Now.
    pub now: Vec<(Service, Sight)>,
    /// Later.
    pub later: Vec<(Service, Sight)>,
}

/// The first page: for a young person what they can do, and the way to each kind of information.
pub(super) fn hub(ctx: &Ctx, services: &[Service], young: Option<&Young>, why: &Why) -> Markup {
    let text = ctx.text();
    let title = match &ctx.visitor.acting_for {
        Some(person) => text.msg_who_sees_hub_title_other(&*person.name),
        None => text.msg_who_sees_hub_title(),
    };
    html! {
        (ui::heading(&title))
        @if why.may_ask { (ui::lead(&text.msg_who_sees_hub_lead())) }
        @if let Some(young) = young { (at_this_age(ctx, young)) }
        @if why.may_ask {
            (ui::subheading(&text.msg_who_sees_pick()))
            (ui::list(services.iter().map(|service| ui::list_item(&ui::ListItem {
                href: Some(&format!("/who-can-see/{}", service.key())),
                title: &upper_first(&service_name(text, *service)),
                detail: "",
                tag: None,
            }))))
        } @else {
            (ui::empty_state(&text.msg_who_sees_closed(), why.sentence))
        }
        p { a.ds-link href="/rule-book" { (text.msg_who_sees_rules()) } }
    }
}

/// What one can do at this age, and what changes.
fn at_this_age(ctx: &Ctx, young: &Young) -> Markup {
    let text = ctx.text();
    let sees = |sight: &Sight| matches!(sight.extent, Extent::Whole | Extent::Outline);
    let line = |(service, sight): &(Service, Sight)| {
        ui::list_item(&ui::ListItem {
            href: None,
            title: &upper_first(&service_name(text, *service)),
            detail: &words(ctx, *sight).unwrap_or_default(),
            tag: Some(tag(text, sight.extent)),
        })
    };
    let open = young.now.iter().filter(|(_, sight)| sight.extent != Extent::Nothing);
    let closed = young.now.iter().filter(|(_, sight)| sight.extent == Extent::Nothing);
    let changes = young.now.iter().zip(&young.later).filter(|((_, now), (_, later))| !sees(now) && sees(later));
    let more: Vec<String> = changes.map(|(_, (service, _))| service_name(text, *service)).collect();
    html! {
        (ui::subheading(&text.msg_who_sees_young_now()))
        (ui::lead(&text.msg_who_sees_young_labels()))
        (ui::list(open.map(line)))
        (ui::disclosure(&text.msg_who_sees_young_closed(), &ui::list(closed.map(line))))
        (ui::subheading(&text.msg_who_sees_young_later()))
        p { (text.msg_who_sees_young_decide()) }
        @if !more.is_empty() { p { (text.msg_who_sees_young_more(more.join(", "))) } }
        p { (text.msg_who_sees_young_parents()) }
    }
}

/// Who sees a kind of information, or one item of it. `may_change` says whether the reader decides over what is shared.
pub(super) fn answer(ctx: &Ctx, who: &WhoSees, is_item: bool, may_change: bool) -> Markup {
    let text = ctx.text();
    let what = service_name(text, who.service);
    let about = if is_item { text.msg_who_sees_about_item(what) } else { text.msg_who_sees_about(what) };
    let asks = |seer: &&Seer| seer.patient == ctx.visitor.actor.patient;
    let others: Vec<&Seer> = who.people.iter().filter(|seer| !asks(seer)).collect();
    html! {
        (ui::back_link("/who-can-see", &text.msg_who_sees_back()))
        (ui::heading(&text.msg_who_sees_title()))
        (ui::lead(&about))
        @if let Some(person) = &ctx.visitor.acting_for { p { (text.msg_who_sees_acting(&*person.name)) } }
        (ui::subheading(&text.msg_who_sees_you()))
        (ui::list(who.people.iter().filter(asks).map(|seer| you(ctx, seer))))
        (ui::subheading(&text.msg_who_sees_people()))
        @if others.is_empty() && !who.more { p { (text.msg_who_sees_people_none()) } }
        @if !others.is_empty() { (ui::list(others.into_iter().map(|seer| other(ctx, seer)))) }
        @if who.more { (ui::alert(Tone::Info, &text.msg_who_sees_more())) }
        (ui::subheading(&text.msg_who_sees_personnel()))
        (ui::list(who.personnel.iter().map(|(relation, sight)| personnel(ctx, *relation, *sight))))
        p { (text.msg_who_sees_personnel_about()) }
        @if who.some_blocked_by_name { p { (text.msg_who_sees_by_name()) } }
        p { a.ds-link href="/access-log" { (text.msg_who_sees_log_link()) } }
        (ui::subheading(&text.msg_who_sees_change()))
        @if may_change {
            p { (text.msg_who_sees_change_text()) }
            p { a.ds-link href="/sharing" { (text.msg_who_sees_change_link()) } }
        } @else {
            p { (text.msg_who_sees_change_young()) }
        }
    }
}

fn you(ctx: &Ctx, seer: &Seer) -> Markup {
    line(ctx, &seer.name, &[words(ctx, seer.sight).unwrap_or_default()], seer.sight)
}

/// Somebody else. The sentence is the one they read themselves, so it is quoted.
fn other(ctx: &Ctx, seer: &Seer) -> Markup {
    let text = ctx.text();
    let relation = if seer.relation == Relation::Myself {
        Some(text.msg_who_sees_themself())
    } else {
        relation_name(text, seer.relation)
    };
    let told = match words(ctx, seer.sight) {
        None => text.msg_who_sees_own_matter(),
        Some(words) if seer.sight.extent == Extent::Part => words,
        Some(words) => text.msg_who_sees_told(words),
    };
    line(ctx, &seer.name, &[relation.map(|words| format!("{words}.")).unwrap_or_default(), told], seer.sight)
}

fn personnel(ctx: &Ctx, relation: Relation, sight: Sight) -> Markup {
    let text = ctx.text();
    let name = relation_name(text, relation).unwrap_or_default();
    // What opens is written for the patient; what closes is said to the one who is refused.
    let words = words(ctx, sight).unwrap_or_default();
    let words = if sight.extent == Extent::Nothing { text.msg_who_sees_told(words) } else { words };
    line(ctx, &name, &[words], sight)
}

fn line(ctx: &Ctx, title: &str, words: &[String], sight: Sight) -> Markup {
    let text = ctx.text();
    let rule = sight.rule.map(|rule| text.msg_who_sees_rule(rule.0)).unwrap_or_default();
    let parts = words.iter().chain(std::iter::once(&rule)).map(String::as_str).filter(|part| !part.is_empty());
    ui::list_item(&ui::ListItem {
        href: None,
        title,
        detail: &parts.collect::<Vec<_>>().join(" "),
        tag: Some(tag(text, sight.extent)),
    })
}

/// Why; `None` when it is not told. The sentence of a rule that opens item by item says of one item that it is closed, and would be wrong of all.
fn words(ctx: &Ctx, sight: Sight) -> Option<String> {
    match sight.extent {
        Extent::Part => Some(ctx.text().msg_who_sees_only_opened()),
        _ => sight.rule.map(|rule| sentence(rule, ctx.language).to_owned()),
    }
}

fn tag(text: &L10nLanguage, extent: Extent) -> (Tone, String) {
    match extent {
        Extent::Whole => (Tone::Success, text.msg_who_sees_extent_whole()),
        Extent::Part => (Tone::Info, text.msg_who_sees_extent_part()),
        Extent::Outline => (Tone::Info, text.msg_who_sees_extent_outline()),
        Extent::Nothing => (Tone::Neutral, text.msg_who_sees_extent_nothing()),
    }
}

/// For one who may not ask.
pub(super) fn closed(ctx: &Ctx, why: &str, rule: &str) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/", &text.msg_who_sees_front()))
        (ui::heading(&text.msg_who_sees_closed()))
        p { (why) " " small { (text.msg_who_sees_rule(rule)) } }
        p { a.ds-link href="/rule-book" { (text.msg_who_sees_rules()) } }
    }
}

fn upper_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
