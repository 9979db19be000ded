//! Markup of the settings.

use jiff::Timestamp;
use maud::{Markup, html};
use varde_base::{Language, PatientId};
use varde_rights::RuleId;
use varde_rights::sentence;
use varde_web::{Tone, dates, ui};

use super::super::fhir::shown;
use super::super::model::{Channel, Channels, Device, Kind, Preferences};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// Quiet hours that are offered.
const QUIET: [&str; 4] = ["21-07", "22-07", "22-08", "23-06"];
/// The rule that opens this page.
const RULE: RuleId = RuleId("NT-1");

/// Somebody the visitor acts for.
#[derive(Debug, Clone)]
pub(super) struct Who {
    /// Who.
    pub patient: PatientId,
    /// Their name.
    pub name: String,
}

/// What the page shows.
pub(super) struct Shown<'a> {
    /// What is chosen.
    pub preferences: &'a Preferences,
    /// Whom it is about, when not the visitor.
    pub who: Option<&'a Who>,
    /// E-mail and mobile of the visitor, masked.
    pub contact: (Option<String>, Option<String>),
    /// Those the visitor acts for.
    pub others: Vec<Who>,
    /// What has just been done.
    pub done: Option<&'a str>,
    /// A browser could not be added.
    pub refused: bool,
}

/// The page.
pub(super) fn page(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/events", &text.msg_events_settings_back()))
        @if shown.refused { (ui::error_summary(ctx.language, &[("devices", text.msg_events_device_refused())])) }
        (done(text, shown.done))
        @match shown.who {
            None => (ui::heading(&text.msg_events_settings_title())),
            Some(who) => (ui::heading(&text.msg_events_settings_title_about(&*who.name))),
        }
        (ui::lead(&text.msg_events_settings_intro()))
        (contact(text, shown))
        (ui::form(super::PATH, &ctx.visitor, html! {
            @if let Some(who) = shown.who { (ui::hidden_field("about", who.patient.as_str())) }
            @for kind in Kind::ALL { (boxes(ctx, shown, kind)) }
            @if shown.who.is_none() { (general(ctx, shown.preferences)) }
            (ui::submit_button(&text.msg_events_settings_submit()))
        }))
        @if shown.who.is_none() && ctx.state.offer.channels.has(Channel::Push) { (devices(ctx, shown)) }
        (others(text, shown))
        (ui::explanation(ctx.language, &[(sentence(RULE, ctx.language), RULE.0)]))
    }
}

/// The page of one who may not choose: the rule that says so.
pub(super) fn closed(ctx: &Ctx, sentence: &str, rule: &str) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/events", &text.msg_events_settings_back()))
        (ui::heading(&text.msg_events_settings_title()))
        (ui::empty_state(&text.msg_events_settings_closed(), sentence))
        (ui::explanation(ctx.language, &[(sentence, rule)]))
    }
}

fn done(text: &L10nLanguage, done: Option<&str>) -> Markup {
    let (tone, words) = match done {
        Some("saved") => (Tone::Success, text.msg_events_settings_saved()),
        Some("device-added") => (Tone::Success, text.msg_events_device_added()),
        Some("device-removed") => (Tone::Success, text.msg_events_device_removed()),
        Some("changed-meanwhile") => (Tone::Warning, text.msg_events_settings_changed_meanwhile()),
        _ => return html! {},
    };
    html! { div role="status" { (ui::alert(tone, &words)) } }
}

/// Where it goes to.
fn contact(text: &L10nLanguage, shown: &Shown<'_>) -> Markup {
    let (email, mobile) = &shown.contact;
    let words = |found: &Option<String>, none: String| found.clone().unwrap_or(none);
    html! {
        (ui::description_list(&[
            (text.msg_events_channel_email(), html! { span.verbatim { (words(email, text.msg_events_no_email())) } }),
            (text.msg_events_channel_sms(), html! { (words(mobile, text.msg_events_no_mobile())) }),
        ]))
        p { (text.msg_events_contact_from()) }
    }
}

fn channel_name(text: &L10nLanguage, channel: Channel) -> String {
    match channel {
        Channel::Push => text.msg_events_channel_push(),
        Channel::Sms => text.msg_events_channel_sms(),
        Channel::Email => text.msg_events_channel_email(),
    }
}

/// The channels that are offered, the most usual first.
fn choices(text: &L10nLanguage, offered: Channels) -> Vec<ui::Choice> {
    let order = [Channel::Email, Channel::Sms, Channel::Push].into_iter().filter(|channel| offered.has(*channel));
    order.map(|channel| ui::Choice { value: channel.key().to_owned(), label: channel_name(text, channel) }).collect()
}

fn keys(channels: Channels) -> Vec<String> {
    channels.iter().map(|channel| channel.key().to_owned()).collect()
}

fn kind_name(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Appointments => text.msg_events_kind_appointments(),
        Kind::Messages => text.msg_events_kind_messages(),
        Kind::Medicines => text.msg_events_kind_medicines(),
        Kind::Results => text.msg_events_kind_results(),
        Kind::LookUps => text.msg_events_kind_look_ups(),
        Kind::Sharing => text.msg_events_kind_sharing(),
        Kind::Other => text.msg_events_kind_other(),
    }
}

fn boxes(ctx: &Ctx, page: &Shown<'_>, kind: Kind) -> Markup {
    let of_other = page.who.and_then(|who| page.preferences.about.get(&who.patient));
    ui::check_group(&ui::CheckGroup {
        id: kind.key(),
        legend: &kind_name(ctx.text(), kind),
        error: None,
        chosen: &keys(shown(of_other, &page.preferences.own, kind)),
        choices: choices(ctx.text(), ctx.state.offer.channels),
    })
}

/// What holds for all of it.
fn general(ctx: &Ctx, preferences: &Preferences) -> Markup {
    let text = ctx.text();
    let group = |choices| vec![ui::Choices { title: String::new(), note: String::new(), choices }];
    let choice = |value: &str, label: String| ui::Choice { value: value.to_owned(), label };
    let chosen = preferences.quiet.map(super::Quiet::key).unwrap_or_default();
    let mut hours: Vec<&str> = QUIET.to_vec();
    // Hours that another program has chosen stay a choice.
    if !chosen.is_empty() && !hours.contains(&chosen.as_str()) {
        hours.push(&chosen);
    }
    let hour = |hours: &str| {
        let (from, to) = hours.split_once('-').unwrap_or_default();
        choice(hours, text.msg_events_quiet_hours(from, to))
    };
    let quiet = std::iter::once(choice("", text.msg_events_quiet_never())).chain(hours.iter().map(|its| hour(its)));
    let name = |language: Language| match language {
        Language::Nb => text.msg_events_language_nb(),
        Language::Nn => text.msg_events_language_nn(),
        Language::En => text.msg_events_language_en(),
        Language::Se => text.msg_events_language_se(),
    };
    let languages = Language::ALL.into_iter().map(|language| choice(language.tag(), name(language)));
    let languages = std::iter::once(choice("", text.msg_events_language_register())).chain(languages);
    html! {
        (ui::check_group(&ui::CheckGroup {
            id: "fallback",
            legend: &text.msg_events_fallback(),
            error: None,
            chosen: &keys(preferences.fallback),
            choices: choices(text, ctx.state.offer.channels),
        }))
        (ui::choice_group(&ui::ChoiceGroup {
            id: "quiet",
            legend: &text.msg_events_quiet(),
            help: &text.msg_events_quiet_help(),
            error: None,
            chosen: &chosen,
            groups: group(quiet.collect()),
        }))
        (ui::choice_group(&ui::ChoiceGroup {
            id: "language",
            legend: &text.msg_events_language(),
            help: "",
            error: None,
            chosen: preferences.language.map_or("", Language::tag),
            groups: group(languages.collect()),
        }))
    }
}

/// The person's devices. The button that adds one is shown by the script, where the browser can do it: without script push is not offered.
fn devices(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    html! {
        section #devices tabindex="-1" {
            (ui::subheading(&text.msg_events_devices()))
            @if shown.preferences.devices.is_empty() { p { (text.msg_events_devices_none()) } }
            @else {
                (ui::list(shown.preferences.devices.iter().enumerate().map(|(place, its)| device(ctx, place, its))))
            }
            form method="post" action="/events/settings/devices" hidden data-push=(ctx.state.offer.push_key) {
                input type="hidden" name=(varde_web::CSRF_FIELD) value=(ctx.visitor.csrf.as_str());
                (ui::hidden_field("endpoint", ""))
                (ui::hidden_field("p256dh", ""))
                (ui::hidden_field("auth", ""))
                (ui::secondary_button(&text.msg_events_device_add()))
                p role="status" data-refused=(text.msg_events_device_not_allowed()) {}
            }
        }
    }
}

fn device(ctx: &Ctx, place: usize, device: &Device) -> Markup {
    let text = ctx.text();
    let added = device.added.parse::<Timestamp>().map(|added| dates::date_time(added, ctx.language));
    html! {
        (ui::list_item(&ui::ListItem {
            href: None,
            title: &text.msg_events_device(),
            detail: &added.map(|added| text.msg_events_device_since(added)).unwrap_or_default(),
            tag: None,
        }))
        (ui::form("/events/settings/devices/remove", &ctx.visitor, html! {
            (ui::hidden_field("place", &place.to_string()))
            (ui::hidden_field("added", &device.added))
            (ui::secondary_button(&text.msg_events_device_remove()))
        }))
    }
}

fn others(text: &L10nLanguage, shown: &Shown<'_>) -> Markup {
    let is_shown = |who: &&Who| shown.who.is_none_or(|its| its.patient != who.patient);
    let mut links: Vec<(String, String)> = Vec::new();
    if shown.who.is_some() {
        links.push((format!("{}?about=", super::PATH), text.msg_events_settings_own()));
    }
    for who in shown.others.iter().filter(is_shown) {
        links.push((format!("{}?about={}", super::PATH, who.patient), text.msg_events_settings_about(&*who.name)));
    }
    html! {
        @if !links.is_empty() {
            (ui::subheading(&text.msg_events_settings_others()))
            ul { @for (href, words) in &links { li { a.ds-link href=(href) { (words) } } } }
        }
    }
}
