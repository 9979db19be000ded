use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use varde_base::Language;

/// Cookie with the language chosen, for a year.
const COOKIE: &str = "__Host-varde_lang";

/// Seconds the choice is kept.
const COOKIE_AGE_SECONDS: u32 = 31_536_000;

/// The language of the page: `?lang=` in the address, then what the person chose before, then what the browser asks for, then Bokmål.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lang(pub Language);

impl Lang {
    /// The language for a request with this query and these headers.
    pub fn of(query: Option<&str>, headers: &HeaderMap) -> Language {
        let accepted = || {
            let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::negotiate(header)
        };
        asked(query).or_else(|| chosen(headers)).or_else(accepted).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::of(parts.uri.query(), &parts.headers)))
    }
}

/// The value of `lang` in a query, if it is a language the portal has.
fn asked(query: Option<&str>) -> Option<Language> {
    query?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::from_tag)
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    cookie(headers, COOKIE).and_then(Language::from_tag)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The cookie that keeps a language asked for with `?lang=`, so that the next page has it too.
pub fn keep_language(query: Option<&str>) -> Option<HeaderValue> {
    let language = asked(query)?;
    let value = format!("{COOKIE}={language}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={COOKIE_AGE_SECONDS}");
    HeaderValue::from_str(&value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str, accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        headers
    }

    #[test]
    fn the_address_wins_over_the_choice_and_the_choice_over_the_browser() {
        for (query, cookie, accept, expected) in [
            (Some("lang=se"), "__Host-varde_lang=nn", "en", Language::Se),
            (Some("x=1&lang=en"), "", "nn", Language::En),
            (Some("lang=klingon"), "a=b; __Host-varde_lang=nn", "en", Language::Nn),
            (None, "__Host-varde_lang=xx", "en-GB,en;q=0.9", Language::En),
            (None, "", "de", Language::Nb),
        ] {
            assert_eq!(Lang::of(query, &headers(cookie, accept)), expected, "{query:?} {cookie} {accept}");
        }
    }
}
