//! Load through the gate and put together: one function a page.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_store::{Found, Gate, GateError, ItemAudience, Page};

use super::fhir;
use super::model::{Document, Form, Place, Section, State as Standing, Visit};
use super::rules::{self, Choice, Year};
use crate::shared::find;
/// To a Binary, which belongs to no patient by itself.
pub(super) use crate::shared::platform;

/// Documents looked through for a page.
const DOCUMENT_COUNT: &str = "200";

/// Compositions looked through for a page.
const COMPOSITION_COUNT: &str = "100";

/// Most contents of a document that are shown.
const MAX_CONTENTS: usize = 20;

/// One page of the list.
pub(super) struct Listing {
    /// What answers to what is chosen, by year and visit.
    pub years: Vec<Year>,
    /// There are documents further back than were looked through: where to go on.
    pub older: Option<Timestamp>,
    /// The first and the last year with documents.
    pub span: Option<(i16, i16)>,
    /// Units that can be chosen.
    pub units: Vec<String>,
    /// Days of documents of which no more may be known.
    pub outlined: Vec<String>,
    /// For whom each is, where a young person and their parents each see their own.
    pub audiences: std::collections::HashMap<ResourceId, ItemAudience>,
}

/// Loads a page of the list; `kind_words` is what a kind is called in the reader's language.
pub(super) async fn list(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    kind_words: impl Fn(&Document) -> String,
    now: Timestamp,
) -> Result<Listing, GateError> {
    let (references, mut visits) = page(gate, patient, choice, Form::Reference, now).await?;
    let (compositions, more) = page(gate, patient, choice, Form::Composition, now).await?;
    visits.extend(more);
    let (mut documents, older) = rules::merged([references, compositions]);
    if older.is_some() && choice.before.is_none() && choice.year.is_none() {
        documents.extend(undated(gate, patient, now).await?);
    }
    let units = rules::units(&documents);
    documents.retain(|document| rules::answers(document, choice, &kind_words(document)));
    let span = span(gate, patient, now).await?;
    Ok(Listing {
        years: rules::grouped(documents, &visits),
        older,
        span,
        units,
        outlined: outlined(gate, patient).await?,
        audiences: gate.audiences(patient, ResourceType::DOCUMENT_REFERENCE).await?,
    })
}

/// Days of the documents that the reader may only know to be there.
pub(super) async fn outlined(gate: &Gate, patient: &PatientId) -> Result<Vec<String>, GateError> {
    let outlines = gate.outlines(patient, ResourceType::DOCUMENT_REFERENCE).await?;
    let mut days: Vec<String> = outlines.iter().filter_map(|found| fhir::outlined(&found.body)).collect();
    days.sort_by(|a, b| b.cmp(a));
    Ok(days)
}

/// Documents without a date. Pages go back by date, so on none of the later ones they would be found.
async fn undated(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Document>, GateError> {
    let mut documents = Vec::new();
    for form in [Form::Reference, Form::Composition] {
        let parameters = [("patient", patient.as_str()), ("date:missing", "true"), ("_count", DOCUMENT_COUNT)];
        let page = find(gate, type_of(form), &parameters, now).await?;
        for found in &page.matches {
            documents.push(read(form, found)?);
        }
    }
    Ok(documents)
}

const fn type_of(form: Form) -> ResourceType {
    match form {
        Form::Reference => ResourceType::DOCUMENT_REFERENCE,
        Form::Composition => ResourceType::COMPOSITION,
    }
}

type Documents = (Vec<Document>, bool);

async fn page(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    form: Form,
    now: Timestamp,
) -> Result<(Documents, BTreeMap<ResourceId, Visit>), GateError> {
    let (count, include) = match form {
        Form::Reference => (DOCUMENT_COUNT, "DocumentReference:encounter"),
        Form::Composition => (COMPOSITION_COUNT, "Composition:encounter"),
    };
    // A search counts days from another midnight: a day more at each end, and what is not of the year in Norway is left out of the answer.
    let bounds = [
        choice.year.map(|year| format!("ge{}-12-31", year - 1)),
        choice.year.map(|year| format!("lt{}-01-02", year + 1)),
        choice.before.as_deref().map(|before| format!("lt{before}")),
    ];
    let mut parameters =
        vec![("patient", patient.as_str()), ("_sort", "-date"), ("_count", count), ("_include", include)];
    parameters.extend(bounds.iter().flatten().map(|bound| ("date", bound.as_str())));
    let page = find(gate, type_of(form), &parameters, now).await?;
    let mut documents = Vec::with_capacity(page.matches.len());
    for found in &page.matches {
        documents.push(read(form, found)?);
    }
    Ok(((documents, page.next.is_some()), visits(&page)?))
}

fn read(form: Form, found: &Found) -> Result<Document, GateError> {
    Ok(match form {
        Form::Reference => fhir::document(&found.body)?,
        Form::Composition => fhir::composition(&found.body)?,
    })
}

fn visits(page: &Page) -> Result<BTreeMap<ResourceId, Visit>, GateError> {
    let encounters = page.included.iter().filter(|found| found.resource_type == ResourceType::ENCOUNTER);
    encounters.map(|found| Ok((found.id.clone(), fhir::visit(&found.body)?))).collect()
}

/// The year of the first document and that of the last.
async fn span(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<(i16, i16)>, GateError> {
    let mut span: Option<(i16, i16)> = None;
    for form in [Form::Reference, Form::Composition] {
        for sort in ["date", "-date"] {
            let Some(document) = end(gate, patient, form, sort, now).await? else { continue };
            let Some(year) = rules::when(&document).map(rules::year) else { continue };
            span = Some(span.map_or((year, year), |(first, last)| (first.min(year), last.max(year))));
        }
    }
    Ok(span)
}

/// The first document in an order.
async fn end(
    gate: &Gate,
    patient: &PatientId,
    form: Form,
    sort: &str,
    now: Timestamp,
) -> Result<Option<Document>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", sort), ("_count", "1")];
    let page = find(gate, type_of(form), &parameters, now).await?;
    page.matches.first().map(|found| read(form, found)).transpose()
}

/// The newest document, for the front page.
pub(super) async fn newest(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Document>, GateError> {
    let mut newest: Option<Document> = None;
    for form in [Form::Reference, Form::Composition] {
        let Some(document) = end(gate, patient, form, "-date", now).await? else { continue };
        if newest.as_ref().is_none_or(|other| rules::when(&document) > rules::when(other)) {
            newest = Some(document);
        }
    }
    Ok(newest)
}

/// What a document holds, as it can be shown.
pub(super) enum Content {
    /// HTML as the source wrote it; not yet harmless.
    Html(String),
    /// Plain text.
    Plain(String),
    /// A heading and what stands under it.
    Section(Section),
    /// A file: its number in the document, and how large it is.
    File(usize, u64),
    /// Only the sender has it.
    Elsewhere,
}

/// One document with what it holds.
pub(super) struct Opened {
    /// The document.
    pub document: Document,
    /// What it holds, in order.
    pub contents: Vec<Content>,
    /// The visit it was written at, where that may be seen.
    pub visit: Option<Visit>,
    /// For whom it is.
    pub audience: Option<ItemAudience>,
}

/// The document itself, read by its id, so that the access log names it. Another person's is not found, whoever asks: the address of a page never names a
/// person, so the person must be the one the visitor acts for now.
async fn found(gate: &Gate, patient: &PatientId, form: Form, id: &ResourceId) -> Result<Found, GateError> {
    let found = gate.read(type_of(form), id).await?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    let is_theirs = compartment_patient(&parsed).as_ref() == Some(patient);
    is_theirs.then_some(found).ok_or(GateError::NotFound)
}

/// One document of this person. `platform` reads what lies in a Binary.
pub(super) async fn one(
    gate: &Gate,
    platform: &Gate,
    patient: &PatientId,
    form: Form,
    id: &ResourceId,
) -> Result<Opened, GateError> {
    let found = found(gate, patient, form, id).await?;
    let document = read(form, &found)?;
    // What was wrong is not shown again.
    let contents = if document.state == Standing::Withdrawn {
        Vec::new()
    } else if form == Form::Composition {
        fhir::sections(&found.body)?.into_iter().map(Content::Section).collect()
    } else {
        contents(platform, patient, &document, &found.body).await?
    };
    let visit = match &document.visit {
        Some(visit) => match gate.read(ResourceType::ENCOUNTER, visit).await {
            Ok(found) => Some(fhir::visit(&found.body)?),
            Err(GateError::NotFound | GateError::Gone { .. } | GateError::Refused(_)) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let audience = gate.audiences(patient, found.resource_type).await?.remove(id);
    Ok(Opened { document, contents, visit, audience })
}

async fn contents(
    platform: &Gate,
    patient: &PatientId,
    document: &Document,
    body: &[u8],
) -> Result<Vec<Content>, GateError> {
    let mut out = Vec::new();
    for (number, attachment) in document.attachments.iter().enumerate().take(MAX_CONTENTS) {
        let is_text =
            matches!(attachment.content_type.as_deref(), Some("text/plain" | "text/html" | "application/xhtml+xml"));
        if attachment.place == Place::Elsewhere {
            out.push(Content::Elsewhere);
            continue;
        }
        // Whoever says how large a file is has it; of others it is looked for, so that no button leads to nothing.
        if let Some(bytes) = attachment.bytes.filter(|_| !is_text) {
            out.push(Content::File(number, bytes));
            continue;
        }
        let Some(data) = base64_of(platform, patient, document, number, body).await? else {
            out.push(Content::Elsewhere);
            continue;
        };
        let bytes = rules::decoded_bytes(&data);
        let text = Some(data)
            .filter(|_| is_text)
            .and_then(|data| STANDARD.decode(data).ok())
            .filter(|bytes| bytes.len() <= super::clean::MAX_TEXT_BYTES)
            .and_then(|bytes| String::from_utf8(bytes).ok());
        out.push(match (text, attachment.content_type.as_deref()) {
            (Some(text), Some("text/plain")) => Content::Plain(text),
            (Some(text), _) => Content::Html(text),
            // Not text, too long for a page, or in letters we cannot read: a file.
            (None, _) => Content::File(number, bytes),
        });
    }
    Ok(out)
}

/// A content in base64, without what a source may have put between its lines; `None` when it is not here after all.
async fn base64_of(
    platform: &Gate,
    patient: &PatientId,
    document: &Document,
    number: usize,
    body: &[u8],
) -> Result<Option<String>, GateError> {
    let Some(attachment) = document.attachments.get(number) else { return Ok(None) };
    let data = match &attachment.place {
        Place::Here => fhir::data(body, number),
        Place::Elsewhere => None,
        // Who may see the document may see what it holds: the gate has let the document through, and the Binary says that it belongs to it.
        Place::Binary(id) => match platform.read(ResourceType::BINARY, id).await {
            Ok(found) => fhir::binary(&found.body, &document.id, patient),
            Err(GateError::NotFound | GateError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
    };
    Ok(data.map(|data| data.split_ascii_whitespace().collect()))
}

/// A file of a document: MIME type and base64.
pub(super) async fn file(
    gate: &Gate,
    platform: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    number: usize,
) -> Result<(Option<String>, String), GateError> {
    let found = found(gate, patient, Form::Reference, id).await?;
    let document = fhir::document(&found.body)?;
    if document.state == Standing::Withdrawn {
        return Err(GateError::NotFound);
    }
    let data = base64_of(platform, patient, &document, number, &found.body).await?.ok_or(GateError::NotFound)?;
    Ok((document.attachments.get(number).and_then(|attachment| attachment.content_type.clone()), data))
}
