use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Types of files that are given out as what they say they are; all others are only bytes to keep.
const FILE_TYPES: [(&str, &str); 4] =
    [("application/pdf", "pdf"), ("text/plain", "txt"), ("image/png", "png"), ("image/jpeg", "jpg")];

/// A file from a source may do nothing and fetch nothing, even where a browser opens it instead of keeping it.
const FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Kinds of files that a browser shows without running anything in them, and the bytes each begins with.
const OPENED_TYPES: [(&str, &[u8]); 3] =
    [("application/pdf", b"%PDF-"), ("image/png", b"\x89PNG\r\n\x1a\n"), ("image/jpeg", b"\xff\xd8\xff")];

/// Whether a file of this kind can be looked at in the browser.
pub(crate) fn can_be_opened(content_type: Option<&str>) -> bool {
    OPENED_TYPES.iter().any(|(known, _)| Some(*known) == content_type)
}

/// A file as [`file_response`] gives it, for the browser to show by itself, never inside a page of ours (docs/decisions/0013-harmless-html.md). `None`
/// for what is of another kind than a PDF or a picture without script, or does not begin as what it is said to be.
pub(crate) fn opened_file(content_type: Option<&str>, data: &str, number: usize) -> Option<Response> {
    let plain = content_type.and_then(|kind| kind.split(';').next()).map(str::trim);
    let (_, beginning) = OPENED_TYPES.iter().find(|(known, _)| Some(*known) == plain)?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).ok()?;
    if !bytes.starts_with(beginning) {
        return None;
    }
    let mut response = file_response(plain, data, number)?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Some(response)
}

/// A file that came with a resource (FHIR Attachment), to keep. `data` is its base64; `number` counts from 0. `None` when it is not base64.
///
/// What a source calls a page or a picture with script in it is never shown as one: only what [`opened_file`] names is opened.
pub(crate) fn file_response(content_type: Option<&str>, data: &str, number: usize) -> Option<Response> {
    named_file_response(content_type, data, number, "")
}

/// As [`file_response`], under a name that has been cleaned; empty for one of ours.
pub(crate) fn named_file_response(
    content_type: Option<&str>,
    data: &str,
    number: usize,
    name: &str,
) -> Option<Response> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).ok()?;
    let plain = content_type.and_then(|kind| kind.split(';').next()).map(str::trim);
    let known = FILE_TYPES.iter().find(|(known, _)| Some(*known) == plain);
    let (kind, ending) = known.copied().unwrap_or(("application/octet-stream", "bin"));
    let kind = if kind == "text/plain" { "text/plain; charset=utf-8" } else { kind };
    let mut disposition = format!("attachment; filename=\"varde-{}.{ending}\"", number.saturating_add(1));
    // Of a kind that is not known, a name could promise one. RFC 6266 section 4.3: who knows the second takes it.
    if known.is_some() && !name.is_empty() {
        disposition.push_str(&format!("; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC)));
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
    ];
    Some((headers, bytes).into_response())
}
