//! What people and programs read: a table and a JSON object.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde::ser::SerializeMap;

use super::bootstrap::Resampled;
use super::calibration::Calibration;
use super::figures::{Figure, Figures, Stat};
use super::findings::Finding;
use super::mentions::{Categories, MODES};
use super::{LAYERS, Labels, Options};

/// A figure as it is reported; all values in percent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FigureReport {
    /// Right ones (a partial one counts half).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tp: Option<f64>,
    /// False alarms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fp: Option<f64>,
    /// Misses.
    #[serde(rename = "fn", skip_serializing_if = "Option::is_none")]
    pub missed: Option<f64>,
    /// What an accuracy or mean is taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<f64>,
    /// Precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Recall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r: Option<f64>,
    /// F1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// The one value of an accuracy or mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// 95 % interval of `f1` or `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95: Option<[f64; 2]>,
}

/// Percent with four decimals.
fn percent(x: f64) -> f64 {
    (x * 1e6).round() / 1e4
}

impl FigureReport {
    fn new(figure: &Figure) -> Self {
        let (total, value) = (figure.total(), figure.value());
        let mut out = FigureReport { p: value.p.map(percent), r: value.r.map(percent), ..FigureReport::default() };
        match (figure.stat, total.as_slice()) {
            (Stat::Prf, &[right, predicted, gold]) => {
                (out.tp, out.fp, out.missed) = (Some(right), Some(predicted - right), Some(gold - right));
            }
            (Stat::Mean, &[_, n]) => out.n = Some(n),
            _ => {}
        }
        match figure.stat {
            Stat::Mean => out.value = Some(percent(value.main)),
            _ => out.f1 = Some(percent(value.main)),
        }
        out
    }

    /// F1 or the one value, in percent.
    pub fn main(&self) -> f64 {
        self.f1.or(self.value).unwrap_or(0.0)
    }
}

/// One cell of a confusion table that is not empty.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// By gold; `–` for a false alarm.
    pub gold: String,
    /// By the predictions; `–` for a miss.
    pub predicted: String,
    /// How often.
    pub n: usize,
}

/// One article's figures.
#[derive(Clone, Debug, Serialize)]
pub struct ArticleReport {
    /// The article.
    pub id: String,
    /// Its figures.
    pub figures: BTreeMap<String, FigureReport>,
}

impl ArticleReport {
    pub(super) fn new(id: &str, figures: &Figures) -> Self {
        ArticleReport { id: id.to_string(), figures: figures.by_name.iter().map(|(n, f)| (n.clone(), FigureReport::new(f))).collect() }
    }
}

/// What is reported of one set of predictions.
#[derive(Debug, Serialize)]
pub struct System {
    /// The file, or the model.
    pub name: String,
    /// Articles of gold without predictions: all missed.
    pub articles_without_prediction: usize,
    /// Predictions for articles that gold lacks: left out.
    pub predictions_without_gold: usize,
    /// Layers that gold has and no predicted article: not scored.
    pub layers_not_predicted: Vec<&'static str>,
    /// Figures in the order of the layers.
    #[serde(serialize_with = "as_map")]
    pub figures: Vec<(String, FigureReport)>,
    /// SemEval-2013's categories of mentions: strict, exact, partial, type.
    #[serde(serialize_with = "by_mode")]
    pub categories: [Categories; 4],
    /// Confusion tables: mentions with one span, and act, stance and quote of matched positions.
    #[serde(serialize_with = "as_cells")]
    pub confusion: BTreeMap<&'static str, BTreeMap<(String, String), usize>>,
    /// Calibration by layer.
    pub calibration: BTreeMap<&'static str, Calibration>,
    /// Each article's figures, where asked for.
    #[serde(skip)]
    pub articles: Vec<ArticleReport>,
    /// Misses and false alarms, where asked for.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

fn as_map<S: serde::Serializer>(list: &[(String, FigureReport)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(list.iter().map(|(k, v)| (k, v)))
}

fn by_mode<S: serde::Serializer>(c: &[Categories; 4], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(MODES.iter().zip(c))
}

fn as_cells<S: serde::Serializer>(all: &BTreeMap<&'static str, BTreeMap<(String, String), usize>>, s: S) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(Some(all.len()))?;
    for (table, cells) in all {
        let cells: Vec<Cell> = cells.iter().map(|((g, p), n)| Cell { gold: g.clone(), predicted: p.clone(), n: *n }).collect();
        map.serialize_entry(table, &cells)?;
    }
    map.end()
}

impl System {
    pub(super) fn new(name: &str) -> Self {
        System {
            name: name.to_string(),
            articles_without_prediction: 0,
            predictions_without_gold: 0,
            layers_not_predicted: Vec::new(),
            figures: Vec::new(),
            categories: Default::default(),
            confusion: BTreeMap::new(),
            calibration: BTreeMap::new(),
            articles: Vec::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn confuse(&mut self, table: &'static str, gold: String, predicted: String) {
        *self.confusion.entry(table).or_default().entry((gold, predicted)).or_insert(0) += 1;
    }

    /// A figure by name.
    pub fn figure(&self, name: &str) -> Option<&FigureReport> {
        self.figures.iter().find(|(n, _)| n == name).map(|(_, f)| f)
    }
}

/// The second system's figure less the first's.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Which figure.
    pub figure: String,
    /// In percentage points.
    pub difference: f64,
    /// Its 95 % interval by the paired bootstrap.
    pub ci95: [f64; 2],
    /// How likely so great a difference, either way, would be if there were none.
    pub p_value: f64,
}

/// The whole report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Gold's name.
    pub gold: String,
    /// Articles in it.
    pub articles: usize,
    /// Rounds of the bootstrap.
    pub bootstrap: usize,
    /// Its seed.
    pub seed: u64,
    /// One or two.
    pub systems: Vec<System>,
    /// Of two systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// Order of the figures: by layer, then as they are built up.
fn rank(name: &str) -> (usize, usize, String) {
    let layer = name.split('.').next().unwrap_or_default();
    let extra = ["cue", "holder", "content"].iter().position(|l| *l == layer).map(|i| LAYERS.len() + i);
    let first = LAYERS.iter().position(|l| *l == layer).or(extra).unwrap_or(usize::MAX);
    let order = [
        "strict",
        "exact",
        "partial",
        "type",
        "muc",
        "b_cubed",
        "ceaf_e",
        "conll",
        "person_office",
        "person_country",
        "all",
        "island_claimant",
        "begin",
        "jaccard",
        "tokens",
        "overlap_0",
        "f1_0",
    ];
    let second = name.split('.').nth(1).and_then(|p| order.iter().position(|o| *o == p));
    (first, second.map_or(0, |x| x + 1), name.to_string())
}

pub(super) fn assemble(gold: Labels, mut systems: Vec<System>, figures: &[Figures], resampled: &Resampled, options: &Options) -> Report {
    for ((system, figures), intervals) in systems.iter_mut().zip(figures).zip(&resampled.intervals) {
        for (name, figure) in &figures.by_name {
            let mut f = FigureReport::new(figure);
            f.ci95 = intervals.get(name).map(|i| i.map(percent));
            system.figures.push((name.clone(), f));
        }
        system.figures.sort_by_cached_key(|(n, _)| rank(n));
    }
    let mut differences: Vec<Difference> = resampled
        .differences
        .iter()
        .filter_map(|(name, d)| {
            let of = |s: usize| Some(systems.get(s)?.figure(name)?.main());
            Some(Difference { figure: name.clone(), difference: of(1)? - of(0)?, ci95: d.interval.map(percent), p_value: d.p_value })
        })
        .collect();
    differences.sort_by_cached_key(|d| rank(&d.figure));
    Report { gold: gold.name, articles: gold.articles.len(), bootstrap: options.rounds, seed: options.seed, systems, differences }
}

fn count(x: Option<f64>) -> String {
    match x {
        Some(x) if x.fract() == 0.0 => format!("{x:.0}"),
        Some(x) => format!("{x:.1}"),
        None => String::new(),
    }
}

fn value(x: Option<f64>) -> String {
    x.map_or(String::new(), |x| format!("{x:.2}"))
}

fn interval(x: Option<[f64; 2]>) -> String {
    x.map_or(String::new(), |[a, b]| format!("{a:.1}–{b:.1}"))
}

/// Types are shown for the strict mode alone; all is in the JSON.
fn shown(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    !matches!(parts.as_slice(), ["mentions", "exact" | "partial" | "type", _])
}

impl Report {
    /// The table for a terminal; `details` adds confusion, calibration and thresholds.
    pub fn table(&self, details: bool) -> String {
        let mut out = String::new();
        for s in &self.systems {
            let _ = writeln!(out, "{} against {}: {} articles", s.name, self.gold, self.articles);
            if s.articles_without_prediction > 0 {
                let _ = writeln!(out, "  {} of them without predictions: all missed", s.articles_without_prediction);
            }
            if s.predictions_without_gold > 0 {
                let _ = writeln!(out, "  {} predicted articles are not in gold: left out", s.predictions_without_gold);
            }
            if !s.layers_not_predicted.is_empty() {
                let _ = writeln!(out, "  labelled but not predicted, so not scored: {}", s.layers_not_predicted.join(", "));
            }
            let width = s.figures.iter().filter(|f| shown(&f.0)).map(|f| f.0.chars().count()).max().unwrap_or(0).max(6);
            let _ = writeln!(
                out,
                "\n{:width$} {:>7} {:>7} {:>7}  {:<11} {:>8} {:>8} {:>8}",
                "", "P", "R", "F1", "95 %", "right", "false", "missed"
            );
            let mut last = String::new();
            for (name, f) in s.figures.iter().filter(|f| shown(&f.0)) {
                let layer = name.split('.').next().unwrap_or_default();
                if !last.is_empty() && last != layer {
                    out.push('\n');
                }
                last = layer.to_string();
                let (tp, fp, missed) = match f.n {
                    Some(n) => (format!("of {n:.0}"), String::new(), String::new()),
                    None => (count(f.tp), count(f.fp), count(f.missed)),
                };
                let line = format!(
                    "{name:width$} {:>7} {:>7} {:>7.2}  {:<11} {tp:>8} {fp:>8} {missed:>8}",
                    value(f.p),
                    value(f.r),
                    f.main(),
                    interval(f.ci95)
                );
                let _ = writeln!(out, "{}", line.trim_end());
            }
            if details {
                self.details(s, &mut out);
            }
            out.push('\n');
        }
        if let [a, b] = self.systems.as_slice() {
            let _ = writeln!(out, "{} less {}: paired bootstrap over articles, {} rounds", b.name, a.name, self.bootstrap);
            let rows: Vec<&Difference> = self.differences.iter().filter(|d| shown(&d.figure)).collect();
            let width = rows.iter().map(|d| d.figure.chars().count()).max().unwrap_or(0);
            let _ = writeln!(out, "\n{:width$} {:>10}  {:<15} {:>8}", "", "difference", "95 %", "p");
            for d in rows {
                let range = format!("{:+.1} to {:+.1}", d.ci95[0], d.ci95[1]);
                let _ = writeln!(out, "{:width$} {:>+10.2}  {range:<15} {:>8.4}", d.figure, d.difference, d.p_value);
            }
        }
        out
    }

    fn details(&self, s: &System, out: &mut String) {
        if s.categories[0] != Categories::default() {
            let _ = writeln!(out, "\nMentions by SemEval-2013: correct, incorrect, partial, missing, spurious");
            for (mode, c) in MODES.iter().zip(&s.categories) {
                let _ =
                    writeln!(out, "  {mode:<8} {:>7} {:>7} {:>7} {:>7} {:>7}", c.correct, c.incorrect, c.partial, c.missing, c.spurious);
            }
        }
        for (table, cells) in &s.confusion {
            let _ = writeln!(out, "\nConfusion of {table}: rows are gold, columns predicted, – is nothing");
            confusion(cells, out);
        }
        for (layer, c) in &s.calibration {
            let _ = writeln!(out, "\nCalibration of {layer}: {} predictions, expected calibration error {:.4}", c.n, c.ece);
            let _ = writeln!(out, "  {:<9} {:>7} {:>7} {:>7}", "score", "n", "mean", "right");
            for b in &c.bins {
                let _ = writeln!(out, "  {:.1}–{:.1}   {:>7} {:>7.3} {:>7.3}", b.from, b.to, b.n, b.score, b.right);
            }
            let _ = writeln!(out, "  {:<9} {:>7} {:>7} {:>7} {:>7}", "at least", "n", "P", "R", "F1");
            for p in c.curve.iter().filter(|p| p.predicted > 0) {
                let _ = writeln!(out, "  {:<9.2} {:>7} {:>7.2} {:>7.2} {:>7.2}", p.threshold, p.predicted, p.p, p.r, p.f1);
            }
        }
    }
}

fn confusion(cells: &BTreeMap<(String, String), usize>, out: &mut String) {
    let mut labels: Vec<&str> = cells.keys().flat_map(|(g, p)| [g.as_str(), p.as_str()]).collect();
    labels.sort_unstable();
    labels.dedup();
    let width = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let _ = write!(out, "  {:width$}", "");
    for l in &labels {
        let _ = write!(out, " {l:>7}");
    }
    out.push('\n');
    for g in &labels {
        let _ = write!(out, "  {g:width$}");
        for p in &labels {
            let n = cells.get(&(g.to_string(), p.to_string())).copied().unwrap_or(0);
            let w = p.chars().count().max(7);
            let _ = write!(out, " {:>w$}", if n == 0 { "·".to_string() } else { n.to_string() });
        }
        out.push('\n');
    }
}
