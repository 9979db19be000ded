//! Files in a form and in a conversation.

use maud::{Markup, html};
use varde_web::{numbers, ui};

use super::super::drafts::DraftFile;
use super::super::files::{FILE_MAX_BYTES, FileError, FileKind, MAX_FILES, TOTAL_MAX_BYTES};
use super::super::model::{Attachment, Message, Place};
use super::write::FormState;
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// Id of the field with files.
pub(super) const FILES_ID: &str = "files";

/// Bytes of what people call a megabyte here.
const MEGABYTE: usize = 1 << 20;

/// A field for files, and what is there already. What is chosen goes along with whatever button is pressed.
pub(super) fn field(ctx: &Ctx, state: &FormState) -> Markup {
    let text = ctx.text();
    let help = text.msg_messages_files_help(MAX_FILES, FILE_MAX_BYTES / MEGABYTE, TOTAL_MAX_BYTES / MEGABYTE);
    let is_full = state.files.len() >= MAX_FILES;
    let error = state.at(text, FILES_ID);
    let names: Vec<String> = state.files.iter().map(|file| name_of(text, &file.name)).collect();
    html! {
        @if !is_full || error.is_some() {
            (ui::file_field(&ui::FileField {
                id: FILES_ID,
                label: &text.msg_messages_files(),
                help: &help,
                error: error.as_deref(),
                accept: FileKind::ACCEPT,
            }))
        }
        @if is_full { p { (text.msg_messages_files_full(MAX_FILES)) } }
        @if !names.is_empty() { p { (text.msg_messages_files_attached(names.join(", "))) } }
    }
}

/// The files a draft has, each with a button that takes it away. They stand after the button that sends, so that the key Enter sends and takes nothing away.
pub(super) fn attached(ctx: &Ctx, state: &FormState) -> Markup {
    html! {
        @if !state.files.is_empty() {
            div {
                p { strong { (ctx.text().msg_messages_files_list()) } }
                ul { @for file in &state.files { li { (one(ctx, file)) } } }
            }
        }
    }
}

fn one(ctx: &Ctx, file: &DraftFile) -> Markup {
    let text = ctx.text();
    let name = name_of(text, &file.name);
    let about = details(ctx, Some(file.kind), u64::try_from(file.bytes).ok());
    html! {
        (name) " " span.item-detail { (about) } " "
        (ui::small_button("then", &format!("remove-{}", file.id), &text.msg_messages_files_remove(), &name))
    }
}

fn name_of(text: &L10nLanguage, name: &str) -> String {
    if name.trim().is_empty() { text.msg_messages_file_unnamed() } else { name.to_owned() }
}

/// Kind and size in brackets, as far as they are known.
fn details(ctx: &Ctx, kind: Option<FileKind>, bytes: Option<u64>) -> String {
    let size = bytes.map(|bytes| size_words(ctx, bytes));
    let parts: Vec<String> = kind.map(|kind| kind.name().to_owned()).into_iter().chain(size).collect();
    if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) }
}

/// A size as people read it: `240 kB`, `1,3 MB`.
fn size_words(ctx: &Ctx, bytes: u64) -> String {
    const MB: u64 = 1_000_000;
    if bytes < MB {
        return format!("{} kB", bytes.div_ceil(1_000));
    }
    let tenths = bytes.div_ceil(MB / 10);
    format!("{} MB", numbers::decimal(&format!("{}.{}", tenths / 10, tenths % 10), ctx.language))
}

/// A file that came with a message, or that it is not here.
pub(super) fn attachment(ctx: &Ctx, message: &Message, number: usize, file: &Attachment) -> Markup {
    let text = ctx.text();
    let title = Some(file.title.clone()).filter(|title| !title.trim().is_empty());
    match (&file.place, title) {
        (Place::Here | Place::Binary(_), title) => {
            let title = title.unwrap_or_else(|| text.msg_messages_file(number + 1));
            let kind = file.content_type.as_deref().and_then(FileKind::from_mime);
            html! {
                (ui::download_link(&format!("/messages/{}/file/{number}", message.id), &title))
                " " span.item-detail { (details(ctx, kind, file.bytes)) }
            }
        }
        (Place::Elsewhere, Some(title)) => html! { (text.msg_messages_attachment(title)) },
        (Place::Elsewhere, None) => html! { (text.msg_messages_attachment_unnamed()) },
    }
}

/// Why a file was not taken, in words.
pub(super) fn error_words(text: &L10nLanguage, name: &str, error: FileError) -> String {
    let name = name_of(text, name);
    match error {
        FileError::Empty => text.msg_messages_error_file_empty(name),
        FileError::Kind => text.msg_messages_error_file_kind(name),
        FileError::Large => text.msg_messages_error_file_large(name, FILE_MAX_BYTES / MEGABYTE),
        FileError::Many => text.msg_messages_error_file_many(MAX_FILES),
        FileError::Together => text.msg_messages_error_file_together(name, TOTAL_MAX_BYTES / MEGABYTE),
        FileError::Drafts => text.msg_messages_error_file_drafts(),
        FileError::Harmful => text.msg_messages_error_file_harmful(name),
        FileError::NotScanned => text.msg_messages_error_file_not_scanned(name),
    }
}
