//! `demarche evaluate`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;

use super::args::{Evaluate, LabelsFormat, SingletonsArg};
use crate::evaluate::{LabelFormat, Labelled, Labels, Options, Singletons, System, TypeMap, evaluate, of_record, read_labels};
use crate::pipeline::{Annotator, RecordOptions, Workers, annotate_all, record};
use crate::text::{Article, Source};

pub(super) fn run(a: &Evaluate) -> anyhow::Result<ExitCode> {
    let gold = read_labels(&a.gold, a.gold_format.map(format))?;
    let mut predicted = Vec::new();
    for path in &a.predicted {
        predicted.push(Labels::new(path.display().to_string(), read_labels(path, a.pred_format.map(format))?));
    }
    if predicted.is_empty() {
        predicted.push(by_model(a, &gold)?);
    }
    let options = Options {
        types: TypeMap { map: a.map.iter().cloned().collect(), conll03: a.conll03 },
        rounds: a.bootstrap,
        seed: a.seed,
        singletons: match a.singletons {
            SingletonsArg::Auto => Singletons::Auto,
            SingletonsArg::Keep => Singletons::Keep,
            SingletonsArg::Drop => Singletons::Drop,
        },
        findings: a.errors.is_some(),
        articles: a.articles.is_some(),
    };
    let report = evaluate(Labels::new(a.gold.display().to_string(), gold), predicted, &options)?;
    if let Some(path) = &a.errors {
        rows(path, &report.systems, |s| &s.findings)?;
    }
    if let Some(path) = &a.articles {
        rows(path, &report.systems, |s| &s.articles)?;
    }
    let mut out = std::io::stdout();
    if a.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        out.write_all(report.table(a.details).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn format(f: LabelsFormat) -> LabelFormat {
    match f {
        LabelsFormat::Jsonl => LabelFormat::Jsonl,
        LabelsFormat::Conll => LabelFormat::Conll,
        LabelsFormat::Brat => LabelFormat::Brat,
        LabelsFormat::Citron => LabelFormat::Citron,
    }
}

/// A row as it is written: which system's it is, where there are two.
#[derive(Serialize)]
struct OfSystem<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'a str>,
    #[serde(flatten)]
    row: &'a T,
}

/// Writes one JSON object a line.
fn rows<'a, T: Serialize + 'a>(path: &Path, systems: &'a [System], pick: impl Fn(&'a System) -> &'a [T]) -> anyhow::Result<()> {
    let place = || path.display().to_string();
    let mut out = BufWriter::new(File::create(path).with_context(place)?);
    for s in systems {
        for row in pick(s) {
            let system = (systems.len() > 1).then_some(s.name.as_str());
            serde_json::to_writer(&mut out, &OfSystem { system, row })?;
            out.write_all(b"\n").with_context(place)?;
        }
    }
    out.flush().with_context(place)
}

/// Runs the model on gold's text.
fn by_model(a: &Evaluate, gold: &[Labelled]) -> anyhow::Result<Labels> {
    let scheme = if a.conll03 { crate::decode::Scheme::Conll03 } else { crate::decode::Scheme::Demarche };
    let annotator = Arc::new(Annotator::new(&crate::models::load(&a.model)?, scheme)?);
    let threads = a.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let workers = Workers::new(threads)?;
    let options = RecordOptions { meta: false, ..RecordOptions::default() };
    let mut out = Vec::new();
    for batch in gold.chunks(64) {
        let mut articles = Vec::new();
        for g in batch {
            let text = g.text.clone().with_context(|| format!("{}: no text for the model to read", g.place))?;
            let source = Source { path: g.place.path.clone(), line: g.place.line };
            articles.push(Article { id: g.id.clone(), source, text, ..Article::default() });
        }
        for (g, done) in batch.iter().zip(annotate_all(&annotator, &workers, articles)) {
            let annotated = done.map_err(|e| anyhow::anyhow!("{}: {e}", g.place))?;
            out.push(of_record(&record(&annotated, &annotator, &options))?);
        }
    }
    Ok(Labels::new(format!("model {}", a.model), out))
}
