//! Look-ups that a privacy officer should ask about: every night into the list, and `varde rights detect`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde_json::json;
use varde_base::{Actor, Clock, Purpose, SystemActor, SystemClock, SystemRole, date_in_norway, norway};
use varde_rights::{Scored, Weights};
use varde_store::{Access, Detected, DetectionWindow, Ephemeral, Gate, GateError, Place, Store};

use crate::cli::{DetectArgs, DetectFormat};

/// How often it is asked whether yesterday has been gone through.
const ASK: Duration = Duration::from_secs(15 * 60);
/// From this hour of the night, by the clock in Norway.
const HOUR: i8 = 2;
/// Cases that one night opens at most; what has lower scores waits for nobody.
const A_NIGHT: usize = 200;
/// So many days are gone through the first time, and after a standstill.
const DAYS: i64 = 30;
/// Where the last day that was gone through is kept.
const KIND: &str = "look-up-review";
const KEY: &[u8] = b"last";

/// Goes through the days that have ended, each night, and opens a Task for what stands out. Works until `stop` completes.
pub(crate) async fn review_nightly(store: Store, clock: Arc<dyn Clock>, stop: impl Future<Output = ()>) {
    let work = async {
        loop {
            if let Err(error) = review(&store, clock.now()).await {
                tracing::warn!(%error, "look-ups could not be gone through; it is tried again");
            }
            tokio::time::sleep(ASK).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = stop => {}
    }
}

/// Goes through what has not been gone through, when it is night or the days wait.
async fn review(store: &Store, now: Timestamp) -> Result<(), GateError> {
    let today = date_in_norway(now);
    let yesterday = today.yesterday().map_err(|_| GateError::Fault)?;
    let last = store.ephemeral().get(KIND, KEY).await?;
    let last = last.and_then(|kept| String::from_utf8(kept.value).ok()).and_then(|day| day.parse::<Date>().ok());
    let is_night = Zoned::new(now, norway().clone()).hour() >= HOUR;
    if last.is_some_and(|last| last >= yesterday) || !is_night {
        return Ok(());
    }
    let month = yesterday.checked_sub(jiff::Span::new().days(DAYS)).map_err(|_| GateError::Fault)?;
    let from = last.and_then(|last| last.tomorrow().ok()).unwrap_or(month).max(month);
    let gate = gate(store, SystemRole::Platform);
    let window = DetectionWindow { from, to: yesterday };
    let found = gate.unusual_look_ups(window, A_NIGHT, &Weights::IN_FORCE).await?;
    let opened = gate.open_reviews(&found.cases).await?;
    tracing::info!(look_ups = found.look_ups, found = found.found, opened, "look-ups were gone through");
    let expires = now.saturating_add(SignedDuration::from_hours(24 * 60)).unwrap_or(Timestamp::MAX);
    let value = yesterday.to_string().into_bytes();
    let kept = Ephemeral { kind: KIND.to_owned(), key_hash: KEY.to_vec(), owner: String::new(), value, expires };
    store.ephemeral().put(kept).await
}

fn gate(store: &Store, role: SystemRole) -> Gate {
    store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: "Varde".into(), role }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "look-ups.detect",
    })
}

/// `varde rights detect`.
///
/// # Errors
/// When the days are the wrong way round, or the database is in use (a directory) or cannot be read.
pub(crate) async fn detect(args: &DetectArgs) -> anyhow::Result<ExitCode> {
    let to = args.to.unwrap_or_else(|| date_in_norway(Timestamp::now()));
    let from = match args.from {
        Some(from) => from,
        None => to.checked_sub(jiff::Span::new().days(DAYS)).context("the first day")?,
    };
    if from > to {
        bail!("the first day is {from}, after the last one, {to}");
    }
    if let Place::Directory(directory) = &args.data
        && !directory.join("varde.db").is_file()
    {
        bail!("there is no database in {}", args.data);
    }
    let store = crate::app::open_store(&args.data, Arc::new(SystemClock)).await?;
    let done = found(&store, DetectionWindow { from, to }, args).await;
    store.close().await.context("closing the database")?;
    std::io::stdout().lock().write_all(done?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

async fn found(store: &Store, window: DetectionWindow, args: &DetectArgs) -> anyhow::Result<String> {
    let gate = gate(store, SystemRole::Admin);
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let found = gate.unusual_look_ups(window, limit, &Weights::IN_FORCE).await.context("going through the log")?;
    if args.open_reviews {
        gate.open_reviews(&found.cases).await.context("opening the cases")?;
    }
    Ok(match args.format {
        DetectFormat::Text => as_text(&found),
        DetectFormat::Ndjson => found.cases.iter().map(|case| as_json(case) + "\n").collect(),
    })
}

/// A case a line, the highest score first, and a line that sums up.
fn as_text(found: &Detected) -> String {
    let mut said = String::new();
    for case in &found.cases {
        let look_up = &case.look_up;
        let at = Zoned::new(look_up.at, norway().clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let reasons: Vec<String> = case.reasons.iter().map(|(why, points)| format!("{} {points}", why.key())).collect();
        // Writing to a text does not fail.
        _ = writeln!(
            said,
            "{:>3}  {at}  {} ({})  {}  Patient/{}  {} {}  entry {}: {}",
            case.score,
            look_up.name,
            look_up.who,
            look_up.organization,
            look_up.patient,
            look_up.basis.code(),
            look_up.rule,
            look_up.entry,
            reasons.join(", "),
        );
    }
    let Detected { cases, found, look_ups, personnel } = found;
    _ = writeln!(said, "{look_ups} look-ups by {personnel} of the personnel; {found} stand out, {} shown", cases.len());
    said
}

fn as_json(case: &Scored) -> String {
    let look_up = &case.look_up;
    let reasons: Vec<_> =
        case.reasons.iter().map(|(why, points)| json!({ "reason": why.key(), "points": points })).collect();
    json!({
        "score": case.score,
        "at": look_up.at.to_string(),
        "entry": look_up.entry,
        "who": look_up.who,
        "name": look_up.name,
        "role": look_up.role,
        "organization": look_up.organization,
        "patient": look_up.patient.as_str(),
        "purpose": look_up.basis.code(),
        "rule": look_up.rule,
        "count": look_up.count,
        "reasons": reasons,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use varde_base::{CareBasis, ManualClock, NATIONAL_ID_SYSTEM, PersonnelActor};
    use varde_fhir::ResourceType;
    use varde_fhir::json::Limits;
    use varde_fhir::{Parsed, ReferenceMap};
    use varde_rights::RuleBook;
    use varde_store::{Options, Put, Write};

    use super::*;

    async fn tasks(store: &Store) -> Vec<String> {
        let task = ResourceType::from_name("Task").unwrap();
        let query = varde_fhir::search::Query { count: 10, ..varde_fhir::search::Query::of(task) };
        let page = gate(store, SystemRole::Admin).search(&query).await.unwrap();
        page.matches.iter().map(|found| found.id.to_string()).collect()
    }

    /// Liv looks at her own record.
    async fn snoop(store: &Store) {
        let actor = Actor::Personnel(PersonnelActor {
            hpr_number: "9144900".into(),
            name: "Liv Vold".into(),
            role: "Lege".into(),
            organization: "Sykehuset".into(),
            legal_entity: None,
            point_of_care: None,
            decision_ref: None,
            basis: CareBasis::Treatment,
            patient_agrees: false,
            attestation: Some("visit".into()),
            reason: None,
            system: "EHR".into(),
        });
        let access = Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "read" };
        store.as_actor(&access).read(ResourceType::PATIENT, &"liv".parse().unwrap()).await.unwrap();
    }

    #[tokio::test]
    async fn a_day_that_has_ended_is_gone_through_once_and_at_night() {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at("2026-11-21T09:00:00Z".parse().unwrap());
        let store = Store::open(&Options::new(folder.path()), Arc::new(clock.clone()), RuleBook::national().unwrap());
        let store = store.unwrap();
        let number = json!({ "system": NATIONAL_ID_SYSTEM, "value": "01818012345" });
        let hpr = json!({ "system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "9144900" });
        let people = [
            json!({ "resourceType": "Practitioner", "id": "liv", "identifier": [number, hpr] }),
            json!({ "resourceType": "Patient", "id": "liv", "identifier": [number], "birthDate": "1980-01-01" }),
        ];
        let put = |body: &serde_json::Value| {
            let bytes = body.to_string().into_bytes();
            let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
            let id = parsed.id().unwrap();
            Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new())))
        };
        store.bulk("test", people.iter().map(put).collect(), None).await.unwrap();
        snoop(&store).await;
        review(&store, clock.now()).await.unwrap();
        assert_eq!(tasks(&store).await.len(), 0, "the day has not ended");
        // One in the night in Norway.
        clock.set("2026-11-22T00:00:00Z".parse().unwrap());
        review(&store, clock.now()).await.unwrap();
        assert_eq!(tasks(&store).await.len(), 0, "nor is it two yet");
        clock.set("2026-11-22T01:00:00Z".parse().unwrap());
        for _ in 0..2 {
            review(&store, clock.now()).await.unwrap();
            assert_eq!(tasks(&store).await.len(), 1);
        }
        clock.set("2026-11-24T09:00:00Z".parse().unwrap());
        snoop(&store).await;
        clock.set("2026-11-27T09:00:00Z".parse().unwrap());
        review(&store, clock.now()).await.unwrap();
        assert_eq!(tasks(&store).await.len(), 2, "after a standstill no day is left out");
    }
}
