//! Figures: counts by article, from which every score and every interval comes.

use std::collections::BTreeMap;

/// How a figure's counts become a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// Counts: right, predicted, gold. Precision = right / predicted, recall = right / gold, F1 their harmonic mean.
    Prf,
    /// Counts: sum, number. Their quotient: an accuracy or a mean.
    Mean,
    /// Counts: precision's numerator and denominator, recall's numerator and denominator.
    Fraction,
    /// Three times the counts of [`Stat::Fraction`]: the mean of three F1.
    Average,
    /// Any number of times the counts of [`Stat::Prf`]: means over those with a gold or predicted item.
    Macro,
}

/// A figure's value: parts of 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Value {
    /// Precision, where there is one.
    pub p: Option<f64>,
    /// Recall, where there is one.
    pub r: Option<f64>,
    /// F1, or the one value that the figure has.
    pub main: f64,
}

fn part(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

fn harmonic(p: f64, r: f64) -> f64 {
    part(2.0 * p * r, p + r)
}

impl Stat {
    /// The value of summed counts.
    pub fn value(self, counts: &[f64]) -> Value {
        match (self, counts) {
            (Stat::Prf, &[right, predicted, gold]) => prf(part(right, predicted), part(right, gold)),
            (Stat::Fraction, &[pn, pd, rn, rd]) => prf(part(pn, pd), part(rn, rd)),
            (Stat::Mean, &[sum, n]) => Value { p: None, r: None, main: part(sum, n) },
            (Stat::Average, c) => {
                let all: Vec<Value> = c.chunks(4).map(|c| Stat::Fraction.value(c)).collect();
                mean(&all, false)
            }
            (Stat::Macro, c) => {
                let all: Vec<Value> = c.chunks(3).filter(|c| c[1] + c[2] > 0.0).map(|c| Stat::Prf.value(c)).collect();
                mean(&all, true)
            }
            _ => Value::default(),
        }
    }
}

fn prf(p: f64, r: f64) -> Value {
    Value { p: Some(p), r: Some(r), main: harmonic(p, r) }
}

fn mean(all: &[Value], with_parts: bool) -> Value {
    let n = all.len() as f64;
    let of = |f: fn(&Value) -> f64| part(all.iter().map(f).sum(), n);
    Value { p: with_parts.then(|| of(|v| v.p.unwrap_or(0.0))), r: with_parts.then(|| of(|v| v.r.unwrap_or(0.0))), main: of(|v| v.main) }
}

/// A figure with its counts in every article where they are not all 0.
#[derive(Clone, Debug)]
pub struct Figure {
    /// How it is computed.
    pub stat: Stat,
    width: usize,
    articles: Vec<u32>,
    counts: Vec<f64>,
}

impl Figure {
    fn new(stat: Stat, width: usize) -> Self {
        Figure { stat, width, articles: Vec::new(), counts: Vec::new() }
    }

    /// Sums of the counts, each article as often as `weight` says.
    pub fn sums(&self, weight: impl Fn(u32) -> f64) -> Vec<f64> {
        let mut out = vec![0.0; self.width];
        for (&a, row) in self.articles.iter().zip(self.counts.chunks(self.width)) {
            let w = weight(a);
            if w > 0.0 {
                out.iter_mut().zip(row).for_each(|(o, x)| *o += w * x);
            }
        }
        out
    }

    /// Sums over all articles.
    pub fn total(&self) -> Vec<f64> {
        self.sums(|_| 1.0)
    }

    /// The value over all articles.
    pub fn value(&self) -> Value {
        self.stat.value(&self.total())
    }

    /// (Article, counts) of every article with counts.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[f64])> {
        self.articles.iter().copied().zip(self.counts.chunks(self.width))
    }
}

/// One article's counts of one figure.
#[derive(Clone, Debug)]
pub struct Row {
    /// The figure's name, parts joined by dots.
    pub name: String,
    /// Its kind.
    pub stat: Stat,
    /// Its counts.
    pub counts: Vec<f64>,
}

impl Row {
    /// A row.
    pub fn new(name: impl Into<String>, stat: Stat, counts: impl Into<Vec<f64>>) -> Self {
        Row { name: name.into(), stat, counts: counts.into() }
    }

    /// A row of [`Stat::Prf`].
    pub fn prf(name: impl Into<String>, right: f64, predicted: usize, gold: usize) -> Self {
        Row::new(name, Stat::Prf, [right, predicted as f64, gold as f64])
    }
}

/// All figures of one system, by name.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Name to figure.
    pub by_name: BTreeMap<String, Figure>,
}

impl Figures {
    /// Adds an article's rows. A figure that is named twice in one article adds up.
    pub fn add(&mut self, article: u32, rows: Vec<Row>) {
        for row in rows {
            let figure = self.by_name.entry(row.name).or_insert_with(|| Figure::new(row.stat, row.counts.len()));
            if row.counts.iter().all(|&x| x == 0.0) || row.counts.len() != figure.width {
                continue;
            }
            if figure.articles.last() == Some(&article) {
                let at = figure.counts.len() - figure.width;
                figure.counts[at..].iter_mut().zip(&row.counts).for_each(|(a, b)| *a += b);
            } else {
                figure.articles.push(article);
                figure.counts.extend(&row.counts);
            }
        }
    }

    /// Adds `NAME.macro` over all figures named `NAME.…`.
    pub fn add_macro(&mut self, name: &str) {
        let prefix = format!("{name}.");
        let parts: Vec<&Figure> = self.by_name.iter().filter(|(n, _)| n.starts_with(&prefix)).map(|(_, f)| f).collect();
        if parts.is_empty() {
            return;
        }
        let mut rows: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (i, f) in parts.iter().enumerate() {
            for (article, counts) in f.rows() {
                rows.entry(article).or_insert_with(|| vec![0.0; 3 * parts.len()])[3 * i..3 * i + 3].copy_from_slice(counts);
            }
        }
        let mut out = Figure::new(Stat::Macro, 3 * parts.len());
        for (article, counts) in rows {
            out.articles.push(article);
            out.counts.extend(counts);
        }
        self.by_name.insert(format!("{prefix}macro"), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let f1 = |s: Stat, c: &[f64]| (s.value(c).main * 1e4).round() / 1e4;
        assert_eq!(f1(Stat::Prf, &[2.0, 4.0, 3.0]), 0.5714);
        assert_eq!(f1(Stat::Prf, &[0.0, 0.0, 0.0]), 0.0);
        assert_eq!(f1(Stat::Mean, &[1.5, 3.0]), 0.5);
        assert_eq!(f1(Stat::Macro, &[1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), 0.5, "a type that is nowhere does not count");
        assert_eq!(f1(Stat::Average, &[1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 2.0, 1.0, 2.0]), 0.5);
    }
}
