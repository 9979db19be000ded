//! What a page shows is what an app finds that asks for the same person: the lists of the portal beside searches through the same gate.

use std::collections::BTreeSet;

use serde_json::Value;
use varde_fhir::ResourceType;
use varde_fhir::search::{SearchOptions, parse};
use varde_store::{Export, Gate};

use super::asks::Ask;
use super::lives::{
    based_on, consent, event, health, labelled, letter, medicine, parent, people, referral, released, report, result,
    visit,
};
use super::world::{Asker, World, gate};

/// Appointments of each kind, with each label, some opened; and an event about each.
fn appointments(of: &str) -> Vec<Value> {
    let mut all = vec![referral(&format!("{of}-open"), of), referral(&format!("{of}-shut"), of)];
    let mut opening = consent(&format!("{of}-opening"), of, "opening", &["parents", "content"]);
    opening["provision"]["data"] = serde_json::json!([{"meaning": "related",
        "reference": {"reference": format!("ServiceRequest/{of}-open")}}]);
    all.push(opening);
    for (number, label) in ["", "N", "NORN", "NORN_FORANS", "NORN_UNGDOM", "NORS"].into_iter().enumerate() {
        for category in ["10", "27", "6"] {
            let id = format!("{of}-a{category}-{number}");
            let start = format!("2026-12-{:02}T{:02}:00:00Z", number + 1, category.len() * 3 + number);
            let mut body = visit(&id, of, category, &start);
            let mut told = event(&format!("{id}-told"), of, Some(&id));
            if !label.is_empty() {
                (body, told) = (labelled(body, label), labelled(told, label));
            }
            if category == "27" && number < 2 {
                body = based_on(body, &format!("{of}-{}", if number == 0 { "open" } else { "shut" }));
            }
            if category == "10" && number == 1 {
                body = released(body, "2026-12-24T10:00:00Z");
            }
            all.extend([body, told]);
        }
    }
    all
}

/// An answer, a letter and a prescription with each label.
fn labelled_each(of: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (number, label) in ["", "N", "NORN", "NORN_FORANS", "NORN_UNGDOM", "NORS"].into_iter().enumerate() {
        let id = |what: &str| format!("{of}-{what}{number}");
        let bodies = [
            result(&id("o"), of, "2026-10-01T08:00:00Z"),
            report(&id("r"), of, "2026-10-01T08:00:00Z", &id("o")),
            letter(&id("m"), of),
            medicine(&id("p"), of),
        ];
        all.extend(bodies.map(|body| if label.is_empty() { body } else { labelled(body, label) }));
    }
    all.push(report(&format!("{of}-r-new"), of, "2026-11-20T08:00:00Z", &format!("{of}-o0")));
    all
}

/// Ids under `folder` that links of a page lead to; the pages that are there for everybody are none.
fn linked_under(folder: &str, page: &str) -> BTreeSet<String> {
    let link = format!("href=\"{folder}/");
    let links = page.split(&link).skip(1);
    let pages = [
        "",
        "book",
        "household",
        "feed",
        "analyses",
        "over-time",
        "write",
        "renew",
        "in-use",
        "collected",
        "collect",
        "copy",
    ];
    let ids = links.filter_map(|rest| rest.split(['"', '?', '/']).next()).filter(|id| !pages.contains(id));
    ids.map(str::to_owned).collect()
}

fn linked(page: &str) -> BTreeSet<String> {
    linked_under("/appointments", page)
}

fn search(kind: &str, parameters: &[(&str, &str)]) -> varde_fhir::search::Query {
    let pairs: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let options =
        SearchOptions { max_count: 500, default_count: 500, lenient: false, now: jiff::Timestamp::UNIX_EPOCH };
    parse(ResourceType::from_name(kind).unwrap(), &pairs, &options).unwrap()
}

/// What an app finds: ids, and that the total and an export say the same.
async fn found(gate: &Gate, kind: &str, of: &str) -> BTreeSet<String> {
    let page = gate.search(&search(kind, &[("patient", of), ("_total", "accurate")])).await.unwrap();
    assert_eq!(page.total, u64::try_from(page.matches.len()).ok(), "{kind} of {of}");
    let ids: BTreeSet<String> = page.matches.iter().map(|found| found.id.to_string()).collect();
    let query = search(kind, &[("patient", of)]);
    let exported = gate.export(&Export { query: &query, patients_only: true, besides: &[] }).await.unwrap();
    assert_eq!(exported.matches.iter().map(|found| found.id.to_string()).collect::<BTreeSet<_>>(), ids, "exported");
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lists_of_the_portal_hold_what_an_app_finds_and_no_more() {
    let world = World::new();
    world.put_all(&people()).await;
    world.put(&parent("ola", "kari", &["FO"])).await;
    for of in ["ola", "tor", "eva", "kari"] {
        world.put_all(&health(of)).await;
        world.put_all(&appointments(of)).await;
        world.put_all(&labelled_each(of)).await;
    }
    world.at("2026-11-21T09:00:00Z");
    let (mut sizes, mut told) = (BTreeSet::new(), 0);
    for (who, of) in [
        ("kari", "kari"),
        ("kari", "ola"),
        ("kari", "tor"),
        ("per", "tor"),
        ("tor", "tor"),
        ("eva", "eva"),
        ("nina", "eva"),
        ("bo", "eva"),
        ("per", "ola"),
        ("bo", "kari"),
    ] {
        let asker = Asker::Citizen { who, of: (who != of).then_some(of) };
        let page = async |path: &str| world.ask(&asker, &Ask::get(path)).await;
        let app = gate(&world, who);
        let found_by_app = found(&app, "Appointment", of).await;
        assert_eq!(linked(&page("/appointments").await), found_by_app, "{who} sees of {of}");
        sizes.insert(found_by_app.len());
        for id in
            ["gp", "hospital", "a10-0", "a27-0", "a27-1", "a6-0", "a10-3", "a10-4"].map(|what| format!("{of}-{what}"))
        {
            let shown = page(&format!("/appointments/{id}")).await.starts_with("200");
            assert_eq!(shown, found_by_app.contains(&id), "{who} opens {id}");
            let file = page(&format!("/appointments/{id}/calendar.ics")).await.starts_with("200");
            assert!(!file || shown, "{who} takes {id} home");
        }
        // An event is shown when it may be seen and its kind of page is open at all.
        let events = linked(&page("/events").await);
        let about = found(&app, "Communication", of).await;
        let about: BTreeSet<String> = about
            .iter()
            .filter(|id| id.ends_with("-told") || id.ends_with("-event"))
            .map(|id| id.strip_suffix("-told").unwrap_or(&format!("{of}-gp")).to_owned())
            .collect();
        assert!(events.is_subset(&about), "{who} reads of {of}: {:?}", events.difference(&about));
        assert!(
            events.is_empty() || events == about,
            "{who} reads of {of} all that there is: {:?}",
            about.difference(&events)
        );
        told += events.len();
        for (folder, kind) in
            [("/results", "DiagnosticReport"), ("/medicines", "MedicationRequest"), ("/messages", "Communication")]
        {
            let mut found = found(&app, kind, of).await;
            found.retain(|id| !id.ends_with("-told") && !id.ends_with("-event"));
            assert_eq!(linked_under(folder, &page(folder).await), found, "{who} sees {folder} of {of}");
            for number in 0..6 {
                let what = folder.replace("/results", "r").replace("/medicines", "p").replace("/messages", "m");
                let id = format!("{of}-{what}{number}");
                let shown = page(&format!("{folder}/{id}")).await.starts_with("200");
                assert_eq!(shown, found.contains(&id), "{who} opens {folder}/{id}");
            }
            sizes.insert(100 + found.len());
        }
    }
    assert!(sizes.len() > 6 && told > 20, "some see more than others: {sizes:?}, {told}");
}
