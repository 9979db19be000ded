use varde_base::SystemRole;

use crate::{AddressCheck, RuleId};

/// How the one who asks stands to the person the data are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Relation {
    /// The same person.
    Myself,
    /// Has parental responsibility (*foreldreansvar*, Volven 7611 `FO`) and passes the address check.
    Parent,
    /// Guardian (*verge*, Volven 7611 `VE`).
    Guardian,
    /// Proxy given by a competent adult (*fullmakt*, Volven 7611 `FU`).
    Proxy,
    /// Next of kin of a person who lacks capacity, assigned by documented decision (Volven 7611 `TD`).
    AssignedProxy,
    /// Next of kin with practical things only (*pårørende light*).
    NextOfKin,
    /// Foster parent, by decision of the child welfare service.
    FosterParent,
    /// Health personnel who treat (purpose `TREAT`).
    Treating,
    /// Health personnel in an emergency (`ETREAT`).
    Emergency,
    /// Health personnel who coordinate care (`COC`).
    Coordinating,
    /// Health personnel who break the glass (`BTG`).
    BreakingGlass,
    /// A pharmacy at the counter.
    Pharmacy,
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

/// The relations that rules can be written for, with their names in the rule book and the access log.
const KEYS: [(Relation, &str); 17] = [
    (Relation::Myself, "self"),
    (Relation::Parent, "parent"),
    (Relation::Guardian, "guardian"),
    (Relation::Proxy, "proxy"),
    (Relation::AssignedProxy, "assigned-proxy"),
    (Relation::NextOfKin, "next-of-kin"),
    (Relation::FosterParent, "foster-parent"),
    (Relation::Treating, "treating"),
    (Relation::Emergency, "emergency"),
    (Relation::Coordinating, "coordinating"),
    (Relation::BreakingGlass, "break-glass"),
    (Relation::Pharmacy, "pharmacy"),
    (Relation::SignedIn, "signed-in"),
    (Relation::SourceSystem, "source-system"),
    (Relation::Admin, "admin"),
    (Relation::Platform, "platform"),
    (Relation::Stranger, "stranger"),
];

impl Relation {
    /// All relations.
    pub const ALL: [Self; 17] = [
        Self::Myself,
        Self::Parent,
        Self::Guardian,
        Self::Proxy,
        Self::AssignedProxy,
        Self::NextOfKin,
        Self::FosterParent,
        Self::Treating,
        Self::Emergency,
        Self::Coordinating,
        Self::BreakingGlass,
        Self::Pharmacy,
        Self::SignedIn,
        Self::SourceSystem,
        Self::Admin,
        Self::Platform,
        Self::Stranger,
    ];

    /// The relation's name in the rule book and the access log.
    pub fn key(self) -> &'static str {
        KEYS.iter().find(|(relation, _)| *relation == self).map_or("stranger", |(_, key)| key)
    }

    /// The relation a key names; `stranger` cannot be given rights.
    pub fn from_key(key: &str) -> Option<Self> {
        KEYS.iter().find(|(relation, its)| *its == key && *relation != Self::Stranger).map(|(relation, _)| *relation)
    }

    /// The relation of a program to all data.
    pub const fn of_system(role: SystemRole) -> Self {
        match role {
            SystemRole::SourceSystem => Self::SourceSystem,
            SystemRole::Admin => Self::Admin,
            SystemRole::Platform => Self::Platform,
        }
    }

    /// Whether this is the citizen or somebody who acts for the citizen.
    pub const fn is_citizens(self) -> bool {
        matches!(self, Self::Myself) || self.represents()
    }

    /// Whether this is somebody who acts for another citizen.
    pub const fn represents(self) -> bool {
        matches!(
            self,
            Self::Parent | Self::Guardian | Self::Proxy | Self::AssignedProxy | Self::NextOfKin | Self::FosterParent
        )
    }

    /// Whether this is health personnel.
    pub const fn is_personnel(self) -> bool {
        matches!(self, Self::Treating | Self::Emergency | Self::Coordinating | Self::BreakingGlass)
    }
}

/// What a representation is limited to: the service areas of a proxy, the scopes of next of kin (domain.md section 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Areas(u8);

impl Areas {
    /// None.
    pub const NONE: Self = Self(0);
    /// Area 1: insight into data registered about the giver.
    pub const REGISTERS: Self = Self(1);
    /// Area 2: the patient's record.
    pub const RECORD: Self = Self(2);
    /// Area 3: digital health services.
    pub const SERVICES: Self = Self(4);
    /// Collecting medicines at the pharmacy.
    pub const PHARMACY: Self = Self(8);
    /// Time and place of appointments, and reminders.
    pub const TIMES: Self = Self(16);
    /// Travel to and from.
    pub const TRAVEL: Self = Self(32);

    /// Each area with its code in a Consent's `provision.code`.
    pub const CODES: [(Self, &'static str); 6] = [
        (Self::REGISTERS, "1"),
        (Self::RECORD, "2"),
        (Self::SERVICES, "3"),
        (Self::PHARMACY, "P"),
        (Self::TIMES, "T"),
        (Self::TRAVEL, "R"),
    ];

    /// The area a code names, if any.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.into_iter().find(|(_, its)| *its == code).map(|(area, _)| area)
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `wanted` is here.
    pub const fn any(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    /// The areas, one by one.
    pub fn iter(self) -> impl Iterator<Item = Self> {
        Self::CODES.into_iter().map(|(area, _)| area).filter(move |area| self.any(*area))
    }
}

/// One way in which somebody stands to a subject today. Several may hold at once: a guardian may also be a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How.
    pub relation: Relation,
    /// What it is limited to, for a proxy and next of kin.
    pub areas: Areas,
    /// Why it opens nothing today although it is there, such as an address check that fails.
    pub closed: Option<RuleId>,
    /// The patient has said yes to just this look-up (personnel; `HPMOTTATTSAMTYKKE`).
    pub patient_agrees: bool,
}

impl Standing {
    /// A relation that holds and is limited to nothing.
    pub const fn of(relation: Relation) -> Self {
        Self { relation, areas: Areas::NONE, closed: None, patient_agrees: false }
    }
}

/// What the population register says of a would-be parent and a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyFacts<'a> {
    /// Registered address of the one who asks, in one comparable text; `None` for nobody's and for those who moved abroad.
    pub parent_address: Option<&'a str>,
    /// Registered address of the child.
    pub child_address: Option<&'a str>,
    /// Some parent with responsibility shares the child's address.
    pub some_parent_lives_there: bool,
    /// A court has decided that this parent is to have insight wherever the child lives.
    pub court_grants: bool,
    /// Either of them has a protected address (*kode 6* or *kode 7*).
    pub protected_address: bool,
    /// The one who asks is registered dead.
    pub parent_deceased: bool,
}

impl FamilyFacts<'_> {
    /// Why a parent with parental responsibility in force opens nothing, or `None` when nothing stands in the way. A protected address on either side
    /// closes everything, since no one may be represented or represent others then; then a parent who has no registered address
    /// in Norway; then the address check, which a court's decision stands above.
    pub fn closed(&self, check: AddressCheck) -> Option<RuleId> {
        if self.parent_deceased {
            return Some(RuleId::NO_RELATION);
        }
        if self.protected_address {
            return Some(RuleId::PROTECTED_ADDRESS);
        }
        let Some(own) = self.parent_address else { return Some(RuleId::NO_ADDRESS) };
        let passes = match check {
            AddressCheck::SameParent => self.child_address == Some(own),
            AddressCheck::AnyParent => self.some_parent_lives_there,
        };
        (!passes && !self.court_grants).then_some(RuleId::ADDRESS_CHECK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together() -> FamilyFacts<'static> {
        FamilyFacts {
            parent_address: Some("Kirkegata 1|0153"),
            child_address: Some("Kirkegata 1|0153"),
            some_parent_lives_there: true,
            court_grants: false,
            protected_address: false,
            parent_deceased: false,
        }
    }

    #[test]
    fn the_address_check_has_two_variants_and_a_court_stands_above_it() {
        use AddressCheck::{AnyParent, SameParent};
        let base = together();
        let apart = FamilyFacts { parent_address: Some("Storgata 2|0155"), ..base.clone() };
        let (moved, check) = (Some(RuleId::NO_ADDRESS), Some(RuleId::ADDRESS_CHECK));
        for (facts, same, any) in [
            (base.clone(), None, None),
            (apart.clone(), check, None),
            (FamilyFacts { some_parent_lives_there: false, ..apart.clone() }, check, check),
            (FamilyFacts { court_grants: true, some_parent_lives_there: false, ..apart }, None, None),
            (FamilyFacts { parent_address: None, child_address: None, ..base.clone() }, moved, moved),
            (FamilyFacts { parent_address: None, court_grants: true, ..base.clone() }, moved, moved),
            (
                FamilyFacts { protected_address: true, court_grants: true, ..base.clone() },
                Some(RuleId::PROTECTED_ADDRESS),
                Some(RuleId::PROTECTED_ADDRESS),
            ),
            (FamilyFacts { parent_deceased: true, ..base }, Some(RuleId::NO_RELATION), Some(RuleId::NO_RELATION)),
        ] {
            assert_eq!((facts.closed(SameParent), facts.closed(AnyParent)), (same, any), "{facts:?}");
        }
    }

    #[test]
    fn every_relation_has_one_place_and_one_name() {
        for (number, relation) in Relation::ALL.into_iter().enumerate() {
            assert_eq!(relation as usize, number);
            let readable = (relation != Relation::Stranger).then_some(relation);
            assert_eq!(Relation::from_key(relation.key()), readable);
        }
    }

    #[test]
    fn areas_are_sets() {
        let both = Areas::REGISTERS.with(Areas::PHARMACY);
        assert!(both.any(Areas::PHARMACY) && !both.any(Areas::RECORD.with(Areas::SERVICES)));
        assert_eq!(both.iter().collect::<Vec<_>>(), [Areas::REGISTERS, Areas::PHARMACY]);
        assert_eq!(Areas::from_code("P"), Some(Areas::PHARMACY));
    }
}
