use jiff::civil::Date;
use serde_json::json;

use super::{Resource, reference, subject};
use crate::calendar::{add_days, instant};
use crate::catalogue::Message;
use crate::people::Citizen;
use crate::providers::Provider;

/// A question from a citizen to the general practitioner and the answer a day later, which the citizen has read or not yet.
pub(crate) fn conversation(
    id: &str,
    citizen: &Citizen,
    doctor: &Provider,
    message: &Message,
    day: Date,
    is_read: bool,
) -> [Resource; 2] {
    let practitioner = reference("Practitioner", &doctor.practitioner, &doctor.name);
    let (asked, answered) = (instant(day, 20 * 60 + 14), instant(add_days(day, 1), 12 * 60 + 32));
    let question = json!({
        "status": "completed",
        "topic": {"text": message.topic},
        "subject": subject(citizen),
        "sender": subject(citizen),
        "recipient": [practitioner],
        "sent": asked,
        "received": asked,
        "payload": [{"contentString": message.question}],
    });
    let answer = json!({
        "status": "completed",
        "topic": {"text": message.topic},
        "subject": subject(citizen),
        "sender": practitioner,
        "recipient": [subject(citizen)],
        "partOf": [{"reference": format!("Communication/{id}")}],
        "inResponseTo": [{"reference": format!("Communication/{id}")}],
        "sent": answered,
        "received": is_read.then_some(&answered),
        "payload": [{"contentString": message.answer}],
    });
    [Resource::new("Communication", id, question), Resource::new("Communication", format!("{id}-answer"), answer)]
}
