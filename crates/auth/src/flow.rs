//! `/sign-in`, `/sign-in/callback`, `/sign-out`.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use varde_base::{AssuranceLevel, Category, CitizenActor, NationalId, SystemRandom, date_in_norway, token_base64url};
use varde_rights::{AgeBand, age_in_years};
use varde_store::Ephemeral;
use varde_web::{Lang, PageError, SafeForm, Visitor, cookie};

use crate::directory::Person;
use crate::pages::{Stopped, stopped};
use crate::provider::{ProviderError, Vouched};
use crate::session::hash;
use crate::{Auth, cookies};

const KIND: &str = "sign-in";

/// How long somebody may take at the provider.
const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// From this age one signs in oneself (domain.md section 1.1).
const SIGN_IN_AGE: i16 = 13;

pub(crate) fn router(auth: Auth) -> Router {
    Router::new()
        .route("/sign-in", get(sign_in))
        .route("/sign-in/callback", get(callback))
        .route("/sign-out", post(sign_out))
        .with_state(auth)
}

/// Where to go afterwards, and whom to suggest to the provider.
#[derive(Debug, Deserialize)]
struct SignIn {
    next: Option<String>,
    login_hint: Option<String>,
}

/// What is kept while somebody is at the provider.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    nonce: String,
    verifier: String,
    next: String,
    /// Hash of the cookie that binds it to the browser it began in.
    browser: Vec<u8>,
}

async fn sign_in(State(auth): State<Auth>, Lang(language): Lang, Query(asked): Query<SignIn>) -> Response {
    let hint = asked.login_hint.as_deref().filter(|hint| is_hint(hint));
    let departure = match auth.0.provider.depart(hint, language).await {
        Ok(departure) => departure,
        Err(_) => return stopped(Stopped::ProviderDown, language),
    };
    let browser = token_base64url(&mut SystemRandom);
    let next = asked.next.as_deref().filter(|next| is_local(next)).unwrap_or("/");
    let under_way = UnderWay {
        nonce: departure.nonce,
        verifier: departure.verifier,
        next: next.to_owned(),
        browser: hash(&browser),
    };
    let now = auth.0.clock.now();
    let kept = Ephemeral {
        kind: KIND.to_owned(),
        key_hash: hash(&departure.state),
        owner: String::new(),
        value: serde_json::to_vec(&under_way).unwrap_or_default(),
        expires: now.saturating_add(LIFE).unwrap_or(Timestamp::MAX),
    };
    if let Err(error) = auth.0.sessions.ephemeral().put(kept).await {
        return PageError { category: error.category(), language, visitor: None }.into_response();
    }
    let mut response = Redirect::to(&departure.url).into_response();
    let seconds = u64::try_from(LIFE.as_secs()).unwrap_or_default();
    add_cookie(&mut response, cookies::set(cookies::SIGN_IN, &browser, Some(seconds)));
    response
}

/// `pid:` and eleven digits, as ID-porten takes it.
fn is_hint(hint: &str) -> bool {
    hint.strip_prefix("pid:").is_some_and(|pid| pid.len() == 11 && pid.bytes().all(|b| b.is_ascii_digit()))
}

/// A path of our own: nobody is sent to another site by a link to our sign-in (CWE-601).
fn is_local(next: &str) -> bool {
    let rest = next.strip_prefix('/');
    let clean = next.len() <= 2_000 && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    clean && rest.is_some_and(|rest| !rest.starts_with('/')) && !next.starts_with("/sign-")
}

/// What the provider sends back.
#[derive(Debug, Deserialize)]
struct Return {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

async fn callback(
    State(auth): State<Auth>,
    Lang(language): Lang,
    headers: HeaderMap,
    Query(returned): Query<Return>,
) -> Response {
    let outcome = admit(&auth, &headers, returned).await;
    let mut response = match outcome {
        Ok((token, next)) => {
            let mut response = Redirect::to(&next).into_response();
            add_cookie(&mut response, cookies::set(cookies::SESSION, &token, None));
            response
        }
        Err(Refusal::Stopped(why)) => stopped(why, language),
        Err(Refusal::Category(category)) => PageError { category, language, visitor: None }.into_response(),
    };
    add_cookie(&mut response, cookies::clear(cookies::SIGN_IN));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

enum Refusal {
    Stopped(Stopped),
    Category(Category),
}

impl From<Stopped> for Refusal {
    fn from(why: Stopped) -> Self {
        Self::Stopped(why)
    }
}

impl From<varde_store::GateError> for Refusal {
    fn from(error: varde_store::GateError) -> Self {
        Self::Category(error.category())
    }
}

/// Checks everything and begins a session; its token and where to go.
async fn admit(auth: &Auth, headers: &HeaderMap, returned: Return) -> Result<(String, String), Refusal> {
    let state = returned.state.ok_or(Stopped::Expired)?;
    // Taken, not read: a state is good once.
    let kept = auth.0.sessions.ephemeral().take(KIND, &hash(&state)).await?.ok_or(Stopped::Expired)?;
    let under_way: UnderWay = serde_json::from_slice(&kept.value).map_err(|_| Stopped::Expired)?;
    let browser = cookie(headers, cookies::SIGN_IN).ok_or(Stopped::Expired)?;
    if hash(browser) != under_way.browser {
        return Err(Stopped::Expired.into());
    }
    if let Some(error) = returned.error {
        let cancelled = error == "access_denied";
        return Err(if cancelled { Stopped::Cancelled } else { Stopped::ProviderDown }.into());
    }
    let code = returned.code.ok_or(Stopped::Expired)?;
    let vouched = auth.0.provider.arrive(&code, under_way.verifier, under_way.nonce).await.map_err(|error| {
        tracing::warn!(%error, "a sign-in was refused");
        if error == ProviderError::Unavailable { Stopped::ProviderDown } else { Stopped::Expired }
    })?;
    let now = auth.0.clock.now();
    let actor = person(auth, &vouched, now).await?;
    // Whatever session the browser had, whoever's, ends here (session fixation, ASVS 5 7.2.4).
    if let Some(old) = cookie(headers, cookies::SESSION) {
        auth.0.sessions.end(old).await?;
    }
    let token = auth.0.sessions.begin(&actor, now).await?;
    Ok((token, under_way.next))
}

/// The person the provider vouches for, if they may sign in.
async fn person(auth: &Auth, vouched: &Vouched, now: Timestamp) -> Result<CitizenActor, Refusal> {
    let level = match vouched.acr.as_str() {
        "idporten-loa-high" | "Level4" => AssuranceLevel::High,
        "idporten-loa-substantial" | "Level3" => AssuranceLevel::Substantial,
        _ => return Err(Stopped::LevelTooLow.into()),
    };
    let national_id: NationalId = vouched.pid.parse().map_err(|_| Stopped::Unknown)?;
    let found = auth.0.directory.find(&national_id).await.map_err(|_| Refusal::Category(Category::Unavailable))?;
    let person = found.ok_or(Stopped::Unknown)?;
    may_sign_in(&person, level, now)?;
    Ok(CitizenActor { patient: person.patient, national_id, name: person.name.into(), level })
}

/// The living, from thirteen; from sixteen only at level high, since then everything is open (domain.md section 1.1).
fn may_sign_in(person: &Person, level: AssuranceLevel, now: Timestamp) -> Result<(), Stopped> {
    if person.deceased {
        return Err(Stopped::Deceased);
    }
    let today = date_in_norway(now);
    let birth_date = person.birth_date.ok_or(Stopped::Unknown)?;
    if age_in_years(birth_date, today) < SIGN_IN_AGE {
        Err(Stopped::Child)
    } else if AgeBand::on(birth_date, today) >= AgeBand::From16To17 && level < AssuranceLevel::High {
        Err(Stopped::LevelTooLow)
    } else {
        Ok(())
    }
}

/// Signing out has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn sign_out(
    State(auth): State<Auth>,
    Lang(language): Lang,
    headers: HeaderMap,
    visitor: Visitor,
    SafeForm(NoFields {}): SafeForm<NoFields>,
) -> Response {
    if let Some(token) = cookie(&headers, cookies::SESSION)
        && let Err(error) = auth.0.sessions.end(token).await
    {
        return PageError { category: error.category(), language, visitor: Some(visitor) }.into_response();
    }
    let mut response = Redirect::to(&after_sign_out(&auth).await).into_response();
    add_cookie(&mut response, cookies::clear(cookies::SESSION));
    add_cookie(&mut response, cookies::clear(cookies::DRAFT));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The provider's sign-out, which leads back to us; our own front page when it has none (RP-Initiated Logout 1.0).
async fn after_sign_out(auth: &Auth) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    match auth.0.provider.end_session().await {
        Some(endpoint) => format!(
            "{endpoint}?client_id={}&post_logout_redirect_uri={}",
            encode(&auth.0.config.client_id),
            encode(&format!("{}/", auth.0.config.public_url)),
        ),
        None => "/".to_owned(),
    }
}

fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_by_a_link_to_our_sign_in() {
        for (next, expected) in [
            ("/", true),
            ("/appointments?from=x", true),
            ("", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("/a\r\nSet-Cookie: x", false),
            ("/sign-in?next=/", false),
        ] {
            assert_eq!(is_local(next), expected, "{next:?}");
        }
    }

    #[test]
    fn age_death_and_level_decide_who_signs_in() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let person = |born: &str, deceased| Person {
            patient: "p".parse().unwrap(),
            name: "Kari".to_owned(),
            birth_date: born.parse().ok(),
            deceased,
        };
        use AssuranceLevel::{High, Substantial};
        for (born, deceased, level, expected) in [
            ("1980-01-01", false, High, Ok(())),
            ("1980-01-01", false, Substantial, Err(Stopped::LevelTooLow)),
            ("1980-01-01", true, High, Err(Stopped::Deceased)),
            ("2013-11-21", false, Substantial, Ok(())),
            ("2013-11-22", false, High, Err(Stopped::Child)),
            ("2010-11-22", false, Substantial, Ok(())),
            ("2010-11-21", false, Substantial, Err(Stopped::LevelTooLow)),
            ("not a date", false, High, Err(Stopped::Unknown)),
        ] {
            assert_eq!(may_sign_in(&person(born, deceased), level, now), expected, "{born} {deceased} {level:?}");
        }
    }

    #[test]
    fn only_a_well_formed_hint_is_passed_on() {
        assert!(is_hint("pid:01819012345"));
        assert!(!is_hint("pid:0181901234x") && !is_hint("01819012345") && !is_hint("pid:01819012345&prompt=none"));
    }
}
