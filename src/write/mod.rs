//! Writing: records to JSONL or to tables, rejects to their own file.

mod jsonl;
mod tables;

use std::io;

pub use jsonl::JsonlWriter;
pub use tables::{CsvFolder, CsvTable, TABLES};

use serde::Serialize;

use crate::annotation::Record;
use crate::read::Reject;

/// What takes records, in the input's order.
pub trait RecordWriter {
    /// Writes one record.
    fn write(&mut self, record: &Record) -> io::Result<()>;
    /// Makes everything durable.
    fn finish(&mut self) -> io::Result<()>;
}

/// A reject as it is written.
#[derive(Serialize)]
pub struct RejectRow<'a> {
    /// Where.
    pub source: &'a str,
    /// Line or record number.
    pub line: Option<u64>,
    /// Id, where known.
    pub id: Option<&'a str>,
    /// Why.
    pub error: &'a str,
}

impl<'a> From<&'a Reject> for RejectRow<'a> {
    fn from(r: &'a Reject) -> Self {
        RejectRow { source: &r.source.path, line: r.source.line, id: r.id.as_deref(), error: &r.error }
    }
}
