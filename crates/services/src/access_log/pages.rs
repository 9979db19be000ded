//! Markup of the access log.

use maud::{Markup, html};
use varde_rights::Service;
use varde_web::{Tone, dates, ui};

use super::model::{Did, Line, Named, Who};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because, service_name};

/// One page of the log.
pub(super) struct Log {
    /// What is shown.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next_before: Option<u64>,
    /// The reader may ask why somebody looked.
    pub may_ask: bool,
    /// Only what names this is shown.
    pub item: Option<Named>,
}

/// The page; `None` when the log could not be fetched or is not open.
pub(super) fn list(ctx: &Ctx, log: Option<&Log>, why: &Why) -> Markup {
    let text = ctx.text();
    let intro = match &ctx.visitor.acting_for {
        Some(person) => text.msg_log_intro_other(&*person.name),
        None => text.msg_log_intro_self(),
    };
    html! {
        (ui::heading(&text.msg_log_title()))
        @match log {
            _ if !why.open => (ui::empty_state(&text.msg_log_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_log_missing())),
            Some(log) if log.lines.is_empty() && log.item.is_none() => {
                (ui::empty_state(&text.msg_log_none(), &text.msg_log_about()))
            }
            Some(log) => {
                @match &log.item {
                    Some(_) => { (ui::lead(&text.msg_log_item_intro())) p { a.ds-link href="/access-log" { (text.msg_log_item_all()) } } },
                    None => (ui::lead(&intro)),
                }
                @if log.lines.is_empty() {
                    (ui::empty_state(&text.msg_log_item_none(), &text.msg_log_item_none_help()))
                } @else {
                    (table(ctx, log))
                }
                @if let Some(before) = log.next_before { (older(text, before, log.item.as_ref())) }
                p { (text.msg_log_about()) }
                p { (text.msg_log_proof_about()) }
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The way to the next page, of the same item.
fn older(text: &L10nLanguage, before: u64, item: Option<&Named>) -> Markup {
    let href = match item {
        Some(item) => format!("/access-log?before={before}&item={item}"),
        None => format!("/access-log?before={before}"),
    };
    html! { p { a href=(href) { (text.msg_log_older()) } } }
}

fn table(ctx: &Ctx, log: &Log) -> Markup {
    let text = ctx.text();
    let heads =
        [text.msg_log_when(), text.msg_log_who(), text.msg_log_what(), text.msg_log_why(), text.msg_log_proof()];
    let rows = log.lines.iter().map(|line| {
        [
            html! { time.figures datetime=(line.at) { (dates::date_time_short(line.at, ctx.language)) } },
            html! { (who(text, &line.who)) },
            html! {
                (did(text, line.did)) " " (service_name(text, Service::from_key(&line.service).unwrap_or(Service::OtherHealth)))
                @if line.count > 1 { " (" (text.msg_log_several(line.count)) ")" }
            },
            html! { (purpose(text, &line.purpose)) },
            html! { div { (proofs(ctx, line)) @if log.may_ask { (ask(text, line)) } } },
        ]
    });
    ui::table(&text.msg_log_title(), &heads, rows)
}

/// The proof of each look-up of a line.
fn proofs(ctx: &Ctx, line: &Line) -> Markup {
    let download = ctx.text().msg_log_proof_download();
    let link = |number: &u64, words: &str| ui::download_link(&format!("/access-log/proof/{number}"), words);
    html! {
        @match line.entries.as_slice() {
            [(_, number)] => (link(number, &download)),
            several => details.ds-details {
                summary { (download) }
                ul { @for (at, number) in several { li { (link(number, &dates::date_time_short(*at, ctx.language))) } } }
            },
        }
    }
}

/// The way to ask why, for what others have done.
fn ask(text: &L10nLanguage, line: &Line) -> Markup {
    let entry = line.entries.first().filter(|_| !matches!(line.who, Who::You | Who::Platform));
    html! {
        @if let Some((_, number)) = entry {
            // A button, so that a thumb does not hit the proof above.
            (ui::button_row(ui::secondary_link(&format!("/requests/new?entry={number}"), &text.msg_log_ask())))
        }
    }
}

fn who(text: &L10nLanguage, who: &Who) -> String {
    match who {
        Who::You => text.msg_log_you(),
        Who::Person(name) => text.msg_log_parent(name.as_str()),
        Who::Personnel(name) => name.clone(),
        Who::System(name) => text.msg_log_system(name.as_str()),
        Who::Admin => text.msg_log_admin(),
        Who::Platform => text.msg_log_platform(),
    }
}

fn did(text: &L10nLanguage, did: Did) -> String {
    match did {
        Did::Viewed => text.msg_log_action_view(),
        Did::ViewedHistory => text.msg_log_action_history(),
        Did::Booked => text.msg_log_action_book(),
        Did::Moved => text.msg_log_action_change(),
        Did::Cancelled => text.msg_log_action_cancel(),
        Did::Wrote => text.msg_log_action_write(),
        Did::Exported => text.msg_log_action_export(),
        Did::AskedWhoSees => text.msg_log_action_who_sees(),
        Did::Simulated => text.msg_log_action_simulate(),
        Did::Refused => text.msg_log_action_refused(),
    }
}

fn purpose(text: &L10nLanguage, code: &str) -> String {
    match code {
        "TREAT" => text.msg_log_purpose_treatment(),
        "ETREAT" => text.msg_log_purpose_emergency(),
        "COC" => text.msg_log_purpose_coordination(),
        "BTG" => text.msg_log_purpose_break_glass(),
        "SIMULATE" => text.msg_log_purpose_simulate(),
        "HSYSADMIN" => text.msg_log_purpose_operation(),
        _ => text.msg_log_purpose_patient(),
    }
}
