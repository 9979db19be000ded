use super::*;

fn book() -> RuleBook {
    RuleBook::national().expect("the national rule book can be read")
}

fn facts(relation: Relation, age: AgeBand) -> Facts {
    Facts { relation, age, deceased: false, parental_consent: false }
}

/// domain.md table 1.4, rows "Appointment GP/municipal" and "Appointment hospital".
#[test]
fn appointments_follow_the_table_of_the_domain() {
    use Action::{Book, Cancel, View};
    use AgeBand::{Adult, From13To15, From16To17, Twelve, Under12};
    use Relation::{Myself, Parent, Stranger};
    use Service::{PrimaryAppointments as Gp, SpecialistAppointments as Hospital};
    let book = book();
    for (relation, age, service, action, rule, allowed) in [
        (Myself, Adult, Gp, View, "AP-1", true),
        (Myself, From16To17, Hospital, Cancel, "AP-1", true),
        (Myself, From13To15, Gp, View, "NO-CONSENT", false),
        (Myself, From13To15, Gp, Book, "NO-RULE", false),
        (Myself, From13To15, Hospital, View, "NO-RULE", false),
        (Myself, Under12, Gp, View, "NO-RULE", false),
        (Parent, Under12, Gp, Book, "AP-3", true),
        (Parent, Under12, Hospital, View, "AP-3", true),
        (Parent, Twelve, Gp, View, "AP-4", true),
        (Parent, Twelve, Hospital, View, "AP-5", false),
        (Parent, From13To15, Gp, Book, "AP-4", true),
        (Parent, From13To15, Hospital, View, "AP-5", false),
        (Parent, From16To17, Gp, View, "AP-6", false),
        (Parent, Adult, Gp, View, "AP-6", false),
        (Stranger, Adult, Gp, View, "NO-RELATION", false),
    ] {
        let decision = book.decide(facts(relation, age), service, action, ItemLabel::None);
        assert_eq!(
            (decision.rule.0, decision.allowed()),
            (rule, allowed),
            "{relation:?} {age:?} {service:?} {action:?}"
        );
    }
}

#[test]
fn a_young_person_sees_gp_appointments_once_a_parent_has_consented() {
    let young = Facts { parental_consent: true, ..facts(Relation::Myself, AgeBand::From13To15) };
    let decision = book().decide(young, Service::PrimaryAppointments, Action::View, ItemLabel::None);
    assert_eq!(decision, Decision::allow(RuleId("AP-2")));
}

#[test]
fn what_no_rule_names_is_closed_to_every_citizen() {
    let book = book();
    let closed = [Service::Results, Service::Medicines, Service::Record, Service::Messages, Service::OtherHealth];
    for relation in [Relation::Myself, Relation::Parent, Relation::SignedIn, Relation::Stranger] {
        for age in AgeBand::ALL {
            for service in closed {
                for action in Action::ALL {
                    assert!(!book.decide(facts(relation, age), service, action, ItemLabel::None).allowed());
                }
            }
        }
    }
}

#[test]
fn citizens_never_write_as_systems_do() {
    let book = book();
    for relation in [Relation::Myself, Relation::Parent, Relation::SignedIn, Relation::Stranger] {
        for age in AgeBand::ALL {
            for service in Service::ALL {
                assert!(!book.decide(facts(relation, age), service, Action::Write, ItemLabel::None).allowed());
            }
        }
    }
}

#[test]
fn death_closes_for_persons_and_not_for_systems() {
    let book = book();
    for relation in [Relation::Myself, Relation::Parent] {
        let dead = Facts { deceased: true, ..facts(relation, AgeBand::Under12) };
        let decision = book.decide(dead, Service::PrimaryAppointments, Action::View, ItemLabel::None);
        assert_eq!(decision, Decision::deny(RuleId::DECEASED));
    }
    let system = Facts { deceased: true, ..Facts::without_subject(Relation::SourceSystem) };
    assert!(book.decide(system, Service::Results, Action::View, ItemLabel::None).allowed());
}

/// Every place of the table, with every label: the filter and the decision never differ, an item's label only ever closes,
/// and a parent never sees what is labelled as not for parents.
#[test]
fn over_the_whole_space_filter_and_decision_agree_and_labels_only_close() {
    let book = book();
    for relation in Relation::ALL {
        for age in AgeBand::ALL {
            for (deceased, parental_consent) in [(false, false), (false, true), (true, false), (true, true)] {
                let facts = Facts { relation, age, deceased, parental_consent };
                for action in Action::ALL {
                    let filter = book.filter(facts, action);
                    for service in Service::ALL {
                        let plain = book.decide(facts, service, action, ItemLabel::None).allowed();
                        for item in ItemLabel::ALL {
                            let decision = book.decide(facts, service, action, item);
                            assert_eq!(
                                decision.allowed(),
                                filter.passes(service, item),
                                "{facts:?} {service:?} {item:?}"
                            );
                            assert!(plain || !decision.allowed());
                            assert!(
                                item != ItemLabel::NotParent || relation != Relation::Parent || !decision.allowed()
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_rule_has_a_sentence_in_every_language() {
    let book = book();
    let ids = book.rules().iter().map(|rule| rule.id).chain(RuleId::BUILT_IN);
    for id in ids {
        for language in varde_base::Language::ALL {
            assert!(crate::sentence(id, language).len() > 20, "{id} in {language}");
        }
    }
}

#[test]
fn a_book_that_contradicts_itself_or_cannot_be_read_is_refused() {
    for (text, expected) in [
        ("A|self|*|person|view||allow|x\nB|self|12|person|*||deny|y", BookError::Contradiction("A", "B")),
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
