//! One JSON object a line.

use std::io::BufRead;

use serde_json::Value;

use super::{Fields, ReadResult, Reject, article};
use crate::text::Source;

pub(super) struct Lines {
    bytes: Box<dyn BufRead>,
    path: String,
    line: u64,
    fields: Fields,
    done: bool,
}

impl Lines {
    pub(super) fn new(bytes: Box<dyn BufRead>, path: String, fields: Fields) -> Self {
        Lines { bytes, path, line: 0, fields, done: false }
    }

    fn source(&self) -> Source {
        Source { path: self.path.clone(), line: Some(self.line) }
    }
}

impl Iterator for Lines {
    type Item = ReadResult;

    fn next(&mut self) -> Option<ReadResult> {
        loop {
            if self.done {
                return None;
            }
            let mut raw = Vec::new();
            self.line += 1;
            match self.bytes.read_until(b'\n', &mut raw) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(e) => {
                    // A damaged stream gives nothing more: said once, at its place.
                    self.done = true;
                    return Some(Err(Reject { source: self.source(), id: None, error: format!("reading stopped here: {e}") }));
                }
            }
            let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&raw);
            if raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let reject = |error: String| Some(Err(Reject { source: self.source(), id: None, error }));
            return match serde_json::from_slice::<Value>(raw) {
                Ok(Value::Object(fields)) => Some(article(fields, &self.fields, self.source())),
                Ok(_) => reject("not a JSON object".into()),
                Err(e) => reject(format!("not valid JSON: {e}")),
            };
        }
    }
}
