//! Reading: from what the user named to articles, one at a time, in a fixed order.
//!
//! A record that cannot be read is a [`Reject`] in its place; the articles around it are not touched.

mod delimited;
mod inputs;
mod jsonl;
mod open;
mod plain;

use std::path::PathBuf;

pub use inputs::{InputError, expand};
pub use open::{OpenError, open};

use serde_json::{Map, Value};

use crate::text::{Article, Source};

/// How an input's bytes are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// One article a file.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated, with a header row.
    Csv,
    /// Tab-separated, with a header row.
    Tsv,
}

/// An article that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// Where.
    pub source: Source,
    /// Its id, where it could be read.
    pub id: Option<String>,
    /// Why.
    pub error: String,
}

/// Which fields of JSONL and CSV hold what.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Names tried for the id, in order.
    pub id: Vec<String>,
    /// Names tried for the text.
    pub text: Vec<String>,
    /// Names tried for the title.
    pub title: Vec<String>,
    /// Names tried for the date.
    pub date: Vec<String>,
}

impl Default for Fields {
    fn default() -> Self {
        let names = |s: &str| s.split(' ').map(str::to_string).collect();
        Fields {
            id: names("id doc_id story_id guid"),
            text: names("text body content maintext"),
            title: names("title headline"),
            date: names("date published date_publish pub_date"),
        }
    }
}

/// Options of reading.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Overrides what content and ending say.
    pub format: Option<InputFormat>,
    /// Field names.
    pub fields: Fields,
    /// Articles of more code points than this are rejected.
    pub max_chars: Option<usize>,
}

/// An article or why there is none.
pub type ReadResult = Result<Article, Reject>;

/// All articles of the inputs, in order. An input that cannot be opened is one reject.
pub fn articles(inputs: Vec<PathBuf>, options: ReadOptions) -> impl Iterator<Item = ReadResult> {
    inputs.into_iter().flat_map(move |path| {
        let max = options.max_chars;
        one(&path, &options).map(move |r| r.and_then(|a| check_length(a, max)))
    })
}

fn check_length(a: Article, max: Option<usize>) -> ReadResult {
    match max {
        Some(max) if a.text.len() > max && a.text.chars().count() > max => {
            let n = a.text.chars().count();
            Err(Reject { source: a.source, id: Some(a.id), error: format!("{n} characters, --max-chars allows {max}") })
        }
        _ => Ok(a),
    }
}

fn one(path: &std::path::Path, options: &ReadOptions) -> Box<dyn Iterator<Item = ReadResult>> {
    let name = path.to_string_lossy().into_owned();
    let fail = |error: String| -> Box<dyn Iterator<Item = ReadResult>> {
        Box::new(std::iter::once(Err(Reject { source: Source { path: name.clone(), line: None }, id: None, error })))
    };
    let opened = match open(path) {
        Ok(o) => o,
        Err(e) => return fail(e.to_string()),
    };
    let format = options.format.unwrap_or(opened.format);
    match format {
        InputFormat::Text => Box::new(std::iter::once(plain::read(opened.bytes, &name))),
        InputFormat::Jsonl => Box::new(jsonl::Lines::new(opened.bytes, name, options.fields.clone())),
        InputFormat::Csv => Box::new(delimited::Rows::new(opened.bytes, name, b',', options.fields.clone())),
        InputFormat::Tsv => Box::new(delimited::Rows::new(opened.bytes, name, b'\t', options.fields.clone())),
    }
}

/// Builds an article of a record's fields; every field that is not used goes to `meta`.
fn article(mut fields: Map<String, Value>, names: &Fields, source: Source) -> ReadResult {
    let mut take = |candidates: &[String]| candidates.iter().find_map(|n| fields.shift_remove(n).map(|v| (n.clone(), v)));
    let id = match take(&names.id) {
        Some((_, Value::String(s))) if !s.is_empty() => Some(s),
        Some((_, Value::Number(n))) => Some(n.to_string()),
        _ => None,
    };
    let reject = |error: String, id: Option<String>| Err(Reject { source: source.clone(), id, error });
    let text = match take(&names.text) {
        Some((_, Value::String(s))) if !s.trim().is_empty() => s,
        Some((n, Value::String(_))) => return reject(format!("the field {n:?} is empty"), id),
        Some((n, _)) => return reject(format!("the field {n:?} is not a string"), id),
        None => return reject(format!("no text: none of the fields {} is there", names.text.join(", ")), id),
    };
    let string = |v: Option<(String, Value)>| match v {
        Some((_, Value::String(s))) if !s.is_empty() => Some(s),
        Some((_, v @ Value::Number(_))) => Some(v.to_string()),
        _ => None,
    };
    let title = string(take(&names.title));
    let date = string(take(&names.date));
    let id = id.unwrap_or_else(|| match source.line {
        Some(l) => format!("{}:{l}", source.path),
        None => source.path.clone(),
    });
    Ok(Article { id, source, title, date, meta: fields, text })
}
