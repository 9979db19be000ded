use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use varde_base::Language;

use super::*;
use crate::texts::TEXTS;
use crate::{Areas, Asker, Audience, ConsentLevel, ItemLabel, Opening, ServiceSet, Subject, example, sentence};

mod domain;

fn book() -> &'static RuleBook {
    static BOOK: LazyLock<RuleBook> =
        LazyLock::new(|| RuleBook::national().expect("the national rule book can be read"));
    &BOOK
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1_000)
}

fn facts(relation: Relation, age: AgeBand) -> Facts {
    Facts::of(Subject::of(age), vec![Standing::of(relation)])
}

fn decide(facts: &Facts, service: Service, action: Action) -> Decision {
    book().decide(facts, service, action, Item::PLAIN, now())
}

#[test]
fn the_national_book_has_exactly_one_rule_for_every_case_and_a_case_for_every_rule() {
    assert_eq!(book().check(), []);
}

#[test]
fn a_rule_whose_condition_does_not_hold_says_what_is_missing() {
    use Action::{Outline, Renew, View};
    let young = facts(Relation::Myself, AgeBand::From13To15);
    let consenting = Facts { subject: Subject { parental_consent: true, ..young.subject.clone() }, ..young.clone() };
    let careful = |level| {
        let adult = facts(Relation::Myself, AgeBand::Adult);
        Facts { subject: Subject { level, ..adult.subject.clone() }, ..adult }
    };
    let proxy =
        |areas| Facts::of(Subject::of(AgeBand::Adult), vec![Standing { areas, ..Standing::of(Relation::Proxy) }]);
    for (facts, service, action, rule) in [
        (young.clone(), Service::PrimaryAppointments, View, "NO-CONSENT"),
        (consenting.clone(), Service::PrimaryAppointments, View, "AP-2"),
        (consenting.clone(), Service::SpecialistAppointments, Outline, "NOT-OPENED"),
        (consenting, Service::Messages, View, "NOT-SHARED"),
        (young, Service::YouthServices, Action::Book, "YS-3"),
        (careful(ConsentLevel::Basis), Service::Medicines, View, "RX-1"),
        (careful(ConsentLevel::Basis), Service::Record, View, "CONSENT-LEVEL"),
        (careful(ConsentLevel::BasisPlus), Service::Messages, View, "CONSENT-LEVEL"),
        (careful(ConsentLevel::None), Service::PrivacySettings, Action::Change, "PR-1"),
        (careful(ConsentLevel::None), Service::Requests, Action::Send, "RQ-1"),
        (proxy(Areas::RECORD), Service::Requests, Action::Send, "RQ-3"),
        (proxy(Areas::SERVICES), Service::Requests, View, "AREA"),
        (facts(Relation::Treating, AgeBand::From16To17), Service::Proxies, Action::Change, "HP-9"),
        (facts(Relation::Treating, AgeBand::Under12), Service::Proxies, View, "HP-0"),
        (facts(Relation::Treating, AgeBand::Adult), Service::Proxies, Action::Write, "HP-0"),
        (facts(Relation::Coordinating, AgeBand::Adult), Service::Proxies, View, "HP-6"),
        (proxy(Areas::REGISTERS), Service::Medicines, View, "FU-2"),
        (proxy(Areas::REGISTERS), Service::Medicines, Renew, "AREA"),
        (facts(Relation::Parent, AgeBand::Adult), Service::Person, View, "PA-16"),
        (Facts::strangers(), Service::Person, View, "NO-RELATION"),
    ] {
        assert_eq!(decide(&facts, service, action).rule.0, rule, "{service:?} {action:?}");
    }
}

#[test]
fn a_young_person_needs_the_high_level_to_book_and_not_to_write_to_the_school_nurse() {
    let young = facts(Relation::Myself, AgeBand::From13To15);
    let low = Facts { asker: Asker { high: false, ..young.asker }, ..young };
    assert_eq!(decide(&low, Service::YouthServices, Action::Send).rule.0, "YS-2");
    assert_eq!(decide(&low, Service::YouthServices, Action::Book).rule, RuleId::ASSURANCE);
}

#[test]
fn a_guardian_who_is_also_a_proxy_has_what_either_has() {
    let proxy = Standing { areas: Areas::SERVICES, ..Standing::of(Relation::Proxy) };
    let both = Facts::of(Subject::of(AgeBand::Adult), vec![Standing::of(Relation::Guardian), proxy]);
    assert_eq!(decide(&both, Service::SpecialistAppointments, Action::Outline).rule.0, "VE-1");
    assert_eq!(decide(&both, Service::SpecialistAppointments, Action::View).rule.0, "FU-5");
    assert_eq!(decide(&both, Service::Record, Action::View).rule.0, "VE-0");
}

#[test]
fn death_and_the_stop_of_an_account_close_for_persons_and_not_for_systems() {
    let of = |relation| facts(relation, AgeBand::Under12);
    for relation in [Relation::Myself, Relation::Parent, Relation::AssignedProxy] {
        let dead = Facts { subject: Subject { deceased: true, ..of(relation).subject }, ..of(relation) };
        assert_eq!(decide(&dead, Service::PrimaryAppointments, Action::View).rule, RuleId::DECEASED);
        let stopped = Facts { asker: Asker { stopped: true, ..of(relation).asker }, ..of(relation) };
        assert_eq!(decide(&stopped, Service::PrimaryAppointments, Action::View).rule, RuleId::ACCOUNT_STOPPED);
    }
    let system = facts(Relation::SourceSystem, AgeBand::Under12);
    let system = Facts { subject: Subject { deceased: true, ..system.subject.clone() }, ..system };
    assert!(decide(&system, Service::Results, Action::View).allowed());
}

#[test]
fn a_block_closes_for_treatment_opens_in_an_emergency_and_a_name_is_blocked_always() {
    use Relation::{BreakingGlass, Coordinating, Emergency, Treating};
    let all = Service::ALL.into_iter().fold(ServiceSet::EMPTY, ServiceSet::with);
    let subject = Subject { blocked: all, ..Subject::of(AgeBand::Adult) };
    let named = Subject { blocked_by_name: true, ..Subject::of(AgeBand::Adult) };
    let ask = |subject: &Subject, standing| {
        decide(&Facts::of(subject.clone(), vec![standing]), Service::SpecialistAppointments, Action::View).rule
    };
    for (relation, rule) in [
        (Treating, RuleId::BLOCKED),
        (Coordinating, RuleId::BLOCKED),
        (Emergency, RuleId("HP-3")),
        (BreakingGlass, RuleId("HP-7")),
    ] {
        assert_eq!(ask(&subject, Standing::of(relation)), rule);
        assert_eq!(ask(&named, Standing::of(relation)), RuleId::BLOCKED_BY_NAME);
    }
    let agreed = Standing { patient_agrees: true, ..Standing::of(Treating) };
    assert_eq!(ask(&subject, agreed), RuleId("HP-1"));
}

#[test]
fn a_delay_says_until_when_and_is_over_at_that_moment() {
    let own = facts(Relation::Myself, AgeBand::Adult);
    let from = now() + SignedDuration::from_hours(1);
    let item = Item { label: ItemLabel::DELAYED, visible_from: Some(from), referral: None };
    let at = |now| book().decide(&own, Service::Results, Action::View, item, now);
    assert_eq!(at(now()), Decision { until: Some(from), ..Decision::deny(RuleId::DELAYED) });
    assert_eq!(at(from), Decision::allow(RuleId("RE-1")));
    let doctor = facts(Relation::Treating, AgeBand::Adult);
    assert!(book().decide(&doctor, Service::Results, Action::View, item, now()).allowed());
}

#[test]
fn an_opened_referral_opens_what_belongs_to_it_and_nothing_else() {
    let opening = |audience, content| Opening { referral: "r1".into(), audience, content };
    let with = |relation, openings: Vec<Opening>| {
        let subject =
            Subject { openings: Arc::from(openings), parental_consent: true, ..Subject::of(AgeBand::From13To15) };
        Facts::of(subject, vec![Standing::of(relation)])
    };
    let item = |referral| Item { label: ItemLabel::REFERRED, visible_from: None, referral: Some(referral) };
    let ask =
        |facts: &Facts, service, action, referral| book().decide(facts, service, action, item(referral), now()).rule.0;
    let mother = with(Relation::Parent, vec![opening(Audience::Parents, true)]);
    assert_eq!(ask(&mother, Service::SpecialistAppointments, Action::View, "r1"), "AP-5");
    assert_eq!(ask(&mother, Service::SpecialistAppointments, Action::View, "r2"), "NOT-OPENED");
    let son = with(Relation::Myself, vec![opening(Audience::Youth, false), opening(Audience::Parents, true)]);
    assert_eq!(ask(&son, Service::Record, Action::Outline, "r1"), "JO-2");
    assert_eq!(ask(&son, Service::Record, Action::View, "r1"), "NOT-OPENED");
}

#[test]
fn an_explanation_tells_what_was_looked_at_and_in_which_order() {
    use crate::Check;
    let mother = facts(Relation::Parent, AgeBand::From13To15);
    let told = book().explain(&mother, Service::SpecialistAppointments, Action::View, Item::PLAIN, now());
    assert_eq!(told.decision.rule, RuleId::NOT_OPENED);
    let checks: Vec<Check> = told.steps.iter().map(|step| step.check).collect();
    let opened = Check::Condition(Condition::Opened);
    assert_eq!(checks, [Check::Closed, Check::Rule(RuleId("AP-5")), Check::Restricted, opened]);
    assert_eq!(opened_key(&told.steps), Some("opened"));
}

fn opened_key(steps: &[crate::Step]) -> Option<&'static str> {
    steps.iter().find_map(|step| match step.check {
        crate::Check::Condition(condition) if step.refused == Some(RuleId::NOT_OPENED) => Some(condition.key()),
        _ => None,
    })
}

#[test]
fn citizens_and_those_who_act_for_them_never_write_as_systems_do() {
    let book = book();
    for (relation, age, service, action) in RuleBook::cases() {
        if action == Action::Write && (relation.is_citizens() || relation == Relation::SignedIn) {
            let rule = book.rule(relation, age, service, action).expect("a complete book");
            assert_eq!(rule.outcome, Outcome::Deny, "{}", rule.id);
        }
    }
}

#[test]
fn every_rule_has_a_sentence_and_an_example_in_every_language() {
    let book = book();
    let ids = book.rules().iter().map(|rule| rule.id).chain(RuleId::BUILT_IN.iter().copied());
    for id in ids {
        for language in Language::ALL {
            assert!(sentence(id, language).len() > 20, "sentence of {id} in {language}");
            assert!(example(id, language).len() > 20, "example of {id} in {language}");
        }
    }
}

/// What stands in a file of texts, line by line: the name before ` = `, without the comments.
fn names_of(text: &'static str) -> Vec<&'static str> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(" = ").expect("a name and a text").0).collect()
}

/// The names a file of texts must have: every rule of the book and then every built-in one, each followed by its example.
fn expected_names() -> Vec<&'static str> {
    let ids = book().rules().iter().map(|rule| rule.id).chain(RuleId::BUILT_IN.iter().copied());
    ids.flat_map(|id| [id.0, "    .example"]).collect()
}

#[test]
fn no_file_has_a_text_for_a_rule_that_is_not_there_and_none_twice() {
    let known: BTreeSet<&str> = expected_names().into_iter().collect();
    for (language, text) in TEXTS {
        let names = names_of(text);
        let strange: Vec<&&str> = names.iter().filter(|name| !known.contains(**name)).collect();
        assert!(strange.is_empty(), "{language}: {strange:?} are in no book");
        let mut seen = BTreeSet::new();
        let twice: Vec<&&str> = names.iter().filter(|name| !name.starts_with(' ') && !seen.insert(**name)).collect();
        assert!(twice.is_empty(), "{language}: {twice:?} are there twice");
    }
}

#[test]
fn every_file_has_the_rules_in_the_order_of_the_book_each_with_one_example() {
    for (language, text) in TEXTS {
        assert_eq!(names_of(text), expected_names(), "{language}");
    }
}

#[test]
fn a_book_that_contradicts_itself_or_cannot_be_read_is_refused() {
    for (text, expected) in [
        ("A|self|*|person|view||allow|x\nB|self|12|person|*||deny|y", BookError::Contradiction("A", "B")),
        ("A|self|*|*|*|otherwise|deny|x\nB|self|12|person|*|otherwise|deny|y", BookError::Contradiction("A", "B")),
        ("A|self|*|person|view||allow|x\nA|parent|*|person|view||allow|x", BookError::Twice("A")),
        ("A|self|*|person|view||allow", BookError::Columns(1)),
        ("# c\nA|self|*|persona|view||allow|x", unknown(2, "persona", "service")),
        ("A|stranger|*|person|view||allow|x", unknown(1, "stranger", "relation")),
        ("A|self|7|person|view||allow|x", unknown(1, "7", "age band")),
        ("A|self|*|person|look||allow|x", unknown(1, "look", "action")),
        ("A|self|*|person|view|maybe|allow|x", unknown(1, "maybe", "condition")),
        ("A|self|*|person|view||perhaps|x", unknown(1, "perhaps", "outcome")),
    ] {
        assert_eq!(RuleBook::read(text).err(), Some(expected), "{text}");
    }
}

fn unknown(line: usize, word: &str, what: &'static str) -> BookError {
    BookError::Unknown { line, word: word.to_owned(), what }
}

#[test]
fn the_check_finds_gaps_rules_without_a_case_and_conditions_that_cannot_hold() {
    use crate::Finding;
    let whole = Relation::ALL.into_iter().filter(|relation| *relation != Relation::Stranger);
    let whole: String = whole.map(|r| format!("{}-0|{}|*|*|*|otherwise|deny|x\n", r.key(), r.key())).collect();
    let read = |more: &str| RuleBook::read(format!("{whole}{more}").leak()).expect("a book");
    assert_eq!(read("").check(), []);
    assert_eq!(read("A|parent|*|*|*||deny|x").check(), [Finding::Unreachable(RuleId("parent-0"))]);
    let area = Condition::Area(Areas::RECORD);
    let pointless = read("A|parent|12|person|view|area-2|allow|x");
    assert_eq!(pointless.check(), [Finding::Pointless(RuleId("A"), area)]);
    let conditional = read("A|self|13-15|person|view|consent|deny|x");
    assert_eq!(conditional.check(), [Finding::ConditionalDenial(RuleId("A"))]);
    let gap = RuleBook::read("A|self|*|*|*||deny|x").expect("a book");
    assert!(
        gap.check()
            .iter()
            .all(|finding| matches!(finding, Finding::Gap(relation, ..) if *relation != Relation::Myself))
    );
}

#[test]
fn two_books_are_told_apart_case_by_case() {
    let before = RuleBook::read("A|self|*|*|*||deny|x").expect("a book");
    let after = RuleBook::read("A|self|*|*|*|otherwise|deny|x\nB|self|12|person|view||allow|x").expect("a book");
    let differences = before.differences(&after);
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].case, (Relation::Myself, AgeBand::Twelve, Service::Person, Action::View));
    assert_eq!(differences[0].after, Some((RuleId("B"), Outcome::Allow)));
}

prop_compose! {
    fn any_standing()(
        relation in proptest::sample::select(Relation::ALL.as_slice()),
        areas in proptest::collection::vec(proptest::sample::select(Areas::CODES.as_slice()), 0..4),
        closed in proptest::option::weighted(0.1, Just(RuleId::ADDRESS_CHECK)),
        patient_agrees in any::<bool>(),
    ) -> Standing {
        let areas = areas.into_iter().fold(Areas::NONE, |areas, (area, _)| areas.with(area));
        Standing { relation, areas, closed, patient_agrees }
    }
}

prop_compose! {
    fn any_services()(services in proptest::collection::vec(proptest::sample::select(Service::ALL.as_slice()), 0..3)) -> ServiceSet {
        services.into_iter().fold(ServiceSet::EMPTY, ServiceSet::with)
    }
}

prop_compose! {
    fn any_subject()(
        age in proptest::sample::select(AgeBand::ALL.as_slice()),
        level in proptest::sample::select(ConsentLevel::ALL.as_slice()),
        parental_consent in any::<bool>(),
        deceased in proptest::bool::weighted(0.1),
        acute_stop in proptest::bool::weighted(0.1),
        blocked_by_name in proptest::bool::weighted(0.1),
        sets in (any_services(), any_services(), any_services()),
        openings in proptest::collection::vec(any_opening(), 0..3),
    ) -> Subject {
        let (own_access_removed, reserved, blocked) = sets;
        Subject {
            age, level, parental_consent, deceased, acute_stop, blocked_by_name, own_access_removed, reserved, blocked,
            openings: openings.into(),
        }
    }
}

prop_compose! {
    fn any_opening()(referral in 1..4_u8, youth in any::<bool>(), content in any::<bool>()) -> Opening {
        let audience = if youth { Audience::Youth } else { Audience::Parents };
        Opening { referral: format!("r{referral}").into(), audience, content }
    }
}

prop_compose! {
    fn any_facts()(
        subject in any_subject(),
        standings in proptest::collection::vec(any_standing(), 0..3),
        stopped in proptest::bool::weighted(0.1),
        inactive in proptest::bool::weighted(0.1),
        high in any::<bool>(),
    ) -> Facts {
        Facts { asker: Asker { stopped, inactive, high }, subject, standings }
    }
}

const REFERRALS: [Option<&str>; 3] = [None, Some("r1"), Some("r2")];

prop_compose! {
    fn any_item()(
        label in 0..128_u8,
        hours in proptest::option::of(0..2_000_i64),
        referral in proptest::sample::select(REFERRALS.as_slice()),
    ) -> Item<'static> {
        let visible_from = hours.map(|hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours));
        Item { label: ItemLabel::from_number(label).expect("a label"), visible_from, referral }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// A page that asks about one item and a search that filters by labels never differ.
    #[test]
    fn filters_and_decisions_agree(facts in any_facts(), item in any_item(), action in 0..8_usize) {
        let (book, action) = (book(), Action::ALL[action]);
        let filters = book.filters(&facts, action, now());
        for service in Service::ALL {
            let decided = book.decide(&facts, service, action, item, now()).allowed();
            let passed = filters.iter().any(|filter| filter.passes(service, item));
            prop_assert_eq!(decided, passed, "{:?} {:?}", service, item);
        }
    }

    /// The steps told end where the decision does: the last one refuses when it is a no, by the rule named when there is one standing.
    #[test]
    fn an_explanation_leads_to_the_decision(facts in any_facts(), item in any_item(), action in 0..8_usize) {
        let (book, action) = (book(), Action::ALL[action]);
        for service in Service::ALL {
            let told = book.explain(&facts, service, action, item, now());
            prop_assert_eq!(told.decision, book.decide(&facts, service, action, item, now()));
            let last = told.steps.last().map(|step| step.refused);
            prop_assert_eq!(last == Some(None), told.decision.allowed(), "{:?}", told);
            if facts.standings.len() == 1 && !told.decision.allowed() {
                prop_assert_eq!(last, Some(Some(told.decision.rule)), "{:?}", told);
            }
        }
    }

    /// Whatever is added to an item's label but the two that open, or to what the person has restricted, opens nothing.
    #[test]
    fn a_restriction_never_adds_visibility(facts in any_facts(), item in any_item(), more in 0..5_usize, action in 0..8_usize) {
        let (book, action) = (book(), Action::ALL[action]);
        let closing = [ItemLabel::NOT_PARENT, ItemLabel::NOT_YOUTH, ItemLabel::NOT_PATIENT, ItemLabel::SHIELDED, ItemLabel::DELAYED];
        let stricter = Item { label: item.label.with(closing[more]), ..item };
        let all = Service::ALL.into_iter().fold(ServiceSet::EMPTY, ServiceSet::with);
        let subject = &facts.subject;
        let restricted = [
            Subject { deceased: true, ..subject.clone() },
            Subject { acute_stop: true, ..subject.clone() },
            Subject { blocked: all, ..subject.clone() },
            Subject { blocked_by_name: true, ..subject.clone() },
            Subject { reserved: all, ..subject.clone() },
            Subject { own_access_removed: all, ..subject.clone() },
            Subject { level: ConsentLevel::None, ..subject.clone() },
            Subject { parental_consent: false, ..subject.clone() },
            Subject { openings: Arc::default(), ..subject.clone() },
        ];
        for service in Service::ALL {
            let plain = book.decide(&facts, service, action, item, now()).allowed();
            prop_assert!(plain || !book.decide(&facts, service, action, stricter, now()).allowed());
            for subject in &restricted {
                let facts = Facts { subject: subject.clone(), ..facts.clone() };
                prop_assert!(plain || !book.decide(&facts, service, action, item, now()).allowed());
            }
        }
    }

    /// No parent by any rule sees what is labelled as not for parents, or anything of somebody who is 16.
    #[test]
    fn a_parent_never_sees_what_a_label_or_the_age_hides(subject in any_subject(), item in any_item(), action in 0..8_usize) {
        let parent = Facts::of(subject, vec![Standing::of(Relation::Parent)]);
        let of_age = parent.subject.age >= AgeBand::From16To17;
        for service in Service::ALL {
            let allowed = book().decide(&parent, service, Action::ALL[action], item, now()).allowed();
            prop_assert!(!allowed || !(of_age || item.label.any(ItemLabel::NOT_PARENT.with(ItemLabel::NOT_PATIENT))));
        }
    }

    /// What a proxy may do, the giver may do too.
    #[test]
    fn a_proxy_never_exceeds_its_giver(subject in any_subject(), areas in any_standing(), item in any_item(), action in 0..8_usize) {
        let (book, action) = (book(), Action::ALL[action]);
        let proxy = Standing { areas: areas.areas, ..Standing::of(Relation::Proxy) };
        let proxy = Facts::of(subject.clone(), vec![proxy]);
        let giver = Facts::of(subject, vec![Standing::of(Relation::Myself)]);
        for service in Service::ALL {
            let allowed = book.decide(&proxy, service, action, item, now()).allowed();
            prop_assert!(!allowed || book.decide(&giver, service, action, item, now()).allowed());
        }
    }
}
