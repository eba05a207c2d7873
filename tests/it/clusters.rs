//! One wire story in many outlets is as many records that name their cluster; a newcomer changes nobody else's record.

use serde_json::{Value, json};

use crate::harness::Nisba;

const WIRE: [&str; 5] = [
    "The presidents of Azerbaijan and of Turkmenistan met in Ashgabat on Saturday and agreed to bring gas from a field that both had claimed for thirty years.",
    "Ilham Aliyev told reporters after the meeting that the field would be called Friendship, and that work on it could begin before the end of the next year.",
    "Experts say that a pipeline below the sea would be needed, which the other three countries at its shores would have to be asked about first.",
    "The ministers of both countries signed eleven other papers, among them one on ferries, one on customs and one on the schooling of seamen.",
    "A summit of all five countries at the shores of the sea is planned for June, when the presidents will meet again to speak of its waters.",
];

fn story(outlet: usize, lead: &str, sentences: &[&str]) -> Value {
    json!({"url": format!("https://outlet{outlet}.example/gas"), "title": "Gas", "text": format!("{lead}{}", sentences.join("\n\n"))})
}

#[tokio::test]
async fn copies_of_a_wire_story_name_one_cluster() {
    let nisba = Nisba::start().await;
    let first = nisba.record(&story(0, "", &WIRE)).await;
    let cluster = first["cluster"]["id"].as_str().unwrap().to_owned();
    assert!(first["cluster"]["near"].is_null());
    for outlet in 1..8 {
        let copy = match outlet % 3 {
            0 => story(outlet, "", &WIRE),
            1 => story(outlet, "From our own correspondent in the capital. ", &WIRE),
            _ => story(outlet, "", &WIRE[..4]),
        };
        let record = nisba.record(&copy).await;
        assert_eq!(record["cluster"]["id"], cluster.as_str(), "{copy}");
        assert!(record["cluster"]["similarity"].as_f64().unwrap() >= 0.5 && record["cluster"]["near"].is_string());
        assert_eq!(record["text_hash"] == first["text_hash"], outlet % 3 == 0);
    }
    let other = nisba
        .record(&story(9, "", &["The parliament has read the budget for the first time and asked the minister to come again on Monday with other figures, since those that he brought were of the year before and did not speak of the debt."]))
        .await;
    assert_ne!(other["cluster"]["id"], cluster.as_str());
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 9, "nobody's record was made again");
    let (_, page) = nisba.get(&format!("/v1/records?cluster={cluster}")).await;
    assert_eq!(page["records"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn a_record_keeps_its_cluster_until_its_text_is_another() {
    let nisba = Nisba::start().await;
    let first = nisba.record(&story(0, "", &WIRE)).await;
    let corrected = nisba.record(&story(0, "CORRECTED. ", &WIRE)).await;
    assert_eq!((&corrected["revision"], &corrected["cluster"]), (&json!(2), &first["cluster"]));
    let copy = nisba.record(&story(1, "", &WIRE)).await;
    assert_eq!(copy["cluster"]["id"], first["cluster"]["id"]);
    let another = "Nothing of what was on this page is on it now but a notice that says that the page has moved to another place, where whoever looks for it will find it, together with all the others that were here before.";
    let moved = nisba.record(&story(0, "", &[another])).await;
    assert_ne!(moved["cluster"]["id"], first["cluster"]["id"]);
}
