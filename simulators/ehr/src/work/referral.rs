//! A referral at the hospital: received, and assessed with a right and a last day, without, or not taken.

use serde_json::Value;
use varde_base::{Language, date_in_norway};

use super::{Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir::referral::{self, Verdict};
use crate::fhir::{self, Party};
use crate::model::{Errand, Stage};
use crate::rules::{self, Assessment};
use crate::words;

/// A referral with the Task of its assessment, and whose it is.
struct Case {
    request: Value,
    task: Option<Value>,
    language: Language,
}

impl Case {
    async fn read(hands: Hands<'_>, errand: &Errand) -> Result<Self, StepError> {
        let id = errand.plain_id();
        let query = format!("ServiceRequest?_id={id}&_include=ServiceRequest:patient&_revinclude=Task:based-on");
        let found = hands.api.search(&query).await?;
        let of = |name: &str| found.iter().find(|resource| fhir::name(resource).as_deref() == Some(name));
        let request = of(&errand.id).ok_or(ApiError::Gone)?.clone();
        let patient = fhir::text(&request, "/subject/reference").and_then(of);
        Ok(Self {
            task: of(&format!("Task/{}", task_id(errand))).cloned(),
            language: patient.map(fhir::language).unwrap_or_default(),
            request,
        })
    }

    fn is_assessed(&self) -> bool {
        self.task.as_ref().is_some_and(|task| fhir::text(task, "/status") == Some("completed"))
    }
}

fn task_id(errand: &Errand) -> String {
    rules::made_id("assess", &errand.id)
}

/// What is there already counts as done, so that a step that was cut off is not taken twice.
pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let case = Case::read(hands, errand).await?;
    if case.is_assessed() {
        return Ok(Stepped::done("assessed"));
    }
    if !referral::waits(&case.request) {
        return Ok(Stepped::done("closed by somebody else"));
    }
    match (&case.task, errand.stage) {
        (None, _) => receive(hands, errand, &case).await,
        (Some(_), Stage::New) => Ok(Stepped::to(Stage::Taken)),
        (Some(task), _) => assess(hands, errand, (&case, task)).await,
    }
}

async fn receive(hands: Hands<'_>, errand: &Errand, case: &Case) -> Result<Stepped, StepError> {
    let task = referral::assessment(&task_id(errand), &case.request, hands.now);
    let received = referral::received(&case.request, date_in_norway(hands.now));
    let entries = [fhir::update(&received, &case.request), task.as_ref().and_then(fhir::create)];
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the referral"))?;
    hands.api.transaction(entries).await?;
    Ok(Stepped::to(Stage::Taken))
}

async fn assess(hands: Hands<'_>, errand: &Errand, (case, task): (&Case, &Value)) -> Result<Stepped, StepError> {
    let today = date_in_norway(hands.now);
    let luck = rules::luck(hands.seed, &errand.id);
    let Assessment { code, words, care_by, visit } = rules::referral(today, luck);
    let verdict = Verdict { code, words: words::text(case.language, words), care_by };
    let mut entries = vec![
        fhir::update(&referral::assessed(&case.request, &verdict, today), &case.request),
        fhir::update(&referral::assessment_done(task, &verdict, hands.now), task),
    ];
    if let Some(start) = visit {
        let place = place(hands, &referral::receiver(&case.request)).await?;
        let id = rules::made_id("visit", &errand.id);
        let visit = referral::visit(&id, &case.request, place, start, hands.now);
        entries.push(visit.as_ref().and_then(fhir::create));
    }
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the referral"))?;
    hands.api.transaction(entries).await?;
    Ok(Stepped::done(code))
}

/// Where the unit is, if it says.
async fn place(hands: Hands<'_>, unit: &Party) -> Result<Option<Party>, StepError> {
    let Some(reference) = &unit.reference else { return Ok(None) };
    let found = hands.api.first_page(&format!("Location?organization={reference}")).await?;
    let place = found.iter().find_map(|place| {
        Some(Party { reference: Some(fhir::name(place)?), display: fhir::text(place, "/name").map(str::to_owned) })
    });
    Ok(place)
}

/// A unit of a hospital to send somebody to, if there is one.
pub(super) async fn unit(hands: Hands<'_>, luck: u64) -> Result<Option<Party>, StepError> {
    const UNITS: &str =
        "Organization?type=http://terminology.hl7.org/CodeSystem/organization-type%7Cdept&_include=Organization:partof";
    let found = hands.api.first_page(UNITS).await?;
    let hospital = |whole: &Value| fhir::text(whole, "/type/0/text") == Some("Sykehus");
    let hospitals: Vec<String> = found.iter().filter(|whole| hospital(whole)).filter_map(fhir::name).collect();
    let is_unit = |part: &&Value| {
        fhir::text(part, "/partOf/reference").is_some_and(|whole| hospitals.iter().any(|name| name == whole))
    };
    let mut units: Vec<Party> = found
        .iter()
        .filter(is_unit)
        .filter_map(|unit| {
            Some(Party { reference: Some(fhir::name(unit)?), display: fhir::text(unit, "/name").map(str::to_owned) })
        })
        .collect();
    units.sort_by(|one, other| one.reference.cmp(&other.reference));
    Ok(rules::choice(units.len(), luck).and_then(|at| units.into_iter().nth(at)))
}
