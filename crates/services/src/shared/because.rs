use maud::{Markup, html};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_store::ItemAudience;
use varde_web::{Tone, ui};

use super::{Ctx, Why, service_name};
use crate::l10n::L10nLanguage;

/// "You see this because ..", for whom one acts, and the way to "Who can see this?": what every page of a service ends with. `item` is what
/// the page is about when it is about one thing. Of several kinds of information those with the same rule are said once.
pub(crate) fn because(ctx: &Ctx, whys: &[Why], item: Option<(ResourceType, &ResourceId)>) -> Markup {
    let text = ctx.text();
    let acting = ctx.visitor.acting_for.as_ref().map(|person| text.msg_who_sees_acting(&*person.name));
    let mut reasons: Vec<(&str, &str)> = acting.iter().map(|words| (words.as_str(), "")).collect();
    for why in whys {
        if !reasons.iter().any(|(_, rule)| *rule == why.rule.0) {
            reasons.push((why.sentence, why.rule.0));
        }
    }
    html! {
        (ui::explanation(ctx.language, &reasons))
        @for why in whys.iter().filter(|why| why.may_ask) { (who_sees_link(text, whys.len() > 1, why, item)) }
    }
}

fn who_sees_link(text: &L10nLanguage, named: bool, why: &Why, item: Option<(ResourceType, &ResourceId)>) -> Markup {
    let href = match item {
        Some((resource_type, id)) => format!("/who-can-see/{resource_type}/{id}"),
        None => format!("/who-can-see/{}", why.service.key()),
    };
    let words =
        if named { text.msg_who_sees_link_named(service_name(text, why.service)) } else { text.msg_who_sees_link() };
    html! { p { a.ds-link href=(href) { (words) } } }
}

/// For whom an item is, by name; `None` when nothing is to be said.
pub(crate) fn audience_words(text: &L10nLanguage, audience: Option<&ItemAudience>) -> Option<String> {
    Some(match audience? {
        ItemAudience::OnlyYou => text.msg_who_sees_only_you_long(),
        ItemAudience::Parents(names) => match names.as_slice() {
            [name] => text.msg_who_sees_with_parent(first(name)),
            names => text.msg_who_sees_with_parents(joined(names)),
        },
        ItemAudience::Others(names) => text.msg_who_sees_with_others(joined(names)),
        ItemAudience::Youth(name) => text.msg_who_sees_with_youth(first(name)),
    })
}

/// As [`audience_words`] without names, as a tag that fits a phone. What only the young person sees stands out.
pub(crate) fn audience_tag(text: &L10nLanguage, audience: Option<&ItemAudience>) -> Option<(Tone, String)> {
    Some(match audience? {
        ItemAudience::OnlyYou => (Tone::Info, text.msg_who_sees_only_you()),
        ItemAudience::Parents(names) if names.len() == 1 => (Tone::Neutral, text.msg_who_sees_short_parent()),
        ItemAudience::Parents(_) => (Tone::Neutral, text.msg_who_sees_short_parents()),
        ItemAudience::Others(_) => (Tone::Neutral, text.msg_who_sees_short_others()),
        ItemAudience::Youth(_) => (Tone::Neutral, text.msg_who_sees_short_youth()),
    })
}

fn joined(names: &[Box<str>]) -> String {
    names.iter().map(|name| first(name)).collect::<Vec<_>>().join(", ")
}

fn first(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}
