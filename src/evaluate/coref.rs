//! Coreference: MUC (Vilain et al. 1995), B³ (Bagga and Baldwin 1998), CEAF_e (Luo 2005) and their mean, as the reference
//! scorer of CoNLL-2012 counts them.

use std::collections::{BTreeMap, HashMap};

use super::figures::{Row, Stat};
use super::matching::assign;
use crate::annotation::Offsets;

/// What is done with clusters of one mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Singletons {
    /// Kept where GOLD has any, else dropped on both sides.
    #[default]
    Auto,
    /// Kept.
    Keep,
    /// Dropped on both sides, as OntoNotes and CoNLL-2012 have none.
    Drop,
}

type Clusters = [Vec<Offsets>];

fn index(clusters: &Clusters) -> HashMap<Offsets, usize> {
    clusters.iter().enumerate().flat_map(|(i, c)| c.iter().map(move |&m| (m, i))).collect()
}

/// How often each cluster of the other side occurs in a cluster; in an order that does not change from run to run.
fn parts(cluster: &[Offsets], other: &HashMap<Offsets, usize>) -> BTreeMap<usize, usize> {
    let mut out = BTreeMap::new();
    for m in cluster {
        if let Some(&c) = other.get(m) {
            *out.entry(c).or_insert(0) += 1;
        }
    }
    out
}

/// Links kept: a cluster of n mentions has n - 1; each part it falls into, and each mention the other side lacks, costs one.
fn muc(clusters: &Clusters, other: &HashMap<Offsets, usize>) -> (f64, f64) {
    let (mut kept, mut all) = (0, 0);
    for c in clusters {
        let parts = parts(c, other);
        all += c.len() - 1;
        kept += parts.values().sum::<usize>() - parts.len();
    }
    (kept as f64, all as f64)
}

fn b_cubed(clusters: &Clusters, other: &HashMap<Offsets, usize>) -> (f64, f64) {
    let (mut sum, mut mentions) = (0.0, 0);
    for c in clusters {
        sum += parts(c, other).values().map(|n| n * n).sum::<usize>() as f64 / c.len() as f64;
        mentions += c.len();
    }
    (sum, mentions as f64)
}

/// Greatest total of φ₄ = 2 |a ∩ b| / (|a| + |b|) over a one-to-one alignment of clusters.
fn ceaf_e(gold: &Clusters, predicted: &Clusters) -> f64 {
    let other = index(predicted);
    let mut phi = HashMap::new();
    let mut edges = Vec::new();
    for (i, c) in gold.iter().enumerate() {
        for (j, n) in parts(c, &other) {
            let x = 2.0 * n as f64 / (c.len() + predicted[j].len()) as f64;
            phi.insert((i, j), x);
            edges.push((i, j, (x * 1e12).round() as i64));
        }
    }
    assign(gold.len(), predicted.len(), &edges).iter().map(|p| phi.get(p).copied().unwrap_or(0.0)).sum()
}

/// An article's rows.
pub(super) fn rows(gold: &Clusters, predicted: &Clusters, keep_singletons: bool, out: &mut Vec<Row>) {
    let pick = |l: &Clusters| -> Vec<Vec<Offsets>> { l.iter().filter(|c| keep_singletons || c.len() > 1).cloned().collect() };
    let (g, p) = (pick(gold), pick(predicted));
    let (in_gold, in_predicted) = (index(&g), index(&p));
    let mut all = Vec::new();
    let mut add = |name: &str, precision: (f64, f64), recall: (f64, f64)| {
        let counts = [precision.0, precision.1, recall.0, recall.1];
        all.extend(counts);
        out.push(Row::new(format!("coref.{name}"), Stat::Fraction, counts));
    };
    add("muc", muc(&p, &in_gold), muc(&g, &in_predicted));
    add("b_cubed", b_cubed(&p, &in_gold), b_cubed(&g, &in_predicted));
    let similarity = ceaf_e(&g, &p);
    add("ceaf_e", (similarity, p.len() as f64), (similarity, g.len() as f64));
    out.push(Row::new("coref.conll", Stat::Average, all));
}
