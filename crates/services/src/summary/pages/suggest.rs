//! Markup of the form of a suggestion, and of one that was sent.

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

use super::state_tag;
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because};
use crate::summary::lines;
use crate::summary::model::{Item, Office, Suggestion, Wish};
use crate::summary::rules::{self, FieldError, MAX_WORDS};

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Form {
    /// What is wanted: its code.
    pub wish: String,
    /// The words.
    pub words: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// What is wanted, in words.
pub(super) fn wish_name(text: &L10nLanguage, wish: Wish) -> String {
    match wish {
        Wish::Add => text.msg_summary_wish_add(),
        Wish::Change => text.msg_summary_wish_change(),
        Wish::Remove => text.msg_summary_wish_remove(),
    }
}

/// The form.
pub(in super::super) fn suggest(
    ctx: &Ctx,
    item: Option<(&str, &Item)>,
    office: Option<&Office>,
    form: &Form,
    why: &Why,
) -> Markup {
    let text = ctx.text();
    let back = item.map_or_else(|| "/summary".to_owned(), |(reference, _)| format!("/summary/item/{reference}"));
    html! {
        (ui::back_link(&back, &text.msg_summary_back()))
        (ui::error_summary(ctx.language, &errors(text, form)))
        (ui::heading(&text.msg_summary_suggest_title()))
        @match office {
            None => (ui::alert(Tone::Warning, &text.msg_summary_no_office())),
            Some(office) => {
                (ui::lead(&text.msg_summary_suggest_to(office.name.as_str())))
                @if let Some((_, item)) = item { p { strong { (lines::item_name(text, item)) } } }
                (ui::form("/summary/suggest", &ctx.visitor, fields(text, item.map(|(reference, _)| reference), form)))
                p { (text.msg_summary_urgent()) }
            }
        }
        (because(ctx, &[*why], None))
    }
}

fn errors(text: &L10nLanguage, form: &Form) -> Vec<(&'static str, String)> {
    form.errors.iter().map(|error| (field_of(*error), error_words(text, *error))).collect()
}

const fn field_of(error: FieldError) -> &'static str {
    match error {
        FieldError::Wish => "wish",
        FieldError::Words | FieldError::TooMany | FieldError::NoOffice => "words",
    }
}

fn error_words(text: &L10nLanguage, error: FieldError) -> String {
    match error {
        FieldError::Words => text.msg_summary_error_words(MAX_WORDS),
        FieldError::Wish => text.msg_summary_error_wish(),
        FieldError::TooMany => text.msg_summary_error_many(),
        FieldError::NoOffice => text.msg_summary_no_office(),
    }
}

fn fields(text: &L10nLanguage, item: Option<&str>, form: &Form) -> Markup {
    let error = |field: &str| {
        let found = form.errors.iter().find(|error| field_of(**error) == field);
        found.map(|error| error_words(text, *error))
    };
    let choice = |wish: Wish| ui::Choice { value: wish.code().to_owned(), label: wish_name(text, wish) };
    html! {
        @if let Some(item) = item {
            (ui::hidden_field("item", item))
            (ui::choice_group(&ui::ChoiceGroup {
                id: "wish",
                legend: &text.msg_summary_wish(),
                help: "",
                error: error("wish").as_deref(),
                chosen: &form.wish,
                groups: vec![ui::Choices {
                    title: String::new(),
                    note: String::new(),
                    choices: vec![choice(Wish::Change), choice(Wish::Remove)],
                }],
            }))
        }
        (ui::text_area(&ui::TextArea {
            id: "words",
            label: &if item.is_some() { text.msg_summary_words_item() } else { text.msg_summary_words() },
            help: &text.msg_summary_words_help(MAX_WORDS),
            error: error("words").as_deref(),
            value: &form.words,
        }))
        (ui::submit_button(&text.msg_summary_send()))
    }
}

/// One suggestion and what became of it.
pub(in super::super) fn suggestion(
    ctx: &Ctx,
    suggestion: &Suggestion,
    why: &Why,
    may_suggest: bool,
    done: Option<&str>,
) -> Markup {
    let text = ctx.text();
    let (_, state) = state_tag(text, suggestion.state);
    html! {
        (ui::back_link("/summary", &text.msg_summary_back()))
        @match done {
            Some("sent") => (ui::confirmation(&text.msg_summary_done_sent(), &text.msg_summary_done_sent_help(suggestion.office.as_str()))),
            Some("withdrawn") => (ui::confirmation(&text.msg_summary_done_withdrawn(), "")),
            Some("too-late") => (ui::alert(Tone::Info, &text.msg_summary_done_too_late())),
            _ => {},
        }
        (ui::heading(&text.msg_summary_suggestion_title()))
        (ui::description_list(&facts(ctx, suggestion, state)))
        @if may_suggest && rules::is_open(suggestion.state) {
            (ui::form(&format!("/summary/suggestions/{}/withdraw", suggestion.id), &ctx.visitor,
                ui::secondary_button(&text.msg_summary_withdraw())))
        }
        (because(ctx, &[*why], None))
    }
}

fn facts(ctx: &Ctx, suggestion: &Suggestion, state: String) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let due = suggestion.due.filter(|_| rules::is_open(suggestion.state));
    let due = due.and_then(|due| dates::as_exact_as_known(&due.to_string(), ctx.language));
    let item = suggestion.item.as_deref().map(|item| {
        html! {
            a.ds-link href=(format!("/summary/item/{item}")) { (text.msg_summary_fact_item_link()) }
        }
    });
    let facts = [
        (text.msg_summary_fact_state(), Some(html! { (state) })),
        (text.msg_summary_fact_answer(), suggestion.answer.as_ref().map(|answer| html! { (answer) })),
        (text.msg_summary_fact_wish(), Some(html! { (wish_name(text, suggestion.wish)) })),
        (text.msg_summary_fact_words(), Some(html! { (suggestion.words) })),
        (text.msg_summary_fact_item(), item),
        (text.msg_summary_fact_office(), Some(html! { (suggestion.office) })),
        (
            text.msg_summary_fact_sent(),
            Some(html! { span.sentence { (dates::date_time(suggestion.sent, ctx.language)) } }),
        ),
        (text.msg_summary_fact_due(), due.map(|due| html! { (due) })),
    ];
    facts.into_iter().filter_map(|(term, value)| Some((term, value?))).collect()
}
