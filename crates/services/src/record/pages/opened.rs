//! Markup of one document. What it says comes first; who wrote it, and what can be done about it, stand below.

use maud::{Markup, html};
use varde_fhir::ResourceType;
use varde_web::{Tone, dates, ui};

use super::super::actions::{Content, Opened};
use super::super::model::{Attachment, Document, Form, State};
use super::super::{clean, glossary};
use super::{kind, state_tag, title_of, visit_words};
use crate::shared::{Ctx, Why, audience_words, because};

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
        (ui::heading(&title_of(text, document)))
        @let byline = byline(ctx, document);
        @if !byline.is_empty() { (ui::lead(&byline)) }
        @if let Some((tone, words)) = state_help(ctx, document.state) { (ui::alert(tone, &words)) }
        @if document.state != State::Withdrawn {
            (ui::subheading(&text.msg_record_content()))
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

/// When, where and by whom, on one line.
fn byline(ctx: &Ctx, document: &Document) -> String {
    let date = document.date.as_deref().and_then(|date| dates::as_exact_as_known(date, ctx.language));
    let parts = [date, document.unit.clone(), document.authors.first().cloned()];
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
        @for content in &opened.contents { (file(ctx, document, content)) }
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
        Content::File(_) | Content::Elsewhere => None,
    }
}

fn file(ctx: &Ctx, document: &Document, content: &Content) -> Markup {
    let text = ctx.text();
    let Content::File(number) = content else { return html! {} };
    let attachment = document.attachments.get(*number);
    let words = text.msg_record_open_file(file_name(ctx, *number, attachment));
    html! { p { (ui::download_link(&format!("/record/{}/file/{number}", document.id), &words)) } }
}

fn file_name(ctx: &Ctx, number: usize, attachment: Option<&Attachment>) -> String {
    let title = attachment.and_then(|attachment| attachment.title.clone());
    let name = title.unwrap_or_else(|| ctx.text().msg_record_file(number.saturating_add(1)));
    match attachment.and_then(|attachment| attachment.content_type.as_deref()) {
        Some("application/pdf") => format!("{name} (PDF)"),
        _ => name,
    }
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
