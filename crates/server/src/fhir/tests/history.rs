use serde_json::Value;

use super::{Api, KARI, link};

fn versions(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let of = |e: &Value| {
        format!(
            "{} {} {}",
            e["request"]["method"].as_str().unwrap(),
            e["request"]["url"].as_str().unwrap(),
            e["response"]["etag"].as_str().unwrap()
        )
    };
    entries.iter().map(of).collect()
}

#[tokio::test]
async fn a_history_goes_from_the_newest_version_to_the_first() {
    let api = Api::new();
    api.given(KARI).await;
    api.clock.advance(jiff::SignedDuration::from_secs(60));
    api.given(KARI).await;
    api.clock.advance(jiff::SignedDuration::from_secs(60));
    api.send("DELETE", "/Patient/kari", &[], "").await;
    let expected = [r#"DELETE Patient/kari W/"3""#, r#"PUT Patient/kari W/"2""#, r#"POST Patient W/"1""#];
    for url in ["/Patient/kari/_history", "/Patient/_history", "/_history"] {
        let reply = api.get(url).await;
        let bundle = reply.json();
        assert_eq!(
            (bundle["type"].as_str(), versions(&bundle)),
            (Some("history"), expected.map(String::from).to_vec()),
            "{url}"
        );
        assert!(bundle["entry"][0].get("resource").is_none(), "a deletion has no body");
        assert_eq!(bundle["entry"][2]["response"]["lastModified"], "2026-03-01T12:00:00Z");
    }
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let api = Api::new();
    for _ in 0..5 {
        api.given(KARI).await;
        api.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    for url in ["/Patient/kari/_history?_count=2", "/Patient/_history?_count=2", "/_history?_count=2"] {
        let (mut seen, mut next, mut pages) = (Vec::new(), Some(url.to_owned()), 0);
        while let Some(url) = next {
            let bundle = api.get(&url).await.json();
            assert!(versions(&bundle).len() <= 2);
            seen.extend(versions(&bundle));
            next = link(&bundle, "next");
            pages += 1;
        }
        assert_eq!((seen.len(), pages), (5, 3), "{url}: {seen:?}");
    }
}

#[tokio::test]
async fn what_a_history_does_not_know_is_refused() {
    let api = Api::new();
    api.given(KARI).await;
    for (url, status, code) in [
        ("/Patient/ola/_history", 404, "not-found"),
        ("/Patient/kari/_history?_count=many", 400, "value"),
        ("/Patient/kari/_history?_since=yesterday", 400, "value"),
        ("/Patient/kari/_history?_at=2026-13", 400, "value"),
        ("/Patient/kari/_history?_at=2026&_at=2025", 400, "value"),
        ("/Patient/kari/_history?_sort=-_lastUpdated", 400, "not-supported"),
        ("/Patient/kari/_history?cursor=nonsense", 400, "value"),
        ("/Person2/_history", 404, "not-supported"),
    ] {
        let (found, issue, _) = api.get(url).await.issue();
        assert_eq!((found, issue.as_str()), (status, code), "{url}");
    }
}

#[tokio::test]
async fn a_history_is_asked_for_by_time_and_its_links_keep_the_question() {
    let api = Api::new();
    // Versions at 12:00:00, 12:01:00 and 12:02:00.
    for _ in 0..3 {
        api.given(KARI).await;
        api.clock.advance(jiff::SignedDuration::from_secs(60));
    }
    for (query, expected) in [
        ("_since=2026-03-01T12:01:00Z", "3 2"),
        ("_since=2026-03-01T13:01:00.001%2B01:00", "3"),
        ("_since=2026-03-01", "3 2 1"),
        ("_since=2026-03-02", ""),
        ("_at=2026-03-01T12:01:30Z", "2"),
        ("_at=2026-03-01T12:00Z", "1"),
        ("_at=2026", "3 2 1"),
        ("_at=2025", ""),
        ("_since=2026-03-01T12:01:00Z&_at=2026-03-01T12:01Z", "2"),
    ] {
        for place in ["/Patient/kari/_history", "/Patient/_history", "/_history"] {
            let (mut seen, mut next) = (Vec::new(), Some(format!("{place}?{query}&_count=1")));
            while let Some(url) = next {
                let bundle = api.get(&url).await.json();
                let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
                let version = |entry: &Value| entry["resource"]["meta"]["versionId"].as_str().unwrap().to_owned();
                seen.extend(entries.iter().map(version));
                assert_eq!(link(&bundle, "self").unwrap().contains("_since"), query.contains("_since"));
                next = link(&bundle, "next");
            }
            assert_eq!(seen.join(" "), expected, "{place}?{query}");
        }
    }
}
