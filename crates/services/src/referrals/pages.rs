//! Markup: the list, and one referral as a line in time.

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_fhir::ResourceType;
use varde_store::ItemAudience;
use varde_web::{Tone, dates, ui};

use super::actions::{Listing, Opened};
use super::limits;
use super::model::{Deadline, Decision, Office, Progress, Referral, Stage, Step, What};
use super::rules::{self, Case};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_tag, audience_words, because};

/// All referrals; `None` when they could not be fetched.
pub(super) fn list(ctx: &Ctx, listing: Option<&Listing>, why: &Why) -> Markup {
    let text = ctx.text();
    // Below 16 the kind may be closed and single referrals opened; then those are shown.
    let has_any = listing.is_some_and(|all| !all.open.is_empty() || !all.ended.is_empty() || !all.outlined.is_empty());
    html! {
        (ui::heading(&text.msg_referrals_title()))
        @match listing {
            _ if !why.open && !has_any => (ui::empty_state(&text.msg_referrals_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_referrals_missing())),
            Some(listing) => {
                (ui::lead(&text.msg_referrals_intro()))
                @if !has_any { (ui::empty_state(&text.msg_referrals_none(), &text.msg_referrals_none_help())) }
                (part(ctx, listing, &text.msg_referrals_open(), &listing.open))
                (part(ctx, listing, &text.msg_referrals_ended(), &listing.ended))
                @if listing.is_cut { p { (text.msg_referrals_cut()) } }
                (outlined(ctx, &listing.outlined))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open || has_any { (because(ctx, &[*why], None)) }
    }
}

fn part(ctx: &Ctx, listing: &Listing, title: &str, cases: &[Case]) -> Markup {
    html! {
        @if !cases.is_empty() {
            (ui::subheading(title))
            (ui::list(cases.iter().map(|case| line(ctx, case, listing.audiences.get(&case.referral.id)))))
        }
    }
}

fn line(ctx: &Ctx, case: &Case, audience: Option<&ItemAudience>) -> Markup {
    let text = ctx.text();
    let stage = rules::stage(case, ctx.now);
    let broken = rules::broken(case, ctx.now);
    let next = case.visits.iter().filter(|_| stage == Stage::Scheduled).filter_map(|visit| visit.start);
    let next = next.filter(|start| *start > ctx.now).min();
    let sent = case.referral.sent.as_deref().and_then(|sent| dates::as_exact_as_known(sent, ctx.language));
    let detail = [
        case.referral.to.clone(),
        next.map(|start| dates::date_time(start, ctx.language)).or_else(|| Some(stage_words(text, stage))),
        sent.map(|sent| text.msg_referrals_line_sent(sent)),
        rules::deadline(case, ctx.now).map(|deadline| deadline_words(ctx, deadline, broken.is_some())),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    let late = broken.map(|_| (Tone::Warning, text.msg_referrals_late()));
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/referrals/{}", case.referral.id)),
        title: &title_of(text, &case.referral),
        detail: &detail.join(" · "),
        tag: late.or_else(|| audience_tag(text, audience)),
    })
}

/// A deadline on a line of the list.
fn deadline_words(ctx: &Ctx, deadline: Deadline, is_broken: bool) -> String {
    let text = ctx.text();
    let last = day(ctx, deadline.day());
    match (deadline, is_broken) {
        (Deadline::Assessment(_), false) => text.msg_referrals_line_assess(last),
        (Deadline::Assessment(_), true) => text.msg_referrals_line_assess_late(last),
        (Deadline::Care(_), false) => text.msg_referrals_line_care(last),
        (Deadline::Care(_), true) => text.msg_referrals_line_care_late(last),
    }
}

/// Referrals of which the reader may know that they are there, and when they were sent.
fn outlined(ctx: &Ctx, days: &[String]) -> Markup {
    let text = ctx.text();
    let line = |day: &String| {
        let day = dates::as_exact_as_known(day, ctx.language).unwrap_or_default();
        ui::list_item(&ui::ListItem { href: None, title: &text.msg_referrals_outlined_item(), detail: &day, tag: None })
    };
    html! {
        @if !days.is_empty() {
            (ui::subheading(&text.msg_referrals_outlined_title()))
            p { (text.msg_referrals_outlined_help()) }
            (ui::list(days.iter().map(line)))
        }
    }
}

/// What a referral is called.
pub(super) fn title_of(text: &L10nLanguage, referral: &Referral) -> String {
    referral.title.clone().unwrap_or_else(|| text.msg_referrals_one())
}

fn stage_words(text: &L10nLanguage, stage: Stage) -> String {
    match stage {
        Stage::Sent => text.msg_referrals_stage_sent(),
        Stage::Assessing => text.msg_referrals_stage_assessing(),
        Stage::MoreInfo => text.msg_referrals_stage_more_info(),
        Stage::Waiting => text.msg_referrals_stage_waiting(),
        Stage::Scheduled => text.msg_referrals_stage_scheduled(),
        Stage::Started => text.msg_referrals_stage_started(),
        Stage::OnHold => text.msg_referrals_stage_on_hold(),
        Stage::Rejected => text.msg_referrals_stage_rejected(),
        Stage::Redirected => text.msg_referrals_stage_redirected(),
        Stage::Withdrawn => text.msg_referrals_stage_withdrawn(),
        Stage::Ended => text.msg_referrals_stage_ended(),
    }
}

/// What happens next, in a sentence or two.
fn next_words(text: &L10nLanguage, stage: Stage) -> String {
    match stage {
        Stage::Sent => text.msg_referrals_next_sent(),
        Stage::Assessing => text.msg_referrals_next_assessing(),
        Stage::MoreInfo => text.msg_referrals_next_more_info(),
        Stage::Waiting => text.msg_referrals_next_waiting(),
        Stage::Scheduled => text.msg_referrals_next_scheduled(),
        Stage::Started => text.msg_referrals_next_started(),
        Stage::OnHold => text.msg_referrals_next_on_hold(),
        Stage::Rejected => text.msg_referrals_next_rejected(),
        Stage::Redirected => text.msg_referrals_next_redirected(),
        Stage::Withdrawn => text.msg_referrals_next_withdrawn(),
        Stage::Ended => text.msg_referrals_next_ended(),
    }
}

/// One referral.
pub(super) fn details(ctx: &Ctx, opened: &Opened, why: &Why, may_report: bool) -> Markup {
    let text = ctx.text();
    let case = &opened.case;
    let referral = &case.referral;
    let stage = rules::stage(case, ctx.now);
    html! {
        (ui::back_link("/referrals", &text.msg_referrals_back()))
        (ui::heading(&title_of(text, referral)))
        (ui::lead(&stage_words(text, stage)))
        (broken(ctx, opened))
        (ui::subheading(&text.msg_referrals_next()))
        p { (next_words(text, stage)) }
        // Who is to ring them about a broken deadline has something to do.
        @if matches!(stage, Stage::Assessing | Stage::MoreInfo) && rules::broken(case, ctx.now).is_none() {
            p { (text.msg_referrals_next_nothing_to_do()) }
        }
        @if let Some(words) = case.assessment.as_ref().and_then(|its| its.why.as_ref()).or(referral.why.as_ref()) {
            p { (text.msg_referrals_they_say()) " " (words) }
        }
        (ui::subheading(&text.msg_referrals_way()))
        (ui::steps(&rules::steps(case, ctx.now).iter().map(|step| step_of(ctx, case, step)).collect::<Vec<_>>()))
        (visits(ctx, case))
        (ui::subheading(&text.msg_referrals_whom()))
        (whom(ctx, referral, &opened.office))
        (ui::subheading(&text.msg_referrals_about()))
        (ui::description_list(&facts(ctx, opened)))
        @if may_report {
            p { a.ds-link href=(format!("/requests/new?item=ServiceRequest/{}", referral.id)) { (text.msg_referrals_report()) } }
        }
        (because(ctx, &[*why], Some((ResourceType::SERVICE_REQUEST, &referral.id))))
    }
}

/// What the person has a right to when a deadline was not kept, and what to do now.
fn broken(ctx: &Ctx, opened: &Opened) -> Markup {
    let text = ctx.text();
    let (title, call, then) = match rules::broken(&opened.case, ctx.now) {
        None => return html! {},
        Some(Deadline::Assessment(date)) => (
            text.msg_referrals_broken_assessment(day(ctx, date)),
            text.msg_referrals_broken_assessment_call(),
            text.msg_referrals_broken_assessment_complain(),
        ),
        Some(Deadline::Care(date)) => (
            text.msg_referrals_broken_care(day(ctx, date)),
            text.msg_referrals_broken_care_call(),
            text.msg_referrals_broken_care_helfo(),
        ),
    };
    html! {
        div.ds-alert.confirmation data-color="warning" {
            h2.ds-heading data-size="xs" { (title) }
            p {
                (call)
                @if let Some(phone) = &opened.office.phone { br; (ui::phone_link(phone)) }
            }
            p { (then) }
        }
    }
}

fn day(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_else(|| day.to_string())
}

fn step_of(ctx: &Ctx, case: &Case, step: &Step) -> ui::Step {
    let text = ctx.text();
    let exact = step.when.as_deref().and_then(|when| dates::as_exact_as_known(when, ctx.language));
    let by = |day: Option<String>, known: fn(&L10nLanguage, String) -> String, unknown: String| match day {
        Some(day) => known(text, day),
        None => unknown,
    };
    let (title, detail) = match &step.what {
        What::Sent => (text.msg_referrals_step_sent(), exact.unwrap_or_default()),
        What::Received => (text.msg_referrals_step_received(), exact.unwrap_or_default()),
        What::Assess => (
            text.msg_referrals_step_assess(),
            by(exact, |text, day| text.msg_referrals_by_day(day), assess_unknown(ctx)),
        ),
        What::Assessed(decision) => (decided(text, *decision), exact.unwrap_or_default()),
        What::OnHold => (text.msg_referrals_step_on_hold(), String::new()),
        What::Visit(id) => (text.msg_referrals_step_visit(), visit_time(ctx, case, id).unwrap_or_default()),
        What::Care => (
            text.msg_referrals_step_care(),
            by(exact, |text, day| text.msg_referrals_by_day(day), text.msg_referrals_care_unknown()),
        ),
        What::Withdrawn => (text.msg_referrals_step_withdrawn(), String::new()),
        What::Ended => (text.msg_referrals_step_ended(), String::new()),
    };
    let (state, state_words) = match step.progress {
        Progress::Done => (ui::StepState::Done, text.msg_referrals_progress_done()),
        Progress::Now => (ui::StepState::Now, text.msg_referrals_progress_now()),
        Progress::Ahead => (ui::StepState::Ahead, text.msg_referrals_progress_ahead()),
        Progress::Late => (ui::StepState::Late, text.msg_referrals_progress_late()),
    };
    ui::Step { title, detail, state, state_words }
}

/// How long the assessment may take, where the day it is counted from is not known.
fn assess_unknown(ctx: &Ctx) -> String {
    let days = limits::assessment_working_days(date_in_norway(ctx.now));
    days.map(|days| ctx.text().msg_referrals_assess_unknown(days)).unwrap_or_default()
}

fn decided(text: &L10nLanguage, decision: Option<Decision>) -> String {
    match decision {
        None | Some(Decision::MoreInfoNeeded) => text.msg_referrals_step_assessed(),
        Some(Decision::Granted) => text.msg_referrals_step_granted(),
        Some(Decision::GrantedWithoutRight) => text.msg_referrals_step_granted_without_right(),
        Some(Decision::Rejected) => text.msg_referrals_step_rejected(),
        Some(Decision::Redirected) => text.msg_referrals_step_redirected(),
    }
}

fn visit_time(ctx: &Ctx, case: &Case, id: &varde_base::ResourceId) -> Option<String> {
    let start = case.visits.iter().find(|visit| visit.id == *id)?.start?;
    Some(dates::date_time(start, ctx.language))
}

/// The way to the appointments that are to come.
fn visits(ctx: &Ctx, case: &Case) -> Markup {
    let text = ctx.text();
    let coming = case.visits.iter().filter(|visit| {
        visit.state == super::model::VisitState::Booked && visit.start.is_some_and(|start| start > ctx.now)
    });
    html! {
        @for visit in coming {
            p { (ui::secondary_link(&format!("/appointments/{}", visit.id), &text.msg_referrals_see_appointment())) }
        }
    }
}

/// The hospital first; the doctor who sent it for what it says.
fn whom(ctx: &Ctx, referral: &Referral, office: &Office) -> Markup {
    let text = ctx.text();
    let name = office.name.clone().or_else(|| referral.to.clone());
    html! {
        @match name {
            Some(name) => p { (text.msg_referrals_whom_hospital(name)) },
            None => p { (text.msg_referrals_whom_unknown()) },
        }
        @if let Some(phone) = &office.phone { p { (ui::phone_link(phone)) } }
        @if let Some(from) = &referral.from { p { (text.msg_referrals_whom_doctor(from.as_str())) } }
        p { (text.msg_referrals_whom_worse()) }
    }
}

fn facts(ctx: &Ctx, opened: &Opened) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let referral = &opened.case.referral;
    let known = |date: Option<Date>| date.map(|date| day(ctx, date));
    let facts = [
        (text.msg_referrals_reason(), referral.reason.clone()),
        (text.msg_referrals_from(), referral.from.clone()),
        (text.msg_referrals_to(), referral.to.clone()),
        (text.msg_referrals_first_received(), known(referral.first_received)),
        (text.msg_referrals_received(), known(referral.received)),
        (text.msg_referrals_assess_by(), known(rules::assess_by(referral))),
        (text.msg_referrals_care_by(), known(referral.care_by)),
        (text.msg_referrals_audience(), audience_words(text, opened.audience.as_ref())),
    ];
    facts.into_iter().filter_map(|(label, value)| value.map(|value| (label, html! { (value) }))).collect()
}

/// Those of which there is something to say, on the front page.
pub(super) fn front_card(ctx: &Ctx, cases: &[Case]) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_referrals_front()))
        (ui::list(cases.iter().take(3).map(|case| line(ctx, case, None))))
        p { a href="/referrals" { (text.msg_referrals_front_all()) } }
    }
}
