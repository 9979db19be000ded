//! The first page: everything of this service in one place, what people most often need first.

use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::Relation;
use varde_web::{Tone, ui};

use super::super::settings::{self, Setting, What};
use super::item;
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why};
use crate::sharing::actions::Received;
use crate::sharing::model::Given;
use crate::sharing::rules::{self, State};

/// Somebody the visitor acts for.
pub(in super::super) struct Related {
    /// Name.
    pub name: String,
    /// How they stand to each other.
    pub relation: Relation,
    /// The rule in words.
    pub why: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// Whether the visitor may consent to their own use of the service.
    pub may_consent: bool,
}

/// What the first page shows. A list that is `None` could not be fetched.
pub(in super::super) struct Hub {
    /// Whether proxies are open to the visitor, and why.
    pub proxies: Why,
    /// The same of privacy settings.
    pub privacy: Why,
    /// The same of consents.
    pub consents: Why,
    /// The same of a parent's consent to the person's own use.
    pub youth: Why,
    /// Whether the visitor may give.
    pub may_give: bool,
    /// What the person has given.
    pub given: Option<Vec<Given>>,
    /// What the visitor has been given, or asked to take.
    pub received: Option<Vec<Received>>,
    /// Everything the person has set and consented to.
    pub settings: Option<Vec<Setting>>,
    /// Those the visitor acts for.
    pub related: Option<Vec<Related>>,
}

impl Hub {
    /// Nothing of it is open to the visitor.
    pub(in super::super) const fn is_closed(&self) -> bool {
        !self.proxies.open && !self.privacy.open && !self.consents.open && !self.youth.open
    }

    /// A parent's consent is of some matter to this person: an adult who never needed one is not told of it.
    fn has_parental_consent(&self) -> bool {
        let is_one = |setting: &Setting| matches!(setting.what, What::Parental(..));
        let has_had_one = self.settings.as_ref().is_some_and(|all| all.iter().any(is_one));
        self.youth.open && (has_had_one || !self.privacy.open)
    }
}

/// The first page.
pub(in super::super) fn hub(ctx: &Ctx, hub: &Hub, done: Option<&str>) -> Markup {
    let text = ctx.text();
    let is_own = ctx.visitor.acting_for.is_none();
    html! {
        (confirmation(text, done))
        (ui::heading(&text.msg_sharing_title()))
        (ui::lead(&text.msg_sharing_intro()))
        @if hub.proxies.open {
            (ui::subheading(&text.msg_sharing_given_title()))
            (given_list(ctx, hub))
        }
        @if is_own && hub.proxies.open {
            (ui::subheading(&text.msg_sharing_received_title()))
            (received_list(ctx, hub))
            (ui::subheading(&text.msg_sharing_children_title()))
            (related_list(ctx, hub, true, &text.msg_sharing_children_none()))
        }
        @if hub.has_parental_consent() {
            (ui::subheading(&text.msg_sharing_youth_title()))
            p { (text.msg_sharing_youth_hub()) }
            p { a.ds-link href="/sharing/youth" { (text.msg_sharing_youth_see()) } }
        }
        (ui::subheading(&text.msg_sharing_log_title()))
        p { (text.msg_sharing_log_text()) }
        p { a.ds-link href="/access-log" { (text.msg_sharing_log_link()) } }
        (ui::subheading(&text.msg_sharing_requests_title()))
        p { (text.msg_sharing_requests_text()) }
        p { a.ds-link href="/requests" { (text.msg_sharing_requests_link()) } }
        @if hub.privacy.open {
            (ui::subheading(&text.msg_sharing_privacy_title()))
            (ui::list(privacy_links(text).into_iter()))
            @if is_own {
                (ui::subheading(&text.msg_sharing_stop_heading()))
                p { (text.msg_sharing_stop_text()) }
                p { (ui::secondary_link("/sharing/stop", &text.msg_sharing_stop_link())) }
            }
        }
        (ui::subheading(&text.msg_sharing_consents_title()))
        @match &hub.settings {
            None => (ui::alert(Tone::Warning, &text.msg_sharing_missing())),
            Some(all) => (settings::overview(ctx, all)),
        }
        p { a.ds-link href="/rule-book" { (text.msg_sharing_rules_link()) } }
        (ui::explanation(ctx.language, &[
            (hub.proxies.sentence, hub.proxies.rule.0),
            (hub.consents.sentence, hub.consents.rule.0),
        ]))
    }
}

/// What can be set, each on a page of its own.
fn privacy_links(text: &L10nLanguage) -> [Markup; 4] {
    [
        ("/sharing/privacy", text.msg_sharing_level_title(), text.msg_sharing_privacy_text()),
        ("/sharing/blocks", text.msg_sharing_block_title(), text.msg_sharing_block_tile()),
        ("/sharing/reservations", text.msg_sharing_reserve_title(), text.msg_sharing_reserve_tile()),
        ("/sharing/own-access", text.msg_sharing_own_title(), text.msg_sharing_own_tile()),
    ]
    .map(|(href, title, detail)| {
        ui::list_item(&ui::ListItem { href: Some(href), title: &title, detail: &detail, tag: None })
    })
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
                detail: &format!("{} {}", related.why, text.msg_who_sees_rule(related.rule)),
                tag: None,
            }))))
            p { a.ds-link href="/act-for" { (text.msg_sharing_act_link()) } }
            @if is_children && related.iter().any(|related| related.may_consent) {
                p { a.ds-link href="/sharing/youth" { (text.msg_sharing_youth_link()) } }
            }
        } @else { p { (none) } }
    }
}
