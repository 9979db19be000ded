use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{composition, note};
use crate::shared::testing::{Portal, acting_for, consent, opening, parent_of, patient, proxy, visitor};

/// Kari, who is 46, with the resources given.
async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")].into_iter().chain(bodies)).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

/// What stands between the frame's header and footer, whose form has a key that is new each time.
async fn content_of(portal: &Portal, path: &str) -> String {
    page(portal, path).await.split_once("<main").unwrap().1.to_owned()
}

fn stay() -> Value {
    json!({"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "IMP"},
        "subject": {"reference": "Patient/kari"}, "period": {"start": "2026-10-17T08:00:00Z", "end": "2026-10-20T10:00:00Z"},
        "serviceProvider": {"reference": "Organization/h1", "display": "Fjord sykehus"}})
}

#[tokio::test]
async fn the_list_shows_ones_own_by_year_and_stay_and_nothing_of_others() {
    let at_stay = json!({"context": {"encounter": [{"reference": "Encounter/e1"}]}, "date": "2026-10-18T08:00:00Z"});
    let portal = kari_with([
        stay(),
        note("d1", "Hei", json!({})),
        note("d2", "Hei", at_stay),
        composition("c1", &[], json!({"encounter": {"reference": "Encounter/e1"}})),
        patient("per", 2, "1970-01-01"),
        note("of-per", "Hemmelig", json!({"subject": {"reference": "Patient/per"}})),
    ])
    .await;
    let list = page(&portal, "/record").await;
    for words in [
        "/record/d1",
        "/record/composition/c1",
        ">2026<",
        "<h3 class=\"ds-heading\" data-size=\"xs\">Opphold · 17.\u{a0}oktober\u{a0}2026 til 20.\u{a0}oktober\u{a0}2026</h3>",
        "<p class=\"item-detail\">Fjord sykehus</p>",
        "Skogen legesenter",
        "Ole Lie",
        "JO-1",
        "/requests/new?kind=missing-document",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(list.find("/record/d1") < list.find("Opphold") && !list.contains("of-per"), "{list}");
    for path in ["/record/of-per", "/record/of-per/file/0", "/record/nothing", "/record/composition/d1", "/record/c1"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_document_is_found_by_a_word_a_year_a_kind_and_a_unit() {
    let of = |id: &str, day: &str, title: &str, unit: &str| {
        note(id, "", json!({"date": format!("{day}T08:00:00Z"), "description": title, "custodian": {"display": unit}}))
    };
    let portal = kari_with([
        of("knee-2024", "2024-03-01", "Vurdering av kne", "Fjord sykehus"),
        of("ear-2026", "2026-03-01", "Hørselsprøve", "Fjord sykehus"),
        of("cough-2026", "2026-04-01", "Hoste", "Skogen legesenter"),
        composition("sum-2026", &[], json!({"date": "2026-05-01"})),
    ])
    .await;
    let all = ["knee-2024", "ear-2026", "cough-2026", "composition/sum-2026"];
    for (path, expected) in [
        ("/record", &all[..]),
        ("/record?word=KNE", &["knee-2024"]),
        ("/record?word=fjord", &["knee-2024", "ear-2026", "composition/sum-2026"]),
        ("/record?year=2026", &["ear-2026", "cough-2026", "composition/sum-2026"]),
        ("/record?kind=discharge", &["composition/sum-2026"]),
        ("/record?unit=Skogen+legesenter", &["cough-2026"]),
        ("/record?year=2026&word=kne", &[]),
        ("/record?year=nonsense&kind=nonsense&before=nonsense", &all[..]),
        ("/record?before=2026-03-15T00:00:00Z", &["knee-2024", "ear-2026"]),
    ] {
        let list = page(&portal, path).await;
        let shown: Vec<&str> = all.into_iter().filter(|id| list.contains(&format!("\"/record/{id}\""))).collect();
        assert_eq!(shown, expected, "{path}: {list}");
        assert!(list.contains("year=2025"), "years between the first and the last: {path}");
    }
    let kept = page(&portal, "/record?word=%22%3E%3Cb%3E&unit=x").await;
    assert!(kept.contains("&quot;&gt;&lt;b&gt;") && kept.contains("Ingen dokumenter passer"), "{kept}");
}

#[tokio::test]
async fn one_document_says_what_stands_there_and_what_its_words_mean() {
    let portal = kari_with([note("d1", "# Vurdering\nAkutt bronkitt.\n<script>x</script>", json!({}))]).await;
    let shown = page(&portal, "/record/d1").await;
    for words in [
        "<h3>Vurdering</h3>",
        "<summary>bronkitt</summary>",
        "Betennelse i luftveiene",
        "&lt;script&gt;",
        "Trykk på et ord med prikket strek",
        "/requests/new?item=DocumentReference/d1",
        "/access-log?item=DocumentReference/d1",
        "/who-can-see/DocumentReference/d1",
        "Skogen legesenter",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let english = page(&portal, "/record/d1?lang=en").await;
    assert!(english.contains("Inflammation of the airways"), "{english}");
}

#[tokio::test]
async fn html_of_a_source_and_headings_of_a_composition_are_shown_harmless() {
    let html = "<h1>Funn</h1><p onclick=\"x()\">Ingen <b>ødem</b></p><script>alert(1)</script><img src=x><a href=\"https://phish.test\">Logg inn</a>";
    let attachment = json!({"contentType": "text/html", "language": "nn", "data": STANDARD.encode(html)});
    let portal = kari_with([
        note("d1", "", json!({"content": [{"attachment": attachment}]})),
        composition(
            "c1",
            &[("Diagnose", "<p>Pneumoni.</p><script>alert(2)</script>"), ("Videre", "<ul><li>Ro</li></ul>")],
            json!({}),
        ),
    ])
    .await;
    let shown = content_of(&portal, "/record/d1").await;
    assert!(shown.contains("<h3>Funn</h3>") && shown.contains("lang=\"nn\""), "{shown}");
    for strange in ["alert(1)", "onclick", "<img", "phish.test"] {
        assert!(!shown.contains(strange), "{strange}: {shown}");
    }
    let shown = content_of(&portal, "/record/composition/c1").await;
    for words in ["<h3>Diagnose</h3>", "<summary>Pneumoni</summary>", "<li>Ro</li>", "item=Composition/c1"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("alert(2)"), "{shown}");
}

#[tokio::test]
async fn files_are_handed_out_to_be_kept_and_a_binary_only_with_its_own_document() {
    let binary = |id: &str, context: &str| {
        json!({"resourceType": "Binary", "id": id, "contentType": "application/pdf", "data": "JVBERi0xLjQ=",
            "securityContext": {"reference": context}})
    };
    let pdf = |url: &str| json!({"contentType": "application/pdf", "title": "Epikrise", "url": url});
    let contents = json!([
        {"attachment": pdf("Binary/mine")},
        {"attachment": pdf("Binary/theirs")},
        {"attachment": pdf("Binary/none")},
        {"attachment": {"contentType": "image/svg+xml", "data": "PHN2Zy8+"}},
        {"attachment": pdf("https://elsewhere.test/1.pdf")},
        {"attachment": {"contentType": "application/pdf", "title": "Bare navnet", "data": "PHN2Zy8+"}},
    ]);
    let portal = kari_with([
        note("d1", "", json!({"content": contents})),
        binary("mine", "DocumentReference/d1"),
        binary("theirs", "Patient/per"),
    ])
    .await;
    let shown = page(&portal, "/record/d1").await;
    assert!(shown.contains("Last ned Epikrise (PDF)") && shown.contains("/record/d1/file/3"), "{shown}");
    assert!(shown.contains("bare hos den som skrev det"), "{shown}");
    for not_here in [1, 2, 4] {
        assert!(!shown.contains(&format!("/record/d1/file/{not_here}")), "no button leads to nothing: {shown}");
    }
    assert!(shown.contains("/record/d1/file/0?open=1") && !shown.contains("/record/d1/file/3?open=1"), "{shown}");
    for (path, opens) in [
        ("/record/d1/file/0?open=1", true),
        ("/record/d1/file/0", false),
        ("/record/d1/file/3?open=1", false),
        ("/record/d1/file/5?open=1", false),
    ] {
        let headers = portal.headers(&visitor("kari", 1), path).await;
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition == "inline", opens, "{path}: {disposition}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{path}: {policy}");
    }
    assert_eq!(page(&portal, "/record/d1/file/0").await, "%PDF-1.4");
    assert_eq!(page(&portal, "/record/d1/file/3").await, "<svg/>");
    for path in
        ["/record/d1/file/1", "/record/d1/file/2", "/record/d1/file/4", "/record/d1/file/9", "/record/d1/file/x"]
    {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn what_was_withdrawn_is_named_and_not_shown() {
    let portal =
        kari_with([note("d1", "Feil pasient", json!({"status": "entered-in-error", "description": "HIV-prøve"}))])
            .await;
    for path in ["/record", "/record/d1"] {
        let shown = page(&portal, path).await;
        assert!(
            shown.contains("Trukket tilbake") && !shown.contains("HIV") && !shown.contains("Feil pasient"),
            "{path}: {shown}"
        );
    }
    assert_eq!(portal.get(&visitor("kari", 1), "/record/d1/file/0").await.0, 404);
}

#[tokio::test]
async fn nothing_tells_of_a_document_that_is_hidden() {
    let portal = kari_with([note("d1", "Hei", json!({}))]).await;
    let paths = ["/record", "/record?word=notat", "/record/d1", "/"];
    let mut before = Vec::new();
    for path in paths {
        before.push(content_of(&portal, path).await);
    }
    let hidden = json!({"meta": {"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]},
        "date": "2019-01-01T08:00:00Z", "custodian": {"display": "Skjult klinikk"}});
    portal.given([note("d2", "Hemmelig", hidden.clone()), composition("c2", &[], hidden)]).await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(content_of(&portal, path).await, before, "{path} is the same as if there were nothing");
    }
    for path in ["/record/d2", "/record/composition/c2", "/record/d2/file/0"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

/// Who asks, about whom, and what the rule book says.
#[tokio::test]
async fn each_relation_reads_what_the_rule_book_opens_and_no_more() {
    let portal = Portal::new();
    let of = |person: &str| {
        note(&format!("of-{person}"), "", json!({"subject": {"reference": format!("Patient/{person}")}}))
    };
    let of_referral = |id: &str, referral: &str, day: &str| {
        note(
            id,
            "",
            json!({"subject": {"reference": "Patient/nora"}, "date": format!("{day}T08:00:00Z"),
            "context": {"related": [{"reference": format!("ServiceRequest/{referral}")}]}}),
        )
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
            proxy("kari", 4, "2"),
            proxy("kari", 5, "1"),
            consent("youth", "nora", "foreldresamtykke", "active"),
            opening("nora", "open", "youth", "content"),
            opening("nora", "open", "parents", "content"),
            opening("nora", "half", "youth", "outline"),
            of("kari"),
            of("emil"),
            of("nora"),
            of("siri"),
            of_referral("opened", "open", "2026-10-01"),
            of_referral("outlined", "half", "2026-09-02"),
        ])
        .await;
    let cases: [(&str, _, &str, bool); 8] = [
        ("herself", visitor("kari", 1), "of-kari", true),
        ("a girl of seventeen", visitor("siri", 6), "of-siri", true),
        ("the mother of a boy of eight", acting_for(visitor("kari", 1), "emil"), "of-emil", true),
        ("the mother of a girl of fourteen", acting_for(visitor("kari", 1), "nora"), "of-nora", false),
        ("a girl of fourteen, with consent", visitor("nora", 3), "of-nora", false),
        ("a proxy with the area", acting_for(visitor("per", 4), "kari"), "of-kari", true),
        ("a proxy without the area", acting_for(visitor("ola", 5), "kari"), "of-kari", false),
        ("a stranger", acting_for(visitor("siri", 6), "kari"), "of-kari", false),
    ];
    for (who, visitor, id, is_open) in cases {
        let (_, list) = portal.get(&visitor, "/record").await;
        let (status, _) = portal.get(&visitor, &format!("/record/{id}")).await;
        assert_eq!(list.contains(&format!("/record/{id}")), is_open, "{who}: {list}");
        assert_eq!(status == 200, is_open, "{who}");
        assert!(is_open || status == 404, "{who}");
    }
    for (who, visitor, outlined) in
        [("the girl", visitor("nora", 3), true), ("her mother", acting_for(visitor("kari", 1), "nora"), false)]
    {
        let (_, list) = portal.get(&visitor, "/record").await;
        assert!(list.contains("/record/opened"), "what is opened for {who} is there: {list}");
        assert_eq!(portal.get(&visitor, "/record/opened").await.0, 200, "{who}");
        assert_eq!(list.contains("2. september 2026"), outlined, "{who}: {list}");
        assert!(!list.contains("/record/outlined") && !list.contains("Notat outlined"), "{who}: {list}");
        assert_eq!(portal.get(&visitor, "/record/outlined").await.0, 404, "{who}");
    }
}

#[tokio::test]
async fn who_has_read_a_document_is_told_beside_it() {
    let portal = kari_with([note("d1", "Hei", json!({})), note("d2", "Hei", json!({}))]).await;
    let before = page(&portal, "/access-log?item=DocumentReference/d1").await;
    assert!(before.contains("Ingen andre har åpnet dette"), "{before}");
    page(&portal, "/record/d2").await;
    let other = page(&portal, "/access-log?item=DocumentReference/d1&own=show").await;
    assert!(other.contains("Ingen har åpnet dette"), "another document is not this one: {other}");
    page(&portal, "/record/d1").await;
    let others = page(&portal, "/access-log?item=DocumentReference/d1").await;
    let with_own = "/access-log?item=DocumentReference/d1&amp;own=show";
    assert!(others.contains("Ingen andre har åpnet dette") && others.contains(with_own), "{others}");
    let after = page(&portal, "/access-log?item=DocumentReference/d1&own=show").await;
    assert!(after.contains("Her står de som har åpnet akkurat dette") && after.contains("journal"), "{after}");
    let all = page(&portal, "/access-log?item=nonsense").await;
    assert!(all.contains("Her står alle"), "{all}");
}

#[tokio::test]
async fn a_new_document_is_told_on_the_front_page() {
    let portal = kari_with([note("d1", "Hei", json!({"date": "2026-11-15T08:00:00Z"}))]).await;
    assert!(page(&portal, "/").await.contains("Nytt i journalen"));
    portal.clock.set("2027-01-20T09:00:00Z".parse().unwrap());
    assert!(!page(&portal, "/").await.contains("Nytt i journalen"));
}

#[tokio::test]
async fn a_year_begins_at_midnight_in_norway() {
    let on = |id: &str, date: &str| note(id, "Tekst", json!({"date": date}));
    let portal = kari_with([
        on("before", "2025-12-31T22:59:59Z"),
        on("after", "2025-12-31T23:00:00Z"),
        on("last-day", "2025-12-31T00:00:00Z"),
        on("end", "2026-12-31T22:59:59Z"),
        on("next", "2026-12-31T23:00:00Z"),
    ])
    .await;
    let shown = page(&portal, "/record?year=2026").await;
    let is_there = |id: &str| shown.contains(&format!("\"/record/{id}\""));
    assert_eq!(["before", "after", "last-day", "end", "next"].map(is_there), [false, true, false, true, false]);
}

#[tokio::test]
async fn documents_without_a_date_are_there_also_where_there_are_many_others() {
    let mut undated = note("undated", "Tekst", json!({}));
    undated.as_object_mut().unwrap().remove("date");
    let many =
        (0..220).map(|n| note(&format!("d{n}"), "Tekst", json!({"date": format!("{}-02-03T09:00:00Z", 1800 + n)})));
    let portal = kari_with(many.chain([undated])).await;
    let shown = page(&portal, "/record").await;
    assert!(shown.contains("Vis eldre dokumenter") && shown.contains("\"/record/undated\""), "{shown}");
}

#[tokio::test]
async fn a_document_that_is_only_a_file_says_what_it_is_about_and_what_can_be_done_with_the_file() {
    let content = json!([{"attachment": {"contentType": "application/pdf", "title": "Brev fra sykehuset", "data": "JVBERi0xLjQ="}}]);
    let large = json!([{"attachment": {"contentType": "image/png", "size": 2_340_000, "url": "Binary/picture"}}]);
    let portal =
        kari_with([note("d1", "", json!({"content": content})), note("d2", "", json!({"content": large}))]).await;
    let shown = content_of(&portal, "/record/d1").await;
    let words = [
        ">Notat d1</h1>",
        "Notat fra time · 1. november 2026 · Skogen legesenter · Ole Lie",
        ">Innholdet ligger i en fil</h2>",
        "Brev fra sykehuset (PDF, 1\u{a0}kB)",
        ">Åpne PDF</a>",
        ">Last ned PDF</a>",
        "Om dokumentet",
    ];
    let places: Vec<Option<usize>> = words.iter().map(|words| shown.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {shown}");
    assert!(!shown.contains("Dette står det"), "{shown}");
    let shown = content_of(&portal, "/record/d2").await;
    assert!(shown.contains("(bilde, 2,3\u{a0}MB)"), "{shown}");
}

#[tokio::test]
async fn a_narrowed_list_says_how_many_there_are_and_leads_back_to_all() {
    let on = |id: String, day: &str| note(&id, "", json!({"date": format!("{day}T08:00:00Z")}));
    let portal =
        kari_with((0..3).map(|n| on(format!("d{n}"), "2026-03-01")).chain([on("other".into(), "2025-03-01")])).await;
    let shown = content_of(&portal, "/record?year=2026").await;
    let (_, after) = shown.split_once("3 treff<").unwrap_or_else(|| panic!("{shown}"));
    assert!(after.contains("href=\"/record\">Vis alle dokumenter"), "{shown}");
    let all = content_of(&portal, "/record").await;
    assert!(!all.contains("treff") && !all.contains("Vis alle dokumenter"), "{all}");
    let none = content_of(&portal, "/record?word=ingenting").await;
    assert!(none.contains("Ingen dokumenter passer") && none.contains("Vis alle dokumenter"), "{none}");
}
