//! The command line: what the user typed, the errors they see, the exit status.

mod annotate;
mod args;
mod convert;
mod digest;
mod evaluate;
mod models;

use std::process::ExitCode;

use clap::Parser;

/// Runs the program: 0 all written, 1 some articles rejected, 2 wrong use or nothing written.
pub fn main() -> ExitCode {
    let args = args::Args::parse();
    let result = match args.command {
        args::Command::Annotate(a) => annotate::run(&a),
        args::Command::Evaluate(e) => evaluate::run(&e),
        args::Command::Convert(c) => convert::run(&c),
        args::Command::Models(m) => models::run(&m),
        args::Command::Schema => schema(),
    };
    match result {
        Ok(code) => code,
        Err(e) if broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("demarche: {e:#}");
            ExitCode::from(2)
        }
    }
}

/// A reader that went away (`| head`) is a quiet end.
fn broken_pipe(e: &anyhow::Error) -> bool {
    e.chain().any(|c| c.downcast_ref::<std::io::Error>().is_some_and(|i| i.kind() == std::io::ErrorKind::BrokenPipe))
}

fn schema() -> anyhow::Result<ExitCode> {
    use std::io::Write;
    let schema = schemars::schema_for!(crate::annotation::Record);
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
