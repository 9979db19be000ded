use std::fmt;

use jiff::Timestamp;

/// The name of a rule in the rule book, such as `AP-3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleId(pub &'static str);

macro_rules! built_in {
    ($($(#[$doc:meta])* $name:ident = $key:literal;)*) => {
        impl RuleId {
            $($(#[$doc])* pub const $name: Self = Self($key);)*

            /// The rules that stand in no table.
            pub const BUILT_IN: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

built_in! {
    /// No rule speaks of the case, so the answer is no. A complete book has no such case.
    NO_RULE = "NO-RULE";
    /// The one who asks has no relation to the person that opens anything.
    NO_RELATION = "NO-RELATION";
    /// The person has stopped their own account (*akuttsperre*).
    ACCOUNT_STOPPED = "ACCOUNT-STOPPED";
    /// The person has made the account inactive; those with a proxy still act.
    INACTIVE = "INACTIVE";
    /// The person the data are about is registered dead; access goes by request to the health service.
    DECEASED = "DECEASED";
    /// A protected address on either side: no one represents or is represented.
    PROTECTED_ADDRESS = "PROTECTED-ADDRESS";
    /// A parent without a registered address in Norway.
    NO_ADDRESS = "NO-ADDRESS";
    /// A parent who does not pass the address check (*adressesjekk*).
    ADDRESS_CHECK = "ADDRESS-CHECK";
    /// Health personnel for whom nothing shows that they treat the person.
    NO_CARE_RELATION = "NO-CARE-RELATION";
    /// A child's data are withheld from parents at once (the "emergency button").
    ACUTE_STOP = "ACUTE-STOP";
    /// A parent has not consented to the young person's use.
    NO_CONSENT = "NO-CONSENT";
    /// The citizen's consent to use of the platform does not go so far (*tilgangsnivå*).
    CONSENT_LEVEL = "CONSENT-LEVEL";
    /// The sign-in is not of the high level of assurance.
    ASSURANCE = "ASSURANCE";
    /// The proxy, or what next of kin were given, does not cover this.
    AREA = "AREA";
    /// Not labelled as for parent and young person both.
    NOT_SHARED = "NOT-SHARED";
    /// Health personnel have not opened the referral it belongs to.
    NOT_OPENED = "NOT-OPENED";
    /// The citizen has removed their own digital access to this.
    OWN_ACCESS_REMOVED = "OWN-ACCESS-REMOVED";
    /// The citizen has reserved against the register.
    RESERVED = "RESERVED";
    /// The citizen has blocked it for health personnel.
    BLOCKED = "BLOCKED";
    /// The citizen has blocked just this person, in emergencies too.
    BLOCKED_BY_NAME = "BLOCKED-BY-NAME";
    /// The item is hidden from the one who asks by its own label.
    ITEM_HIDDEN = "ITEM-HIDDEN";
    /// The item is shielded from health personnel.
    SHIELDED = "SHIELDED";
    /// The item is shown later.
    DELAYED = "DELAYED";
    /// A proxy never has more than the giver.
    GIVER_HAS_NOT = "GIVER-HAS-NOT";
}

impl RuleId {
    /// The rule as the one it refuses is told of it. That a child is withheld or an address protected is for nobody else to know, so it is as if
    /// they had nothing to do with each other; the log has the rule itself.
    #[must_use]
    pub fn told(self) -> Self {
        if self == Self::PROTECTED_ADDRESS || self == Self::ACUTE_STOP { Self::NO_RELATION } else { self }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Open.
    Allow,
    /// Closed.
    Deny,
}

/// An answer and the rule that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Yes or no.
    pub outcome: Outcome,
    /// The rule that decided.
    pub rule: RuleId,
    /// Of a no that ends by itself, when.
    pub until: Option<Timestamp>,
}

impl Decision {
    /// A yes by `rule`.
    pub const fn allow(rule: RuleId) -> Self {
        Self { outcome: Outcome::Allow, rule, until: None }
    }

    /// A no by `rule`.
    pub const fn deny(rule: RuleId) -> Self {
        Self { outcome: Outcome::Deny, rule, until: None }
    }

    /// Whether the answer is yes.
    pub fn allowed(self) -> bool {
        self.outcome == Outcome::Allow
    }
}
