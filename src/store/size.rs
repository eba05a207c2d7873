//! How much room the store takes, and how much is left, as far as the file system says.

use std::path::Path;

use super::{Store, blobs, open};

impl Store {
    /// Bytes of the database, and of its write-ahead log.
    pub fn database_size(&self) -> (u64, u64) {
        let database = self.dir.join(open::FILE);
        (size(&database), size(&database.with_extension("sqlite-wal")))
    }

    /// Bytes of the bodies beside the database, file by file: `None` where it takes so long that `go_on` says no.
    pub fn bodies_size(&self, go_on: impl Fn() -> bool) -> Option<u64> {
        let Ok(files) = blobs::folder(&self.dir).read_dir() else { return Some(0) };
        let mut bytes = 0;
        for file in files.flatten() {
            if !go_on() {
                return None;
            }
            bytes += file.metadata().map_or(0, |file| file.len());
        }
        Some(bytes)
    }

    /// Bytes that are free on the disk.
    pub fn free_disk(&self) -> Option<u64> {
        fs4::available_space(&self.dir).ok()
    }
}

fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |file| file.len())
}
