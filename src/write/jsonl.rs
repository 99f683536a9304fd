//! One record a line.

use std::io::{self, Write};

use super::RecordWriter;
use crate::annotation::Record;

/// Writes JSON lines, each flushed whole.
pub struct JsonlWriter<W: Write> {
    out: W,
}

impl<W: Write> JsonlWriter<W> {
    /// To `out`.
    pub fn new(out: W) -> Self {
        JsonlWriter { out }
    }

    /// Writes any other object in the place of a record.
    pub fn write_value(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }
}

impl<W: Write> RecordWriter for JsonlWriter<W> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        self.write_value(record)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
