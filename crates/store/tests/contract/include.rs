//! What searches bring along, and the orders they come in.

use serde_json::json;

use crate::people::labelled;
use crate::world::{World, appointment, ids, observation, parse, patient, writes};

fn organization(id: &str, part_of: Option<&str>) -> serde_json::Value {
    let mut body = json!({"resourceType": "Organization", "id": id, "name": id});
    if let Some(part_of) = part_of {
        body["partOf"] = json!({"reference": format!("Organization/{part_of}")});
    }
    body
}

async fn brought(world: &World, query: &str) -> Vec<String> {
    let page = world.system().search(&parse(query)).await.unwrap();
    let mut found: Vec<String> = page.included.iter().map(|found| found.id.to_string()).collect();
    found.sort();
    found
}

pub(crate) async fn includes_go_on_from_what_they_brought_and_come_to_an_end(world: &World) {
    for number in (1..=8).rev() {
        let parent = format!("org{}", number - 1);
        world
            .put(organization(&format!("org{number}"), Some(&parent).filter(|_| number > 1).map(String::as_str)))
            .await;
    }
    // Two that are part of each other.
    world.put(organization("ring1", Some("ring2"))).await;
    world.put(organization("ring2", Some("ring1"))).await;
    let mut kari = patient("kari", 1, "1980-03-04", "Storgata 1");
    kari["managingOrganization"] = json!({"reference": "Organization/org3"});
    world.put(kari).await;
    world.put(observation("o1", "kari", "29463-7", "2026-01-10", "64.5")).await;
    let mut derived = observation("o2", "kari", "29463-7", "2026-01-11", "64.5");
    derived["derivedFrom"] = json!([{"reference": "Observation/o1"}]);
    derived["performer"] = json!([{"reference": "Organization/ring1"}]);
    world.put(derived).await;
    let mut further = observation("o3", "kari", "29463-7", "2026-01-12", "64.5");
    further["derivedFrom"] = json!([{"reference": "Observation/o2"}]);
    world.put(further).await;
    for (query, expected) in [
        ("Observation?_id=o1&_include=Observation:patient", &["kari"][..]),
        ("Observation?_id=o1&_include=Observation:patient&_include:iterate=Patient:organization", &["kari", "org3"]),
        (
            "Observation?_id=o1&_include=Observation:patient&_include:iterate=Patient:organization&_include:iterate=Organization:partof",
            &["kari", "org1", "org2", "org3"],
        ),
        ("Organization?_id=org8&_include=Organization:partof", &["org7"]),
        // One step, and four more.
        ("Organization?_id=org8&_include:iterate=Organization:partof", &["org3", "org4", "org5", "org6", "org7"]),
        ("Organization?_id=ring1&_include:iterate=Organization:partof", &["ring2"]),
        ("Observation?_id=o2&_include=*", &["kari", "o1", "ring1"]),
        ("Observation?_id=o2&_include=Observation:*", &["kari", "o1", "ring1"]),
        ("Observation?_id=o1&_revinclude=Observation:derived-from", &["o2"]),
        ("Observation?_id=o1&_revinclude:iterate=Observation:derived-from", &["o2", "o3"]),
        (
            "Organization?_id=org3&_revinclude=Patient:organization&_revinclude:iterate=Observation:patient",
            &["kari", "o1", "o2", "o3"],
        ),
        (
            "Organization?_id=org3&_revinclude=Patient:organization&_revinclude:iterate=Observation:subject:Patient&_include:iterate=Observation:performer",
            &["kari", "o1", "o2", "o3", "ring1"],
        ),
    ] {
        assert_eq!(brought(world, query).await, expected, "{query}");
    }
    // A citizen's includes stop at what they may not see, and so does what would come after it.
    world.put(appointment("a1", "kari", "10", "2026-12-01T09:00:00Z")).await;
    world.put(labelled(observation("n1", "kari", "withheld", "2026-01-10", "64.5"), &["NORN"])).await;
    let query = "Appointment?_include=Appointment:patient&_revinclude:iterate=Observation:patient";
    let page = world.citizen("kari", 1).search(&parse(query)).await.unwrap();
    assert_eq!((ids(&page), page.included.len()), (vec!["a1".to_owned()], 4), "herself and her results, and not n1");
}

/// The same order whichever way it is made: of one patient, of few that something else has found, of all.
pub(crate) async fn every_order_is_the_same_by_every_way_and_in_pages(world: &World) {
    for number in 0..30_u32 {
        let who = if number % 3 == 0 { "ola" } else { "kari" };
        let day = format!("2026-01-{:02}", number % 5 + 1);
        let mut body = observation(
            &format!("o{number:02}"),
            who,
            &format!("code-{}", number % 4),
            &day,
            &(number % 6).to_string(),
        );
        if number % 7 == 0 {
            body.as_object_mut().unwrap().remove("effectiveDateTime");
        }
        world.put(body).await;
    }
    for sort in
        ["date", "-date", "code", "-code,date", "value-quantity,-date,_id", "-_lastUpdated,code", "status,-code"]
    {
        for scope in ["", "&patient=kari", "&patient=kari,ola", "&status=final", "&patient=kari&code=code-1,code-2"] {
            let all = world.find(&format!("Observation?_sort={sort}{scope}&_count=100")).await;
            let mut expected = all.clone();
            expected.sort();
            expected.dedup();
            assert_eq!(expected.len(), all.len(), "{sort}{scope}: doubles");
            let unordered = world.find(&format!("Observation?_count=100{scope}")).await;
            assert_eq!(unordered.len(), all.len(), "{sort}{scope}");
            // What is found within the scope is in the order of all.
            let whole = world.find(&format!("Observation?_sort={sort}&_count=100")).await;
            let within: Vec<String> = whole.into_iter().filter(|id| all.contains(id)).collect();
            assert_eq!(all, within, "{sort}{scope}");
            let mut paged = Vec::new();
            let mut query = parse(&format!("Observation?_sort={sort}{scope}&_count=4"));
            loop {
                let page = world.system().search(&query).await.unwrap();
                paged.extend(ids(&page));
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(paged, all, "{sort}{scope}, in pages");
        }
    }
    // A write moves a resource in the order that was kept.
    world.put(observation("o01", "kari", "code-1", "2030-01-01", "1")).await;
    let newest = world.find("Observation?patient=kari&_sort=-date&_count=1").await;
    assert_eq!(newest, ["o01"]);
}

/// More resources on the way than a statement has room for alternatives.
pub(crate) async fn a_chain_and_a_page_of_hundreds_are_one_search(world: &World) {
    let organizations: Vec<_> = (0..700).map(|number| organization(&format!("org{number:03}"), None)).collect();
    world.system().write(writes(&organizations)).await.unwrap();
    for (id, serial, of) in [("kari", 1, "org650"), ("ola", 2, "org003"), ("aase", 3, "elsewhere")] {
        let mut body = patient(id, serial, "1980-03-04", "Storgata 1");
        body["managingOrganization"] = json!({"reference": format!("Organization/{of}")});
        world.put(body).await;
    }
    let mut found = world.find("Patient?organization.name=org").await;
    found.sort();
    assert_eq!(found, ["kari", "ola"]);
    assert_eq!(world.find("Patient?organization.name=org&birthdate=1980&_sort=-given").await, ["ola", "kari"]);
    let brought = brought(world, "Organization?_count=700&_revinclude=Patient:organization").await;
    assert_eq!(brought, ["kari", "ola"]);
}
