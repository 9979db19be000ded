//! Who may ask for every address, and how others are refused: the running program, asked as nobody and as another person.
//!
//! `cargo xtask tidy` refuses a route without a row here. A row: method, path, what nobody gets, what another signed-in person gets.

use serde_json::Value;

use super::country::{Country, Response, ask, sign_in};

/// What an address answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Open to all.
    Open,
    /// Sent to sign in, and back here afterwards.
    ToSignIn,
    /// 401: a token is needed, and a person's session is none.
    NeedsToken,
    /// 404: another person's things do not exist.
    NotThere,
    /// 412: a form without the session's own token is refused.
    NeedsFormToken,
    /// Sent elsewhere or told what is wrong, without anything having been done.
    Harmless,
}

use Answer::{Harmless, NeedsFormToken, NeedsToken, NotThere, Open, ToSignIn};

/// `{id}` is an appointment of somebody else (under `/results`, `/record` and `/referrals` a report, a document and a referral), `{entry}` a log entry about them, `{kind}` a kind of information; in
/// FHIR paths the type is Patient.
const TABLE: &[(&str, &str, Answer, Answer)] = &[
    ("GET", "/", Open, Open),
    ("GET", "/services", ToSignIn, Open),
    ("GET", "/services/mine", ToSignIn, Open),
    ("POST", "/services/mine", ToSignIn, NeedsFormToken),
    ("POST", "/services/forget", ToSignIn, NeedsFormToken),
    ("GET", "/household", ToSignIn, Open),
    ("GET", "/health", Open, Open),
    ("GET", "/rule-book", Open, Open),
    ("GET", "/assets/{version}/{file}", Open, Open),
    ("GET", "/sign-in", Harmless, Harmless),
    ("GET", "/sign-in/callback", Harmless, Harmless),
    ("POST", "/sign-out", Harmless, NeedsFormToken),
    ("GET", "/appointments", ToSignIn, Open),
    ("GET", "/appointments/book", ToSignIn, Open),
    ("POST", "/appointments/book", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}", ToSignIn, NotThere),
    ("GET", "/appointments/{id}/change", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/change", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/cancel", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/cancel", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/calendar.ics", ToSignIn, NotThere),
    ("GET", "/appointments/{id}/comment", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/comment", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/earlier", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/earlier", ToSignIn, NeedsFormToken),
    ("POST", "/appointments/{id}/earlier/stop", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/offer", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/offer", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/household", ToSignIn, Open),
    ("GET", "/appointments/feed", ToSignIn, Open),
    ("POST", "/appointments/feed", ToSignIn, NeedsFormToken),
    ("POST", "/appointments/feed/stop", ToSignIn, NeedsFormToken),
    // Whoever knows the secret; nobody knows this one.
    ("GET", "/calendar-feed/{secret}", NotThere, NotThere),
    ("GET", "/medicines", ToSignIn, Open),
    ("GET", "/medicines/renew", ToSignIn, Open),
    ("POST", "/medicines/renew", ToSignIn, NeedsFormToken),
    ("GET", "/medicines/in-use", ToSignIn, Open),
    ("GET", "/medicines/collected", ToSignIn, Open),
    ("GET", "/medicines/copy", ToSignIn, Open),
    ("GET", "/medicines/collect", ToSignIn, Open),
    ("GET", "/medicines/{id}", ToSignIn, NotThere),
    ("POST", "/medicines/{id}/withdraw", ToSignIn, NeedsFormToken),
    ("GET", "/gp", ToSignIn, Open),
    ("GET", "/gp/history", ToSignIn, Open),
    ("GET", "/gp/change", ToSignIn, Open),
    ("GET", "/gp/change/{id}", ToSignIn, NotThere),
    ("POST", "/gp/change/{id}", ToSignIn, NeedsFormToken),
    ("POST", "/gp/undo/{id}", ToSignIn, NeedsFormToken),
    ("GET", "/costs", ToSignIn, Open),
    ("GET", "/costs/care", ToSignIn, Open),
    ("GET", "/costs/card", ToSignIn, Open),
    ("GET", "/results", ToSignIn, Open),
    ("GET", "/results/analyses", ToSignIn, Open),
    ("GET", "/results/over-time", ToSignIn, Open),
    ("GET", "/results/{id}", ToSignIn, NotThere),
    ("GET", "/results/{id}/file/{number}", ToSignIn, NotThere),
    ("GET", "/record", ToSignIn, Open),
    ("GET", "/record/{id}", ToSignIn, NotThere),
    ("GET", "/record/{id}/file/{number}", ToSignIn, NotThere),
    ("GET", "/record/composition/{id}", ToSignIn, NotThere),
    ("GET", "/referrals", ToSignIn, Open),
    ("GET", "/referrals/{id}", ToSignIn, NotThere),
    ("GET", "/vaccines", ToSignIn, Open),
    ("GET", "/vaccines/certificate", ToSignIn, Open),
    ("GET", "/vaccines/{id}", ToSignIn, NotThere),
    ("GET", "/.well-known/jwks.json", Open, Open),
    ("GET", "/summary", ToSignIn, Open),
    ("GET", "/summary/suggest", ToSignIn, Open),
    ("POST", "/summary/suggest", ToSignIn, NeedsFormToken),
    ("GET", "/summary/suggestions/{id}", ToSignIn, NotThere),
    ("POST", "/summary/suggestions/{id}/withdraw", ToSignIn, NeedsFormToken),
    ("GET", "/summary/international", ToSignIn, Open),
    ("GET", "/summary/international/pdf", ToSignIn, Open),
    ("GET", "/summary/international/fhir", ToSignIn, Open),
    ("GET", "/summary/item/{kind}/{id}", ToSignIn, NotThere),
    ("GET", "/messages", ToSignIn, Open),
    ("GET", "/messages/write", ToSignIn, Open),
    ("GET", "/messages/write/{kind}", ToSignIn, Open),
    ("POST", "/messages/write/{kind}", ToSignIn, NeedsFormToken),
    ("GET", "/messages/{id}", ToSignIn, NotThere),
    ("POST", "/messages/{id}", ToSignIn, NeedsFormToken),
    ("POST", "/messages/{id}/withdraw", ToSignIn, NeedsFormToken),
    ("GET", "/messages/{id}/file/{number}", ToSignIn, NotThere),
    ("GET", "/events", ToSignIn, Open),
    ("GET", "/events/{id}", ToSignIn, NotThere),
    ("POST", "/events/{id}", ToSignIn, NeedsFormToken),
    ("GET", "/events/settings", ToSignIn, Open),
    ("POST", "/events/settings", ToSignIn, NeedsFormToken),
    ("POST", "/events/settings/devices", ToSignIn, NeedsFormToken),
    ("POST", "/events/settings/devices/remove", ToSignIn, NeedsFormToken),
    ("GET", "/admin/undelivered", ToSignIn, NotThere),
    ("POST", "/admin/undelivered", ToSignIn, NotThere),
    ("GET", "/service-worker.js", Open, Open),
    ("GET", "/access-log", ToSignIn, Open),
    ("GET", "/access-log/proof/{entry}", ToSignIn, NotThere),
    ("GET", "/audit/checkpoint", Open, Open),
    ("GET", "/audit/key", Open, Open),
    ("GET", "/audit/tile/{*tile}", Open, Open),
    ("GET", "/audit/consistency/{from}", Open, Open),
    // For those at work at a pharmacy.
    ("GET", "/pharmacy/check", ToSignIn, NotThere),
    ("POST", "/pharmacy/check", ToSignIn, NeedsFormToken),
    ("GET", "/privacy-officer", ToSignIn, NotThere),
    ("GET", "/privacy-officer/{id}", ToSignIn, NotThere),
    ("POST", "/privacy-officer/{id}", ToSignIn, NeedsFormToken),
    ("GET", "/act-for", ToSignIn, Open),
    ("POST", "/act-for", ToSignIn, NeedsFormToken),
    ("GET", "/sharing", ToSignIn, Open),
    ("GET", "/sharing/give", ToSignIn, Open),
    ("POST", "/sharing/give", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/privacy", ToSignIn, Open),
    ("POST", "/sharing/privacy", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/blocks", ToSignIn, Open),
    ("POST", "/sharing/blocks", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/blocks/named", ToSignIn, Open),
    ("POST", "/sharing/blocks/named", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/reservations", ToSignIn, Open),
    ("POST", "/sharing/reservations", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/own-access", ToSignIn, Open),
    ("POST", "/sharing/own-access", ToSignIn, NeedsFormToken),
    ("POST", "/sharing/settings/{id}/lift", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/stop", ToSignIn, Open),
    ("POST", "/sharing/stop", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/stopped", Open, Open),
    ("GET", "/sharing/youth", ToSignIn, Open),
    ("POST", "/sharing/youth/{id}/give", ToSignIn, NeedsFormToken),
    ("POST", "/sharing/youth/{id}/withdraw", ToSignIn, NeedsFormToken),
    ("GET", "/sharing/{id}", ToSignIn, NotThere),
    ("GET", "/sharing/{id}/change", ToSignIn, NotThere),
    ("POST", "/sharing/{id}/change", ToSignIn, NeedsFormToken),
    ("POST", "/sharing/{id}/end", ToSignIn, NeedsFormToken),
    ("POST", "/sharing/{id}/accept", ToSignIn, NeedsFormToken),
    ("POST", "/sharing/{id}/refuse", ToSignIn, NeedsFormToken),
    ("GET", "/requests", ToSignIn, Open),
    ("GET", "/requests/new", ToSignIn, Open),
    ("POST", "/requests/new", ToSignIn, NeedsFormToken),
    ("GET", "/requests/{id}", ToSignIn, NotThere),
    ("POST", "/requests/{id}/complain", ToSignIn, NeedsFormToken),
    ("POST", "/requests/{id}/state", ToSignIn, NeedsFormToken),
    ("POST", "/requests/{id}/withdraw", ToSignIn, NeedsFormToken),
    ("GET", "/who-can-see", ToSignIn, Open),
    ("GET", "/who-can-see/{kind}", ToSignIn, Open),
    ("GET", "/who-can-see/{kind}/{id}", ToSignIn, NotThere),
    ("GET", "/admin/simulate", ToSignIn, NotThere),
    ("POST", "/admin/simulate", ToSignIn, NotThere),
    ("GET", "/fhir/metadata", Open, Open),
    ("GET", "/fhir/openapi.json", Open, Open),
    ("GET", "/fhir", NeedsToken, NeedsToken),
    ("POST", "/fhir", NeedsToken, NeedsToken),
    ("POST", "/fhir/_search", NeedsToken, NeedsToken),
    ("GET", "/fhir/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}", NeedsToken, NeedsToken),
    ("PUT", "/fhir/{type}", NeedsToken, NeedsToken),
    ("DELETE", "/fhir/{type}", NeedsToken, NeedsToken),
    ("PATCH", "/fhir/{type}", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/_search", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("PUT", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("DELETE", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("PATCH", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/_history/{version}", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/{target}", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$everything", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$everything", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$everything", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$everything", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$summary", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$summary", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$access-log", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$lastn", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$lastn", NeedsToken, NeedsToken),
    ("GET", "/fhir/$export", NeedsToken, NeedsToken),
    ("POST", "/fhir/$export", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$export", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$export", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$export", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$export", NeedsToken, NeedsToken),
    ("GET", "/fhir/$export-status/{job}", NeedsToken, NeedsToken),
    ("DELETE", "/fhir/$export-status/{job}", NeedsToken, NeedsToken),
    ("GET", "/fhir/$export-file/{job}/{file}", NeedsToken, NeedsToken),
    ("POST", "/fhir/$import", NeedsToken, NeedsToken),
    ("POST", "/fhir/$may-collect", NeedsToken, NeedsToken),
    ("GET", "/fhir/$simulate-access", NeedsToken, NeedsToken),
    ("POST", "/fhir/$simulate-access", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$status", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$status", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$status", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$status", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$events", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$events", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$get-ws-binding-token", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$get-ws-binding-token", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$get-ws-binding-token", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$get-ws-binding-token", NeedsToken, NeedsToken),
    // A WebSocket client shows a token of its own when it is connected; anybody else is told so.
    ("GET", "/fhir/$subscription-socket", Harmless, Harmless),
    ("GET", "/fhir/$meta", NeedsToken, NeedsToken),
    ("POST", "/fhir/$meta", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$meta", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$meta", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$meta", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$meta", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$meta-add", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$register-proxy", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$meta-delete", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$validate", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$validate", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$validate", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$expand", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$expand", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$expand", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$expand", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$validate-code", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$validate-code", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/$validate-code", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/{id}/$validate-code", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$lookup", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$lookup", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$subsumes", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$subsumes", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/$translate", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/$translate", NeedsToken, NeedsToken),
];

fn check(expected: Answer, response: &Response, what: &str) {
    let location = response.header("location").unwrap_or_default();
    let holds = match expected {
        Open => response.status == 200,
        ToSignIn => response.status == 303 && location.starts_with("/sign-in?next="),
        NeedsToken => response.status == 401 && response.body.contains("OperationOutcome"),
        NotThere => response.status == 404,
        NeedsFormToken => response.status == 412,
        Harmless => matches!(response.status, 303 | 400),
    };
    assert!(holds, "{what}: expected {expected:?}, got {} {location}", response.status);
}

#[test]
fn every_address_refuses_those_who_may_not_ask_for_it() {
    let data = tempfile::tempdir().unwrap();
    let country = Country::start(data.path());
    let (portal, token) = (country.text("/portal"), country.source_system());
    let others = ask("GET", &format!("{portal}/fhir/Appointment?patient=ingrid-haugen&_count=1"), &token, "");
    let bundle: Value = serde_json::from_str(others.body.trim()).unwrap();
    let id = bundle.pointer("/entry/0/resource/id").and_then(Value::as_str).unwrap();
    let hers = |kind: &str| {
        let found = ask("GET", &format!("{portal}/fhir/{kind}?patient=ingrid-haugen&_count=1"), &token, "");
        let found: Value = serde_json::from_str(found.body.trim()).unwrap();
        found.pointer("/entry/0/resource/id").and_then(Value::as_str).unwrap().to_owned()
    };
    let of_service = [
        ("/results/", hers("DiagnosticReport")),
        ("/record/composition/", hers("Composition")),
        ("/record/", hers("DocumentReference")),
        ("/referrals/", hers("ServiceRequest")),
    ];
    let front = ask("GET", &portal, "", "");
    let style = front.body.split('"').find(|part| part.ends_with("style.css")).unwrap();
    let session = sign_in(&portal, &country.sign_in_address("Arne Dahl"));
    let hers = sign_in(&portal, &country.sign_in_address("Ingrid Haugen"));
    let log = ask("GET", &format!("{portal}/access-log?own=show"), &hers, "").body;
    let entry = log.split("/access-log/proof/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let proof = ask("GET", &format!("{portal}/access-log/proof/{entry}"), &hers, "");
    assert!(proof.status == 200 && proof.body.contains("inclusion"), "her own is there: {}", proof.status);
    for (method, path, nobody, other) in TABLE {
        let real = if path.starts_with("/assets/") {
            style.to_owned()
        } else {
            path.replace("{kind}/{id}", &format!("Appointment/{id}"))
                .replace("write/{kind}", "write/contact")
                .replace("{kind}", "results")
                .replace("{id}", of_service.iter().find(|(of, _)| path.starts_with(of)).map_or(id, |(_, its)| its))
                .replace("{number}", "0")
                .replace("{type}", "Patient")
                .replace("{version}", "1")
                .replace("{target}", "Observation")
                .replace("{job}", "1")
                .replace("{file}", "f")
                .replace("{entry}", &entry)
                .replace("{secret}", "no-such-secret.ics")
                .replace("{kind}", "contact")
                .replace("{*tile}", "0/000.p/1")
                .replace("{from}", "1")
        };
        let url = format!("{portal}{real}");
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let body = if *method == "POST" { "slot=x" } else { "" };
        check(*nobody, &ask(method, &url, form, body), &format!("nobody: {method} {path}"));
        check(*other, &ask(method, &url, &format!("{form}{session}"), body), &format!("another: {method} {path}"));
    }
}
