//! Whether offsets lie in the text.

use super::LabelError;
use crate::annotation::Offsets;
use crate::evaluate::labels::Labelled;
use crate::evaluate::words::Chars;

/// Checks every span of an article against its text.
pub(super) fn check(a: &Labelled) -> Result<(), LabelError> {
    let length = a.text.as_deref().map(|t| Chars::new(t).len());
    let one = |what: &str, s: &Offsets| {
        if s[0] >= s[1] {
            return Err(LabelError::bad(&a.place, format!("{what}: the span {}:{} is empty", s[0], s[1])));
        }
        match length {
            Some(n) if s[1] > n => {
                Err(LabelError::bad(&a.place, format!("{what}: the span {}:{} ends after the text, which has {n} characters", s[0], s[1])))
            }
            _ => Ok(()),
        }
    };
    let all = |what: &str, spans: &[Offsets]| spans.iter().try_for_each(|s| one(what, s));
    a.mentions.iter().flatten().try_for_each(|m| one("a mention", &m.span))?;
    a.clusters.iter().flatten().try_for_each(|c| all("a cluster", c))?;
    a.people.iter().flatten().try_for_each(|p| all("a person", &p.spans))?;
    a.officials.iter().flatten().try_for_each(|p| all("an official", &p.spans))?;
    a.islands.iter().flatten().try_for_each(|p| all("an island", &p.spans))?;
    a.claims.iter().flatten().try_for_each(|p| all("a claim", &p.spans))?;
    for p in a.positions.iter().flatten() {
        all("a holder", &p.holder)?;
        all("a cue", &p.cue)?;
        all("a content", &p.content)?;
    }
    Ok(())
}

/// Checks a surface form against the text at its offsets; differences of white space alone are none.
pub(super) fn surface(a: &Labelled, chars: Option<&Chars>, what: &str, span: Offsets, want: Option<&str>) -> Result<(), LabelError> {
    let (Some(chars), Some(want)) = (chars, want) else { return Ok(()) };
    match chars.get(span) {
        Some(got) if got == want || got.split_whitespace().eq(want.split_whitespace()) => Ok(()),
        Some(got) => Err(LabelError::bad(
            &a.place,
            format!("{what} at {}:{} reads {got:?} in the text, but {want:?} in the labels", span[0], span[1]),
        )),
        None => Err(LabelError::bad(
            &a.place,
            format!("{what} at {}:{} does not lie in the text of {} characters", span[0], span[1], chars.len()),
        )),
    }
}
