//! The command itself: formats, options, what stands where.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn demarche(dir: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let out = Command::cargo_bin("demarche").unwrap().current_dir(dir).args(arguments).output().unwrap();
    let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    (out.status.code(), text(&out.stdout), text(&out.stderr))
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    dir
}

/// The same three mentions in every format that can hold them.
const FORMATS: &[(&str, &[(&str, &str)])] = &[
    ("g.conll", &[("g.conll", "-DOCSTART- O\n\nZoë I-PER\nAbe I-PER\nleft O\n\nFiji I-LOC\n\n-DOCSTART- O\n\nTonga I-LOC\n")]),
    ("g.bioes", &[("g.bioes", "-DOCSTART- O\n\nZoë B-PER\nAbe E-PER\nleft O\n\nFiji S-LOC\n\n-DOCSTART- O\n\nTonga S-LOC\n")]),
    (
        "spans.jsonl",
        &[(
            "spans.jsonl",
            "{\"text\":\"Zoë Abe left\\nFiji\",\"spans\":[{\"start\":0,\"end\":7,\"label\":\"PER\"},{\"start\":13,\"end\":17,\"label\":\"LOC\"}]}\n\
             {\"text\":\"Tonga\",\"spans\":[{\"start\":0,\"end\":5,\"label\":\"LOC\"}]}\n",
        )],
    ),
    (
        "doccano.jsonl",
        &[(
            "doccano.jsonl",
            "{\"text\":\"Zoë Abe left\\nFiji\",\"label\":[[0,7,\"PER\"],[13,17,\"LOC\"]]}\n{\"text\":\"Tonga\",\"label\":[[0,5,\"LOC\"]]}\n",
        )],
    ),
    (
        "array.json",
        &[(
            "array.json",
            "[{\"text\": \"Zoë Abe left\\nFiji\",\n \"entities\": [{\"start\": 0, \"end\": 7, \"type\": \"PER\"}, {\"start\": 13, \"end\": 17, \"type\": \"LOC\"}]},\n \
             {\"text\": \"Tonga\", \"entities\": [{\"start_offset\": 0, \"end_offset\": 5, \"label\": \"LOC\"}]}]",
        )],
    ),
];

#[test]
fn every_format_reads_the_same_mentions() {
    let mut files: Vec<(&str, &str)> = FORMATS.iter().flat_map(|f| f.1.iter().copied()).collect();
    files.extend([
        ("brat/#1.txt", "Zoë Abe left\nFiji"),
        ("brat/#1.ann", "T1\tPER 0 7\tZoë Abe\nT2\tLOC 13 17\tFiji\n"),
        ("brat/#2.txt", "Tonga"),
        ("brat/#2.ann", "T1\tLOC 0 5\tTonga\n"),
    ]);
    let dir = folder(&files);
    let mut failed = Vec::new();
    for (a, _) in FORMATS {
        for b in FORMATS.iter().map(|f| f.0).chain(["brat"]) {
            let (code, out, err) = demarche(dir.path(), &["evaluate", a, b, "--json", "--bootstrap", "0"]);
            let report: Value = serde_json::from_str(&out).unwrap_or_default();
            let f = &report["systems"][0]["figures"]["mentions.strict"];
            if code != Some(0) || f["tp"] != 3.0 || f["fp"] != 0.0 || f["fn"] != 0.0 {
                failed.push(format!("{a} {b}: {code:?} {f} {err}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn citron_and_attributions_are_positions() {
    let dir = folder(&[
        (
            "citron/a.json",
            "{\n \"text\": \"\\\"Né,\\\" said Abe.\",\n \"quotes\": [{\"cue\": {\"start\": 6, \"end\": 10, \"text\": \"said\"}, \
             \"sources\": [{\"start\": 11, \"end\": 14, \"text\": \"Abe\"}], \"contents\": [{\"start\": 0, \"end\": 5, \"text\": \"\\\"Né,\\\"\"}]}]\n}\n",
        ),
        (
            "polnear.jsonl",
            "{\"id\":\"a\",\"text\":\"\\\"Né,\\\" said Abe.\",\"attributions\":[{\"source\":[[11,14]],\"cue\":[[6,10]],\"content\":[[1,3]]}]}\n",
        ),
    ]);
    let (code, out, err) = demarche(dir.path(), &["evaluate", "citron", "polnear.jsonl", "--json", "--bootstrap", "0"]);
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let figures = &report["systems"][0]["figures"];
    for name in ["positions", "cue.exact", "holder.exact", "content.exact"] {
        assert_eq!(figures[name]["f1"], 100.0, "{name}");
    }
}

#[test]
fn errors_name_file_and_line() {
    let good = "{\"id\":\"a\",\"text\":\"Abe left\",\"mentions\":[{\"start\":0,\"end\":3,\"text\":\"Abe\",\"type\":\"PERSON\"}]}\n";
    let dir = folder(&[
        ("good.jsonl", good),
        (
            "surface.jsonl",
            "\n{\"id\":\"a\",\"text\":\"Abe left\",\"mentions\":[{\"start\":0,\"end\":4,\"text\":\"Abe\",\"type\":\"PERSON\"},{\"start\":4,\"end\":8,\"text\":\"went\",\"type\":\"X\"}]}\n",
        ),
        ("outside.jsonl", "{\"id\":\"a\",\"text\":\"Abe left\",\"mentions\":[{\"start\":4,\"end\":9,\"type\":\"X\"}]}\n"),
        ("other.jsonl", "{\"id\":\"a\",\"text\":\"Abe came\",\"mentions\":[]}\n"),
        ("twice.jsonl", "{\"id\":\"a\",\"text\":\"x\",\"mentions\":[]}\n{\"id\":\"a\",\"text\":\"x\",\"mentions\":[]}\n"),
        ("strange.jsonl", "{\"id\":\"z\",\"text\":\"x\",\"mentions\":[]}\n"),
        ("broken.jsonl", "{\"id\":\"a\",\"text\":\"x\",\"mentions\":[]}\n{\"id\":\n"),
        ("tags.conll", "Abe B-PER\nleft what\n"),
        ("empty.jsonl", ""),
    ]);
    let cases = [
        ("surface.jsonl", "surface.jsonl:2: the mention at 4:8 reads \"left\" in the text, but \"went\" in the labels"),
        ("outside.jsonl", "outside.jsonl:1: a mention: the span 4:9 ends after the text, which has 8 characters"),
        ("other.jsonl", "other.jsonl:1: the text of \"a\" differs from gold's (good.jsonl:1) at character 4"),
        ("twice.jsonl", "twice.jsonl:2: the id \"a\" stands at twice.jsonl:1 already"),
        ("strange.jsonl", "strange.jsonl: no article has the id of one in good.jsonl"),
        ("broken.jsonl", "broken.jsonl:2: not a labelled article"),
        ("tags.conll", "tags.conll:2: the last column, \"what\", is not a tag"),
        ("empty.jsonl", "empty.jsonl: no labelled article in it"),
        ("missing.jsonl", "missing.jsonl: No such file"),
    ];
    let mut failed = Vec::new();
    for (file, want) in cases {
        let (code, out, err) = demarche(dir.path(), &["evaluate", "good.jsonl", file]);
        if code != Some(2) || !out.is_empty() || !err.contains(want) {
            failed.push(format!("{file}: {code:?} {out} {err}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn maps_schemes_errors_and_two_systems() {
    let gold = "{\"id\":\"a\",\"text\":\"Abe left Fiji. The minister spoke.\",\"entities\":[{\"start\":0,\"end\":3,\"type\":\"PERSON\",\"orig_type\":\"PER\"},\
                {\"start\":9,\"end\":13,\"type\":\"ISLAND\"},{\"start\":19,\"end\":27,\"type\":\"ROLE\"}]}\n";
    let one = "{\"id\":\"a\",\"text\":\"Abe left Fiji. The minister spoke.\",\"mentions\":[{\"start\":0,\"end\":3,\"type\":\"PER\",\"score\":0.9},\
               {\"start\":9,\"end\":13,\"type\":\"LOC\",\"score\":0.8}]}\n";
    let two = "{\"id\":\"a\",\"text\":\"Abe left Fiji. The minister spoke.\",\"mentions\":[{\"start\":0,\"end\":3,\"type\":\"PER\"}]}\n";
    let dir = folder(&[("g.jsonl", gold), ("one.jsonl", one), ("two.jsonl", two)]);
    let f1 = |arguments: &[&str]| -> Value {
        let mut all = vec!["evaluate", "g.jsonl", "one.jsonl", "--json", "--bootstrap", "50"];
        all.extend(arguments);
        let (_, out, err) = demarche(dir.path(), &all);
        serde_json::from_str::<Value>(&out).unwrap_or_else(|e| panic!("{e} {err}"))["systems"][0]["figures"]["mentions.strict"]["f1"]
            .clone()
    };
    assert_eq!(f1(&[]), 0.0);
    assert_eq!(f1(&["--conll03"]), 100.0);
    assert_eq!(f1(&["--map", "PERSON=PER,ISLAND=LOC"]), 80.0);
    assert_eq!(f1(&["--map", "PERSON=PER,ISLAND=LOC,ROLE="]), 100.0);

    let (code, out, _) = demarche(
        dir.path(),
        &[
            "evaluate",
            "g.jsonl",
            "one.jsonl",
            "two.jsonl",
            "--map",
            "PERSON=PER",
            "--errors",
            "e.jsonl",
            "--articles",
            "a.jsonl",
            "--details",
        ],
    );
    assert_eq!(code, Some(0));
    for want in ["two.jsonl less one.jsonl", "Calibration of mentions: 2 predictions", "Confusion of mentions"] {
        assert!(out.contains(want), "{want}: {out}");
    }
    let errors: Vec<Value> =
        std::fs::read_to_string(dir.path().join("e.jsonl")).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let of = |i: usize, k: &str| errors[i][k].as_str().unwrap_or_default().to_string();
    assert_eq!(errors.len(), 5, "{errors:#?}");
    assert_eq!(
        (of(0, "system"), of(0, "error"), of(0, "kind"), of(0, "text")),
        ("one.jsonl".into(), "missed".into(), "type".into(), "Fiji".into())
    );
    assert_eq!((of(0, "sentence"), errors[0]["nearest"]["label"].clone()), ("Abe left Fiji.".into(), "LOC".into()));
    assert_eq!((of(2, "error"), of(2, "kind"), of(2, "sentence")), ("missed".into(), "nothing near".into(), "The minister spoke.".into()));
    let articles = std::fs::read_to_string(dir.path().join("a.jsonl")).unwrap();
    assert_eq!(articles.lines().count(), 2);
    let first: Value = serde_json::from_str(articles.lines().next().unwrap()).unwrap();
    assert_eq!(first["figures"]["mentions.exact"]["tp"], 2.0);
}

fn figures(dir: &Path, gold: &str, predicted: &str) -> Value {
    let (code, out, err) = demarche(dir, &["evaluate", gold, predicted, "--json", "--bootstrap", "0"]);
    assert_eq!(code, Some(0), "{gold} {predicted}: {err}");
    serde_json::from_str::<Value>(&out).unwrap()["systems"][0].clone()
}

#[test]
fn what_is_converted_scores_as_what_it_was() {
    let gold = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/gold.jsonl");
    let gold = gold.to_str().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&str, &[&str]); 3] = [
        (
            "jsonl",
            &["people", "officials.all", "islands", "claims.all", "positions", "positions.act", "positions.holder_name", "content.exact"],
        ),
        ("brat", &["positions", "positions.act", "positions.negated", "cue.exact", "holder.exact", "content.exact"]),
        ("citron", &["positions", "holder.exact", "content.exact", "content.tokens"]),
    ];
    let mut failed = Vec::new();
    for (to, names) in cases {
        let (code, out, err) = demarche(dir.path(), &["convert", gold, "--to", to, "-o", to]);
        assert_eq!((code, out.as_str()), (Some(0), ""), "{to}: {err}");
        let s = figures(dir.path(), gold, to);
        for name in names {
            let f = &s["figures"][name];
            if f["f1"] != 100.0 && f["value"] != 100.0 {
                failed.push(format!("{to} {name}: {f}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn mentions_survive_columns() {
    // Two that touch, one inside another.
    let gold = "{\"id\":\"#1\",\"text\":\"Abe Kono met pre-Brexit London.\\nSo the Bank of Japan said.\",\"entities\":[\
                {\"start\":0,\"end\":3,\"type\":\"PER\"},{\"start\":4,\"end\":8,\"type\":\"PER\"},{\"start\":17,\"end\":23,\"type\":\"MISC\"},\
                {\"start\":24,\"end\":30,\"type\":\"LOC\"},{\"start\":39,\"end\":52,\"type\":\"ORG\"},{\"start\":47,\"end\":52,\"type\":\"LOC\"}]}\n";
    let dir = folder(&[("g.jsonl", gold)]);
    for (tags, want) in [
        (
            "iob1",
            "Abe I-PER\nKono B-PER\nmet O\npre O\n- O\nBrexit I-MISC\nLondon I-LOC\n. O\n\nSo O\nthe O\nBank I-ORG\nof I-ORG\nJapan I-ORG\nsaid O\n",
        ),
        (
            "iob2",
            "Abe B-PER\nKono B-PER\nmet O\npre O\n- O\nBrexit B-MISC\nLondon B-LOC\n. O\n\nSo O\nthe O\nBank B-ORG\nof I-ORG\nJapan I-ORG\nsaid O\n",
        ),
        (
            "bioes",
            "Abe S-PER\nKono S-PER\nmet O\npre O\n- O\nBrexit S-MISC\nLondon S-LOC\n. O\n\nSo O\nthe O\nBank B-ORG\nof I-ORG\nJapan E-ORG\nsaid O\n",
        ),
    ] {
        let (code, out, err) = demarche(dir.path(), &["convert", "g.jsonl", "--to", "conll", "--tags", tags]);
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains(want), "{tags}: {out}");
        assert!(err.contains("1 mentions inside or across longer ones"), "{err}");
        std::fs::write(dir.path().join("back.conll"), &out).unwrap();
        let (_, spans, _) = demarche(dir.path(), &["convert", "back.conll", "--to", "spans"]);
        let back: Value = serde_json::from_str(&spans).unwrap();
        let words: Vec<&str> = back["spans"].as_array().unwrap().iter().map(|s| s["text"].as_str().unwrap()).collect();
        assert_eq!(words, ["Abe", "Kono", "Brexit", "London", "Bank of Japan"], "{tags}");
    }
}

#[test]
fn without_predictions_the_model_reads_golds_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = folder(&[("g.conll", "-DOCSTART- O\n\nAbe I-PER\nleft O\n. O\n")]);
    let tiny = root.join("models/tiny");
    let (code, out, err) =
        demarche(dir.path(), &["evaluate", "g.conll", "--model", tiny.to_str().unwrap(), "--conll03", "--json", "--bootstrap", "0"]);
    assert_eq!(code, Some(0), "{err}");
    let s = &serde_json::from_str::<Value>(&out).unwrap()["systems"][0];
    let f = &s["figures"]["mentions.strict"];
    assert_eq!(f["tp"].as_f64().unwrap() + f["fn"].as_f64().unwrap(), 1.0);
    assert_eq!(s["articles_without_prediction"], 0);
}

/// The worked example of docs/evaluation.md: its two files give its table.
#[test]
fn the_documented_example_is_true() {
    let doc = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evaluation.md")).unwrap();
    let blocks: Vec<&str> = doc.split("```").skip(1).step_by(2).collect();
    let block = |start: &str| blocks.iter().find_map(|b| b.strip_prefix(start)).unwrap_or_else(|| panic!("no block {start:?}"));
    let lines = |name: &str| block(&format!("json {name}\n"));
    let dir = folder(&[("gold.jsonl", lines("gold.jsonl")), ("pred.jsonl", lines("pred.jsonl"))]);
    let (code, out, err) = demarche(dir.path(), &["evaluate", "gold.jsonl", "pred.jsonl", "--bootstrap", "0"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.trim(), block("text\n$ demarche evaluate gold.jsonl pred.jsonl --bootstrap 0\n").trim());
}

#[test]
fn a_sentence_does_not_end_inside_a_mention() {
    let dir = folder(&[(
        "g.jsonl",
        "{\"text\":\"He met St. Louis. Bank of\\nJapan said.\",\"entities\":[{\"start\":18,\"end\":31,\"type\":\"ORG\"}]}\n",
    )]);
    let (_, out, err) = demarche(dir.path(), &["convert", "g.jsonl", "--to", "conll", "--tags", "bioes"]);
    assert!(out.contains("\n\nBank B-ORG\nof I-ORG\nJapan E-ORG\nsaid O\n"), "{out} {err}");
}

/// 20,000 articles with 500,000 mentions, read and scored in ten seconds. Run alone: cargo test --release -- --ignored speed
#[test]
#[ignore = "writes 120 MB and measures time"]
fn speed() {
    use std::fmt::Write as _;
    let dir = tempfile::tempdir().unwrap();
    let text = "Abe met the foreign minister of Japan on Iturup, said Tokyo. ".repeat(40);
    for (name, shift) in [("g.jsonl", 0), ("p.jsonl", 1)] {
        let mut out = String::new();
        for a in 0..20_000usize {
            let _ = write!(out, "{{\"id\":\"{a}\",\"text\":\"{text}\",\"mentions\":[");
            for m in 0..25usize {
                let start = m * 90 + if (a + m) % 7 == 0 { shift } else { 0 };
                let kind = ["PERSON", "ORG", "GPE", "LOC"][(m + if (a + m) % 11 == 0 { shift } else { 0 }) % 4];
                let comma = if m == 0 { "" } else { "," };
                let _ = write!(out, "{comma}{{\"start\":{start},\"end\":{},\"type\":\"{kind}\",\"entity\":\"e{}\"}}", start + 8, m % 9);
            }
            out.push_str("]}\n");
        }
        std::fs::write(dir.path().join(name), out).unwrap();
    }
    let began = std::time::Instant::now();
    let (code, _, err) = demarche(dir.path(), &["evaluate", "g.jsonl", "p.jsonl", "--bootstrap", "0"]);
    assert_eq!(code, Some(0), "{err}");
    let seconds = began.elapsed().as_secs_f64();
    eprintln!("{seconds:.1} s");
    assert!(seconds < 10.0, "{seconds:.1} s");
}
