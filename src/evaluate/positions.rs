//! Positions: the whole attribution, what it is said to be, and cue, holder and content each for itself.

use super::ArticleScores;
use super::figures::{Row, Stat};
use super::findings::Item;
use super::items::Outcome;
use super::labels::Position;
use super::matching::match_all;
use super::names;
use super::words::{Chars, Fragment, Words, common, f1, jaccard};
use crate::annotation::Offsets;

/// A position's words.
struct Parts {
    cue: Vec<u32>,
    holder: Vec<u32>,
    content: Vec<u32>,
    name: Option<(String, Vec<String>)>,
}

impl Parts {
    fn of(p: &Position, words: &Words) -> Self {
        let name = p.holder_name.as_ref().filter(|n| !n.is_empty()).map(|n| (names::norm(n), names::person(n)));
        Parts { cue: words.cover(&p.cue), holder: words.cover(&p.holder), content: words.cover(&p.content), name }
    }
}

fn same_name(a: &Parts, b: &Parts) -> bool {
    matches!((&a.name, &b.name), (Some(x), Some(y)) if x.0 == y.0 || names::same_person(&x.1, &y.1))
}

/// Token F1 of two contents; 1 where neither has a word.
fn content_f1(a: &Parts, b: &Parts) -> f64 {
    if a.content.is_empty() && b.content.is_empty() { 1.0 } else { f1(&a.content, &b.content) }
}

/// The whole match: cues overlap, holders overlap or are one entity or are both unnamed by any words, and the contents'
/// token F1 is 0.5 at least; a part that both lack is no difference. The likeness decides between several partners.
fn whole(a: &Parts, b: &Parts) -> Option<f64> {
    let both_empty = |x: &[u32], y: &[u32]| x.is_empty() && y.is_empty();
    if common(&a.cue, &b.cue) == 0 && !both_empty(&a.cue, &b.cue) {
        return None;
    }
    let holder = common(&a.holder, &b.holder) > 0 || both_empty(&a.holder, &b.holder) || same_name(a, b);
    let content = content_f1(a, b);
    (holder && content >= 0.5).then(|| 0.6 * content + 0.2 * jaccard(&a.cue, &b.cue) + 0.2 * jaccard(&a.holder, &b.holder))
}

/// The least overlaps at which an element counts as found.
const OVERLAPS: [f64; 2] = [0.3, 0.8];

/// An element's name, its spans and its words.
type Element = (&'static str, fn(&Position) -> &Vec<Offsets>, fn(&Parts) -> &Vec<u32>);

/// Scores an article's positions.
pub(super) fn score(text: &str, gold: &[Position], predicted: &[Position], out: &mut ArticleScores) {
    let words = Words::new(text);
    let chars = Chars::new(text);
    let parts = |l: &[Position]| -> Vec<Parts> { l.iter().map(|p| Parts::of(p, &words)).collect() };
    let (g, p) = (parts(gold), parts(predicted));
    let pairs = match_all(g.len(), p.len(), |i, j| whole(&g[i], &p[j]));
    out.rows.push(Row::prf("positions", pairs.len() as f64, p.len(), g.len()));
    for &(i, j) in pairs.iter().filter(|(i, _)| gold[*i].attributes) {
        let (a, b) = (&gold[i], &predicted[j]);
        let mut accuracy = |name: &str, right: bool| {
            out.rows.push(Row::new(format!("positions.{name}"), Stat::Mean, [f64::from(u8::from(right)), 1.0]));
        };
        accuracy("quote", a.quote == b.quote);
        accuracy("act", a.act == b.act);
        accuracy("stance", a.stance == b.stance);
        accuracy("negated", a.negated == b.negated);
        accuracy("holder_country", a.holder_country == b.holder_country);
        if matches!(a.holder_kind.as_deref(), Some("official" | "person")) {
            accuracy("holder_name", same_name(&g[i], &p[j]));
        }
        let said = |v: &Option<String>| v.clone().unwrap_or_else(|| "–".into());
        out.confusion.push(("act", said(&a.act), said(&b.act)));
        out.confusion.push(("stance", said(&a.stance), said(&b.stance)));
        out.confusion.push(("quote", said(&a.quote), said(&b.quote)));
    }
    let blank = |s: Offsets| chars.get(s).is_some_and(|t| t.trim().is_empty());
    let elements: [Element; 3] =
        [("cue", |x| &x.cue, |x| &x.cue), ("holder", |x| &x.holder, |x| &x.holder), ("content", |x| &x.content, |x| &x.content)];
    for (name, spans, tokens) in elements {
        let fragments = |l: &[Position]| -> Vec<Fragment> {
            let mut all: Vec<Fragment> = l.iter().flat_map(|p| words.fragments(spans(p), blank)).collect();
            all.sort_unstable();
            all.dedup_by_key(|f| f.span);
            all
        };
        element(name, &fragments(gold), &fragments(predicted), out);
        let union = |l: &[Parts]| -> Vec<u32> {
            let mut all: Vec<u32> = l.iter().flat_map(|p| tokens(p).iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (a, b) = (union(&g), union(&p));
        out.rows.push(Row::prf(format!("{name}.tokens"), common(&a, &b) as f64, b.len(), a.len()));
        let filled = |l: &[Parts]| -> Vec<Vec<u32>> { l.iter().map(|p| tokens(p).clone()).filter(|t| !t.is_empty()).collect() };
        let (a, b) = (filled(&g), filled(&p));
        for least in OVERLAPS {
            let pairs = match_all(a.len(), b.len(), |i, j| {
                let x = if common(&a[i], &b[j]) == 0 { 0.0 } else { jaccard(&a[i], &b[j]) };
                (x >= least).then_some(x)
            });
            out.rows.push(Row::prf(format!("{name}.overlap_{least}"), pairs.len() as f64, b.len(), a.len()));
        }
    }
    // Contents that are all but equal, whoever is said to hold them.
    let nearly = match_all(g.len(), p.len(), |i, j| {
        let x = content_f1(&g[i], &p[j]);
        (x >= 0.9).then_some(x)
    });
    out.rows.push(Row::prf("content.f1_0.9", nearly.len() as f64, p.len(), g.len()));
    let items = |l: &[Position]| {
        l.iter()
            .map(|p| {
                let words = |spans: &[Offsets]| spans.iter().filter_map(|&s| chars.get(s)).collect::<Vec<_>>().join(" … ");
                Item {
                    label: p.act.clone().unwrap_or_default(),
                    text: format!("{} | {} | {}", words(&p.holder), words(&p.cue), words(&p.content)),
                    spans: p.cue.iter().chain(&p.content).copied().collect(),
                    score: p.score,
                }
            })
            .collect()
    };
    out.outcome(|| Outcome { layer: "positions", gold: items(gold), predicted: items(predicted), pairs });
}

/// CofeNet's three figures of an element's spans: exact, begin (the first word alone) and Jaccard.
fn element(name: &str, gold: &[Fragment], predicted: &[Fragment], out: &mut ArticleScores) {
    let spans = |l: &[Fragment]| -> Vec<Offsets> { l.iter().map(|f| f.span).collect() };
    let (g, p) = (spans(gold), spans(predicted));
    let exact = g.iter().filter(|s| p.contains(s)).count();
    out.rows.push(Row::prf(format!("{name}.exact"), exact as f64, p.len(), g.len()));
    let begins = |l: &[Offsets]| -> Vec<u32> {
        let mut all: Vec<u32> = l.iter().map(|s| s[0]).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (gb, pb) = (begins(&g), begins(&p));
    out.rows.push(Row::prf(format!("{name}.begin"), common(&gb, &pb) as f64, pb.len(), gb.len()));
    // Every gold span with its best overlap; every predicted span that overlaps none with 0.
    let overlap = |a: &Fragment, b: &Fragment| -> f64 {
        if a.span == b.span {
            return 1.0;
        }
        let (start, end) = (a.words[0].max(b.words[0]), a.words[1].min(b.words[1]));
        if start >= end {
            return 0.0;
        }
        f64::from(end - start) / f64::from(a.words[1].max(b.words[1]) - a.words[0].min(b.words[0]))
    };
    let best = |one: &Fragment, others: &[Fragment]| others.iter().map(|o| overlap(one, o)).fold(0.0, f64::max);
    let sum: f64 = gold.iter().map(|f| best(f, predicted)).sum();
    let alone = predicted.iter().filter(|f| best(f, gold) == 0.0).count();
    out.rows.push(Row::new(format!("{name}.jaccard"), Stat::Mean, [sum, (gold.len() + alone) as f64]));
}
