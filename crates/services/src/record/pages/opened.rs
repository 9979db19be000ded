//! Markup of one document. What it says comes first; who wrote it, and what can be done about it, stand below.

use maud::{Markup, html};
use varde_fhir::ResourceType;
use varde_web::{Tone, dates, numbers, ui};

use super::super::actions::{Content, Opened};
use super::super::model::{Document, Form, Kind, State};
use super::super::{clean, glossary, rules};
use super::{kind, state_tag, title_of, visit_words};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_words, because, can_be_opened};

/// What the reader may do about a document.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Offers {
    /// Report an error.
    pub may_report: bool,
    /// See who has read it.
    pub sees_log: bool,
}

/// One document.
pub(in super::super) fn details(ctx: &Ctx, opened: &Opened, why: &Why, offers: Offers) -> Markup {
    let text = ctx.text();
    let document = &opened.document;
    let resource_type = match document.form {
        Form::Reference => ResourceType::DOCUMENT_REFERENCE,
        Form::Composition => ResourceType::COMPOSITION,
    };
    html! {
        (ui::back_link("/record", &text.msg_record_back()))
        (ui::heading(&rules::unbroken(&title_of(text, document))))
        @let byline = byline(ctx, document);
        @if !byline.is_empty() { (ui::lead(&byline)) }
        @if let Some((tone, words)) = state_help(ctx, document.state) { (ui::alert(tone, &words)) }
        @if document.state != State::Withdrawn {
            @if !has_only_files(opened) { (ui::subheading(&text.msg_record_content())) }
            (contents(ctx, opened))
        }
        (ui::subheading(&text.msg_record_about()))
        (ui::description_list(&facts(ctx, opened)))
        @if offers.may_report || offers.sees_log {
            ul {
                @if offers.may_report {
                    li { a.ds-link href=(format!("/requests/new?item={resource_type}/{}", document.id)) { (text.msg_record_report()) } }
                }
                @if offers.sees_log {
                    li { a.ds-link href=(format!("/access-log?item={resource_type}/{}", document.id)) { (text.msg_record_log()) } }
                }
            }
        }
        (because(ctx, &[*why], Some((resource_type, &document.id))))
    }
}

/// Whether there is nothing to read on the page itself.
fn has_only_files(opened: &Opened) -> bool {
    !opened.contents.is_empty() && opened.contents.iter().all(|content| matches!(content, Content::File(..)))
}

/// What it is where its title does not say so, when, where and by whom, on one line.
fn byline(ctx: &Ctx, document: &Document) -> String {
    let date = document.date.as_deref().and_then(|date| dates::as_exact_as_known(date, ctx.language));
    let what = kind(ctx.text(), document.kind);
    let says_more = document.kind != Kind::Other && what != title_of(ctx.text(), document);
    let parts = [says_more.then_some(what), date, document.unit.clone(), document.authors.first().cloned()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn state_help(ctx: &Ctx, state: State) -> Option<(Tone, String)> {
    let text = ctx.text();
    Some(match state {
        State::Current => return None,
        State::Preliminary => (Tone::Info, text.msg_record_help_preliminary()),
        State::Amended => (Tone::Info, text.msg_record_help_amended()),
        State::Superseded => (Tone::Info, text.msg_record_help_superseded()),
        State::Withdrawn => (Tone::Warning, text.msg_record_help_withdrawn()),
    })
}

fn contents(ctx: &Ctx, opened: &Opened) -> Markup {
    let text = ctx.text();
    let document = &opened.document;
    let parts: Vec<Markup> = opened.contents.iter().filter_map(written).collect();
    let joined = html! { @for part in &parts { (part) } };
    let explained = glossary::explained(&joined, ctx.language);
    html! {
        @if opened.contents.is_empty() { p { (text.msg_record_no_content()) } }
        @if explained.count > 0 { p.item-detail { (text.msg_record_words_help()) } }
        @if !parts.is_empty() { div.document lang=[document.language.as_deref()] { (explained.markup) } }
        (files(ctx, opened))
        @if opened.contents.iter().any(|content| matches!(content, Content::Elsewhere)) {
            p { (text.msg_record_elsewhere()) }
        }
    }
}

/// What can be read on the page; `None` for a file.
fn written(content: &Content) -> Option<Markup> {
    match content {
        Content::Html(source) => Some(clean::page(source)),
        Content::Plain(source) => Some(clean::plain(source)),
        Content::Section(section) => Some(html! {
            @if let Some(title) = &section.title { h3 { (title) } }
            @if let Some(narrative) = &section.narrative { (clean::page(narrative)) }
        }),
        Content::File(..) | Content::Elsewhere => None,
    }
}

/// The files of a document, each with what it is, how large, and what can be done with it.
fn files(ctx: &Ctx, opened: &Opened) -> Markup {
    let text = ctx.text();
    let files = opened.contents.iter().filter_map(|content| match content {
        Content::File(number, bytes) => Some((*number, *bytes)),
        _ => None,
    });
    let files: Vec<(usize, u64)> = files.collect();
    let title = if files.len() == 1 { text.msg_record_file_title() } else { text.msg_record_files_title(files.len()) };
    html! {
        @if !files.is_empty() {
            (ui::subheading(&title))
            @for (number, bytes) in &files { (file(ctx, &opened.document, (*number, *bytes), files.len() == 1)) }
        }
    }
}

fn file(ctx: &Ctx, document: &Document, (number, bytes): (usize, u64), is_only: bool) -> Markup {
    let text = ctx.text();
    let attachment = document.attachments.get(number);
    let content_type = attachment.and_then(|attachment| attachment.content_type.as_deref());
    let form = file_form(text, content_type);
    let title = attachment.and_then(|attachment| attachment.title.clone());
    let name = title.unwrap_or_else(|| text.msg_record_file(number.saturating_add(1)));
    let words = format!("{name} ({form}, {})", size(ctx, bytes));
    // Of several files each button says which it is of.
    let named = if is_only { form } else { format!("{name} ({form})") };
    let href = format!("/record/{}/file/{number}", document.id);
    html! {
        p.item-title { (words) }
        (ui::button_row(html! {
            @if can_be_opened(content_type) { (ui::button_link(&format!("{href}?open=1"), &text.msg_record_look_at_file(named.clone()))) }
            a.ds-button data-variant="secondary" href=(href) download { (text.msg_record_open_file(named)) }
        }))
    }
}

/// What kind of file it is, in a word people know.
fn file_form(text: &L10nLanguage, content_type: Option<&str>) -> String {
    match content_type {
        Some("application/pdf") => text.msg_record_file_pdf(),
        Some(kind) if kind.starts_with("image/") => text.msg_record_file_picture(),
        Some("text/plain" | "text/html" | "application/xhtml+xml") => text.msg_record_file_text(),
        _ => text.msg_record_file_other(),
    }
}

/// How large a file is, as people say it: whole kilobytes, from a million bytes on megabytes with one decimal.
fn size(ctx: &Ctx, bytes: u64) -> String {
    let text = ctx.text();
    if bytes < 1_000_000 {
        return text.msg_record_kilobytes(bytes.div_ceil(1_000).max(1));
    }
    let tenths = bytes.saturating_add(50_000) / 100_000;
    text.msg_record_megabytes(numbers::decimal(&format!("{}.{}", tenths / 10, tenths % 10), ctx.language))
}

fn facts(ctx: &Ctx, opened: &Opened) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let document = &opened.document;
    let date = document.date.as_deref().and_then(|date| dates::as_exact_as_known(date, ctx.language));
    let authors = (!document.authors.is_empty()).then(|| document.authors.join(", "));
    let facts = [
        (text.msg_record_kind(), Some(kind(text, document.kind))),
        (text.msg_record_written(), date),
        (text.msg_record_authors(), authors),
        (text.msg_record_unit(), document.unit.clone()),
        (text.msg_record_visit_of(), opened.visit.as_ref().map(|visit| visit_words(ctx, visit))),
        (text.msg_record_state(), state_tag(text, document.state).map(|(_, words)| words)),
        (text.msg_record_audience(), audience_words(text, opened.audience.as_ref())),
    ];
    facts.into_iter().filter_map(|(label, value)| value.map(|value| (label, html! { (value) }))).collect()
}
