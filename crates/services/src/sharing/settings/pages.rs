//! Markup of settings. What is shown is decided elsewhere; here it only gets its form.

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::Service;
use varde_web::{Tone, dates, ui};

use super::super::model::Status;
use super::super::pages::level_words;
use super::citizen::path;
use super::model::{Covers, HprNumber, Limit, Setting, What};
use super::rules::{self, EVERYTHING, FieldError, MAX_IN_FORCE};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, service_name};

/// Name of the boxes, and id of their group.
const BOXES: &str = "services";

/// What a page about one kind of setting shows besides the settings.
pub(super) struct Shown<'a> {
    /// Which kind.
    pub limit: Limit,
    /// What was ticked.
    pub chosen: &'a [String],
    /// What is wrong with it.
    pub error: Option<FieldError>,
    /// What has just been done.
    pub done: Option<&'a str>,
}

/// Health personnel somebody wants to block.
pub(super) struct Named {
    /// The number.
    pub number: HprNumber,
    /// The name, when the register knows just one.
    pub name: Option<String>,
}

/// The title of a page.
pub(super) fn title(text: &L10nLanguage, limit: Limit) -> String {
    match limit {
        Limit::Block => text.msg_sharing_block_title(),
        Limit::Reservation => text.msg_sharing_reserve_title(),
        Limit::OwnAccess => text.msg_sharing_own_title(),
    }
}

/// The page about one kind: what it does, what holds, the form, and what was before.
pub(super) fn limit(ctx: &Ctx, shown: &Shown<'_>, settings: &[Setting], why: &Why) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let what = shown.limit.what();
    let is_named = |setting: &&Setting| matches!(setting.what, What::BlockNamed(..));
    let of_all: Vec<&Setting> = settings.iter().filter(|its| its.what == what).collect();
    let named: Vec<&Setting> = settings.iter().filter(is_named).collect();
    let error = shown.error.map(|error| error.text(text));
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[(BOXES, error.clone())])) }
        (done(text, shown.done))
        (ui::heading(&title(text, shown.limit)))
        @match shown.limit {
            Limit::Block => {
                (ui::lead(&text.msg_sharing_block_intro()))
                (ui::subheading(&text.msg_sharing_block_all_title()))
                p { (text.msg_sharing_block_all_text()) }
            },
            Limit::Reservation => {
                (ui::lead(&text.msg_sharing_reserve_intro()))
                p { (text.msg_sharing_reserve_text()) }
            },
            Limit::OwnAccess => {
                (ui::lead(&text.msg_sharing_own_intro()))
                p { (text.msg_sharing_own_text()) }
            },
        }
        (standing(ctx, &of_all, today))
        @if rules::has_more(&of_all, today) {
            (ui::form(path(shown.limit), &ctx.visitor, html! {
                (boxes(text, shown, error.as_deref()))
                (ui::submit_button(&submit(text, shown.limit)))
            }))
        }
        @if shown.limit == Limit::Block {
            (ui::subheading(&text.msg_sharing_block_named_title()))
            p { (text.msg_sharing_block_named_text()) }
            (standing(ctx, &named, today))
            p { (ui::secondary_link("/sharing/blocks/named", &text.msg_sharing_block_named_link())) }
            (over(ctx, of_all.into_iter().chain(named), today))
        } @else { (over(ctx, of_all.into_iter(), today)) }
        (ui::explanation(ctx.language, &[(why.sentence, why.rule.0)]))
    }
}

fn done(text: &L10nLanguage, done: Option<&str>) -> Markup {
    let words = match done {
        Some("saved") => text.msg_sharing_set_saved(),
        Some("lifted") => text.msg_sharing_set_lifted(),
        _ => return html! {},
    };
    html! { div role="status" { (ui::alert(Tone::Success, &words)) } }
}

fn submit(text: &L10nLanguage, limit: Limit) -> String {
    match limit {
        Limit::Block => text.msg_sharing_block_submit(),
        Limit::Reservation => text.msg_sharing_reserve_submit(),
        Limit::OwnAccess => text.msg_sharing_own_submit(),
    }
}

fn boxes(text: &L10nLanguage, shown: &Shown<'_>, error: Option<&str>) -> Markup {
    let everything = ui::Choice { value: EVERYTHING.to_owned(), label: text.msg_sharing_block_everything() };
    let first = shown.limit.has_everything().then_some(everything);
    let services = shown.limit.services().iter();
    let services = services.map(|service| ui::Choice {
        value: service.key().to_owned(),
        label: capitalized(&service_name(text, *service)),
    });
    ui::check_group(&ui::CheckGroup {
        id: BOXES,
        legend: &match shown.limit {
            Limit::Block => text.msg_sharing_block_legend(),
            Limit::Reservation => text.msg_sharing_reserve_legend(),
            Limit::OwnAccess => text.msg_sharing_own_legend(),
        },
        error,
        chosen: shown.chosen,
        choices: first.into_iter().chain(services).collect(),
    })
}

/// What holds now, each with a button that lifts it.
fn standing(ctx: &Ctx, settings: &[&Setting], today: Date) -> Markup {
    let mut standing = settings.iter().filter(|its| rules::in_force(its, today)).peekable();
    html! {
        @if standing.peek().is_some() {
            (ui::list(standing.map(|setting| html! {
                (item(ctx, setting, today, None))
                @if rules::may_lift(setting, today) {
                    (ui::form(&format!("/sharing/settings/{}/lift", setting.id), &ctx.visitor,
                        ui::secondary_button(&ctx.text().msg_sharing_set_lift())))
                }
            })))
        }
    }
}

/// What held before.
fn over<'a>(ctx: &Ctx, settings: impl Iterator<Item = &'a Setting>, today: Date) -> Markup {
    let over: Vec<&Setting> = settings.filter(|its| !rules::in_force(its, today)).collect();
    html! {
        @if !over.is_empty() {
            (ui::disclosure(
                &ctx.text().msg_sharing_set_over(over.len()),
                &ui::list(over.into_iter().map(|setting| item(ctx, setting, today, None))),
            ))
        }
    }
}

fn item(ctx: &Ctx, setting: &Setting, today: Date, href: Option<&str>) -> Markup {
    let text = ctx.text();
    let mut details = vec![when(ctx, setting, today)];
    match (&setting.what, &setting.covers) {
        (What::BlockNamed(..), _) => {}
        (What::Block, Covers::Everything) => details.insert(0, text.msg_sharing_block_everything()),
        (What::Block | What::Reservation | What::OwnAccess, Covers::Services(services)) => {
            details.insert(0, capitalized(&names(text, services)));
        }
        _ => {}
    }
    details.retain(|detail| !detail.is_empty());
    let tag = rules::in_force(setting, today).then(|| (Tone::Success, text.msg_sharing_state_active()));
    ui::list_item(&ui::ListItem { href, title: &words(text, &setting.what), detail: &details.join(" · "), tag })
}

fn names(text: &L10nLanguage, services: &[Service]) -> String {
    services.iter().map(|service| service_name(text, *service)).collect::<Vec<_>>().join(", ")
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Since when, and until when.
fn when(ctx: &Ctx, setting: &Setting, today: Date) -> String {
    let text = ctx.text();
    let day = |written: Option<&str>| written.and_then(|written| dates::as_exact_as_known(written, ctx.language));
    let from = day(setting.decided.as_deref()).or_else(|| day(setting.start.as_deref())).unwrap_or_default();
    let planned = day(setting.end.as_deref());
    let has_been_ended = setting.status != Status::Active;
    let until = if has_been_ended { day(setting.changed.as_deref()) } else { planned };
    match until {
        Some(until) if !rules::in_force(setting, today) => text.msg_sharing_set_period(from, until),
        Some(until) => text.msg_sharing_set_since_until(from, until),
        None => text.msg_sharing_set_since(from),
    }
}

/// What a Consent says, in plain words.
fn words(text: &L10nLanguage, what: &What) -> String {
    match what {
        What::Proxy(name) if name.is_empty() => text.msg_sharing_kind_proxy(),
        What::Proxy(name) => text.msg_sharing_what_proxy(name.as_str()),
        What::NextOfKin(name) if name.is_empty() => text.msg_sharing_kind_kin(),
        What::NextOfKin(name) => text.msg_sharing_what_kin(name.as_str()),
        What::Level(level) => level_words(text, level.unwrap_or(varde_rights::ConsentLevel::None)),
        What::AccountStop => text.msg_sharing_what_stop(),
        What::Inactive => text.msg_sharing_what_inactive(),
        What::AcuteStop => text.msg_sharing_what_acute(),
        What::Block => text.msg_sharing_what_block(),
        What::BlockNamed(number, name) if name.is_empty() => text.msg_sharing_what_block_number(number.as_str()),
        What::BlockNamed(number, name) => text.msg_sharing_what_block_named(name.as_str(), number.as_str()),
        What::Reservation => text.msg_sharing_what_reservation(),
        What::OwnAccess => text.msg_sharing_what_own(),
        What::Parental(_, name) if name.is_empty() => text.msg_sharing_youth_title(),
        What::Parental(_, name) => text.msg_sharing_what_parental(name.as_str()),
        What::Opening => text.msg_sharing_what_opening(),
        What::Other(words) if words.is_empty() => text.msg_sharing_what_other(),
        What::Other(words) => words.clone(),
    }
}

/// Everything a person has set and consented to: what holds, and what is over.
pub(in super::super) fn overview(ctx: &Ctx, settings: &[Setting]) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    // What waits for an answer is neither, and stands in its own list.
    let decided = settings.iter().filter(|its| its.status != Status::Proposed);
    let (now, before): (Vec<&Setting>, Vec<&Setting>) = decided.partition(|its| rules::in_force(its, today));
    let line = |setting: &Setting| item(ctx, setting, today, place(setting).as_deref());
    html! {
        @if now.is_empty() { p { (text.msg_sharing_consents_none()) } } @else {
            (ui::list(now.into_iter().map(line)))
        }
        @if !before.is_empty() {
            (ui::disclosure(&text.msg_sharing_set_over(before.len()), &ui::list(before.into_iter().map(line))))
        }
    }
}

/// Where it can be seen and changed; `None` for what is decided elsewhere.
fn place(setting: &Setting) -> Option<String> {
    Some(match setting.what {
        What::Proxy(_) | What::NextOfKin(_) => format!("/sharing/{}", setting.id),
        What::Level(_) => "/sharing/privacy".to_owned(),
        What::Block | What::BlockNamed(..) => path(Limit::Block).to_owned(),
        What::Reservation => path(Limit::Reservation).to_owned(),
        What::OwnAccess => path(Limit::OwnAccess).to_owned(),
        What::Parental(..) => "/sharing/youth".to_owned(),
        What::AccountStop => "/sharing/stopped".to_owned(),
        What::Inactive | What::AcuteStop | What::Opening | What::Other(_) => return None,
    })
}

impl FieldError {
    fn text(self, text: &L10nLanguage) -> String {
        match self {
            Self::Nothing => text.msg_sharing_error_nothing(),
            Self::Already => text.msg_sharing_error_closed(),
            Self::TooMany => text.msg_sharing_error_full(MAX_IN_FORCE),
            Self::Number => text.msg_sharing_error_hpr(),
        }
    }
}

/// The form that blocks by number.
pub(super) fn named_form(ctx: &Ctx, number: &str, error: Option<FieldError>) -> Markup {
    let text = ctx.text();
    let error = error.map(|error| error.text(text));
    html! {
        (ui::back_link(path(Limit::Block), &text.msg_sharing_block_back()))
        @if let Some(error) = &error { (ui::error_summary(ctx.language, &[("number", error.clone())])) }
        (ui::heading(&text.msg_sharing_block_named_title()))
        p { (text.msg_sharing_block_named_text()) }
        (ui::form("/sharing/blocks/named", &ctx.visitor, html! {
            (ui::text_field(&ui::TextField {
                id: "number",
                label: &text.msg_sharing_block_number(),
                help: &text.msg_sharing_block_number_help(),
                error: error.as_deref(),
                value: number,
                kind: ui::TextKind::Digits,
            }))
            (ui::submit_button(&text.msg_sharing_next()))
        }))
    }
}

/// "Is it this one?" Nothing has been written yet.
pub(super) fn confirm_named(ctx: &Ctx, named: &Named) -> Markup {
    let text = ctx.text();
    let number = named.number.to_string();
    let again = |step: &str, button: Markup| {
        let fields = html! { (ui::hidden_field("number", &number)) (ui::hidden_field("step", step)) (button) };
        ui::form("/sharing/blocks/named", &ctx.visitor, fields)
    };
    html! {
        (ui::heading(&text.msg_sharing_block_confirm_title()))
        @if named.name.is_none() { (ui::alert(Tone::Warning, &text.msg_sharing_block_unknown())) }
        (ui::description_list(&[
            (text.msg_sharing_block_name(), html! {
                (named.name.clone().unwrap_or_else(|| text.msg_sharing_block_no_name()))
            }),
            (text.msg_sharing_block_number(), html! { (number) }),
        ]))
        p { (text.msg_sharing_block_named_text()) }
        (ui::button_row(html! {
            (again("yes", ui::danger_button(&text.msg_sharing_block_confirm_submit())))
            (again("edit", ui::secondary_button(&text.msg_sharing_confirm_edit())))
        }))
    }
}
