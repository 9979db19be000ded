//! Components: functions that return markup, in the classes of Designsystemet. None knows what it is used for.

mod day;
mod forms;
mod lists;

use maud::{Markup, html};
use varde_base::Language;

pub use day::{DayField, NotADay, TypedDay, day_field};
pub use forms::{
    CheckGroup, Choice, ChoiceGroup, Choices, FileField, SEARCH_MAX_CHARS, TextArea, TextField, TextKind, check_group,
    choice_group, danger_button, error_summary, file_field, form, form_with_files, hidden_field, other_button,
    search_form, secondary_button, small_button, submit_button, text_area, text_field,
};
pub use lists::{
    ListItem, Step, StepState, Tile, columns, description_list, entry, list, list_item, steps, table, tag, tiles,
};

use crate::l10n::text;
use crate::{Icon, assets};

/// The title of a page, as in the browser's tab; a failed form says so first, for those who hear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The title.
    pub title: String,
    /// The page is a form that has something to put right.
    pub failed: bool,
}

impl From<String> for Title {
    fn from(title: String) -> Self {
        Self { title, failed: false }
    }
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// Good to know.
    Info,
    /// It went well.
    Success,
    /// Something to be aware of.
    Warning,
    /// Something is wrong.
    Danger,
}

impl Tone {
    /// The colour of Designsystemet.
    pub(crate) const fn color(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// The heading of a page; there is one.
pub fn heading(words: &str) -> Markup {
    html! { h1.ds-heading data-size="lg" { (words) } }
}

/// The heading of a part of a page.
pub fn subheading(words: &str) -> Markup {
    html! { h2.ds-heading data-size="sm" { (words) } }
}

/// The first sentence under the heading.
pub fn lead(words: &str) -> Markup {
    html! { p.ds-paragraph.lead { (words) } }
}

/// A picture from the sprite, hidden from screen readers: words stand beside it.
pub fn icon(icon: Icon) -> Markup {
    html! { svg.icon aria-hidden="true" focusable="false" { use href=(assets::icon(icon)) {} } }
}

/// The cairn, our mark.
pub fn mark() -> Markup {
    html! { img.mark src=(assets::mark()) alt="" width="32" height="32"; }
}

/// A message set apart; the design system puts a picture before it, so that colour is not all there is.
pub fn alert(tone: Tone, words: &str) -> Markup {
    html! { div.ds-alert data-color=(tone.color()) { p { (words) } } }
}

/// What has just been done, on top of a page. It is read out when the page opens.
pub fn confirmation(title: &str, words: &str) -> Markup {
    html! {
        div.ds-alert.confirmation data-color="success" role="status" {
            h2.ds-heading data-size="xs" { (title) }
            p { (words) }
        }
    }
}

/// A list that has nothing in it: what it is, and what would bring something.
pub fn empty_state(title: &str, help: &str) -> Markup {
    html! { div.empty { p { strong { (title) } } @if !help.is_empty() { p { (help) } } } }
}

/// The way back up.
pub fn back_link(href: &str, words: &str) -> Markup {
    html! { p.back { a.ds-link href=(href) { (icon(Icon::Back)) (words) } } }
}

/// The main thing to do, as a link that looks like a button.
pub fn button_link(href: &str, words: &str) -> Markup {
    html! { a.ds-button data-variant="primary" href=(href) { (words) } }
}

/// The other thing to do.
pub fn secondary_link(href: &str, words: &str) -> Markup {
    html! { a.ds-button data-variant="secondary" href=(href) { (words) } }
}

/// A file to take along.
pub fn download_link(href: &str, words: &str) -> Markup {
    html! { a.ds-link href=(href) download { (words) } }
}

/// Buttons side by side where there is room.
pub fn button_row(buttons: Markup) -> Markup {
    html! { div.buttons { (buttons) } }
}

/// A telephone number that a phone can call.
pub fn phone_link(number: &str) -> Markup {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! { a.ds-link.figures href=(format!("tel:{digits}")) { (crate::numbers::telephone(number)) } }
}

/// A part of a page that is shown when its heading is pressed.
pub fn disclosure(title: &str, content: &Markup) -> Markup {
    html! { details.ds-details { summary { (title) } div { (content) } } }
}

/// "Why do I see this?": sentences with the names of the rules behind them.
pub fn explanation(language: Language, reasons: &[(&str, &str)]) -> Markup {
    let text = text(language);
    html! {
        details.ds-details.why {
            summary { (text.msg_web_why()) }
            div {
                @for (sentence, rule) in reasons {
                    p { (sentence) @if !rule.is_empty() { " " small { (text.msg_web_rule(*rule)) } } }
                }
            }
        }
    }
}
