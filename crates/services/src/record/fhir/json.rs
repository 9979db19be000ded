//! The members that are read, in the shape FHIR gives them.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::shared::json::{CodingJson, ConceptJson, PeriodJson, ReferenceJson};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentJson {
    pub(super) content_type: Option<String>,
    pub(super) language: Option<String>,
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    pub(super) size: Option<u64>,
    /// Only whether it is there: of a list nobody needs the files.
    pub(super) data: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct ContentJson {
    pub(super) attachment: AttachmentJson,
}

#[derive(Deserialize)]
pub(super) struct ContextJson {
    #[serde(default)]
    pub(super) encounter: Vec<ReferenceJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DocumentJson {
    pub(super) id: String,
    pub(super) language: Option<String>,
    pub(super) status: Option<String>,
    pub(super) doc_status: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<ConceptJson>,
    #[serde(default)]
    pub(super) category: Vec<ConceptJson>,
    pub(super) date: Option<String>,
    #[serde(default)]
    pub(super) author: Vec<ReferenceJson>,
    pub(super) custodian: Option<ReferenceJson>,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) content: Vec<ContentJson>,
    pub(super) context: Option<ContextJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompositionJson {
    pub(super) id: String,
    pub(super) language: Option<String>,
    pub(super) status: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<ConceptJson>,
    #[serde(default)]
    pub(super) category: Vec<ConceptJson>,
    pub(super) date: Option<String>,
    #[serde(default)]
    pub(super) author: Vec<ReferenceJson>,
    pub(super) custodian: Option<ReferenceJson>,
    pub(super) title: Option<String>,
    pub(super) encounter: Option<ReferenceJson>,
}

#[derive(Deserialize)]
pub(super) struct NarrativeJson {
    pub(super) div: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct SectionJson {
    pub(super) title: Option<String>,
    pub(super) text: Option<NarrativeJson>,
    #[serde(default)]
    pub(super) section: Vec<Self>,
}

#[derive(Deserialize)]
pub(super) struct SectionsJson {
    pub(super) text: Option<NarrativeJson>,
    #[serde(default)]
    pub(super) section: Vec<SectionJson>,
}

#[derive(Deserialize)]
pub(super) struct DataJson {
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct DataContentJson {
    pub(super) attachment: DataJson,
}

#[derive(Deserialize)]
pub(super) struct DataDocumentJson {
    #[serde(default)]
    pub(super) content: Vec<DataContentJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BinaryJson {
    pub(super) security_context: Option<ReferenceJson>,
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EncounterJson {
    pub(super) id: String,
    pub(super) class: Option<CodingJson>,
    pub(super) period: Option<PeriodJson>,
    pub(super) service_provider: Option<ReferenceJson>,
}

#[derive(Deserialize)]
pub(super) struct OutlineJson {
    pub(super) date: Option<String>,
}
