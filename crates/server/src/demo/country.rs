//! The people of the box: made once per data folder, the same at the next start.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use varde_population::Plan;
use varde_store::Store;

/// What is kept of a country beside its database, so that a second start knows it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Country {
    size: u32,
    seed: u64,
    today: jiff::civil::Date,
    /// Everything is in the database; otherwise the start was cut off and is taken up again.
    complete: bool,
    /// Whom to sign in as.
    pub people: Vec<Person>,
}

/// Somebody to sign in as.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Person {
    /// Name.
    pub name: String,
    /// One sentence.
    pub story: String,
    /// Synthetic national identity number.
    pub national_id: String,
    /// Id of the Patient.
    pub patient: String,
}

impl Country {
    /// The country in `data`; made from `size` and `seed` when there is none. A folder that has one keeps it.
    pub(super) async fn ready(data: &Path, store: &Store, size: u32, seed: u64) -> anyhow::Result<Self> {
        let path = data.join("country.json");
        let known: Option<Self> = match std::fs::read(&path) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).with_context(|| format!("reading {}", path.display()))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        if let Some(country) = known.as_ref().filter(|country| country.complete) {
            return Ok(Self { people: country.people.iter().map(Person::copy).collect(), ..*country });
        }
        // The day is part of what decides every resource, so a start that was cut off goes on with the day it began.
        let today = known.as_ref().map_or_else(|| varde_base::date_in_norway(jiff::Timestamp::now()), |c| c.today);
        let (size, seed) = known.as_ref().map_or((size, seed), |c| (c.size, c.seed));
        let plan = Plan { size, seed, today };
        let people = varde_population::Country::generate(&plan).people().iter().map(Person::from).collect();
        let mut country = Self { size, seed, today, complete: false, people };
        country.save(&path)?;
        crate::population::load(&plan, data, store).await?;
        country.complete = true;
        country.save(&path)?;
        Ok(country)
    }

    /// The one of the people who is privacy officer in the box.
    pub(super) fn privacy_officers(&self) -> Vec<varde_base::PatientId> {
        const OFFICER: &str = "berit-dahl";
        self.people
            .iter()
            .filter(|person| person.patient == OFFICER)
            .filter_map(|person| person.patient.parse().ok())
            .collect()
    }

    fn save(&self, path: &Path) -> anyhow::Result<()> {
        let whole = serde_json::to_vec_pretty(self)?;
        super::write_private(path, &whole)
    }

    /// Writes the test identity provider's configuration: the people, and us as its only client.
    pub(super) fn write_idp_config(&self, data: &Path, portal: &str, secret: &str) -> anyhow::Result<PathBuf> {
        let people = self.people.iter().map(|person| {
            serde_json::json!({ "name": person.name, "story": person.story, "national_id": person.national_id })
        });
        let config = serde_json::json!({
            "port": 0,
            "client_id": "varde",
            "client_secret": secret,
            "redirect_uris": [format!("{portal}/sign-in/callback")],
            "post_logout_redirect_uris": [format!("{portal}/")],
            "auto_sign_in": true,
            "stop_with_stdin": true,
            "people": people.collect::<Vec<_>>(),
        });
        let path = data.join("idp.json");
        super::write_private(&path, &serde_json::to_vec_pretty(&config)?)?;
        Ok(path)
    }
}

impl From<&varde_population::Person> for Person {
    fn from(person: &varde_population::Person) -> Self {
        Self {
            name: person.name.clone(),
            story: person.story.clone(),
            national_id: person.national_id.as_str().to_owned(),
            patient: person.patient_id.to_string(),
        }
    }
}

impl Person {
    fn copy(&self) -> Self {
        Self {
            name: self.name.clone(),
            story: self.story.clone(),
            national_id: self.national_id.clone(),
            patient: self.patient.clone(),
        }
    }
}
