//! Markup of the rules.

use maud::{Markup, html};
use varde_base::Language;
use varde_rights::{
    Action, AgeBand, Areas, Condition, ConsentLevel, Outcome, Relation, Rule, RuleBook, Service, sentence,
};
use varde_web::ui;

use crate::l10n::{L10nLanguage, text};
use crate::shared::service_name;

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
                small { (outcome(text, rule)) @for condition in &rule.conditions { br; (text.msg_rule_book_when(when(text, *condition))) } }
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

/// What people call somebody who stands like that; `None` for one no rule speaks of.
fn relation_name(text: &L10nLanguage, relation: Relation) -> Option<String> {
    Some(match relation {
        Relation::Myself => text.msg_rule_book_relation_self(),
        Relation::Parent => text.msg_rule_book_relation_parent(),
        Relation::Guardian => text.msg_rule_book_relation_guardian(),
        Relation::Proxy => text.msg_rule_book_relation_proxy(),
        Relation::AssignedProxy => text.msg_rule_book_relation_assigned_proxy(),
        Relation::NextOfKin => text.msg_rule_book_relation_next_of_kin(),
        Relation::FosterParent => text.msg_rule_book_relation_foster_parent(),
        Relation::Treating => text.msg_rule_book_relation_treating(),
        Relation::Emergency => text.msg_rule_book_relation_emergency(),
        Relation::Coordinating => text.msg_rule_book_relation_coordinating(),
        Relation::BreakingGlass => text.msg_rule_book_relation_break_glass(),
        Relation::Pharmacy => text.msg_rule_book_relation_pharmacy(),
        Relation::SignedIn => text.msg_rule_book_relation_signed_in(),
        Relation::SourceSystem => text.msg_rule_book_relation_source_system(),
        Relation::Admin => text.msg_rule_book_relation_admin(),
        Relation::Platform => text.msg_rule_book_relation_platform(),
        Relation::Stranger => return None,
    })
}

fn action_name(text: &L10nLanguage, action: Action) -> String {
    match action {
        Action::View => text.msg_rule_book_action_view(),
        Action::Outline => text.msg_rule_book_action_outline(),
        Action::Book => text.msg_rule_book_action_book(),
        Action::Change => text.msg_rule_book_action_change(),
        Action::Cancel => text.msg_rule_book_action_cancel(),
        Action::Renew => text.msg_rule_book_action_renew(),
        Action::Send => text.msg_rule_book_action_send(),
        Action::Write => text.msg_rule_book_action_write(),
    }
}

fn when(text: &L10nLanguage, condition: Condition) -> String {
    match condition {
        Condition::ParentalConsent => text.msg_rule_book_when_consent(),
        Condition::Level(ConsentLevel::None | ConsentLevel::Basis) => text.msg_rule_book_when_basis(),
        Condition::Level(ConsentLevel::BasisPlus) => text.msg_rule_book_when_basis_plus(),
        Condition::Level(ConsentLevel::Full) => text.msg_rule_book_when_full(),
        Condition::HighAssurance => text.msg_rule_book_when_high(),
        Condition::Area(areas) => text.msg_rule_book_when_area(one_of(text, areas)),
        Condition::Shared => text.msg_rule_book_when_shared(),
        Condition::Opened => text.msg_rule_book_when_opened(),
        Condition::OpenedOutline => text.msg_rule_book_when_opened_outline(),
    }
}

fn one_of(text: &L10nLanguage, areas: Areas) -> String {
    let names = areas.iter().filter_map(|area| area_name(text, area));
    names.reduce(|first, second| text.msg_rule_book_or(first, second)).unwrap_or_default()
}

fn area_name(text: &L10nLanguage, area: Areas) -> Option<String> {
    Some(match area {
        Areas::REGISTERS => text.msg_rule_book_area_registers(),
        Areas::RECORD => text.msg_rule_book_area_record(),
        Areas::SERVICES => text.msg_rule_book_area_services(),
        Areas::PHARMACY => text.msg_rule_book_area_pharmacy(),
        Areas::TIMES => text.msg_rule_book_area_times(),
        Areas::TRAVEL => text.msg_rule_book_area_travel(),
        _ => return None,
    })
}
