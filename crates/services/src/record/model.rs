//! Documents as the rules and pages see them.

use varde_base::ResourceId;

/// A document of the record: a FHIR DocumentReference, or a Composition that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Which resource it is.
    pub form: Form,
    /// Its id.
    pub id: ResourceId,
    /// What the source calls it, where it says so in words people use.
    pub title: Option<String>,
    /// What kind of document it is.
    pub kind: Kind,
    /// Who keeps it: hospital, office, municipality.
    pub unit: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// When it was written, as exactly as it is known.
    pub date: Option<String>,
    /// How it stands.
    pub state: State,
    /// The visit it was written at (Encounter).
    pub visit: Option<ResourceId>,
    /// Its contents, in order.
    pub attachments: Vec<Attachment>,
    /// The language it is written in (BCP 47), where the source says so.
    pub language: Option<String>,
}

/// Which resource a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Form {
    /// DocumentReference: a file, or several.
    Reference,
    /// Composition: headings with text under them.
    Composition,
}

/// What kind of document: Volven 9602, and the LOINC codes of sources abroad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// What a hospital writes when a stay or treatment is over (*epikrise*).
    Discharge,
    /// What was written down at a visit (*notat*).
    Note,
    /// A plan for treatment.
    Plan,
    /// Answers to samples and examinations.
    Results,
    /// Pictures.
    Images,
    /// Operations, observations, treatment, ambulance.
    Treatment,
    /// Letters and referrals.
    Letter,
    /// Certificates and statements.
    Certificate,
    /// The person's own words beside something (`/requests`).
    Own,
    /// Everything else.
    Other,
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It holds.
    Current,
    /// Not yet finished by the one who writes it.
    Preliminary,
    /// Something was changed after it was finished.
    Amended,
    /// The source says that there is a newer one.
    Superseded,
    /// It never should have been there.
    Withdrawn,
}

/// One content of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    /// What it is called.
    pub title: Option<String>,
    /// MIME type without parameters, in small letters.
    pub content_type: Option<String>,
    /// Where the content is.
    pub place: Place,
    /// How large it is, in bytes, where the source says so.
    pub bytes: Option<u64>,
}

/// Where a content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the document itself.
    Here,
    /// In a Binary of its own.
    Binary(ResourceId),
    /// With the sender.
    Elsewhere,
}

/// A visit or a stay that documents belong to (FHIR Encounter).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    /// Its id.
    pub id: ResourceId,
    /// The person stayed the night.
    pub is_stay: bool,
    /// From.
    pub start: Option<String>,
    /// To.
    pub end: Option<String>,
    /// Where.
    pub unit: Option<String>,
}

/// A heading of a Composition with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// The heading.
    pub title: Option<String>,
    /// What stands there, as the source's XHTML; not yet harmless.
    pub narrative: Option<String>,
}
