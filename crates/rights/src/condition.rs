use crate::{Areas, Audience, ConsentLevel, Facts, Item, ItemLabel, Relation, RuleId, Standing};

/// What must also hold for a rule to open something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// A parent has consented to the young person's use.
    ParentalConsent,
    /// The citizen lets the platform go so far.
    Level(ConsentLevel),
    /// Signed in at the high level of assurance.
    HighAssurance,
    /// The proxy covers one of these areas.
    Area(Areas),
    /// The item is labelled as for parent and young person both.
    Shared,
    /// Health personnel have opened the content of the referral the item belongs to.
    Opened,
    /// Health personnel have opened the referral at least so far that one may see it is there.
    OpenedOutline,
}

/// The words of the rule book's column `when`.
const WORDS: [(&str, Condition); 15] = [
    ("consent", Condition::ParentalConsent),
    ("basis", Condition::Level(ConsentLevel::Basis)),
    ("basis-plus", Condition::Level(ConsentLevel::BasisPlus)),
    ("full", Condition::Level(ConsentLevel::Full)),
    ("high", Condition::HighAssurance),
    ("area-1", Condition::Area(Areas::REGISTERS)),
    ("area-2", Condition::Area(Areas::RECORD)),
    ("area-3", Condition::Area(Areas::SERVICES)),
    ("area-2-or-3", Condition::Area(Areas::RECORD.with(Areas::SERVICES))),
    ("pharmacy", Condition::Area(Areas::PHARMACY)),
    ("times", Condition::Area(Areas::TIMES)),
    ("travel", Condition::Area(Areas::TRAVEL)),
    ("shared", Condition::Shared),
    ("opened", Condition::Opened),
    ("opened-outline", Condition::OpenedOutline),
];

impl Condition {
    /// The condition a word of the book names, if any.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(its, _)| *its == word).map(|(_, condition)| *condition)
    }

    /// The condition's name in the rule book.
    pub fn key(self) -> &'static str {
        WORDS.iter().find(|(_, its)| *its == self).map_or("", |(word, _)| word)
    }

    /// The rule that closes when the persons do not fulfil it; `None` when they do, or when it is about the item.
    pub(crate) fn refused_by_facts(self, facts: &Facts, standing: &Standing) -> Option<RuleId> {
        let (holds, rule) = match self {
            Self::ParentalConsent => (facts.subject.parental_consent, RuleId::NO_CONSENT),
            Self::Level(level) => (facts.subject.level >= level, RuleId::CONSENT_LEVEL),
            Self::HighAssurance => (facts.asker.high, RuleId::ASSURANCE),
            Self::Area(areas) => (standing.areas.any(areas), RuleId::AREA),
            Self::Shared | Self::Opened | Self::OpenedOutline => return None,
        };
        (!holds).then_some(rule)
    }

    /// The rule that closes when the item does not fulfil it; `None` when it does, or when it is about the persons.
    pub(crate) fn refused_by_item(self, facts: &Facts, relation: Relation, item: Item<'_>) -> Option<RuleId> {
        let (holds, rule) = match self {
            Self::Shared => (item.label.any(ItemLabel::SHARED), RuleId::NOT_SHARED),
            Self::Opened => (facts.has_opened(relation, item, true), RuleId::NOT_OPENED),
            Self::OpenedOutline => (facts.has_opened(relation, item, false), RuleId::NOT_OPENED),
            _ => return None,
        };
        (!holds).then_some(rule)
    }
}

impl Facts {
    /// Whether personnel have opened the item's referral for one who stands like that, its content too if that is asked.
    fn has_opened(&self, relation: Relation, item: Item<'_>, content: bool) -> bool {
        let Some(referral) = item.referral.filter(|_| item.label.any(ItemLabel::REFERRED)) else { return false };
        let audience = audience(relation);
        let opened = |opening: &&crate::Opening| *opening.referral == *referral && opening.audience == audience;
        self.subject.openings.iter().filter(opened).any(|opening| opening.content || !content)
    }
}

/// For whom a referral must be opened, for one who stands like that.
pub(crate) const fn audience(relation: Relation) -> Audience {
    if matches!(relation, Relation::Myself) { Audience::Youth } else { Audience::Parents }
}
