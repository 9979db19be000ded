//! The calendar of the household, by day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_rights::sentence;
use varde_web::{Tone, dates, ui};

use super::super::household::{MAX_PEOPLE, Member, Members};
use super::super::model::Appointment;
use super::what_and_where;
use crate::shared::Ctx;

/// Most entries on the page.
const MAX_ENTRIES: usize = 200;

/// One line of the calendar.
struct Line<'m> {
    start: Timestamp,
    member: &'m Member,
    /// `None` when only the time may be known.
    appointment: Option<&'m Appointment>,
}

/// Everybody's appointments, the nearest first, under the day they are on.
pub(in super::super) fn calendar(ctx: &Ctx, Members { members, has_more }: &Members) -> Markup {
    let text = ctx.text();
    let (days, cut) = days(members);
    let missing: Vec<&str> = members.iter().filter(|member| member.ahead.is_none()).map(first).collect();
    let names = match members.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            let rest = rest.iter().map(first).collect::<Vec<_>>().join(", ");
            text.msg_appointments_household_and(rest, first(last))
        }
        _ => members.iter().map(first).collect(),
    };
    let reason = |member: &Member| format!("{}: {}", first(member), sentence(member.rule, ctx.language));
    let reasons: Vec<(String, &str)> = members.iter().map(|member| (reason(member), member.rule.0)).collect();
    let reasons: Vec<(&str, &str)> = reasons.iter().map(|(words, rule)| (words.as_str(), *rule)).collect();
    html! {
        (ui::back_link("/appointments", &text.msg_appointments_back()))
        (ui::heading(&text.msg_appointments_household_title()))
        (ui::lead(&text.msg_appointments_household_intro(names)))
        @if !missing.is_empty() {
            (ui::alert(Tone::Warning, &text.msg_appointments_household_missing(missing.join(", "))))
        }
        @if days.is_empty() && missing.is_empty() {
            (ui::empty_state(&text.msg_appointments_none_coming(), &text.msg_appointments_none_coming_help()))
        }
        @for lines in days.values() {
            @if let Some(line) = lines.first() { (ui::subheading(&dates::date_long(line.start, ctx.language))) }
            (ui::list(lines.iter().map(|line| entry(ctx, line))))
        }
        @if *has_more { p { a.ds-link href="/act-for" { (text.msg_home_household_more(MAX_PEOPLE)) } } }
        @if cut { p { (text.msg_appointments_household_cut(MAX_ENTRIES)) } }
        p { a.ds-link href="/appointments/feed" { (text.msg_appointments_feed_link()) } }
        (ui::explanation(ctx.language, &reasons))
    }
}

/// The lines by day, and whether some were left out.
fn days(members: &[Member]) -> (BTreeMap<Date, Vec<Line<'_>>>, bool) {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for member in members {
        let Some(ahead) = &member.ahead else { continue };
        lines.extend(
            ahead
                .appointments
                .iter()
                .filter_map(|its| Some(Line { start: its.start?, member, appointment: Some(its) })),
        );
        lines.extend(ahead.times.iter().map(|start| Line { start: *start, member, appointment: None }));
    }
    lines.sort_by_key(|line| line.start);
    let cut = lines.len() > MAX_ENTRIES;
    lines.truncate(MAX_ENTRIES);
    let mut days: BTreeMap<Date, Vec<Line<'_>>> = BTreeMap::new();
    for line in lines {
        days.entry(date_in_norway(line.start)).or_default().push(line);
    }
    (days, cut)
}

fn entry(ctx: &Ctx, line: &Line<'_>) -> Markup {
    let text = ctx.text();
    let name = first(line.member);
    let title = format!("{} · {name}", dates::time(line.start, ctx.language));
    let Some(appointment) = line.appointment else {
        let detail = text.msg_appointments_household_time_only();
        return ui::list_item(&ui::ListItem { href: None, title: &title, detail: &detail, tag: None });
    };
    let detail = what_and_where(text, appointment);
    let path = format!("/appointments/{}", appointment.id);
    // A page is about one person, so that of another is opened by acting for them.
    let is_subject = line.member.patient == *ctx.subject();
    let href = is_subject.then_some(path.as_str());
    html! {
        (ui::list_item(&ui::ListItem { href, title: &title, detail: &detail, tag: None }))
        @if !is_subject {
            (ui::form("/act-for", &ctx.visitor, html! {
                (ui::hidden_field("patient", line.member.patient.as_str()))
                (ui::hidden_field("next", &path))
                (ui::secondary_button(&text.msg_appointments_household_open(name)))
            }))
        }
    }
}

fn first(member: &Member) -> &str {
    member.name.split(' ').next().unwrap_or(&member.name)
}
