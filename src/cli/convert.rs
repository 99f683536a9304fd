//! `demarche convert`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::args::{Convert, LabelsTo, Tags};
use super::evaluate::format;
use crate::evaluate::{Labelled, TagScheme, convert, read_labels};

pub(super) fn run(a: &Convert) -> anyhow::Result<ExitCode> {
    let articles = read_labels(&a.input, a.from.map(format))?;
    let held: &[&str] = match a.to {
        LabelsTo::Jsonl => &["mentions", "coref", "relations", "people", "officials", "islands", "claims", "positions"],
        LabelsTo::Spans | LabelsTo::Conll => &["mentions"],
        LabelsTo::Brat => &["mentions", "coref", "relations", "positions"],
        LabelsTo::Citron => &["coref", "positions"],
    };
    let lost: BTreeSet<&str> = articles.iter().flat_map(convert::layers).filter(|l| !held.contains(l)).collect();
    let dropped = match a.to {
        LabelsTo::Brat | LabelsTo::Citron => {
            let dir = a.output.as_ref().context("this format is a folder of files: name it with -o")?;
            to_folder(a, &articles, dir)?;
            0
        }
        _ => to_file(a, &articles)?,
    };
    if !lost.is_empty() {
        eprintln!("demarche: the format does not hold {}: left out", lost.into_iter().collect::<Vec<_>>().join(", "));
    }
    if dropped > 0 {
        eprintln!("demarche: {dropped} mentions inside or across longer ones: left out");
    }
    Ok(ExitCode::SUCCESS)
}

fn text(a: &Labelled) -> anyhow::Result<&str> {
    a.text.as_deref().with_context(|| format!("{}: no text", a.place))
}

/// Writes everything to one file or standard output; gives the number of mentions that had no place.
fn to_file(a: &Convert, articles: &[Labelled]) -> anyhow::Result<usize> {
    let place = || a.output.as_ref().map_or("standard output".into(), |p| p.display().to_string());
    let mut out: Box<dyn Write> = match &a.output {
        Some(p) => Box::new(BufWriter::new(File::create(p).with_context(place)?)),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let tags = match a.tags {
        Tags::Iob1 => TagScheme::Iob1,
        Tags::Iob2 => TagScheme::Iob2,
        Tags::Bioes => TagScheme::Bioes,
    };
    let mut dropped = 0;
    for article in articles {
        match a.to {
            LabelsTo::Conll => {
                let (rows, n) = convert::conll(article, text(article)?, tags);
                dropped += n;
                out.write_all(rows.as_bytes()).with_context(place)?;
            }
            LabelsTo::Spans => writeln!(out, "{}", convert::spans(article, text(article)?)).with_context(place)?,
            _ => writeln!(out, "{}", convert::jsonl(article)).with_context(place)?,
        }
    }
    out.flush().with_context(place)?;
    Ok(dropped)
}

/// Writes one or two files an article, named by its id.
fn to_folder(a: &Convert, articles: &[Labelled], dir: &Path) -> anyhow::Result<()> {
    let mut names = BTreeSet::new();
    for article in articles {
        // An id may hold what a file's name may not.
        let name: String = article.id.chars().map(|c| if c.is_alphanumeric() || "-_.#".contains(c) { c } else { '_' }).collect();
        anyhow::ensure!(names.insert(name.clone()), "{}: two ids give the file name {name:?}", article.place);
        let file = |ending: &str, content: &str| -> anyhow::Result<()> {
            let path: PathBuf = dir.join(format!("{name}.{ending}"));
            std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&path, content)).with_context(|| path.display().to_string())
        };
        let text = text(article)?;
        if matches!(a.to, LabelsTo::Brat) {
            file("txt", text)?;
            file("ann", &convert::brat(article, text))?;
        } else {
            file("json", &format!("{:#}\n", convert::citron(article, text)))?;
        }
    }
    Ok(())
}
