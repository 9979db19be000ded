use super::{Api, KARI};

const PAGE: (&str, &str) = ("origin", "https://app.example");

#[tokio::test]
async fn options_says_what_a_place_takes_and_needs_no_token() {
    let api = Api::new();
    for (url, allowed, absent) in [
        ("/Patient/kari", "GET,HEAD,PUT,DELETE,PATCH", "POST"),
        ("/Patient", "GET,HEAD,POST,PUT,DELETE,PATCH", "OPTIONS"),
        ("/metadata", "GET,HEAD", "POST"),
        ("", "GET,HEAD,POST", "PUT"),
        ("/", "GET,HEAD,POST", "PUT"),
        ("/_search", "POST", "GET"),
    ] {
        let reply = api.send("OPTIONS", url, &[("authorization", "")], "").await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""), "{url}");
        let said = reply.header("allow");
        assert!(allowed.split(',').all(|method| said.contains(method)) && !said.contains(absent), "{url}: {said}");
        assert_eq!(reply.header("accept-patch"), "application/json-patch+json");
        assert_eq!(reply.header("access-control-allow-origin"), "", "nobody asked from elsewhere");
    }
}

#[tokio::test]
async fn a_page_elsewhere_may_ask_beforehand_and_then_read_everything() {
    let api = Api::new();
    let asked = [
        PAGE,
        ("authorization", ""),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type,if-match"),
    ];
    let reply = api.send("OPTIONS", "/Patient/kari", &asked, "").await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("access-control-allow-headers"), "authorization,content-type,if-match");
    assert!(reply.header("access-control-allow-methods").contains("PUT"));
    assert_eq!(reply.header("access-control-allow-credentials"), "", "no cookie is ever taken");

    api.given(KARI).await;
    for (url, headers, status) in [
        ("/Patient/kari", [PAGE, ("accept", "")], 200),
        ("/Patient/nobody", [PAGE, ("accept", "")], 404),
        ("/Patient/kari", [PAGE, ("authorization", "Bearer wrong")], 401),
        ("/Patient/kari", [PAGE, ("accept", "text/html")], 406),
        ("/metadata", [PAGE, ("authorization", "")], 200),
    ] {
        let reply = api.send("GET", url, &headers, "").await;
        assert_eq!(reply.status, status, "{url}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{url}");
        assert!(reply.header("access-control-expose-headers").contains("ETag"), "{url}");
    }
}
