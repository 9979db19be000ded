//! Answers at the edges: withdrawn files, and the first and last hour of a year.

use serde_json::json;

use super::pages::{kari_with, page};
use super::report;
use crate::shared::testing::visitor;

#[tokio::test]
async fn a_file_of_a_withdrawn_answer_is_not_handed_out_and_lines_in_its_base64_do_no_harm() {
    let file = |data: &str| json!({"presentedForm": [{"contentType": "application/pdf", "data": data}]});
    let mut wrong = report("wrong", &[], file("JVBERi0xLjQ="));
    wrong["status"] = json!("entered-in-error");
    let portal = kari_with([wrong, report("right", &[], file("JVBE\nRi0x\r\n LjQ="))]).await;
    assert_eq!(portal.get(&visitor("kari", 1), "/results/wrong/file/0").await.0, 404);
    assert_eq!(page(&portal, "/results/right/file/0").await, "%PDF-1.4");
}

#[tokio::test]
async fn a_year_begins_at_midnight_in_norway() {
    let at = |id: &str, time: &str| report(id, &[], json!({"effectiveDateTime": time, "issued": time}));
    let portal = kari_with([
        at("before", "2024-12-31T22:59:59Z"),
        at("after", "2024-12-31T23:00:00Z"),
        at("end", "2025-12-31T22:59:59Z"),
        at("next", "2025-12-31T23:00:00Z"),
    ])
    .await;
    let shown = page(&portal, "/results?year=2025").await;
    let is_there = |id: &str| shown.contains(&format!("\"/results/{id}\""));
    assert_eq!(["before", "after", "end", "next"].map(is_there), [false, true, true, false]);
}
