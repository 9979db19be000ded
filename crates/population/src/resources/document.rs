use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, coding, concept, reference, subject};
use crate::calendar::{add_days, instant};
use crate::people::Citizen;
use crate::systems::DOCUMENT_TYPE;

/// What a document holds.
pub(crate) enum Holds<'a> {
    /// Text, with its MIME type.
    Text(&'static str, String),
    /// A file in a Binary of its own, in base64.
    File(&'a str),
}

/// A document of a citizen's record.
pub(crate) struct Document<'a> {
    pub(crate) id: &'a str,
    pub(crate) citizen: &'a Citizen,
    /// Code and display of Volven 9602.
    pub(crate) kind: (&'static str, &'static str),
    pub(crate) title: String,
    /// Id and name of who wrote it.
    pub(crate) author: (&'a str, &'a str),
    /// Id and name of who keeps it.
    pub(crate) keeper: (&'a str, &'a str),
    pub(crate) day: Date,
    /// Id of the Encounter it was written at.
    pub(crate) visit: Option<&'a str>,
    /// Id of the ServiceRequest it answers.
    pub(crate) referral: Option<&'a str>,
    /// Codes of FHIR's document-reference-status and composition-status.
    pub(crate) status: (&'static str, &'static str),
    pub(crate) holds: Holds<'a>,
}

/// The DocumentReference, and the Binary of one that holds a file, which says that it belongs to it.
pub(crate) fn document(of: &Document<'_>) -> Vec<Resource> {
    let binary = format!("{}-file", of.id);
    let attachment = match &of.holds {
        Holds::Text(kind, text) => {
            json!({"contentType": format!("{kind}; charset=utf-8"), "language": "nb", "data": STANDARD.encode(text)})
        }
        Holds::File(_) => {
            json!({"contentType": "application/pdf", "language": "nb", "title": of.title, "url": format!("Binary/{binary}")})
        }
    };
    let related: Vec<Value> =
        of.referral.iter().map(|id| json!({"reference": format!("ServiceRequest/{id}")})).collect();
    let visits: Vec<Value> = of.visit.iter().map(|id| json!({"reference": format!("Encounter/{id}")})).collect();
    let mut context = json!({"encounter": visits, "related": related});
    if let Value::Object(members) = &mut context {
        members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    }
    let has_context = context.as_object().is_some_and(|members| !members.is_empty());
    let body = json!({
        "status": of.status.0,
        "docStatus": of.status.1,
        "type": {"coding": [coding(DOCUMENT_TYPE, of.kind.0, of.kind.1)]},
        "subject": subject(of.citizen),
        "date": instant(of.day, 14 * 60 + 5),
        "author": [reference("Practitioner", of.author.0, of.author.1)],
        "custodian": reference("Organization", of.keeper.0, of.keeper.1),
        "description": of.title,
        "content": [{"attachment": attachment}],
        "context": has_context.then_some(context),
    });
    let mut out = vec![Resource::new("DocumentReference", of.id, body)];
    if let Holds::File(data) = of.holds {
        let body = json!({
            "contentType": "application/pdf",
            "securityContext": {"reference": format!("DocumentReference/{}", of.id)},
            "data": data,
        });
        out.push(Resource::new("Binary", binary, body));
    }
    out
}

/// A stay in hospital: the Encounter, and the Composition that sums it up.
pub(crate) struct Stay<'a> {
    pub(crate) id: &'a str,
    pub(crate) citizen: &'a Citizen,
    pub(crate) author: (&'a str, &'a str),
    pub(crate) keeper: (&'a str, &'a str),
    pub(crate) from: Date,
    pub(crate) nights: i32,
    /// Headings and XHTML under them.
    pub(crate) sections: &'a [(&'static str, &'static str)],
}

/// The Encounter of a stay.
pub(crate) fn stay(of: &Stay<'_>) -> Resource {
    let body = json!({
        "status": "finished",
        "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter"),
        "subject": subject(of.citizen),
        "participant": [{"individual": reference("Practitioner", of.author.0, of.author.1)}],
        "period": {"start": instant(of.from, 9 * 60), "end": instant(add_days(of.from, of.nights), 12 * 60)},
        "serviceProvider": reference("Organization", of.keeper.0, of.keeper.1),
    });
    Resource::new("Encounter", of.id, body)
}

/// The Composition of a stay: what was done, and what happens next.
pub(crate) fn summary(of: &Stay<'_>) -> Resource {
    let sections: Vec<Value> = of
        .sections
        .iter()
        .map(|(title, text)| {
            let div = format!("<div xmlns='http://www.w3.org/1999/xhtml'>{text}</div>");
            json!({"title": title, "text": {"status": "generated", "div": div}})
        })
        .collect();
    let body = json!({
        "language": "nb",
        "status": "final",
        "type": concept(DOCUMENT_TYPE, "A03-2", "Epikrise"),
        "subject": subject(of.citizen),
        "encounter": {"reference": format!("Encounter/{}", of.id)},
        "date": instant(add_days(of.from, of.nights), 12 * 60 + 30),
        "author": [reference("Practitioner", of.author.0, of.author.1)],
        "title": "Epikrise etter opphold",
        "custodian": reference("Organization", of.keeper.0, of.keeper.1),
        "section": sections,
    });
    Resource::new("Composition", format!("{}-summary", of.id), body)
}
