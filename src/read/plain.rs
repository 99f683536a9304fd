//! A file that is one article.

use std::io::{BufRead, Read};

use super::{Fields, ReadResult, Reject, article};
use crate::text::Source;

pub(super) fn read(mut bytes: Box<dyn BufRead>, path: &str) -> ReadResult {
    let source = Source { path: path.into(), line: None };
    let reject = |error: String| Err(Reject { source: source.clone(), id: Some(path.into()), error });
    let mut raw = Vec::new();
    if let Err(e) = bytes.read_to_end(&mut raw) {
        return reject(e.to_string());
    }
    let text = match String::from_utf8(raw) {
        Ok(t) => t,
        Err(e) => return reject(format!("not UTF-8 at byte {}", e.utf8_error().valid_up_to())),
    };
    let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
    if text.contains('\0') {
        return reject("not text: it holds zero bytes".into());
    }
    let mut fields = serde_json::Map::new();
    fields.insert("text".into(), text.into());
    article(fields, &Fields { text: vec!["text".into()], ..Fields::default() }, source).map_err(|mut r| {
        r.id = Some(path.into());
        if r.error.contains("is empty") {
            r.error = "the file is empty".into();
        }
        r
    })
}
