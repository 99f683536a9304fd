//! brat standoff: T (text-bound), R (relations), * Equiv (coreference), E (events) and A/M (attributes).
//!
//! An event with an argument Content is an attribution: its trigger is the cue, Holder, Source or Speaker its holder; the
//! attributes quote, act, stance and negated (or Negation) on it are its own. Triggers and contents of events are no mentions,
//! nor are spans of the types Holder, Source and Speaker.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::LabelError;
use super::check::surface;
use crate::annotation::Offsets;
use crate::evaluate::labels::*;
use crate::evaluate::names;
use crate::evaluate::words::Chars;

struct TextBound {
    kind: String,
    spans: Vec<Offsets>,
    words: String,
}

impl TextBound {
    /// From the first fragment's start to the last's end.
    fn hull(&self) -> Offsets {
        [self.spans.iter().map(|s| s[0]).min().unwrap_or(0), self.spans.iter().map(|s| s[1]).max().unwrap_or(0)]
    }
}

/// Reads `path` (.ann) and the .txt beside it.
pub(super) fn read(path: &Path) -> Result<Labelled, LabelError> {
    let file = |p: &Path| std::fs::read_to_string(p).map_err(|source| LabelError::Io { path: p.display().to_string(), source });
    let text = file(&path.with_extension("txt"))?;
    parse(&text, &file(path)?, &path.to_string_lossy())
}

fn parse(text: &str, ann: &str, path: &str) -> Result<Labelled, LabelError> {
    let chars = Chars::new(text);
    let mut a = Labelled { place: Place { path: path.into(), line: None }, text: Some(text.to_string()), ..Labelled::default() };
    let mut bound: HashMap<String, TextBound> = HashMap::new();
    let mut order = Vec::new();
    let (mut relations, mut equivalents, mut events, mut attributes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (line, n) in ann.lines().zip(1u64..) {
        let place = Place { path: path.into(), line: Some(n) };
        let bad = |what: &str| LabelError::bad(&place, format!("{what}: {line:?}"));
        let fields: Vec<&str> = line.split('\t').collect();
        let id = fields[0];
        match id.chars().next() {
            Some('T') => {
                let [_, what, words, ..] = fields.as_slice() else { return Err(bad("not id, type with offsets, text, parted by tabs")) };
                let (kind, offsets) = what.split_once(' ').ok_or_else(|| bad("no offsets"))?;
                let mut spans = Vec::new();
                for pair in offsets.split(';') {
                    let span = pair.trim().split_once(' ').and_then(|(s, e)| Some([s.parse().ok()?, e.parse().ok()?]));
                    spans.push(span.ok_or_else(|| bad("offsets that are no numbers"))?);
                }
                if let [one] = spans.as_slice() {
                    surface(&Labelled { place: place.clone(), ..Labelled::default() }, Some(&chars), "the span", *one, Some(words))?;
                }
                if spans.iter().any(|&s| chars.get(s).is_none()) {
                    return Err(bad("offsets outside the text"));
                }
                order.push(id.to_string());
                bound.insert(id.to_string(), TextBound { kind: kind.to_string(), spans, words: words.to_string() });
            }
            Some('R') => relations.push((place, fields.get(1).copied().unwrap_or_default().to_string())),
            Some('*') => equivalents.push((place, fields.get(1).copied().unwrap_or_default().to_string())),
            Some('E') => events.push((place, id.to_string(), fields.get(1).copied().unwrap_or_default().to_string())),
            Some('A' | 'M') => attributes.push(fields.get(1).copied().unwrap_or_default().to_string()),
            Some('N' | '#') | None => {}
            _ => return Err(bad("a line that is no annotation")),
        }
    }
    let get = |place: &Place, id: &str| bound.get(id).ok_or_else(|| LabelError::bad(place, format!("{id} is not in the file")));
    let mut of_events = HashSet::new();
    let mut positions = Vec::new();
    let mut position_of: HashMap<String, usize> = HashMap::new();
    for (place, id, what) in &events {
        let mut parts = what.split(' ').filter_map(|p| p.split_once(':'));
        let Some((_, trigger)) = parts.next() else { return Err(LabelError::bad(place, "an event without a trigger")) };
        let mut p = Position { cue: get(place, trigger)?.spans.clone(), ..Position::default() };
        let mut used = vec![trigger.to_string()];
        for (role, target) in parts {
            let role = role.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
            let list = match role.as_str() {
                "holder" | "source" | "speaker" => &mut p.holder,
                "content" => &mut p.content,
                _ => continue,
            };
            list.extend(&get(place, target)?.spans);
            // A person that is a holder stays a mention; a span that is only there to be one does not.
            let own = ["holder", "source", "speaker", "content"].contains(&get(place, target)?.kind.to_lowercase().as_str());
            if own || role == "content" {
                used.push(target.to_string());
            }
        }
        if !p.content.is_empty() {
            position_of.insert(id.clone(), positions.len());
            positions.push(p);
            of_events.extend(used);
        }
    }
    for what in &attributes {
        let parts: Vec<&str> = what.split(' ').collect();
        let [name, target, value @ ..] = parts.as_slice() else { continue };
        let Some(&i) = position_of.get(*target) else { continue };
        let p: &mut Position = &mut positions[i];
        let value = value.first().map(|v| v.to_string());
        match name.to_lowercase().as_str() {
            "quote" => p.quote = value,
            "act" => p.act = value,
            "stance" => p.stance = value,
            "negated" | "negation" => p.negated = Some(value.as_deref() != Some("false")),
            _ => continue,
        }
        p.attributes = true;
    }
    for p in positions.iter_mut().filter(|p| p.attributes) {
        p.negated.get_or_insert(false);
    }
    let mut clusters = Vec::new();
    for (place, what) in &equivalents {
        let mut cluster = Vec::new();
        for id in what.split(' ').skip(1) {
            cluster.push(get(place, id)?.hull());
        }
        clusters.push(cluster);
    }
    let mut found = Vec::new();
    for (place, what) in &relations {
        let parts: Vec<&str> = what.split(' ').collect();
        let [kind, head, tail, ..] = parts.as_slice() else { return Err(LabelError::bad(place, "a relation without two arguments")) };
        let end = |arg: &str| {
            let t = get(place, arg.split_once(':').map_or(arg, |x| x.1))?;
            let hull = t.hull();
            let spans = clusters.iter().find(|c| c.contains(&hull)).cloned().unwrap_or_else(|| vec![hull]);
            Ok::<_, LabelError>(EntityRef { spans, names: vec![names::norm(&t.words)] })
        };
        found.push(Relation { kind: kind.to_string(), head: end(head)?, tail: end(tail)?, score: None });
    }
    let mention = |id: &String| bound.get(id).map(|t| Mention { span: t.hull(), kind: t.kind.clone(), ..Mention::default() });
    a.mentions = Some(order.iter().filter(|id| !of_events.contains(*id)).filter_map(mention).collect());
    a.positions = (!events.is_empty()).then_some(positions);
    a.clusters = (!equivalents.is_empty()).then_some(clusters);
    a.relations = (!relations.is_empty()).then_some(found);
    Ok(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_lines() {
        let text = "Zoë Abe said \"no\" to Fiji. She left.\n";
        let ann = "T1\tPERSON 0 7\tZoë Abe\nT2\tCue 8 12\tsaid\nT3\tContent 13 17;18 25\t\"no\" to Fiji\nT4\tISLAND 21 25\tFiji\nT5\tPRONOUN 27 30\tShe\n\
                   E1\tAttribution:T2 Content:T3 Holder:T1\nA1\tact E1 reject\nA2\tNegation E1\nR1\tvisits Arg1:T5 Arg2:T4\n*\tEquiv T1 T5\n#1\tAnnotatorNotes T1\thm\n";
        let a = parse(text, ann, "f.ann").unwrap();
        let p = &a.positions.as_ref().unwrap()[0];
        assert_eq!(
            (p.cue.as_slice(), p.content.as_slice(), p.holder.as_slice()),
            (&[[8, 12]][..], &[[13, 17], [18, 25]][..], &[[0, 7]][..])
        );
        assert_eq!((p.act.as_deref(), p.negated), (Some("reject"), Some(true)));
        assert_eq!(a.clusters.as_ref().unwrap(), &[vec![[0, 7], [27, 30]]]);
        assert_eq!(a.relations.as_ref().unwrap()[0].head.spans, [[0, 7], [27, 30]]);
        let e = parse(text, "T1\tPERSON 0 7\tZoe Abe\n", "f.ann").unwrap_err().to_string();
        assert_eq!(e, "f.ann:1: the span at 0:7 reads \"Zoë Abe\" in the text, but \"Zoe Abe\" in the labels");
    }
}
