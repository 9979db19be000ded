//! The access log: who looked at what, in a chain of hashes and in a tree whose heads are signed.

pub(crate) mod chain;
pub(crate) mod check;
pub(crate) mod heads;
pub(crate) mod key;
mod nonce;
pub(crate) mod note;
pub(crate) mod proof;
pub(crate) mod tiles;
pub(crate) mod tree;

use std::sync::Arc;

use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_rights::{RuleId, Service};

use crate::types::{AuditAction, AuditOutcome, LoggedPersonnel};

/// The part of an entry that is the same for a whole request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditContext {
    /// Kind of actor: `citizen`, or a relation's key for a program.
    pub actor_kind: &'static str,
    /// Name as shown to people.
    pub actor_name: Box<str>,
    /// The actor's own Patient, when the actor is a citizen.
    pub actor_patient: Option<PatientId>,
    /// On whose behalf.
    pub acting_for: Option<PatientId>,
    /// Name of the interaction.
    pub interaction: &'static str,
    /// HL7 v3 ActReason.
    pub purpose: &'static str,
    /// Who it was by number, when health personnel look.
    pub personnel: Option<LoggedPersonnel>,
}

/// An entry before it has a number, a time and a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditDraft {
    /// Who and why.
    pub context: Arc<AuditContext>,
    /// Whose data.
    pub patient: Option<PatientId>,
    /// What was done.
    pub action: AuditAction,
    /// Type of resource; `None` for the whole system.
    pub resource_type: Option<ResourceType>,
    /// Id of the resource, when it was one.
    pub resource_id: Option<Box<str>>,
    /// Names of search parameters, never values.
    pub query: Option<Box<str>>,
    /// How many resources.
    pub count: u32,
    /// The service that decided.
    pub service: Option<Service>,
    /// The rule that decided.
    pub rule: RuleId,
    /// How it ended.
    pub outcome: AuditOutcome,
}
