//! From arguments to files: folders are walked, globs expanded, `-` is standard input.

use std::path::{Path, PathBuf};

/// An argument that names nothing readable.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// No such file, and no pattern that matches one.
    #[error("{0}: no such file or folder, and no file matches it as a pattern")]
    Missing(String),
    /// A folder without any article in it.
    #[error("{0}: no file in this folder")]
    Empty(String),
    /// Cannot be listed.
    #[error("{path}: {source}")]
    Io {
        /// Folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// All files that the arguments name: each argument's in the order of their paths, hidden files left out.
pub fn expand(arguments: &[String]) -> Result<Vec<PathBuf>, InputError> {
    let mut out = Vec::new();
    for a in arguments {
        let path = PathBuf::from(a);
        if a == "-" {
            out.push(path);
        } else if path.is_dir() {
            let before = out.len();
            walk(&path, &mut out)?;
            if out.len() == before {
                return Err(InputError::Empty(a.clone()));
            }
        } else if path.exists() {
            out.push(path);
        } else {
            let mut hits: Vec<PathBuf> = glob::glob(a).map(|g| g.flatten().filter(|p| p.is_file()).collect()).unwrap_or_default();
            if hits.is_empty() {
                return Err(InputError::Missing(a.clone()));
            }
            hits.sort();
            out.extend(hits);
        }
    }
    Ok(out)
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) -> Result<(), InputError> {
    let list = std::fs::read_dir(dir).map_err(|source| InputError::Io { path: dir.into(), source })?;
    let mut entries: Vec<PathBuf> = list.flatten().map(|e| e.path()).collect();
    entries.sort();
    for p in entries {
        if p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')) {
            continue;
        }
        if p.is_dir() {
            walk(&p, out)?;
        } else {
            out.push(p);
        }
    }
    Ok(())
}
