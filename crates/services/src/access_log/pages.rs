//! Markup of the access log.

use maud::{Markup, html};
use varde_rights::Service;
use varde_web::{Tone, dates, ui};

use super::model::{Did, Line, Named, Who};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because, service_name};

/// The page.
const PATH: &str = "/access-log";

/// The value of `own` with which what the reader has done is shown too.
pub(super) const OWN_SHOWN: &str = "show";

/// Which part of the log is asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// What is older than this number.
    pub before: Option<u64>,
    /// Only what names this.
    pub item: Option<Named>,
    /// What the reader has done is shown too. Mostly it is not: it is much the most, and hides what others have done.
    pub has_own: bool,
}

impl Page {
    /// Its address.
    fn href(&self) -> String {
        let before = self.before.map(|before| format!("before={before}"));
        let item = self.item.as_ref().map(|item| format!("item={item}"));
        let own = self.has_own.then(|| format!("own={OWN_SHOWN}"));
        let pairs: Vec<String> = [before, item, own].into_iter().flatten().collect();
        if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
    }
}

/// What is on it.
pub(super) struct Log {
    /// What is shown.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next_before: Option<u64>,
    /// The reader may ask why somebody looked.
    pub may_ask: bool,
}

/// The page; `None` when the log could not be fetched or is not open.
pub(super) fn list(ctx: &Ctx, page: &Page, log: Option<&Log>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_log_title()))
        @match log {
            _ if !why.open => (ui::empty_state(&text.msg_log_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_log_missing())),
            Some(log) => {
                (intro(ctx, page))
                @if log.lines.is_empty() { (nothing(text, page, log)) } @else { (table(ctx, log)) }
                @if let Some(before) = log.next_before {
                    p { a href=(Page { before: Some(before), ..page.clone() }.href()) { (text.msg_log_older()) } }
                }
                p { (text.msg_log_about()) }
                p { (text.msg_log_proof_about()) }
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// Whom the page tells of, and the way to what it leaves out.
fn intro(ctx: &Ctx, page: &Page) -> Markup {
    let text = ctx.text();
    let person = ctx.visitor.acting_for.as_ref().map(|person| &*person.name);
    let words = match (&page.item, person, page.has_own) {
        (Some(_), ..) => text.msg_log_item_intro(),
        (None, None, true) => text.msg_log_intro_self(),
        (None, None, false) => text.msg_log_intro_self_others(),
        (None, Some(name), true) => text.msg_log_intro_other(name),
        (None, Some(name), false) => text.msg_log_intro_other_others(name),
    };
    let own = Page { has_own: !page.has_own, before: None, ..page.clone() }.href();
    html! {
        (ui::lead(&words))
        @if page.item.is_some() { p { a.ds-link href=(Page { item: None, before: None, ..page.clone() }.href()) { (text.msg_log_item_all()) } } }
        @if page.has_own {
            p { a.ds-link href=(own) { (text.msg_log_own_hide()) } }
        } @else {
            p { (text.msg_log_own_left_out()) " " a.ds-link href=(own) { (text.msg_log_own_show()) } }
        }
    }
}

/// What is said where there is no line.
fn nothing(text: &L10nLanguage, page: &Page, log: &Log) -> Markup {
    let is_whole = page.before.is_none() && log.next_before.is_none();
    match (&page.item, page.has_own) {
        (Some(_), true) => ui::empty_state(&text.msg_log_item_none(), &text.msg_log_item_none_help()),
        (Some(_), false) => ui::empty_state(&text.msg_log_item_none_others(), &text.msg_log_item_none_help()),
        (None, true) => ui::empty_state(&text.msg_log_none(), ""),
        (None, false) if is_whole => ui::empty_state(&text.msg_log_none_others(), ""),
        (None, false) => ui::empty_state(&text.msg_log_none_part(), &text.msg_log_item_none_help()),
    }
}

/// Three columns, so that nothing sticks out: what it was stands together with why, its proof and the question about it.
fn table(ctx: &Ctx, log: &Log) -> Markup {
    let text = ctx.text();
    let heads = [text.msg_log_when(), text.msg_log_who(), text.msg_log_what()];
    let rows = log.lines.iter().map(|line| {
        let service = service_name(text, Service::from_key(&line.service).unwrap_or(Service::OtherHealth));
        [
            html! { time.figures datetime=(line.at) { (dates::date_time_short(line.at, ctx.language)) } },
            html! { (who(text, &line.who)) },
            html! {
                div.sentence { (did(text, line.did)) " " (service) @if line.count > 1 { " (" (text.msg_log_several(line.count)) ")" } }
                div.item-detail { (text.msg_log_why()) ": " (purpose(text, &line.purpose)) }
                (proofs(ctx, line))
                @if log.may_ask { (ask(text, line)) }
            },
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
            [(_, number)] => div { (link(number, &download)) },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_another_part_keeps_what_was_asked_for() {
        let page =
            |before, item: Option<&str>, has_own| Page { before, item: item.and_then(Named::read), has_own }.href();
        assert_eq!(page(None, None, false), "/access-log");
        assert_eq!(page(Some(7), Some("Task/t"), true), "/access-log?before=7&item=Task/t&own=show");
        assert_eq!(page(Some(7), None, false), "/access-log?before=7");
    }
}
