//! `varde rights explain`: one case, from the facts to the sentence.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use varde_rights::{
    Areas, Audience, Check, Condition, Facts, Item, ItemLabel, Opening, RuleBook, RuleId, Standing, Step, Subject,
    example, sentence,
};

use super::brief;
use crate::cli::{ExplainArgs, Opened};

/// Stands for the referral the item belongs to.
const REFERRAL: &str = "referral";

/// The decision, its rule, its sentence, an example, the legal basis and the steps.
pub(super) fn explain(book: &RuleBook, args: &ExplainArgs) -> String {
    let facts = facts(args);
    let label = args.label.iter().copied().fold(ItemLabel::NONE, ItemLabel::with);
    let item = match args.opened {
        None => Item { label, ..Item::PLAIN },
        Some(_) => Item { label: label.with(ItemLabel::REFERRED), visible_from: None, referral: Some(REFERRAL) },
    };
    let told = book.explain(&facts, args.service, args.action, item, Timestamp::UNIX_EPOCH);
    let rule = told.decision.rule;
    let spoken = book.rule(args.actor_relation, args.age, args.service, args.action);
    let mut said = String::new();
    let answer = if told.decision.allowed() { "yes" } else { "no" };
    // Writing to a text does not fail.
    _ = writeln!(said, "Decision:    {answer}, by {rule}");
    _ = writeln!(said, "Sentence:    {}", sentence(rule, args.lang));
    _ = writeln!(said, "Example:     {}", example(rule, args.lang));
    if let Some(spoken) = spoken {
        _ = writeln!(said, "Legal basis: {} (of {})", spoken.basis, spoken.id);
    }
    said.push_str("Looked at, in this order:\n");
    for (step, number) in told.steps.iter().zip(1..) {
        let came = match step.refused {
            None => "nothing against it".to_owned(),
            Some(rule) => format!("no, by {rule}"),
        };
        _ = writeln!(said, "{number:>3}. {}: {}: {came}", step.relation.key(), what(book, step));
    }
    said
}

fn facts(args: &ExplainArgs) -> Facts {
    let opening =
        |opened, audience| Opening { referral: REFERRAL.into(), audience, content: opened == Opened::Content };
    let openings: Vec<Opening> = args
        .opened
        .into_iter()
        .flat_map(|opened| [Audience::Parents, Audience::Youth].map(|audience| opening(opened, audience)))
        .collect();
    let subject = Subject {
        parental_consent: args.consent,
        level: args.level,
        openings: Arc::from(openings),
        ..Subject::of(args.age)
    };
    let areas = args.areas.iter().copied().fold(Areas::NONE, Areas::with);
    Facts::of(subject, vec![Standing { areas, ..Standing::of(args.actor_relation) }])
}

fn what(book: &RuleBook, step: &Step) -> String {
    match step.check {
        Check::Closed => "what closes everything (no relation, account, address, death, stop)".to_owned(),
        Check::Rule(RuleId::NO_RULE) => "the rule book, which is silent".to_owned(),
        Check::Rule(id) => {
            format!("the rule book, which says {}", brief(book.rules().iter().find(|rule| rule.id == id)))
        }
        Check::Condition(condition) => format!("the condition {} ({})", condition.key(), words(condition)),
        Check::Restricted => "what the person has restricted (own access, registers, blocks)".to_owned(),
        Check::Label => "the item's labels".to_owned(),
        Check::Delay => "when the item is shown".to_owned(),
        Check::Giver => "whether the one who gave it has it too".to_owned(),
    }
}

/// A condition in words.
pub(super) fn words(condition: Condition) -> &'static str {
    match condition {
        Condition::ParentalConsent => "a parent has consented to the young person's use",
        Condition::Level(_) => "the citizen lets the platform go that far",
        Condition::HighAssurance => "signed in at the high level of assurance",
        Condition::Area(_) => "the proxy or next of kin were given that area",
        Condition::Shared => "the item is labelled as for parent and young person both",
        Condition::Opened => "health personnel have opened the content of the referral the item belongs to",
        Condition::OpenedOutline => "health personnel have opened at least that the referral is there",
    }
}
