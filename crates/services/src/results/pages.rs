//! Markup of the list and of what the other pages share.

mod answer;
mod series;
mod words;

use maud::{Markup, html};
use varde_web::{Tone, dates, ui};

pub(super) use answer::details;
pub(super) use series::{analyses, over_time, series_title};

use super::actions::{Entry, Listing};
use super::model::{Finding, Report, State};
use super::rules::{self, Choice, KIND_NAMES, Outside};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, because, by_year};

/// All answers; `None` when they could not be fetched.
pub(super) fn list(ctx: &Ctx, listing: Option<&Listing>, choice: &Choice, delay_days: u16, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_results_title()))
        @match listing {
            _ if !why.open => (ui::empty_state(&text.msg_results_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_results_missing())),
            Some(listing) => {
                (ui::lead(&text.msg_results_intro()))
                p { a.ds-link href="/results/analyses" { (text.msg_results_analyses_link()) } }
                (choices(ctx, listing, choice))
                (entries(ctx, listing, choice))
                (delay(ctx, delay_days))
            }
        }
        // On a closed page the reason stands above already.
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The rule of the delay, told to everybody alike, so that it says nothing of what may be waiting.
fn delay(ctx: &Ctx, days: u16) -> Markup {
    let text = ctx.text();
    let before = rules::shown_before(ctx.now, days).to_string();
    let day = dates::as_exact_as_known(&before, ctx.language).unwrap_or_default();
    html! {
        @if days > 0 {
            (ui::subheading(&text.msg_results_delay_title()))
            p { (text.msg_results_delay_text(days)) }
            p { (text.msg_results_delay_today(day)) }
        }
    }
}

fn entries(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let text = ctx.text();
    html! {
        @if listing.entries.is_empty() && listing.next.is_none() {
            @if choice.is_narrow() || choice.after.is_some() {
                (ui::empty_state(&text.msg_results_none_chosen(), ""))
                p { a.ds-link href="/results" { (text.msg_results_show_all()) } }
            } @else {
                (ui::empty_state(&text.msg_results_none(), &text.msg_results_none_help()))
            }
        } @else {
            @if choice.is_narrow() { (found(ctx, listing, choice)) }
            @for (year, entries) in by_year(&listing.entries, year_of) {
                h2.ds-heading data-size="sm" { (year.map_or_else(|| text.msg_results_no_date(), |year| year.to_string())) }
                (ui::list(entries.into_iter().map(|entry| line(ctx, entry))))
            }
            @if listing.has_more_alone {
                p { (text.msg_results_more_alone()) " " a.ds-link href="/results/analyses" { (text.msg_results_analyses_link()) } }
            }
            @if let Some((after, until)) = &listing.next {
                p { a.ds-button data-variant="secondary" href=(address(choice, Some((after, until.as_deref())))) { (text.msg_results_older()) } }
            }
        }
    }
}

fn year_of(entry: &Entry) -> Option<i16> {
    entry.when().and_then(|when| rules::year(&when.to_string()))
}

/// How many there are of what was chosen, and the way back to all.
fn found(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let (text, count) = (ctx.text(), listing.entries.len());
    let is_all = listing.next.is_none() && choice.after.is_none() && !listing.has_more_alone;
    let words = if is_all { text.msg_results_found(count) } else { text.msg_results_found_here(count) };
    html! { p { strong { (words) } " · " a.ds-link href="/results" { (text.msg_results_show_all()) } } }
}

fn line(ctx: &Ctx, entry: &Entry) -> Markup {
    match entry {
        Entry::Report { report, counts, outside, has_comment } => {
            report_line(ctx, report, (*counts, *outside), *has_comment)
        }
        Entry::Alone(finding) => finding_line(ctx, finding),
    }
}

/// A line of a list with the mark of what is out of the usual, beside the tag of its state.
fn marked(ctx: &Ctx, item: &ui::ListItem<'_>, outside: Option<Outside>) -> Markup {
    let mark = outside.map(|outside| words::mark(ctx.text(), outside));
    html! { (ui::list_item(item)) @if let Some((tone, words)) = mark { (ui::tag(tone, &words)) } }
}

fn report_line(
    ctx: &Ctx,
    report: &Report,
    (counts, outside): (rules::Counts, Option<Outside>),
    has_comment: bool,
) -> Markup {
    let text = ctx.text();
    let is_told = !matches!(report.state, State::Withdrawn | State::Cancelled);
    let outside = outside.filter(|_| is_told);
    let counted = match outside {
        Some(_) => words::counts_beside_mark(text, counts),
        None => words::counts(text, counts),
    };
    let detail = [
        report_day(ctx, report),
        counted.filter(|_| is_told),
        report.asked_by.as_ref().map(|asker| asker.name.clone()),
        has_comment.then(|| text.msg_results_has_comment()),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    let (href, title, detail) = (format!("/results/{}", report.id), title_of(text, report), detail.join(" · "));
    let tag = words::state_tag(text, report.state);
    marked(ctx, &ui::ListItem { href: Some(&href), title: &title, detail: &detail, tag }, outside)
}

/// A value that came without a report leads to its history.
fn finding_line(ctx: &Ctx, finding: &Finding) -> Markup {
    let text = ctx.text();
    let value = words::value(ctx, &finding.value);
    let detail = [
        finding.taken.as_deref().and_then(|taken| dates::as_exact_as_known(taken, ctx.language)),
        (!value.is_empty()).then_some(value),
        rules::level(finding).and_then(|flag| words::beside_mark(text, flag)),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    let href = finding.name.code.as_deref().map(words::over_time_link);
    let (title, detail) = (words::name(text, &finding.name), detail.join(" · "));
    let tag = words::state_tag(text, finding.state);
    let item = ui::ListItem { href: href.as_deref(), title: &title, detail: &detail, tag };
    marked(ctx, &item, rules::outside(std::iter::once(finding)))
}

/// The day the sample was taken, or else that of the answer.
fn report_day(ctx: &Ctx, report: &Report) -> Option<String> {
    let taken = report.taken.as_deref().and_then(|taken| dates::as_exact_as_known(taken, ctx.language));
    taken.or_else(|| dates::as_exact_as_known(&report.issued?.to_string(), ctx.language))
}

/// What a report is called.
pub(super) fn title_of(text: &L10nLanguage, report: &Report) -> String {
    report.title.clone().unwrap_or_else(|| words::kind(text, report.kind))
}

/// Ways to a year, a kind, and a doctor or place, folded away since most people look for the newest.
fn choices(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let text = ctx.text();
    let all = |words: String, href: String, is_chosen: bool| (words, href, is_chosen);
    let mut years =
        vec![all(text.msg_results_all(), address(&without(choice, |c| c.year = None), None), choice.year.is_none())];
    let (first, last) = listing.years.unwrap_or((0, -1));
    years.extend((first..=last).rev().take(120).map(|year| {
        (year.to_string(), address(&without(choice, |c| c.year = Some(year)), None), choice.year == Some(year))
    }));
    let mut kinds =
        vec![all(text.msg_results_all(), address(&without(choice, |c| c.kind = None), None), choice.kind.is_none())];
    kinds.extend(KIND_NAMES.iter().map(|(kind, _)| {
        let href = address(&without(choice, |c| c.kind = Some(*kind)), None);
        (words::kind(text, *kind), href, choice.kind == Some(*kind))
    }));
    let mut askers =
        vec![all(text.msg_results_all(), address(&without(choice, |c| c.by = None), None), choice.by.is_none())];
    askers.extend(listing.askers.iter().map(|asker| {
        let href = address(&without(choice, |c| c.by.clone_from(&asker.reference)), None);
        (asker.name.clone(), href, choice.by == asker.reference)
    }));
    let rows = [(text.msg_results_year(), years), (text.msg_results_kind(), kinds), (text.msg_results_by(), askers)];
    // What is chosen stands in the heading, so that the answers are on the first screen.
    let narrow = rows.iter().flat_map(|(_, links)| links.iter().skip(1)).filter(|(_, _, is_chosen)| *is_chosen);
    let chosen: Vec<&str> = narrow.map(|(words, ..)| words.as_str()).collect();
    html! {
        details.ds-details {
            summary { span { (text.msg_results_find()) @for words in chosen { " · " strong { (words) } } } }
            div {
                @for (title, links) in &rows {
                    @if links.len() > 1 { (choice_row(title, links)) }
                }
            }
        }
    }
}

fn choice_row(title: &str, links: &[(String, String, bool)]) -> Markup {
    html! {
        h2.ds-heading data-size="xs" { (title) }
        ul.languages {
            @for (words, href, is_chosen) in links {
                li { a href=(href) aria-current=[is_chosen.then_some("true")] { (words) } }
            }
        }
    }
}

/// The choice with one thing changed, from its first page.
fn without(choice: &Choice, change: impl FnOnce(&mut Choice)) -> Choice {
    let mut changed = Choice { after: None, until: None, ..choice.clone() };
    change(&mut changed);
    changed
}

fn address(choice: &Choice, page: Option<(&str, Option<&str>)>) -> String {
    let parts = [
        choice.year.map(|year| format!("year={year}")),
        choice.kind.and_then(rules::kind_name).map(|kind| format!("kind={kind}")),
        choice.by.as_deref().map(|by| format!("by={}", words::encoded(by))),
        page.map(|(after, _)| format!("after={}", words::encoded(after))),
        page.and_then(|(_, until)| until).map(|until| format!("until={}", words::encoded(until))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "/results".to_owned() } else { format!("/results?{}", parts.join("&")) }
}

/// The newest answer, on the front page.
pub(super) fn front_card(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_results_front()))
        (ui::list(std::iter::once(ui::list_item(&ui::ListItem {
            href: Some(&format!("/results/{}", report.id)),
            title: &title_of(text, report),
            detail: &report_day(ctx, report).unwrap_or_default(),
            tag: words::state_tag(text, report.state),
        }))))
        p { a href="/results" { (text.msg_results_front_all()) } }
    }
}
