//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod give;
mod privacy;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::{Areas, Relation};
use varde_web::{Tone, dates, ui};

pub(super) use give::{Form, confirm, form, form_title};
pub(super) use privacy::{Privacy, privacy};

use super::actions::Received;
use super::model::{Given, Kind};
use super::rules::{self, State};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why};

/// Somebody the visitor acts for.
pub(super) struct Related {
    /// Name.
    pub name: String,
    /// How they stand to each other.
    pub relation: Relation,
    /// The rule in words.
    pub why: &'static str,
    /// The rule.
    pub rule: &'static str,
}

/// What the first page shows. A list that is `None` could not be fetched.
pub(super) struct Hub {
    /// Whether proxies are open to the visitor, and why.
    pub proxies: Why,
    /// The same of privacy settings.
    pub privacy: Why,
    /// The same of consents.
    pub consents: Why,
    /// Whether the visitor may give.
    pub may_give: bool,
    /// What the person has given.
    pub given: Option<Vec<Given>>,
    /// What the visitor has been given, or asked to take.
    pub received: Option<Vec<Received>>,
    /// Those the visitor acts for.
    pub related: Option<Vec<Related>>,
}

impl Hub {
    /// Nothing of it is open to the visitor.
    pub(super) const fn is_closed(&self) -> bool {
        !self.proxies.open && !self.privacy.open && !self.consents.open
    }
}

/// A proxy as one of its sides sees it.
pub(super) enum Side {
    /// Who gave it.
    Giver(Given),
    /// Who got it.
    Receiver(Received),
}

impl Side {
    const fn given(&self) -> &Given {
        match self {
            Self::Giver(given) => given,
            Self::Receiver(received) => &received.given,
        }
    }

    fn other(&self) -> &str {
        match self {
            Self::Giver(given) => &given.receiver_name,
            Self::Receiver(received) => &received.giver_name,
        }
    }
}

/// The first page.
pub(super) fn hub(ctx: &Ctx, hub: &Hub, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let is_own = ctx.visitor.acting_for.is_none();
    html! {
        (confirmation(text, done))
        (ui::heading(&text.msg_sharing_title()))
        (ui::lead(&text.msg_sharing_intro()))
        (ui::subheading(&text.msg_sharing_given_title()))
        @if hub.proxies.open { (given_list(ctx, hub)) } @else {
            (ui::empty_state(&text.msg_sharing_closed(), hub.proxies.sentence))
        }
        @if is_own {
            (ui::subheading(&text.msg_sharing_received_title()))
            (received_list(ctx, hub))
            (ui::subheading(&text.msg_sharing_children_title()))
            (related_list(ctx, hub, true, &text.msg_sharing_children_none()))
        }
        @if hub.privacy.open {
            (ui::subheading(&text.msg_sharing_privacy_title()))
            p { (text.msg_sharing_privacy_text()) }
            p { a.ds-link href="/sharing/privacy" { (text.msg_sharing_privacy_link()) } }
        }
        (ui::subheading(&text.msg_sharing_log_title()))
        p { (text.msg_sharing_log_text()) }
        p { a.ds-link href="/access-log" { (text.msg_sharing_log_link()) } }
        (ui::subheading(&text.msg_sharing_requests_title()))
        p { (text.msg_sharing_requests_text()) }
        p { a.ds-link href="/requests" { (text.msg_sharing_requests_link()) } }
        (ui::explanation(ctx.language, &[
            (hub.proxies.sentence, hub.proxies.rule.0),
            (hub.consents.sentence, hub.consents.rule.0),
        ]))
    }
}

fn confirmation(text: &L10nLanguage, done: Option<&str>) -> Markup {
    let words = match done {
        Some("accepted") => text.msg_sharing_done_accepted(),
        Some("refused") => text.msg_sharing_done_refused(),
        Some("ended") => text.msg_sharing_done_ended(),
        Some("changed-meanwhile") => return ui::alert(Tone::Warning, &text.msg_sharing_changed_meanwhile()),
        _ => return html! {},
    };
    html! { div role="status" { (ui::alert(Tone::Success, &words)) } }
}

fn given_list(ctx: &Ctx, hub: &Hub) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let Some(given) = &hub.given else { return ui::alert(Tone::Warning, &text.msg_sharing_missing()) };
    let (over, standing): (Vec<&Given>, Vec<&Given>) =
        given.iter().partition(|given| rules::state(given, today) == State::Over);
    html! {
        @if standing.is_empty() {
            (ui::empty_state(&text.msg_sharing_given_none(), &text.msg_sharing_given_none_help()))
        } @else {
            (ui::list(standing.into_iter().map(|given| item(ctx, given, &given.receiver_name))))
        }
        @if hub.may_give {
            (ui::button_row(html! {
                (ui::button_link("/sharing/give", &text.msg_sharing_give_link()))
                (ui::secondary_link("/sharing/give?kind=next-of-kin", &text.msg_sharing_give_kin_link()))
            }))
        }
        @if !over.is_empty() {
            details.ds-details {
                summary { (text.msg_sharing_given_over(over.len())) }
                (ui::list(over.into_iter().map(|given| item(ctx, given, &given.receiver_name))))
            }
        }
    }
}

fn received_list(ctx: &Ctx, hub: &Hub) -> Markup {
    let text = ctx.text();
    let Some(received) = &hub.received else { return ui::alert(Tone::Warning, &text.msg_sharing_missing()) };
    let waiting = received.iter().any(|r| rules::state(&r.given, date_in_norway(ctx.now)) == State::Waiting);
    html! {
        @if waiting { (ui::alert(Tone::Info, &text.msg_sharing_received_waiting())) }
        @if !received.is_empty() {
            (ui::list(received.iter().map(|received| item(ctx, &received.given, &received.giver_name))))
        }
        (related_list(ctx, hub, false, &text.msg_sharing_received_none()))
    }
}

/// Children, or the others one acts for, each with why.
fn related_list(ctx: &Ctx, hub: &Hub, is_children: bool, none: &str) -> Markup {
    let text = ctx.text();
    let Some(related) = &hub.related else { return ui::alert(Tone::Warning, &text.msg_sharing_missing()) };
    let is_child = |related: &&Related| matches!(related.relation, Relation::Parent | Relation::FosterParent);
    let mut shown = related.iter().filter(|related| is_child(related) == is_children).peekable();
    html! {
        @if shown.peek().is_some() {
            (ui::list(shown.map(|related| ui::list_item(&ui::ListItem {
                href: None,
                title: &related.name,
                detail: &format!("{} ({})", related.why, related.rule),
                tag: None,
            }))))
            p { a.ds-link href="/act-for" { (text.msg_sharing_act_link()) } }
        } @else { p { (none) } }
    }
}

fn item(ctx: &Ctx, given: &Given, other: &str) -> Markup {
    let text = ctx.text();
    let tag = match rules::state(given, date_in_norway(ctx.now)) {
        State::Waiting => Some((Tone::Info, text.msg_sharing_state_waiting())),
        State::InForce => None,
        State::Over => Some((Tone::Neutral, text.msg_sharing_state_over())),
    };
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/sharing/{}", given.id)),
        title: other,
        detail: &format!("{} · {}", kind_name(text, given.kind), until(ctx, given.until)),
        tag,
    })
}

fn kind_name(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Proxy => text.msg_sharing_kind_proxy(),
        Kind::NextOfKin => text.msg_sharing_kind_kin(),
        Kind::Assigned => text.msg_sharing_kind_assigned(),
    }
}

fn until(ctx: &Ctx, day: Option<Date>) -> String {
    let written = day.and_then(|day| dates::as_exact_as_known(&day.to_string(), ctx.language));
    written.map_or_else(|| ctx.text().msg_sharing_no_end(), |day| ctx.text().msg_sharing_until(day))
}

/// What an area lets the receiver do, in plain words.
fn area_words(text: &L10nLanguage, area: Areas) -> String {
    if area == Areas::REGISTERS {
        text.msg_sharing_area_registers()
    } else if area == Areas::RECORD {
        text.msg_sharing_area_record()
    } else if area == Areas::SERVICES {
        text.msg_sharing_area_services()
    } else if area == Areas::PHARMACY {
        text.msg_sharing_area_pharmacy()
    } else if area == Areas::TIMES {
        text.msg_sharing_area_times()
    } else {
        text.msg_sharing_area_travel()
    }
}

/// What a proxy covers; an assigned one reaches as far as the rule book says.
fn covers(text: &L10nLanguage, given: &Given) -> Markup {
    if given.kind == Kind::Assigned {
        html! { (text.msg_sharing_assigned_covers()) }
    } else {
        areas(text, given.areas)
    }
}

/// The day of an instant, or of a day, in words.
fn written(ctx: &Ctx, when: &str) -> Option<String> {
    match when.parse() {
        Ok(instant) => Some(dates::date_long(instant, ctx.language)),
        Err(_) => dates::as_exact_as_known(when, ctx.language),
    }
}

fn areas(text: &L10nLanguage, areas: Areas) -> Markup {
    html! { ul { @for area in areas.iter() { li { (area_words(text, area)) } } } }
}

/// The title of one proxy's page.
pub(super) fn details_title(ctx: &Ctx, side: &Side) -> String {
    kind_name(ctx.text(), side.given().kind)
}

/// One proxy: who, what, how long, and what can be done with it.
pub(super) fn details(ctx: &Ctx, side: &Side, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let given = side.given();
    let state = rules::state(given, date_in_norway(ctx.now));
    let (who, state_words) = match side {
        Side::Giver(_) => (text.msg_sharing_to(), text.msg_sharing_state_waiting_giver()),
        Side::Receiver(_) => (text.msg_sharing_from(), text.msg_sharing_state_waiting_receiver()),
    };
    let state_words = match state {
        State::Waiting => state_words,
        State::InForce => text.msg_sharing_state_active(),
        State::Over => text.msg_sharing_state_over(),
    };
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if matches!(done, Some("given" | "changed")) && state != State::Over {
            (ui::confirmation(&text.msg_sharing_done_given(), &state_words))
        }
        (ui::heading(&details_title(ctx, side)))
        (ui::description_list(&[
            (who, html! { (side.other()) }),
            (text.msg_sharing_covers(), covers(text, given)),
            (text.msg_sharing_lasts(), html! { (until(ctx, given.until)) }),
            (text.msg_sharing_status(), html! { (state_words) }),
        ]))
        @if let Some((who, when)) = &given.registered {
            p { (text.msg_sharing_registered(who.as_str(), when.as_deref().and_then(|when| written(ctx, when)).unwrap_or_default())) }
        }
        (what_can_be_done(ctx, side, state))
    }
}

fn what_can_be_done(ctx: &Ctx, side: &Side, state: State) -> Markup {
    let text = ctx.text();
    let given = side.given();
    let path = format!("/sharing/{}", given.id);
    let button = |act: &str, button: Markup| ui::form(&format!("{path}/{act}"), &ctx.visitor, button);
    match (side, state) {
        (_, State::Over) => html! {},
        (Side::Giver(_), _) if given.kind == Kind::Assigned => html! { p { (text.msg_sharing_assigned_help()) } },
        (Side::Giver(_), _) => html! {
            p { (text.msg_sharing_end_help()) }
            (ui::button_row(html! {
                @if given.receiver.is_some() {
                    (ui::button_link(&format!("{path}/change"), &text.msg_sharing_change_link()))
                }
                (button("end", ui::danger_button(&text.msg_sharing_end_submit())))
            }))
        },
        (Side::Receiver(_), State::Waiting) => html! {
            p { (text.msg_sharing_accept_help()) }
            (ui::button_row(html! {
                (button("accept", ui::submit_button(&text.msg_sharing_accept_submit())))
                (button("refuse", ui::secondary_button(&text.msg_sharing_refuse_submit())))
            }))
        },
        (Side::Receiver(_), State::InForce) => html! {
            p { (text.msg_sharing_end_help()) }
            (button("end", ui::danger_button(&text.msg_sharing_end_submit())))
        },
    }
}

/// Nothing of it is open: the sentence of the rule that says so.
pub(super) fn closed(ctx: &Ctx, sentence: &str, rule: &str) -> Markup {
    html! {
        (ui::heading(&ctx.text().msg_sharing_closed()))
        p { (sentence) }
        (ui::explanation(ctx.language, &[(sentence, rule)]))
    }
}
