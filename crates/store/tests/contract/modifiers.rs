//! Composite parameters, modifiers, units and places, from the text of a query to the ids found.

use serde_json::{Value, json};

use crate::world::{World, observation, parse, patient};

fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}]})
}

fn pressure(id: &str, patient: &str, systolic: u32, diastolic: u32) -> Value {
    let component = |code: &str, name: &str, value: u32| {
        json!({
            "code": coded("http://loinc.org", code, name),
            "valueQuantity": {"value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
        })
    };
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "code": coded("http://loinc.org", "85354-9", "Blood pressure panel"),
        "subject": {"reference": format!("Patient/{patient}")}, "effectiveDateTime": "2026-03-01",
        "component": [
            component("8480-6", "Systolic blood pressure", systolic),
            component("8462-4", "Diastolic blood pressure", diastolic),
        ],
    })
}

async fn a_small_country(world: &World) {
    world
        .put(json!({
            "resourceType": "Patient", "id": "kari", "name": [{"family": "Nordmann"}],
            "identifier": [{
                "system": "urn:hospital", "value": "4711",
                "type": {"coding": [{"system": "urn:v2", "code": "MR"}], "text": "Journal number"},
            }, {"system": "urn:cards", "value": "4711"}],
        }))
        .await;
    world.put(patient("ola", 2, "2016-05-06", "Storgata 1")).await;
    world.put(pressure("bp1", "kari", 142, 80)).await;
    world.put(pressure("bp2", "ola", 110, 125)).await;
    world.put(observation("w1", "kari", "29463-7", "2026-01-10", "64.5")).await;
    let mut grams = observation("w2", "ola", "29463-7", "2026-02-10", "30250");
    grams["valueQuantity"]["code"] = json!("g");
    world.put(grams).await;
    let mut odd = observation("w3", "ola", "odd", "2026-02-11", "70");
    odd["valueQuantity"] = json!({"value": 70, "unit": "lumps"});
    world.put(odd).await;
    world
        .put(json!({
            "resourceType": "Observation", "id": "smoker", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "72166-2", "display": "Tobacco smoking status"}], "text": "Røyker du?"},
            "subject": {"reference": "Patient/kari"}, "performer": [{"identifier": {"system": "urn:hpr", "value": "99"}}],
            "valueCodeableConcept": coded("urn:s", "never", "Never smoker"), "effectiveDateTime": "2026-03-02",
        }))
        .await;
    what_belongs_to_nobody(world).await;
}

async fn what_belongs_to_nobody(world: &World) {
    for (id, url) in
        [("v1", "http://acme.org/fhir/ValueSet/a"), ("v2", "http://acme.org/fhir"), ("v3", "http://acme.organic/x")]
    {
        let context = |code: &str, value: &str| {
            json!({
                "code": {"system": "urn:use", "code": code}, "valueCodeableConcept": coded("urn:area", value, value),
            })
        };
        let other = if id == "v1" { "surgery" } else { "dental" };
        world
            .put(json!({
                "resourceType": "ValueSet", "id": id, "url": url, "status": "active",
                "useContext": [context("focus", other), context("task", "booking")],
            }))
            .await;
    }
    world
        .put(json!({
            "resourceType": "PlanDefinition", "id": "plan", "status": "active",
            "library": ["http://acme.org/Library/l|1.2.3"],
        }))
        .await;
    for (id, latitude, longitude) in
        [("oslo", 59.9139, 10.7522), ("drammen", 59.7439, 10.2045), ("tromso", 69.6492, 18.9553)]
    {
        world
            .put(json!({
                "resourceType": "Location", "id": id, "name": id,
                "position": {"latitude": latitude, "longitude": longitude},
            }))
            .await;
    }
    world
        .put(json!({
            "resourceType": "DocumentReference", "id": "new", "status": "current",
            "content": [{"attachment": {"title": "x"}}],
            "relatesTo": [
                {"code": "replaces", "target": {"reference": "DocumentReference/old"}},
                {"code": "appends", "target": {"reference": "DocumentReference/other"}},
            ],
        }))
        .await;
    world
        .put(json!({
            "resourceType": "MolecularSequence", "id": "seq", "coordinateSystem": 0,
            "referenceSeq": {"chromosome": {"coding": [{"code": "1"}]}, "windowStart": 100, "windowEnd": 900},
            "variant": [{"start": 200, "end": 210}, {"start": 500, "end": 800}],
        }))
        .await;
    world
        .put(json!({
            "resourceType": "List", "id": "l1", "status": "current", "mode": "working",
            "entry": [{"item": {"reference": "Observation/w1"}}, {"item": {"reference": "Patient/ola"}}],
        }))
        .await;
}

const CASES: &[(&str, &[&str])] = &[
    // Both parts within one component: bp2 has 125, but not of systolic.
    ("Observation?component-code-value-quantity=8480-6$gt120", &["bp1"]),
    ("Observation?component-code-value-quantity=http://loinc.org|8480-6$gt120", &["bp1"]),
    ("Observation?component-code-value-quantity=urn:x|8480-6$gt120", &[]),
    ("Observation?component-code-value-quantity=8480-6$lt120|http://unitsofmeasure.org|mm[Hg]", &["bp2"]),
    ("Observation?component-code-value-quantity=8480-6$gt16|http://unitsofmeasure.org|kPa", &["bp1"]),
    ("Observation?component-code-value-quantity=8480-6$gt140,8462-4$gt120", &["bp1", "bp2"]),
    ("Observation?component-code-value-quantity=8480-6$gt120&patient=ola", &[]),
    ("Observation?component-code-value-quantity=8480-6$gt100&patient=ola", &["bp2"]),
    ("Observation?combo-code-value-quantity=8480-6$gt120,29463-7$gt60", &["bp1", "w1", "w2"]),
    ("Observation?combo-code-value-quantity=29463-7$gt60&patient=kari", &["w1"]),
    ("Observation?code-value-quantity=29463-7$lt60|http://unitsofmeasure.org|kg", &["w2"]),
    ("Observation?code-value-quantity=29463-7$64.5,odd$70", &["w1", "w3"]),
    ("Observation?code-value-concept=72166-2$never", &["smoker"]),
    ("Observation?code-value-concept=72166-2$current", &[]),
    ("Observation?combo-code-value-concept=72166-2$urn:s|never", &["smoker"]),
    ("Observation?combo-code=8480-6", &["bp1", "bp2"]),
    ("Observation?combo-code=8480-6,29463-7&patient=ola", &["bp2", "w2"]),
    ("Observation?combo-value-quantity=gt140|http://unitsofmeasure.org|mm[Hg]", &["bp1"]),
    ("Observation?combo-code:missing=true", &[]),
    ("ValueSet?context-type-value=focus$surgery", &["v1"]),
    ("ValueSet?context-type-value=task$surgery", &[]),
    ("ValueSet?context-type-value=urn:use|task$urn:area|booking", &["v1", "v2", "v3"]),
    ("DocumentReference?relationship=DocumentReference/old$replaces", &["new"]),
    ("DocumentReference?relationship=DocumentReference/old$appends", &[]),
    ("MolecularSequence?chromosome-variant-coordinate=1$gt150$lt300", &["seq"]),
    ("MolecularSequence?chromosome-variant-coordinate=1$gt450$lt300", &[]),
    ("MolecularSequence?chromosome-window-coordinate=1$100$le900", &["seq"]),
    // Identifiers of references, types of identifiers.
    ("Observation?performer:identifier=urn:hpr|99", &["smoker"]),
    ("Observation?performer:identifier=98", &[]),
    ("Patient?identifier:of-type=urn:v2|MR|4711", &["kari"]),
    ("Patient?identifier:of-type=urn:v2|XX|4711", &[]),
    ("Patient?identifier:text=journal", &["kari"]),
    // What codes are called: by display, and by text that is not the display.
    ("Observation?code:text=tobacco", &["smoker"]),
    ("Observation?code:text=SMOKING", &["smoker"]),
    ("Observation?code:text=royker", &["smoker"]),
    ("Observation?code:text=moking", &[]),
    ("Observation?code:text=%", &[]),
    ("Observation?combo-code:text=systolic&patient=kari", &["bp1"]),
    ("Observation?code:text=blood,tobacco&patient=kari", &["bp1", "smoker"]),
    // URLs above and below.
    ("ValueSet?url:below=http://acme.org/fhir", &["v1", "v2"]),
    ("ValueSet?url:below=http://acme.org/", &["v1", "v2"]),
    ("ValueSet?url:above=http://acme.org/fhir/ValueSet/a/b", &["v1", "v2"]),
    ("PlanDefinition?depends-on:below=http://acme.org/Library/l|1.2", &["plan"]),
    ("PlanDefinition?depends-on:below=http://acme.org/Library/l|1.20", &[]),
    ("PlanDefinition?depends-on=http://acme.org/Library/l", &["plan"]),
    // Units: kilograms and grams are found by either; what is no unit stays as it is.
    ("Observation?value-quantity=gt60|http://unitsofmeasure.org|kg", &["w1"]),
    ("Observation?value-quantity=30.25|http://unitsofmeasure.org|kg", &["w2"]),
    ("Observation?value-quantity=64500|http://unitsofmeasure.org|g", &["w1"]),
    ("Observation?value-quantity=lt70000|http://unitsofmeasure.org|g", &["w1", "w2"]),
    ("Observation?value-quantity=gt60|http://unitsofmeasure.org|m", &[]),
    ("Observation?value-quantity=30250||g", &["w2"]),
    ("Observation?value-quantity=70||lumps", &["w3"]),
    // Places.
    ("Location?near=59.91|10.75|5|km", &["oslo"]),
    ("Location?near=59.91|10.75|50", &["oslo", "drammen"]),
    ("Location?near=59.91|10.75|20|[mi_i]", &["oslo"]),
    ("Location?near=69.6|19|20000|m", &["tromso"]),
    ("Location?near=59.91|10.75|1000", &["oslo", "drammen"]),
    // Lists.
    ("Observation?_list=l1", &["w1"]),
    ("Patient?_list=l1", &["ola"]),
    ("Patient?_list=nothing", &[]),
];

pub(crate) async fn composites_and_modifiers_find_what_they_should(world: &World) {
    a_small_country(world).await;
    let mut wrong = Vec::new();
    for (query, expected) in CASES {
        let found = world.find(query).await;
        if found != *expected {
            wrong.push(format!("{query}: {found:?}, not {expected:?}"));
        }
        let counted = world.system().search(&parse(&format!("{query}&_total=accurate"))).await.unwrap();
        assert_eq!(counted.total, Some(found.len() as u64), "{query}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // An update takes pairs, types and identifiers out; what codes are called stays, and finds nothing.
    world.put(observation("smoker", "kari", "29463-7", "2026-01-10", "64.5")).await;
    world.put(pressure("bp1", "kari", 100, 70)).await;
    for gone in [
        "Observation?component-code-value-quantity=8480-6$gt120",
        "Observation?performer:identifier=99",
        "Observation?code:text=tobacco",
        "Observation?code:text=royker",
    ] {
        assert!(world.find(gone).await.is_empty(), "{gone}");
    }
    assert_eq!(world.find("Observation?component-code-value-quantity=8480-6$100").await, ["bp1"]);
}
