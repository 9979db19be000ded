//! `$simulate-access`, an operation of our own: what the rules say of a case, for an administrator's tool. "As `actor` for `subject` on `date`."
//!
//! It answers with the decision and the way to it, never with data, and the subject reads in the access log that it was asked.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use varde_base::{Actor, Language, PatientId, Purpose, date_in_norway};
use varde_fhir::{IssueCode, LocalReference};
use varde_rights::{Action, Check, Relation, RuleBook, Service, Step, sentence};
use varde_store::{About, Access, Named, Posed, Question, Simulated};

use super::input::{Input, patient};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Program;
use crate::fhir::outcome::Failed;

/// What is offered.
pub(super) const OFFERED: &[Operation] =
    &[Operation { name: "simulate-access", definition: "urn:varde:operation:simulate-access", on: On::System }];

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/$simulate-access", get(simulate).post(simulate))
}

async fn simulate(State(state): State<FhirState>, Program(actor): Program, input: Input) -> Result<Response, Failed> {
    let question = question(&state, input)?;
    let access = Access {
        actor: Actor::System(actor),
        purpose: Purpose::Simulation,
        acting_for: None,
        interaction: "simulate-access",
    };
    let simulated = state.0.store.as_actor(&access).simulate(&question).await?;
    let body = json!({ "resourceType": "Parameters", "parameter": parts(state.0.store.rule_book(), &simulated) });
    Ok(Answer::body(body.to_string().into_bytes()).respond(&state))
}

fn question(state: &FhirState, mut input: Input) -> Result<Question, Failed> {
    let wrong = |name: &'static str, text: &'static str| Failed::at(IssueCode::Value, name, text);
    let missing = |name: &'static str| Failed::at(IssueCode::Required, name, "is needed");
    let actor = input.take("actor")?.ok_or_else(|| missing("actor"))?;
    let subject = input.take("subject")?.ok_or_else(|| missing("subject"))?;
    let (service, item) = (input.take("service")?, input.take("item")?);
    let action = input.take("action")?;
    let date = input.take("date")?;
    input.end()?;
    let who = match Relation::from_key(&actor) {
        Some(relation) => Posed::Personnel(relation),
        None => Posed::Citizen(Named::Patient(PatientId::new(patient("actor", &actor)?))),
    };
    let about = match (service, item) {
        (Some(service), None) => {
            let known = Service::from_key(&service).ok_or_else(|| wrong("service", "a key of the rule book"))?;
            About::Service(known)
        }
        (None, Some(item)) => {
            let item =
                LocalReference::parse(&item).ok_or_else(|| wrong("item", "a reference such as Appointment/1"))?;
            About::Item(item.resource_type, item.id)
        }
        _ => return Err(Failed::at(IssueCode::Required, "service", "either service or item is needed")),
    };
    let action = match action {
        None => Action::View,
        Some(action) => Action::from_key(&action).ok_or_else(|| wrong("action", "a key of the rule book"))?,
    };
    let day = match date {
        None => date_in_norway(state.now()),
        Some(date) => date.parse().map_err(|_| wrong("date", "a day, such as 2026-01-31"))?,
    };
    let patient = Named::Patient(PatientId::new(patient("subject", &subject)?));
    Ok(Question { who, patient, about, action, day })
}

/// The answer; sentences in all four languages, as people read them.
fn parts(book: &RuleBook, simulated: &Simulated) -> Vec<Value> {
    let decision = simulated.explanation.decision;
    let code = |name: &str, code: &str| json!({ "name": name, "valueCode": code });
    let mut out = vec![
        code("decision", if decision.allowed() { "allow" } else { "deny" }),
        code("rule", decision.rule.0),
        code("service", simulated.service.key()),
        code("age", simulated.age.key()),
    ];
    out.extend(simulated.relations.iter().map(|relation| code("relation", relation.key())));
    if let Some(until) = decision.until {
        out.push(json!({ "name": "until", "valueInstant": until.to_string() }));
    }
    if let Some(rule) = book.rules().iter().find(|rule| rule.id == decision.rule) {
        out.push(json!({ "name": "basis", "valueString": rule.basis }));
    }
    out.extend(Language::ALL.map(|language| {
        let text = json!({ "name": "text", "valueString": sentence(decision.rule, language) });
        json!({ "name": "sentence", "part": [code("language", language.tag()), text] })
    }));
    out.extend(simulated.explanation.steps.iter().map(step));
    out
}

fn step(step: &Step) -> Value {
    let code = |name: &str, code: &str| json!({ "name": name, "valueCode": code });
    let mut parts = vec![code("relation", step.relation.key())];
    let check = match step.check {
        Check::Closed => "closed",
        Check::Rule(_) => "rule",
        Check::Condition(condition) => {
            parts.push(code("condition", condition.key()));
            "condition"
        }
        Check::Restricted => "restricted",
        Check::Label => "label",
        Check::Delay => "delay",
        Check::Giver => "giver",
    };
    parts.insert(1, code("check", check));
    if let Check::Rule(rule) = step.check {
        parts.push(code("rule", rule.0));
    }
    if let Some(rule) = step.refused {
        parts.push(code("refused", rule.0));
    }
    json!({ "name": "step", "part": parts })
}
