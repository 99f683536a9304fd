//! An article's text and the units in which places in it are given.
//!
//! Inside the program every span is a [`Span`] of **UTF-8 byte offsets**, end exclusive. At the edge (records, tables)
//! offsets are in the user's [`OffsetUnit`], Unicode code points by default.

use std::ops::Range;

use serde_json::{Map, Value};

/// A stretch of an article's text in UTF-8 bytes, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Span { start: start as u32, end: end as u32 }
    }

    /// The text that the span covers.
    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start as usize..self.end as usize]
    }

    /// Whether the two spans share a byte.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(&self, other: &Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// As a range of byte indices.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where an article was read: a path and, in a file of many, its line or record number (from 1).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// Path as the user gave it or as it was found, `-` for standard input.
    pub path: String,
    /// Line (JSONL) or record (CSV) number from 1; `None` for a file that is one article.
    pub line: Option<u64>,
}

/// One article as it was read, before any processing.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// The article's id: its own, or `path` or `path:line` where it has none.
    pub id: String,
    /// Where it came from.
    pub source: Source,
    /// Its title, where the input has one apart from the text.
    pub title: Option<String>,
    /// Its date as the input gives it.
    pub date: Option<String>,
    /// Every other field of the input.
    pub meta: Map<String, Value>,
    /// The text: everything below refers to it by byte offsets.
    pub text: String,
}

/// The unit of the offsets in what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OffsetUnit {
    /// Unicode code points (the record's default; what Python's `str` slices by).
    #[default]
    CodePoints,
    /// UTF-8 bytes (what Rust and Go slice by).
    Bytes,
    /// UTF-16 code units (what JavaScript and Java slice by).
    Utf16,
}

/// Turns byte offsets of one text into another unit.
pub struct Offsets<'a> {
    text: &'a str,
    unit: OffsetUnit,
    /// Units before every 64th byte; empty where units equal bytes.
    marks: Vec<u32>,
}

const STEP: usize = 64;

fn width(c: char, unit: OffsetUnit) -> u32 {
    match unit {
        OffsetUnit::CodePoints => 1,
        OffsetUnit::Bytes => c.len_utf8() as u32,
        OffsetUnit::Utf16 => c.len_utf16() as u32,
    }
}

impl<'a> Offsets<'a> {
    /// Prepares the conversion for `text`.
    pub fn new(text: &'a str, unit: OffsetUnit) -> Self {
        let mut marks = Vec::new();
        if unit != OffsetUnit::Bytes && !text.is_ascii() {
            let mut units = 0;
            for (at, c) in text.char_indices() {
                while marks.len() * STEP <= at {
                    marks.push(units);
                }
                units += width(c, unit);
            }
            while marks.len() * STEP <= text.len() {
                marks.push(units);
            }
        }
        Offsets { text, unit, marks }
    }

    /// The offset of byte `at`, which must be a character boundary.
    pub fn of(&self, at: u32) -> u32 {
        if self.marks.is_empty() {
            return at;
        }
        // A mark counts the characters that begin before its byte; go back to one that begins a character.
        let mut from = at as usize / STEP * STEP;
        let mut units = self.marks[from / STEP];
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        if from > at as usize {
            from = at as usize;
        }
        for c in self.text[from..at as usize].chars() {
            units += width(c, self.unit);
        }
        units
    }

    /// Both ends of a span.
    pub fn span(&self, s: Span) -> [u32; 2] {
        [self.of(s.start), self.of(s.end)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_agree_with_counting() {
        let text = "é😀 e\u{301}\r\nשלום “Quoted” ".repeat(20);
        for unit in [OffsetUnit::CodePoints, OffsetUnit::Bytes, OffsetUnit::Utf16] {
            let offsets = Offsets::new(&text, unit);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let counted: u32 = text[..at].chars().map(|c| width(c, unit)).sum();
                assert_eq!(offsets.of(at as u32), counted, "{unit:?} at byte {at}");
            }
        }
    }
}
