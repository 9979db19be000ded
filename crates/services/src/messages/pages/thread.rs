//! The page of a conversation.

use std::collections::HashMap;

use maud::{Markup, html};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_store::ItemAudience;
use varde_web::{Tone, ui};

use super::super::drafts::LIFE_DAYS;
use super::super::model::{Errand, Message, Office, Status, Thread};
use super::super::rules::{self, Delivery, OPEN_DAYS, Reply, TEXT_MAX_CHARS};
use super::write::{FormState, TEXT_ID, buttons, shared_note};
use super::{closed_alert, day_words, files, party_name, phone_line, title_of, when};
use crate::shared::{Ctx, Why, audience_words, because};

/// Most messages of a conversation on its page, the newest.
const SHOWN: usize = 50;

/// What the page shows.
pub(in super::super) struct Conversation<'a> {
    /// The messages.
    pub thread: &'a Thread,
    /// What the other side has said of those the citizen sent.
    pub errands: Vec<Errand>,
    /// The GP's office.
    pub office: Option<Office>,
    /// Whether one can write on.
    pub reply: Reply,
    /// The visitor may write.
    pub may_write: bool,
    /// The visitor may report an error.
    pub may_report: bool,
    /// Both parent and young person can read what is written.
    pub shared: bool,
    /// For whom each message is, where a young person and their parents each see their own.
    pub audiences: HashMap<ResourceId, ItemAudience>,
    /// What stands in the form.
    pub state: FormState,
}

impl Conversation<'_> {
    fn has_withdrawn(&self) -> bool {
        self.thread.messages.iter().any(|message| message.status == Status::Withdrawn)
    }

    fn errand(&self, message: &Message) -> Option<&Errand> {
        self.errands.iter().find(|errand| errand.message == message.id)
    }
}

/// The page: what was said, the newest last, what has become of it, and a field for an answer.
pub(in super::super) fn thread(ctx: &Ctx, conversation: &Conversation<'_>, why: &Why) -> Markup {
    let text = ctx.text();
    let latest = conversation.thread.latest();
    let left_out = conversation.thread.messages.len().saturating_sub(SHOWN);
    html! {
        (ui::back_link("/messages", &text.msg_messages_back()))
        (conversation.state.summary(ctx))
        (confirmation(ctx, conversation))
        (ui::heading(&title_of(text, conversation.thread)))
        @if left_out > 0 { p { (text.msg_messages_left_out(SHOWN)) } }
        @for message in conversation.thread.messages.iter().skip(left_out) { (entry(ctx, conversation, message)) }
        (answer(ctx, conversation))
        @if let Some(theirs) = conversation.thread.messages.iter().rev().find(|message| conversation.may_report && !message.is_from_citizen()) {
            p { a.ds-link href=(format!("/requests/new?item=Communication/{}", theirs.id)) { (text.msg_messages_report()) } }
        }
        (because(ctx, &[*why], latest.map(|message| (ResourceType::COMMUNICATION, &message.id))))
    }
}

/// Only what is true is confirmed, whatever the address says.
fn confirmation(ctx: &Ctx, conversation: &Conversation<'_>) -> Markup {
    let text = ctx.text();
    let latest = conversation.thread.latest().filter(|message| message.is_from_citizen());
    match (conversation.state.done.as_deref(), latest) {
        (Some("sent"), Some(message)) => {
            let errand = conversation.errand(message);
            let by =
                errand.and_then(|errand| errand.answer_by).map(|day| text.msg_messages_sent_text(day_words(ctx, day)));
            ui::confirmation(&text.msg_messages_sent_title(), &by.unwrap_or_default())
        }
        (Some("withdrawn"), _) if conversation.has_withdrawn() => {
            ui::confirmation(&text.msg_messages_withdrawn_title(), &text.msg_messages_withdrawn_text())
        }
        (Some("too-late"), _) => {
            html! { div role="status" { (ui::alert(Tone::Warning, &text.msg_messages_withdraw_late())) } }
        }
        (Some("saved"), _) if conversation.state.has_draft() => {
            ui::confirmation(&text.msg_messages_draft_saved(), &text.msg_messages_draft_saved_text(LIFE_DAYS))
        }
        (Some("discarded"), _) if !conversation.state.has_draft() => {
            ui::confirmation(&text.msg_messages_draft_deleted(), "")
        }
        _ => conversation.state.confirmation(text),
    }
}

fn entry(ctx: &Ctx, conversation: &Conversation<'_>, message: &Message) -> Markup {
    let text = ctx.text();
    let own = message.from.as_ref().is_some_and(|from| from.patient() == Some(ctx.visitor.actor.patient.as_str()));
    let who = match &message.from {
        Some(_) if own => text.msg_messages_from_you(),
        Some(party) => party_name(text, party),
        None => text.msg_messages_from_service(),
    };
    let sent = message.sent.map(|at| when(ctx, at)).unwrap_or_default();
    let content = html! {
        @for line in message.text.iter().flat_map(|part| part.lines()).filter(|line| !line.trim().is_empty()) { p { (line) } }
        @for (number, file) in message.attachments.iter().enumerate() { p { (files::attachment(ctx, message, number, file)) } }
        @if let Some(words) = audience_words(text, conversation.audiences.get(&message.id)) { p { (words) } }
        @if message.is_from_citizen() { (state(ctx, conversation, message)) }
    };
    ui::entry(&who, &sent, &content)
}

/// What has become of a message the citizen's side sent.
fn state(ctx: &Ctx, conversation: &Conversation<'_>, message: &Message) -> Markup {
    let text = ctx.text();
    let errand = conversation.errand(message);
    let delivery = rules::delivery(message, conversation.thread, errand);
    let words = match delivery {
        Delivery::Sent => text.msg_messages_state_sent(),
        Delivery::Delivered => text.msg_messages_state_delivered(),
        Delivery::Opened { at } => text.msg_messages_state_opened(when(ctx, at)),
        Delivery::Begun => text.msg_messages_state_begun(),
        Delivery::Done => text.msg_messages_state_done(),
        Delivery::Answered => text.msg_messages_state_answered(),
        Delivery::Refused => text.msg_messages_state_refused(),
        Delivery::Failed => text.msg_messages_state_failed(),
        Delivery::Withdrawn => text.msg_messages_state_withdrawn(),
    };
    let reason = match delivery {
        Delivery::Refused => errand.and_then(|errand| errand.reason.as_deref()),
        Delivery::Failed => message.reason.as_deref(),
        _ => None,
    };
    let is_wrong = matches!(delivery, Delivery::Refused | Delivery::Failed);
    let answer_by = errand.and_then(|errand| errand.answer_by);
    let late = answer_by.filter(|_| rules::is_late(delivery, answer_by, ctx.now));
    let by = ctx.visitor.actor.patient.as_str();
    let may_withdraw = conversation.may_write && rules::may_withdraw(message, delivery, by);
    html! {
        @if is_wrong { (ui::alert(Tone::Warning, &words)) } @else { p { strong { (words) } } }
        @if let Some(reason) = reason { p { (text.msg_messages_reason(reason)) } }
        @if let Some(day) = late { (ui::alert(Tone::Warning, &text.msg_messages_late(day_words(ctx, day)))) }
        @if is_wrong || late.is_some() { (phone_line(text, conversation.office.as_ref())) }
        @if may_withdraw {
            (ui::form(&format!("/messages/{}/withdraw", message.id), &ctx.visitor,
                ui::secondary_button(&text.msg_messages_withdraw())))
        }
    }
}

/// The field for an answer, or why there is none.
fn answer(ctx: &Ctx, conversation: &Conversation<'_>) -> Markup {
    let text = ctx.text();
    let thread = conversation.thread;
    if !conversation.may_write {
        return html! {};
    }
    match (&conversation.reply, &conversation.office) {
        (Reply::NotTaken, _) => html! {},
        (Reply::Ended, _) => html! {
            p { (text.msg_messages_ended(OPEN_DAYS)) }
            p { (ui::secondary_link("/messages/write", &text.msg_messages_write_link())) }
        },
        (Reply::Closed(closed), Some(office)) => html! {
            (closed_alert(ctx, office, closed))
            p { (text.msg_messages_closed_write()) }
            (form(ctx, conversation, thread, false))
        },
        (Reply::Closed(_), None) => html! {},
        (Reply::Open, _) => form(ctx, conversation, thread, true),
    }
}

fn form(ctx: &Ctx, conversation: &Conversation<'_>, thread: &Thread, open: bool) -> Markup {
    let (text, state) = (ctx.text(), &conversation.state);
    // Who wrote last writes more; nobody answers oneself.
    let is_own = thread.latest().is_some_and(Message::is_from_citizen);
    let (label, send) = if is_own {
        (text.msg_messages_more(), text.msg_messages_send())
    } else {
        (text.msg_messages_reply(), text.msg_messages_reply_send())
    };
    let fields = html! {
        (state.hidden())
        (ui::text_area(&ui::TextArea {
            id: TEXT_ID,
            label: &label,
            help: &text.msg_messages_text_help(TEXT_MAX_CHARS),
            error: state.at(text, TEXT_ID).as_deref(),
            value: &state.text,
        }))
        (state.other_window(text))
        (files::field(ctx, state))
        @if conversation.shared { (shared_note(ctx)) }
        (buttons(text, open.then_some(&send), state.has_draft()))
        (files::attached(ctx, state))
    };
    ui::form_with_files(&format!("/messages/{}", thread.root), &ctx.visitor, fields)
}
