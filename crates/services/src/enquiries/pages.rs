//! Markup of the pages. What is shown is decided elsewhere; here it only gets its form.

mod form;

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::{ResourceId, date_in_norway};
use varde_web::{Tone, dates, ui};

pub(super) use form::{Form, form, form_title};

use super::model::{Holder, Kind, Message, Request, State};
use super::rules;
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why};

/// The list; `None` when it could not be fetched.
pub(super) fn list(ctx: &Ctx, requests: Option<&[Request]>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_enquiries_title()))
        @match requests {
            _ if !why.open => (ui::empty_state(&text.msg_enquiries_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_enquiries_missing())),
            Some(requests) => {
                (ui::lead(&text.msg_enquiries_intro()))
                @if requests.is_empty() {
                    (ui::empty_state(&text.msg_enquiries_none(), &text.msg_enquiries_none_help()))
                } @else {
                    (ui::list(requests.iter().map(|request| item(ctx, request))))
                }
                (what_to_ask(ctx))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (ui::explanation(ctx.language, &[(why.sentence, why.rule.0)])) }
    }
}

fn what_to_ask(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_enquiries_new_title()))
        p { (text.msg_enquiries_new_item_help()) }
        (ui::button_row(html! {
            (ui::button_link("/requests/new", &text.msg_enquiries_new_missing()))
            @if ctx.visitor.acting_for.is_none() {
                (ui::secondary_link("/requests/new?kind=access-after-death", &text.msg_enquiries_new_dead()))
            }
        }))
    }
}

fn item(ctx: &Ctx, request: &Request) -> Markup {
    let text = ctx.text();
    let mut detail = vec![holder_name(text, &request.holder)];
    if rules::is_open(request.state) {
        detail.extend(request.deadline.map(|deadline| text.msg_enquiries_answer_by(day(ctx, deadline))));
    } else {
        detail.push(text.msg_enquiries_sent_on(dates::date_long(request.sent, ctx.language)));
    }
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/requests/{}", request.id)),
        title: &kind_name(text, request),
        detail: &detail.join(" · "),
        tag: Some(tag(ctx, request)),
    })
}

fn tag(ctx: &Ctx, request: &Request) -> (Tone, String) {
    if rules::is_overdue(request, date_in_norway(ctx.now)) {
        return (Tone::Warning, ctx.text().msg_enquiries_state_overdue());
    }
    let tone = match request.state {
        State::Sent | State::Received | State::LookedAt => Tone::Info,
        State::Granted => Tone::Success,
        State::Refused => Tone::Warning,
        State::Withdrawn => Tone::Neutral,
    };
    (tone, state_name(ctx.text(), request))
}

/// What it is called.
pub(super) fn kind_name(text: &L10nLanguage, request: &Request) -> String {
    match request.kind {
        Kind::Correction if request.item.is_none() => text.msg_enquiries_kind_missing(),
        Kind::Correction => text.msg_enquiries_kind_correction(),
        Kind::Missing => text.msg_enquiries_kind_copy(),
        Kind::AfterDeath => text.msg_enquiries_kind_dead(),
        Kind::LookUp => text.msg_enquiries_kind_look_up(),
        Kind::Complaint => text.msg_enquiries_kind_complaint(),
    }
}

fn state_name(text: &L10nLanguage, request: &Request) -> String {
    match (request.state, request.kind) {
        (State::Sent, _) => text.msg_enquiries_state_sent(),
        (State::Received, _) => text.msg_enquiries_state_received(),
        (State::LookedAt, _) => text.msg_enquiries_state_looked_at(),
        (State::Granted, Kind::Correction) => text.msg_enquiries_state_corrected(),
        (State::Granted, Kind::AfterDeath) => text.msg_enquiries_state_granted(),
        (State::Granted, Kind::Missing | Kind::LookUp | Kind::Complaint) => text.msg_enquiries_state_answered(),
        (State::Refused, Kind::Correction) => text.msg_enquiries_state_not_corrected(),
        (State::Refused, _) => text.msg_enquiries_state_refused(),
        (State::Withdrawn, _) => text.msg_enquiries_state_withdrawn(),
    }
}

fn holder_name(text: &L10nLanguage, holder: &Holder) -> String {
    match holder {
        Holder::Organization(id, name) if name.is_empty() => id.to_string(),
        Holder::Organization(_, name) | Holder::Other(name) => name.clone(),
        Holder::Operator => text.msg_enquiries_holder_operator(),
        Holder::CountyGovernor => text.msg_enquiries_holder_governor(),
    }
}

fn day(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_else(|| day.to_string())
}

/// Which of the forms under an answer could not be used, and what was typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed<'a> {
    /// `complaint` or `statement`.
    pub field: &'static str,
    /// What was typed.
    pub typed: &'a str,
}

/// One request as its page shows it.
pub(super) struct Details<'a> {
    /// It.
    pub request: &'a Request,
    /// What has been written; `None` when it could not be fetched.
    pub thread: Option<Vec<Message>>,
    /// Why it is shown.
    pub why: Why,
    /// The reader may write.
    pub may_send: bool,
    /// The complaint about it, when there is one.
    pub complaint: Option<ResourceId>,
    /// What has just been done.
    pub done: Option<&'a str>,
    /// What was wrong with a form.
    pub failed: Option<Failed<'a>>,
}

/// One request: where it stands, the answer, and what can be done now.
pub(super) fn details(ctx: &Ctx, shown: &Details<'_>) -> Markup {
    let text = ctx.text();
    let request = shown.request;
    html! {
        (ui::back_link("/requests", &text.msg_enquiries_back()))
        @if let Some(failed) = &shown.failed {
            (ui::error_summary(ctx.language, &[(failed.field, text.msg_enquiries_error_wrong(rules::MAX_TEXT))]))
        }
        (confirmation(ctx, shown))
        (ui::heading(&kind_name(text, request)))
        (ui::description_list(&[asked(ctx, request), facts(ctx, request)].concat()))
        (thread(ctx, shown))
        @if shown.may_send { (what_can_be_done(ctx, shown)) }
        (ui::explanation(ctx.language, &[(shown.why.sentence, shown.why.rule.0)]))
    }
}

fn confirmation(ctx: &Ctx, shown: &Details<'_>) -> Markup {
    let text = ctx.text();
    match (shown.done, shown.request.state) {
        (Some("sent"), State::Sent) => ui::confirmation(
            &text.msg_enquiries_done_sent(),
            &text.msg_enquiries_done_sent_text(holder_name(text, &shown.request.holder)),
        ),
        (Some("withdrawn"), State::Withdrawn) => {
            ui::confirmation(&text.msg_enquiries_done_withdrawn(), &text.msg_enquiries_done_withdrawn_text())
        }
        (Some("stated"), State::Refused) => {
            ui::confirmation(&text.msg_enquiries_done_stated(), &text.msg_enquiries_statement_help())
        }
        (Some("changed-meanwhile"), _) => ui::alert(Tone::Warning, &text.msg_enquiries_changed_meanwhile()),
        (Some("too-many"), _) => ui::alert(Tone::Warning, &text.msg_enquiries_error_too_many(rules::MAX_OPEN)),
        _ => html! {},
    }
}

/// The person's own question: what it is about, and each field of the form with what was typed.
fn asked(ctx: &Ctx, request: &Request) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let link = |href: String, words: String| html! { a.ds-link href=(href) { (words) } };
    let mut asked = Vec::new();
    if let Some((href, words)) = request.item.as_deref().and_then(|item| page_of(text, item)) {
        asked.push((text.msg_enquiries_about(), link(href, words)));
    }
    if let Some(about) = &request.about {
        asked
            .push((text.msg_enquiries_about(), link(format!("/requests/{about}"), text.msg_enquiries_about_request())));
    }
    asked.extend(request.entry.map(|entry| (text.msg_enquiries_entry(), html! { (entry) })));
    let said = &request.asked;
    let born = said.born.as_deref().and_then(|born| dates::as_exact_as_known(born, ctx.language));
    let relation = said.relation.as_deref().map(|code| form::relation_name(text, code));
    let typed = [
        (text.msg_enquiries_dead_relation(), relation),
        (text.msg_enquiries_dead_name(), said.deceased.clone()),
        (text.msg_enquiries_dead_born(), born),
        (text.msg_enquiries_dead_number(), said.has_number.then(|| text.msg_enquiries_dead_number_sent())),
        (form::question(text, request.kind), said.wrong.clone()),
        (text.msg_enquiries_right(), said.right.clone()),
    ];
    asked.extend(typed.into_iter().filter_map(|(label, words)| Some((label, paragraphs(&words?)))));
    asked
}

/// Every paragraph as it was typed.
fn paragraphs(words: &str) -> Markup {
    html! { @for part in words.lines().filter(|line| !line.is_empty()) { p { (part) } } }
}

/// Where it stands, and the answer.
fn facts(ctx: &Ctx, request: &Request) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let (tone, state) = tag(ctx, request);
    let mut facts = vec![
        (text.msg_enquiries_state(), html! { strong { (state) } }),
        (text.msg_enquiries_to(), html! { (holder_name(text, &request.holder)) }),
        (text.msg_enquiries_sent(), html! { span.sentence { (dates::date_time(request.sent, ctx.language)) } }),
    ];
    if let Some(deadline) = request.deadline.filter(|_| rules::is_open(request.state)) {
        facts.push((text.msg_enquiries_deadline(), html! { (day(ctx, deadline)) }));
    }
    if tone == Tone::Warning && rules::is_open(request.state) {
        facts.push((text.msg_enquiries_now(), html! { (text.msg_enquiries_overdue_help()) }));
    }
    if request.state == State::Refused {
        let reason = request.reason.clone().unwrap_or_else(|| text.msg_enquiries_no_reason());
        facts.push((text.msg_enquiries_reason(), html! { (reason) }));
    }
    if !request.answers.is_empty() {
        facts.push((text.msg_enquiries_answer(), html! { @for answer in &request.answers { p { (answer) } } }));
    }
    facts
}

/// The page of an item, where it has one.
fn page_of(text: &L10nLanguage, item: &str) -> Option<(String, String)> {
    let (kind, id) = item.split_once('/')?;
    Some(match kind {
        "Appointment" => (format!("/appointments/{id}"), text.msg_enquiries_about_appointment()),
        "DiagnosticReport" => (format!("/results/{id}"), text.msg_enquiries_about_result()),
        "DocumentReference" => (format!("/record/{id}"), text.msg_enquiries_about_document()),
        "Composition" => (format!("/record/composition/{id}"), text.msg_enquiries_about_document()),
        "ServiceRequest" => (format!("/referrals/{id}"), text.msg_enquiries_about_referral()),
        _ => return None,
    })
}

fn thread(ctx: &Ctx, shown: &Details<'_>) -> Markup {
    let text = ctx.text();
    let them = holder_name(text, &shown.request.holder);
    let line = |message: &Message| {
        let who = match message {
            Message { is_statement: true, .. } => text.msg_enquiries_statement_title(),
            Message { is_own: true, .. } => text.msg_enquiries_you(),
            Message { is_own: false, .. } => them.clone(),
        };
        (format!("{who}, {}", dates::date_time(message.sent, ctx.language)), paragraphs(&message.text))
    };
    // The question stands on top of the page, and what is written since stands here.
    let question = shown.request.asked.words();
    let is_question = |message: &Message| message.is_own && !message.is_statement && message.text == question;
    let since = |messages: &[Message]| -> Vec<(String, Markup)> {
        messages.iter().filter(|message| !is_question(message)).map(line).collect()
    };
    match shown.thread.as_deref().map(since) {
        Some(lines) if lines.is_empty() => html! {},
        lines => html! {
            (ui::subheading(&text.msg_enquiries_thread()))
            @match &lines {
                None => (ui::alert(Tone::Warning, &text.msg_enquiries_missing())),
                Some(lines) => (ui::description_list(lines)),
            }
        },
    }
}

fn what_can_be_done(ctx: &Ctx, shown: &Details<'_>) -> Markup {
    let text = ctx.text();
    let request = shown.request;
    let path = format!("/requests/{}", request.id);
    let has_stated = shown.thread.iter().flatten().any(|message| message.is_statement);
    html! {
        @if let Some(complaint) = &shown.complaint {
            p { a.ds-link href=(format!("/requests/{complaint}")) { (text.msg_enquiries_see_complaint()) } }
        } @else if rules::may_complain(request, date_in_norway(ctx.now)) {
            (ui::subheading(&text.msg_enquiries_complain_title()))
            (text_form(ctx, shown, "complaint", &format!("{path}/complain"), &text.msg_enquiries_complain_help()))
        }
        @if rules::may_state(request) && !has_stated {
            (ui::subheading(&text.msg_enquiries_statement_title()))
            (text_form(ctx, shown, "statement", &format!("{path}/state"), &text.msg_enquiries_statement_help()))
        }
        @if rules::may_withdraw(request) {
            (ui::form(&format!("{path}/withdraw"), &ctx.visitor, ui::secondary_button(&text.msg_enquiries_withdraw())))
        }
    }
}

fn text_form(ctx: &Ctx, shown: &Details<'_>, field: &'static str, action: &str, help: &str) -> Markup {
    let text = ctx.text();
    let failed = shown.failed.filter(|failed| failed.field == field);
    let error = failed.map(|_| text.msg_enquiries_error_wrong(rules::MAX_TEXT));
    let (label, submit) = if field == "complaint" {
        (text.msg_enquiries_complain_label(), text.msg_enquiries_complain_submit())
    } else {
        (text.msg_enquiries_statement_label(), text.msg_enquiries_statement_submit())
    };
    let area = ui::TextArea {
        id: field,
        label: &label,
        help,
        error: error.as_deref(),
        value: failed.map(|failed| failed.typed).unwrap_or_default(),
    };
    ui::form(action, &ctx.visitor, html! { (ui::text_area(&area)) (ui::submit_button(&submit)) })
}

/// It is not open to the visitor: the sentence that says so.
pub(super) fn closed(ctx: &Ctx, sentence: &str, rule: Option<&str>) -> Markup {
    html! {
        (ui::back_link("/requests", &ctx.text().msg_enquiries_back()))
        (ui::heading(&ctx.text().msg_enquiries_closed()))
        p { (sentence) }
        @if let Some(rule) = rule { (ui::explanation(ctx.language, &[(sentence, rule)])) }
    }
}
