use super::{Api, KARI};

#[tokio::test]
async fn every_version_can_be_read_on_its_own() {
    let api = Api::new();
    api.given(KARI).await;
    api.given(&KARI.replace("Nordmann", "Hansen")).await;
    let first = api.get("/Patient/kari/_history/1").await;
    assert_eq!((first.status.as_u16(), first.header("etag")), (200, "W/\"1\""));
    assert_eq!(first.json()["name"][0]["family"], "Nordmann");
    let second = api.get("/Patient/kari/_history/2").await;
    assert_eq!(second.json()["name"][0]["family"], "Hansen");
    api.send("DELETE", "/Patient/kari", &[], "").await;
    for (version, status) in [("1", 200), ("3", 410), ("4", 404), ("x", 404), ("-1", 404)] {
        assert_eq!(api.get(&format!("/Patient/kari/_history/{version}")).await.status, status, "{version}");
    }
}
