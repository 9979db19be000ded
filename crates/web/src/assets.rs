//! Style, script, font and pictures: built files that are committed, served compressed and kept by browsers for a year under a name that
//! changes with the content.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::Icon;

struct Asset {
    file: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
}

macro_rules! asset {
    ($file:literal, $kind:literal) => {
        Asset { file: $file, kind: $kind, bytes: include_bytes!(concat!("../assets/dist/", $file)), gzip: None }
    };
    ($file:literal, $kind:literal, gzip) => {
        Asset { gzip: Some(include_bytes!(concat!("../assets/dist/", $file, ".gz"))), ..asset!($file, $kind) }
    };
}

/// Files are found by name; the style sheet names its fonts relative to itself, so all share one version.
static ALL: [Asset; 7] = [
    asset!("style.css", "text/css; charset=utf-8", gzip),
    asset!("app.js", "text/javascript; charset=utf-8", gzip),
    asset!("service-worker.js", "text/javascript; charset=utf-8", gzip),
    asset!("icons.svg", "image/svg+xml", gzip),
    asset!("mark.svg", "image/svg+xml"),
    asset!("inter.woff2", "font/woff2"),
    asset!("inter-sami.woff2", "font/woff2"),
];

/// A part of the hash over all assets.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let hash = ALL.iter().fold(Sha256::new(), |hash, asset| hash.chain_update(asset.bytes)).finalize();
    hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

fn address(file: &str) -> String {
    format!("/assets/{}/{file}", *VERSION)
}

/// Address of the style sheet.
pub fn style() -> String {
    address("style.css")
}

/// Address of the script.
pub fn script() -> String {
    address("app.js")
}

/// Address of our mark.
pub fn mark() -> String {
    address("mark.svg")
}

/// Address of the font.
pub fn font() -> String {
    address("inter.woff2")
}

/// Address of one picture of the sprite.
pub fn icon(icon: Icon) -> String {
    format!("{}#{}", address("icons.svg"), icon.id())
}

/// Serves the assets. They say nothing about anybody, so browsers and proxies may keep them.
pub fn router() -> Router {
    Router::new().route("/assets/{version}/{file}", get(serve)).route("/service-worker.js", get(worker))
}

/// The service worker, which shows notifications. Its address stays the same, or each version would be another worker; browsers ask for it anew.
async fn worker(headers: HeaderMap) -> Response {
    serve(Path((String::new(), "service-worker.js".to_owned())), headers).await
}

async fn serve(Path((version, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ALL.iter().find(|asset| asset.file == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts_gzip =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let gzip = asset.gzip.filter(|_| accepts_gzip);
    let mut response = gzip.unwrap_or(asset.bytes).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    // A page of the version before or after ours, during an upgrade, gets what we have and asks again next time.
    let keep = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if gzip.is_some() {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_has_every_picture() {
        let icons = ALL.iter().find(|asset| asset.file == "icons.svg").unwrap();
        let sprite = std::str::from_utf8(icons.bytes).unwrap();
        for icon in Icon::ALL {
            assert!(sprite.contains(&format!("id=\"{}\"", icon.id())), "{icon:?}");
        }
    }

    #[test]
    fn a_first_visit_stays_within_its_budget() {
        let weight: usize = ALL.iter().map(|asset| asset.gzip.unwrap_or(asset.bytes).len()).sum();
        assert!(weight < 80_000, "{weight} bytes of assets leave too little of 100 kB for the page");
    }
}
