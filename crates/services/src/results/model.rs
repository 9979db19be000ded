//! Answers as the rules and pages see them.

use jiff::Timestamp;
use varde_base::ResourceId;

use crate::shared::analysis::Analysis;

/// A report (*prøvesvar*; FHIR DiagnosticReport): what a laboratory or a department answers to one request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Report {
    /// Its id.
    pub id: ResourceId,
    /// What kind of examination.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// What it is called, in the source's words.
    pub title: Option<String>,
    /// When the sample was taken or the examination made, as exactly as it is known.
    pub taken: Option<String>,
    /// When it was answered.
    pub issued: Option<Timestamp>,
    /// Who examined: laboratory, department.
    pub performers: Vec<String>,
    /// Who asked for it, or reads it for the patient.
    pub asked_by: Option<Asker>,
    /// The laboratory's or the doctor's summing up.
    pub conclusion: Option<String>,
    /// Coded conclusions, in the source's words.
    pub conclusion_codes: Vec<String>,
    /// What was examined, in the source's words.
    pub specimens: Vec<String>,
    /// Ids of its observations, in order.
    pub members: Vec<ResourceId>,
    /// Observations that stand inside it.
    pub contained: Vec<Finding>,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// Who asked, or reads the answer for the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asker {
    /// Name as the source gives it.
    pub name: String,
    /// `Type/id`, when one can be chosen by it.
    pub reference: Option<String>,
}

/// What kind of examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Blood, urine and the like, measured.
    Laboratory,
    /// Bacteria, viruses, fungi.
    Microbiology,
    /// Tissue and cells.
    Pathology,
    /// X-ray, CT, MRI, ultrasound.
    Imaging,
    /// Everything else.
    Other,
}

/// How far an answer has come (R4 diagnostic-report-status, observation-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Asked for; nothing yet.
    Registered,
    /// Some of it.
    Partial,
    /// Not yet checked.
    Preliminary,
    /// Done.
    Final,
    /// Something was added or changed after it was done.
    Amended,
    /// It was wrong and has been put right.
    Corrected,
    /// Called off.
    Cancelled,
    /// It never should have been there.
    Withdrawn,
}

/// A file that comes with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    /// What it is called.
    pub title: Option<String>,
    /// MIME type, as the source gives it.
    pub content_type: Option<String>,
    /// Whether the file itself is here.
    pub is_here: bool,
}

/// One observation: what was found (FHIR Observation).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    /// Its id; none for one inside another.
    pub id: Option<ResourceId>,
    /// What was looked for.
    pub name: Name,
    /// What was found.
    pub value: Value,
    /// What the source says of how it stands to the usual.
    pub flag: Option<Flag>,
    /// What is usual.
    pub ranges: Vec<Range>,
    /// When the sample was taken, as exactly as it is known.
    pub taken: Option<String>,
    /// When it was answered.
    pub issued: Option<Timestamp>,
    /// How far it has come.
    pub state: State,
    /// Comments.
    pub notes: Vec<String>,
    /// Codes of its category.
    pub categories: Vec<String>,
    /// Ids of observations under it.
    pub members: Vec<ResourceId>,
    /// Parts of it.
    pub parts: Vec<Self>,
}

/// What was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Name {
    /// The analysis, when it is one we have plain words for.
    pub analysis: Option<Analysis>,
    /// What the source calls it.
    pub source: Option<String>,
    /// `system|code`, to find the same again.
    pub code: Option<String>,
    /// All its codes, as `system|code`; without a system `|code`.
    pub codes: Vec<String>,
    /// What was examined, in the source's words, where it is known.
    pub specimen: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A number with a unit.
    Quantity(Quantity),
    /// From one number to another.
    Between(Option<Quantity>, Option<Quantity>),
    /// One to another, such as a titre.
    Ratio(Quantity, Quantity),
    /// Words, in the source's language.
    Words(String),
    /// What was looked for was found, or not.
    Coded(Coded),
    /// Yes or no.
    YesNo(bool),
    /// A date or time, as exactly as it is known.
    When(String),
    /// There is none, for this reason in the source's words.
    Missing(Option<String>),
}

/// Findings that have plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coded {
    /// Found.
    Found,
    /// Not found.
    NotFound,
    /// Cannot be said.
    Uncertain,
}

/// A number with a unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    /// `<`, `<=`, `>=` or `>`.
    pub comparator: Option<String>,
    /// The number with the digits the source gave.
    pub digits: String,
    /// The number.
    pub number: f64,
    /// The unit as people write it; empty for none.
    pub unit: String,
}

/// What is usual.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Range {
    /// From.
    pub low: Option<Quantity>,
    /// To.
    pub high: Option<Quantity>,
    /// In the source's words.
    pub text: Option<String>,
    /// For a goal of treatment, not of health, and the like: in the source's words.
    pub applies_to: Option<String>,
    /// For people of some age.
    pub is_for_age: bool,
}

/// How a value stands to the usual, or a microbe to a medicine (HL7 v3 ObservationInterpretation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// As usual.
    Within,
    /// Over.
    High,
    /// Far over.
    VeryHigh,
    /// Under.
    Low,
    /// Far under.
    VeryLow,
    /// Not as usual.
    Abnormal,
    /// Far from the usual.
    VeryAbnormal,
    /// Found.
    Found,
    /// Not found.
    NotFound,
    /// Cannot be said.
    Uncertain,
    /// The medicine works on the microbe.
    Sensitive,
    /// It works at a higher dose.
    Intermediate,
    /// It does not work.
    Resistant,
}

/// What somebody at the doctor's wrote to the patient about an answer (FHIR Communication about the report).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// The report.
    pub about: ResourceId,
    /// Who wrote.
    pub by: Option<String>,
    /// When.
    pub sent: Option<Timestamp>,
    /// The words.
    pub words: String,
}
