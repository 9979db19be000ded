//! ID tokens that must not open the door (OpenID Connect Core 1.0 section 3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::scripted::{Key, Reply, Scene};
use crate::world::SECRET;

/// Signs in with claims changed by `change`, and is refused; with the right ones the same walk goes well.
async fn refused(change: impl FnOnce(&mut Value)) {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    scene.sign_in_claiming(change).await.is_refused(400);
}

fn without(name: &'static str) -> impl FnOnce(&mut Value) {
    move |claims| assert!(claims.as_object_mut().unwrap().remove(name).is_some())
}

fn with(name: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |claims| {
        assert!(claims.as_object_mut().unwrap().insert(name.to_owned(), value).is_none_or(|old| !old.is_null()))
    }
}

/// Moves a time by seconds.
fn moved(name: &'static str, by: i64) -> impl FnOnce(&mut Value) {
    move |claims| {
        let moved = claims[name].as_i64().unwrap() + by;
        claims.as_object_mut().unwrap().insert(name.to_owned(), json!(moved));
    }
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_refused() {
    refused(with("nonce", json!("another"))).await;
    refused(without("nonce")).await;
}

#[tokio::test]
async fn a_token_for_another_client_is_refused() {
    refused(with("aud", json!("another"))).await;
    refused(with("aud", json!(["varde", "another"]))).await;
    refused(with("azp", json!("another"))).await;
    refused(without("aud")).await;
}

#[tokio::test]
async fn a_token_that_names_this_client_in_every_way_is_good() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(with("aud", json!(["varde"]))).await.begins_session());
    assert!(scene.sign_in_claiming(with("azp", json!("varde"))).await.begins_session());
}

#[tokio::test]
async fn a_token_of_another_issuer_is_refused() {
    refused(with("iss", json!("https://evil.example"))).await;
    refused(without("iss")).await;
}

#[tokio::test]
async fn a_token_out_of_its_time_is_refused_by_our_clock() {
    refused(moved("exp", -120 - 10)).await;
    refused(moved("iat", 11)).await;
    refused(moved("iat", -16 * 60)).await;
    refused(without("exp")).await;
    refused(without("iat")).await;
}

#[tokio::test]
async fn clocks_may_be_ten_seconds_apart() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(moved("exp", -120 - 9)).await.begins_session());
    assert!(scene.sign_in_claiming(moved("iat", 9)).await.begins_session());
}

#[tokio::test]
async fn a_token_without_a_person_is_refused() {
    refused(without("pid")).await;
}

#[tokio::test]
async fn a_token_that_nobody_signed_is_refused() {
    let scene = Scene::new().await;
    let make = |_: &Key, claims: Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims))
    };
    scene.sign_in_with(&mut scene.browser(), make).await.is_refused(400);
}

#[tokio::test]
async fn a_token_signed_with_our_shared_secret_is_refused() {
    let scene = Scene::new().await;
    for secret in [SECRET.to_owned(), scene.key.public.to_string()] {
        let make = |_: &Key, claims: Value| {
            let key = EncodingKey::from_secret(secret.as_bytes());
            let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
            jsonwebtoken::encode(&header, &claims, &key).unwrap()
        };
        scene.sign_in_with(&mut scene.browser(), make).await.is_refused(400);
    }
}

#[tokio::test]
async fn a_token_changed_after_it_was_signed_is_refused() {
    let scene = Scene::new().await;
    let make = |key: &Key, mut claims: Value| {
        let signed = key.sign(&claims);
        with("pid", json!("01810000000"))(&mut claims);
        let mut parts = signed.split('.');
        let (header, _, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()))
    };
    scene.sign_in_with(&mut scene.browser(), make).await.is_refused(400);
}

#[tokio::test]
async fn an_answer_without_a_token_or_with_nonsense_is_refused() {
    let scene = Scene::new().await;
    for reply in [
        json!({ "access_token": "a", "token_type": "Bearer" }),
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": "a.b.c" }),
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": 7 }),
        json!([]),
    ] {
        let mut browser = scene.browser();
        let ask = browser.depart("/form").await;
        scene.token_is(Reply::Json(reply.clone()));
        browser.get(&scene.back(&ask)).await.is_refused(400);
    }
}

#[tokio::test]
async fn a_code_that_the_provider_refuses_means_beginning_again() {
    let scene = Scene::new().await;
    let mut browser = scene.browser();
    let ask = browser.depart("/form").await;
    scene.token_is(Reply::Status(400));
    let answer = browser.get(&scene.back(&ask)).await;
    answer.is_refused(400);
    assert!(answer.body.contains("Innloggingen tok for lang tid"));
}
