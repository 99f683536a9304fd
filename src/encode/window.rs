//! Pieces of a document and the overlapping windows over them.

use std::ops::Range;

use crate::models::{EncoderConfig, ModelError, ModelFiles};
use crate::segment::{Document, WordIndex};

/// The model's tokenizer.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    config: EncoderConfig,
}

/// A document's pieces, with a separator piece at each line break.
pub struct Pieces {
    /// Piece ids.
    pub ids: Vec<u32>,
    /// For each word: the index in `ids` of the piece that holds its first character.
    pub first: Vec<usize>,
}

/// A stretch of a document that the encoder reads at once.
///
/// Windows overlap; their `core`s do not, and cover every word. What is found belongs to the window whose core holds its
/// first word, so that each thing is decided once, with context on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Words that the encoder sees.
    pub words: Range<WordIndex>,
    /// Words that this window decides on.
    pub core: Range<WordIndex>,
    /// Pieces, the special ones at both ends included.
    pub pieces: Vec<u32>,
    /// For each of `words`: its piece's index in `pieces`.
    pub first: Vec<usize>,
}

impl Tokenizer {
    /// Reads the model's tokenizer.
    pub fn load(files: &ModelFiles) -> Result<Self, ModelError> {
        let inner = tokenizers::Tokenizer::from_bytes(&files.tokenizer)
            .map_err(|e| ModelError::Tokenizer { place: files.place.clone(), what: e.to_string() })?;
        Ok(Tokenizer { inner, config: files.manifest.encoder.clone() })
    }

    /// Cuts the text into pieces. Fails only where the tokenizer itself does.
    pub fn pieces(&self, d: &Document) -> Result<Pieces, String> {
        let e = self.inner.encode(d.text(), false).map_err(|e| e.to_string())?;
        let offsets = e.get_offsets();
        let mut ids = Vec::with_capacity(offsets.len() + 16);
        let mut place = Vec::with_capacity(offsets.len());
        let mut word = 0;
        for (&(start, end), &id) in offsets.iter().zip(e.get_ids()) {
            while word < d.words.len() && (d.words[word].end as usize) <= start {
                word += 1;
            }
            // The separator goes before the piece in which the first word after the break begins.
            if word < d.words.len()
                && d.breaks[word]
                && (d.words[word].start as usize) >= start
                && (d.words[word].start as usize) < end
                && ids.last().is_some_and(|&l| l != self.config.sep)
            {
                ids.push(self.config.sep);
            }
            place.push(ids.len());
            ids.push(id);
        }
        let mut first = Vec::with_capacity(d.words.len());
        let mut p = 0;
        for w in &d.words {
            while p + 1 < offsets.len() && offsets[p].1 <= w.start as usize {
                p += 1;
            }
            first.push(place.get(p).copied().unwrap_or(0));
        }
        Ok(Pieces { ids, first })
    }

    /// The windows over a document's pieces.
    pub fn windows(&self, d: &Document, p: &Pieces) -> Vec<Window> {
        let room = self.config.window - 2;
        let overlap = room / 4;
        let n = d.words.len();
        let at = |w: usize| p.first.get(w).copied().unwrap_or(p.ids.len());
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        while start < n {
            // The last word whose end still fits.
            let mut end = start + 1;
            while end < n && at(end + 1) - at(start) <= room {
                end += 1;
            }
            if end < n {
                let sentence = d.sentences[d.sentence_of(end)].0;
                if sentence > start + (end - start) / 2 {
                    end = sentence;
                }
            }
            ranges.push(start..end);
            if end == n {
                break;
            }
            let mut next = end;
            while next > start + 1 && at(end) - at(next - 1) <= overlap {
                next -= 1;
            }
            let sentence = d.sentences[d.sentence_of(next)].0;
            start = if sentence > start + (end - start) / 3 { sentence } else { next };
        }
        let mut windows = Vec::with_capacity(ranges.len());
        let mut core = 0;
        for (i, r) in ranges.iter().enumerate() {
            let core_end = match ranges.get(i + 1) {
                None => n,
                // In the middle of the overlap, at a sentence's start where one is there.
                Some(next) => {
                    let middle = next.start + (r.end - next.start).div_ceil(2);
                    let sentence = d.sentences.get(d.sentence_of(middle.min(n - 1))).map_or(middle, |s| s.0);
                    if sentence > next.start && sentence > core { sentence } else { middle.max(core) }
                }
            };
            let (from, to) = (at(r.start), at(r.end).min(at(r.start) + room));
            let mut pieces = Vec::with_capacity(to - from + 2);
            pieces.push(self.config.cls);
            pieces.extend_from_slice(&p.ids[from..to]);
            pieces.push(self.config.sep);
            let last = pieces.len() - 1;
            let first = r.clone().map(|w| (p.first[w] - from + 1).min(last)).collect();
            windows.push(Window { words: r.clone(), core: core..core_end, pieces, first });
            core = core_end;
        }
        windows
    }
}
