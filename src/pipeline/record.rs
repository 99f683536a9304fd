//! From what was found to the record that is written.

use std::collections::BTreeMap;

use super::{Annotated, Annotator};
use crate::annotation::*;
use crate::decode::{MentionType, WordRange};
use crate::gazetteer::Gazetteer;
use crate::text::{OffsetUnit, Offsets as Convert};

/// What goes into a record and how.
#[derive(Clone, Debug)]
pub struct RecordOptions {
    /// Unit of all offsets.
    pub offsets: OffsetUnit,
    /// Write the text.
    pub text: bool,
    /// Write the other fields of the input.
    pub meta: bool,
    /// Items below this score are left out.
    pub min_score: f32,
}

impl Default for RecordOptions {
    fn default() -> Self {
        RecordOptions { offsets: OffsetUnit::CodePoints, text: true, meta: true, min_score: 0.0 }
    }
}

struct Builder<'a> {
    a: &'a Annotated,
    convert: Convert<'a>,
    calibration: &'a BTreeMap<String, [f32; 2]>,
}

impl Builder<'_> {
    fn offsets(&self, w: WordRange) -> [u32; 2] {
        self.convert.span(self.a.document.span(w.0, w.1))
    }

    fn text(&self, w: WordRange) -> &str {
        self.a.document.span(w.0, w.1).of(self.a.document.text())
    }

    /// A probability by the model's calibration, with four decimals: more would promise more than there is.
    fn score(&self, kind: &str, raw: f32) -> f64 {
        let raw = f64::from(raw.clamp(1e-4, 1.0 - 1e-4));
        let [scale, shift] = self.calibration.get(kind).copied().unwrap_or([1.0, 0.0]);
        let logit = (raw / (1.0 - raw)).ln() * f64::from(scale) + f64::from(shift);
        (1e4 / (1.0 + (-logit).exp())).round() / 1e4
    }

    fn sentence(&self, w: WordRange) -> [u32; 2] {
        let d = &self.a.document;
        self.offsets((d.sentences[d.sentence_of(w.0)].0, d.sentences[d.sentence_of(w.1 - 1)].1))
    }
}

/// The record of an annotated article.
pub fn record(a: &Annotated, annotator: &Annotator, o: &RecordOptions) -> Record {
    let d = &a.document;
    let r = &a.resolved;
    let b = Builder { a, convert: Convert::new(d.text(), o.offsets), calibration: &annotator.manifest.decoding.calibration };
    let min = f64::from(o.min_score);
    let mut out = Record {
        id: d.article.id.clone(),
        source: SourceRecord { path: d.article.source.path.clone(), line: d.article.source.line },
        title: d.article.title.clone(),
        date: d.article.date.clone(),
        lang: "en".into(),
        meta: o.meta.then(|| d.article.meta.clone()),
        text: o.text.then(|| d.text().to_string()),
        sentences: d.sentence_spans().into_iter().map(|s| b.convert.span(s)).collect(),
        demarche: env!("CARGO_PKG_VERSION").into(),
        model: ModelRecord {
            name: annotator.manifest.name.clone(),
            version: annotator.manifest.version.clone(),
            sha256: annotator.sha256.clone(),
            backend: annotator.backend().into(),
        },
        ..Record::default()
    };
    let entity = |e: usize| format!("e{e}");
    let mention = |m: usize| format!("m{m}");

    // Mentions under the wanted score go, and so do the entities that have no other; ids stay as they are.
    let scores: Vec<f64> = r.mentions.iter().map(|m| b.score("mention", m.score)).collect();
    let keep_entity = |e: usize| r.entities[e].mentions.iter().any(|&m| scores[m] >= min);
    for (i, m) in r.mentions.iter().enumerate().filter(|(i, _)| scores[*i] >= min) {
        let [start, end] = b.offsets(m.words);
        out.mentions.push(MentionRecord {
            id: mention(i),
            start,
            end,
            text: b.text(m.words).into(),
            kind: m.kind.name().into(),
            entity: r.entity_of[i].map(entity),
            score: scores[i],
        });
    }
    for (i, e) in r.entities.iter().enumerate().filter(|(i, _)| keep_entity(*i)) {
        out.entities.push(EntityRecord {
            id: entity(i),
            kind: e.kind.name().into(),
            name: e.name.clone(),
            mentions: e.mentions.iter().filter(|&&m| scores[m] >= min).map(|&m| mention(m)).collect(),
            country: e.country.clone(),
            link: e.link.clone(),
        });
    }
    for &e in r.people.iter().filter(|&&e| keep_entity(e)) {
        out.people.push(PersonRecord {
            entity: entity(e),
            name: r.entities[e].name.clone(),
            mentions: r.entities[e].mentions.iter().filter(|&&m| scores[m] >= min).count(),
            official: r.officials.iter().any(|x| x.entity == e),
        });
    }
    for x in r.officials.iter().filter(|x| keep_entity(x.entity)) {
        let score = b.score("official", x.score);
        if score < min {
            continue;
        }
        out.officials.push(OfficialRecord {
            entity: entity(x.entity),
            name: r.entities[x.entity].name.clone(),
            office: x.office.clone(),
            office_text: b.text(x.evidence[0]).into(),
            body: x.body.clone(),
            country: x.country.clone(),
            status: x.status.clone(),
            evidence: x.evidence.iter().map(|&w| b.offsets(w)).collect(),
            score,
        });
    }
    let g = Gazetteer::get();
    for i in r.islands.iter().filter(|i| keep_entity(i.entity)) {
        let e = &r.entities[i.entity];
        let row = i.row.map(|row| &g.islands[row]);
        out.islands.push(IslandRecord {
            entity: entity(i.entity),
            name: e.name.clone(),
            text: b.text(r.mentions[e.mentions[0]].words).into(),
            aliases: i.aliases.clone(),
            gazetteer: row.map(|r| r.id.clone()),
            kind: row.map(|r| r.kind.clone()),
            lat: row.and_then(|r| r.lat),
            lon: row.and_then(|r| r.lon),
            part_of: row.and_then(|r| r.part_of.clone()),
            controlled_by: row.and_then(|r| r.controller.clone()),
            disputed_by: row.map_or(Vec::new(), |r| r.claimants.iter().filter(|c| Some(*c) != r.controller.as_ref()).cloned().collect()),
        });
    }
    for c in &r.claims {
        let score = b.score("claim", c.score);
        if score < min || !keep_entity(c.island) {
            continue;
        }
        out.claims.push(ClaimRecord {
            island: entity(c.island),
            claimant: c.claimant.clone(),
            claimant_entity: c.claimant_entity.map(entity),
            relation: c.relation.clone(),
            evidence: c.evidence.iter().map(|&w| b.offsets(w)).collect(),
            score,
        });
    }
    relations(&b, &mut out);
    for (i, p) in a.positions.iter().enumerate() {
        let score = b.score("position", p.score);
        if score < min {
            continue;
        }
        let holder = p.holder.map(|w| b.offsets(w));
        out.positions.push(PositionRecord {
            id: format!("p{i}"),
            holder: HolderRecord {
                entity: p.entity.filter(|&e| keep_entity(e)).map(entity),
                start: holder.map(|h| h[0]),
                end: holder.map(|h| h[1]),
                text: p.holder.map(|w| b.text(w).into()),
                name: p.name.clone(),
                kind: p.kind.clone(),
                country: p.country.clone(),
            },
            cue: CueRecord { spans: vec![b.offsets(p.cue)], text: b.text(p.cue).into(), lemma: p.lemma.clone() },
            content: ContentRecord {
                spans: p.contents.iter().map(|&w| b.offsets(w)).collect(),
                text: p.contents.iter().map(|&w| b.text(w)).collect::<Vec<_>>().join(" "),
            },
            quote: p.quote.into(),
            act: p.act.clone(),
            stance: p.stance.into(),
            negated: p.negated,
            targets: p.targets.iter().filter(|&&e| keep_entity(e)).map(|&e| entity(e)).collect(),
            score,
        });
    }
    out
}

/// Relations at entity level, drawn from officials and claims.
fn relations(b: &Builder, out: &mut Record) {
    let r = &b.a.resolved;
    let kept: std::collections::HashSet<String> = out.entities.iter().map(|e| e.id.clone()).collect();
    let country_entity = |iso: &str| {
        r.entities
            .iter()
            .position(|e| matches!(e.kind, MentionType::Gpe | MentionType::Norp | MentionType::Loc) && e.country.as_deref() == Some(iso))
    };
    let mut push = |kind: &str, head: usize, tail: usize, evidence: [u32; 2], score: f64| {
        let (head, tail) = (format!("e{head}"), format!("e{tail}"));
        let known = out.relations.iter().any(|x| x.kind == kind && x.head == head && x.tail == tail);
        if head != tail && !known && kept.contains(&head) && kept.contains(&tail) {
            out.relations.push(RelationRecord { kind: kind.into(), head, tail, evidence: vec![evidence], score });
        }
    };
    for o in &r.officials {
        let score = b.score("official", o.score);
        let evidence = b.sentence(o.evidence[0]);
        if let Some(role) = r.entity_at(o.evidence[0]) {
            push("holds_office", o.entity, role, evidence, score);
        }
        if let Some(tail) = o.country.as_deref().and_then(country_entity) {
            let kind = if o.office.contains("ambassador") { "ambassador_to" } else { "serves" };
            if kind == "serves" {
                push(kind, o.entity, tail, evidence, score);
            }
        }
        if o.office.contains("spokesperson")
            && let Some(tail) = r.entities.iter().position(|e| e.kind == MentionType::Org && o.body.as_deref() == Some(e.name.as_str()))
        {
            push("spokesperson_of", o.entity, tail, evidence, score);
        }
    }
    for c in &r.claims {
        let kind = match c.relation.as_str() {
            "claims" => "claims",
            "disputes" => "disputes",
            "controls" | "administers" => "controls",
            _ => continue,
        };
        if let Some(head) = c.claimant_entity {
            push(kind, head, c.island, b.offsets(c.evidence[0]), b.score("claim", c.score));
        }
    }
}
