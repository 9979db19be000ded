use std::sync::Arc;

use crate::{AgeBand, ConsentLevel, ItemLabel, Relation, RuleId, Service, ServiceSet, Standing};

/// What a person decides about their own: no restriction of theirs reaches it, or it could never be lifted.
const DECISIONS: ServiceSet = ServiceSet::EMPTY
    .with(Service::PrivacySettings)
    .with(Service::Consents)
    .with(Service::YouthConsent)
    .with(Service::Proxies);

/// All that a decision rests on about the two persons, gathered once per request and never kept for the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// About the one who asks.
    pub asker: Asker,
    /// About the person the data are about.
    pub subject: Subject,
    /// How the one stands to the other; empty for strangers. The first that opens something decides.
    pub standings: Vec<Standing>,
}

/// The one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Has stopped their own account (*akuttsperre*).
    pub stopped: bool,
    /// Has made it inactive.
    pub inactive: bool,
    /// Has signed in at the high level of assurance.
    pub high: bool,
}

/// The person the data are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Age band today; an adult for data that belong to nobody.
    pub age: AgeBand,
    /// Registered dead.
    pub deceased: bool,
    /// A parent has consented to the young person's own use (*foreldresamtykke*).
    pub parental_consent: bool,
    /// How far the person lets the platform go.
    pub level: ConsentLevel,
    /// Withheld from parents at once.
    pub acute_stop: bool,
    /// Services to which the person has removed their own digital access.
    pub own_access_removed: ServiceSet,
    /// Registers the person has reserved against.
    pub reserved: ServiceSet,
    /// Blocked for health personnel by the person.
    pub blocked: ServiceSet,
    /// The one who asks is health personnel whom the person has blocked by name.
    pub blocked_by_name: bool,
    /// Referrals that health personnel have opened.
    pub openings: Arc<[Opening]>,
}

/// A referral that health personnel have opened after talking with the young person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Id of the ServiceRequest.
    pub referral: Box<str>,
    /// For the parents, or for the young person.
    pub audience: Audience,
    /// Content too, and not only that it is there.
    pub content: bool,
}

/// For whom something is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Those with parental responsibility, and who else represents the child.
    Parents,
    /// The young person.
    Youth,
}

impl Subject {
    /// A person about whom nothing special is known.
    pub fn of(age: AgeBand) -> Self {
        Self {
            age,
            deceased: false,
            parental_consent: false,
            level: ConsentLevel::Full,
            acute_stop: false,
            own_access_removed: ServiceSet::EMPTY,
            reserved: ServiceSet::EMPTY,
            blocked: ServiceSet::EMPTY,
            blocked_by_name: false,
            openings: Arc::default(),
        }
    }
}

impl Facts {
    /// A citizen, or somebody else, who stands to `subject` in these ways.
    pub fn of(subject: Subject, standings: Vec<Standing>) -> Self {
        Self { asker: Asker { stopped: false, inactive: false, high: true }, subject, standings }
    }

    /// Facts for data that belong to no citizen, or for a program, where no subject's age matters.
    pub fn without_subject(relation: Relation) -> Self {
        Self::of(Subject::of(AgeBand::Adult), vec![Standing::of(relation)])
    }

    /// Nothing to do with each other.
    pub fn strangers() -> Self {
        Self::of(Subject::of(AgeBand::Adult), Vec::new())
    }

    /// The relation that counts first, for pages that name it. One from whom a child is withheld has none.
    pub fn relation(&self) -> Relation {
        let withheld = |relation| self.subject.acute_stop && self.stands_as_a_parent(relation);
        let mut standings = self.standings.iter();
        let open = standings.find(|standing| standing.closed.is_none() && !withheld(standing.relation));
        open.map_or(Relation::Stranger, |standing| standing.relation)
    }

    /// What closes every service at once for one who stands like that, before any rule is read.
    pub(crate) fn closed(&self, standing: &Standing) -> Option<RuleId> {
        let relation = standing.relation;
        if relation == Relation::Stranger {
            return Some(RuleId::NO_RELATION);
        }
        if relation.is_citizens() || relation == Relation::SignedIn {
            if self.asker.stopped {
                return Some(RuleId::ACCOUNT_STOPPED);
            }
            if self.asker.inactive {
                return Some(RuleId::INACTIVE);
            }
        }
        if standing.closed.is_some() {
            return standing.closed;
        }
        if self.subject.deceased && relation.is_citizens() {
            return Some(RuleId::DECEASED);
        }
        (self.subject.acute_stop && self.stands_as_a_parent(relation)).then_some(RuleId::ACUTE_STOP)
    }

    /// What the person has decided about a whole kind of information, for one who stands like that.
    pub(crate) fn restricted(&self, standing: &Standing, service: Service) -> Option<RuleId> {
        let (subject, relation) = (&self.subject, standing.relation);
        // Whoever has closed everything must be able to open it again; what people decide holds no health information.
        if relation.is_citizens() && DECISIONS.contains(service) {
            return None;
        }
        if relation.is_citizens() && subject.own_access_removed.contains(service) {
            return Some(RuleId::OWN_ACCESS_REMOVED);
        }
        if !relation.is_citizens() && !relation.is_personnel() {
            return None;
        }
        if subject.reserved.contains(service) {
            return Some(RuleId::RESERVED);
        }
        if relation.is_personnel() && subject.blocked_by_name {
            return Some(RuleId::BLOCKED_BY_NAME);
        }
        let blockable = matches!(relation, Relation::Treating | Relation::Coordinating) && !standing.patient_agrees;
        (blockable && subject.blocked.contains(service)).then_some(RuleId::BLOCKED)
    }

    /// Whether what is kept from parents is kept from one who stands like that. For a child without capacity the proxy is assigned to a
    /// parent as a rule, and must be no way past.
    fn stands_as_a_parent(&self, relation: Relation) -> bool {
        let of_a_child = relation == Relation::AssignedProxy && self.subject.age < AgeBand::From16To17;
        let in_place = [Relation::Parent, Relation::FosterParent, Relation::NextOfKin, Relation::Guardian];
        of_a_child || in_place.contains(&relation)
    }

    /// Labels that hide an item from one who stands like that. Delay is judged apart, since it ends.
    pub(crate) fn hidden_labels(&self, relation: Relation) -> ItemLabel {
        let for_youth = matches!(relation, Relation::Myself) && self.subject.age < AgeBand::From16To17;
        match relation {
            Relation::Myself if for_youth => ItemLabel::NOT_PATIENT.with(ItemLabel::NOT_YOUTH),
            _ if self.stands_as_a_parent(relation) => ItemLabel::NOT_PATIENT.with(ItemLabel::NOT_PARENT),
            _ if relation.is_citizens() => ItemLabel::NOT_PATIENT,
            Relation::Treating | Relation::Coordinating => ItemLabel::SHIELDED,
            _ => ItemLabel::NONE,
        }
    }
}
