//! Data in the shape of the kit that other servers are measured with: a hundred resources for each patient, of seven types, in two
//! halves of fifty, and the transaction of fifty. Some 700 bytes of JSON each, the same every time.

use serde_json::{Value, json};
use varde_base::{Random as _, SeededRandom};

/// The system of the identifiers.
pub const IDENTIFIERS: &str = "urn:oid:2.16.578.1.12.4.1.4.1";
/// LOINC codes that searches ask for.
pub const CODES: [&str; 4] = ["718-7", "4548-4", "2160-0", "8867-4"];
/// Resources of a transaction.
pub const ENTRIES: usize = 50;

const LOINC: [(&str, &str, &str); 8] = [
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%"),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL"),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L"),
    ("8867-4", "Heart rate", "/min"),
    ("8310-5", "Body temperature", "Cel"),
    ("29463-7", "Body weight", "kg"),
    ("9279-1", "Respiratory rate", "/min"),
];
const CONDITIONS: [(&str, &str); 3] =
    [("38341003", "Hypertensive disorder"), ("44054006", "Diabetes mellitus type 2"), ("195967001", "Asthma")];
const MEDICINES: [(&str, &str); 3] = [("C09AA05", "ramipril"), ("A10BA02", "metformin"), ("R03AC02", "salbutamol")];
const VACCINES: [(&str, &str); 2] = [("207", "SARS-COV-2 (COVID-19) mRNA"), ("140", "Influenza, seasonal")];
const FAMILIES: [&str; 6] = ["Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Pedersen"];
const GIVEN: [&str; 6] = ["Ola", "Kari", "Nora", "Emma", "Jakob", "Emil"];
/// Observations, conditions, prescriptions, vaccinations, procedures and allergies of each half.
const FIRST: [usize; 6] = [35, 3, 3, 2, 1, 1];
const SECOND: [usize; 6] = [39, 3, 4, 2, 2, 0];

/// The id of a patient's resource; the patient is number 0.
pub fn id(patient: usize, number: usize) -> String {
    format!("{patient:08x}-0000-4000-8000-{number:012x}")
}

/// The value of a patient's identifier.
pub fn identifier(patient: usize) -> String {
    format!("{patient:011}")
}

/// All resources of a patient, a JSON text each, the patient first.
pub fn resources(patient: usize) -> Vec<String> {
    let mut maker = Maker::new(patient);
    let name = |number: usize| format!("{}/{}", if number == 0 { "Patient" } else { "Encounter" }, id(patient, number));
    let mut all = maker.first(&identifier(patient), name);
    all.extend(maker.others(SECOND, &name(0), &[]));
    for (number, resource) in all.iter_mut().enumerate() {
        if let Some(members) = resource.as_object_mut() {
            members.insert("id".to_owned(), Value::String(id(patient, number)));
        }
    }
    all.iter().map(Value::to_string).collect()
}

/// A transaction that creates a new patient with 49 resources, references within it by `urn:uuid`.
pub fn transaction(number: usize) -> String {
    let name = |entry: usize| format!("urn:uuid:{}", id(number, entry));
    let entry = |(at, resource): (usize, Value)| {
        let url = resource.get("resourceType").cloned();
        json!({ "fullUrl": name(at), "resource": resource, "request": { "method": "POST", "url": url } })
    };
    // Their identifiers are none of those that are searched for.
    let all = Maker::new(number).first(&format!("9{number:010}"), name);
    let entries: Vec<Value> = all.into_iter().enumerate().map(entry).collect();
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries }).to_string()
}

struct Maker {
    random: SeededRandom,
}

impl Maker {
    fn new(seed: usize) -> Self {
        Self { random: SeededRandom::new(seed as u64) }
    }

    fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.random.below(from.len() as u64)).unwrap_or(0);
        from.get(at).copied().unwrap_or_default()
    }

    fn when(&mut self) -> String {
        let (year, month, day) = (2016 + self.random.below(10), 1 + self.random.below(12), 1 + self.random.below(28));
        format!("{year}-{month:02}-{day:02}T{:02}:{:02}:00+01:00", self.random.below(24), self.random.below(60))
    }

    /// Patient, four encounters and 45 others, which are called by their numbers.
    fn first(&mut self, identifier: &str, name: impl Fn(usize) -> String) -> Vec<Value> {
        let (patient, encounters) = (name(0), (1..=4).map(&name).collect::<Vec<_>>());
        let mut all = vec![self.patient(identifier)];
        for _ in &encounters {
            all.push(self.encounter(&patient));
        }
        all.extend(self.others(FIRST, &patient, &encounters));
        all
    }

    fn others(&mut self, counts: [usize; 6], patient: &str, encounters: &[String]) -> Vec<Value> {
        let makers =
            [Self::observation, Self::condition, Self::prescription, Self::vaccination, Self::procedure, Self::allergy];
        let mut all = Vec::with_capacity(ENTRIES);
        for (count, make) in counts.into_iter().zip(makers) {
            for turn in 0..count {
                let mut resource = make(self, patient);
                let encounter = encounters.get(turn % encounters.len().max(1));
                let takes_one = resource.get("subject").is_some();
                if let (Some(members), Some(encounter), true) = (resource.as_object_mut(), encounter, takes_one) {
                    members.insert("encounter".to_owned(), json!({ "reference": encounter }));
                }
                all.push(resource);
            }
        }
        all
    }

    fn patient(&mut self, identifier: &str) -> Value {
        let (given, middle, family) = (self.pick(&GIVEN), self.pick(&GIVEN), self.pick(&FAMILIES));
        let number = 40_000_000 + self.random.below(9_000_000);
        json!({
            "resourceType": "Patient", "language": "nb",
            "identifier": [{ "use": "official", "type": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI",
                "display": "National unique individual identifier" }], "text": "Fødselsnummer" },
                "system": IDENTIFIERS, "value": identifier }],
            "active": true,
            "name": [{ "use": "official", "text": format!("{given} {middle} {family}"), "family": family,
                "given": [given, middle] }, { "use": "usual", "given": [given], "family": family }],
            "telecom": [{ "system": "phone", "value": format!("+47 {number}"), "use": "mobile" },
                { "system": "email", "value": format!("{given}.{family}@example.test"), "use": "home" }],
            "gender": self.pick(&["male", "female"]),
            "birthDate": format!("{}-05-17", 1930 + self.random.below(90)),
            "address": [{ "use": "home", "type": "both", "text": "Storgata 1, 0155 Oslo",
                "line": [format!("Storgata {}", self.random.below(200)), "c/o Dahl"], "city": "Oslo",
                "district": "Sentrum", "state": "Oslo", "postalCode": "0155", "country": "NO" }],
            "maritalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
                "code": "M", "display": "Married" }], "text": "Gift" },
            "communication": [{ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": "nb",
                "display": "Norwegian Bokmål" }], "text": "Norsk bokmål" }, "preferred": true }]
        })
    }

    fn encounter(&mut self, patient: &str) -> Value {
        let start = self.when();
        json!({
            "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory" },
            "type": [coded("http://snomed.info/sct", "308335008", "Patient encounter procedure")],
            "subject": { "reference": patient }, "period": { "start": start, "end": start },
            "reasonCode": [{ "text": "Kontroll" }]
        })
    }

    fn observation(&mut self, patient: &str) -> Value {
        let (code, display, unit) = self.pick(&LOINC);
        let (value, time) = (self.random.below(2_000), self.when());
        let quantity =
            |value: f64| json!({ "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit });
        json!({
            "resourceType": "Observation", "status": "final",
            "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": "laboratory", "display": "Laboratory" }] }],
            "code": coded("http://loinc.org", code, display), "subject": { "reference": patient },
            "effectiveDateTime": time, "issued": time, "valueQuantity": quantity(value as f64 / 10.0),
            "referenceRange": [{ "low": quantity(11.0), "high": quantity(17.0) }],
            "note": [{ "text": "Analysert ved syntetisk laboratorium." }]
        })
    }

    fn condition(&mut self, patient: &str) -> Value {
        let (code, display) = self.pick(&CONDITIONS);
        let system = |name: &str| format!("http://terminology.hl7.org/CodeSystem/{name}");
        json!({
            "resourceType": "Condition",
            "clinicalStatus": { "coding": [{ "system": system("condition-clinical"), "code": "active" }] },
            "verificationStatus": { "coding": [{ "system": system("condition-ver-status"), "code": "confirmed" }] },
            "category": [{ "coding": [{ "system": system("condition-category"), "code": "encounter-diagnosis" }] }],
            "code": coded("http://snomed.info/sct", code, display), "subject": { "reference": patient },
            "onsetDateTime": self.when(), "recordedDate": self.when()
        })
    }

    fn prescription(&mut self, patient: &str) -> Value {
        let (code, display) = self.pick(&MEDICINES);
        json!({
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": coded("http://www.whocc.no/atc", code, display),
            "subject": { "reference": patient }, "authoredOn": self.when(),
            "dosageInstruction": [{ "text": "1 tablett daglig",
                "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } } }],
            "dispenseRequest": { "numberOfRepeatsAllowed": 3, "quantity": { "value": 98, "unit": "tablett" } }
        })
    }

    fn vaccination(&mut self, patient: &str) -> Value {
        let (code, display) = self.pick(&VACCINES);
        json!({
            "resourceType": "Immunization", "status": "completed",
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", code, display), "patient": { "reference": patient },
            "occurrenceDateTime": self.when(), "primarySource": true
        })
    }

    fn procedure(&mut self, patient: &str) -> Value {
        let start = self.when();
        json!({
            "resourceType": "Procedure", "status": "completed",
            "code": coded("http://snomed.info/sct", "80146002", "Appendectomy"), "subject": { "reference": patient },
            "performedPeriod": { "start": start, "end": start }
        })
    }

    fn allergy(&mut self, patient: &str) -> Value {
        json!({
            "resourceType": "AllergyIntolerance", "type": "allergy", "criticality": "low",
            "code": coded("http://snomed.info/sct", "91936005", "Allergy to penicillin"),
            "patient": { "reference": patient }, "recordedDate": self.when()
        })
    }
}

fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": display }], "text": display })
}

#[cfg(test)]
mod tests {
    use varde_fhir::Parsed;
    use varde_fhir::json::Limits;

    use super::*;

    #[test]
    fn a_patient_has_a_hundred_resources_of_the_kits_size_and_all_are_valid() {
        let all = resources(7);
        assert_eq!(all.len(), 100);
        let bytes: usize = all.iter().map(String::len).sum();
        assert!((600..850).contains(&(bytes / 100)), "{} bytes each", bytes / 100);
        for resource in all {
            Parsed::parse(resource.as_bytes(), &Limits::default()).unwrap();
        }
        let transaction = transaction(1);
        Parsed::parse(transaction.as_bytes(), &Limits::default()).unwrap();
        let bundle: Value = serde_json::from_str(&transaction).unwrap();
        assert_eq!(bundle["entry"].as_array().unwrap().len(), ENTRIES);
    }
}
