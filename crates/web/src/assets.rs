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
    /// Path with a part of the content's hash in it.
    url: String,
}

impl Asset {
    fn new(file: &'static str, kind: &'static str, bytes: &'static [u8], gzip: Option<&'static [u8]>) -> Self {
        let hash = Sha256::digest(bytes);
        let short: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { file, kind, bytes, gzip, url: format!("/assets/{short}/{file}") }
    }
}

macro_rules! dist {
    ($file:literal) => {
        include_bytes!(concat!("../assets/dist/", $file))
    };
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("style.css", "text/css; charset=utf-8", dist!("style.css"), Some(dist!("style.css.gz")))
});
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app.js", "text/javascript; charset=utf-8", dist!("app.js"), Some(dist!("app.js.gz"))));
static ICONS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icons.svg", "image/svg+xml", dist!("icons.svg"), Some(dist!("icons.svg.gz"))));
static MARK: LazyLock<Asset> = LazyLock::new(|| Asset::new("mark.svg", "image/svg+xml", dist!("mark.svg"), None));
static FONT: LazyLock<Asset> = LazyLock::new(|| Asset::new("inter.woff2", "font/woff2", dist!("inter.woff2"), None));

fn all() -> [&'static Asset; 5] {
    [&*STYLE, &*SCRIPT, &*ICONS, &*MARK, &*FONT]
}

/// Address of the style sheet.
pub fn style() -> &'static str {
    &STYLE.url
}

/// Address of the script.
pub fn script() -> &'static str {
    &SCRIPT.url
}

/// Address of our mark.
pub fn mark() -> &'static str {
    &MARK.url
}

/// Address of the font.
pub fn font() -> &'static str {
    &FONT.url
}

/// Address of one picture of the sprite.
pub fn icon(icon: Icon) -> String {
    format!("{}#{}", ICONS.url, icon.id())
}

/// Serves the assets. They say nothing about anybody, so browsers and proxies may keep them.
pub fn router() -> Router {
    Router::new().route("/assets/{version}/{file}", get(serve))
}

async fn serve(Path((version, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let asked = format!("/assets/{version}/{file}");
    let Some(asset) = all().into_iter().find(|asset| asset.url == asked && asset.file == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts_gzip =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let gzip = asset.gzip.filter(|_| accepts_gzip);
    let mut response = gzip.unwrap_or(asset.bytes).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
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
        let sprite = std::str::from_utf8(ICONS.bytes).unwrap();
        for icon in Icon::ALL {
            assert!(sprite.contains(&format!("id=\"{}\"", icon.id())), "{icon:?}");
        }
    }

    #[test]
    fn a_first_visit_stays_within_its_budget() {
        let weight: usize = all().iter().map(|asset| asset.gzip.unwrap_or(asset.bytes).len()).sum();
        assert!(weight < 80_000, "{weight} bytes of assets leave too little of 100 kB for the page");
    }
}
