//! Whether scores are probabilities, and what a threshold on them would give.

use serde::Serialize;

/// Bins of the reliability table.
const BINS: usize = 10;

/// One row of a reliability table: predictions whose score lies in a tenth of the scale.
#[derive(Clone, Debug, Serialize)]
pub struct Bin {
    /// Scores from here, inclusive.
    pub from: f64,
    /// Scores to here, exclusive but for 1.
    pub to: f64,
    /// Number of predictions.
    pub n: usize,
    /// Mean score.
    pub score: f64,
    /// Part that is right.
    pub right: f64,
}

/// Precision and recall where predictions under a threshold are dropped.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// Least score kept.
    pub threshold: f64,
    /// Predictions kept.
    pub predicted: usize,
    /// Precision, in percent.
    pub p: f64,
    /// Recall, in percent.
    pub r: f64,
    /// F1, in percent.
    pub f1: f64,
}

/// Scores of a layer against what was right.
#[derive(Clone, Debug, Serialize)]
pub struct Calibration {
    /// Predictions with a score.
    pub n: usize,
    /// Expected calibration error: Σ n/N · |score − right| over the bins.
    pub ece: f64,
    /// The reliability table; empty bins are left out.
    pub bins: Vec<Bin>,
    /// By threshold, 0 to 0.95. The pairs are those of all predictions: dropping one never mends another's.
    pub curve: Vec<Point>,
}

/// From (score, right) of every prediction and the number of gold items. `None` where nothing has a score.
pub fn calibration(judged: &[(f64, bool)], gold: usize) -> Option<Calibration> {
    if judged.is_empty() {
        return None;
    }
    let mut sums = [(0usize, 0.0f64, 0usize); BINS];
    for &(score, right) in judged {
        let b = &mut sums[((score * BINS as f64) as usize).min(BINS - 1)];
        b.0 += 1;
        b.1 += score;
        b.2 += usize::from(right);
    }
    let bins: Vec<Bin> = sums
        .iter()
        .enumerate()
        .filter(|(_, b)| b.0 > 0)
        .map(|(i, b)| Bin {
            from: i as f64 / BINS as f64,
            to: (i + 1) as f64 / BINS as f64,
            n: b.0,
            score: b.1 / b.0 as f64,
            right: b.2 as f64 / b.0 as f64,
        })
        .collect();
    let n = judged.len();
    let ece = bins.iter().map(|b| b.n as f64 / n as f64 * (b.score - b.right).abs()).sum();
    let curve = (0..20)
        .map(|i| {
            let threshold = f64::from(i) / 20.0;
            let kept = judged.iter().filter(|x| x.0 >= threshold);
            let (predicted, right) = kept.fold((0, 0), |(n, r), x| (n + 1, r + usize::from(x.1)));
            let part = |a: usize, b: usize| if b > 0 { 100.0 * a as f64 / b as f64 } else { 0.0 };
            Point { threshold, predicted, p: part(right, predicted), r: part(right, gold), f1: part(2 * right, predicted + gold) }
        })
        .collect();
    Some(Calibration { n, ece, bins, curve })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_by_hand() {
        let judged = [(0.95, true), (0.91, true), (0.93, false), (0.25, false), (1.0, true)];
        let c = calibration(&judged, 4).unwrap();
        assert_eq!(c.bins.iter().map(|b| (b.n, b.right)).collect::<Vec<_>>(), [(1, 0.0), (4, 0.75)]);
        // 1/5 · |0.25 − 0| + 4/5 · |0.9475 − 0.75|
        assert!((c.ece - 0.208).abs() < 1e-9, "{}", c.ece);
        let half = &c.curve[10];
        assert_eq!((half.threshold, half.predicted, half.p, half.r, half.f1), (0.5, 4, 75.0, 75.0, 75.0));
        assert!(calibration(&[], 4).is_none());
    }
}
