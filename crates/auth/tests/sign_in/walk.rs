//! The walk as it should go.

use crate::browser::{Browser, HIGH, SESSION, encoded, parameter};
use crate::scripted::Scene;
use crate::world::{CLIENT, KARI, OLA, Setup, World};

#[tokio::test]
async fn a_whole_sign_in_ends_on_the_page_that_was_asked_for() {
    let (world, idp) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let answer = browser.get("/form?from=mail").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fform%3Ffrom%3Dmail");
    assert_eq!(answer.header("cache-control"), "no-store");
    let ask = browser.get(answer.header("location")).await.header("location").to_owned();
    assert!(ask.starts_with(&format!("{idp}/authorize?")), "{ask}");
    let back = browser.choose(&ask, &[("typed", &KARI.number()), ("level", HIGH)]).await;
    let answer = browser.get(&back).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/form?from=mail"));
    assert_eq!(browser.get("/form?from=mail").await.line("name"), "Kari Nordmann");
}

#[tokio::test]
async fn the_question_to_the_provider_has_all_that_protects_it_and_no_secret() {
    let (world, _) = World::with_simulator().await;
    let ask = Browser::at(&world.portal).depart("/form").await;
    let asked = |name| parameter(&ask, name);
    assert_eq!(asked("response_type").as_deref(), Some("code"));
    assert_eq!(asked("client_id").as_deref(), Some(CLIENT));
    assert_eq!(asked("redirect_uri"), Some(format!("{}/sign-in/callback", world.portal)));
    assert_eq!(asked("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(asked("code_challenge").unwrap().len(), 43);
    assert!(asked("scope").unwrap().split(' ').any(|scope| scope == "openid"));
    assert!(asked("state").unwrap().len() >= 22 && asked("nonce").unwrap().len() >= 22);
    assert_eq!(asked("client_secret"), None);
    let again = Browser::at(&world.portal).depart("/form").await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&again, name), asked(name), "{name}");
    }
}

#[tokio::test]
async fn every_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let answer = browser.get("/sign-in?next=%2Fform").await;
    let under_way = answer.cookie_line("__Host-varde_signin").unwrap();
    let back = browser.choose(answer.header("location"), &[("typed", &KARI.number()), ("level", HIGH)]).await;
    let answer = browser.get(&back).await;
    let session = answer.cookie_line(SESSION).unwrap();
    for line in [&under_way, &session] {
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(line.split("; ").any(|found| found == part), "{part} in {line}");
        }
        assert!(line.starts_with("__Host-") && !line.contains("Domain"), "{line}");
    }
    // 256 bits; it ends with the browser.
    assert_eq!(browser.jar[SESSION].len(), 43);
    assert!(!session.contains("Max-Age") && !session.contains("Expires"));
    assert!(answer.cookie_line("__Host-varde_signin").unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn signing_in_gives_a_new_token_and_the_old_session_is_dead() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.jar.insert(SESSION.to_owned(), "planted-by-somebody-else".to_owned());
    assert_eq!(browser.who().await, None);
    browser.sign_in(&KARI).await;
    let mut old = browser.clone();
    assert_ne!(old.jar[SESSION], "planted-by-somebody-else");
    assert_eq!(old.who().await.as_deref(), Some("Kari Nordmann"));
    browser.sign_in(&OLA).await;
    assert_ne!(browser.jar[SESSION], old.jar[SESSION]);
    assert_eq!(browser.who().await.as_deref(), Some("Ola Nordmann"));
    assert_eq!(old.who().await, None);
}

#[tokio::test]
async fn no_page_of_a_visitor_is_stored_unless_its_handler_says_so() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    for (path, expected) in [("/form", "no-store"), ("/", "no-store"), ("/cached", "private, max-age=60")] {
        assert_eq!(browser.get(path).await.header("cache-control"), expected, "{path}");
    }
    let csrf = browser.csrf().await;
    let saved = browser.post("/form", &[("csrf", &csrf), ("note", "x")]).await;
    assert_eq!((saved.status, saved.header("cache-control")), (303, "no-store"));
    assert_eq!(browser.get("/nowhere").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn nobody_is_led_away_by_a_link_to_our_sign_in() {
    let (world, _) = World::with_simulator().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%2F/..//evil.example\r\nSet-Cookie: x=y",
        "javascript:alert(1)",
        "form",
        "/sign-out",
        "/sign-in?next=/",
        "",
    ] {
        let mut browser = Browser::at(&world.portal);
        let answer = browser.sign_in_at(next, &KARI, HIGH).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{next:?}");
        assert!(answer.begins_session());
    }
}

#[tokio::test]
async fn a_link_chooses_whom_to_sign_in_as_only_where_the_installation_says_so() {
    for (allowed, hint, expected) in [
        (true, "pid:01818012345", Some("pid:01818012345")),
        (false, "pid:01818012345", None),
        (true, "pid:01818012345&prompt=none", None),
        (true, "kari@example.test", None),
    ] {
        let scene = Scene::set_up(Setup { login_hint: allowed }).await;
        let answer = scene.browser().get(&format!("/sign-in?login_hint={}", encoded(hint))).await;
        assert_eq!(parameter(answer.header("location"), "login_hint").as_deref(), expected, "{allowed} {hint}");
    }
}
