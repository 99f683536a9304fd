//! Mentions: strict, exact, partial and type as SemEval-2013 task 9.1 defines them, on a matching that no order changes.

use super::figures::Row;
use super::labels::Mention;
use super::matching::assign;

/// The four modes' names.
pub const MODES: [&str; 4] = ["strict", "exact", "partial", "type"];

/// SemEval-2013's categories of one mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Categories {
    /// Correct.
    pub correct: usize,
    /// Paired, but wrong.
    pub incorrect: usize,
    /// Paired and overlapping only (mode partial).
    pub partial: usize,
    /// Gold without a partner.
    pub missing: usize,
    /// Predicted without a partner.
    pub spurious: usize,
}

impl Categories {
    /// Adds another article's.
    pub fn add(&mut self, o: Categories) {
        self.correct += o.correct;
        self.incorrect += o.incorrect;
        self.partial += o.partial;
        self.missing += o.missing;
        self.spurious += o.spurious;
    }

    /// What counts as right: a partial pair is half a one.
    pub fn right(&self) -> f64 {
        self.correct as f64 + 0.5 * self.partial as f64
    }
}

/// An overlapping pair.
struct Overlap {
    gold: usize,
    predicted: usize,
    same_span: bool,
    same_type: bool,
    /// Shared characters, for the choice between equals.
    shared: i64,
}

/// All overlapping pairs. Both lists are sorted by start.
fn overlaps(gold: &[&Mention], predicted: &[&Mention]) -> Vec<Overlap> {
    let longest = predicted.iter().map(|p| p.span[1] - p.span[0]).max().unwrap_or(0);
    let mut out = Vec::new();
    for (i, g) in gold.iter().enumerate() {
        let from = predicted.partition_point(|p| p.span[0] + longest <= g.span[0]);
        for (j, p) in predicted.iter().enumerate().skip(from).take_while(|(_, p)| p.span[0] < g.span[1]) {
            if p.span[1] > g.span[0] {
                let shared = p.span[1].min(g.span[1]) - p.span[0].max(g.span[0]);
                out.push(Overlap {
                    gold: i,
                    predicted: j,
                    same_span: p.span == g.span,
                    same_type: p.kind == g.kind,
                    shared: i64::from(shared.min(1000)),
                });
            }
        }
    }
    out
}

/// What one pair is worth: right ones first, then as many pairs as possible, then those that share most.
fn worth(o: &Overlap, mode: usize) -> i64 {
    const RIGHT: i64 = 1_000_000_000_000;
    const PAIR: i64 = 1_000_000;
    let right = match mode {
        0 => 2 * i64::from(o.same_span && o.same_type),
        1 => 2 * i64::from(o.same_span),
        2 => 1 + i64::from(o.same_span),
        _ => 2 * i64::from(o.same_type),
    };
    right * RIGHT + PAIR + 4 * o.shared + 2 * i64::from(o.same_span) + i64::from(o.same_type)
}

/// The categories of each mode.
pub fn categories(gold: &[&Mention], predicted: &[&Mention]) -> [Categories; 4] {
    let found = overlaps(gold, predicted);
    let mut out = [Categories::default(); 4];
    for (mode, c) in out.iter_mut().enumerate() {
        let edges: Vec<(usize, usize, i64)> = found.iter().map(|o| (o.gold, o.predicted, worth(o, mode))).collect();
        let pairs = assign(gold.len(), predicted.len(), &edges);
        c.missing = gold.len() - pairs.len();
        c.spurious = predicted.len() - pairs.len();
        for (g, p) in pairs {
            let (same_span, same_type) = (gold[g].span == predicted[p].span, gold[g].kind == predicted[p].kind);
            let right = [same_span && same_type, same_span, same_span, same_type][mode];
            match (right, mode) {
                (true, _) => c.correct += 1,
                (false, 2) => c.partial += 1,
                (false, _) => c.incorrect += 1,
            }
        }
    }
    out
}

/// An article's rows: every mode over all types and by type.
pub fn rows(gold: &[Mention], predicted: &[Mention], out: &mut Vec<Row>) -> [Categories; 4] {
    let (g, p): (Vec<&Mention>, Vec<&Mention>) = (gold.iter().collect(), predicted.iter().collect());
    let all = categories(&g, &p);
    for (mode, c) in MODES.iter().zip(&all) {
        out.push(Row::prf(format!("mentions.{mode}"), c.right(), p.len(), g.len()));
    }
    let mut kinds: Vec<&str> = gold.iter().chain(predicted).map(|m| m.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of = |list: &[&Mention]| -> Vec<usize> { (0..list.len()).filter(|&i| list[i].kind == kind).collect() };
        let (gi, pi) = (of(&g), of(&p));
        let gk: Vec<&Mention> = gi.iter().map(|&i| g[i]).collect();
        let pk: Vec<&Mention> = pi.iter().map(|&i| p[i]).collect();
        for (mode, c) in MODES.iter().zip(categories(&gk, &pk)) {
            out.push(Row::prf(format!("mentions.{mode}.{kind}"), c.right(), pk.len(), gk.len()));
        }
    }
    all
}

/// Pairs (gold, predicted) with the same span: of the same type first.
pub fn same_spans(gold: &[Mention], predicted: &[Mention]) -> Vec<(usize, usize)> {
    let (g, p): (Vec<&Mention>, Vec<&Mention>) = (gold.iter().collect(), predicted.iter().collect());
    let edges: Vec<(usize, usize, i64)> =
        overlaps(&g, &p).iter().filter(|o| o.same_span).map(|o| (o.gold, o.predicted, 1 + 1000 * i64::from(o.same_type))).collect();
    assign(g.len(), p.len(), &edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(all: &[(u32, u32, &str)]) -> Vec<Mention> {
        all.iter().map(|(s, e, k)| Mention { span: [*s, *e], kind: k.to_string(), ..Mention::default() }).collect()
    }

    type Given<'a> = &'a [(u32, u32, &'a str)];
    /// (correct, incorrect, partial, missing, spurious) of strict, exact, partial, type.
    type Want = [(usize, usize, usize, usize, usize); 4];

    #[test]
    fn semeval_cases_by_hand() {
        let cases: [(&str, Given, Given, Want); 8] = [
            ("right", &[(0, 4, "A")], &[(0, 4, "A")], [(1, 0, 0, 0, 0); 4]),
            ("wrong type", &[(0, 4, "A")], &[(0, 4, "B")], [(0, 1, 0, 0, 0), (1, 0, 0, 0, 0), (1, 0, 0, 0, 0), (0, 1, 0, 0, 0)]),
            ("wrong boundary", &[(0, 4, "A")], &[(2, 6, "A")], [(0, 1, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (1, 0, 0, 0, 0)]),
            ("both wrong", &[(0, 4, "A")], &[(2, 6, "B")], [(0, 1, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 1, 0, 0, 0)]),
            ("touching is no overlap", &[(0, 4, "A")], &[(4, 6, "A")], [(0, 0, 0, 1, 1); 4]),
            ("missed", &[(0, 4, "A")], &[], [(0, 0, 0, 1, 0); 4]),
            ("spurious", &[], &[(0, 4, "A")], [(0, 0, 0, 0, 1); 4]),
            (
                // First come would pair the long prediction with the first gold and leave the exact one without a partner.
                "a long one over two",
                &[(0, 4, "A"), (5, 9, "A")],
                &[(0, 9, "A"), (0, 4, "A")],
                [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0), (1, 0, 1, 0, 0), (2, 0, 0, 0, 0)],
            ),
        ];
        let mut failed = Vec::new();
        for (name, gold, predicted, want) in cases {
            let (g, p) = (list(gold), list(predicted));
            let got = categories(&g.iter().collect::<Vec<_>>(), &p.iter().collect::<Vec<_>>())
                .map(|c| (c.correct, c.incorrect, c.partial, c.missing, c.spurious));
            if got != want {
                failed.push((name, got, want));
            }
        }
        assert!(failed.is_empty(), "{failed:?}");
    }
}
