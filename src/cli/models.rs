//! `demarche models`.

use std::io::Write;
use std::process::ExitCode;

use super::args::{Models, ModelsCommand};
use crate::models::{built_in_names, load};

pub(super) fn run(m: &Models) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match &m.command {
        ModelsCommand::List => {
            for name in built_in_names() {
                let files = load(name)?;
                writeln!(out, "{name}\t{}\t{}", files.manifest.version, files.manifest.description)?;
            }
        }
        ModelsCommand::Info { model } => writeln!(out, "{}", serde_json::to_string_pretty(&load(model)?.manifest)?)?,
        ModelsCommand::Verify { model } => {
            let files = load(model)?;
            files.verify()?;
            writeln!(out, "{}: all files are as the manifest says", files.place)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
