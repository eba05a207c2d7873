//! `Content-Encoding`: bodies are unpacked on threads that may block, a piece at a time, so that what unpacks to a thousand
//! times its size costs no memory before it is refused.

use std::io::{self, BufRead, BufReader, Read};

use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

use super::Problem;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Bytes of the buffer of a decoder.
const BUFFER: usize = 64 << 10;

/// Two to the power of this are the bytes that a zstd frame may ask to be kept; encoders need a flag to ask for more.
const ZSTD_WINDOW: u32 = 25;

impl Coding {
    /// What the request says.
    ///
    /// # Errors
    /// 415 for a coding that is not known, and for several.
    pub fn of(headers: &HeaderMap) -> Result<Coding, Problem> {
        let said = headers.get(CONTENT_ENCODING).map_or(Ok("identity"), |value| value.to_str());
        let said = said.unwrap_or_default().trim().to_ascii_lowercase();
        Ok(match said.as_str() {
            "identity" | "" => Coding::Identity,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            _ => {
                let detail = format!("the Content-Encoding {said} is not known; send gzip, deflate, br or zstd");
                return Err(Problem::unsupported(detail));
            }
        })
    }

    /// Unpacks what is read.
    ///
    /// # Errors
    /// When there is no memory for a decoder.
    pub fn decode(self, packed: impl BufRead + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
        fn buffered(unpacked: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
            Box::new(BufReader::with_capacity(BUFFER, unpacked))
        }
        Ok(match self {
            Coding::Identity => Box::new(packed),
            Coding::Gzip => buffered(MultiGzDecoder::new(packed)),
            Coding::Deflate => buffered(ZlibDecoder::new(packed)),
            Coding::Brotli => buffered(brotli::Decompressor::new(packed, BUFFER)),
            Coding::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW)?;
                buffered(decoder)
            }
        })
    }

    /// Unpacks a whole body of at most `limit` bytes; `None` for one that is larger.
    ///
    /// # Errors
    /// When it is not packed as it says.
    pub fn decode_all(self, packed: Vec<u8>, limit: usize) -> io::Result<Option<Vec<u8>>> {
        if self == Coding::Identity {
            return Ok(Some(packed));
        }
        let mut body = Vec::new();
        self.decode(io::Cursor::new(packed))?.take(limit as u64 + 1).read_to_end(&mut body)?;
        Ok(Some(body).filter(|body| body.len() <= limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn every_coding_is_undone_and_a_body_beyond_the_limit_is_none() {
        let body = "Ilham Aliyev spoke. ".repeat(500).into_bytes();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&body).unwrap();
        let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflate.write_all(&body).unwrap();
        let mut br = Vec::new();
        brotli::CompressorWriter::new(&mut br, 4096, 4, 20).write_all(&body).unwrap();
        for (coding, packed) in [
            (Coding::Identity, body.clone()),
            (Coding::Gzip, gzip.finish().unwrap()),
            (Coding::Deflate, deflate.finish().unwrap()),
            (Coding::Brotli, br),
            (Coding::Zstd, zstd::encode_all(&body[..], 1).unwrap()),
        ] {
            assert_eq!(coding.decode_all(packed.clone(), 10_000).unwrap().as_ref(), Some(&body), "{coding:?}");
            if coding != Coding::Identity {
                assert_eq!(coding.decode_all(packed.clone(), 9_999).unwrap(), None, "{coding:?}");
                let damaged = coding.decode_all(packed[..packed.len() / 2].to_vec(), 10_000);
                assert!(damaged.is_err(), "{coding:?}");
            }
        }
    }
}
