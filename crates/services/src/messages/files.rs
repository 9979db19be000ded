//! Files that go with a message: what kinds, how many, how large, and what they are called. Pure.

use serde::{Deserialize, Serialize};

/// Most files of a message.
pub(super) const MAX_FILES: usize = 5;

/// Largest file, in bytes.
pub(super) const FILE_MAX_BYTES: usize = 5 << 20;

/// Most bytes of all files of a message.
pub(super) const TOTAL_MAX_BYTES: usize = 15 << 20;

/// Most bytes of the files of all that one person has begun to write for another and not sent.
pub(super) const DRAFTS_MAX_BYTES: usize = 30 << 20;

/// Most characters of a file's name, without its ending.
const NAME_MAX_CHARS: usize = 80;

/// Letters that show what follows in another direction than it is written, or show nothing: with them a name can look like another.
const MISLEADING: [char; 13] = [
    '\u{200b}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}',
];

/// What has a meaning of its own in headers, pages or on some machines.
const REFUSED: [char; 9] = ['"', '<', '>', ':', '|', '?', '*', ';', '%'];

/// What a file is, by its first bytes; what it is called and what the browser says of it does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FileKind {
    /// A document (ISO 32000).
    Pdf,
    /// A photograph (ITU-T T.81).
    Jpeg,
    /// A picture (ISO/IEC 15948).
    Png,
}

impl FileKind {
    /// All that are taken.
    pub(super) const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// What the browser is asked to offer.
    pub(super) const ACCEPT: &str = "application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png";

    /// The MIME type.
    pub(super) const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The kind of a MIME type, with or without parameters.
    pub(super) fn from_mime(mime: &str) -> Option<Self> {
        let plain = mime.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|kind| kind.mime().eq_ignore_ascii_case(plain))
    }

    /// What it is called among people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }

    /// Endings of names, the usual one first.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
        }
    }

    /// What the bytes are; `None` for anything else, whatever it is called.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR";
        let is_pdf = bytes.strip_prefix(b"%PDF-").and_then(<[u8]>::first).is_some_and(u8::is_ascii_digit);
        let is_jpeg = bytes.starts_with(b"\xff\xd8\xff");
        match (is_pdf, is_jpeg, bytes.starts_with(PNG)) {
            (true, _, _) => Some(Self::Pdf),
            (_, true, _) => Some(Self::Jpeg),
            (_, _, true) => Some(Self::Png),
            _ => None,
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileError {
    /// Nothing is in it.
    Empty,
    /// It is none of the kinds that are taken.
    Kind,
    /// It is too large.
    Large,
    /// The message has as many as it may have.
    Many,
    /// Together they are too large.
    Together,
    /// What has been begun and not sent holds too much already.
    Drafts,
    /// Harmful code was found in it.
    Harmful,
    /// It could not be looked through for harmful code.
    NotScanned,
}

/// Whether one more file may go along with a message that has files of these sizes; of a file larger than [`FILE_MAX_BYTES`] `bytes` is `None`.
///
/// # Errors
/// Why not.
pub(super) fn check(
    bytes: Option<&[u8]>,
    here: impl Iterator<Item = usize>,
    in_drafts: usize,
) -> Result<FileKind, FileError> {
    let (count, total) = here.fold((0_usize, 0_usize), |(count, total), size| (count + 1, total.saturating_add(size)));
    if count >= MAX_FILES {
        return Err(FileError::Many);
    }
    let bytes = bytes.filter(|bytes| bytes.len() <= FILE_MAX_BYTES).ok_or(FileError::Large)?;
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    let kind = FileKind::of(bytes).ok_or(FileError::Kind)?;
    if total.saturating_add(bytes.len()) > TOTAL_MAX_BYTES {
        return Err(FileError::Together);
    }
    if in_drafts.saturating_add(bytes.len()) > DRAFTS_MAX_BYTES {
        return Err(FileError::Drafts);
    }
    Ok(kind)
}

/// A name that names no folder, looks like what it is and ends as its kind does; empty when nothing is left of it.
pub(super) fn clean_name(name: &str, kind: Option<FileKind>) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_good = |letter: &char| !MISLEADING.contains(letter) && !REFUSED.contains(letter);
    let spaced = last.chars().filter(is_good).map(|letter| if letter.is_control() { ' ' } else { letter });
    let spaced: String = spaced.collect();
    let cleaned = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let cleaned = cleaned.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let has_ending = |ending: &&str| {
        cleaned.rsplit_once('.').is_some_and(|(stem, its)| !stem.is_empty() && its.eq_ignore_ascii_case(ending))
    };
    let ending = kind.and_then(|kind| kind.endings().iter().find(|ending| has_ending(ending)));
    let stem = ending.and_then(|_| cleaned.rsplit_once('.')).map_or(cleaned, |(stem, _)| stem);
    let stem: String = stem.chars().take(NAME_MAX_CHARS).collect();
    let stem = stem.trim();
    match (stem, ending.or_else(|| kind.and_then(|kind| kind.endings().first()))) {
        ("", _) => String::new(),
        (stem, Some(ending)) => format!("{stem}.{ending}"),
        (stem, None) => stem.to_owned(),
    }
}
