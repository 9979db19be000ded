//! Markup of one answer. What the person asks first stands first: what the doctor wrote, what came of it, what it means, and what to do.

use maud::{Markup, html};
use varde_fhir::ResourceType;
use varde_web::{Tone, dates, ui};

use super::super::actions::Answer;
use super::super::model::{Attachment, Comment, Finding, Flag, Kind, Report, State, Value};
use super::super::rules;
use super::{report_day, title_of, words};
use crate::shared::{Ctx, Why, because};

/// One report.
pub(in super::super) fn details(ctx: &Ctx, answer: &Answer, why: &Why, may_report: bool) -> Markup {
    let text = ctx.text();
    let report = &answer.report;
    html! {
        (ui::back_link("/results", &text.msg_results_back()))
        (ui::heading(&title_of(text, report)))
        @let asked_by = report.asked_by.as_ref().map(|asker| asker.name.clone());
        @let about: Vec<String> = report_day(ctx, report).into_iter().chain(asked_by).collect();
        @if !about.is_empty() { (ui::lead(&about.join(" · "))) }
        @if let Some((tone, words)) = words::state_help(text, report.state) { (ui::alert(tone, &words)) }
        @for comment in &answer.comments { (written(ctx, comment)) }
        // What was wrong is not shown again.
        @if report.state != State::Withdrawn {
            @if matches!(report.kind, Kind::Pathology | Kind::Imaging) {
                (conclusion(ctx, report))
                (findings(ctx, answer))
            } @else {
                (findings(ctx, answer))
                (conclusion(ctx, report))
            }
            (attachments(ctx, report))
            (meaning(ctx, &answer.findings))
        }
        (ui::subheading(&text.msg_results_about_answer()))
        (ui::description_list(&facts(ctx, report)))
        @if may_report {
            p { a.ds-link href=(format!("/requests/new?item=DiagnosticReport/{}", report.id)) { (text.msg_results_report()) } }
        }
        (because(ctx, &[*why], Some((ResourceType::DIAGNOSTIC_REPORT, &report.id))))
    }
}

/// What somebody at the doctor's wrote about it.
fn written(ctx: &Ctx, comment: &Comment) -> Markup {
    let text = ctx.text();
    let by = comment.by.clone().unwrap_or_else(|| text.msg_results_comment_somebody());
    let day = comment.sent.and_then(|sent| dates::as_exact_as_known(&sent.to_string(), ctx.language));
    html! {
        div.ds-alert.confirmation data-color="info" {
            h2.ds-heading data-size="xs" { (text.msg_results_comment_title(by)) }
            (paragraphs(&comment.words))
            @if let Some(day) = day { p { small { (day) } } }
        }
    }
}

/// Words of a source, line by line.
fn paragraphs(words: &str) -> Markup {
    html! { @for line in words.lines().filter(|line| !line.trim().is_empty()) { p { (line) } } }
}

fn conclusion(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text();
    let title = match report.kind {
        Kind::Imaging => text.msg_results_conclusion_imaging(),
        Kind::Pathology => text.msg_results_conclusion_pathology(),
        _ => text.msg_results_conclusion(),
    };
    // A code says the same as the words where there are words.
    let codes: &[String] = if report.conclusion.is_some() { &[] } else { &report.conclusion_codes };
    html! {
        @if report.conclusion.is_some() || !codes.is_empty() {
            (ui::subheading(&title))
            @if let Some(words) = &report.conclusion { (paragraphs(words)) }
            @for words in codes { p { (words) } }
        }
    }
}

/// The values: a table for the laboratory, one below the other with room for words for all others.
fn findings(ctx: &Ctx, answer: &Answer) -> Markup {
    let text = ctx.text();
    let findings = &answer.findings;
    if findings.is_empty() {
        return html! {};
    }
    // Where words are outside and no number is, the numbers would seem to say that all is as usual.
    let counts = Some(rules::counts(findings.iter()))
        .filter(|counts| counts.outside > 0 || rules::outside(findings.iter()).is_none());
    let title = match answer.report.kind {
        Kind::Laboratory | Kind::Other => text.msg_results_values(),
        Kind::Microbiology => text.msg_results_values_microbiology(),
        Kind::Pathology | Kind::Imaging => text.msg_results_values_examination(),
    };
    html! {
        (ui::subheading(&title))
        @if let Some(words) = counts.and_then(|counts| words::counts(text, counts)) { (ui::lead(&words)) }
        @if answer.report.kind == Kind::Laboratory { (table(ctx, findings)) } @else { (blocks(ctx, findings)) }
    }
}

/// A row for each value, parts of a value on rows of their own.
fn table(ctx: &Ctx, findings: &[Finding]) -> Markup {
    let text = ctx.text();
    let heads = [
        text.msg_results_head_name(),
        text.msg_results_head_value(),
        text.msg_results_head_range(),
        text.msg_results_head_meaning(),
    ];
    let rows = findings.iter().flat_map(|finding| std::iter::once(finding).chain(&finding.parts));
    let rows = rows.filter(|finding| has_value(finding)).map(|finding| {
        [name(ctx, finding), value(ctx, finding), html! { span.figures { (ranges(ctx, finding)) } }, flag(ctx, finding)]
    });
    html! { (ui::table(&text.msg_results_values(), &heads, rows)) }
}

/// A heading above others has no value of its own.
fn has_value(finding: &Finding) -> bool {
    !matches!(finding.value, Value::Missing(None)) || (finding.parts.is_empty() && finding.members.is_empty())
}

fn name(ctx: &Ctx, finding: &Finding) -> Markup {
    let words = words::name(ctx.text(), &finding.name);
    html! {
        @match &finding.name.code {
            Some(code) => a.ds-link href=(words::over_time_link(code)) { (words) },
            None => (words),
        }
        @if let Some((_, state)) = words::state_tag(ctx.text(), finding.state).filter(|_| finding.id.is_some()) {
            " " small { "(" (state) ")" }
        }
    }
}

fn value(ctx: &Ctx, finding: &Finding) -> Markup {
    let words = words::value(ctx, &finding.value);
    // Of a medicine tried on a microbe often only the flag is given.
    let said = rules::level(finding).is_some();
    let words = if words.is_empty() && !said { ctx.text().msg_results_no_value() } else { words };
    let whole = rules::is_measured(finding).then_some("figures");
    html! { @if !words.is_empty() { strong class=[whole] { (words) } } @for note in &finding.notes { br; (note) } }
}

fn ranges(ctx: &Ctx, finding: &Finding) -> String {
    let written = finding.ranges.iter().map(|range| words::range(ctx, range)).filter(|words| !words.is_empty());
    let written: Vec<String> = written.collect();
    if written.is_empty() { ctx.text().msg_results_no_range() } else { written.join("; ") }
}

/// A flag as a tag with words; nothing where the value says it already.
fn flag(ctx: &Ctx, finding: &Finding) -> Markup {
    let said = matches!(finding.value, Value::Coded(_));
    html! {
        @match rules::level(finding).filter(|_| !said) {
            Some(flag) => span.ds-tag data-color=(color(words::flag_tone(flag))) { (words::flag(ctx.text(), flag)) },
            None => (ctx.text().msg_results_flag_none()),
        }
    }
}

/// The colour's name in the design system.
pub(super) const fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Info => "info",
        Tone::Success => "success",
        Tone::Warning => "warning",
        Tone::Danger => "danger",
    }
}

/// One below the other: what was looked for, what was found, and what else is said of it.
fn blocks(ctx: &Ctx, findings: &[Finding]) -> Markup {
    let facts: Vec<(String, Markup)> = findings
        .iter()
        .filter(|finding| has_value(finding) || !finding.parts.is_empty())
        .map(|finding| {
            let of = html! {
                @if has_value(finding) { (value(ctx, finding)) (told(ctx, finding)) }
                @if !finding.parts.is_empty() {
                    ul { @for part in &finding.parts {
                        li { (words::name(ctx.text(), &part.name)) ": " (value(ctx, part)) (told(ctx, part)) }
                    } }
                }
            };
            (words::name(ctx.text(), &finding.name), of)
        })
        .collect();
    ui::description_list(&facts)
}

/// The flag after a value, where there is one.
fn told(ctx: &Ctx, finding: &Finding) -> Markup {
    html! { @if rules::level(finding).is_some() && !matches!(finding.value, Value::Coded(_)) { " " (flag(ctx, finding)) } }
}

/// What the words of the flags mean: the ones on the page, each once, and what to do. Nothing is called good or bad.
fn meaning(ctx: &Ctx, findings: &[Finding]) -> Markup {
    let text = ctx.text();
    let all = findings.iter().flat_map(|finding| std::iter::once(finding).chain(&finding.parts));
    let flags: Vec<(Flag, bool)> =
        all.filter_map(|finding| Some((rules::level(finding)?, rules::is_measured(finding)))).collect();
    let any = |of: fn(Flag) -> bool| flags.iter().any(|(flag, _)| of(*flag));
    let measured = |of: fn(Flag) -> bool| flags.iter().any(|(flag, is_measured)| *is_measured && of(*flag));
    let paragraphs = [
        any(rules::is_far_outside).then(|| text.msg_results_means_far()),
        measured(rules::is_outside).then(|| text.msg_results_means_outside()),
        measured(|flag| flag == Flag::Within).then(|| text.msg_results_means_within()),
        any(|flag| matches!(flag, Flag::Sensitive | Flag::Intermediate | Flag::Resistant))
            .then(|| text.msg_results_means_resistance()),
        any(|flag| flag == Flag::Uncertain).then(|| text.msg_results_means_uncertain()),
    ];
    html! {
        (ui::subheading(&text.msg_results_means()))
        @for words in paragraphs.iter().flatten() { p { (words) } }
        p { (text.msg_results_means_ask()) }
        p { (text.msg_results_means_urgent()) }
    }
}

fn attachments(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text();
    let name = |number: usize, file: &Attachment| {
        let name = file.title.clone().unwrap_or_else(|| text.msg_results_file(number + 1));
        match file.content_type.as_deref().and_then(|kind| kind.split(';').next()) {
            Some("application/pdf") => format!("{name} (PDF)"),
            _ => name,
        }
    };
    html! {
        @if !report.attachments.is_empty() {
            (ui::subheading(&text.msg_results_files()))
            ul {
                @for (number, file) in report.attachments.iter().enumerate() {
                    li {
                        @if file.is_here {
                            (ui::download_link(&format!("/results/{}/file/{number}", report.id), &name(number, file)))
                        } @else {
                            (name(number, file)) ". " (text.msg_results_file_elsewhere())
                        }
                    }
                }
            }
        }
    }
}

fn facts(ctx: &Ctx, report: &Report) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let taken = report.taken.as_deref().and_then(|taken| dates::as_exact_as_known(taken, ctx.language));
    let issued = report.issued.and_then(|issued| dates::as_exact_as_known(&issued.to_string(), ctx.language));
    let joined = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    let taken_label = match report.kind {
        Kind::Imaging => text.msg_results_examined(),
        _ => text.msg_results_taken(),
    };
    let facts = [
        (taken_label, taken),
        (text.msg_results_issued(), issued),
        (text.msg_results_kind(), Some(words::kind(text, report.kind))),
        (text.msg_results_specimen(), joined(&report.specimens)),
        (text.msg_results_performer(), joined(&report.performers)),
        (text.msg_results_asked_by(), report.asked_by.as_ref().map(|asker| asker.name.clone())),
        (text.msg_results_state(), Some(words::state_name(text, report.state))),
    ];
    facts.into_iter().filter_map(|(label, value)| value.map(|value| (label, html! { (value) }))).collect()
}
