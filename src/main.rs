//! The command line; everything else is the library.

fn main() -> std::process::ExitCode {
    demarche::cli::main()
}
