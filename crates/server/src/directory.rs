//! People by national identity number, for signing in.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use varde_auth::{DirectoryUnavailable, Person, PersonDirectory};
use varde_base::{
    Actor, AssuranceLevel, CitizenActor, NATIONAL_ID_SYSTEM, NationalId, PatientId, Purpose, SystemActor, SystemRole,
};
use varde_fhir::json::Limits;
use varde_fhir::search::{self, SearchOptions};
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_store::{Access, GateError, Store};

/// The directory over the store.
pub(crate) struct Directory {
    store: Store,
}

impl Directory {
    /// Over `store`.
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    async fn look_up(&self, national_id: &NationalId) -> Result<Option<Person>, GateError> {
        let access = Access {
            actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
            purpose: Purpose::PatientRequest,
            acting_for: None,
            interaction: "sign-in",
        };
        let parameters = [("identifier".to_owned(), format!("{NATIONAL_ID_SYSTEM}|{}", national_id.as_str()))];
        let options =
            SearchOptions { max_count: 2, default_count: 2, lenient: false, now: jiff::Timestamp::UNIX_EPOCH };
        let query = search::parse(ResourceType::PATIENT, &parameters, &options).map_err(GateError::Invalid)?;
        let page = self.store.as_actor(&access).search(&query).await?;
        // Two people with one number is a mistake in the register; nobody gets in by it.
        let [found] = &page.matches[..] else { return Ok(None) };
        let Ok(parsed) = Parsed::parse_stored(&found.body, &Limits::default()) else { return Ok(None) };
        let Some(view) = PatientView::new(&parsed) else { return Ok(None) };
        let patient = PatientId::new(found.id.clone());
        let name = view.shown_name().map(|name| name.full()).unwrap_or_default();
        let stopped = self.is_stopped(&patient, national_id, &name).await?;
        Ok(Some(Person { patient, name, birth_date: view.birth_day(), deceased: view.is_deceased(), stopped }))
    }

    /// Whether this person has stopped their account, by the facts that close every page to them.
    async fn is_stopped(&self, patient: &PatientId, number: &NationalId, name: &str) -> Result<bool, GateError> {
        let citizen = CitizenActor {
            patient: patient.clone(),
            national_id: number.clone(),
            name: name.into(),
            level: AssuranceLevel::High,
        };
        let access = Access {
            actor: Actor::Citizen(citizen),
            purpose: Purpose::PatientRequest,
            acting_for: None,
            interaction: "sign-in",
        };
        Ok(self.store.as_actor(&access).facts(None).await?.asker.stopped)
    }
}

impl PersonDirectory for Directory {
    fn find<'a>(&'a self, national_id: &'a NationalId) -> BoxFuture<'a, Result<Option<Person>, DirectoryUnavailable>> {
        async move {
            self.look_up(national_id).await.map_err(|error| {
                tracing::error!(%error, "a person could not be looked up");
                DirectoryUnavailable
            })
        }
        .boxed()
    }
}
