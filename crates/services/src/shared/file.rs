use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;

/// Types of files that are given out as what they say they are; all others are only bytes to keep.
const FILE_TYPES: [(&str, &str); 4] =
    [("application/pdf", "pdf"), ("text/plain", "txt"), ("image/png", "png"), ("image/jpeg", "jpg")];

/// A file from a source may do nothing and fetch nothing, even where a browser opens it instead of keeping it.
const FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// A file that came with a resource (FHIR Attachment), to keep. `data` is its base64; `number` counts from 0. `None` when it is not base64.
///
/// What a source calls a page or a picture with script in it is never shown as one: no file is opened here.
pub(crate) fn file_response(content_type: Option<&str>, data: &str, number: usize) -> Option<Response> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).ok()?;
    let plain = content_type.and_then(|kind| kind.split(';').next()).map(str::trim);
    let known = FILE_TYPES.iter().find(|(known, _)| Some(*known) == plain);
    let (kind, ending) = known.copied().unwrap_or(("application/octet-stream", "bin"));
    let kind = if kind == "text/plain" { "text/plain; charset=utf-8" } else { kind };
    let name = format!("attachment; filename=\"varde-{}.{ending}\"", number.saturating_add(1));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name.as_str()),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
    ];
    Some((headers, bytes).into_response())
}
