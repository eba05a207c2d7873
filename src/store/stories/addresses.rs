//! The addresses of pages: by which pages in other languages name each other, and who shows the same picture.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Link, SURELY, Why};
use crate::model::Record;
use crate::store::StoreError;
use crate::translation::address;

/// Addresses of pages in other languages that are looked for.
const MOST_ADDRESSES: usize = 64;

/// Documents that show the same picture, of which that is looked at.
const MOST_PICTURED: usize = 32;

/// The stories of the pages that this one names as the same in another language, and of those that name it.
pub(super) fn by_address(db: &Connection, record: &Record) -> Result<Vec<Link>, StoreError> {
    let own = own_addresses(record);
    let naming = own.iter().map(|own| (named_by(*own), true));
    let named = alternates(record).filter(|other| !own.contains(other)).map(|named| (named, false));
    let mut find = db.prepare_cached(
        "SELECT m.story, m.document_id, m.language FROM story_addresses a JOIN story_members m ON m.number = a.number
         WHERE a.address = ?1 AND m.document_id <> ?2 LIMIT 1",
    )?;
    let mut links: Vec<Link> = Vec::new();
    for (address, is_named) in named.chain(naming) {
        let row = |row: &Row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
        if let Some((story, document, language)) = find.query_row(params![address, record.id], row).optional()? {
            let why = match is_named {
                true => format!("{document} in {language} names its page as the same"),
                false => format!("names the page of {document} in {language} as the same"),
            };
            links.push(Link { story, score: Some(SURELY), why: Why::of(why), ..Link::default() });
        }
    }
    Ok(links)
}

/// The addresses that a page, or who sent it, names as the same in other languages: what it was translated from first.
fn alternates(record: &Record) -> impl Iterator<Item = i64> {
    let page = record.page.as_ref();
    let originals = [record.source.translation_of.as_ref(), page.and_then(|page| page.translation_of.as_ref())];
    let others = page.into_iter().flat_map(|page| &page.alternates).filter(|other| other.language != "x-default");
    let all = originals.into_iter().flatten().chain(others.map(|other| &other.url));
    all.take(MOST_ADDRESSES).map(|url| address(url))
}

/// Kept of a page for each address that it names.
fn named_by(address: i64) -> i64 {
    address.rotate_left(17) ^ 0x5bd1_e995
}

/// The documents that show the same picture, the last first.
pub(super) fn pictured(db: &Connection, record: &Record) -> Result<Vec<String>, StoreError> {
    let Some(picture) = record.page.as_ref().and_then(|page| page.image.as_ref()) else { return Ok(Vec::new()) };
    let sql = "SELECT m.document_id FROM story_addresses a JOIN story_members m ON m.number = a.number
               WHERE a.address = ?1 ORDER BY a.number DESC LIMIT ?2";
    let mut rows = db.prepare_cached(sql)?;
    let rows = rows.query_map(params![address(picture), MOST_PICTURED as i64], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where the page of a document stands.
pub(super) fn own_addresses(record: &Record) -> Vec<i64> {
    let page = record.page.as_ref();
    let canonical = page.and_then(|page| page.canonical_url.as_ref());
    let amp = page.and_then(|page| page.amp_url.as_ref());
    let all = [record.source.url.as_ref(), record.source.final_url.as_ref(), canonical, amp];
    let mut own: Vec<i64> = all.into_iter().flatten().map(|url| address(url)).collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// Keeps where the page of a member and its picture stand, and which pages it names.
pub(super) fn keep(db: &Connection, record: &Record, number: i64) -> Result<(), StoreError> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO story_addresses (address, number) VALUES (?1, ?2)")?;
    let picture = record.page.as_ref().and_then(|page| page.image.as_ref()).map(|image| address(image));
    let own = own_addresses(record);
    let named: Vec<i64> = alternates(record).filter(|other| !own.contains(other)).map(named_by).collect();
    for address in own.into_iter().chain(named).chain(picture) {
        insert.execute([address, number])?;
    }
    Ok(())
}
