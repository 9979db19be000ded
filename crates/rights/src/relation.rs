use varde_base::SystemRole;

/// How the one who asks stands to the person the data are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Relation {
    /// The same person.
    Myself,
    /// Has parental responsibility (*foreldreansvar*, Volven 7611 `FO`) and passes the address check.
    Parent,
    /// A signed-in person and data that belong to nobody.
    SignedIn,
    /// A source system.
    SourceSystem,
    /// An administrator's tool.
    Admin,
    /// This platform's own worker.
    Platform,
    /// None of these: nothing is open.
    Stranger,
}

impl Relation {
    /// All relations.
    pub const ALL: [Self; 7] =
        [Self::Myself, Self::Parent, Self::SignedIn, Self::SourceSystem, Self::Admin, Self::Platform, Self::Stranger];

    /// The relation's name in the rule book and the access log.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Myself => "self",
            Self::Parent => "parent",
            Self::SignedIn => "signed-in",
            Self::SourceSystem => "source-system",
            Self::Admin => "admin",
            Self::Platform => "platform",
            Self::Stranger => "stranger",
        }
    }

    /// The relation a key names; `stranger` cannot be given rights.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().filter(|r| *r != Self::Stranger).find(|relation| relation.key() == key)
    }

    /// The relation of a program to all data.
    pub const fn of_system(role: SystemRole) -> Self {
        match role {
            SystemRole::SourceSystem => Self::SourceSystem,
            SystemRole::Admin => Self::Admin,
            SystemRole::Platform => Self::Platform,
        }
    }
}

/// What the population register says of a would-be parent and a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyFacts<'a> {
    /// Parental responsibility is registered and in force.
    pub responsibility: bool,
    /// Registered address of the one who asks, in one comparable text.
    pub parent_address: Option<&'a str>,
    /// Registered address of the child.
    pub child_address: Option<&'a str>,
    /// Either of them has a protected address (*kode 6* or *kode 7*).
    pub protected_address: bool,
    /// The one who asks, or the child, is registered dead.
    pub deceased: bool,
}

impl FamilyFacts<'_> {
    /// The relation that follows. A parent passes the address check (*adressesjekk*) in its strict form: the parent who asks
    /// shares the child's registered address (domain.md section 1.3, `address_check = same_parent`). A protected address on
    /// either side closes everything, since no one may be represented or represent others then.
    pub fn relation(&self) -> Relation {
        let same_address = match (self.parent_address, self.child_address) {
            (Some(parent), Some(child)) => parent == child,
            _ => false,
        };
        if self.responsibility && same_address && !self.protected_address && !self.deceased {
            Relation::Parent
        } else {
            Relation::Stranger
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together() -> FamilyFacts<'static> {
        FamilyFacts {
            responsibility: true,
            parent_address: Some("Kirkegata 1|0153"),
            child_address: Some("Kirkegata 1|0153"),
            protected_address: false,
            deceased: false,
        }
    }

    #[test]
    fn a_parent_needs_responsibility_and_the_same_address() {
        let base = together();
        let cases = [
            (base.clone(), Relation::Parent),
            (FamilyFacts { responsibility: false, ..base.clone() }, Relation::Stranger),
            (FamilyFacts { parent_address: Some("Storgata 2|0155"), ..base.clone() }, Relation::Stranger),
            (FamilyFacts { parent_address: None, child_address: None, ..base.clone() }, Relation::Stranger),
            (FamilyFacts { protected_address: true, ..base.clone() }, Relation::Stranger),
            (FamilyFacts { deceased: true, ..base }, Relation::Stranger),
        ];
        for (facts, expected) in cases {
            assert_eq!(facts.relation(), expected, "{facts:?}");
        }
    }
}
