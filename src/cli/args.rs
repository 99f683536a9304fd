//! Arguments.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(
    name = "demarche",
    version,
    about = "Reads news archives and writes down people, officials, islands with their claimants, and who said what",
    max_term_width = 110
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Articles in, records out (the main job)
    Annotate(Box<Annotate>),
    /// Score records, another tool's output, or a model run on GOLD's text, against labelled samples
    Evaluate(Box<Evaluate>),
    /// Labelled articles or records from one format of labels into another
    Convert(Convert),
    /// List, show and verify models
    Models(Models),
    /// Print the record's JSON Schema
    Schema,
}

#[derive(ClapArgs)]
pub(super) struct Annotate {
    /// Files, folders (recursive), globs, or - for standard input: plain text, JSONL, CSV, TSV, each also .gz or .zst
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Read more inputs from FILE, one a line
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Where to write: a file for jsonl or one table, a folder for csv [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Output format [default: by PATH's ending, else jsonl]
    #[arg(long, value_enum)]
    pub format: Option<OutputFormat>,
    /// Write one table only, as CSV, to one file or standard output
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(crate::write::TABLES.map(|t| t.0)))]
    pub table: Option<String>,
    /// How the inputs are to be read, whatever their ending and content say
    #[arg(long, value_enum)]
    pub input_format: Option<Input>,
    /// Field of the id [default: id, doc_id, story_id or guid]
    #[arg(long, value_name = "NAME")]
    pub id_field: Option<String>,
    /// Field of the text [default: text, body, content or maintext]
    #[arg(long, value_name = "NAME")]
    pub text_field: Option<String>,
    /// Field of the title [default: title or headline]
    #[arg(long, value_name = "NAME")]
    pub title_field: Option<String>,
    /// Field of the date [default: date, published, date_publish or pub_date]
    #[arg(long, value_name = "NAME")]
    pub date_field: Option<String>,
    /// Where rejected articles are written, or `inline` for in their place in the output [default: OUT.rejects.jsonl]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<String>,
    /// Reject articles of more than N characters
    #[arg(long, value_name = "N")]
    pub max_chars: Option<usize>,
    /// A built-in model's name or a model folder
    #[arg(long, default_value = "full", value_name = "NAME|DIR")]
    pub model: String,
    /// Worker threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Articles that are in memory at once
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub batch: usize,
    /// Leave out items below this score, 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "X", value_parser = probability)]
    pub min_score: f32,
    /// Mention types: the contract's, or CoNLL-2003's PER, ORG, LOC, MISC (mentions alone)
    #[arg(long, value_enum, default_value = "demarche")]
    pub scheme: Scheme,
    /// Unit of all offsets
    #[arg(long, value_enum, default_value = "codepoints")]
    pub offsets: Offsets,
    /// Leave the text out of the record
    #[arg(long)]
    pub no_text: bool,
    /// Leave the other fields of the input out of the record
    #[arg(long)]
    pub no_meta: bool,
    /// Write cells that a spreadsheet would run as a formula as they are
    #[arg(long)]
    pub csv_raw: bool,
    /// At the end, print a readable digest of what was found on standard error
    #[arg(long)]
    pub digest: bool,
    /// No progress
    #[arg(short, long)]
    pub quiet: bool,
    /// Say each reject on standard error
    #[arg(short, long)]
    pub verbose: bool,
}

fn probability(s: &str) -> Result<f32, String> {
    match s.parse::<f32>() {
        Ok(x) if (0.0..=1.0).contains(&x) => Ok(x),
        _ => Err("a number from 0 to 1 is needed".into()),
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum OutputFormat {
    Jsonl,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Input {
    Text,
    Jsonl,
    Csv,
    Tsv,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Scheme {
    Demarche,
    Conll03,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Offsets {
    Codepoints,
    Bytes,
    Utf16,
}

#[derive(ClapArgs)]
pub(super) struct Evaluate {
    /// Labelled articles: JSONL (records, the guidelines' form, entities, attributions, Prodigy, doccano), CoNLL columns, a brat folder, Citron's JSON
    #[arg(value_name = "GOLD")]
    pub gold: PathBuf,
    /// Predictions in any of these formats, two at most, to be compared [default: run the model on GOLD's text]
    #[arg(value_name = "PRED", num_args = 0..=2)]
    pub predicted: Vec<PathBuf>,
    /// GOLD's format [default: by content]
    #[arg(long, value_enum)]
    pub gold_format: Option<LabelsFormat>,
    /// PRED's format [default: by content]
    #[arg(long, value_enum)]
    pub pred_format: Option<LabelsFormat>,
    /// Mention types to count as others on both sides: PERSON=PER,ISLAND=LOC; NAME= leaves a type out
    #[arg(long, value_name = "FROM=TO,…", value_delimiter = ',', value_parser = type_pair)]
    pub map: Vec<(String, String)>,
    /// Score mentions by CoNLL-2003's PER, ORG, LOC and MISC; other types are left out on both sides
    #[arg(long)]
    pub conll03: bool,
    /// Clusters of one mention [auto: kept where GOLD has any]
    #[arg(long, value_enum, default_value = "auto")]
    pub singletons: SingletonsArg,
    /// Rounds of the bootstrap over articles; 0 for no intervals
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub bootstrap: usize,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub seed: u64,
    /// Write the report as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Add confusion tables, calibration and thresholds to the table
    #[arg(long)]
    pub details: bool,
    /// Write each miss and false alarm to FILE, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Write each article's figures to FILE, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub articles: Option<PathBuf>,
    /// Without PRED: a built-in model's name or a model folder
    #[arg(long, default_value = "full", value_name = "NAME|DIR")]
    pub model: String,
    /// Without PRED: worker threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

#[derive(ClapArgs)]
pub(super) struct Convert {
    /// Labelled articles in any format that evaluate reads
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    /// Where to write: a file, for brat and citron a folder [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// INPUT's format [default: by content]
    #[arg(long, value_enum)]
    pub from: Option<LabelsFormat>,
    /// Format to write
    #[arg(long, value_enum)]
    pub to: LabelsTo,
    /// How conll marks where an entity begins and ends
    #[arg(long, value_enum, default_value = "iob2")]
    pub tags: Tags,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LabelsTo {
    /// The data sets' and guidelines' form, every layer
    Jsonl,
    /// Prodigy's spans JSONL
    Spans,
    /// CoNLL columns
    Conll,
    /// brat standoff
    Brat,
    /// Citron's JSON
    Citron,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Tags {
    Iob1,
    Iob2,
    Bioes,
}

fn type_pair(s: &str) -> Result<(String, String), String> {
    match s.split_once('=') {
        Some((from, to)) if !from.is_empty() => Ok((from.to_string(), to.to_string())),
        _ => Err("FROM=TO is needed".into()),
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LabelsFormat {
    Jsonl,
    Conll,
    Brat,
    Citron,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum SingletonsArg {
    Auto,
    Keep,
    Drop,
}

#[derive(ClapArgs)]
pub(super) struct Models {
    #[command(subcommand)]
    pub command: ModelsCommand,
}

#[derive(Subcommand)]
pub(super) enum ModelsCommand {
    /// Names of the built-in models
    List,
    /// A model's manifest
    Info {
        /// Name or folder
        #[arg(default_value = "full")]
        model: String,
    },
    /// Compare a model's files with the hashes in its manifest
    Verify {
        /// Name or folder
        #[arg(default_value = "full")]
        model: String,
    },
}
