//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod files;
mod thread;
mod write;

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::norway;
use varde_web::{Tone, dates, ui};

pub(super) use thread::{Conversation, thread};
pub(super) use write::{FormState, Problem, Writing, choose, write};

use super::actions::Inbox;
use super::drafts::{About, Draft, LIFE_DAYS};
use super::model::{Closed, Errand, Kind, Office, Party, Thread};
use super::rules::{self, Delivery};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because};

/// What the list page shows.
pub(super) struct List<'a> {
    /// `None` when it could not be fetched.
    pub inbox: Option<&'a Inbox>,
    /// The visitor may write.
    pub may_write: bool,
    /// It begins with the newest.
    pub is_first: bool,
    /// What has just been done.
    pub done: Option<&'a str>,
}

/// The inbox: what one can do, drafts, conversations.
pub(super) fn list(ctx: &Ctx, list: &List<'_>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (done(text, list))
        (ui::heading(&text.msg_messages_title()))
        @if why.open { (ui::lead(&text.msg_messages_intro())) }
        @if list.may_write { p { (ui::button_link("/messages/write", &text.msg_messages_write_link())) } }
        @match list.inbox {
            _ if !why.open => (ui::empty_state(&text.msg_messages_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_messages_missing())),
            Some(inbox) => {
                @if list.may_write { (drafts(ctx, inbox)) }
                (threads(ctx, inbox, list.is_first))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// What is confirmed on top of the list; a draft only when there is one.
fn done(text: &L10nLanguage, list: &List<'_>) -> Markup {
    let has_draft = list.inbox.is_some_and(|inbox| !inbox.drafts.is_empty());
    match list.done {
        Some("saved") if has_draft => {
            ui::confirmation(&text.msg_messages_draft_saved(), &text.msg_messages_draft_saved_text(LIFE_DAYS))
        }
        Some("both") if has_draft => {
            ui::confirmation(&text.msg_messages_draft_both(), &text.msg_messages_draft_both_text())
        }
        Some("discarded") => ui::confirmation(&text.msg_messages_draft_deleted(), ""),
        _ => html! {},
    }
}

fn drafts(ctx: &Ctx, inbox: &Inbox) -> Markup {
    let text = ctx.text();
    let line = |draft: &Draft| {
        let of_thread = match &draft.about {
            About::New(_) => None,
            About::Conversation(root) => inbox.threads.iter().find(|thread| thread.root.as_str() == root),
        };
        let topic = Some(draft.topic.trim()).filter(|topic| !topic.is_empty()).map(str::to_owned);
        let of_kind = || draft.about.kind().map(|kind| kind_name(text, kind));
        let title = topic.or_else(|| Some(title_of(text, of_thread?))).or_else(of_kind);
        ui::list_item(&ui::ListItem {
            href: Some(&draft.href()),
            title: &title.unwrap_or_else(|| text.msg_messages_no_topic()),
            detail: &text.msg_messages_saved_at(dates::date_time(draft.saved, ctx.language)),
            tag: Some((Tone::Neutral, text.msg_messages_draft())),
        })
    };
    html! {
        @if !inbox.drafts.is_empty() {
            (ui::subheading(&text.msg_messages_drafts()))
            (ui::list(inbox.drafts.iter().map(line)))
        }
    }
}

fn threads(ctx: &Ctx, inbox: &Inbox, is_first: bool) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_messages_threads()))
        @if inbox.threads.is_empty() {
            (ui::empty_state(&text.msg_messages_none(), &text.msg_messages_none_help()))
        } @else {
            (ui::list(inbox.threads.iter().map(|thread| line(ctx, thread, &inbox.errands, is_first))))
        }
        @if inbox.older.is_some() || !is_first {
            p {
                @if let Some(before) = inbox.older {
                    a.ds-link href=(format!("/messages?before={}", before.strftime("%Y-%m-%dT%H:%M:%SZ"))) { (text.msg_messages_older_link()) }
                    " "
                }
                @if !is_first { a.ds-link href="/messages" { (text.msg_messages_newest_link()) } }
            }
        }
    }
}

/// One conversation. On older pages newer messages may be left out, so the state is shown on the first page only.
fn line(ctx: &Ctx, thread: &Thread, errands: &[Errand], with_state: bool) -> Markup {
    let text = ctx.text();
    let who = thread.other_side().map(|party| party_name(text, party));
    let sent = thread.latest().and_then(|message| message.sent).map(|at| dates::date_time(at, ctx.language));
    let detail: Vec<String> = [who, sent].into_iter().flatten().collect();
    let own = thread.latest().filter(|message| with_state && message.is_from_citizen());
    let tag = if rules::has_new(thread, ctx.visitor.actor.patient.as_str(), ctx.now) {
        Some((Tone::Info, text.msg_messages_unread()))
    } else if let Some(message) = own {
        let errand = errands.iter().find(|errand| errand.message == message.id);
        let delivery = rules::delivery(message, thread, errand);
        let is_late = rules::is_late(delivery, errand.and_then(|errand| errand.answer_by), ctx.now);
        Some(match delivery {
            _ if is_late => (Tone::Warning, text.msg_messages_tag_late()),
            Delivery::Failed => (Tone::Danger, short_state(text, delivery)),
            Delivery::Refused => (Tone::Warning, short_state(text, delivery)),
            _ => (Tone::Neutral, short_state(text, delivery)),
        })
    } else {
        thread.messages.iter().all(|message| message.is_letter).then(|| (Tone::Neutral, text.msg_messages_letter()))
    };
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/messages/{}", thread.root)),
        title: &title_of(text, thread),
        detail: &detail.join(" · "),
        tag,
    })
}

fn short_state(text: &L10nLanguage, delivery: Delivery) -> String {
    match delivery {
        Delivery::Sent => text.msg_messages_tag_sent(),
        Delivery::Delivered => text.msg_messages_tag_delivered(),
        Delivery::Opened { .. } => text.msg_messages_tag_opened(),
        Delivery::Begun => text.msg_messages_tag_begun(),
        Delivery::Done => text.msg_messages_tag_done(),
        Delivery::Answered => text.msg_messages_tag_answered(),
        Delivery::Refused => text.msg_messages_tag_refused(),
        Delivery::Failed => text.msg_messages_tag_failed(),
        Delivery::Withdrawn => text.msg_messages_tag_withdrawn(),
    }
}

/// The title of a conversation: what its writer called it, else what it is.
pub(super) fn title_of(text: &L10nLanguage, thread: &Thread) -> String {
    let of_kind = || thread.kind().map(|kind| kind_name(text, kind));
    thread.topic().map(str::to_owned).or_else(of_kind).unwrap_or_else(|| text.msg_messages_no_topic())
}

/// What a kind of message is called.
pub(super) fn kind_name(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Contact => text.msg_messages_kind_contact(),
        Kind::Prescription => text.msg_messages_kind_prescription(),
        Kind::RecordCopy => text.msg_messages_kind_record_copy(),
        Kind::Consultation => text.msg_messages_kind_consultation(),
    }
}

fn party_name(text: &L10nLanguage, party: &Party) -> String {
    party.name.clone().unwrap_or_else(|| text.msg_messages_from_service())
}

/// A day in words, with the weekday.
fn day_words(ctx: &Ctx, day: Date) -> String {
    let noon = norway().to_ambiguous_timestamp(day.at(12, 0, 0, 0)).compatible();
    noon.map_or_else(|_| day.to_string(), |noon| dates::date_long(noon, ctx.language))
}

/// What one who may not write is told.
pub(super) fn not_allowed(ctx: &Ctx, sentence: &str, rule: &str) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/messages", &text.msg_messages_back()))
        (ui::heading(&text.msg_messages_not_allowed()))
        p { (sentence) }
        (ui::explanation(ctx.language, &[(sentence, rule)]))
    }
}

/// That an office is closed, and from when it is open again.
fn closed_alert(ctx: &Ctx, office: &Office, closed: &Closed) -> Markup {
    let text = ctx.text();
    let words = match closed.opens {
        Some(day) => text.msg_messages_closed_until(office.name.as_str(), day_words(ctx, day)),
        None => text.msg_messages_closed(office.name.as_str()),
    };
    html! {
        (ui::alert(Tone::Warning, &words))
        @if let Some(why) = &closed.why { p { (text.msg_messages_closed_why(why.as_str())) } }
        (phone_line(text, Some(office)))
    }
}

fn phone_line(text: &L10nLanguage, office: Option<&Office>) -> Markup {
    html! {
        @if let Some(phone) = office.and_then(|office| office.phone.as_deref()) {
            p { (text.msg_messages_phone()) " " (ui::phone_link(phone)) }
        }
    }
}

/// What is unread, on the front page.
pub(super) fn front_card(ctx: &Ctx, unread: &[Thread]) -> Markup {
    const SHOWN: usize = 3;
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_messages_front_title()))
        (ui::list(unread.iter().take(SHOWN).map(|thread| line(ctx, thread, &[], true))))
        @if unread.len() > SHOWN { p { a.ds-link href="/messages" { (text.msg_messages_front_all(unread.len())) } } }
    }
}

/// When something was sent or opened, in words.
fn when(ctx: &Ctx, at: Timestamp) -> String {
    dates::date_time(at, ctx.language)
}
