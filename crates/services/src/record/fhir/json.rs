//! The members that are read, in the shape FHIR gives them.

use serde::Deserialize;
use serde::de::IgnoredAny;
use varde_base::ResourceId;

#[derive(Deserialize)]
pub(super) struct ReferenceJson {
    pub(super) reference: Option<String>,
    pub(super) display: Option<String>,
}

impl ReferenceJson {
    /// The id when the reference points at a resource of `kind` that lives here.
    pub(super) fn id_of(&self, kind: &str) -> Option<ResourceId> {
        id_in(self.reference.as_deref()?, kind)
    }
}

/// The id in `Type/id`, with or without a version after it.
pub(super) fn id_in(reference: &str, kind: &str) -> Option<ResourceId> {
    reference.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?.parse().ok()
}

#[derive(Deserialize)]
pub(super) struct CodingJson {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
    pub(super) display: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ConceptJson {
    #[serde(default)]
    pub(super) coding: Vec<CodingJson>,
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PeriodJson {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

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
