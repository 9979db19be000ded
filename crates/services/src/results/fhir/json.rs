//! The members that are read, in the shape FHIR gives them.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::shared::json::{ConceptJson, PeriodJson, ReferenceJson};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentJson {
    pub(super) content_type: Option<String>,
    pub(super) title: Option<String>,
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportJson {
    pub(super) id: String,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) category: Vec<ConceptJson>,
    pub(super) code: Option<ConceptJson>,
    pub(super) effective_date_time: Option<String>,
    pub(super) effective_period: Option<PeriodJson>,
    pub(super) issued: Option<String>,
    #[serde(default)]
    pub(super) performer: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) results_interpreter: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) specimen: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) based_on: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) result: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) contained: Vec<Box<RawValue>>,
    pub(super) conclusion: Option<String>,
    #[serde(default)]
    pub(super) conclusion_code: Vec<ConceptJson>,
    #[serde(default)]
    pub(super) presented_form: Vec<AttachmentJson>,
}

#[derive(Deserialize)]
pub(super) struct RequestJson {
    pub(super) requester: Option<ReferenceJson>,
}

#[derive(Deserialize)]
pub(super) struct QuantityJson {
    /// As it stands, since a decimal keeps its last digit.
    pub(super) value: Option<Box<RawValue>>,
    pub(super) comparator: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RangeJson {
    pub(super) low: Option<QuantityJson>,
    pub(super) high: Option<QuantityJson>,
}

#[derive(Deserialize)]
pub(super) struct RatioJson {
    pub(super) numerator: Option<QuantityJson>,
    pub(super) denominator: Option<QuantityJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferenceRangeJson {
    pub(super) low: Option<QuantityJson>,
    pub(super) high: Option<QuantityJson>,
    #[serde(rename = "type")]
    pub(super) kind: Option<ConceptJson>,
    #[serde(default)]
    pub(super) applies_to: Vec<ConceptJson>,
    pub(super) age: Option<serde_json::Value>,
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct NoteJson {
    pub(super) text: Option<String>,
}

/// An Observation, or a component of one, which has the same members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObservationJson {
    pub(super) resource_type: Option<String>,
    pub(super) id: Option<String>,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) category: Vec<ConceptJson>,
    pub(super) code: Option<ConceptJson>,
    pub(super) specimen: Option<ReferenceJson>,
    pub(super) effective_date_time: Option<String>,
    pub(super) effective_instant: Option<String>,
    pub(super) effective_period: Option<PeriodJson>,
    pub(super) issued: Option<String>,
    pub(super) value_quantity: Option<QuantityJson>,
    pub(super) value_codeable_concept: Option<ConceptJson>,
    pub(super) value_string: Option<String>,
    pub(super) value_boolean: Option<bool>,
    pub(super) value_integer: Option<serde_json::Number>,
    pub(super) value_range: Option<RangeJson>,
    pub(super) value_ratio: Option<RatioJson>,
    pub(super) value_date_time: Option<String>,
    pub(super) value_time: Option<String>,
    pub(super) data_absent_reason: Option<ConceptJson>,
    #[serde(default)]
    pub(super) interpretation: Vec<ConceptJson>,
    #[serde(default)]
    pub(super) note: Vec<NoteJson>,
    #[serde(default)]
    pub(super) reference_range: Vec<ReferenceRangeJson>,
    #[serde(default)]
    pub(super) has_member: Vec<ReferenceJson>,
    #[serde(default)]
    pub(super) component: Vec<Self>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PayloadJson {
    pub(super) content_string: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CommunicationJson {
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) category: Vec<ConceptJson>,
    #[serde(default)]
    pub(super) about: Vec<ReferenceJson>,
    pub(super) sender: Option<ReferenceJson>,
    pub(super) sent: Option<String>,
    #[serde(default)]
    pub(super) payload: Vec<PayloadJson>,
}
