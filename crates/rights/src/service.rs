/// A kind of information with rules of its own. What no citizen rule names yet is closed to citizens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Service {
    /// Appointments with GP, municipality and others outside hospital (*timeavtaler*).
    PrimaryAppointments = 0,
    /// Appointments in hospital and with other specialist care.
    SpecialistAppointments = 1,
    /// Visits that have taken place (Encounter).
    Visits = 2,
    /// Name, address, contact points, relations from the population register.
    Person = 3,
    /// Who offers what, where and when: data that belong to no citizen.
    Directory = 4,
    /// Who has looked (*innsynslogg*).
    AccessLog = 5,
    /// Test results (*prøvesvar*).
    Results = 6,
    /// Prescriptions, dispensings and the medication list.
    Medicines = 7,
    /// Referrals and requisitions (*henvisninger*).
    Referrals = 8,
    /// Documents and notes (*journal*).
    Record = 9,
    /// Messages between citizen and health service.
    Messages = 10,
    /// Immunizations and recommendations.
    Vaccines = 11,
    /// Consents and other statements of will.
    Consents = 12,
    /// Everything else about a person.
    OtherHealth = 13,
    /// Definitions, terminology and other data about no person.
    Definitions = 14,
    /// The national summary record (*kjernejournal*).
    SummaryRecord = 15,
    /// E-consultations and other contact with the GP.
    Consultations = 16,
    /// Co-payments and exemption card (*egenandeler, frikort*).
    CoPayments = 17,
    /// Patient travel (*pasientreiser*).
    Travel = 18,
    /// Who the GP is, and changing GP (*bytte fastlege*).
    GpChoice = 19,
    /// Privacy settings: blocks, reservations, the stop of one's own account (*personverninnstillinger*).
    PrivacySettings = 20,
    /// Proxies given and received (*fullmakter*).
    Proxies = 21,
    /// School health service and youth clinic (*helsestasjon for ungdom*), without parents.
    YouthServices = 22,
    /// Collecting medicines for somebody (*fullmakt på apotek*).
    PharmacyPickup = 23,
    /// A parent's consent to a young person's own use (*foreldresamtykke*).
    YouthConsent = 24,
    /// What a person has asked of those who keep information: to correct it, to see that of one who is dead, why somebody looked.
    Requests = 25,
    /// How a person wants to be told of what concerns them, and on which devices (*varslingsvalg*).
    Notifications = 26,
}

impl Service {
    /// All services, in the order of their stored numbers.
    pub const ALL: [Self; 27] = [
        Self::PrimaryAppointments,
        Self::SpecialistAppointments,
        Self::Visits,
        Self::Person,
        Self::Directory,
        Self::AccessLog,
        Self::Results,
        Self::Medicines,
        Self::Referrals,
        Self::Record,
        Self::Messages,
        Self::Vaccines,
        Self::Consents,
        Self::OtherHealth,
        Self::Definitions,
        Self::SummaryRecord,
        Self::Consultations,
        Self::CoPayments,
        Self::Travel,
        Self::GpChoice,
        Self::PrivacySettings,
        Self::Proxies,
        Self::YouthServices,
        Self::PharmacyPickup,
        Self::YouthConsent,
        Self::Requests,
        Self::Notifications,
    ];

    /// The number kept beside a stored resource. Never reused for another service.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The service of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The service's name in the rule book, the access log and event categories.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PrimaryAppointments => "primary-appointments",
            Self::SpecialistAppointments => "specialist-appointments",
            Self::Visits => "visits",
            Self::Person => "person",
            Self::Directory => "directory",
            Self::AccessLog => "access-log",
            Self::Results => "results",
            Self::Medicines => "medicines",
            Self::Referrals => "referrals",
            Self::Record => "record",
            Self::Messages => "messages",
            Self::Vaccines => "vaccines",
            Self::Consents => "consents",
            Self::OtherHealth => "other-health",
            Self::Definitions => "definitions",
            Self::SummaryRecord => "summary-record",
            Self::Consultations => "consultations",
            Self::CoPayments => "co-payments",
            Self::Travel => "travel",
            Self::GpChoice => "gp-choice",
            Self::PrivacySettings => "privacy-settings",
            Self::Proxies => "proxies",
            Self::YouthServices => "youth-services",
            Self::PharmacyPickup => "pharmacy-pickup",
            Self::YouthConsent => "youth-consent",
            Self::Requests => "requests",
            Self::Notifications => "notifications",
        }
    }

    /// The service a key names, if any.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.key() == key)
    }
}

/// A set of services, small enough to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ServiceSet(u32);

impl ServiceSet {
    /// No service.
    pub const EMPTY: Self = Self(0);

    /// This set with `service` in it.
    #[must_use]
    pub const fn with(self, service: Service) -> Self {
        Self(self.0 | 1 << service.number())
    }

    /// What is in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether `service` is in the set.
    pub const fn contains(self, service: Service) -> bool {
        self.0 & (1 << service.number()) != 0
    }

    /// Whether there is nothing in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every service is in the set, so that a filter would change nothing.
    pub fn is_full(self) -> bool {
        Service::ALL.into_iter().all(|service| self.contains(service))
    }

    /// The services in the set.
    pub fn iter(self) -> impl Iterator<Item = Service> {
        Service::ALL.into_iter().filter(move |service| self.contains(*service))
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Action {
    /// See it, its content too.
    View,
    /// See that it is there: when, where, which state, and nothing of what it is about.
    Outline,
    /// Book a new one.
    Book,
    /// Move or amend it.
    Change,
    /// Call it off.
    Cancel,
    /// Ask for a prescription to be renewed.
    Renew,
    /// Send a message or start a consultation.
    Send,
    /// Create, replace or delete it as a system does.
    Write,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 8] =
        [Self::View, Self::Outline, Self::Book, Self::Change, Self::Cancel, Self::Renew, Self::Send, Self::Write];

    /// The action's name in the rule book and the access log.
    pub const fn key(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Outline => "outline",
            Self::Book => "book",
            Self::Change => "change",
            Self::Cancel => "cancel",
            Self::Renew => "renew",
            Self::Send => "send",
            Self::Write => "write",
        }
    }

    /// The action a key names, if any.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_round_trip() {
        for service in Service::ALL {
            assert_eq!(Service::from_number(service.number()), Some(service));
            assert_eq!(Service::from_key(service.key()), Some(service));
        }
        for action in Action::ALL {
            assert_eq!(Action::from_key(action.key()), Some(action));
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = ServiceSet::EMPTY.with(Service::Person).with(Service::Visits);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Service::Visits, Service::Person]);
        assert!(!set.contains(Service::Results) && !set.is_empty() && !set.is_full());
    }
}
