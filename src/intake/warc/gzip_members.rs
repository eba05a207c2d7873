//! The bytes of a file that may be gzipped, one member after the other.
//!
//! `flate2::MultiGzDecoder` ends at the first damage, and does not tell where members begin. A WARC that has a member
//! for each record (ISO 28500:2017, annex D) can be read on from the next member, and a member that begins with a
//! record shows that the record before it has ended, whatever length that one claims.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// What every record begins with (ISO 28500 §4, `version`).
pub const RECORD: &[u8] = b"WARC/1.";

/// What every gzip member begins with: two bytes of identification and "deflate" (RFC 1952 §2.3.1).
const MEMBER: &[u8] = &[0x1f, 0x8b, 0x08];

const BUFFER: usize = 64 << 10;

/// A reader of which the next bytes can be looked at, as many as are asked for, before they are taken.
pub struct Lookahead<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// Bytes taken so far.
    position: u64,
    /// Whether reading has failed; what a decoder makes of the bytes is another matter.
    failed: bool,
}

impl<R: Read> Lookahead<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, buffer: vec![0; BUFFER].into(), start: 0, end: 0, position: 0, failed: false }
    }

    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    /// What comes next: at least `wanted` bytes, fewer only where the input ends.
    pub fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        debug_assert!(wanted <= BUFFER);
        while self.end - self.start < wanted && self.fill()? > 0 {}
        Ok(&self.buffer[self.start..self.end])
    }

    /// Passes over everything up to `mark`; false when the input ends first.
    pub fn pass_to(&mut self, mark: &[u8]) -> io::Result<bool> {
        loop {
            let ahead = self.peek(mark.len())?;
            if let Some(found) = ahead.windows(mark.len()).position(|bytes| bytes == mark) {
                self.consume(found);
                return Ok(true);
            }
            let length = ahead.len();
            if length < mark.len() {
                self.consume(length);
                return Ok(false);
            }
            // The mark may have begun.
            self.consume(length - mark.len() + 1);
        }
    }

    /// Forgets what was looked at and not taken.
    fn forget(&mut self) {
        self.consume(self.end - self.start);
    }

    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        loop {
            match self.inner.read(&mut self.buffer[self.end..]) {
                Ok(length) => {
                    self.end += length;
                    return Ok(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }
}

impl<R: Read> Read for Lookahead<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Lookahead<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, length: usize) {
        let length = length.min(self.end - self.start);
        self.start += length;
        self.position += length as u64;
    }
}

impl<R: Read> Lookahead<Unpacked<R>> {
    /// After damage: goes to the next member that begins with a record. False when there is none.
    pub fn recover(&mut self) -> io::Result<bool> {
        self.forget();
        self.inner.recover()
    }
}

/// The bytes of a file, without gzip if the file has it. Reading stops before every member that begins with a record,
/// and before damage between members, until it is [let on](Self::let_on).
pub struct Unpacked<R> {
    state: State<R>,
    /// The first bytes of a member, looked at to see whether it begins with a record.
    opening: Vec<u8>,
    stopped: bool,
    /// What is wrong after the last member that could be read.
    damage: Option<io::Error>,
    /// Where the member begins that is being read.
    member: u64,
}

enum State<R> {
    Unknown(Lookahead<R>),
    Plain(Lookahead<R>),
    Member(Box<GzDecoder<Lookahead<R>>>),
    Ended,
}

impl<R: Read> Unpacked<R> {
    pub fn new(file: R) -> Self {
        let state = State::Unknown(Lookahead::new(file));
        Self { state, opening: Vec::new(), stopped: false, damage: None, member: 0 }
    }

    /// Where the member that is being read begins in the file; none when the file is not gzipped.
    pub fn member(&self) -> Option<u64> {
        matches!(self.state, State::Member(_)).then_some(self.member)
    }

    /// Whether the file itself could not be read, rather than what is in it.
    pub fn failed(&self) -> bool {
        match &self.state {
            State::Unknown(file) | State::Plain(file) => file.failed,
            State::Member(decoder) => decoder.get_ref().failed,
            State::Ended => false,
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Lets reading go on over the beginning of a record.
    ///
    /// # Errors
    /// When what comes next is damaged.
    pub fn let_on(&mut self) -> io::Result<()> {
        self.stopped = false;
        self.damage.take().map_or(Ok(()), Err)
    }

    fn recover(&mut self) -> io::Result<bool> {
        (self.stopped, self.damage) = (false, None);
        loop {
            self.opening.clear();
            let State::Member(decoder) = &mut self.state else { return Ok(false) };
            if !decoder.get_mut().pass_to(MEMBER)? {
                self.state = State::Ended;
                return Ok(false);
            }
            // Compressed bytes may look like the beginning of a member by chance.
            self.begin_member();
            match self.read_opening() {
                Ok(()) if self.opening.starts_with(RECORD) => return Ok(true),
                Err(error) if self.failed() => return Err(error),
                _ => {}
            }
        }
    }

    fn tell_gzip_from_plain(&mut self) -> io::Result<()> {
        let State::Unknown(file) = &mut self.state else { return Ok(()) };
        let gzipped = file.peek(MEMBER.len())?.starts_with(MEMBER);
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Unknown(file) if gzipped => State::Member(Box::new(GzDecoder::new(file))),
            State::Unknown(file) => State::Plain(file),
            other => other,
        };
        Ok(())
    }

    /// Takes what comes next in the file for a member.
    fn begin_member(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Member(decoder) => {
                let file = decoder.into_inner();
                self.member = file.position();
                State::Member(Box::new(GzDecoder::new(file)))
            }
            other => other,
        };
    }

    fn read_opening(&mut self) -> io::Result<()> {
        while self.opening.len() < RECORD.len() {
            let mut next = [0; 1];
            if self.read_member(&mut next)? == 0 {
                break;
            }
            self.opening.extend(next);
        }
        Ok(())
    }

    /// Reads from the member alone. A file that ends within one is a shorter file, not a damaged one.
    fn read_member(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let State::Member(decoder) = &mut self.state else { return Ok(0) };
        match decoder.read(into) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !decoder.get_ref().failed => {
                self.state = State::Ended;
                Ok(0)
            }
            other => other,
        }
    }

    fn next_member(&mut self) -> io::Result<()> {
        let State::Member(decoder) = &mut self.state else { return Ok(()) };
        let file = decoder.get_mut();
        // Tapes and block devices pad with zeros.
        while file.peek(1)?.first() == Some(&0) {
            file.consume(1);
        }
        let ahead = file.peek(MEMBER.len())?;
        if ahead.is_empty() {
            self.state = State::Ended;
            return Ok(());
        }
        if !ahead.starts_with(MEMBER) {
            self.member = file.position();
            return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes between its members"));
        }
        self.begin_member();
        self.read_opening()
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.tell_gzip_from_plain()?;
        while !self.stopped && !into.is_empty() {
            if !self.opening.is_empty() {
                let length = self.opening.as_slice().read(into)?;
                self.opening.drain(..length);
                return Ok(length);
            }
            match &mut self.state {
                State::Plain(file) => return file.read(into),
                State::Member(_) => match self.read_member(into)? {
                    0 => {
                        self.damage = self.next_member().err();
                        self.stopped = self.damage.is_some() || self.opening.starts_with(RECORD);
                    }
                    length => return Ok(length),
                },
                State::Unknown(_) | State::Ended => return Ok(0),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(file: &[u8]) -> String {
        let mut text = String::new();
        Unpacked::new(file).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn members_are_one_text_until_one_begins_with_a_record() {
        let mut file = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        file.extend([0; 100]);
        assert_eq!(unpack(&file), "one two");
        assert_eq!(unpack(b"plain"), "plain");
        assert_eq!(unpack(b""), "");
        file.extend(gzip(b"WARC/1.0"));
        assert_eq!(unpack(&file), "one two");
        let mut unpacked = Unpacked::new(&file[..]);
        let mut text = String::new();
        unpacked.read_to_string(&mut text).unwrap();
        unpacked.let_on().unwrap();
        unpacked.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one twoWARC/1.0");
    }

    #[test]
    fn a_mark_is_found_across_the_ends_of_buffers() {
        for before in BUFFER - 8..BUFFER + 2 {
            let file = [vec![b'W'; before], RECORD.to_vec()].concat();
            let mut ahead = Lookahead::new(&file[..]);
            assert!(ahead.pass_to(RECORD).unwrap());
            assert_eq!(ahead.position(), before as u64);
        }
        assert!(!Lookahead::new(&b"WARC/1"[..]).pass_to(RECORD).unwrap());
    }
}
