//! The International Patient Summary as a page, and the same on paper.

use maud::{Markup, html};
use serde_json::Value;
use varde_base::Language;
use varde_store::GateError;
use varde_web::{Tone, dates, ui};

use crate::l10n::{L10nLanguage, text};
use crate::shared::{Ctx, Why, because};
use crate::summary::fhir::{list, text_at};
use crate::summary::lines;
use crate::summary::model::{Line, Part, Section, Summary};
use crate::summary::pdf::{Block, Paper};

/// Words in the reader's language and in English, for those abroad.
fn both(ctx: &Ctx, words: impl Fn(&L10nLanguage) -> String) -> String {
    let (own, english) = (words(ctx.text()), words(text(Language::En)));
    if own == english { own } else { format!("{own} / {english}") }
}

/// The page; `None` when it could not be fetched.
pub(in super::super) fn international(ctx: &Ctx, summary: Option<&Summary>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/summary", &text.msg_summary_back()))
        (ui::heading(&text.msg_summary_ips_title()))
        @match summary {
            _ if !why.open => (ui::empty_state(&text.msg_summary_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_summary_missing())),
            Some(summary) => {
                (ui::lead(&text.msg_summary_ips_intro()))
                p { strong { (person(ctx, summary, false)) } }
                (ui::button_row(html! {
                    a.ds-button data-variant="primary" href="/summary/international/pdf" download { (text.msg_summary_ips_pdf()) }
                }))
                @for section in shown(summary) { (part(ctx, section)) }
                p { (text.msg_summary_ips_limits()) }
                p { (ui::download_link("/summary/international/fhir", &text.msg_summary_ips_fhir())) }
            }
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The parts that every summary has, and those that have something in them.
fn shown(summary: &Summary) -> impl Iterator<Item = &Section> {
    summary.sections.iter().filter(|section| section.part.is_required() || !section.entries.is_empty())
}

fn part(ctx: &Ctx, section: &Section) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&lines::title(text, section.part)))
        @match lines::of_section(section, ctx.language) {
            Ok(found) if found.is_empty() => p { (lines::nothing(text, section.part)) },
            Ok(found) => (ui::list(found.iter().map(item))),
            Err(_) => (ui::alert(Tone::Warning, &text.msg_summary_missing())),
        }
        @if let Some(words) = lines::more(text, section) { p { (words) } }
    }
}

fn item(line: &Line) -> Markup {
    ui::list_item(&ui::ListItem { href: None, title: &line.name, detail: &line.detail.join(" · "), tag: None })
}

/// The summary on paper, its headings in English too.
///
/// # Errors
/// [`GateError::Fault`] for an entry that cannot be read.
pub(in super::super) fn paper(ctx: &Ctx, summary: &Summary) -> Result<Paper, GateError> {
    let mut blocks = vec![Block::Paragraph(person(ctx, summary, true))];
    let made = dates::date_time(ctx.now, ctx.language);
    blocks.push(Block::Paragraph(ctx.text().msg_summary_paper_made(made)));
    for section in shown(summary) {
        blocks.push(Block::Heading(both(ctx, |text| lines::title(text, section.part))));
        let found = lines::of_section(section, ctx.language)?;
        blocks.push(if found.is_empty() {
            Block::Paragraph(both(ctx, |text| nothing(text, section.part)))
        } else {
            Block::List(found.into_iter().map(|line| (line.name, line.detail.join(" · "))).collect())
        });
        if section.is_cut {
            blocks.push(Block::Paragraph(both(ctx, |text| lines::more(text, section).unwrap_or_default())));
        }
    }
    blocks.push(Block::Paragraph(both(ctx, L10nLanguage::msg_summary_ips_limits)));
    Ok(Paper { title: both(ctx, L10nLanguage::msg_summary_ips_title), language: ctx.language.tag(), blocks })
}

fn nothing(text: &L10nLanguage, part: Part) -> String {
    lines::nothing(text, part)
}

/// Name and birth date of the person, and the national identity number where a paper is to be tied to them.
fn person(ctx: &Ctx, summary: &Summary, with_number: bool) -> String {
    let patient: Value = serde_json::from_slice(&summary.patient.body).unwrap_or_default();
    let name = list(&patient, "name").first().map(|name| {
        let given = name.get("given").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let family = text_at(name, &["family"]);
        given.chain(family).collect::<Vec<_>>().join(" ")
    });
    let born = text_at(&patient, &["birthDate"]).and_then(|born| dates::as_exact_as_known(born, ctx.language));
    let number = list(&patient, "identifier").iter().find_map(|its| {
        let is_national = text_at(its, &["system"]) == Some(varde_base::NATIONAL_ID_SYSTEM);
        text_at(its, &["value"]).filter(|_| is_national)
    });
    let facts = [
        name,
        born.map(|born| format!("{} {born}", both(ctx, L10nLanguage::msg_summary_paper_born))),
        number
            .filter(|_| with_number)
            .map(|number| format!("{} {number}", both(ctx, L10nLanguage::msg_summary_paper_number))),
    ];
    facts.into_iter().flatten().filter(|fact| !fact.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}
