use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use varde_web::Visitor;

use super::super::files::FILE_MAX_BYTES;
use super::pages::{about, consent, with_office};
use super::{filled, held};
use crate::shared::testing::{Portal, acting_for, patient, visitor};
use crate::shared::{FileScan, Verdict};

const FORM: &str = "/messages/write/consultation";
const PDF: &[u8] = b"%PDF-1.4 en henvisning";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 et bilde";

/// Says of each file what its bytes ask for.
struct Scan;

impl FileScan for Scan {
    fn scan<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Verdict> {
        let has = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
        let verdict = match (has(b"EICAR"), has(b"away")) {
            (true, _) => Verdict::Harmful,
            (_, true) => Verdict::Unknown,
            _ => Verdict::Clean,
        };
        async move { verdict }.boxed()
    }
}

fn fields<'a>(key: &'a str, text: &'a str) -> [(&'a str, &'a str); 3] {
    [("form_key", key), ("topic", "Kne"), ("text", text)]
}

/// The path of each file on a page.
fn files(page: &str) -> Vec<String> {
    let links = page.split("href=\"").filter_map(|rest| rest.split_once('"')).map(|(link, _)| link);
    links.filter(|link| link.contains("/file/")).map(str::to_owned).collect()
}

/// How many parts of files somebody has in drafts; they are gone afterwards.
async fn left(portal: &Portal, who: &str) -> u64 {
    portal.store().ephemeral().delete_by_owner("kept-message-files", who).await.unwrap()
}

async fn drafts_of(portal: &Portal, who: &Visitor) -> String {
    portal.get(who, "/messages").await.1
}

#[tokio::test]
async fn files_go_with_a_message_and_are_read_by_those_who_read_it() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let sent = [("../Kne <1>.exe", PDF), ("bilde.jpg", JPEG)];
    let (status, to) = portal.post_files(&kari, FORM, &fields("k", "Se vedlegg"), &sent, &[]).await;
    assert_eq!(status, 303, "{to}");
    let again = portal.post_files(&kari, FORM, &fields("k", "Se vedlegg"), &sent, &[]).await;
    assert_eq!(again.1, to, "pressing twice sends once");
    let (_, page) = portal.get(&kari, &to).await;
    for words in ["Kne 1.exe.pdf</a>", "(PDF, 1 kB)", "bilde.jpg</a>", "(JPEG, 1 kB)", "Se vedlegg"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let links = files(&page);
    assert_eq!(links.len(), 2, "{page}");
    assert_eq!(portal.get(&kari, &links[0]).await.1.as_bytes(), PDF);
    portal.given([patient("per", 3, "1970-01-01")]).await;
    assert_eq!(portal.get(&visitor("per", 3), &links[0]).await.0, 404);
    assert!(!drafts_of(&portal, &kari).await.contains("?draft="));
}

#[tokio::test]
async fn a_file_is_given_out_as_what_it_is_to_keep_and_under_its_own_name() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let (_, to) = portal.post_files(&kari, FORM, &fields("k", "Hei"), &[("Blå kopi.pdf", PDF)], &[]).await;
    let link = files(&portal.get(&kari, &to).await.1).remove(0);
    let headers = portal.headers(&kari, &link).await;
    let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"varde-1.pdf\"; filename*=UTF-8''Bl%C3%A5%20kopi%2Epdf"
    );
    assert!(header("content-security-policy").starts_with("sandbox"));
}

#[tokio::test]
async fn what_is_wrong_with_one_file_loses_neither_the_others_nor_what_was_typed() {
    let mut portal = Portal::new();
    portal.scanning_with(Scan);
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let large = [PDF, &vec![0; FILE_MAX_BYTES]].concat();
    let sent: [(&str, &[u8]); 6] = [
        ("god.pdf", PDF),
        ("regneark.pdf", b"PK\x03\x04"),
        ("stor.pdf", &large),
        ("tom.pdf", b""),
        ("virus.pdf", b"%PDF-1 EICAR"),
        ("treg.pdf", b"%PDF-1 away"),
    ];
    let (status, page) = portal.post_files(&kari, FORM, &fields("k", "Dette skrev jeg"), &sent, &[]).await;
    assert_eq!(status, 422);
    for words in [
        "Dette skrev jeg</textarea>",
        "value=\"Kne\"",
        "Lagt ved: god.pdf",
        "regneark.pdf er ikke en PDF",
        "stor.pdf er større enn 5 MB",
        "ingenting i tom.pdf",
        "datavirus i den",
        "ikke fikk sjekket",
        "href=\"#files\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // What was taken in is sent with the next press, without being chosen again.
    let of_draft = held(&page);
    let (status, to) =
        portal.post_files(&kari, FORM, &filled(&fields("l", "Dette skrev jeg"), &of_draft), &[], &[]).await;
    assert_eq!(status, 303, "{to}");
    assert_eq!(files(&portal.get(&kari, &to).await.1).len(), 1);
}

#[tokio::test]
async fn while_nobody_can_look_for_viruses_the_page_says_so_and_keeps_the_words() {
    let mut portal = Portal::new();
    portal.scanning_with(Scan);
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let (status, page) =
        portal.post_files(&kari, FORM, &fields("k", "Mine ord"), &[("a.pdf", b"%PDF-1 away")], &[]).await;
    assert!(status == 503 && page.contains("Mine ord</textarea>") && page.contains("a.pdf er ikke lagt ved"), "{page}");
    let (status, _) = portal.post_files(&kari, FORM, &fields("l", "Mine ord"), &[], &[]).await;
    assert_eq!(status, 303, "without a file it is sent");
}

#[tokio::test]
async fn files_stay_with_the_draft_until_they_are_taken_away_sent_or_thrown_away_with_it() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let two = [("en.pdf", PDF), ("to.jpg", JPEG)];
    let (_, to) = portal.post_files(&kari, FORM, &fields("k", "Hei"), &two, &[("then", "save")]).await;
    assert_eq!(to, "/messages?done=saved");
    let (_, page) = portal.get(&kari, FORM).await;
    assert!(page.contains("Lagt ved: en.pdf, to.jpg") && page.contains("Hei</textarea>"), "{page}");
    let id = page.split_once("value=\"remove-").unwrap().1.split_once('"').unwrap().0.to_owned();
    let remove = format!("remove-{id}");
    let of_draft = held(&page);
    let again = fields("l", "Hei igjen");
    let again = filled(&again, &of_draft);
    let (_, to) = portal.post_files(&kari, FORM, &again, &[], &[("then", remove.as_str())]).await;
    let (_, page) = portal.get(&kari, &to).await;
    assert!(page.contains("Filen er fjernet") && !page.contains("en.pdf") && page.contains("to.jpg"), "{page}");
    assert!(page.contains("Hei igjen</textarea>"));
    let of_draft = held(&page);
    let discard = portal.post(&kari, FORM, &filled(&[("then", "discard")], &of_draft)).await;
    assert_eq!(discard.1, "/messages?done=discarded");
    assert_eq!(left(&portal, "kari").await, 0, "no file is left without a draft");
}

#[tokio::test]
async fn a_sixth_file_and_those_after_it_are_told_in_one_sentence() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let many: Vec<(String, &[u8])> = (0..9).map(|number| (format!("{number}.pdf"), PDF)).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let (status, page) = portal.post_files(&kari, FORM, &fields("k", "Hei"), &many, &[]).await;
    assert_eq!(status, 422);
    assert_eq!(page.matches("Det er plass til 5 filer").count(), 2, "on top, and at the field: {page}");
    assert!(page.contains("4.pdf") && !page.contains("5.pdf"), "{page}");
}

#[tokio::test]
async fn nobodys_file_is_taken_in_without_the_token_or_the_right_to_write() {
    let portal = Portal::new();
    with_office(&portal, Some("2012-09-07"), Value::Null).await;
    portal.given([consent("ola")]).await;
    let youth = visitor("ola", 2);
    let (status, _) =
        portal.post_files(&youth, "/messages/write/contact", &fields("k", "Hei"), &[("a.pdf", PDF)], &[]).await;
    assert_eq!(status, 403, "a youth does not write");
    let other = Visitor { csrf: varde_web::CsrfToken::new("another"), ..visitor("kari", 1) };
    assert_eq!(portal.post_files(&other, FORM, &fields("k", "Hei"), &[("a.pdf", PDF)], &[]).await.0, 412);
    let someone = acting_for(visitor("per", 3), "kari");
    portal.given([patient("per", 3, "1970-01-01")]).await;
    let (status, _) = portal.post_files(&someone, FORM, &fields("k", "Hei"), &[("a.pdf", PDF)], &[]).await;
    assert!(status == 403 || status == 404, "{status}");
    for who in ["ola", "kari", "per"] {
        assert_eq!(left(&portal, who).await, 0, "{who}");
    }
}

#[tokio::test]
async fn who_reads_the_message_reads_its_files_and_nobody_else() {
    let portal = Portal::new();
    with_office(&portal, Some("2013-01-01"), Value::Null).await;
    let proxy = |who: &str, area: &str| {
        json!({
            "resourceType": "Consent", "id": format!("proxy-{who}"), "status": "active", "patient": {"reference": "Patient/kari"},
            "dateTime": "2026-01-01", "scope": {"coding": [{"code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
            "provision": {"type": "permit", "period": {"start": "2026-01-01"},
                "actor": [{"role": {"text": "proxy"}, "reference": {"reference": format!("Patient/{who}")}}],
                "code": [{"coding": [{"system": "urn:varde:area", "code": area}]}]},
        })
    };
    portal.given([consent("ola"), patient("per", 3, "1950-01-01"), patient("siri", 4, "1950-01-01")]).await;
    portal.given([proxy("per", "3"), proxy("siri", "1")]).await;
    let (kari, youth, mother) = (visitor("kari", 1), visitor("ola", 2), acting_for(visitor("kari", 1), "ola"));
    let attach = |who: Visitor, key: &'static str| {
        let portal = &portal;
        async move {
            let (_, to) =
                portal.post_files(&who, "/messages/write/contact", &fields(key, "Hei"), &[("a.pdf", PDF)], &[]).await;
            files(&portal.get(&who, &to).await.1).remove(0)
        }
    };
    let (hers, theirs) = (attach(kari.clone(), "a").await, attach(mother.clone(), "b").await);
    let (with, without) = (acting_for(visitor("per", 3), "kari"), acting_for(visitor("siri", 4), "kari"));
    for (who, own, of_both) in [
        (&kari, 200, 404),
        (&mother, 404, 200),
        (&youth, 404, 200),
        (&with, 200, 404),
        (&without, 404, 404),
        (&visitor("per", 3), 404, 404),
    ] {
        let (own_status, both_status) = (portal.get(who, &hers).await.0, portal.get(who, &theirs).await.0);
        assert_eq!((own_status.as_u16(), both_status.as_u16()), (own, of_both), "{who:?}");
    }
}

#[tokio::test]
async fn a_file_the_office_sends_in_a_binary_is_read_when_it_belongs_to_the_message_or_the_person() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let binary = |id: &str, context: &str| {
        json!({"resourceType": "Binary", "id": id, "contentType": "application/pdf", "data": "JVBERi0xLjQ=",
            "securityContext": {"reference": context}})
    };
    let attached = |id: &str| json!({"contentAttachment": {"title": id, "contentType": "application/pdf", "size": 8, "url": format!("Binary/{id}")}});
    let mut letter = about("letter", "kari", None);
    letter["payload"] = json!([
        attached("of-message"),
        attached("of-kari"),
        attached("of-per"),
        attached("hidden"),
        attached("never-was")
    ]);
    let mut hidden = binary("hidden", "Patient/kari");
    hidden["meta"] = json!({"tag": [{"system": "urn:varde:service", "code": "messages"}],
        "security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]});
    portal.given([letter, binary("of-message", "Communication/letter"), binary("of-kari", "Patient/kari")]).await;
    portal.given([binary("of-per", "Patient/per"), hidden, patient("per", 3, "1970-01-01")]).await;
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/messages/letter").await.1.contains("(PDF, 1 kB)"));
    for (number, expected) in [(0, 200), (1, 200), (2, 404), (3, 404), (4, 404)] {
        let (status, content) = portal.get(&kari, &format!("/messages/letter/file/{number}")).await;
        assert_eq!(status.as_u16(), expected, "{number}");
        assert!(expected == 404 || content == "%PDF-1.4");
    }
    assert_eq!(portal.get(&visitor("per", 3), "/messages/letter/file/2").await.0, 404);
}
