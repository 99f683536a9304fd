//! People, officials, islands, claims and relations: sets of things in an article, matched one to one.

use std::collections::{BTreeSet, HashSet};

use super::ArticleScores;
use super::figures::Row;
use super::findings::Item;
use super::labels::*;
use super::matching::match_all;
use super::names;

/// A layer's items and which are paired, for errors and calibration.
pub(super) struct Outcome {
    pub layer: &'static str,
    pub gold: Vec<Item>,
    pub predicted: Vec<Item>,
    pub pairs: Vec<(usize, usize)>,
}

fn alike(same: bool, equal: bool) -> Option<f64> {
    same.then_some(if equal { 1.0 } else { 0.5 })
}

/// People by name.
pub(super) fn people(gold: &[Person], predicted: &[Person], out: &mut ArticleScores) {
    let words = |l: &[Person]| -> Vec<Vec<String>> { l.iter().map(|p| names::person(&p.name)).collect() };
    let (g, p) = (words(gold), words(predicted));
    let pairs = match_all(g.len(), p.len(), |i, j| alike(names::same_person(&g[i], &p[j]), g[i] == p[j]));
    out.rows.push(Row::prf("people", pairs.len() as f64, p.len(), g.len()));
    let items =
        |l: &[Person]| l.iter().map(|p| Item { label: String::new(), text: p.name.clone(), spans: p.spans.clone(), score: None }).collect();
    out.outcome(|| Outcome { layer: "people", gold: items(gold), predicted: items(predicted), pairs });
}

struct OfficialKey {
    person: Vec<String>,
    office: BTreeSet<String>,
    country: Option<String>,
}

/// Officials in three pairings: person and office, person and country, all three.
pub(super) fn officials(gold: &[Official], predicted: &[Official], out: &mut ArticleScores) {
    // What a pairing does not look at must not count twice.
    fn unique<K: std::hash::Hash + Eq>(list: &[Official], key: impl Fn(&Official) -> K) -> Vec<&Official> {
        let mut seen = HashSet::new();
        list.iter().filter(|o| seen.insert(key(o))).collect()
    }
    let keys = |l: &[&Official]| -> Vec<OfficialKey> {
        l.iter()
            .map(|o| OfficialKey { person: names::person(&o.name), office: names::office(&o.office), country: o.country.clone() })
            .collect()
    };
    let (name, office) = (|o: &Official| names::norm(&o.name), |o: &Official| names::norm(&o.office));
    let mut pairing = |figure: &str, gold: &[&Official], predicted: &[&Official], with_office: bool, with_country: bool| {
        let (g, p) = (keys(gold), keys(predicted));
        let pairs = match_all(g.len(), p.len(), |i, j| {
            let same = names::same_person(&g[i].person, &p[j].person)
                && (!with_office || !g[i].office.is_empty() && g[i].office == p[j].office)
                && (!with_country || g[i].country == p[j].country);
            alike(same, g[i].person == p[j].person)
        });
        out.rows.push(Row::prf(format!("officials.{figure}"), pairs.len() as f64, p.len(), g.len()));
        pairs
    };
    let by_office = |l| unique(l, |o| (name(o), office(o)));
    pairing("person_office", &by_office(gold), &by_office(predicted), true, false);
    let by_country = |l| unique(l, |o| (name(o), o.country.clone()));
    pairing("person_country", &by_country(gold), &by_country(predicted), false, true);
    let by_all = |l| unique(l, |o| (name(o), office(o), o.country.clone()));
    let (g, p) = (by_all(gold), by_all(predicted));
    let pairs = pairing("all", &g, &p, true, true);
    let items = |l: &[&Official]| {
        l.iter()
            .map(|o| Item {
                label: format!("{} ({})", o.office, o.country.as_deref().unwrap_or("–")),
                text: o.name.clone(),
                spans: o.spans.clone(),
                score: o.score,
            })
            .collect()
    };
    out.outcome(|| Outcome { layer: "officials", gold: items(&g), predicted: items(&p), pairs });
}

fn island_keys(names_: &[String]) -> BTreeSet<String> {
    names_.iter().map(|n| names::island(n)).filter(|k| !k.is_empty()).collect()
}

fn share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    a.intersection(b).next().is_some()
}

fn first(names_: &[String]) -> String {
    names_.first().cloned().unwrap_or_default()
}

/// Islands by any of their names.
pub(super) fn islands(gold: &[Island], predicted: &[Island], out: &mut ArticleScores) {
    let keys = |l: &[Island]| -> Vec<BTreeSet<String>> { l.iter().map(|i| island_keys(&i.names)).collect() };
    let (g, p) = (keys(gold), keys(predicted));
    let pairs = match_all(g.len(), p.len(), |i, j| alike(share(&g[i], &p[j]), g[i] == p[j]));
    out.rows.push(Row::prf("islands", pairs.len() as f64, p.len(), g.len()));
    let items = |l: &[Island]| {
        l.iter().map(|i| Item { label: String::new(), text: first(&i.names), spans: i.spans.clone(), score: None }).collect()
    };
    out.outcome(|| Outcome { layer: "islands", gold: items(gold), predicted: items(predicted), pairs });
}

/// Claims: island and claimant, and with the relation.
pub(super) fn claims(gold: &[Claim], predicted: &[Claim], out: &mut ArticleScores) {
    let keys = |l: &[Claim]| -> Vec<BTreeSet<String>> { l.iter().map(|c| island_keys(&c.island)).collect() };
    let (g, p) = (keys(gold), keys(predicted));
    let mut pairing = |figure: &str, with_relation: bool| {
        let pairs = match_all(g.len(), p.len(), |i, j| {
            let relation = gold[i].relation == predicted[j].relation;
            alike(share(&g[i], &p[j]) && gold[i].claimant == predicted[j].claimant && (relation || !with_relation), relation)
        });
        out.rows.push(Row::prf(format!("claims.{figure}"), pairs.len() as f64, p.len(), g.len()));
        pairs
    };
    pairing("island_claimant", false);
    let pairs = pairing("all", true);
    let items = |l: &[Claim]| {
        l.iter()
            .map(|c| Item {
                label: format!("{} {}", c.claimant, c.relation),
                text: first(&c.island),
                spans: c.spans.clone(),
                score: c.score,
            })
            .collect()
    };
    out.outcome(|| Outcome { layer: "claims", gold: items(gold), predicted: items(predicted), pairs });
}

/// Relations (head, type, tail) between entities, all and by type.
pub(super) fn relations(gold: &[Relation], predicted: &[Relation], out: &mut ArticleScores) {
    // The data sets label relations between mentions: between the same entities they are one.
    let unique = |l: &[Relation]| -> Vec<Relation> {
        let mut kept: Vec<Relation> = Vec::new();
        for r in l {
            if !kept
                .iter()
                .any(|k| k.kind == r.kind && k.head.spans == r.head.spans && k.tail.spans == r.tail.spans && !k.head.spans.is_empty())
            {
                kept.push(r.clone());
            }
        }
        kept
    };
    let (g, p) = (unique(gold), unique(predicted));
    let pairs = match_all(g.len(), p.len(), |i, j| {
        alike(g[i].kind == p[j].kind && g[i].head.same(&p[j].head) && g[i].tail.same(&p[j].tail), g[i].head.spans == p[j].head.spans)
    });
    out.rows.push(Row::prf("relations", pairs.len() as f64, p.len(), g.len()));
    let kinds: BTreeSet<&str> = g.iter().chain(&p).map(|r| r.kind.as_str()).collect();
    for kind in kinds {
        let count = |l: &[Relation]| l.iter().filter(|r| r.kind == kind).count();
        let right = pairs.iter().filter(|(i, _)| g[*i].kind == kind).count();
        out.rows.push(Row::prf(format!("relations.{kind}"), right as f64, count(&p), count(&g)));
    }
    let items = |l: &[Relation]| {
        l.iter()
            .map(|r| Item {
                label: r.kind.clone(),
                text: format!("{} → {}", first(&r.head.names), first(&r.tail.names)),
                spans: r.head.spans.iter().chain(&r.tail.spans).copied().collect(),
                score: r.score,
            })
            .collect()
    };
    out.outcome(|| Outcome { layer: "relations", gold: items(&g), predicted: items(&p), pairs });
}
