//! Telling of something when it can be seen: an event in the person's list, and a message to everybody to whom the rules open the thing itself then.
//! It is laid down with the change as work for the worker, so that nothing hints at it earlier.

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Batch, GateError, IdempotencyKey, Store};

use super::event::TOPIC_SYSTEM;
use super::{Notice, Told, derived_from_urn, platform_of, put};

/// What there is to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News<'a> {
    /// What it is about.
    pub of: (ResourceType, &'a ResourceId),
    /// Whose it is.
    pub patient: &'a PatientId,
    /// What it is ruled as.
    pub service: Service,
    /// Code of the event, and kind of the message.
    pub code: &'static str,
    /// Where the person reads it.
    pub path: &'a str,
    /// What is told once, among all that has this code.
    pub once: &'a str,
}

/// Lays down the event and the message, once however often it is asked for. `false` when nobody sees the thing now: then nothing is laid down.
///
/// # Errors
/// Those of the store.
pub(crate) async fn tell(store: &Store, news: News<'_>, now: Timestamp) -> Result<bool, GateError> {
    let (resource_type, id) = news.of;
    let gate = platform_of(store, Some(news.patient), "news.tell");
    let gone = |error: &GateError| matches!(error, GateError::NotFound | GateError::Gone { .. });
    match gate.seers(news.patient, resource_type, id).await {
        Ok(seers) if seers.is_empty() => return Ok(false),
        Ok(_) => {}
        // It was taken away meanwhile.
        Err(error) if gone(&error) => return Ok(true),
        Err(error) => return Err(error),
    }
    let found = match gate.read(resource_type, id).await {
        Ok(found) => found,
        Err(error) if gone(&error) => return Ok(true),
        Err(error) => return Err(error),
    };
    let name = format!("urn:varde:event/{}/{}", news.code, news.once);
    let event = derived_from_urn(&name);
    let of = format!("{}/{id}", resource_type.name());
    let told = Told { of: Some(of.clone()), ..Told::new(news.patient, event.as_str()) };
    let notice = Notice { recipient: news.patient.to_string(), path: news.path.to_owned(), event: Some(told) };
    let message = notice.message(news.code, news.patient)?;
    let batch = Batch {
        writes: vec![put(&event, &body(&event, &of, news, &found.body, now), Action::Write)?],
        outbox: vec![message],
        idempotency_key: Some(IdempotencyKey { scope: "varde/news".to_owned(), key: name, fingerprint: 0 }),
    };
    match gate.write(batch).await {
        // The event is there: it was told before.
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The event: ruled as what it is about, with its restrictions and its referral, so that it tells nobody of what they may not see.
fn body(event: &ResourceId, of: &str, news: News<'_>, about: &[u8], now: Timestamp) -> Value {
    let about: Value = serde_json::from_slice(about).unwrap_or_default();
    let referrals = match news.of.0 {
        ResourceType::SERVICE_REQUEST => vec![json!({ "reference": of })],
        _ => about.get("basedOn").and_then(Value::as_array).cloned().unwrap_or_default(),
    };
    let security = about.pointer("/meta/security").cloned();
    let members = [
        ("resourceType", Some(json!("Communication"))),
        ("id", Some(json!(event.as_str()))),
        ("meta", security.map(|security| json!({ "security": security }))),
        ("basedOn", (!referrals.is_empty()).then(|| json!(referrals))),
        ("status", Some(json!("completed"))),
        ("category", Some(json!([{ "coding": [{ "system": "urn:varde:service", "code": news.service.key() }] }]))),
        ("topic", Some(json!({ "coding": [{ "system": TOPIC_SYSTEM, "code": news.code }] }))),
        ("subject", Some(json!({ "reference": format!("Patient/{}", news.patient) }))),
        ("about", Some(json!([{ "reference": of }]))),
        ("sent", Some(json!(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
