//! FHIR R4 DocumentReference, Composition, Binary and Encounter to what the slice works with. Reads with patience: a member that is missing leaves a
//! gap, never a failure; only what is no resource of its type at all is unreadable.

mod json;

use varde_base::{PatientId, ResourceId};

use self::json::{
    AttachmentJson, BinaryJson, CompositionJson, DataDocumentJson, DocumentJson, EncounterJson, OutlineJson,
    SectionJson, SectionsJson,
};
use super::model::{Attachment, Document, Form, Kind, Place, Section, State, Visit};
use crate::shared::Unreadable;
use crate::shared::json::{ConceptJson, ReferenceJson, id_in};

/// Types of documents in Norway (Volven 9602).
const TYPES_OF_DOCUMENT: &str = "urn:oid:2.16.578.1.12.4.1.1.9602";

/// Our own types (docs/api.md, "Requests of citizens").
const OWN: &str = "own-statement";

/// LOINC codes of notes and letters, of sources that have no Norwegian ones.
const LOINC: [(&str, Kind); 17] = [
    ("18842-5", Kind::Discharge),
    ("11490-0", Kind::Discharge),
    ("34105-7", Kind::Discharge),
    ("34133-9", Kind::Discharge),
    ("34117-2", Kind::Note),
    ("51847-2", Kind::Note),
    ("11506-3", Kind::Note),
    ("11488-4", Kind::Note),
    ("34109-9", Kind::Note),
    ("34111-5", Kind::Note),
    ("18776-5", Kind::Plan),
    ("11502-2", Kind::Results),
    ("18748-4", Kind::Images),
    ("11504-8", Kind::Treatment),
    ("28570-0", Kind::Treatment),
    ("57133-1", Kind::Letter),
    ("51852-2", Kind::Letter),
];

/// How deep headings inside headings are followed.
const MAX_DEPTH: u8 = 4;

/// Most headings of one document.
const MAX_SECTIONS: usize = 200;

/// Reads a DocumentReference.
pub(super) fn document(body: &[u8]) -> Result<Document, Unreadable> {
    let unreadable = Unreadable("DocumentReference");
    let json: DocumentJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let language = json.content.iter().find_map(|content| content.attachment.language.clone()).or(json.language);
    let kind = kind(json.kind.as_ref(), &json.category);
    let attachments: Vec<Attachment> = json.content.iter().map(|content| attachment(&content.attachment)).collect();
    Ok(Document {
        form: Form::Reference,
        id: json.id.parse().map_err(|_| unreadable)?,
        title: words(json.description).or_else(|| title(json.kind.as_ref())),
        kind,
        unit: unit(json.custodian.as_ref(), &json.author),
        authors: authors(&json.author),
        date: json.date,
        state: match (json.status.as_deref(), json.doc_status.as_deref()) {
            (Some("entered-in-error"), _) | (_, Some("entered-in-error")) => State::Withdrawn,
            (Some("superseded"), _) => State::Superseded,
            (_, Some("preliminary")) => State::Preliminary,
            (_, Some("amended")) => State::Amended,
            _ => State::Current,
        },
        visit: json.context.iter().flat_map(|context| &context.encounter).find_map(|visit| visit.id_of("Encounter")),
        attachments,
        language: language.filter(|tag| is_language(tag)),
    })
}

/// Reads a Composition; its text comes with [`sections`].
pub(super) fn composition(body: &[u8]) -> Result<Document, Unreadable> {
    let unreadable = Unreadable("Composition");
    let json: CompositionJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    Ok(Document {
        form: Form::Composition,
        id: json.id.parse().map_err(|_| unreadable)?,
        title: words(json.title).or_else(|| title(json.kind.as_ref())),
        kind: kind(json.kind.as_ref(), &json.category),
        unit: unit(json.custodian.as_ref(), &json.author),
        authors: authors(&json.author),
        date: json.date,
        state: match json.status.as_deref() {
            Some("entered-in-error") => State::Withdrawn,
            Some("preliminary") => State::Preliminary,
            Some("amended") => State::Amended,
            _ => State::Current,
        },
        visit: json.encounter.and_then(|visit| visit.id_of("Encounter")),
        attachments: Vec::new(),
        language: json.language.filter(|tag| is_language(tag)),
    })
}

/// The headings of a Composition with what stands under them, in order; without any, the whole of it in words.
pub(super) fn sections(body: &[u8]) -> Result<Vec<Section>, Unreadable> {
    let json: SectionsJson = serde_json::from_slice(body).map_err(|_| Unreadable("Composition"))?;
    let mut out = Vec::new();
    follow(json.section, MAX_DEPTH, &mut out);
    if out.is_empty() {
        out.extend(json.text.and_then(|text| text.div).map(|div| Section { title: None, narrative: Some(div) }));
    }
    Ok(out)
}

fn follow(sections: Vec<SectionJson>, depth: u8, out: &mut Vec<Section>) {
    for section in sections {
        if out.len() >= MAX_SECTIONS {
            return;
        }
        let read = Section { title: words(section.title), narrative: section.text.and_then(|text| text.div) };
        // A heading with nothing under it, not even other headings, says nothing.
        if read.narrative.is_some() || !section.section.is_empty() {
            out.push(read);
        }
        if depth > 0 {
            follow(section.section, depth.saturating_sub(1), out);
        }
    }
}

/// The content in base64 that stands in a DocumentReference.
pub(super) fn data(body: &[u8], number: usize) -> Option<String> {
    let json: DataDocumentJson = serde_json::from_slice(body).ok()?;
    json.content.into_iter().nth(number)?.attachment.data
}

/// The content in base64 of a Binary that belongs to this document or this person by its `securityContext` (FHIR R4, Binary, "Security Context"). A
/// Binary that says neither is nobody's to show.
pub(super) fn binary(body: &[u8], document: &ResourceId, patient: &PatientId) -> Option<String> {
    let json: BinaryJson = serde_json::from_slice(body).ok()?;
    let context = json.security_context?;
    let is_of_document = context.id_of("DocumentReference").as_ref() == Some(document);
    let is_of_patient = context.id_of("Patient").map(PatientId::new).as_ref() == Some(patient);
    json.data.filter(|_| is_of_document || is_of_patient)
}

/// Reads an Encounter.
pub(super) fn visit(body: &[u8]) -> Result<Visit, Unreadable> {
    let unreadable = Unreadable("Encounter");
    let json: EncounterJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let (start, end) = json.period.map_or((None, None), |period| (period.start, period.end));
    let class = json.class.and_then(|class| class.code);
    Ok(Visit {
        id: json.id.parse().map_err(|_| unreadable)?,
        is_stay: matches!(class.as_deref(), Some("IMP" | "ACUTE" | "NONAC" | "SS")),
        start,
        end,
        unit: json.service_provider.and_then(|provider| words(provider.display)),
    })
}

/// The time of an outline of a DocumentReference.
pub(super) fn outlined(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<OutlineJson>(body).ok()?.date
}

fn attachment(json: &AttachmentJson) -> Attachment {
    let binary = json.url.as_deref().and_then(|url| id_in(url, "Binary"));
    let kind = json.content_type.as_deref().and_then(|kind| kind.split(';').next());
    Attachment {
        title: words(json.title.clone()),
        content_type: kind.map(|kind| kind.trim().to_ascii_lowercase()),
        place: match (json.data.is_some(), binary) {
            (true, _) => Place::Here,
            (false, Some(id)) => Place::Binary(id),
            (false, None) => Place::Elsewhere,
        },
        bytes: json.size.filter(|bytes| *bytes > 0),
    }
}

/// What the source calls the type, in Norwegian or in its own words. A LOINC name is English and for specialists, so that the kind of document in the
/// reader's language is better.
fn title(kind: Option<&ConceptJson>) -> Option<String> {
    let kind = kind?;
    let norwegian = kind.coding.iter().find(|coding| coding.is_of(TYPES_OF_DOCUMENT));
    let display = || kind.coding.iter().find_map(|coding| words(coding.display.clone())).filter(|_| !is_known(kind));
    words(kind.text.clone()).or_else(|| words(norwegian.and_then(|coding| coding.display.clone()))).or_else(display)
}

/// Whether we have a word of our own for the type.
fn is_known(concept: &ConceptJson) -> bool {
    let known = |code: &str| code == OWN || LOINC.iter().any(|(loinc, _)| *loinc == code);
    concept.coding.iter().filter_map(|coding| coding.code.as_deref()).any(known)
}

fn kind(kind: Option<&ConceptJson>, category: &[ConceptJson]) -> Kind {
    let codings = kind.into_iter().chain(category).flat_map(|concept| &concept.coding);
    let mut kinds = codings.filter_map(|coding| {
        let code = coding.code.as_deref()?;
        if code == OWN {
            return Some(Kind::Own);
        }
        if coding.is_of(TYPES_OF_DOCUMENT) {
            return of_type(code);
        }
        LOINC.iter().find(|(loinc, _)| *loinc == code).map(|(_, kind)| *kind)
    });
    kinds.next().unwrap_or(Kind::Other)
}

/// By the letter of Volven 9602, but for what people look for by itself.
fn of_type(code: &str) -> Option<Kind> {
    match (code, code.chars().next()?) {
        ("A01-2" | "A02-2" | "B01-2", _) => Some(Kind::Plan),
        (_, 'A') => Some(Kind::Discharge),
        (_, 'B') => Some(Kind::Note),
        (_, 'C' | 'D') => Some(Kind::Results),
        (_, 'E') => Some(Kind::Images),
        (_, 'F') => Some(Kind::Treatment),
        (_, 'I') => Some(Kind::Letter),
        (_, 'J') => Some(Kind::Certificate),
        _ => None,
    }
}

fn authors(references: &[ReferenceJson]) -> Vec<String> {
    let people = references.iter().filter(|author| author.id_of("Organization").is_none());
    let mut names: Vec<String> = people.filter_map(|author| words(author.display.clone())).collect();
    names.dedup();
    names
}

/// Who keeps it; else the organisation among those who wrote it.
fn unit(custodian: Option<&ReferenceJson>, authors: &[ReferenceJson]) -> Option<String> {
    let author = || authors.iter().find(|author| author.id_of("Organization").is_some());
    words(custodian.and_then(|its| its.display.clone())).or_else(|| words(author().and_then(|its| its.display.clone())))
}

fn words(text: Option<String>) -> Option<String> {
    text.filter(|words| !words.trim().is_empty())
}

/// A language tag of letters, digits and hyphens (BCP 47), since it stands in an attribute of ours.
fn is_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
