//! What somebody had typed when their session ended: kept for half an hour, bound to the browser and the person, given back once on the
//! page it was typed on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_base::{SystemRandom, token_base64url};
use varde_store::{Ephemeral, EphemeralStore, GateError};
use varde_web::{CSRF_FIELD, Draft};

use crate::session::hash;

const KIND: &str = "draft";

/// How long it is kept.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_mins(30);

#[derive(Serialize, Deserialize)]
struct Kept {
    person: String,
    path: String,
    fields: BTreeMap<String, String>,
}

/// Keeps the fields that `person` sent to `path`; the token for the cookie.
pub(crate) async fn keep(
    store: &EphemeralStore,
    person: &str,
    path: &str,
    fields: Vec<(String, String)>,
    now: Timestamp,
) -> Result<String, GateError> {
    let token = token_base64url(&mut SystemRandom);
    // The old session's secrets have no place in a new one.
    let fields = fields.into_iter().filter(|(name, _)| name != CSRF_FIELD && name != "form_key").collect();
    let kept = Kept { person: person.to_owned(), path: path.to_owned(), fields };
    let value = serde_json::to_vec(&kept).map_err(|_| GateError::Fault)?;
    let expires = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let (kind, key_hash, owner) = (KIND.to_owned(), hash(&token), person.to_owned());
    store.put(Ephemeral { kind, key_hash, owner, value, expires }).await?;
    Ok(token)
}

/// What was kept for `person` on `path`, once. Another page leaves it where it is; another person never gets it.
pub(crate) async fn take(
    store: &EphemeralStore,
    token: &str,
    person: &str,
    path: &str,
) -> Result<Option<Draft>, GateError> {
    let key = hash(token);
    let Some(found) = store.get(KIND, &key).await? else { return Ok(None) };
    let Ok(kept) = serde_json::from_slice::<Kept>(&found.value) else { return Ok(None) };
    if kept.person != person || kept.path != path {
        return Ok(None);
    }
    Ok(store.take(KIND, &key).await?.map(|_| Draft(kept.fields)))
}
