use serde_json::{Value, json};

use super::{observation, report};
use crate::shared::testing::{Portal, acting_for, national_id, parent_of, patient, visitor};

/// Kari, who is 46, with the resources given.
pub(super) async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")].into_iter().chain(bodies)).await;
    portal
}

pub(super) async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

fn flagged(code: &str) -> Value {
    json!({"interpretation": [{"coding": [{"code": code}]}], "referenceRange": [{"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.0, "unit": "mmol/L"}}]})
}

#[tokio::test]
async fn the_list_shows_ones_own_by_which_rule_and_nothing_of_others() {
    let portal = kari_with([
        observation("o1", "2823-3", 5.4, flagged("H")),
        observation("o2", "2951-2", 140.0, flagged("N")),
        report("r1", &["o1", "o2"], json!({})),
        patient("per", 2, "1970-01-01"),
        report("of-per", &[], json!({"subject": {"reference": "Patient/per"}})),
    ])
    .await;
    let list = page(&portal, "/results").await;
    for words in ["/results/r1", "Svar r1", "1. november 2026 · 1 av 2 verdier", "Ole Lie", "RE-1", ">2026<"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(!list.contains("of-per"), "{list}");
    for path in ["/results/of-per", "/results/of-per/file/0", "/results/nothing-like-it"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn one_answer_says_what_it_is_what_it_means_and_whom_to_ask() {
    let portal = kari_with([
        observation("o1", "2823-3", 5.4, flagged("HH")),
        observation("o2", "2951-2", 140.0, flagged("N")),
        report("r1", &["o1", "o2"], json!({"conclusion": "Høyt kalium."})),
    ])
    .await;
    let answer = page(&portal, "/results/r1").await;
    for words in [
        "Kalium",
        "5,4\u{a0}mmol/L",
        "3,5–5,0",
        "Mye høyere enn vanlig",
        "Innenfor det vanlige",
        "ring dem i dag",
        "116\u{a0}117",
        "Høyt kalium.",
        "/requests/new?item=DiagnosticReport/r1",
        "/who-can-see/DiagnosticReport/r1",
        "/results/over-time?code=http%3A%2F%2Floinc.org%7C2823-3",
        "Ferdig svar",
        "RE-1",
    ] {
        assert!(answer.contains(words), "{words}: {answer}");
    }
    for alarm in ["farlig", "alvorlig", "normalt", "bekymre"] {
        assert!(!answer.contains(alarm), "{alarm}");
    }
}

#[tokio::test]
async fn updated_and_corrected_answers_say_so_and_a_withdrawn_one_shows_nothing_of_what_it_said() {
    let of = |status: &str| {
        let body = observation(&format!("o-{status}"), "2823-3", 5.4, flagged("N"));
        [body, report(status, &[&format!("o-{status}")], json!({"status": status, "conclusion": "Skrevet før."}))]
    };
    let statuses = ["amended", "corrected", "preliminary", "entered-in-error", "cancelled"];
    let portal = kari_with(statuses.into_iter().flat_map(of)).await;
    let list = page(&portal, "/results").await;
    for tag in ["Oppdatert", "Rettet", "Foreløpig svar", "Trukket tilbake", "Avlyst"] {
        assert!(list.contains(tag), "{tag}: {list}");
    }
    for (status, words) in [
        ("amended", "Her står det nyeste"),
        ("corrected", "Det er dette som gjelder"),
        ("preliminary", "kan bli endret"),
    ] {
        let answer = page(&portal, &format!("/results/{status}")).await;
        assert!(answer.contains(words) && answer.contains("5,4"), "{status}: {answer}");
    }
    let withdrawn = page(&portal, "/results/entered-in-error").await;
    assert!(
        withdrawn.contains("trukket tilbake") && !withdrawn.contains("5,4") && !withdrawn.contains("Skrevet før"),
        "{withdrawn}"
    );
}

#[tokio::test]
async fn nothing_tells_of_an_answer_that_is_delayed_until_its_day() {
    let seen = observation("o1", "2823-3", 4.0, flagged("N"));
    let portal = kari_with([seen, report("r1", &["o1", "late"], json!({}))]).await;
    let paths =
        ["/results", "/results/r1", "/results/analyses", "/results/over-time?code=http://loinc.org|2823-3", "/"];
    let mut before = Vec::new();
    for path in paths {
        before.push(content(&portal, path).await);
    }
    let late = json!({"issued": "2026-11-15T12:00:00Z", "effectiveDateTime": "2026-11-14T08:00:00Z"});
    let about = json!({
        "resourceType": "Communication", "id": "c", "status": "completed", "subject": {"reference": "Patient/kari"},
        "category": [{"coding": [{"system": "urn:varde:service", "code": "results"}]}],
        "about": [{"reference": "DiagnosticReport/r2"}], "payload": [{"contentString": "Ring meg."}],
    });
    portal.given([observation("late", "2823-3", 9.9, late.clone()), report("r2", &["late"], late), about]).await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(content(&portal, path).await, before, "{path} is the same as if there were nothing");
    }
    assert_eq!(portal.get(&visitor("kari", 1), "/results/r2").await.0, 404);
    assert!(page(&portal, "/results").await.contains("7. november 2026"), "the rule is told to everybody alike");
    portal.clock.set("2026-11-29T12:00:00Z".parse().unwrap());
    let list = page(&portal, "/results").await;
    assert!(list.contains("/results/r2") && list.contains("Melding fra legen"), "{list}");
    assert!(page(&portal, "/results/r2").await.contains("Ring meg."));
    assert!(page(&portal, "/results/r1").await.contains("9,9"));
}

/// What stands between the frame's header and footer, whose form has a key that is new each time.
async fn content(portal: &Portal, path: &str) -> String {
    page(portal, path).await.split_once("<main").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_hidden_value_of_an_answer_leaves_no_gap() {
    let security = json!({"meta": {"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]}});
    let portal = kari_with([
        observation("o1", "2823-3", 4.0, flagged("N")),
        observation("o2", "2951-2", 131.25, security),
        report("r1", &["o1", "o2"], json!({})),
    ])
    .await;
    let answer = content(&portal, "/results/r1").await;
    assert!(answer.contains("ingen av 1") && !answer.contains("Natrium") && !answer.contains("131,25"), "{answer}");
}

/// Who asks, about whom, and what the rule book says.
#[tokio::test]
async fn each_relation_sees_what_the_rule_book_opens_and_no_more() {
    let portal = Portal::new();
    let consent = |id: &str, of: &str, category: &str, more: Value| {
        let mut body = json!({
            "resourceType": "Consent", "id": id, "status": "active", "patient": {"reference": format!("Patient/{of}")},
            "scope": {"coding": [{"code": "patient-privacy"}]}, "dateTime": "2026-01-01",
            "category": [{"coding": [{"system": category, "code": if category.starts_with("urn:oid") { "FU" } else { "foreldresamtykke" }}]}],
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let proxy = |id: &str, serial: u16, area: &str| {
        let number = national_id(serial);
        let who = json!({"identifier": {"system": varde_base::NATIONAL_ID_SYSTEM, "value": number.as_str()}});
        let provision = json!({"type": "permit", "period": {"start": "2026-01-01"},
            "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": area}]}],
            "actor": [{"role": {"coding": [{"code": "FU"}]}, "reference": who}]});
        consent(id, "kari", "urn:oid:2.16.578.1.12.4.1.1.7611", json!({"provision": provision}))
    };
    let youth = json!({"provision": {"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}}});
    let of = |person: &str| {
        report(&format!("of-{person}"), &[], json!({"subject": {"reference": format!("Patient/{person}")}}))
    };
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("emil", 2, "2018-01-01"),
            patient("nora", 3, "2012-09-07"),
            patient("per", 4, "1970-01-01"),
            patient("ola", 5, "1970-01-01"),
            patient("siri", 6, "2009-01-01"),
            parent_of("emil", 1),
            parent_of("nora", 1),
            proxy("with", 4, "1"),
            proxy("without", 5, "3"),
            consent("youth", "nora", "urn:varde:consent", youth),
            of("kari"),
            of("emil"),
            of("nora"),
            of("siri"),
        ])
        .await;
    let cases = [
        ("herself", visitor("kari", 1), "kari", Some("RE-1")),
        ("a girl of seventeen", visitor("siri", 6), "siri", Some("RE-1")),
        ("the mother of a boy of eight", acting_for(visitor("kari", 1), "emil"), "emil", Some("PA-1")),
        ("the mother of a girl of fourteen", acting_for(visitor("kari", 1), "nora"), "nora", None),
        ("a girl of fourteen, with consent", visitor("nora", 3), "nora", None),
        ("a proxy with the area", acting_for(visitor("per", 4), "kari"), "kari", Some("FU-2")),
        ("a proxy without the area", acting_for(visitor("ola", 5), "kari"), "kari", None),
        ("a stranger", acting_for(visitor("siri", 6), "kari"), "kari", None),
    ];
    for (who, visitor, person, rule) in cases {
        let (_, list) = portal.get(&visitor, "/results").await;
        let (status, _) = portal.get(&visitor, &format!("/results/of-{person}")).await;
        match rule {
            Some(rule) => {
                assert!(list.contains(&format!("/results/of-{person}")) && list.contains(rule), "{who}: {list}");
                assert_eq!(status, 200, "{who}");
            }
            None => {
                assert!(!list.contains("of-") && list.contains("Prøvesvarene vises ikke"), "{who}: {list}");
                assert_eq!(status, 404, "{who}");
            }
        }
    }
}

#[tokio::test]
async fn one_analysis_over_time_is_a_picture_and_a_table_that_says_the_same() {
    let of = |year: i32, value: f64, flag: &str| {
        let mut more = flagged(flag);
        more["effectiveDateTime"] = format!("{year}-05-02T08:00:00Z").into();
        more["issued"] = format!("{year}-05-02T12:00:00Z").into();
        observation(&format!("o{year}"), "2823-3", value, more)
    };
    let portal = kari_with([of(2024, 3.1, "L"), of(2025, 4.2, "N"), of(2026, 5.9, "H")]).await;
    let shown = page(&portal, "/results/over-time?code=http://loinc.org|2823-3").await;
    for words in [
        "<h1 class=\"ds-heading\" data-size=\"lg\">Kalium</h1>",
        "3 svar fra 2. mai 2024 til 2. mai 2026. Det laveste er 3,1\u{a0}mmol/L, og det høyeste er 5,9\u{a0}mmol/L",
        "Siste svar, 2. mai 2026: 5,9\u{a0}mmol/L",
        "Høyere enn vanlig",
        "Vanlig: 3,5–5,0\u{a0}mmol/L",
        "Kalium er et salt",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!((shown.matches("<circle").count(), shown.matches("<tr>").count()), (2, 4), "{shown}");
    let analyses = page(&portal, "/results/analyses").await;
    assert!(analyses.contains("5,9") && !analyses.contains("3,1"), "the newest of each: {analyses}");
    let list = page(&portal, "/results").await;
    assert!(
        list.contains("Kalium") && list.contains("over-time"),
        "a value without a report is in the list too: {list}"
    );
    for strange in ["", "?code=x", "?code=http://loinc.org|1,http://loinc.org|2", "?code=a%7Cb&after=zzz"] {
        let (status, _) = portal.get(&visitor("kari", 1), &format!("/results/over-time{strange}")).await;
        assert!(status == 200 || status == 404, "{strange}: {status}");
    }
}

#[tokio::test]
async fn the_list_goes_by_year_by_kind_and_by_doctor() {
    let of = |id: &str, day: &str, category: &str, doctor: &str| {
        report(
            id,
            &[],
            json!({
                "effectiveDateTime": day, "issued": format!("{day}T12:00:00Z"), "category": [{"coding": [{"code": category}]}],
                "resultsInterpreter": [{"reference": format!("Practitioner/{doctor}"), "display": doctor}],
            }),
        )
    };
    let portal = kari_with([
        of("blood-2024", "2024-03-01", "LAB", "lie"),
        of("blood-2026", "2026-03-01", "LAB", "moen"),
        of("xray-2026", "2026-04-01", "RAD", "lie"),
        of("note-2026", "2026-04-02", "34117-2", "lie"),
    ])
    .await;
    let all = ["blood-2024", "blood-2026", "xray-2026", "note-2026"];
    for (path, expected) in [
        ("/results", &["blood-2024", "blood-2026", "xray-2026"][..]),
        ("/results?year=2026", &["blood-2026", "xray-2026"]),
        ("/results?kind=imaging", &["xray-2026"]),
        ("/results?kind=laboratory&year=2024", &["blood-2024"]),
        ("/results?by=Practitioner/lie", &["blood-2024", "xray-2026"]),
        ("/results?year=2019", &[]),
    ] {
        let list = page(&portal, path).await;
        let shown: Vec<&str> = all.into_iter().filter(|id| list.contains(&format!("\"/results/{id}\""))).collect();
        assert_eq!(shown, expected, "{path}: {list}");
        assert!(list.contains("year=2025"), "years between the first and the last: {path}");
    }
}

#[tokio::test]
async fn microbiology_and_images_have_pages_of_their_own_form() {
    let susceptibility = json!({
        "code": {"text": "Bakterier i urin"}, "valueQuantity": null, "valueCodeableConcept": {"text": "Escherichia coli"},
        "component": [{"code": {"text": "Trimetoprim"}, "interpretation": [{"coding": [{"code": "R"}]}]}],
    });
    let mut grown = observation("o1", "630-4", 1.0, susceptibility);
    grown.as_object_mut().unwrap().remove("valueQuantity");
    let files = json!([
        {"contentType": "application/pdf", "title": "Beskrivelse", "data": "JVBERi0xLjQ="},
        {"contentType": "text/html", "data": "PHNjcmlwdD4="},
        {"contentType": "image/png", "title": "Bilde", "url": "http://x.test/1"},
    ]);
    let category = |code: &str| json!([{"coding": [{"code": code}]}]);
    let portal = kari_with([
        grown,
        report("urine", &["o1"], json!({"category": category("MB")})),
        report(
            "xray",
            &[],
            json!({"category": category("RAD"), "conclusion": "Vanlige lunger.", "presentedForm": files}),
        ),
    ])
    .await;
    let urine = page(&portal, "/results/urine").await;
    for words in
        ["Hva ble funnet", "Escherichia coli", "Trimetoprim", "Medisinen virker ikke", "Ikke slutt med en medisin"]
    {
        assert!(urine.contains(words), "{words}: {urine}");
    }
    let xray = page(&portal, "/results/xray").await;
    for words in
        ["Hva bildene viser", "Vanlige lunger.", "Beskrivelse (PDF)", "/results/xray/file/1", "ligger hos avsenderen"]
    {
        assert!(xray.contains(words), "{words}: {xray}");
    }
    assert!(!xray.contains("/results/xray/file/2"), "{xray}");
    assert_eq!(page(&portal, "/results/xray/file/0").await, "%PDF-1.4");
    assert_eq!(portal.get(&visitor("kari", 1), "/results/xray/file/2").await.0, 404);
    assert_eq!(portal.get(&visitor("kari", 1), "/results/xray/file/9").await.0, 404);
}

#[tokio::test]
async fn an_empty_list_says_so_and_one_that_cannot_be_fetched_does_not_look_empty() {
    let portal = kari_with([]).await;
    assert!(page(&portal, "/results").await.contains("Ingen prøvesvar"));
    // A place in the list that no search gave.
    let list = page(&portal, "/results?after=zzz&until=2024-01-01").await;
    assert!(list.contains("Vi fikk ikke hentet prøvesvarene") && !list.contains("Ingen prøvesvar"), "{list}");
}

#[tokio::test]
async fn values_that_came_without_a_report_are_never_left_out_in_silence() {
    let of = |number: u32| {
        let (month, day) = (1 + number / 28 % 10, 1 + number % 28);
        let when = json!({"effectiveDateTime": format!("2026-{month:02}-{day:02}"), "issued": format!("2026-{month:02}-{day:02}T12:00:00Z")});
        observation(&format!("o{number}"), if number == 0 { "2951-2" } else { "2823-3" }, 4.2, when)
    };
    let few = kari_with((0..50).map(of)).await;
    let list = page(&few, "/results").await;
    assert_eq!(list.matches("item-title").count(), 50);
    assert!(!list.contains("Flere enkeltverdier"), "{list}");
    let uncoded = (0..120).map(|number| {
        let newer =
            json!({"code": {"text": "Uten kode"}, "effectiveDateTime": "2026-11-02", "issued": "2026-11-02T12:00:00Z"});
        observation(&format!("u{number}"), "1-1", 1.0, newer)
    });
    let many = kari_with((0..250).map(of).chain(uncoded)).await;
    let list = page(&many, "/results").await;
    assert!(list.contains("Flere enkeltverdier"), "{list}");
    // The oldest of all is of an analysis of its own.
    let analyses = page(&many, "/results/analyses").await;
    assert!(analyses.contains("Natrium") && analyses.contains("Kalium"), "{analyses}");
    assert_eq!(analyses.matches("item-title").count(), 2);
}

#[tokio::test]
async fn what_the_doctor_wrote_stands_with_an_old_answer_too() {
    let of = |number: u32| {
        let day = format!("{}-05-02", 2024 - number);
        let issued = json!({"effectiveDateTime": day, "issued": format!("{day}T12:00:00Z")});
        let comment = json!({
            "resourceType": "Communication", "id": format!("c{number}"), "status": "completed",
            "subject": {"reference": "Patient/kari"}, "sent": format!("{day}T13:00:00Z"),
            "category": [{"coding": [{"system": "urn:varde:service", "code": "results"}]}],
            "about": [{"reference": format!("DiagnosticReport/r{number}")}], "payload": [{"contentString": format!("Ord {number}.")}],
        });
        [report(&format!("r{number}"), &[], issued), comment]
    };
    let mut more: Vec<Value> = (0..5).flat_map(of).collect();
    for number in 0..250 {
        let mut comment = more[1].clone();
        comment["id"] = format!("later-{number}").into();
        comment["sent"] = "2024-06-01T12:00:00Z".into();
        more.push(comment);
    }
    let mut undated = more[3].clone();
    undated["id"] = "undated".into();
    undated["payload"] = json!([{"contentString": "Uten dag."}]);
    undated.as_object_mut().unwrap().remove("sent");
    more.push(undated);
    let portal = kari_with(more).await;
    for number in 0..5 {
        let answer = page(&portal, &format!("/results/r{number}")).await;
        assert!(answer.contains(&format!("Ord {number}.")), "{answer}");
        assert_eq!(answer.contains("Uten dag."), number == 1);
    }
    assert_eq!(page(&portal, "/results").await.matches("Melding fra legen").count(), 5);
}

#[tokio::test]
async fn the_newest_answer_is_at_the_top_also_where_the_sample_has_no_date() {
    let mut bodies: Vec<Value> = (0..60)
        .map(|number| {
            let day = format!("{}-05-02", 2025 - number % 20);
            report(&format!("r{number}"), &[], json!({"effectiveDateTime": day, "issued": format!("{day}T12:00:00Z")}))
        })
        .collect();
    let mut undated = report("undated", &[], json!({"issued": "2026-11-01T12:00:00Z"}));
    undated.as_object_mut().unwrap().remove("effectiveDateTime");
    bodies.push(undated);
    let portal = kari_with(bodies).await;
    let list = page(&portal, "/results").await;
    let first = list.split("href=\"/results/").find(|part| part.contains("item-detail")).unwrap();
    assert!(first.starts_with("undated\""), "{first}");
    assert!(list.contains("year=2026") && page(&portal, "/results?year=2026").await.contains("/results/undated"));
    assert!(!page(&portal, "/results?year=2025").await.contains("/results/undated"));
}

#[tokio::test]
async fn an_answer_without_a_date_is_on_the_last_page() {
    // Without a date it is shown to nobody until personnel have said so.
    let now = json!({"extension": [{"url": "urn:varde:release", "valueCode": "now"}]});
    let undated = json!({"effectiveDateTime": null, "issued": null, "meta": now});
    let bodies = (0..90).map(|number| {
        let mut body = report(&format!("r{number}"), &[], if number < 45 { json!({}) } else { undated.clone() });
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        body
    });
    let portal = kari_with(bodies).await;
    let (mut path, mut seen) = ("/results".to_owned(), std::collections::BTreeSet::new());
    for _ in 0..5 {
        let list = page(&portal, &path).await;
        seen.extend(
            list.split("href=\"/results/r").skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned())),
        );
        match list.split("href=\"").filter(|part| part.contains("after=")).find_map(|part| part.split('"').next()) {
            Some(older) => path = older.replace("&amp;", "&"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 90);
}

#[tokio::test]
async fn twenty_years_of_answers_are_paged_and_every_page_is_light() {
    let mut bodies = Vec::new();
    for number in 0..1_250_u32 {
        let (year, month, day) = (2006 + number / 62, 1 + number % 9, 1 + number % 28);
        let when = json!({
            "effectiveDateTime": format!("{year}-{month:02}-{day:02}T08:00:00Z"), "issued": format!("{year}-{month:02}-{day:02}T12:00:00Z"),
        });
        let ids: Vec<String> = (0..4).map(|of| format!("o{number}-{of}")).collect();
        for (id, loinc) in ids.iter().zip(["2823-3", "2951-2", "718-7", "1988-5"]) {
            bodies.push(observation(id, loinc, 4.2, when.clone()));
        }
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        bodies.push(report(&format!("r{number}"), &ids, when));
    }
    let portal = kari_with(bodies).await;
    let (mut path, mut seen) = ("/results".to_owned(), std::collections::BTreeSet::new());
    for _ in 0..40 {
        let list = page(&portal, &path).await;
        assert!(list.len() < 100_000, "{path}: {} bytes", list.len());
        let ids = list.split("href=\"/results/r").skip(1).filter_map(|rest| rest.split('"').next());
        seen.extend(ids.filter_map(|id| id.parse::<u32>().ok()));
        let older =
            list.split("href=\"").filter(|part| part.contains("after=")).find_map(|part| part.split('"').next());
        match older {
            Some(older) => path = older.replace("&amp;", "&"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 1_250, "every report is on a page");
    for path in
        ["/results?year=2010", "/results/analyses", "/results/over-time?code=http://loinc.org|718-7", "/results/r77"]
    {
        let shown = page(&portal, path).await;
        assert!(shown.len() < 100_000, "{path}: {} bytes", shown.len());
    }
}
