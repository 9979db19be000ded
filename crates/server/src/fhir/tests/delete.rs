use super::{Api, KARI};

#[tokio::test]
async fn deleting_is_done_once_and_harmless_twice() {
    let api = Api::new();
    api.given(KARI).await;
    for expected in ["W/\"2\"", "W/\"2\""] {
        let reply = api.send("DELETE", "/Patient/kari", &[], "").await;
        assert_eq!((reply.status.as_u16(), reply.header("etag"), reply.text.as_str()), (204, expected, ""));
    }
    assert_eq!(api.send("DELETE", "/Patient/never", &[], "").await.status, 204);
    assert_eq!(api.get("/Patient/kari").await.status, 410);
    assert_eq!(api.get("/Patient?name=kari").await.json()["entry"].as_array().map_or(0, Vec::len), 0);
    assert_eq!(api.get("/Patient/kari/_history/1").await.status, 200);
}

#[tokio::test]
async fn a_version_that_has_changed_is_not_deleted() {
    let api = Api::new();
    api.given(KARI).await;
    api.given(KARI).await;
    let old = api.send("DELETE", "/Patient/kari", &[("if-match", "W/\"1\"")], "").await;
    assert_eq!(old.issue(), (412, "conflict".into(), "If-Match".into()));
    assert_eq!(api.send("DELETE", "/Patient/kari", &[("if-match", "W/\"2\"")], "").await.status, 204);
}
