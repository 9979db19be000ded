//! How far the platform may go, and what was chosen before.

use maud::{Markup, html};
use varde_rights::ConsentLevel;
use varde_web::{Tone, dates, ui};

use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why};
use crate::sharing::model::ChosenLevel;

/// Name of the field and id of the group.
const FIELD: &str = "level";

/// What the page shows.
pub(in super::super) struct Privacy<'a> {
    /// What holds now, also when nothing was chosen.
    pub level: ConsentLevel,
    /// What was chosen, the newest first.
    pub history: &'a [ChosenLevel],
    /// Why the visitor may.
    pub why: Why,
    /// It has just been saved.
    pub is_done: bool,
    /// No level was chosen.
    pub failed: bool,
}

/// What a level means.
pub(in super::super) fn level_words(text: &L10nLanguage, level: ConsentLevel) -> String {
    match level {
        ConsentLevel::None => text.msg_sharing_level_none(),
        ConsentLevel::Basis => text.msg_sharing_level_basis(),
        ConsentLevel::BasisPlus => text.msg_sharing_level_basis_plus(),
        ConsentLevel::Full => text.msg_sharing_level_full(),
    }
}

/// The page.
pub(in super::super) fn privacy(ctx: &Ctx, shown: &Privacy<'_>) -> Markup {
    let text = ctx.text();
    let error = shown.failed.then(|| text.msg_sharing_error_level());
    let choices = ConsentLevel::ALL.into_iter();
    let choices = choices.map(|level| ui::Choice { value: level.key().to_owned(), label: level_words(text, level) });
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(FIELD, error.clone())])) }
        @if shown.is_done { (ui::confirmation(&text.msg_sharing_done_given(), &level_words(text, shown.level))) }
        (ui::heading(&text.msg_sharing_privacy_title()))
        (ui::form("/sharing/privacy", &ctx.visitor, html! {
            (ui::choice_group(&ui::ChoiceGroup {
                id: FIELD,
                legend: &text.msg_sharing_level(),
                help: &text.msg_sharing_level_help(),
                error: error.as_deref(),
                chosen: shown.level.key(),
                groups: vec![ui::Choices { title: String::new(), note: String::new(), choices: choices.collect() }],
            }))
            (ui::submit_button(&text.msg_sharing_level_submit()))
        }))
        (ui::subheading(&text.msg_sharing_history()))
        @if shown.history.is_empty() { p { (text.msg_sharing_history_none()) } } @else {
            (ui::list(shown.history.iter().map(|its| line(ctx, its))))
        }
        (ui::explanation(ctx.language, &[(shown.why.sentence, shown.why.rule.0)]))
    }
}

fn line(ctx: &Ctx, chosen: &ChosenLevel) -> Markup {
    let text = ctx.text();
    let when = chosen.chosen.as_deref().and_then(|when| dates::as_exact_as_known(when, ctx.language));
    ui::list_item(&ui::ListItem {
        href: None,
        title: &when.unwrap_or_default(),
        detail: &level_words(text, chosen.level.unwrap_or(ConsentLevel::None)),
        tag: chosen.is_active.then(|| (Tone::Success, text.msg_sharing_state_active())),
    })
}
