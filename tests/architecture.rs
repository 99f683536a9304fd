//! A module uses only modules that stand above it in the order of the data.

use std::fs;
use std::path::{Path, PathBuf};

/// The order, as src/lib.rs gives it. `gazetteer` needs nothing but documents, so it may be used from `decode` on.
const ORDER: [&str; 14] = [
    "text",
    "read",
    "segment",
    "models",
    "encode",
    "decode",
    "gazetteer",
    "resolve",
    "positions",
    "annotation",
    "pipeline",
    "write",
    "evaluate",
    "cli",
];

fn rust_files(dir: &Path, out: &mut Vec<PathBuf>) {
    for e in fs::read_dir(dir).unwrap().flatten() {
        let p = e.path();
        if p.is_dir() {
            rust_files(&p, out);
        } else if p.extension().is_some_and(|x| x == "rs") {
            out.push(p);
        }
    }
}

#[test]
fn modules_use_only_those_above_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (i, module) in ORDER.iter().enumerate() {
        let mut files = Vec::new();
        rust_files(&src.join(module), &mut files);
        for f in files {
            let text = fs::read_to_string(&f).unwrap();
            for (n, line) in text.lines().enumerate() {
                let Some(at) = line.find("crate::") else { continue };
                let used: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(j) = ORDER.iter().position(|m| *m == used) else { continue };
                seen += 1;
                if j > i {
                    wrong.push(format!("{}:{}: {module} uses {used}", f.display(), n + 1));
                }
            }
        }
    }
    assert!(seen > 30, "only {seen} uses found: does the test still read the sources?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn threads_live_in_the_pipeline_alone() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for f in files {
        if f.starts_with(src.join("pipeline")) {
            continue;
        }
        let text = fs::read_to_string(&f).unwrap();
        for word in ["rayon::", "thread::scope", "thread::spawn"] {
            assert!(!text.contains(word), "{} holds {word}", f.display());
        }
    }
}
