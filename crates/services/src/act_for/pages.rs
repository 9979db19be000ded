//! Markup of the switch.

use maud::{Markup, html};
use varde_store::RelatedCitizen;
use varde_web::ui;

use crate::shared::Ctx;

/// Name of the field and id of the group.
const FIELD: &str = "patient";

/// Somebody the visitor stands near and can do nothing for.
pub(super) struct Closed {
    /// The name to show.
    pub(super) name: String,
    /// The rule in words.
    pub(super) why: &'static str,
}

/// The page.
pub(super) fn choose(ctx: &Ctx, others: &[RelatedCitizen], closed: &[Closed], failed: bool) -> Markup {
    let text = ctx.text();
    let error = failed.then(|| text.msg_act_for_error());
    html! {
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(FIELD, error.clone())])) }
        (ui::heading(&text.msg_act_for_title()))
        @if others.is_empty() {
            (ui::empty_state(&text.msg_act_for_none(), &text.msg_act_for_none_help()))
        } @else {
            (ui::form("/act-for", &ctx.visitor, html! {
                (ui::choice_group(&ui::ChoiceGroup {
                    id: FIELD,
                    legend: &text.msg_act_for_intro(),
                    help: "",
                    error: error.as_deref(),
                    chosen: ctx.subject().as_str(),
                    groups: vec![ui::Choices { title: String::new(), note: String::new(), choices: choices(ctx, others) }],
                }))
                (ui::submit_button(&text.msg_act_for_submit()))
            }))
        }
        @if !closed.is_empty() {
            (ui::subheading(&text.msg_act_for_closed()))
            (ui::list(closed.iter().map(|its| ui::list_item(&ui::ListItem { href: None, title: &its.name, detail: its.why, tag: None }))))
        }
        (ui::explanation(ctx.language, &[(text.msg_act_for_why().as_str(), "")]))
    }
}

fn choices(ctx: &Ctx, others: &[RelatedCitizen]) -> Vec<ui::Choice> {
    let myself = ui::Choice {
        value: ctx.visitor.actor.patient.to_string(),
        label: format!("{} ({})", ctx.text().msg_act_for_myself(), ctx.visitor.actor.name),
    };
    let others = others.iter().map(|r| ui::Choice { value: r.patient.to_string(), label: r.name.clone() });
    std::iter::once(myself).chain(others).collect()
}
