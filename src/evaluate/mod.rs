//! The scorer: labels against labels, by the rules of docs/evaluation.md.
//!
//! [`read_labels`] turns any of the formats into [`Labelled`] articles; [`evaluate`] joins gold and predictions by id,
//! scores article by article and adds up; [`Report`] is what people and programs read. Useful for scoring files; running a
//! model on gold's text is [`crate::pipeline`]'s work.

mod bootstrap;
mod calibration;
pub mod convert;
mod coref;
mod figures;
mod findings;
mod items;
mod labels;
mod matching;
mod mentions;
mod names;
mod positions;
mod read;
mod report;
mod words;

use std::collections::{BTreeMap, HashMap};

pub use bootstrap::{Paired, Random};
pub use calibration::{Bin, Calibration, Point};
pub use convert::TagScheme;
pub use coref::Singletons;
pub use figures::{Figure, Figures, Row, Stat, Value};
pub use findings::{Finding, Item};
pub use labels::*;
pub use matching::{assign, match_all};
pub use mentions::Categories;
pub use read::{LabelError, LabelFormat, of_record, read_labels};
pub use report::{ArticleReport, Cell, Difference, FigureReport, Report, System};

use crate::text::Article;
use words::Chars;

/// How labels are scored.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is done to mention types.
    pub types: TypeMap,
    /// Rounds of the bootstrap; 0 for no intervals.
    pub rounds: usize,
    /// Its seed.
    pub seed: u64,
    /// What is done with clusters of one mention.
    pub singletons: Singletons,
    /// Collect each miss and false alarm.
    pub findings: bool,
    /// Collect each article's figures.
    pub articles: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { types: TypeMap::default(), rounds: 1000, seed: 7, singletons: Singletons::Auto, findings: false, articles: false }
    }
}

/// Labels that cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// Gold and predictions speak of different texts.
    #[error("{predicted}: the text of {id:?} differs from gold's ({gold}) at character {at}: offsets would not mean the same")]
    Text {
        /// The article.
        id: String,
        /// Where gold stands.
        gold: Place,
        /// Where the prediction stands.
        predicted: Place,
        /// First character that differs, from 0.
        at: usize,
    },
    /// Positions are scored by words.
    #[error("{0}: positions are labelled, but neither gold nor the predictions hold the article's text")]
    NoText(Place),
    /// Nothing in common.
    #[error("{predicted}: no article has the id of one in {gold}")]
    NoArticle {
        /// Gold's file.
        gold: String,
        /// The predictions' file.
        predicted: String,
    },
}

/// One article's scores.
#[derive(Default)]
pub(crate) struct ArticleScores {
    rows: Vec<Row>,
    /// (Layer, score, right) of every prediction with a score.
    judged: Vec<(&'static str, f64, bool)>,
    /// (Table, gold, predicted).
    confusion: Vec<(&'static str, String, String)>,
    categories: [Categories; 4],
    outcomes: Vec<items::Outcome>,
    want_outcomes: bool,
}

impl ArticleScores {
    /// Takes a layer's outcome.
    fn outcome(&mut self, make: impl FnOnce() -> items::Outcome) {
        let o = make();
        let mut right = vec![false; o.predicted.len()];
        o.pairs.iter().for_each(|p| right[p.1] = true);
        self.judged.extend(o.predicted.iter().zip(right).filter_map(|(p, r)| Some((o.layer, p.score?, r))));
        if self.want_outcomes {
            self.outcomes.push(o);
        }
    }
}

/// The layers, in the order of the report.
pub const LAYERS: [&str; 8] = ["mentions", "coref", "relations", "people", "officials", "islands", "claims", "positions"];

fn has(a: &Labelled, layer: &str) -> bool {
    match layer {
        "mentions" => a.mentions.is_some(),
        "coref" => a.clusters.is_some(),
        "relations" => a.relations.is_some(),
        "people" => a.people.is_some(),
        "officials" => a.officials.is_some(),
        "islands" => a.islands.is_some(),
        "claims" => a.claims.is_some(),
        _ => a.positions.is_some(),
    }
}

/// A file's labels with the name that the report gives them.
#[derive(Debug)]
pub struct Labels {
    /// The file, or the model.
    pub name: String,
    /// Its articles.
    pub articles: Vec<Labelled>,
}

impl Labels {
    /// Articles under a name.
    pub fn new(name: impl Into<String>, articles: Vec<Labelled>) -> Self {
        Labels { name: name.into(), articles }
    }
}

/// Scores one or two sets of predictions against gold. An article without predictions counts as all missed; predictions
/// for articles that gold lacks are left out and counted.
pub fn evaluate(mut gold: Labels, mut predicted: Vec<Labels>, options: &Options) -> Result<Report, EvaluateError> {
    for a in gold.articles.iter_mut().chain(predicted.iter_mut().flat_map(|p| p.articles.iter_mut())) {
        a.canonical(&options.types);
    }
    let keep_singletons = match options.singletons {
        Singletons::Keep => true,
        Singletons::Drop => false,
        Singletons::Auto => gold.articles.iter().flat_map(|a| a.clusters.iter().flatten()).any(|c| c.len() == 1),
    };
    let mut systems = Vec::new();
    let mut all_figures = Vec::new();
    for labels in &predicted {
        let (system, figures) = one_system(&gold, labels, keep_singletons, options)?;
        systems.push(system);
        all_figures.push(figures);
    }
    let resampled = bootstrap::resample(&all_figures.iter().collect::<Vec<_>>(), gold.articles.len(), options.rounds, options.seed);
    Ok(report::assemble(gold, systems, &all_figures, &resampled, options))
}

fn one_system(gold: &Labels, labels: &Labels, keep_singletons: bool, options: &Options) -> Result<(System, Figures), EvaluateError> {
    let by_id: HashMap<&str, &Labelled> = labels.articles.iter().map(|a| (a.id.as_str(), a)).collect();
    let joined = gold.articles.iter().filter(|g| by_id.contains_key(g.id.as_str())).count();
    if joined == 0 {
        return Err(EvaluateError::NoArticle { gold: gold.name.clone(), predicted: labels.name.clone() });
    }
    let mut system = System::new(&labels.name);
    system.articles_without_prediction = gold.articles.len() - joined;
    system.predictions_without_gold = labels.articles.len() - joined;
    let layers: Vec<&str> = LAYERS.into_iter().filter(|l| labels.articles.iter().any(|a| has(a, l))).collect();
    system.layers_not_predicted = LAYERS.into_iter().filter(|l| !layers.contains(l) && gold.articles.iter().any(|a| has(a, l))).collect();
    let mut figures = Figures::default();
    let mut judged: BTreeMap<&'static str, Vec<(f64, bool)>> = BTreeMap::new();
    let none = Labelled::default();
    for (i, g) in (0u32..).zip(&gold.articles) {
        let p = by_id.get(g.id.as_str()).copied().unwrap_or(&none);
        let mut scores = ArticleScores { want_outcomes: options.findings, ..ArticleScores::default() };
        score_article(g, p, &layers, keep_singletons, &mut scores)?;
        for (layer, score, right) in scores.judged {
            judged.entry(layer).or_default().push((score, right));
        }
        for (table, gold, predicted) in scores.confusion {
            system.confuse(table, gold, predicted);
        }
        system.categories.iter_mut().zip(scores.categories).for_each(|(a, b)| a.add(b));
        if options.findings {
            let sentence = sentences(g, p);
            for o in &scores.outcomes {
                system.findings.extend(findings::findings(&g.id, o.layer, &o.gold, &o.predicted, &o.pairs, &sentence));
            }
        }
        if options.articles {
            let mut own = Figures::default();
            own.add(0, scores.rows.clone());
            system.articles.push(ArticleReport::new(&g.id, &own));
        }
        figures.add(i, scores.rows);
    }
    for mode in mentions::MODES {
        figures.add_macro(&format!("mentions.{mode}"));
    }
    for (layer, list) in judged {
        let main = match layer {
            "mentions" => "mentions.strict",
            "officials" => "officials.all",
            "claims" => "claims.all",
            l => l,
        };
        let gold_items = figures.by_name.get(main).map_or(0.0, |f| f.total().last().copied().unwrap_or(0.0));
        if let Some(c) = calibration::calibration(&list, gold_items as usize) {
            system.calibration.insert(layer, c);
        }
    }
    Ok((system, figures))
}

fn same_text(g: &Labelled, p: &Labelled) -> Result<(), EvaluateError> {
    let (Some(a), Some(b)) = (&g.text, &p.text) else { return Ok(()) };
    if a.trim_end() == b.trim_end() {
        return Ok(());
    }
    let at = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    Err(EvaluateError::Text { id: g.id.clone(), gold: g.place.clone(), predicted: p.place.clone(), at })
}

fn score_article(g: &Labelled, p: &Labelled, layers: &[&str], keep_singletons: bool, out: &mut ArticleScores) -> Result<(), EvaluateError> {
    same_text(g, p)?;
    fn both<'a, T>(layer: &str, layers: &[&str], g: &'a Option<Vec<T>>, p: &'a Option<Vec<T>>) -> Option<(&'a [T], &'a [T])> {
        let g = g.as_deref().filter(|_| layers.contains(&layer))?;
        Some((g, p.as_deref().unwrap_or(&[])))
    }
    if let Some((a, b)) = both("mentions", layers, &g.mentions, &p.mentions) {
        out.categories = mentions::rows(a, b, &mut out.rows);
        let same = mentions::same_spans(a, b);
        let mut paired = (vec![false; a.len()], vec![false; b.len()]);
        for &(i, j) in &same {
            paired.0[i] = true;
            paired.1[j] = true;
            out.confusion.push(("mentions", a[i].kind.clone(), b[j].kind.clone()));
        }
        let none = || "–".to_string();
        out.confusion.extend(a.iter().zip(&paired.0).filter(|x| !x.1).map(|(m, _)| ("mentions", m.kind.clone(), none())));
        out.confusion.extend(b.iter().zip(&paired.1).filter(|x| !x.1).map(|(m, _)| ("mentions", none(), m.kind.clone())));
        let pairs: Vec<(usize, usize)> = same.into_iter().filter(|&(i, j)| a[i].kind == b[j].kind).collect();
        let text = g.text.as_deref().or(p.text.as_deref()).unwrap_or_default();
        let chars = out.want_outcomes.then(|| Chars::new(text));
        let items = |l: &[Mention]| -> Vec<Item> {
            l.iter()
                .map(|m| Item {
                    label: if chars.is_some() { m.kind.clone() } else { String::new() },
                    text: chars.as_ref().and_then(|c| c.get(m.span)).unwrap_or_default().to_string(),
                    spans: vec![m.span],
                    score: m.score,
                })
                .collect()
        };
        out.outcome(|| items::Outcome { layer: "mentions", gold: items(a), predicted: items(b), pairs });
    }
    if let Some((a, b)) = both("coref", layers, &g.clusters, &p.clusters) {
        coref::rows(a, b, keep_singletons, &mut out.rows);
    }
    if let Some((a, b)) = both("relations", layers, &g.relations, &p.relations) {
        items::relations(a, b, out);
    }
    if let Some((a, b)) = both("people", layers, &g.people, &p.people) {
        items::people(a, b, out);
    }
    if let Some((a, b)) = both("officials", layers, &g.officials, &p.officials) {
        items::officials(a, b, out);
    }
    if let Some((a, b)) = both("islands", layers, &g.islands, &p.islands) {
        items::islands(a, b, out);
    }
    if let Some((a, b)) = both("claims", layers, &g.claims, &p.claims) {
        items::claims(a, b, out);
    }
    if let Some((a, b)) = both("positions", layers, &g.positions, &p.positions) {
        let text = g.text.as_deref().or(p.text.as_deref());
        match text {
            Some(text) => positions::score(text, a, b, out),
            None if a.is_empty() && b.is_empty() => {}
            None => return Err(EvaluateError::NoText(g.place.clone())),
        }
    }
    Ok(())
}

/// Gives the sentence at an offset: by gold's or the predictions' own sentences, else by the program's.
fn sentences(g: &Labelled, p: &Labelled) -> impl Fn(u32) -> Option<String> {
    let text = g.text.clone().or_else(|| p.text.clone()).unwrap_or_default();
    let mut spans = if g.sentences.is_empty() { p.sentences.clone() } else { g.sentences.clone() };
    if spans.is_empty() && !text.trim().is_empty() {
        let document = crate::segment::Document::new(Article { text: text.clone(), ..Article::default() });
        let offsets = crate::text::Offsets::new(&text, crate::text::OffsetUnit::CodePoints);
        spans = document.sentence_spans().into_iter().map(|s| offsets.span(s)).collect();
    }
    move |at| {
        let span = spans.iter().find(|s| s[0] <= at && at < s[1])?;
        Chars::new(&text).get(*span).map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
