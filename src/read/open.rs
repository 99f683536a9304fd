//! Opening: decompression by content, format by ending, else by the first bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::InputFormat;

/// An input ready to be read.
pub struct Opened {
    /// Its bytes, decompressed.
    pub bytes: Box<dyn BufRead>,
    /// Its format by ending and content.
    pub format: InputFormat,
}

/// An input that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct OpenError {
    path: String,
    source: io::Error,
}

const BUFFER: usize = 1 << 18;

/// Opens a path, `-` for standard input.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let name = path.to_string_lossy().into_owned();
    let fail = |source| OpenError { path: name.clone(), source };
    let raw: Box<dyn Read> = if name == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(fail)?) };
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let head = raw.fill_buf().map_err(fail)?;
    let (gz, zst) = (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let mut bytes: Box<dyn BufRead> = if gz {
        Box::new(BufReader::with_capacity(BUFFER, flate2::bufread::MultiGzDecoder::new(raw)))
    } else if zst {
        Box::new(BufReader::with_capacity(BUFFER, zstd::Decoder::with_buffer(raw).map_err(fail)?))
    } else {
        Box::new(raw)
    };
    let lower = name.to_lowercase();
    let stem = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    let format = match stem.rsplit_once('.').map(|x| x.1) {
        Some("jsonl" | "ndjson") => InputFormat::Jsonl,
        Some("csv") => InputFormat::Csv,
        Some("tsv") => InputFormat::Tsv,
        Some("txt" | "text" | "md") => InputFormat::Text,
        _ => {
            let head = bytes.fill_buf().map_err(fail)?;
            let first = head.iter().find(|b| !b.is_ascii_whitespace());
            if first == Some(&b'{') { InputFormat::Jsonl } else { InputFormat::Text }
        }
    };
    Ok(Opened { bytes, format })
}
