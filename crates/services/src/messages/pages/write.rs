//! The pages where one chooses what to write about, and writes.

use axum::http::StatusCode;
use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

use super::super::drafts::{Draft, DraftFile, Held};
use super::super::files::FileError;
use super::super::model::{Kind, Office};
use super::super::prices::{Price, Prices};
use super::super::rules::{self, ANSWER_WORKING_DAYS, FieldError, MAX_A_DAY, TEXT_MAX_CHARS, TOPIC_MAX_CHARS};
use super::{closed_alert, day_words, files, kind_name, phone_line};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, StandIn, stand_in_notes};

/// Id of the field with the title.
const TOPIC_ID: &str = "topic";

/// Id of the field with the text.
pub(super) const TEXT_ID: &str = "text";

/// What stands in a form.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct FormState {
    /// The title.
    pub topic: String,
    /// The text.
    pub text: String,
    /// What is wrong with what was sent.
    pub problems: Vec<Problem>,
    /// The draft it is filled in from.
    pub held: Held,
    /// The files that draft has.
    pub files: Vec<DraftFile>,
    /// Title and text that another window has saved meanwhile.
    pub other: Option<(String, String)>,
    /// What has just been done.
    pub done: Option<String>,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Problem {
    /// A field.
    Field(FieldError),
    /// A file of this name.
    File(String, FileError),
    /// More than can be taken in at all.
    TooMuch,
    /// Another window has saved, sent or thrown away the draft.
    Changed,
    /// The office has closed.
    Closed,
    /// Nobody takes it in.
    NotTaken,
    /// The conversation is closed.
    Ended,
    /// It could not be stored now; the status says why.
    NotNow(StatusCode),
}

impl Problem {
    /// The field it is at.
    pub(super) const fn field(&self) -> &'static str {
        match self {
            Self::Field(FieldError::NoTopic | FieldError::TopicTooLong) => TOPIC_ID,
            Self::File(..) | Self::TooMuch => files::FILES_ID,
            _ => TEXT_ID,
        }
    }

    /// Whether it is that there are too many files.
    pub(in super::super) fn is_many(&self) -> bool {
        matches!(self, Self::File(_, FileError::Many))
    }

    /// It in words.
    pub(super) fn words(&self, text: &L10nLanguage, state: &FormState) -> String {
        let count = |typed: &str| typed.trim().chars().count();
        match self {
            Self::Field(FieldError::NoTopic) => text.msg_messages_error_topic(),
            Self::Field(FieldError::TopicTooLong) => {
                text.msg_messages_error_topic_long(count(&state.topic), TOPIC_MAX_CHARS)
            }
            Self::Field(FieldError::NoText) => text.msg_messages_error_text(),
            Self::Field(FieldError::TextTooLong) => {
                text.msg_messages_error_text_long(count(&state.text), TEXT_MAX_CHARS)
            }
            Self::Field(FieldError::Nothing) => text.msg_messages_error_nothing(),
            Self::Field(FieldError::TooMany) => text.msg_messages_error_many(MAX_A_DAY),
            Self::File(name, error) => files::error_words(text, name, *error),
            Self::TooMuch => text.msg_messages_error_file_too_much(),
            Self::Changed => text.msg_messages_error_changed(),
            Self::Closed => text.msg_messages_error_closed(),
            Self::NotTaken => text.msg_messages_error_not_taken(),
            Self::Ended => text.msg_messages_error_ended(),
            Self::NotNow(_) => text.msg_messages_error_not_now(),
        }
    }
}

impl FormState {
    /// A form with this draft in it.
    pub(in super::super) fn of(draft: &Draft) -> Self {
        let Draft { topic, text, files, .. } = draft.clone();
        Self { topic, text, files, held: draft.held(), ..Self::default() }
    }

    /// Whether there is a saved draft that can be thrown away.
    pub(super) fn has_draft(&self) -> bool {
        !self.held.id.is_empty()
    }

    /// What the form says of the draft it is filled in from; it stands before the files, as all that they depend on.
    pub(super) fn hidden(&self) -> Markup {
        html! {
            (ui::hidden_field("draft", &self.held.id))
            (ui::hidden_field("version", &self.held.version.to_string()))
        }
    }

    /// What another window has saved, to be looked at before anything is sent.
    pub(super) fn other_window(&self, text: &L10nLanguage) -> Markup {
        html! {
            @if let Some((topic, words)) = &self.other {
                div.ds-card {
                    p { strong { (text.msg_messages_other_window()) } }
                    @if !topic.trim().is_empty() { p { (topic) } }
                    @for line in words.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
                }
            }
        }
    }

    /// What has just been done with files or drafts, when it is so.
    pub(super) fn confirmation(&self, text: &L10nLanguage) -> Markup {
        match self.done.as_deref() {
            Some("removed") if self.has_draft() => ui::confirmation(&text.msg_messages_file_removed(), ""),
            Some("both") if self.has_draft() => {
                ui::confirmation(&text.msg_messages_draft_both(), &text.msg_messages_draft_both_text())
            }
            _ => html! {},
        }
    }

    /// The status of the page.
    pub(in super::super) fn status(&self) -> StatusCode {
        match self.problems.first() {
            None => StatusCode::OK,
            Some(Problem::NotNow(status)) => *status,
            Some(Problem::TooMuch) => StatusCode::PAYLOAD_TOO_LARGE,
            Some(Problem::File(_, FileError::NotScanned)) => StatusCode::SERVICE_UNAVAILABLE,
            Some(Problem::File(..)) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Problem::Field(FieldError::TooMany)) => StatusCode::TOO_MANY_REQUESTS,
            Some(Problem::Field(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Problem::Closed | Problem::NotTaken | Problem::Ended | Problem::Changed) => StatusCode::CONFLICT,
        }
    }

    /// What is wrong with a field, in words.
    pub(super) fn at(&self, text: &L10nLanguage, field: &str) -> Option<String> {
        let here = self.problems.iter().filter(|problem| problem.field() == field);
        let words: Vec<String> = here.map(|problem| problem.words(text, self)).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// All that is wrong, on top of the page.
    pub(super) fn summary(&self, ctx: &Ctx) -> Markup {
        let errors: Vec<(&str, String)> =
            self.problems.iter().map(|problem| (problem.field(), problem.words(ctx.text(), self))).collect();
        html! { @if !errors.is_empty() { (ui::error_summary(ctx.language, &errors)) } }
    }
}

/// "What do you want to write about?"
pub(in super::super) fn choose(ctx: &Ctx, office: Option<&Office>, kinds: &[Kind]) -> Markup {
    let text = ctx.text();
    let offered: Vec<Kind> =
        kinds.iter().copied().filter(|kind| office.is_some_and(|office| office.offers.contains(kind))).collect();
    html! {
        (ui::back_link("/messages", &text.msg_messages_back()))
        (ui::heading(&text.msg_messages_choose_title()))
        @match office {
            None => (ui::empty_state(&text.msg_messages_no_office(), &text.msg_messages_no_office_help())),
            Some(office) if offered.is_empty() => {
                (ui::empty_state(&text.msg_messages_not_offered(office.name.as_str()), &text.msg_messages_not_offered_help()))
                (phone_line(text, Some(office)))
            }
            Some(office) => {
                (ui::lead(&text.msg_messages_office(office.name.as_str(), office.doctor.1.as_str())))
                (ui::alert(Tone::Info, &text.msg_messages_urgent()))
                @if let Some(closed) = &office.closed { (closed_alert(ctx, office, closed)) }
                (ui::list(offered.iter().map(|kind| ui::list_item(&ui::ListItem {
                    href: Some(&format!("/messages/write/{}", kind.key())),
                    title: &kind_name(text, *kind),
                    detail: &kind_help(text, *kind),
                    tag: office.closed.as_ref().map(|_| (Tone::Warning, text.msg_messages_tag_closed())),
                }))))
            }
        }
    }
}

fn kind_help(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Contact => text.msg_messages_kind_contact_help(),
        Kind::Prescription => text.msg_messages_kind_prescription_help(),
        Kind::RecordCopy => text.msg_messages_kind_record_copy_help(),
        Kind::Consultation => text.msg_messages_kind_consultation_help(),
    }
}

/// What the form for a new message shows.
pub(in super::super) struct Writing<'a> {
    /// What it is about.
    pub kind: Kind,
    /// Who gets it.
    pub office: Option<&'a Office>,
    /// Who stands in for the GP.
    pub stand_ins: &'a [StandIn],
    /// What it costs, when it may cost something.
    pub price: Option<Price>,
    /// Both parent and young person can read it.
    pub shared: bool,
    /// What stands in it.
    pub state: &'a FormState,
}

/// The form.
pub(in super::super) fn write(ctx: &Ctx, writing: &Writing<'_>) -> Markup {
    let text = ctx.text();
    let office = writing.office.filter(|office| office.offers.contains(&writing.kind));
    html! {
        (ui::back_link("/messages/write", &text.msg_messages_back_to_choice()))
        (writing.state.summary(ctx))
        (writing.state.confirmation(text))
        (ui::heading(&kind_name(text, writing.kind)))
        @match office {
            None => {
                (ui::empty_state(&text.msg_messages_no_office(), &text.msg_messages_no_office_help()))
                (phone_line(text, writing.office))
            }
            Some(office) => {
                (ui::lead(&text.msg_messages_office(office.name.as_str(), office.doctor.1.as_str())))
                (stand_in_notes(ctx, writing.stand_ins))
                p { (kind_help(text, writing.kind)) }
                (ui::alert(Tone::Info, &text.msg_messages_urgent()))
                @if let Some(closed) = &office.closed {
                    (closed_alert(ctx, office, closed))
                    p { (text.msg_messages_closed_write()) }
                }
                (what_it_takes(ctx, writing, office))
                (fields(ctx, writing, office))
            }
        }
    }
}

/// What it costs and when an answer comes, before one begins to write.
fn what_it_takes(ctx: &Ctx, writing: &Writing<'_>, office: &Office) -> Markup {
    let text = ctx.text();
    html! {
        @if let Some(price) = writing.price { (price_words(ctx, price)) }
        @if office.closed.is_none() {
            p { (text.msg_messages_answer_by(day_words(ctx, rules::answer_by(ctx.now)), ANSWER_WORKING_DAYS)) }
        }
    }
}

/// Title, text and files, and the buttons.
fn fields(ctx: &Ctx, writing: &Writing<'_>, office: &Office) -> Markup {
    let (text, state) = (ctx.text(), writing.state);
    let send = match writing.kind {
        Kind::Consultation => text.msg_messages_send_consultation(),
        _ => text.msg_messages_send(),
    };
    ui::form_with_files(
        &format!("/messages/write/{}", writing.kind.key()),
        &ctx.visitor,
        html! {
            (state.hidden())
            (ui::text_field(&ui::TextField {
                id: TOPIC_ID,
                label: &text.msg_messages_topic(),
                help: &text.msg_messages_topic_help(TOPIC_MAX_CHARS),
                error: state.at(text, TOPIC_ID).as_deref(),
                value: &state.topic,
                kind: ui::TextKind::Words,
            }))
            (ui::text_area(&ui::TextArea {
                id: TEXT_ID,
                label: &text.msg_messages_text(),
                help: &text.msg_messages_text_help(TEXT_MAX_CHARS),
                error: state.at(text, TEXT_ID).as_deref(),
                value: &state.text,
            }))
            (state.other_window(text))
            (files::field(ctx, state))
            @if writing.shared { (shared_note(ctx)) }
            (buttons(text, office.closed.is_none().then_some(&send), state.has_draft()))
            (files::attached(ctx, state))
        },
    )
}

/// Send, keep, throw away. An office that is closed is sent nothing.
pub(super) fn buttons(text: &L10nLanguage, send: Option<&String>, has_draft: bool) -> Markup {
    ui::button_row(html! {
        @if let Some(send) = send { (ui::submit_button(send)) }
        (ui::other_button("then", "save", &text.msg_messages_save_draft()))
        @if has_draft { (ui::other_button("then", "discard", &text.msg_messages_delete_draft())) }
    })
}

/// That both can read it, before it is sent.
pub(super) fn shared_note(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    let words = match &ctx.visitor.acting_for {
        Some(person) => text.msg_messages_shared_with(&*person.name),
        None => text.msg_messages_shared(),
    };
    ui::alert(Tone::Info, &words)
}

/// What it costs, before it is sent.
fn price_words(ctx: &Ctx, price: Price) -> Markup {
    let text = ctx.text();
    match price {
        Price::Free => html! { p { strong { (text.msg_messages_price_free()) } } },
        Price::Unknown => html! { p { strong { (text.msg_messages_price_unknown()) } } },
        Price::Costs(prices) => costs(ctx, &prices),
    }
}

fn costs(ctx: &Ctx, prices: &Prices) -> Markup {
    let text = ctx.text();
    let kroner = |ordinary: u32, specialist: u32| text.msg_messages_price_kroner(ordinary, specialist);
    let until = prices.until.and_then(|day| dates::as_exact_as_known(&day.to_string(), ctx.language));
    html! {
        (ui::subheading(&text.msg_messages_price_title()))
        (ui::description_list(&[
            (text.msg_messages_price_day(), html! { (kroner(prices.day, prices.day_specialist)) }),
            (text.msg_messages_price_evening(), html! { (kroner(prices.evening, prices.evening_specialist)) }),
        ]))
        @if let Some(day) = until { p { (text.msg_messages_price_change(day)) } }
        p { (text.msg_messages_price_help()) }
    }
}
