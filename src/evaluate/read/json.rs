//! JSON and JSONL: records, the guidelines' form, the data sets' form, Prodigy, doccano, Citron. Which it is, the fields say.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::LabelError;
use super::check::surface;
use crate::annotation::Offsets;
use crate::evaluate::labels::*;
use crate::evaluate::names;
use crate::evaluate::words::Chars;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(alias = "doc_id", alias = "story_id", alias = "guid")]
    id: Option<Value>,
    #[serde(alias = "data")]
    text: Option<String>,
    sentences: Vec<Offsets>,
    mentions: Option<Vec<RawMention>>,
    entities: Option<Vec<RawEntity>>,
    relations: Option<Vec<RawRelation>>,
    coref: Option<Vec<Vec<usize>>>,
    people: Option<Vec<RawPerson>>,
    officials: Option<Vec<RawOfficial>>,
    islands: Option<Vec<RawIsland>>,
    claims: Option<Vec<RawClaim>>,
    positions: Option<Vec<RawPosition>>,
    attributions: Option<Vec<RawAttribution>>,
    spans: Option<Vec<RawSpan>>,
    #[serde(alias = "labels")]
    label: Option<Vec<(u32, u32, String)>>,
    quotes: Option<Vec<RawQuote>>,
    coreference_groups: Option<Vec<Vec<RawSpan>>>,
}

#[derive(Deserialize)]
struct RawMention {
    #[serde(default)]
    id: Option<String>,
    start: u32,
    end: u32,
    #[serde(default)]
    text: Option<String>,
    #[serde(rename = "type", alias = "label")]
    kind: String,
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    score: Option<f64>,
}

/// An entity of a record (id, name, mentions) or of a data set or doccano (a typed span).
#[derive(Deserialize)]
struct RawEntity {
    #[serde(default)]
    id: Option<Value>,
    #[serde(alias = "start_offset", default)]
    start: Option<u32>,
    #[serde(alias = "end_offset", default)]
    end: Option<u32>,
    #[serde(rename = "type", alias = "label", default)]
    kind: Option<String>,
    #[serde(default)]
    orig_type: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawRelation {
    #[serde(rename = "type", alias = "label")]
    kind: String,
    #[serde(alias = "from_id")]
    head: Value,
    #[serde(alias = "to_id")]
    tail: Value,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawPerson {
    name: String,
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    spans: Vec<Offsets>,
}

#[derive(Deserialize)]
struct RawOfficial {
    name: String,
    #[serde(default)]
    office: Option<String>,
    #[serde(default)]
    country: Option<String>,
    #[serde(alias = "evidence", default)]
    spans: Vec<Offsets>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawIsland {
    name: String,
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    spans: Vec<Offsets>,
}

#[derive(Deserialize)]
struct RawClaim {
    island: String,
    claimant: String,
    relation: String,
    #[serde(alias = "evidence", default)]
    spans: Vec<Offsets>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawHolder {
    start: Option<u32>,
    end: Option<u32>,
    text: Option<String>,
    name: Option<String>,
    kind: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct RawSpans {
    spans: Vec<Offsets>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct RawPosition {
    #[serde(default)]
    holder: Option<RawHolder>,
    cue: RawSpans,
    content: RawSpans,
    #[serde(default)]
    quote: Option<String>,
    #[serde(default)]
    act: Option<String>,
    #[serde(default)]
    stance: Option<String>,
    #[serde(default)]
    negated: Option<bool>,
    #[serde(default)]
    targets: Vec<String>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawAttribution {
    #[serde(default)]
    source: Vec<Offsets>,
    #[serde(default)]
    cue: Vec<Offsets>,
    #[serde(default)]
    content: Vec<Offsets>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawSpan {
    #[serde(alias = "start_offset")]
    start: u32,
    #[serde(alias = "end_offset")]
    end: u32,
    #[serde(alias = "type", default)]
    label: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct RawQuote {
    cue: RawSpan,
    #[serde(default)]
    sources: Vec<RawSpan>,
    #[serde(default)]
    contents: Vec<RawSpan>,
    #[serde(alias = "score", default)]
    confidence: Option<f64>,
}

/// Reads a whole file: an object a line, one object, or an array of objects.
pub(super) fn read(content: &str, path: &str) -> Result<Vec<Labelled>, LabelError> {
    let trimmed = content.trim_start();
    let whole = trimmed.starts_with('[')
        || trimmed.lines().next().is_some_and(|l| serde::de::IgnoredAny::deserialize(&mut serde_json::Deserializer::from_str(l)).is_err());
    if whole {
        // Lines stand for nothing here; the error says where in the file it is.
        let place = Place { path: path.into(), line: None };
        let fail = |e: serde_json::Error| LabelError::bad(&Place { line: Some(e.line() as u64), ..place.clone() }, e.to_string());
        let all: Vec<Raw> = if trimmed.starts_with('[') {
            serde_json::from_str(content).map_err(fail)?
        } else {
            // One object over several lines, or JSONL whose first line is broken: the parser's message tells which.
            vec![serde_json::from_str(content).map_err(fail)?]
        };
        return all.into_iter().map(|raw| build(raw, place.clone())).collect();
    }
    content
        .lines()
        .zip(1u64..)
        .filter(|(l, _)| !l.trim().is_empty())
        .map(|(l, n)| line(l, Place { path: path.into(), line: Some(n) }))
        .collect()
}

/// Reads one object.
pub(super) fn line(json: &str, place: Place) -> Result<Labelled, LabelError> {
    let raw = serde_json::from_str(json).map_err(|e| LabelError::bad(&place, format!("not a labelled article: {e}")))?;
    build(raw, place)
}

fn build(mut raw: Raw, place: Place) -> Result<Labelled, LabelError> {
    let mut a = Labelled { place, sentences: std::mem::take(&mut raw.sentences), text: raw.text.take(), ..Labelled::default() };
    a.id = match raw.id.take() {
        Some(Value::String(s)) => s,
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let text = a.text.clone();
    let chars = text.as_deref().map(Chars::new);
    let chars = chars.as_ref();
    mentions(&mut a, &raw, chars)?;
    entities(&mut a, &raw);
    let entity_spans: HashMap<String, Vec<Offsets>> = spans_by_entity(&raw);
    let of_entity = |e: &Option<String>| e.as_ref().and_then(|e| entity_spans.get(e)).cloned().unwrap_or_default();
    a.people = raw.people.map(|list| {
        list.into_iter().map(|p| Person { spans: if p.spans.is_empty() { of_entity(&p.entity) } else { p.spans }, name: p.name }).collect()
    });
    a.officials = raw.officials.map(|list| {
        list.into_iter()
            .map(|o| Official { name: o.name, office: o.office.unwrap_or_default(), country: o.country, spans: o.spans, score: o.score })
            .collect()
    });
    let mut by_entity: HashMap<String, Vec<String>> = HashMap::new();
    let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
    if let Some(list) = raw.islands {
        let mut out = Vec::new();
        for i in list {
            let all: Vec<String> = std::iter::once(i.name.clone()).chain(i.text).chain(i.aliases).collect();
            if let Some(e) = &i.entity {
                by_entity.insert(e.clone(), all.clone());
            }
            by_name.entry(i.name).or_insert_with(|| all.clone());
            out.push(Island { names: all, spans: if i.spans.is_empty() { of_entity(&i.entity) } else { i.spans } });
        }
        a.islands = Some(out);
    }
    let island = |key: &str| by_entity.get(key).or_else(|| by_name.get(key)).cloned().unwrap_or_else(|| vec![key.to_string()]);
    a.claims = raw.claims.map(|list| {
        list.into_iter()
            .map(|c| Claim { island: island(&c.island), claimant: c.claimant, relation: c.relation, spans: c.spans, score: c.score })
            .collect()
    });
    if let Some(list) = raw.positions {
        let mut out = Vec::new();
        for p in list {
            let h = p.holder.unwrap_or_default();
            let holder: Vec<Offsets> = h.start.zip(h.end).map(|(s, e)| [s, e]).into_iter().collect();
            if let Some(&s) = holder.first() {
                surface(&a, chars, "the holder", s, h.text.as_deref())?;
            }
            if let [s] = p.cue.spans.as_slice() {
                surface(&a, chars, "the cue", *s, p.cue.text.as_deref())?;
            }
            if let [s] = p.content.spans.as_slice() {
                surface(&a, chars, "the content", *s, p.content.text.as_deref())?;
            }
            out.push(Position {
                holder,
                holder_name: h.name,
                holder_kind: h.kind,
                holder_country: h.country,
                cue: p.cue.spans,
                content: p.content.spans,
                attributes: p.quote.is_some() || p.act.is_some() || p.stance.is_some(),
                quote: p.quote,
                act: p.act,
                stance: p.stance,
                negated: p.negated,
                targets: p.targets.iter().map(|t| island(t).swap_remove(0)).collect(),
                score: p.score,
            });
        }
        a.positions = Some(out);
    } else if let Some(list) = raw.attributions {
        a.positions = Some(
            list.into_iter()
                .map(|x| Position { holder: x.source, cue: x.cue, content: x.content, score: x.score, ..Position::default() })
                .collect(),
        );
    } else if let Some(list) = raw.quotes {
        let mut out = Vec::new();
        for q in list {
            for s in std::iter::once(&q.cue).chain(&q.sources).chain(&q.contents) {
                surface(&a, chars, "a span", [s.start, s.end], s.text.as_deref())?;
            }
            let spans = |list: &[RawSpan]| list.iter().map(|s| [s.start, s.end]).collect();
            out.push(Position {
                cue: vec![[q.cue.start, q.cue.end]],
                holder: spans(&q.sources),
                content: spans(&q.contents),
                score: q.confidence,
                ..Position::default()
            });
        }
        a.positions = Some(out);
    }
    if let Some(groups) = raw.coreference_groups {
        a.clusters = Some(groups.iter().map(|g| g.iter().map(|s| [s.start, s.end]).collect()).collect());
    }
    Ok(a)
}

fn mentions(a: &mut Labelled, raw: &Raw, chars: Option<&Chars>) -> Result<(), LabelError> {
    let mut out = Vec::new();
    if let Some(list) = &raw.mentions {
        for m in list {
            surface(a, chars, "the mention", [m.start, m.end], m.text.as_deref())?;
            out.push(Mention { span: [m.start, m.end], kind: m.kind.clone(), own_kind: None, score: m.score });
        }
    } else if let Some(list) = &raw.entities {
        for e in list {
            let (Some(start), Some(end), Some(kind)) = (e.start, e.end, &e.kind) else {
                return Err(LabelError::bad(&a.place, "an entity without start, end and type, and no mentions beside it"));
            };
            surface(a, chars, "the entity", [start, end], e.text.as_deref())?;
            out.push(Mention { span: [start, end], kind: kind.clone(), own_kind: e.orig_type.clone(), score: e.score });
        }
    } else if let Some(list) = &raw.spans {
        for s in list {
            surface(a, chars, "the span", [s.start, s.end], s.text.as_deref())?;
            out.push(Mention { span: [s.start, s.end], kind: s.label.clone().unwrap_or_default(), own_kind: None, score: s.score });
        }
    } else if let Some(list) = &raw.label {
        out.extend(list.iter().map(|(s, e, kind)| Mention { span: [*s, *e], kind: kind.clone(), own_kind: None, score: None }));
    } else {
        return Ok(());
    }
    a.mentions = Some(out);
    Ok(())
}

fn spans_by_entity(raw: &Raw) -> HashMap<String, Vec<Offsets>> {
    let mut out: HashMap<String, Vec<Offsets>> = HashMap::new();
    for m in raw.mentions.iter().flatten() {
        if let Some(e) = &m.entity {
            out.entry(e.clone()).or_default().push([m.start, m.end]);
        }
    }
    out
}

/// Coreference and relations.
fn entities(a: &mut Labelled, raw: &Raw) {
    let name_at = |a: &Labelled, s: Offsets| a.text.as_deref().and_then(|t| Chars::new(t).get(s).map(names::norm));
    let mut refs: HashMap<String, EntityRef> = HashMap::new();
    if raw.mentions.is_some() {
        let spans = spans_by_entity(raw);
        if !spans.is_empty() || raw.entities.is_some() {
            let mut clusters: Vec<Vec<Offsets>> = spans.values().cloned().collect();
            clusters.sort();
            a.clusters = Some(clusters);
        }
        for m in raw.mentions.iter().flatten() {
            if let Some(id) = &m.id {
                refs.insert(
                    id.clone(),
                    EntityRef { spans: vec![[m.start, m.end]], names: m.text.iter().map(|t| names::norm(t)).collect() },
                );
            }
        }
        for e in raw.entities.iter().flatten() {
            if let Some(Value::String(id)) = &e.id {
                let names = e.name.iter().map(|n| names::norm(n)).collect();
                refs.insert(id.clone(), EntityRef { spans: spans.get(id).cloned().unwrap_or_default(), names });
            }
        }
    } else if let Some(list) = &raw.entities {
        let span = |i: usize| list.get(i).and_then(|e| e.start.zip(e.end)).map(|(s, e)| [s, e]);
        if let Some(coref) = &raw.coref {
            a.clusters = Some(coref.iter().map(|c| c.iter().filter_map(|&i| span(i)).collect()).collect());
        }
        if raw.relations.is_some() {
            let mut cluster_of: HashMap<usize, usize> = HashMap::new();
            for (c, members) in raw.coref.iter().flatten().enumerate() {
                cluster_of.extend(members.iter().map(|&m| (m, c)));
            }
            for (i, e) in list.iter().enumerate() {
                let members: Vec<usize> = match cluster_of.get(&i).and_then(|&c| raw.coref.as_ref().and_then(|l| l.get(c))) {
                    Some(list) => list.clone(),
                    None => vec![i],
                };
                let spans: Vec<Offsets> = members.iter().filter_map(|&m| span(m)).collect();
                let names = spans.iter().filter_map(|&s| name_at(a, s)).collect();
                let key = match &e.id {
                    Some(Value::String(s)) => s.clone(),
                    Some(Value::Number(n)) => n.to_string(),
                    _ => i.to_string(),
                };
                refs.insert(key, EntityRef { spans, names });
            }
        }
    }
    a.relations = raw.relations.as_ref().map(|list| {
        let end = |v: &Value| {
            let key = match v {
                Value::String(s) => s.clone(),
                v => v.to_string(),
            };
            refs.get(&key).cloned().unwrap_or_else(|| EntityRef { spans: Vec::new(), names: vec![names::norm(&key)] })
        };
        list.iter().map(|r| Relation { kind: r.kind.clone(), head: end(&r.head), tail: end(&r.tail), score: r.score }).collect()
    });
}
