//! Figures against stored outputs of the originals; tests/reference/make.py made them.

use std::path::{Path, PathBuf};

use demarche::evaluate::{Labels, Options, Report, Singletons, System, evaluate, read_labels};
use serde_json::Value;

fn stored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(stored(name)).unwrap()).unwrap()
}

fn labels(path: &Path) -> Labels {
    Labels::new(path.display().to_string(), read_labels(path, None).unwrap())
}

fn scored(gold: &Path, predicted: &Path, singletons: Singletons) -> Report {
    let options = Options { rounds: 0, singletons, ..Options::default() };
    evaluate(labels(gold), vec![labels(predicted)], &options).unwrap()
}

/// Collects what differs, so that one run shows all.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    /// Compares percent with parts of 1.
    fn part(&mut self, what: &str, got: Option<f64>, want: &Value) {
        let want = want.as_f64().map(|x| 100.0 * x);
        if !matches!((got, want), (Some(a), Some(b)) if (a - b).abs() < 1e-4) {
            self.0.push(format!("{what}: got {got:?}, want {want:?}"));
        }
    }

    fn count(&mut self, what: &str, got: f64, want: &Value) {
        if want.as_f64() != Some(got) {
            self.0.push(format!("{what}: got {got}, want {want}"));
        }
    }

    fn prf(&mut self, s: &System, figure: &str, want: &Value, names: [&str; 3]) {
        let Some(f) = s.figure(figure) else {
            self.0.push(format!("{figure} is missing"));
            return;
        };
        for (name, got) in names.iter().zip([f.p, f.r, f.f1]) {
            self.part(&format!("{figure} {name}"), got, &want[name]);
        }
    }

    /// Compares with the independent scorer's {tp, fp, fn}.
    fn counts(&mut self, s: &System, figure: &str, want: &Value) {
        let Some(f) = s.figure(figure) else {
            self.0.push(format!("{figure} is missing"));
            return;
        };
        for (name, got) in [("tp", f.tp), ("fp", f.fp), ("fn", f.missed)] {
            self.count(&format!("{figure} {name}"), got.unwrap_or(-1.0), &want[name]);
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

#[test]
fn broken_tag_sequences_as_seqeval_and_conlleval_count_them() {
    let want = json("sequences.json");
    let mut d = Differences::default();
    let r = scored(&stored("sequences.gold.conll"), &stored("sequences.pred.conll"), Singletons::Auto);
    let names = ["precision", "recall", "f1-score"];
    d.prf(&r.systems[0], "mentions.strict", &want["seqeval"]["micro avg"], names);
    d.prf(&r.systems[0], "mentions.strict.macro", &want["seqeval"]["macro avg"], names);
    for kind in ["PER", "LOC", "ORG"] {
        d.prf(&r.systems[0], &format!("mentions.strict.{kind}"), &want["seqeval"][kind], names);
    }
    let r = scored(&stored("plain.gold.conll"), &stored("plain.pred.conll"), Singletons::Auto);
    for (figure, kind) in
        [("mentions.strict", "all"), ("mentions.strict.PER", "PER"), ("mentions.strict.LOC", "LOC"), ("mentions.strict.ORG", "ORG")]
    {
        let (f, want) = (r.systems[0].figure(figure).unwrap(), &want["conlleval"][kind]);
        let right = f.tp.unwrap();
        d.count(&format!("{figure} correct"), right, &want["correct"]);
        d.count(&format!("{figure} predicted"), right + f.fp.unwrap(), &want["pred"]);
        d.count(&format!("{figure} gold"), right + f.missed.unwrap(), &want["gold"]);
    }
    d.none();
}

#[test]
fn four_modes_as_nervaluate_counts_them() {
    let want = json("modes.json");
    let r = scored(&stored("modes.gold.conll"), &stored("modes.pred.conll"), Singletons::Auto);
    let s = &r.systems[0];
    let mut d = Differences::default();
    for (c, (mode, theirs)) in
        s.categories.iter().zip([("strict", "strict"), ("exact", "exact"), ("partial", "partial"), ("type", "ent_type")])
    {
        let w = &want[theirs];
        d.prf(s, &format!("mentions.{mode}"), w, ["precision", "recall", "f1"]);
        let ours = [c.correct, c.incorrect, c.partial, c.missing, c.spurious];
        for (name, got) in ["correct", "incorrect", "partial", "missed", "spurious"].iter().zip(ours) {
            d.count(&format!("{mode} {name}"), got as f64, &w[name]);
        }
    }
    d.none();
}

#[test]
fn coreference_as_coval_counts_it() {
    let want = json("coref.json");
    let mut d = Differences::default();
    for (singletons, name) in [(Singletons::Auto, "all"), (Singletons::Drop, "without_singletons")] {
        let r = scored(&stored("coref.gold.jsonl"), &stored("coref.pred.jsonl"), singletons);
        let s = &r.systems[0];
        for (ours, theirs) in [("muc", "muc"), ("b_cubed", "b_cubed"), ("ceaf_e", "ceafe")] {
            d.prf(s, &format!("coref.{ours}"), &want[name][theirs], ["p", "r", "f1"]);
        }
        d.part(&format!("conll {name}"), s.figure("coref.conll").and_then(|f| f.f1), &want[name]["conll"]);
    }
    d.none();
}

#[test]
fn quotations_as_cofenet_and_citron_count_them() {
    let want = json("quotes.json");
    let r = scored(&stored("quotes.gold.jsonl"), &stored("quotes.pred.jsonl"), Singletons::Auto);
    let s = &r.systems[0];
    let mut d = Differences::default();
    for (ours, theirs) in [("holder", "source"), ("cue", "cue"), ("content", "content")] {
        let w = &want["cofenet"][theirs];
        d.prf(s, &format!("{ours}.exact"), &w["exact"], ["pre", "rec", "f1"]);
        d.prf(s, &format!("{ours}.begin"), &w["begin"], ["pre", "rec", "f1"]);
        d.part(&format!("{ours}.jaccard"), s.figure(&format!("{ours}.jaccard")).and_then(|f| f.value), &w["jaccard"]);
        d.prf(s, &format!("{ours}.tokens"), &want["citron"][theirs], ["p", "r", "f1"]);
    }
    d.none();
}

#[test]
fn labelled_samples_as_the_independent_scorer_counts_them() {
    let gold = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/gold.jsonl");
    let r = scored(&gold, &stored("samples.pred.jsonl"), Singletons::Auto);
    let s = &r.systems[0];
    let mut d = Differences::default();
    let want = json("samples.json");
    assert_eq!(s.articles_without_prediction as u64, want["articles_without_record"].as_u64().unwrap());
    for figure in [
        "people",
        "officials.person_office",
        "officials.person_country",
        "officials.all",
        "islands",
        "claims.island_claimant",
        "claims.all",
        "positions",
    ] {
        d.counts(s, figure, &want[figure]);
    }
    let accuracies = &want["positions.accuracy_over_matched"];
    for name in ["quote", "act", "stance", "negated", "holder_country", "holder_name"] {
        let f = s.figure(&format!("positions.{name}")).unwrap();
        d.count(&format!("positions.{name}"), (f.value.unwrap() * 10.0).round() / 10.0, &accuracies[name]);
        d.count(&format!("positions.{name} n"), f.n.unwrap(), &accuracies[if name == "holder_name" { "named" } else { "n" }]);
    }
    let want = json("attributions.json");
    let pairs = [
        ("positions", "whole"),
        ("content.f1_0.9", "content>=.9"),
        ("holder.tokens", "source_tokens"),
        ("cue.tokens", "cue_tokens"),
        ("content.tokens", "content_tokens"),
        ("holder.exact", "source_exact"),
        ("cue.exact", "cue_exact"),
        ("content.exact", "content_exact"),
    ];
    // The scorer's attributions know no names: a whole match by the holder's name alone is ours only.
    for (ours, theirs) in pairs.into_iter().skip(1) {
        d.counts(s, ours, &want[theirs]);
    }
    d.none();
}
