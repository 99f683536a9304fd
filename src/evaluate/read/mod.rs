//! Readers of labels: from a file or folder in any of the formats to [`Labelled`] articles.

mod brat;
mod check;
mod conll;
mod json;

use std::io::Read;
use std::path::{Path, PathBuf};

use super::labels::{Labelled, Place};
use crate::annotation::Record;

/// A format of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFormat {
    /// JSONL: records, the guidelines' form, data sets with `entities` or `attributions`, Prodigy's and doccano's spans.
    Jsonl,
    /// Columns parted by white space, the token first, the tag last: IOB1, IOB2, BIOES.
    Conll,
    /// A folder of .txt and .ann files, or one .ann file beside its .txt.
    Brat,
    /// Citron's {text, quotes: [{cue, sources, contents}]}: a file or a folder of files.
    Citron,
}

/// Labels that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// A file that cannot be opened.
    #[error(transparent)]
    Open(#[from] crate::read::OpenError),
    /// A file or folder that cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something in a file that is not as the format wants it.
    #[error("{place}: {what}")]
    Bad {
        /// File and line.
        place: Place,
        /// What is wrong.
        what: String,
    },
    /// Nothing to score.
    #[error("{0}: no labelled article in it")]
    Empty(String),
}

impl LabelError {
    fn bad(place: &Place, what: impl Into<String>) -> Self {
        LabelError::Bad { place: place.clone(), what: what.into() }
    }
}

/// Reads all labelled articles of a file or folder; the format is told by content unless given.
///
/// Every offset is checked against the text, every surface form against the words at its offsets.
pub fn read_labels(path: &Path, format: Option<LabelFormat>) -> Result<Vec<Labelled>, LabelError> {
    let name = path.to_string_lossy().into_owned();
    let mut out = if path.is_dir() { folder(path, format)? } else { file(path, format)? };
    if out.is_empty() {
        return Err(LabelError::Empty(name));
    }
    let mut first: std::collections::HashMap<String, Place> = std::collections::HashMap::new();
    for (i, a) in out.iter_mut().enumerate() {
        if a.id.is_empty() {
            a.id = format!("#{}", i + 1);
        }
        if let Some(other) = first.insert(a.id.clone(), a.place.clone()) {
            return Err(LabelError::bad(&a.place, format!("the id {:?} stands at {other} already", a.id)));
        }
        check::check(a)?;
    }
    Ok(out)
}

/// The labels that a record of our own holds.
pub fn of_record(record: &Record) -> Result<Labelled, LabelError> {
    let place = Place { path: record.source.path.clone(), line: record.source.line };
    let bad = |e: serde_json::Error| LabelError::bad(&place, e.to_string());
    json::line(&serde_json::to_string(record).map_err(bad)?, place.clone())
}

fn folder(path: &Path, format: Option<LabelFormat>) -> Result<Vec<Labelled>, LabelError> {
    let files = crate::read::expand(&[path.to_string_lossy().into_owned()])
        .map_err(|e| LabelError::Io { path: path.display().to_string(), source: std::io::Error::other(e.to_string()) })?;
    let ending = |p: &PathBuf, e: &str| p.extension().is_some_and(|x| x == e);
    let brat = format == Some(LabelFormat::Brat) || format.is_none() && files.iter().any(|p| ending(p, "ann"));
    let mut out = Vec::new();
    for p in files.iter().filter(|p| !brat || ending(p, "ann")) {
        let mut articles = file(p, if brat { Some(LabelFormat::Brat) } else { format })?;
        if let [one] = articles.as_mut_slice()
            && one.id.is_empty()
        {
            one.id = p.strip_prefix(path).unwrap_or(p).with_extension("").to_string_lossy().into_owned();
        }
        out.append(&mut articles);
    }
    Ok(out)
}

fn file(path: &Path, format: Option<LabelFormat>) -> Result<Vec<Labelled>, LabelError> {
    let name = path.to_string_lossy().into_owned();
    let fail = |source| LabelError::Io { path: name.clone(), source };
    if format == Some(LabelFormat::Brat) || format.is_none() && path.extension().is_some_and(|e| e == "ann") {
        return Ok(vec![brat::read(path)?]);
    }
    let mut content = String::new();
    crate::read::open(path)?.bytes.read_to_string(&mut content).map_err(fail)?;
    let content = content.strip_prefix('\u{feff}').unwrap_or(&content);
    match format.unwrap_or_else(|| if content.trim_start().starts_with(['{', '[']) { LabelFormat::Jsonl } else { LabelFormat::Conll }) {
        LabelFormat::Conll => conll::read(content, &name),
        _ => json::read(content, &name),
    }
}
