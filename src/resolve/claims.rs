//! Claims: which country or body the article says claims, disputes, controls, administers, recognises or renounces an island.

use super::{EntityIndex, Resolved};
use crate::decode::{Decoded, Place, WordRange};
use crate::models::Manifest;
use crate::segment::Document;

/// A claim over an island.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The island's entity.
    pub island: EntityIndex,
    /// ISO code, or a body's name.
    pub claimant: String,
    /// The claimant's entity, where it is mentioned as one.
    pub claimant_entity: Option<EntityIndex>,
    /// The relation's name.
    pub relation: String,
    /// The sentence of the island's mention and, where it is another, the claimant's.
    pub evidence: Vec<WordRange>,
    /// Probability before calibration.
    pub score: f32,
}

/// Beginnings of words that say which relation it is.
const WORDING: [(&str, &[&str]); 6] = [
    ("claims", &["claim", "sovereignty", "inherent", "integral"]),
    ("disputes", &["disput", "contest"]),
    ("controls", &["control", "ruled", "occup", "seized", "annex", "belongs", "territory", "garrison"]),
    ("administers", &["administ"]),
    ("recognises", &["recogni"]),
    ("renounces", &["renounc", "relinquish", "cede", "hand", "surrender"]),
];

/// The relation that the words from the island to the claimant, and a few on both sides, name, if they name just one.
fn said(d: &Document, words: WordRange) -> Option<&'static str> {
    let (first, last) = (d.sentences[d.sentence_of(words.0)], d.sentences[d.sentence_of(words.1 - 1)]);
    let range = first.0.max(words.0.saturating_sub(6))..last.1.min(words.1 + 6);
    let text: Vec<String> = range.map(|w| d.word(w).to_lowercase()).collect();
    let mut named = WORDING.iter().filter(|(_, starts)| text.iter().any(|w| starts.iter().any(|s| w.starts_with(s))));
    match (named.next(), named.next()) {
        (Some((relation, _)), None) => Some(relation),
        _ => None,
    }
}

pub(super) fn resolve(d: &Document, decoded: &Decoded, places: &[Place], manifest: &Manifest, out: &mut Resolved) {
    let mut claims: Vec<Claim> = Vec::new();
    for l in &decoded.claims {
        if l.score < manifest.decoding.claim_threshold {
            continue;
        }
        let (Some(island), Some(place)) = (out.entity_at(l.from), places.iter().find(|p| p.words == l.to)) else { continue };
        if !out.islands.iter().any(|i| i.entity == island) {
            continue;
        }
        let words = (l.from.0.min(l.to.0), l.from.1.max(l.to.1));
        let relation = said(d, words).map_or_else(|| manifest.claim_relations[l.label].clone(), str::to_string);
        let claim = Claim {
            island,
            claimant: place.country.clone(),
            claimant_entity: out.entity_at(l.to),
            relation,
            evidence: {
                let mut sentences = vec![d.sentences[d.sentence_of(words.0)], d.sentences[d.sentence_of(words.1 - 1)]];
                sentences.dedup();
                sentences
            },
            score: l.score,
        };
        match claims.iter_mut().find(|c| c.island == island && c.claimant == claim.claimant && c.relation == claim.relation) {
            Some(c) if c.score < claim.score => *c = claim,
            Some(_) => {}
            None => claims.push(claim),
        }
    }
    claims.sort_by(|a, b| (a.island, &a.evidence, &a.claimant, &a.relation).cmp(&(b.island, &b.evidence, &b.claimant, &b.relation)));
    out.claims = claims;
}
