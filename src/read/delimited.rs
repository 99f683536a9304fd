//! CSV and TSV with a header row.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::{Fields, ReadResult, Reject, article};
use crate::text::Source;

pub(super) struct Rows {
    reader: csv::Reader<Box<dyn BufRead>>,
    header: Result<Vec<String>, String>,
    path: String,
    record: u64,
    fields: Fields,
    done: bool,
}

impl Rows {
    pub(super) fn new(bytes: Box<dyn BufRead>, path: String, delimiter: u8, fields: Fields) -> Self {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).quoting(delimiter == b',').from_reader(bytes);
        let header = match reader.headers() {
            Ok(h) => {
                let mut names: Vec<String> = h.iter().map(|s| s.trim().to_string()).collect();
                if let Some(first) = names.first_mut() {
                    *first = first.trim_start_matches('\u{feff}').to_string();
                }
                if names.iter().any(|n| fields.text.contains(n)) {
                    Ok(names)
                } else {
                    Err(format!("the header row has none of the text columns {}", fields.text.join(", ")))
                }
            }
            Err(e) => Err(e.to_string()),
        };
        Rows { reader, header, path, record: 0, fields, done: false }
    }
}

impl Iterator for Rows {
    type Item = ReadResult;

    fn next(&mut self) -> Option<ReadResult> {
        if self.done {
            return None;
        }
        let source = |line| Source { path: self.path.clone(), line };
        let header = match &self.header {
            Ok(h) => h.clone(),
            Err(e) => {
                self.done = true;
                return Some(Err(Reject { source: source(Some(1)), id: None, error: e.clone() }));
            }
        };
        let mut row = csv::StringRecord::new();
        self.record += 1;
        match self.reader.read_record(&mut row) {
            Ok(false) => None,
            Ok(true) => {
                let fields: Map<String, Value> = header.iter().cloned().zip(row.iter().map(|v| Value::String(v.to_string()))).collect();
                Some(article(fields, &self.fields, source(Some(self.record))))
            }
            Err(e) => {
                self.done = e.is_io_error();
                Some(Err(Reject { source: source(Some(self.record)), id: None, error: e.to_string() }))
            }
        }
    }
}
