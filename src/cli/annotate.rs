//! `demarche annotate`.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Annotate, Input, Offsets, OutputFormat, Scheme};
use super::digest::Digest;
use crate::pipeline::{Annotated, Annotator, RecordOptions, Workers, annotate_all, record};
use crate::read::{Fields, InputFormat, ReadOptions, Reject, articles, expand};
use crate::text::OffsetUnit;
use crate::write::{CsvFolder, CsvTable, JsonlWriter, RecordWriter, RejectRow, TABLES};

enum Output {
    Records(Box<dyn RecordWriter>),
    Jsonl(JsonlWriter<Box<dyn Write>>),
}

impl Output {
    fn writer(&mut self) -> &mut dyn RecordWriter {
        match self {
            Output::Records(r) => r.as_mut(),
            Output::Jsonl(j) => j,
        }
    }
}

pub(super) fn run(a: &Annotate) -> anyhow::Result<ExitCode> {
    let mut inputs = a.inputs.clone();
    if let Some(list) = &a.files_from {
        let file = File::open(list).with_context(|| format!("--files-from {}", list.display()))?;
        for line in io::BufReader::new(file).lines() {
            let line = line.with_context(|| format!("--files-from {}", list.display()))?;
            if !line.trim().is_empty() {
                inputs.push(line.trim().to_string());
            }
        }
    }
    anyhow::ensure!(!inputs.is_empty(), "no input: name files, folders or patterns, or - for standard input");
    let files = expand(&inputs)?;

    let scheme = match a.scheme {
        Scheme::Demarche => crate::decode::Scheme::Demarche,
        Scheme::Conll03 => crate::decode::Scheme::Conll03,
    };
    let annotator = Arc::new(Annotator::new(&crate::models::load(&a.model)?, scheme)?);
    let threads = a.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let workers = Workers::new(threads)?;

    let mut out = output(a)?;
    let inline = a.rejects.as_deref() == Some("inline");
    anyhow::ensure!(!inline || matches!(out, Output::Jsonl(_)), "--rejects inline needs the jsonl format");
    let mut rejects = RejectFile::new(a);
    let mut digest = a.digest.then(Digest::default);
    let options = RecordOptions {
        offsets: match a.offsets {
            Offsets::Codepoints => OffsetUnit::CodePoints,
            Offsets::Bytes => OffsetUnit::Bytes,
            Offsets::Utf16 => OffsetUnit::Utf16,
        },
        text: !a.no_text,
        meta: !a.no_meta,
        min_score: a.min_score,
    };

    let mut progress = Progress::new(a.quiet);
    let mut stream = articles(files, read_options(a));
    // Rejects in their places promise a flushed line for every line read; from standard input no more is read than the workers
    // take at once; elsewhere a chunk keeps all of them busy.
    let chunk = if inline {
        1
    } else if inputs.iter().any(|i| i == "-") {
        workers.len()
    } else {
        a.batch.max(workers.len())
    };
    loop {
        let batch: Vec<_> = stream.by_ref().take(chunk).collect();
        if batch.is_empty() {
            break;
        }
        let places: Vec<Option<(crate::text::Source, String)>> =
            batch.iter().map(|r| r.as_ref().ok().map(|x| (x.source.clone(), x.id.clone()))).collect();
        let mut errors: Vec<Option<Reject>> = Vec::new();
        let mut good = Vec::new();
        for r in batch {
            match r {
                Ok(article) => {
                    good.push(article);
                    errors.push(None);
                }
                Err(e) => errors.push(Some(e)),
            }
        }
        let mut done = annotate_all(&annotator, &workers, good).into_iter();
        for (error, place) in errors.into_iter().zip(places) {
            let result: Result<Annotated, Reject> = match (error, place) {
                (Some(e), _) => Err(e),
                (None, Some((source, id))) => match done.next() {
                    Some(Ok(x)) => Ok(x),
                    Some(Err(error)) => Err(Reject { source, id: Some(id), error }),
                    None => Err(Reject { source, id: Some(id), error: "internal error: no result".into() }),
                },
                (None, None) => continue,
            };
            match result {
                Ok(x) => {
                    let r = record(&x, &annotator, &options);
                    out.writer().write(&r).with_context(|| written_to(a))?;
                    progress.article(x.document.words.len());
                    if let Some(d) = &mut digest {
                        d.add(&r);
                    }
                }
                Err(e) => {
                    progress.reject();
                    if a.verbose {
                        eprintln!("{}", shown(&e));
                    }
                    match (&mut out, inline) {
                        (Output::Jsonl(j), true) => j.write_value(&RejectRow::from(&e)).with_context(|| written_to(a))?,
                        _ => rejects.write(&e)?,
                    }
                }
            }
        }
    }
    out.writer().finish().with_context(|| written_to(a))?;
    progress.finish();
    if let Some(d) = digest {
        eprint!("{}", d.render());
    }
    if progress.rejected > 0 {
        let place = if inline { "in their places in the output".to_string() } else { format!("in {}", rejects.path.display()) };
        eprintln!("demarche: {} of {} articles rejected; they are {place}", progress.rejected, progress.rejected + progress.articles);
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(r: &Reject) -> String {
    let line = r.source.line.map_or(String::new(), |l| format!(":{l}"));
    format!("{}{line}: {}", r.source.path, r.error)
}

fn written_to(a: &Annotate) -> String {
    a.output.as_ref().map_or("standard output".into(), |p| p.display().to_string())
}

fn read_options(a: &Annotate) -> ReadOptions {
    let mut fields = Fields::default();
    for (name, target) in [
        (&a.id_field, &mut fields.id),
        (&a.text_field, &mut fields.text),
        (&a.title_field, &mut fields.title),
        (&a.date_field, &mut fields.date),
    ] {
        if let Some(n) = name {
            *target = vec![n.clone()];
        }
    }
    let format = a.input_format.map(|f| match f {
        Input::Text => InputFormat::Text,
        Input::Jsonl => InputFormat::Jsonl,
        Input::Csv => InputFormat::Csv,
        Input::Tsv => InputFormat::Tsv,
    });
    ReadOptions { format, fields, max_chars: a.max_chars }
}

fn output(a: &Annotate) -> anyhow::Result<Output> {
    let file = |p: &Path| -> anyhow::Result<Box<dyn Write>> {
        if let Some(dir) = p.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        }
        Ok(Box::new(BufWriter::new(File::create(p).with_context(|| p.display().to_string())?)))
    };
    let sink = || -> anyhow::Result<Box<dyn Write>> {
        match &a.output {
            Some(p) => file(p),
            None => Ok(Box::new(io::stdout())),
        }
    };
    if let Some(table) = &a.table {
        anyhow::ensure!(!matches!(a.format, Some(OutputFormat::Jsonl)), "--table writes csv, not jsonl");
        let name = TABLES.iter().map(|t| t.0).find(|n| n == table).context("no such table")?;
        return Ok(Output::Records(Box::new(CsvTable::new(name, sink()?, a.csv_raw)?)));
    }
    let by_ending = match &a.output {
        Some(p) if p.extension().is_some_and(|e| e == "csv") || p.is_dir() => OutputFormat::Csv,
        _ => OutputFormat::Jsonl,
    };
    match a.format.unwrap_or(by_ending) {
        OutputFormat::Jsonl => Ok(Output::Jsonl(JsonlWriter::new(sink()?))),
        OutputFormat::Csv => {
            let dir = a.output.as_ref().context("csv writes a folder of tables: name it with -o, or choose one with --table")?;
            Ok(Output::Records(Box::new(CsvFolder::create(dir, a.csv_raw).with_context(|| dir.display().to_string())?)))
        }
    }
}

/// The rejects file, made when the first reject comes.
struct RejectFile {
    path: PathBuf,
    out: Option<File>,
}

impl RejectFile {
    fn new(a: &Annotate) -> Self {
        let path = match (&a.rejects, &a.output) {
            (Some(p), _) => p.into(),
            (None, Some(o)) => {
                let mut name = o.as_os_str().to_owned();
                name.push(".rejects.jsonl");
                name.into()
            }
            (None, None) => "demarche.rejects.jsonl".into(),
        };
        RejectFile { path, out: None }
    }

    fn write(&mut self, r: &Reject) -> anyhow::Result<()> {
        let place = self.path.display().to_string();
        if self.out.is_none() {
            self.out = Some(File::create(&self.path).with_context(|| place.clone())?);
        }
        if let Some(f) = &mut self.out {
            let mut line = serde_json::to_vec(&RejectRow::from(r))?;
            line.push(b'\n');
            f.write_all(&line).with_context(|| place)?;
        }
        Ok(())
    }
}

/// Progress on standard error: a bar on a terminal, else a line every 30 seconds.
struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    began: Instant,
    said: Instant,
    articles: u64,
    rejected: u64,
    words: u64,
}

impl Progress {
    fn new(quiet: bool) -> Self {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Progress { bar, quiet, began: now, said: now, articles: 0, rejected: 0, words: 0 }
    }

    fn article(&mut self, words: usize) {
        self.articles += 1;
        self.words += words as u64;
        self.tell();
    }

    fn reject(&mut self) {
        self.rejected += 1;
        self.tell();
    }

    fn line(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(1e-3);
        format!("{} articles, {} words, {:.0} words/s, {} rejected", self.articles, self.words, self.words as f64 / seconds, self.rejected)
    }

    fn tell(&mut self) {
        match &self.bar {
            Some(b) => b.set_message(self.line()),
            None if !self.quiet && self.said.elapsed() > Duration::from_secs(30) => {
                eprintln!("{}", self.line());
                self.said = Instant::now();
            }
            None => {}
        }
    }

    fn finish(&mut self) {
        if let Some(b) = &self.bar {
            b.finish_and_clear();
        }
        if !self.quiet {
            eprintln!("{} in {:.1} s", self.line(), self.began.elapsed().as_secs_f64());
        }
    }
}
