//! Markup of the rules.

use maud::{Markup, html};
use varde_base::Language;
use varde_rights::{Action, AgeBand, Outcome, Relation, Rule, RuleBook, Service, sentence};
use varde_web::ui;

use crate::l10n::{L10nLanguage, text};
use crate::shared::{action_name, condition_name, relation_name, service_name};

/// Every rule of the book, relation by relation.
pub(super) fn rules(book: &RuleBook, language: Language) -> Markup {
    let text = text(language);
    html! {
        (ui::heading(&text.msg_rule_book_title()))
        (ui::lead(&text.msg_rule_book_lead()))
        p { (text.msg_rule_book_about()) }
        @for relation in Relation::ALL {
            @if let Some(name) = relation_name(text, relation) {
                (ui::disclosure(&name, &of_relation(book, relation, &name, language)))
            }
        }
    }
}

fn of_relation(book: &RuleBook, relation: Relation, name: &str, language: Language) -> Markup {
    let text = text(language);
    let heads =
        [text.msg_rule_book_what(), text.msg_rule_book_age(), text.msg_rule_book_says(), text.msg_rule_book_basis()];
    let rules = book.rules().iter().filter(|rule| rule.relation == relation);
    let rows = rules.map(|rule| {
        [
            html! { (services(text, rule)) },
            html! { (ages(text, rule)) },
            html! {
                (sentence(rule.id, language))
                br;
                small { (outcome(text, rule)) @for condition in &rule.conditions { br; (text.msg_rule_book_when(condition_name(text, *condition))) } }
            },
            // The book itself is written in one language.
            html! { (rule.id) br; small lang="en" { (rule.basis) } },
        ]
    });
    ui::table(name, &heads, rows)
}

fn services(text: &L10nLanguage, rule: &Rule) -> String {
    match rule.services.len() {
        count if count < Service::ALL.len() => {
            rule.services.iter().map(|service| service_name(text, *service)).collect::<Vec<_>>().join(", ")
        }
        _ if rule.otherwise => text.msg_rule_book_everything_else(),
        _ => text.msg_rule_book_everything(),
    }
}

fn ages(text: &L10nLanguage, rule: &Rule) -> String {
    if rule.ages.len() == AgeBand::ALL.len() {
        return text.msg_rule_book_all_ages();
    }
    let ages: Vec<String> = rule.ages.iter().map(|age| age.key().replace('-', "–")).collect();
    text.msg_rule_book_years(ages.join(", "))
}

fn outcome(text: &L10nLanguage, rule: &Rule) -> String {
    if rule.outcome == Outcome::Deny {
        return text.msg_rule_book_closed();
    }
    if rule.actions.len() == Action::ALL.len() {
        return text.msg_rule_book_open(text.msg_rule_book_everything());
    }
    let actions: Vec<String> = rule.actions.iter().map(|action| action_name(text, *action)).collect();
    text.msg_rule_book_open(actions.join(", "))
}
