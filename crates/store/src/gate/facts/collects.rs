//! Until when somebody may collect medicines for a person.

use jiff::ToSpan as _;
use jiff::civil::Date;
use varde_base::{CitizenActor, PatientId};
use varde_rights::{Areas, Relation};

use super::{Pair, World, given};
use crate::engine::EngineError;

/// The last day of the longest that lets `citizen` collect for `patient`, for one to whom the rules say yes today; `None` for no end.
pub(in crate::gate) async fn collects_until(
    world: &World<'_>,
    citizen: &CitizenActor,
    patient: &PatientId,
) -> Result<Option<Date>, EngineError> {
    let parameters = world.parameters()?;
    let (Some(own), Some(person), Some(agreements)) =
        (world.person(&citizen.patient).await?, world.person(patient).await?, world.agreements(patient).await?)
    else {
        return Ok(None);
    };
    let Some(subject) = world.subject(&person, &agreements, &parameters) else { return Ok(None) };
    let pair = Pair { asker: &own, subject: &person, age: subject.age };
    let given = given(world, citizen, &pair, &agreements, &parameters).into_iter();
    let opens = given
        .filter(|(standing, _)| standing.relation == Relation::AssignedProxy || standing.areas.any(Areas::PHARMACY));
    let last: Vec<Option<Date>> = opens.map(|(_, last)| last).collect();
    if last.is_empty() {
        // A parent, until the child decides.
        let years = i64::from(parameters.ages.of_health).years();
        return Ok(person.birth_date().and_then(|born| born.checked_add(years).ok()?.yesterday().ok()));
    }
    Ok(last.into_iter().collect::<Option<Vec<Date>>>().and_then(|days| days.into_iter().max()))
}
