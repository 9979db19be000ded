//! domain.md section 1.4, the table "Service x relation", cell by cell. `Y` yes, `D` no, `I` only items labelled N, `C` only if a
//! clinician has opened the referral, `C*` the same and then only that it is there.

use super::*;

/// The columns of the table: self 16+, youth 13-15 with consent, without consent, parent 0-11, parent 12-15, proxy (its area), assigned
/// proxy. Then service, action and source tag.
type Row = (&'static str, [&'static str; 7], Service, Action, &'static str);

const TABLE: &[Row] = &[
    ("Inbox/messages", ["Y", "I", "D", "Y", "I", "3", "Y"], Service::Messages, Action::View, "innboks"),
    (
        "Appointment GP: view",
        ["Y", "Y", "D", "Y", "Y", "3", "Y"],
        Service::PrimaryAppointments,
        Action::View,
        "TV2 2023",
    ),
    ("School nurse", ["Y", "Y", "Y", "-", "D", "D", "D"], Service::YouthServices, Action::View, "TV2 2023; S3"),
    ("Appointment GP: book", ["Y", "D", "D", "Y", "Y", "3", "Y"], Service::PrimaryAppointments, Action::Book, "S3"),
    (
        "Appointment hospital",
        ["Y", "D", "D", "Y", "C", "3", "Y"],
        Service::SpecialistAppointments,
        Action::View,
        "S4, TV2",
    ),
    (
        "Appointment hospital: metadata",
        ["Y", "C*", "D", "Y", "C", "3", "Y"],
        Service::SpecialistAppointments,
        Action::Outline,
        "S4",
    ),
    ("Referral status", ["Y", "C*", "D", "Y", "C", "2/3", "Y"], Service::Referrals, Action::Outline, "S4"),
    ("Journal documents", ["Y", "C", "D", "Y", "C", "2", "Y"], Service::Record, Action::View, "S4, NRK"),
    ("Access log", ["Y", "C", "D", "Y", "C", "2", "Y"], Service::AccessLog, Action::View, "S4, NRK"),
    ("Test results", ["Y", "D", "D", "Y", "D", "1", "Y"], Service::Results, Action::View, "TV2, S4"),
    ("Prescriptions view", ["Y", "Y", "D", "Y", "Y", "1", "Y"], Service::Medicines, Action::View, "nhn"),
    ("Prescriptions renew", ["Y", "Y", "D", "Y", "Y", "3", "Y"], Service::Medicines, Action::Renew, "nhn"),
    ("Vaccines", ["Y", "Y", "D", "Y", "Y", "1", "Y"], Service::Vaccines, Action::View, "nhn"),
    ("Summary record read", ["Y", "D", "D", "Y", "D", "1", "Y"], Service::SummaryRecord, Action::View, "stord.kommune"),
    (
        "Summary record write",
        ["Y", "D", "D", "Y", "D", "3", "Y"],
        Service::SummaryRecord,
        Action::Change,
        "stord.kommune",
    ),
    ("e-consultation", ["Y", "D", "D", "Y", "I", "3", "Y"], Service::Consultations, Action::View, "A"),
    ("Co-payment", ["Y", "D", "D", "D", "D", "1", "Y"], Service::CoPayments, Action::View, "A; n/a below 16"),
    ("Patient travel", ["Y", "D", "D", "Y", "I", "3", "Y"], Service::Travel, Action::View, "A"),
    ("Change GP", ["Y", "D", "D", "Y", "Y", "3", "Y"], Service::GpChoice, Action::Change, "gjerdrum.kommune"),
    (
        "Privacy settings",
        ["Y", "D", "D", "Y", "D", "D", "D"],
        Service::PrivacySettings,
        Action::Change,
        "personverninnstillinger",
    ),
    ("Parental consent: see", ["Y", "Y", "Y", "D", "Y", "D", "D"], Service::YouthConsent, Action::View, "nhn; A"),
    ("Parental consent: give", ["D", "D", "D", "D", "Y", "D", "D"], Service::YouthConsent, Action::Change, "nhn"),
    ("Other consents", ["Y", "D", "D", "Y", "D", "D", "D"], Service::Consents, Action::Change, "A"),
    ("Notifications: choose", ["Y", "Y", "Y", "D", "D", "D", "D"], Service::Notifications, Action::Change, "A"),
    ("Requests: follow", ["Y", "D", "D", "Y", "D", "2", "Y"], Service::Requests, Action::View, "S4; A"),
    ("Requests: ask", ["Y", "D", "D", "Y", "D", "2", "Y"], Service::Requests, Action::Send, "S4; A"),
    ("Proxies", ["Y", "D", "D", "D", "D", "D", "D"], Service::Proxies, Action::View, "en/power-of-attorney/om"),
];

fn columns() -> [(Relation, AgeBand, bool); 7] {
    [
        (Relation::Myself, AgeBand::From16To17, false),
        (Relation::Myself, AgeBand::From13To15, true),
        (Relation::Myself, AgeBand::From13To15, false),
        (Relation::Parent, AgeBand::Under12, false),
        (Relation::Parent, AgeBand::From13To15, false),
        (Relation::Proxy, AgeBand::Adult, false),
        (Relation::AssignedProxy, AgeBand::Adult, false),
    ]
}

/// What of `plain`, `shared`, `opened as an outline`, `opened with its content` the book shows to one who stands like that.
fn shown(
    relation: Relation,
    age: AgeBand,
    parental_consent: bool,
    areas: Areas,
    service: Service,
    action: Action,
) -> [bool; 4] {
    let audience = if relation == Relation::Myself { Audience::Youth } else { Audience::Parents };
    let opening = |referral: &str, content| Opening { referral: referral.into(), audience, content };
    let openings = Arc::from([opening("outline", false), opening("content", true)]);
    let subject = Subject { parental_consent, openings, ..Subject::of(age) };
    let facts = Facts::of(subject, vec![Standing { areas, ..Standing::of(relation) }]);
    let referred = |referral| Item { label: ItemLabel::REFERRED, visible_from: None, referral: Some(referral) };
    let shared = Item { label: ItemLabel::SHARED, ..Item::PLAIN };
    [Item::PLAIN, shared, referred("outline"), referred("content")]
        .map(|item| book().decide(&facts, service, action, item, now()).allowed())
}

#[test]
fn the_book_says_what_the_domain_table_says_in_every_cell() {
    for (name, cells, service, action, source) in TABLE {
        for ((relation, age, consent), cell) in columns().into_iter().zip(cells) {
            let with = |areas| shown(relation, age, consent, areas, *service, *action);
            let all = Areas::REGISTERS.with(Areas::RECORD).with(Areas::SERVICES);
            let expected = match *cell {
                "Y" => [true; 4],
                "D" => [false; 4],
                "I" => [false, true, false, false],
                "C" => [false, false, false, true],
                "C*" => [false, false, true, true],
                "-" => continue,
                // A proxy needs one of these areas, and the others are not enough.
                areas => {
                    for (area, number) in [(Areas::REGISTERS, "1"), (Areas::RECORD, "2"), (Areas::SERVICES, "3")] {
                        let opens = areas.split('/').any(|needed| needed == number);
                        assert_eq!(with(area), [opens; 4], "{name}, area {number} [{source}]");
                    }
                    continue;
                }
            };
            assert_eq!(with(all), expected, "{name}, {relation:?} {age:?} consent {consent} [{source}]");
        }
    }
}

/// The twelve-year-old's parents are in the column "parent 12-15", and an adult's own cells are those of 16 and over.
#[test]
fn bands_that_share_a_column_share_its_cells() {
    for (_, _, service, action, _) in TABLE {
        let own = |age| shown(Relation::Myself, age, false, Areas::NONE, *service, *action);
        assert_eq!(own(AgeBand::From16To17), own(AgeBand::Adult));
        let parents = |age| shown(Relation::Parent, age, false, Areas::NONE, *service, *action);
        assert_eq!(parents(AgeBand::Twelve), parents(AgeBand::From13To15));
        assert_eq!(parents(AgeBand::Adult), [false; 4]);
    }
}

/// The column "kode 6/7 self": the person's own services stay open, and nobody represents or is represented.
#[test]
fn a_protected_address_closes_representation_and_not_ones_own() {
    let closed = |relation| Standing { closed: Some(RuleId::PROTECTED_ADDRESS), ..Standing::of(relation) };
    for relation in Relation::ALL.into_iter().filter(|relation| relation.represents()) {
        for (_, _, service, action, _) in TABLE {
            let facts = Facts::of(Subject::of(AgeBand::Under12), vec![closed(relation)]);
            assert_eq!(decide(&facts, *service, *action).rule, RuleId::PROTECTED_ADDRESS);
        }
    }
}
