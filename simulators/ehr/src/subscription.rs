//! The Subscription by which these offices hear of what comes in (topic-based, as the R5 backport has them for R4).

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{Api, ApiError};
use crate::fhir::referral::REFERRAL_TOKEN;
use crate::fhir::register::CHANGE_TOKEN;
use crate::fhir::text;
use crate::intake::TASK_CODES;
use crate::model::Seat;

const BACKPORT: &str = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

/// How often it is looked whether the handshake was taken, and how long between.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// How the Subscriptions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// They were there, and active.
    AsBefore,
    /// They are active from now on.
    Anew,
    /// They are refused.
    Refused,
}

/// Where notifications are to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The address.
    pub(crate) url: String,
    /// What only the one knows who has read the Subscription.
    pub(crate) secret: String,
}

/// What a seat looks for: id of the Subscription, topic, filter.
fn wanted(seat: Seat) -> Vec<(&'static str, &'static str, String)> {
    match seat {
        Seat::Offices => vec![
            ("ehr-simulator-tasks", "Task", format!("Task?code={TASK_CODES}&status=requested")),
            ("ehr-simulator-bookings", "Appointment-create", "Appointment?status=booked".to_owned()),
            ("ehr-simulator-waiting", "Appointment", "Appointment?status=waitlist".to_owned()),
            (
                "ehr-simulator-referrals",
                "ServiceRequest-create",
                format!("ServiceRequest?status=active&category={REFERRAL_TOKEN}"),
            ),
        ],
        Seat::Register => {
            vec![("ehr-simulator-register", "Task", format!("Task?code={CHANGE_TOKEN}&status=requested"))]
        }
    }
}

fn subscription(base: &str, endpoint: &Endpoint, (id, topic, filter): &(&str, &str, String)) -> Value {
    json!({
        "resourceType": "Subscription",
        "id": id,
        "status": "requested",
        "reason": "The record systems of the synthetic country",
        "criteria": format!("{base}/SubscriptionTopic/{topic}"),
        "_criteria": { "extension": [{ "url": format!("{BACKPORT}backport-filter-criteria"), "valueString": filter }] },
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint.url,
            "payload": "application/fhir+json",
            "_payload": { "extension": [{ "url": format!("{BACKPORT}backport-payload-content"), "valueCode": "full-resource" }] },
            "header": [format!("Authorization: Bearer {}", endpoint.secret)],
        },
    })
}

/// Sees to it that the Subscriptions of a seat are there, lead here and are active.
pub(crate) async fn keep(api: &Api, seat: Seat, endpoint: &Endpoint) -> Result<Kept, ApiError> {
    let mut worst = Kept::AsBefore;
    for wanted in wanted(seat) {
        let kept = keep_one(api, &subscription(api.base(), endpoint, &wanted)).await?;
        if worst != Kept::Refused && kept != Kept::AsBefore {
            worst = kept;
        }
    }
    Ok(worst)
}

async fn keep_one(api: &Api, ours: &Value) -> Result<Kept, ApiError> {
    let reference = format!("Subscription/{}", text(ours, "/id").unwrap_or_default());
    match api.read(&reference).await {
        Ok(stored) if is_active(&stored) && is_same(&stored, ours) => return Ok(Kept::AsBefore),
        Ok(_) | Err(ApiError::Gone) => {}
        Err(error) => return Err(error),
    }
    api.put(&reference, ours).await?;
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        let stored = api.read(&reference).await?;
        match text(&stored, "/status") {
            Some("active") => return Ok(Kept::Anew),
            Some("requested") => {}
            _ => {
                let why = text(&stored, "/error").unwrap_or_default();
                tracing::warn!(reference, why, "the subscription is refused; what comes in is searched for instead");
                return Ok(Kept::Refused);
            }
        }
    }
    Ok(Kept::Refused)
}

fn is_active(stored: &Value) -> bool {
    text(stored, "/status") == Some("active")
}

fn is_same(stored: &Value, ours: &Value) -> bool {
    ["criteria", "_criteria", "channel"].iter().all(|member| stored.get(member) == ours.get(member))
}
