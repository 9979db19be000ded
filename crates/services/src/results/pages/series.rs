//! Markup of the list of analyses and of one analysis over time.

use maud::{Markup, html};
use varde_web::chart::{self, Chart, Mark, Point};
use varde_web::{Tone, dates, ui};

use super::super::actions::Series;
use super::super::model::{Finding, Flag};
use super::super::rules::{self, Drawn};
use super::answer::color;
use super::words;
use crate::shared::{Ctx, Why, because};

/// Each analysis with its newest value; `None` when they could not be fetched.
pub(in super::super) fn analyses(ctx: &Ctx, found: Option<&(Vec<Finding>, bool)>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/results", &text.msg_results_back()))
        (ui::heading(&text.msg_results_analyses_title()))
        @match found {
            _ if !why.open => (ui::empty_state(&text.msg_results_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_results_missing())),
            Some((findings, _)) if findings.is_empty() => (ui::empty_state(&text.msg_results_none(), &text.msg_results_none_help())),
            Some((findings, is_cut)) => {
                (ui::lead(&text.msg_results_analyses_intro()))
                (ui::list(by_name(ctx, findings).into_iter().map(|(name, finding)| line(ctx, &name, finding))))
                @if *is_cut { p { (text.msg_results_analyses_cut(findings.len())) } }
            }
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn by_name<'a>(ctx: &Ctx, findings: &'a [Finding]) -> Vec<(String, &'a Finding)> {
    let mut named: Vec<(String, &Finding)> =
        findings.iter().map(|finding| (words::name(ctx.text(), &finding.name), finding)).collect();
    named.sort_by_key(|(name, _)| name.to_lowercase());
    named
}

fn line(ctx: &Ctx, name: &str, finding: &Finding) -> Markup {
    let day = finding.taken.as_deref().and_then(|taken| dates::as_exact_as_known(taken, ctx.language));
    let value = words::value(ctx, &finding.value);
    let flag = rules::level(finding).filter(|flag| rules::is_outside(*flag));
    let more = flag.and_then(|flag| words::beside_mark(ctx.text(), flag));
    let detail: Vec<String> = [(!value.is_empty()).then_some(value), more, day].into_iter().flatten().collect();
    ui::list_item(&ui::ListItem {
        href: finding.name.code.as_deref().map(words::over_time_link).as_deref(),
        title: name,
        detail: &detail.join(" · "),
        tag: rules::outside(std::iter::once(finding)).map(|outside| words::mark(ctx.text(), outside)),
    })
}

/// The title of one analysis over time.
pub(in super::super) fn series_title(ctx: &Ctx, series: Option<&Series>) -> String {
    let newest = series.and_then(|series| series.findings.first());
    newest.map_or_else(|| ctx.text().msg_results_analyses_title(), |finding| words::name(ctx.text(), &finding.name))
}

/// One analysis over time: the newest in words, a picture, and the table that says the same.
pub(in super::super) fn over_time(ctx: &Ctx, series: Option<&Series>, code: &str, is_older: bool, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/results/analyses", &text.msg_results_analyses_back()))
        (ui::heading(&series_title(ctx, series)))
        @match series {
            _ if !why.open => (ui::empty_state(&text.msg_results_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_results_missing())),
            Some(series) if series.findings.is_empty() => (ui::empty_state(&text.msg_results_none(), &text.msg_results_none_help())),
            Some(series) => (shown(ctx, series, code, is_older)),
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn shown(ctx: &Ctx, series: &Series, code: &str, is_older: bool) -> Markup {
    let text = ctx.text();
    let drawn = rules::drawn(&series.findings);
    let newest = series.findings.first();
    let analysis = newest.and_then(|finding| finding.name.analysis);
    html! {
        @if let Some(analysis) = analysis { (ui::lead(&words::about(text, analysis))) }
        @if let Some(finding) = newest.filter(|_| !is_older) { (latest(ctx, finding)) }
        @if drawn.len() > 1 {
            (ui::subheading(&text.msg_results_chart_title()))
            (picture(ctx, &drawn))
            @if drawn.len() < series.findings.len() { p { (text.msg_results_chart_some_left_out()) } }
        }
        (ui::subheading(&text.msg_results_table_title()))
        (table(ctx, &series.findings))
        @if let Some(next) = &series.next {
            p { a.ds-button data-variant="secondary" href=(format!("{}&after={}", words::over_time_link(code), words::encoded(next))) {
                (text.msg_results_older())
            } }
        }
        p { (text.msg_results_chart_note()) }
        p { (text.msg_results_means_ask()) }
    }
}

fn latest(ctx: &Ctx, finding: &Finding) -> Markup {
    let text = ctx.text();
    let (value, day) = (words::value(ctx, &finding.value), day(ctx, finding));
    html! {
        p {
            (text.msg_results_latest(day, value)) " "
            @if let Some(flag) = rules::level(finding) {
                span.ds-tag data-color=(color(words::flag_tone(flag))) { (words::flag(text, flag)) }
            }
        }
    }
}

fn day(ctx: &Ctx, finding: &Finding) -> String {
    let issued = finding.issued.map(|issued| issued.to_string());
    let when = finding.taken.as_deref().or(issued.as_deref());
    when.and_then(|when| dates::as_exact_as_known(when, ctx.language))
        .unwrap_or_else(|| ctx.text().msg_results_no_date())
}

fn picture(ctx: &Ctx, drawn: &[Drawn<'_>]) -> Markup {
    let text = ctx.text();
    let points: Vec<Point> = drawn.iter().map(|of| point(ctx, of)).collect();
    let band = rules::band(drawn);
    let mut legend: Vec<(Option<Mark>, String)> = Vec::new();
    if let Some(range) = band.and_then(|_| rules::usual(drawn.last()?.finding)) {
        legend.push((None, text.msg_results_legend_band(words::range(ctx, range))));
    }
    for (mark, words) in [
        (Mark::Within, text.msg_results_flag_within()),
        (Mark::Above, text.msg_results_flag_high()),
        (Mark::Below, text.msg_results_flag_low()),
        (Mark::Unknown, text.msg_results_flag_none()),
    ] {
        if points.iter().any(|point| point.mark == mark) {
            legend.push((Some(mark), words));
        }
    }
    let end = |of: Option<&Drawn<'_>>| of.map(|of| day(ctx, of.finding)).unwrap_or_default();
    let (first, last) = (end(drawn.first()), end(drawn.last()));
    let number = |of: &Drawn<'_>| words::value(ctx, &of.finding.value);
    let lowest = drawn.iter().min_by(|a, b| a.number.total_cmp(&b.number)).map(number).unwrap_or_default();
    let highest = drawn.iter().max_by(|a, b| a.number.total_cmp(&b.number)).map(number).unwrap_or_default();
    let years = |of: Option<&Drawn<'_>>| {
        of.and_then(|of| rules::year(&of.at.to_string())).map(|year| year.to_string()).unwrap_or_default()
    };
    let title = drawn.last().map(|of| words::name(text, &of.finding.name)).unwrap_or_default();
    chart::chart(&Chart {
        id: "over-time",
        title: &title,
        description: &text.msg_results_chart_description(points.len(), first, last, lowest, highest),
        points: &points,
        band: band.unwrap_or_default(),
        legend: &legend,
        ends: (&years(drawn.first()), &years(drawn.last())),
        language: ctx.language,
    })
}

fn point(ctx: &Ctx, of: &Drawn<'_>) -> Point {
    let flag = rules::level(of.finding);
    let mark = match flag {
        Some(Flag::Within) => Mark::Within,
        Some(Flag::High | Flag::VeryHigh) => Mark::Above,
        Some(Flag::Low | Flag::VeryLow) => Mark::Below,
        _ => Mark::Unknown,
    };
    let said = flag.map(|flag| words::flag(ctx.text(), flag));
    let label: Vec<String> =
        [Some(day(ctx, of.finding)), Some(words::value(ctx, &of.finding.value)), said].into_iter().flatten().collect();
    Point { at: of.at, value: of.number, mark, label: label.join(" · ") }
}

fn table(ctx: &Ctx, findings: &[Finding]) -> Markup {
    let text = ctx.text();
    let heads = [
        text.msg_results_head_day(),
        text.msg_results_head_value(),
        text.msg_results_head_range(),
        text.msg_results_head_meaning(),
    ];
    let rows = findings.iter().map(|finding| {
        let range = rules::usual(finding).or(finding.ranges.first()).map(|range| words::range(ctx, range));
        let said = rules::level(finding).map_or_else(|| text.msg_results_flag_none(), |flag| words::flag(text, flag));
        [
            html! { (day(ctx, finding)) },
            html! {
                strong.figures { (words::value(ctx, &finding.value)) }
                @if let Some((_, state)) = words::state_tag(text, finding.state) { " " small { "(" (state) ")" } }
            },
            html! { span.figures { (range.filter(|words| !words.is_empty()).unwrap_or_else(|| text.msg_results_no_range())) } },
            html! { (said) },
        ]
    });
    ui::table(&text.msg_results_table_title(), &heads, rows)
}
