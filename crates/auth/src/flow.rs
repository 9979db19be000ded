//! `/sign-in` and `/sign-in/callback`.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_base::{AssuranceLevel, Category, CitizenActor, NationalId, SystemRandom, date_in_norway, token_base64url};
use varde_rights::{AgeBand, Ages, ParameterBook, age_in_years};
use varde_store::Ephemeral;
use varde_web::{Lang, PageError, cookie};

use crate::directory::Person;
use crate::pages::{Stopped, stopped};
use crate::provider::{Deadline, ProviderError, Vouched};
use crate::session::hash;
use crate::{Auth, cookies, hint, layer, leave, limit};

const KIND: &str = "sign-in";

/// How long somebody may take at the provider.
const LIFE: SignedDuration = SignedDuration::from_mins(15);

pub(crate) fn router(auth: Auth) -> Router {
    let door = Router::new()
        .route("/sign-in", get(sign_in))
        .route("/sign-in/callback", get(callback))
        .layer(from_fn_with_state(auth.clone(), limit::turn_away));
    // Each of these answers holds a secret or says who somebody is.
    door.route("/sign-out", post(leave::sign_out)).layer(map_response(layer::no_store)).with_state(auth)
}

/// Where to go afterwards, and whom to suggest to the provider.
#[derive(Debug, Default, Deserialize)]
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

async fn sign_in(
    State(auth): State<Auth>,
    Lang(language): Lang,
    asked: Result<Query<SignIn>, QueryRejection>,
) -> Response {
    // An address that cannot be read asks for nothing in particular.
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let hint = asked.login_hint.as_deref().filter(|hint| auth.0.config.login_hint && is_hint(hint));
    let departure = match auth.0.provider.depart(hint, language).await {
        Ok(departure) => departure,
        Err(_) => return stopped(Stopped::ProviderDown, language, None),
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
#[derive(Default, Deserialize)]
struct Return {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

async fn callback(
    State(auth): State<Auth>,
    Lang(language): Lang,
    headers: HeaderMap,
    returned: Result<Query<Return>, QueryRejection>,
) -> Response {
    // One with a parameter twice cannot be read (RFC 6749 section 3.1); it is then one without a state.
    let returned = returned.map(|Query(returned)| returned).unwrap_or_default();
    let outcome = admit(&auth, &headers, returned).await;
    let mut response = match outcome {
        Ok((token, next)) => {
            let mut response = Redirect::to(&next).into_response();
            add_cookie(&mut response, cookies::set(cookies::SESSION, &token, None));
            response
        }
        Err(Refusal::Stopped(why)) => stopped(why, language, auth.0.config.help_phone.as_deref()),
        Err(Refusal::Category(category)) => PageError { category, language, visitor: None }.into_response(),
    };
    add_cookie(&mut response, cookies::clear(cookies::SIGN_IN));
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

impl From<ProviderError> for Refusal {
    fn from(error: ProviderError) -> Self {
        tracing::warn!(%error, "a sign-in was refused");
        Self::Stopped(if error == ProviderError::Unavailable { Stopped::ProviderDown } else { Stopped::Expired })
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
    let (provider, deadline) = (&auth.0.provider, Deadline::begin());
    provider.recognize(returned.iss.as_deref(), deadline).await?;
    if let Some(error) = returned.error {
        let cancelled = error == "access_denied";
        return Err(if cancelled { Stopped::Cancelled } else { Stopped::ProviderDown }.into());
    }
    let code = returned.code.ok_or(Stopped::Expired)?;
    let vouched = provider.arrive(&code, under_way.verifier, under_way.nonce, deadline).await?;
    let now = auth.0.clock.now();
    let actor = person(auth, &vouched, now).await?;
    // Whatever session the browser had, whoever's, ends here (session fixation, ASVS 5 7.2.4).
    if let Some(old) = cookie(headers, cookies::SESSION) {
        leave::end(auth, old).await?;
    }
    let (token, ends) = auth.0.sessions.begin(&actor, now).await?;
    if !vouched.id_token.is_empty() {
        let (store, owner) = (auth.0.sessions.ephemeral(), actor.patient.as_str());
        let id_token = hint::IdToken { issuer: &auth.0.config.issuer, text: &vouched.id_token };
        hint::keep(store, &token, owner, &id_token, ends).await?;
    }
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
    let parameters = ParameterBook::national().and_then(|book| book.on(date_in_norway(now)));
    let parameters = parameters.map_err(|_| Refusal::Category(Category::Fault))?;
    may_sign_in(&person, level, now, &parameters.ages)?;
    Ok(CitizenActor { patient: person.patient, national_id, name: person.name.into(), level })
}

/// The living, from thirteen; from sixteen only at level high, since then everything is open (domain.md section 1.1).
fn may_sign_in(person: &Person, level: AssuranceLevel, now: Timestamp, ages: &Ages) -> Result<(), Stopped> {
    if person.deceased {
        return Err(Stopped::Deceased);
    }
    if person.stopped {
        return Err(Stopped::ByOwner);
    }
    let today = date_in_norway(now);
    let birth_date = person.birth_date.ok_or(Stopped::Unknown)?;
    if age_in_years(birth_date, today) < ages.own_sign_in {
        Err(Stopped::Child)
    } else if AgeBand::on(birth_date, today, ages) >= AgeBand::From16To17 && level < AssuranceLevel::High {
        Err(Stopped::LevelTooLow)
    } else {
        Ok(())
    }
}

/// Adds a cookie that could be made.
pub(crate) fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
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
            stopped: false,
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
            let ages = Ages { limited: 12, own_sign_in: 13, of_health: 16, of_majority: 18 };
            assert_eq!(
                may_sign_in(&person(born, deceased), level, now, &ages),
                expected,
                "{born} {deceased} {level:?}"
            );
        }
    }

    #[test]
    fn nobody_signs_in_to_an_account_its_owner_has_stopped() {
        let person = Person {
            patient: "p".parse().unwrap(),
            name: "Kari".to_owned(),
            birth_date: "1980-01-01".parse().ok(),
            deceased: false,
            stopped: true,
        };
        let ages = Ages { limited: 12, own_sign_in: 13, of_health: 16, of_majority: 18 };
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(may_sign_in(&person, AssuranceLevel::High, now, &ages), Err(Stopped::ByOwner));
    }

    #[test]
    fn only_a_well_formed_hint_is_passed_on() {
        assert!(is_hint("pid:01819012345"));
        assert!(!is_hint("pid:0181901234x") && !is_hint("01819012345") && !is_hint("pid:01819012345&prompt=none"));
    }
}
