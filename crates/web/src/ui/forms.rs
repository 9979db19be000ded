use maud::{Markup, html};
use varde_base::Language;

use crate::Visitor;
use crate::form::CSRF_FIELD;
use crate::l10n::text;

/// A form that posts, with the session's token and a key of its own, so that sending it twice is known for what it is.
pub fn form(action: &str, visitor: &Visitor, fields: Markup) -> Markup {
    html! { form method="post" action=(action) data-once { (secrets(visitor)) (fields) } }
}

/// As [`form`], for one that files can be sent with. Its hidden fields stand first, as [`crate::FileForm`] wants them.
pub fn form_with_files(action: &str, visitor: &Visitor, fields: Markup) -> Markup {
    html! {
        form method="post" action=(action) enctype="multipart/form-data" data-once { (secrets(visitor)) (fields) }
    }
}

fn secrets(visitor: &Visitor) -> Markup {
    html! {
        input type="hidden" name=(CSRF_FIELD) value=(visitor.csrf.as_str());
        input type="hidden" name="form_key" value=(varde_base::token_base64url(&mut varde_base::SystemRandom));
    }
}

/// A field to choose files in. What was chosen cannot be filled in again: the page must keep what it has been given.
#[derive(Debug)]
pub struct FileField<'a> {
    /// Name and id of the field.
    pub id: &'a str,
    /// What is asked.
    pub label: &'a str,
    /// A line of help.
    pub help: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// What the browser offers to choose: types and endings with commas between. What is sent may be anything.
    pub accept: &'a str,
}

/// A field to choose one or more files in.
pub fn file_field(field: &FileField<'_>) -> Markup {
    let (help_id, error_id) = (format!("{}-help", field.id), format!("{}-error", field.id));
    html! {
        div.ds-field {
            label.ds-label for=(field.id) { (field.label) }
            p #(help_id) data-field="description" { (field.help) }
            input.ds-input type="file" id=(field.id) name=(field.id) accept=(field.accept) multiple
                aria-invalid=[field.error.map(|_| "true")]
                aria-describedby=[described_by(field.help, &help_id, field.error, &error_id)];
            @if let Some(error) = field.error { p.ds-validation-message #(error_id) { (error) } }
        }
    }
}

/// Most characters of what is looked for.
pub const SEARCH_MAX_CHARS: usize = 100;

/// A field for words to look for, sent as `q` by GET: it changes nothing, and its answer can be kept as an address.
pub fn search_form(action: &str, label: &str, help: &str, value: &str, button: &str) -> Markup {
    html! {
        form.search role="search" method="get" action=(action) {
            div.ds-field {
                label.ds-label for="q" { (label) }
                p #q-help data-field="description" { (help) }
                input.ds-input type="search" id="q" name="q" value=(value) maxlength=(SEARCH_MAX_CHARS) autocomplete="off"
                    enterkeyhint="search" aria-describedby="q-help";
            }
            (secondary_button(button))
        }
    }
}

/// Sends the form.
pub fn submit_button(words: &str) -> Markup {
    html! { button.ds-button data-variant="primary" type="submit" { (words) } }
}

/// Sends a form that takes something away.
pub fn danger_button(words: &str) -> Markup {
    html! { button.ds-button data-variant="primary" data-color="danger" type="submit" { (words) } }
}

/// A value that goes along unseen.
pub fn hidden_field(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A button of the other kind, that sends a form too.
pub fn secondary_button(words: &str) -> Markup {
    html! { button.ds-button data-variant="secondary" type="submit" { (words) } }
}

/// A button of the other kind that says that it was the one pressed.
pub fn other_button(name: &str, value: &str, words: &str) -> Markup {
    html! { button.ds-button data-variant="secondary" type="submit" name=(name) value=(value) { (words) } }
}

/// As [`other_button`], beside one of several things; `about` says which, for those who do not see what it stands beside.
pub fn small_button(name: &str, value: &str, words: &str, about: &str) -> Markup {
    html! {
        button.ds-button data-variant="tertiary" data-size="sm" type="submit" name=(name) value=(value) aria-label=(format!("{words} {about}")) {
            (words)
        }
    }
}

/// All that must be put right, on top of the page, each a link to its field (GOV.UK and Designsystemet pattern); nothing
/// where nothing must be.
pub fn error_summary(language: Language, errors: &[(&str, String)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.ds-error-summary tabindex="-1" role="alert" data-focus aria-labelledby="error-summary-title" {
                h2.ds-heading #error-summary-title data-size="xs" { (text(language).msg_web_error_summary()) }
                ul { @for (field, words) in errors { li { a.ds-link href=(format!("#{field}")) { (words) } } } }
            }
        }
    }
}

/// One of a group of choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

/// Choices under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The heading; empty for none.
    pub title: String,
    /// Beside the heading, such as how many there are.
    pub note: String,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// Radio buttons, in groups.
#[derive(Debug)]
pub struct ChoiceGroup<'a> {
    /// Name of the field; the first choice has it as its id, so that the error summary leads there.
    pub id: &'a str,
    /// What is asked.
    pub legend: &'a str,
    /// A line of help; empty for none.
    pub help: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// The value that is chosen.
    pub chosen: &'a str,
    /// The choices.
    pub groups: Vec<Choices>,
}

/// Radio buttons in a fieldset. Of several groups with headings only the first and the one with the chosen value are unfolded, so that a
/// page with many choices stays short.
pub fn choice_group(group: &ChoiceGroup<'_>) -> Markup {
    let (help_id, error_id) = (format!("{}-help", group.id), format!("{}-error", group.id));
    let described = described_by(group.help, &help_id, group.error, &error_id);
    let mut first = true;
    html! {
        fieldset.ds-fieldset.choices aria-describedby=[described] {
            legend.ds-label { (group.legend) }
            @if !group.help.is_empty() { p #(help_id) data-field="description" { (group.help) } }
            @if let Some(error) = group.error { p.ds-validation-message #(error_id) { (error) } }
            @for choices in &group.groups {
                @let is_open = first || choices.choices.iter().any(|choice| choice.value == group.chosen);
                @let row = row(group, choices, std::mem::take(&mut first));
                @if choices.title.is_empty() { (row) } @else {
                    details.choices-group open[is_open] {
                        summary { span.choices-title { (choices.title) } " " small { (choices.note) } }
                        (row)
                    }
                }
            }
        }
    }
}

fn row(group: &ChoiceGroup<'_>, choices: &Choices, is_first: bool) -> Markup {
    html! {
        div.choices-row {
            @for (place, choice) in choices.choices.iter().enumerate() {
                // The error summary leads to the first choice by the name of the field.
                @let id = if is_first && place == 0 { group.id.to_owned() } else { format!("{}-{}", group.id, choice.value) };
                label.choice for=(id) {
                    input.ds-input type="radio" id=(id) name=(group.id) value=(choice.value)
                        checked[choice.value == group.chosen]
                        aria-label=[(!choices.title.is_empty()).then(|| format!("{} {}", choices.title, choice.label))];
                    span { (choice.label) }
                }
            }
        }
    }
}

/// A text of several lines.
#[derive(Debug)]
pub struct TextArea<'a> {
    /// Name and id of the field.
    pub id: &'a str,
    /// What is asked.
    pub label: &'a str,
    /// A line of help.
    pub help: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// What was typed.
    pub value: &'a str,
}

/// A field for a text of several lines.
pub fn text_area(area: &TextArea<'_>) -> Markup {
    let (help_id, error_id) = (format!("{}-help", area.id), format!("{}-error", area.id));
    html! {
        div.ds-field {
            label.ds-label for=(area.id) { (area.label) }
            p #(help_id) data-field="description" { (area.help) }
            textarea.ds-input id=(area.id) name=(area.id) rows="4"
                aria-invalid=[area.error.map(|_| "true")]
                aria-describedby=[described_by(area.help, &help_id, area.error, &error_id)] { (area.value) }
            @if let Some(error) = area.error { p.ds-validation-message #(error_id) { (error) } }
        }
    }
}

/// What a field of one line takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// Any text.
    Words,
    /// Digits, with the keyboard for them; what was typed is never completed by the browser.
    Digits,
}

/// A text of one line.
#[derive(Debug)]
pub struct TextField<'a> {
    /// Name and id of the field.
    pub id: &'a str,
    /// What is asked.
    pub label: &'a str,
    /// A line of help; empty for none.
    pub help: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// What was typed.
    pub value: &'a str,
    /// What it takes.
    pub kind: TextKind,
}

/// A field for a text of one line.
pub fn text_field(field: &TextField<'_>) -> Markup {
    let (help_id, error_id) = (format!("{}-help", field.id), format!("{}-error", field.id));
    html! {
        div.ds-field {
            label.ds-label for=(field.id) { (field.label) }
            @if !field.help.is_empty() { p #(help_id) data-field="description" { (field.help) } }
            input.ds-input type="text" id=(field.id) name=(field.id) value=(field.value) autocomplete="off"
                inputmode=[(field.kind == TextKind::Digits).then_some("numeric")]
                aria-invalid=[field.error.map(|_| "true")]
                aria-describedby=[described_by(field.help, &help_id, field.error, &error_id)];
            @if let Some(error) = field.error { p.ds-validation-message #(error_id) { (error) } }
        }
    }
}

/// Boxes to tick, of which several may be chosen.
#[derive(Debug)]
pub struct CheckGroup<'a> {
    /// Name of the field; the first box has it as its id, so that the error summary leads there.
    pub id: &'a str,
    /// What is asked.
    pub legend: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// The values that are ticked.
    pub chosen: &'a [String],
    /// The boxes.
    pub choices: Vec<Choice>,
}

/// Boxes to tick, in a fieldset.
pub fn check_group(group: &CheckGroup<'_>) -> Markup {
    let error_id = format!("{}-error", group.id);
    html! {
        fieldset.ds-fieldset.choices aria-describedby=[described_by("", "", group.error, &error_id)] {
            legend.ds-label { (group.legend) }
            @if let Some(error) = group.error { p.ds-validation-message #(error_id) { (error) } }
            div.choices-row {
                @for (place, choice) in group.choices.iter().enumerate() {
                    @let id = if place == 0 { group.id.to_owned() } else { format!("{}-{}", group.id, choice.value) };
                    label.choice for=(id) {
                        input.ds-input type="checkbox" id=(id) name=(group.id) value=(choice.value)
                            checked[group.chosen.contains(&choice.value)];
                        span { (choice.label) }
                    }
                }
            }
        }
    }
}

/// Ids of what describes a field: its help and its error, as far as there are any.
pub(super) fn described_by(help: &str, help_id: &str, error: Option<&str>, error_id: &str) -> Option<String> {
    let parts = [(!help.is_empty()).then_some(help_id), error.map(|_| error_id)];
    let ids: Vec<&str> = parts.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(error: Option<&str>) -> String {
        let choice = |value: &str| Choice { value: value.to_owned(), label: format!("kl. {value}") };
        let day = |title: &str, choices| Choices { title: title.to_owned(), note: "2 ledige".to_owned(), choices };
        let groups = vec![
            day("mandag", vec![choice("a"), choice("b")]),
            day("tirsdag", vec![choice("c")]),
            day("onsdag", vec![choice("d")]),
        ];
        choice_group(&ChoiceGroup { id: "slot", legend: "Velg", help: "", error, chosen: "d", groups }).into_string()
    }

    #[test]
    fn the_error_summary_leads_to_the_first_choice_and_the_chosen_one_stays_chosen() {
        let html = group(Some("Velg en tid"));
        assert!(html.contains("id=\"slot\"") && html.contains("id=\"slot-b\""));
        assert!(html.contains("value=\"d\" checked"));
        let folded: Vec<bool> =
            html.split("<details").skip(1).map(|part| !part.split('>').next().unwrap().contains("open")).collect();
        assert_eq!(folded, [false, true, false], "the first and the chosen one's group are unfolded");
        assert!(html.contains("aria-describedby=\"slot-error\"") && html.contains("aria-label=\"mandag kl. a\""));
        assert!(!group(None).contains("aria-describedby"));
    }

    #[test]
    fn what_is_looked_for_stays_in_its_field_as_it_was_typed() {
        let html = search_form("/services", "Finn", "Skriv", "\"><b>", "Søk").into_string();
        assert!(html.contains("method=\"get\"") && html.contains("for=\"q\"") && html.contains("id=\"q\""), "{html}");
        assert!(html.contains("value=\"&quot;&gt;&lt;b&gt;\"") && html.contains("maxlength=\"100\""), "{html}");
    }

    #[test]
    fn nobody_is_told_to_put_something_right_when_nothing_is_wrong() {
        assert_eq!(error_summary(Language::default(), &[]).into_string(), "");
    }

    #[test]
    fn what_was_typed_is_shown_as_typed_and_never_as_markup() {
        let area = TextArea { id: "reason", label: "Hva", help: "Kort", error: None, value: "</textarea><b>" };
        let html = text_area(&area).into_string();
        assert!(html.contains("&lt;/textarea&gt;&lt;b&gt;"));
    }

    #[test]
    fn ticked_boxes_stay_ticked_and_a_field_keeps_what_was_typed() {
        let choice = |value: &str| Choice { value: value.to_owned(), label: value.to_owned() };
        let group = CheckGroup {
            id: "areas",
            legend: "Hva",
            error: Some("Velg"),
            chosen: &["2".to_owned()],
            choices: vec![choice("1"), choice("2")],
        };
        let html = check_group(&group).into_string();
        assert!(html.contains("value=\"2\" checked") && !html.contains("value=\"1\" checked"), "{html}");
        assert!(html.contains("id=\"areas\"") && html.contains("aria-describedby=\"areas-error\""), "{html}");
        let field =
            TextField { id: "family", label: "Navn", help: "", error: None, value: "\"><b>", kind: TextKind::Words };
        assert!(text_field(&field).into_string().contains("value=\"&quot;&gt;&lt;b&gt;\""));
    }
}
