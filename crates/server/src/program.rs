//! A program as it is written down, so that what it has ordered is carried out as it later.

use serde::{Deserialize, Serialize};
use varde_base::{SystemActor, SystemRole};

/// Name and role of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Program {
    name: String,
    role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    SourceSystem,
    Admin,
    Platform,
}

impl Program {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The program itself.
    pub(crate) fn actor(&self) -> SystemActor {
        let role = match self.role {
            Role::SourceSystem => SystemRole::SourceSystem,
            Role::Admin => SystemRole::Admin,
            Role::Platform => SystemRole::Platform,
        };
        SystemActor { name: self.name.as_str().into(), role }
    }

    /// Whether it is this one.
    pub(crate) fn is(&self, actor: &SystemActor) -> bool {
        *self == Self::from(actor)
    }
}

impl From<&SystemActor> for Program {
    fn from(actor: &SystemActor) -> Self {
        let role = match actor.role {
            SystemRole::SourceSystem => Role::SourceSystem,
            SystemRole::Admin => Role::Admin,
            SystemRole::Platform => Role::Platform,
        };
        Self { name: actor.name.to_string(), role }
    }
}
