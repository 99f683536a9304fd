//! Writers of labels: what `demarche convert` gives.

use serde_json::{Map, Value, json};

use super::labels::*;
use super::words::Chars;
use crate::annotation::Offsets;
use crate::segment::Document;
use crate::text::{Article, OffsetUnit, Offsets as Units};

/// How CoNLL tags mark where an entity begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagScheme {
    /// I- throughout, B- only between two entities of one type that touch (CoNLL-2003).
    Iob1,
    /// B- begins every entity.
    Iob2,
    /// B- begins, E- ends, S- is an entity of one token.
    Bioes,
}

/// The layers of an article that hold anything.
pub fn layers(a: &Labelled) -> Vec<&'static str> {
    super::LAYERS.into_iter().filter(|l| super::has(a, l)).collect()
}

/// The data sets' and guidelines' form: every layer, offsets in code points.
pub fn jsonl(a: &Labelled) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), json!(a.id));
    if let Some(t) = &a.text {
        out.insert("text".into(), json!(t));
    }
    if !a.sentences.is_empty() {
        out.insert("sentences".into(), json!(a.sentences));
    }
    let mut put = |name: &str, list: Option<Vec<Value>>| {
        if let Some(list) = list {
            out.insert(name.into(), Value::Array(list));
        }
    };
    let mut spans: Vec<Offsets> = a.mentions.iter().flatten().map(|m| m.span).collect();
    let mut entities: Option<Vec<Value>> = a.mentions.as_ref().map(|l| l.iter().map(entity).collect());
    // Clusters and relations hold indices into the entities; a span that is no mention gets an entry of its own.
    let mut index = |s: Offsets| match spans.iter().position(|x| *x == s) {
        Some(i) => i,
        None => {
            spans.push(s);
            entities.get_or_insert_default().push(json!({"start": s[0], "end": s[1], "type": "MISC"}));
            spans.len() - 1
        }
    };
    let coref: Option<Vec<Value>> =
        a.clusters.as_ref().map(|l| l.iter().map(|c| json!(c.iter().map(|&s| index(s)).collect::<Vec<_>>())).collect());
    let relations: Option<Vec<Value>> = a.relations.as_ref().map(|l| {
        l.iter()
            .filter_map(|r| {
                let (head, tail) = (index(*r.head.spans.first()?), index(*r.tail.spans.first()?));
                Some(with_score(json!({"type": r.kind, "head": head, "tail": tail}), r.score))
            })
            .collect()
    });
    put("entities", entities);
    put("coref", coref);
    put("relations", relations);
    put("people", a.people.as_ref().map(|l| l.iter().map(|p| json!({"name": p.name, "spans": p.spans})).collect()));
    put(
        "officials",
        a.officials.as_ref().map(|l| {
            l.iter()
                .map(|o| with_score(json!({"name": o.name, "office": o.office, "country": o.country, "spans": o.spans}), o.score))
                .collect()
        }),
    );
    put(
        "islands",
        a.islands.as_ref().map(|l| {
            l.iter().map(|i| json!({"name": i.names.first(), "aliases": i.names.get(1..).unwrap_or_default(), "spans": i.spans})).collect()
        }),
    );
    put(
        "claims",
        a.claims.as_ref().map(|l| {
            l.iter()
                .map(|c| {
                    let row = json!({"island": c.island.first(), "claimant": c.claimant, "relation": c.relation, "spans": c.spans});
                    with_score(row, c.score)
                })
                .collect()
        }),
    );
    if let Some(list) = &a.positions {
        // Holders of several spans, and positions without act and quote, are the data sets' attributions.
        let full = !list.is_empty() && list.iter().all(|p| p.attributes && p.holder.len() < 2);
        let name = if full { "positions" } else { "attributions" };
        put(name, Some(list.iter().map(|p| if full { position(p) } else { attribution(p) }).collect()));
    }
    Value::Object(out)
}

fn with_score(mut row: Value, score: Option<f64>) -> Value {
    if let (Some(s), Some(fields)) = (score, row.as_object_mut()) {
        fields.insert("score".into(), json!(s));
    }
    row
}

fn entity(m: &Mention) -> Value {
    let mut row = json!({"start": m.span[0], "end": m.span[1], "type": m.kind});
    if let (Some(own), Some(fields)) = (&m.own_kind, row.as_object_mut()) {
        fields.insert("orig_type".into(), json!(own));
    }
    with_score(row, m.score)
}

fn position(p: &Position) -> Value {
    let mut holder = Map::new();
    if let Some([s, e]) = p.holder.first() {
        holder.insert("start".into(), json!(s));
        holder.insert("end".into(), json!(e));
    }
    holder.insert("name".into(), json!(p.holder_name));
    holder.insert("kind".into(), json!(p.holder_kind));
    holder.insert("country".into(), json!(p.holder_country));
    let row = json!({
        "holder": holder, "cue": {"spans": p.cue}, "content": {"spans": p.content}, "quote": p.quote, "act": p.act,
        "stance": p.stance, "negated": p.negated, "targets": p.targets,
    });
    with_score(row, p.score)
}

fn attribution(p: &Position) -> Value {
    with_score(json!({"source": p.holder, "cue": p.cue, "content": p.content}), p.score)
}

/// Prodigy's form: mentions as labelled spans.
pub fn spans(a: &Labelled, text: &str) -> Value {
    let chars = Chars::new(text);
    let list: Vec<Value> = a
        .mentions
        .iter()
        .flatten()
        .map(|m| json!({"start": m.span[0], "end": m.span[1], "label": m.kind, "text": chars.get(m.span)}))
        .collect();
    json!({"id": a.id, "text": text, "spans": list})
}

/// Citron's form: positions as quotes of one cue span each. What a cue of several spans loses is the spans after the first.
pub fn citron(a: &Labelled, text: &str) -> Value {
    let chars = Chars::new(text);
    let span = |s: &Offsets| json!({"start": s[0], "end": s[1], "text": chars.get(*s)});
    let quotes: Vec<Value> = a
        .positions
        .iter()
        .flatten()
        .filter_map(|p| {
            let list = |l: &[Offsets]| l.iter().map(span).collect::<Vec<_>>();
            let row = json!({"cue": span(p.cue.first()?), "sources": list(&p.holder), "contents": list(&p.content)});
            Some(match p.score {
                Some(s) => with_confidence(row, s),
                None => row,
            })
        })
        .collect();
    let mut out = json!({"id": a.id, "text": text, "quotes": quotes});
    if let (Some(clusters), Some(fields)) = (&a.clusters, out.as_object_mut()) {
        let groups: Vec<Vec<Value>> = clusters.iter().map(|c| c.iter().map(span).collect()).collect();
        fields.insert("coreference_groups".into(), json!(groups));
    }
    out
}

fn with_confidence(mut row: Value, score: f64) -> Value {
    if let Some(fields) = row.as_object_mut() {
        fields.insert("confidence".into(), json!(score));
    }
    row
}

/// brat's .ann: mentions, clusters, relations, positions as events. The .txt is the text as it is.
pub fn brat(a: &Labelled, text: &str) -> String {
    use std::fmt::Write;
    let chars = Chars::new(text);
    let mut out = String::new();
    let mut spans: Vec<Offsets> = Vec::new();
    let mut bound = |out: &mut String, kind: &str, fragments: &[Offsets]| {
        spans.push(fragments.first().copied().unwrap_or_default());
        let offsets: Vec<String> = fragments.iter().map(|s| format!("{} {}", s[0], s[1])).collect();
        let words: Vec<String> =
            fragments.iter().filter_map(|&s| chars.get(s)).map(|w| w.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let _ = writeln!(out, "T{}\t{kind} {}\t{}", spans.len(), offsets.join(";"), words.join(" "));
        spans.len()
    };
    let mut ids: Vec<(Offsets, usize)> = Vec::new();
    for m in a.mentions.iter().flatten() {
        ids.push((m.span, bound(&mut out, &m.kind, &[m.span])));
    }
    let mut id_of = |out: &mut String, s: Offsets| match ids.iter().find(|x| x.0 == s) {
        Some(x) => x.1,
        None => {
            let id = bound(out, "MISC", &[s]);
            ids.push((s, id));
            id
        }
    };
    let mut later = String::new();
    for c in a.clusters.iter().flatten().filter(|c| c.len() > 1) {
        let list: Vec<String> = c.iter().map(|&s| format!("T{}", id_of(&mut out, s))).collect();
        let _ = writeln!(later, "*\tEquiv {}", list.join(" "));
    }
    for (i, r) in a.relations.iter().flatten().enumerate() {
        if let (Some(&h), Some(&t)) = (r.head.spans.first(), r.tail.spans.first()) {
            let (h, t) = (id_of(&mut out, h), id_of(&mut out, t));
            let _ = writeln!(later, "R{}\t{} Arg1:T{h} Arg2:T{t}", i + 1, r.kind);
        }
    }
    let mut attribute = 0;
    for (i, p) in a.positions.iter().flatten().filter(|p| !p.cue.is_empty() && !p.content.is_empty()).enumerate() {
        let cue = bound(&mut out, "Cue", &p.cue);
        let content = bound(&mut out, "Content", &p.content);
        let _ = write!(later, "E{}\tAttribution:T{cue} Content:T{content}", i + 1);
        if !p.holder.is_empty() {
            let _ = write!(later, " Holder:T{}", bound(&mut out, "Holder", &p.holder));
        }
        later.push('\n');
        for (name, value) in [("quote", &p.quote), ("act", &p.act), ("stance", &p.stance)] {
            if let Some(v) = value {
                attribute += 1;
                let _ = writeln!(later, "A{attribute}\t{name} E{} {v}", i + 1);
            }
        }
        if p.negated == Some(true) {
            attribute += 1;
            let _ = writeln!(later, "A{attribute}\tNegation E{}", i + 1);
        }
    }
    out + &later
}

/// CoNLL columns of an article, and how many mentions had no place because they overlap a longer one.
///
/// Tokens are the program's words, cut where a mention begins or ends inside one.
pub fn conll(a: &Labelled, text: &str, scheme: TagScheme) -> (String, usize) {
    let document = Document::new(Article { text: text.to_string(), ..Article::default() });
    let units = Units::new(text, OffsetUnit::CodePoints);
    let chars = Chars::new(text);
    let mut mentions: Vec<&Mention> = a.mentions.iter().flatten().collect();
    mentions.sort_by_key(|m| (std::cmp::Reverse(m.span[1] - m.span[0]), m.span, m.kind.clone()));
    let mut kept: Vec<&Mention> = Vec::new();
    let mut dropped = 0;
    for m in mentions {
        if kept.iter().any(|k| k.span[0] < m.span[1] && m.span[0] < k.span[1]) {
            dropped += 1;
        } else {
            kept.push(m);
        }
    }
    kept.sort_by_key(|m| m.span);
    let cuts: Vec<u32> = kept.iter().flat_map(|m| m.span).collect();
    let owner = |t: &Offsets| kept.iter().position(|m| m.span[0] <= t[0] && t[1] <= m.span[1]);
    // (Token, the mention that it is part of, a sentence begins here).
    let mut tokens: Vec<(Offsets, Option<usize>, bool)> = Vec::new();
    for &(from, to) in &document.sentences {
        let mut first = true;
        for &w in &document.words[from..to] {
            let [mut start, end] = units.span(w);
            let mut inside: Vec<u32> = cuts.iter().copied().filter(|c| start < *c && *c < end).collect();
            inside.sort_unstable();
            inside.dedup();
            for cut in inside.into_iter().chain([end]) {
                let own = owner(&[start, cut]);
                // A sentence does not end inside a mention.
                let goes_on = own.is_some() && tokens.last().is_some_and(|t| t.1 == own);
                tokens.push(([start, cut], own, first && !goes_on));
                first = false;
                start = cut;
            }
        }
    }
    let mut out = String::from("-DOCSTART- O\n\n");
    for (i, (span, own, first)) in tokens.iter().enumerate() {
        if *first && i > 0 {
            out.push('\n');
        }
        let word = chars.get(*span).unwrap_or_default();
        let Some(m) = *own else {
            out.push_str(&format!("{word} O\n"));
            continue;
        };
        let before = if *first { None } else { i.checked_sub(1).and_then(|b| tokens[b].1) };
        let after = tokens.get(i + 1).filter(|t| !t.2).and_then(|t| t.1);
        let (begins, ends) = (before != Some(m), after != Some(m));
        let touches = begins && before.is_some_and(|b| kept[b].kind == kept[m].kind);
        let prefix = match (scheme, begins, ends) {
            (TagScheme::Iob1, ..) if touches => 'B',
            (TagScheme::Iob1, ..) => 'I',
            (TagScheme::Iob2 | TagScheme::Bioes, true, false) | (TagScheme::Iob2, true, true) => 'B',
            (TagScheme::Bioes, true, true) => 'S',
            (TagScheme::Bioes, false, true) => 'E',
            (TagScheme::Iob2 | TagScheme::Bioes, false, _) => 'I',
        };
        out.push_str(&format!("{word} {prefix}-{}\n", kept[m].kind));
    }
    out.push('\n');
    (out, dropped)
}
