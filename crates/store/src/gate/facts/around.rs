//! Who stands to a person today, found from the person's side: by the RelatedPersons and Consents that name them.
//!
//! How each of them stands is not decided here: it is gathered just as when they ask themselves.

use varde_base::{AssuranceLevel, CitizenActor, NationalId, PatientId};
use varde_rights::{Facts, Subject};

use super::agreement::Kind;
use super::person::{Person, Reference};
use super::{World, of_citizen, with_number};
use crate::engine::{EngineError, Row};

/// More people than anybody has around them. Past it the answer says that there are more.
const MAX_AROUND: usize = 40;

/// Somebody who stands to a person, and how.
pub(in crate::gate) struct Known {
    pub(in crate::gate) citizen: CitizenActor,
    pub(in crate::gate) facts: Facts,
}

/// The people around a person.
#[derive(Default)]
pub(in crate::gate) struct Around {
    /// Those who stand to the person in some way, in the order of the register and the agreements.
    pub(in crate::gate) known: Vec<Known>,
    /// There are more, or some that could not be read: nothing may be said of those who are not named.
    pub(in crate::gate) more: bool,
}

/// Everybody who stands to a person today, but for the person. Who is named and has no Patient here cannot sign in, and is left out.
pub(in crate::gate) async fn around(world: &World<'_>, patient: &PatientId) -> Result<Around, EngineError> {
    let Some(named) = named(world, patient).await? else { return Ok(Around { more: true, ..Around::default() }) };
    let mut around = Around::default();
    for name in named {
        let Some(citizen) = citizen_of(world, &name).await? else { continue };
        let twice = around.known.iter().any(|known| known.citizen.patient == citizen.patient);
        if twice || citizen.patient == *patient {
            continue;
        }
        if around.known.len() >= MAX_AROUND {
            around.more = true;
            break;
        }
        let facts = of_citizen(world, &citizen, patient).await?;
        if !facts.standings.is_empty() {
            around.known.push(Known { citizen, facts });
        }
    }
    Ok(around)
}

/// A person as one who has signed in, at the high level: what they can see, and not how they happen to have signed in last.
pub(in crate::gate) async fn signed_in(
    world: &World<'_>,
    patient: &PatientId,
) -> Result<Option<CitizenActor>, EngineError> {
    let row = world.engine.read(varde_fhir::ResourceType::PATIENT, patient.as_resource_id()).await?;
    Ok(row.as_ref().and_then(actor))
}

/// What a decision about health personnel needs of a person; whether the person has blocked somebody by name.
pub(in crate::gate) async fn of_subject(
    world: &World<'_>,
    patient: &PatientId,
) -> Result<Option<(Subject, bool)>, EngineError> {
    let parameters = world.parameters()?;
    let (Some(person), Some(agreements)) = (world.person(patient).await?, world.agreements(patient).await?) else {
        return Ok(None);
    };
    let by_name =
        agreements.iter().any(|its| its.kind() == Some(Kind::Block) && its.restricts(world.today) && its.has_names());
    Ok(world.subject(&person, &agreements, &parameters).map(|subject| (subject, by_name)))
}

/// How a resource names somebody.
enum Named {
    Number(String),
    Patient(PatientId),
}

/// Those whom RelatedPersons and Consents in force name; `None` when not all of them can be read.
async fn named(world: &World<'_>, patient: &PatientId) -> Result<Option<Vec<Named>>, EngineError> {
    let (Some(rows), Some(agreements)) = (world.all(patient, "RelatedPerson").await?, world.agreements(patient).await?)
    else {
        return Ok(None);
    };
    let related = rows.iter().filter_map(|row| Person::of(Some(row))).filter(|person| person.in_force(world.today));
    let mut named: Vec<Named> =
        related.filter_map(|person| person.national_id().map(|number| Named::Number(number.to_owned()))).collect();
    let acts = |kind| matches!(kind, Kind::Proxy | Kind::AssignedProxy | Kind::NextOfKin);
    let given = agreements.iter().filter(|its| its.kind().is_some_and(acts) && its.permits(world.today));
    named.extend(given.flat_map(|its| its.actors()).filter_map(name));
    Ok(Some(named))
}

fn name(reference: &Reference) -> Option<Named> {
    if let Some(identifier) = &reference.identifier {
        let is_number = identifier.system == varde_base::NATIONAL_ID_SYSTEM;
        return is_number.then(|| Named::Number(identifier.value.clone()));
    }
    let id = reference.reference.as_deref()?.strip_prefix("Patient/")?;
    id.parse().ok().map(Named::Patient)
}

async fn citizen_of(world: &World<'_>, named: &Named) -> Result<Option<CitizenActor>, EngineError> {
    match named {
        Named::Patient(patient) => signed_in(world, patient).await,
        Named::Number(number) => by_number(world, number).await,
    }
}

/// The person with a national identity number, as one who has signed in.
pub(in crate::gate) async fn by_number(world: &World<'_>, number: &str) -> Result<Option<CitizenActor>, EngineError> {
    let rows = with_number(world.engine, "Patient", number).await?;
    // Two people with one number is a mistake in the register; nobody signs in by it.
    let [row] = &rows[..] else { return Ok(None) };
    Ok(actor(row))
}

fn actor(row: &Row) -> Option<CitizenActor> {
    let person = Person::of(Some(row))?;
    let national_id: NationalId = person.national_id()?.parse().ok()?;
    Some(CitizenActor {
        patient: PatientId::new(row.id.clone()),
        national_id,
        name: person.display_name().into(),
        level: AssuranceLevel::High,
    })
}
