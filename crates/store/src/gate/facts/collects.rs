//! Until when somebody may collect medicines for a person.

use jiff::ToSpan as _;
use jiff::civil::Date;
use varde_base::{CitizenActor, PatientId};
use varde_rights::{Areas, Relation};

use super::{Granted, Pair, World, given};
use crate::engine::EngineError;

/// How long somebody may collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::gate) struct Lasts {
    /// The last day; `None` for no end.
    pub until: Option<Date>,
    /// It is over before that, when they have collected once.
    pub once: bool,
}

/// How long the longest lasts that lets `citizen` collect for `patient`, for one to whom the rules say yes today.
pub(in crate::gate) async fn collects_until(
    world: &World<'_>,
    citizen: &CitizenActor,
    patient: &PatientId,
) -> Result<Lasts, EngineError> {
    let parameters = world.parameters()?;
    let (Some(own), Some(person), Some(agreements)) =
        (world.person(&citizen.patient).await?, world.person(patient).await?, world.agreements(patient).await?)
    else {
        return Ok(Lasts::default());
    };
    let Some(subject) = world.subject(&person, &agreements, &parameters) else { return Ok(Lasts::default()) };
    let pair = Pair { asker: &own, subject: &person, age: subject.age };
    let given = given(world, citizen, &pair, &agreements, &parameters).into_iter();
    let collects =
        |its: &Granted| its.standing.relation == Relation::AssignedProxy || its.standing.areas.any(Areas::PHARMACY);
    let opens: Vec<Granted> = given.filter(collects).collect();
    if opens.is_empty() {
        // A parent, until the child decides.
        let years = i64::from(parameters.ages.of_health).years();
        let until = person.birth_date().and_then(|born| born.checked_add(years).ok()?.yesterday().ok());
        return Ok(Lasts { until, once: false });
    }
    // One for several times outlives those for one.
    let standing: Vec<&Granted> = opens.iter().filter(|its| !its.collects_once).collect();
    let once = standing.is_empty();
    let lasting = if once { opens.iter().collect() } else { standing };
    let days: Option<Vec<Date>> = lasting.into_iter().map(|its| its.last_day).collect();
    Ok(Lasts { until: days.and_then(|days| days.into_iter().max()), once })
}
