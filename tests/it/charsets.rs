//! Whatever charset a page is in, and whatever it says of it, its record is that of its UTF-8 twin.

use encoding_rs::Encoding;
use serde_json::{Value, json};

use crate::harness::Nisba;

const RUSSIAN: &str = "Президент Азербайджана Ильхам Алиев встретился в Ашхабаде с президентом Ирана Эбрахимом Раиси. Стороны обсудили торговлю, транспорт и поставки газа, сообщили журналистам после переговоров.";
const UKRAINIAN: &str = "Президент України Володимир Зеленський зустрівся в Києві з президентом Польщі Анджеєм Дудою. Сторони обговорили торгівлю, їхні кордони та постачання газу, повідомили журналістам.";
const TURKISH: &str = "Cumhurbaşkanı Recep Tayyip Erdoğan, Aşkabat'ta Azerbaycan Cumhurbaşkanı İlham Aliyev ile görüştü. Görüşmede ticaret, ulaşım ve doğal gaz konuları ele alındı, dışişleri bakanları da katıldı.";
const ARABIC: &str = "التقى الرئيس الأذربيجاني إلهام علييف بالرئيس الإيراني إبراهيم رئيسي في عشق آباد يوم السبت، وبحث الجانبان التجارة والنقل وإمدادات الغاز بين البلدين.";
const PERSIAN: &str = "رئيس جمهوري آذربايجان الهام علي اف با ابراهيم رئيسي رئيس جمهور ايران در عشق آباد ديدار کرد و درباره تجارت، ترانزيت و گاز گفتگو کردند.";
const CHINESE: &str = "中国国家主席习近平星期六在北京会见了俄罗斯总统普京，双方就贸易、运输和天然气供应问题交换了意见，并同意明年继续谈判。";
const JAPANESE: &str = "岸田文雄首相は土曜日、東京でインドのモディ首相と会談し、貿易や輸送、エネルギー供給について意見を交わした。次の会談は来年の予定だ。";
const KOREAN: &str = "윤석열 대통령은 토요일 서울에서 기시다 후미오 일본 총리와 만나 무역과 수송, 에너지 공급 문제를 논의했으며 내년에 다시 만나기로 했다.";

fn page(text: &str, meta: &str) -> String {
    format!(
        "<html><head>{meta}<title>{}</title></head><body><nav><a href=/>1</a></nav><article><p>{text}</p><p>{text}</p></article></body></html>",
        &text[..text.char_indices().nth(40).unwrap().0]
    )
}

async fn analysed(nisba: &Nisba, media_type: &str, body: Vec<u8>) -> Value {
    let request =
        nisba.client.post(format!("{}/v1/analyze?url=https://news.example/a&published_at=2022-03-12", nisba.base));
    let answer = request.header("Content-Type", media_type).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// All that a record says but what follows from the bytes and the clock.
fn said(record: &Value) -> Value {
    let mut record = record.clone();
    for key in ["content_hash", "received_at", "processed_at", "provenance"] {
        record[key] = Value::Null;
    }
    record
}

#[tokio::test]
async fn legacy_pages_give_the_record_of_their_utf_8_twin() {
    let nisba = Nisba::start().await;
    for (text, charsets) in [
        (RUSSIAN, &["windows-1251", "koi8-r", "iso-8859-5", "ibm866"][..]),
        (UKRAINIAN, &["windows-1251", "koi8-u"]),
        (TURKISH, &["windows-1254", "iso-8859-9"]),
        (ARABIC, &["windows-1256"]),
        (PERSIAN, &["windows-1256"]),
        (CHINESE, &["gb18030"]),
        (JAPANESE, &["shift_jis", "euc-jp"]),
        (KOREAN, &["euc-kr"]),
    ] {
        let twin = said(&analysed(&nisba, "text/html; charset=utf-8", page(text, "").into_bytes()).await);
        assert!(twin["text"].as_str().unwrap().starts_with(text), "{twin}");
        for label in charsets {
            let charset = Encoding::for_label(label.as_bytes()).unwrap();
            let bytes = |meta: &str| charset.encode(&page(text, meta)).0.into_owned();
            let header = analysed(&nisba, &format!("text/html; charset={label}"), bytes("")).await;
            assert_eq!(said(&header), twin, "{label} by its header");
            assert!(header["provenance"]["notes"].is_null(), "{label}: {header}");
            let meta = format!("<meta charset={label}>");
            assert_eq!(said(&analysed(&nisba, "text/html", bytes(&meta)).await), twin, "{label} by its meta element");
            assert_eq!(said(&analysed(&nisba, "text/html", bytes("")).await), twin, "{label} by its bytes");
            let wrong = analysed(&nisba, "text/html; charset=utf-8", bytes("")).await;
            assert_eq!(said(&wrong), twin, "{label} that says it is UTF-8");
            let notes = wrong["provenance"]["notes"].to_string();
            assert!(notes.to_lowercase().contains("utf-8"), "{label}: {notes}");
        }
    }
}

#[tokio::test]
async fn malformed_bytes_are_replaced_and_told() {
    let nisba = Nisba::start().await;
    let mut bytes = page(RUSSIAN, "").into_bytes();
    let at = bytes.windows(2).position(|two| two == "п".as_bytes()).unwrap();
    bytes.insert(at, 0xd0);
    let record = analysed(&nisba, "text/html; charset=utf-8", bytes).await;
    assert!(record["text"].as_str().unwrap().contains("Ильхам Алиев"));
    assert!(record["provenance"]["notes"].to_string().contains("malformed"), "{record}");
    let text = analysed(&nisba, "text/plain", encoding_rs::WINDOWS_1251.encode(RUSSIAN).0.into_owned()).await;
    assert_eq!(text["text"], RUSSIAN);
    assert!(text["provenance"]["notes"].to_string().contains("windows-1251"), "{text}");
}

#[tokio::test]
async fn mojibake_is_mended_and_told() {
    let nisba = Nisba::start().await;
    // UTF-8 that somebody read as windows-1252 and wrote as UTF-8 again.
    let misread: String = RUSSIAN
        .bytes()
        .map(|byte| encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned())
        .collect();
    let record = nisba.record(&json!({"text": misread, "title": misread})).await;
    assert_eq!((&record["text"], &record["title"]), (&json!(RUSSIAN), &json!(RUSSIAN)));
    assert_eq!(record["people"][0]["person_id"], "starter:ilham-aliyev");
    assert!(record["provenance"]["notes"].to_string().contains("windows-1252"), "{record}");
}
