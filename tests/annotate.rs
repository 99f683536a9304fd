//! The main job through the binary, with the bundled model.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

fn demarche(args: &[&str]) -> Command {
    let mut c = Command::cargo_bin("demarche").unwrap();
    c.args(args).arg("-q");
    c
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/articles.jsonl")
}

fn lines(out: &Output) -> Vec<Value> {
    String::from_utf8(out.stdout.clone()).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn annotate_text(text: &str, more: &[&str]) -> Value {
    let input = serde_json::json!({ "id": "a", "text": text }).to_string();
    let out = demarche(&["annotate", "-"]).args(more).write_stdin(input).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    lines(&out).remove(0)
}

/// The text between two offsets in code points.
fn slice(text: &str, start: &Value, end: &Value) -> String {
    let (s, e) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
    text.chars().skip(s).take(e - s).collect()
}

/// Every span of a record slices its text, every id that is named exists, every score is a probability.
fn check(r: &Value) {
    let text = r["text"].as_str().unwrap();
    let entities: Vec<&str> = r["entities"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
    for m in r["mentions"].as_array().unwrap() {
        assert_eq!(slice(text, &m["start"], &m["end"]), m["text"].as_str().unwrap());
        if let Some(e) = m["entity"].as_str() {
            assert!(entities.contains(&e), "{m}");
        }
        assert!((0.0..=1.0).contains(&m["score"].as_f64().unwrap()));
    }
    for p in r["positions"].as_array().unwrap() {
        let h = &p["holder"];
        if !h["start"].is_null() {
            assert_eq!(slice(text, &h["start"], &h["end"]), h["text"].as_str().unwrap());
        }
        for part in ["cue", "content"] {
            let words: Vec<String> = p[part]["spans"].as_array().unwrap().iter().map(|s| slice(text, &s[0], &s[1])).collect();
            assert_eq!(words.join(" "), p[part]["text"].as_str().unwrap());
            assert!(!words.is_empty());
        }
        for t in p["targets"].as_array().unwrap() {
            assert!(r["islands"].as_array().unwrap().iter().any(|i| i["entity"] == *t));
        }
    }
    for o in r["officials"].as_array().unwrap() {
        let e = &o["evidence"][0];
        assert_eq!(slice(text, &e[0], &e[1]), o["office_text"].as_str().unwrap());
    }
    for c in r["claims"].as_array().unwrap() {
        assert!(entities.contains(&c["island"].as_str().unwrap()));
    }
    let mut last = 0;
    for s in r["sentences"].as_array().unwrap() {
        assert!(s[0].as_u64().unwrap() >= last);
        last = s[1].as_u64().unwrap();
    }
}

#[test]
fn samples_give_valid_records_at_any_thread_count_and_batch_size() {
    let dir = tempfile::tempdir().unwrap();
    let path = samples();
    let mut outputs = Vec::new();
    for (threads, batch) in [("1", "5"), ("2", "64"), ("3", "7")] {
        let out = dir.path().join(format!("{threads}-{batch}.jsonl"));
        demarche(&["annotate", path.to_str().unwrap(), "-o", out.to_str().unwrap(), "--threads", threads, "--batch", batch])
            .assert()
            .success();
        outputs.push(fs::read(&out).unwrap());
    }
    assert!(outputs[0] == outputs[1], "2 threads give other bytes than 1");
    assert!(outputs[0] == outputs[2], "3 threads give other bytes than 1");

    let schema = demarche_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let records: Vec<Value> = String::from_utf8(outputs.remove(0)).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let ids: Vec<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["id"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(records.iter().map(|r| r["id"].as_str().unwrap().to_string()).collect::<Vec<_>>(), ids);
    for r in &records {
        check(r);
        let errors: Vec<String> = validator.iter_errors(r).map(|e| format!("{}: {e}", e.instance_path)).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
    quality(&records);
}

fn demarche_schema() -> Value {
    let out = Command::cargo_bin("demarche").unwrap().arg("schema").output().unwrap();
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The model finds most of what a reader found. The figures are in the model's card; this only keeps a broken build out.
fn quality(records: &[Value]) {
    let gold = fs::read_to_string(samples().with_file_name("gold.jsonl")).unwrap();
    let gold: BTreeMap<String, Value> =
        gold.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).map(|g| (g["id"].as_str().unwrap().to_string(), g)).collect();
    let (mut people, mut found, mut positions, mut cues) = (0, 0, 0, 0);
    for r in records {
        let g = &gold[r["id"].as_str().unwrap()];
        let names: Vec<&str> = r["people"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        for p in g["people"].as_array().unwrap() {
            people += 1;
            found += usize::from(names.contains(&p["name"].as_str().unwrap()));
        }
        let starts: Vec<u64> = r["positions"].as_array().unwrap().iter().map(|p| p["cue"]["spans"][0][0].as_u64().unwrap()).collect();
        for p in g["positions"].as_array().unwrap() {
            positions += 1;
            cues += usize::from(starts.contains(&p["cue"]["spans"][0][0].as_u64().unwrap()));
        }
    }
    assert!(found * 10 >= people * 9, "{found} of {people} people");
    assert!(cues * 10 >= positions * 6, "{cues} of {positions} cues");
}

#[test]
fn a_wire_report_is_understood() {
    let r = annotate_text(
        "TOKYO, Jan 5 (Kyodo) - Russian Foreign Minister Sergei Lavrov said on Friday that Moscow will not return Iturup to Japan.\n\
         \"The islands are an inherent part of Japan's territory,\" his Japanese counterpart Taro Kono told reporters. \
         He denied that Tokyo had renounced its claim to Iturup, which is controlled by Russia and claimed by Japan.",
        &[],
    );
    check(&r);
    let officials: Vec<(String, String, String)> = r["officials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| ["name", "office", "country"].map(|k| o[k].as_str().unwrap_or("").to_string()))
        .map(|[a, b, c]| (a, b, c))
        .collect();
    let want = |n: &str, o: &str, c: &str| (n.to_string(), o.to_string(), c.to_string());
    assert!(officials.contains(&want("Sergei Lavrov", "foreign minister", "RU")), "{officials:?}");
    assert!(officials.contains(&want("Taro Kono", "foreign minister", "JP")), "{officials:?}");
    let islands: Vec<&str> = r["islands"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
    assert_eq!(islands, ["Iturup"]);
    assert_eq!(r["islands"][0]["controlled_by"], "RU");
    let holders: Vec<&str> = r["positions"].as_array().unwrap().iter().filter_map(|p| p["holder"]["name"].as_str()).collect();
    assert!(holders.contains(&"Sergei Lavrov") && holders.contains(&"Taro Kono"), "{holders:?}");
    let direct = r["positions"].as_array().unwrap().iter().any(|p| p["quote"] == "direct" && p["holder"]["name"] == "Taro Kono");
    assert!(direct, "{}", r["positions"]);
}

#[test]
fn offsets_fit_whatever_the_characters() {
    let cases = [
        ("emoji", "😀😀 President Emmanuel Macron said “we 🇫🇷 agree” — then left. 👩‍👩‍👧 He added: \"No.\""),
        ("combining", "Pre\u{301}sident Jose\u{301} Mari\u{301}a Aznar told re\u{301}porters that Spain disagreed."),
        ("crlf", "Headline here\r\n\r\nMr. Abe said Japan would act.\r\n\"Never,\" he said.\r\n"),
        ("nbsp", "Prime\u{a0}Minister\u{a0}Shinzo\u{a0}Abe said\u{a0}that\u{202f}it was “over”."),
        ("zero width", "Chan\u{200b}cellor Angela\u{feff} Merkel said\u{200d} no to Greece."),
        ("right to left", "\u{202e}נשיא ישראל\u{202c} President Isaac Herzog said שלום to all."),
        ("capitals", "ABE SAYS JAPAN WILL NOT YIELD SENKAKU ISLANDS TO CHINA\nTOKYO - Abe said so."),
        ("one word", "Hello"),
        ("marks only", "... !!! “ ” \" ' — 、。"),
        ("nul-free controls", "A\u{1}B\u{b}C\u{c}D said\u{85}that\u{2028}it works."),
    ];
    for (name, text) in cases {
        let r = annotate_text(text, &[]);
        assert_eq!(r["text"], text, "{name}");
        check(&r);
    }
}

#[test]
fn a_long_article_is_read_to_its_end() {
    let filler = "The committee met again in the afternoon and the talks went on without a result. ".repeat(1200);
    let text = format!("{filler}\nPresident Emmanuel Macron said that France would leave the talks.");
    let r = annotate_text(&text, &[]);
    let last = r["positions"].as_array().unwrap().last().unwrap();
    assert_eq!(last["holder"]["name"], "Emmanuel Macron");
    let end = r["sentences"].as_array().unwrap().last().unwrap()[1].as_u64().unwrap() as usize;
    assert_eq!(end, text.chars().count());
}

#[test]
fn offsets_in_other_units() {
    let text = "😀 Mr. Müller said so.";
    for (unit, slice) in [
        ("bytes", (|t: &str, s, e| t.as_bytes()[s..e].to_vec()) as fn(&str, usize, usize) -> Vec<u8>),
        ("utf16", |t, s, e| String::from_utf16(&t.encode_utf16().collect::<Vec<_>>()[s..e]).unwrap().into_bytes()),
    ] {
        let r = annotate_text(text, &["--offsets", unit]);
        let m = &r["mentions"][0];
        let (s, e) = (m["start"].as_u64().unwrap() as usize, m["end"].as_u64().unwrap() as usize);
        assert_eq!(slice(text, s, e), m["text"].as_str().unwrap().as_bytes(), "{unit}");
    }
}

#[test]
fn bad_records_are_rejected_in_their_place_and_good_ones_are_kept() {
    let input = "{\"id\":1,\"text\":\"Mr. Abe said no.\"}\nnot json\n{\"id\":\"x\"}\n\n{\"id\":\"y\",\"text\":\" \"}\n[1]\n{\"text\":\"The last one said yes.\",\"section\":\"A\"}\n";
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.jsonl");
    let out = demarche(&["annotate", "-", "--rejects", rejects.to_str().unwrap()]).write_stdin(input).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let records = lines(&out);
    assert_eq!(records.len(), 2);
    assert_eq!((&records[0]["id"], &records[1]["id"]), (&"1".into(), &"-:7".into()));
    assert_eq!(records[1]["meta"]["section"], "A");
    let bad: Vec<Value> = fs::read_to_string(&rejects).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(bad.iter().map(|r| r["line"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3, 5, 6]);
    assert_eq!(bad[1]["id"], "x");
    assert!(bad.iter().all(|r| r["source"] == "-" && !r["error"].as_str().unwrap().is_empty()));

    let inline = demarche(&["annotate", "-", "--rejects", "inline"]).write_stdin(input).output().unwrap();
    assert_eq!(inline.status.code(), Some(1));
    let all = lines(&inline);
    assert_eq!(all.len(), 6);
    assert_eq!(all.iter().map(|r| r["error"].is_string()).collect::<Vec<_>>(), [false, true, true, true, true, false]);
}

#[test]
fn files_of_every_kind_are_read() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let at = |n: &str| dir.path().join(n);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/a.txt"), "\u{feff}Mr. Abe said no.").unwrap();
    fs::write(at("in/b.jsonl"), "{\"doc_id\":\"b1\",\"body\":\"Mr. Abe said no.\",\"headline\":\"H\",\"published\":\"2020-01-01\"}\n")
        .unwrap();
    fs::write(
        at("in/c.csv"),
        "story_id,content,desk\r\nc1,\"Mr. Abe said,\r\n\"\"no\"\".\",world\r\nc2,\"one\",two,three\r\nc3,Mr. Abe said no.,x\r\n",
    )
    .unwrap();
    fs::write(at("in/d.tsv"), "id\ttext\nd1\tMr. Abe \"said\" no.\n").unwrap();
    let mut gz = flate2::write::GzEncoder::new(fs::File::create(at("in/e.jsonl.gz")).unwrap(), flate2::Compression::fast());
    gz.write_all(b"{\"id\":\"e1\",\"text\":\"Mr. Abe said no.\"}\n").unwrap();
    gz.finish().unwrap();
    fs::write(at("in/f.jsonl.zst"), zstd::encode_all(&b"{\"id\":\"f1\",\"text\":\"Mr. Abe said no.\"}\n"[..], 1).unwrap()).unwrap();
    fs::write(at("in/g.txt"), b"\xff\xfe\x00bad").unwrap();
    let out = at("out.jsonl");
    let status = demarche(&["annotate", at("in").to_str().unwrap(), "-o", out.to_str().unwrap()]).output().unwrap();
    assert_eq!(status.status.code(), Some(1), "{}", String::from_utf8_lossy(&status.stderr));
    let records: Vec<Value> = fs::read_to_string(&out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let ids: Vec<&str> = records.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids[1..], ["b1", "c1", "c3", "d1", "e1", "f1"]);
    assert!(ids[0].ends_with("a.txt"));
    assert_eq!(records[0]["text"], "Mr. Abe said no.");
    assert_eq!((&records[1]["title"], &records[1]["date"]), (&"H".into(), &"2020-01-01".into()));
    assert_eq!(records[2]["text"], "Mr. Abe said,\r\n\"no\".");
    assert_eq!(records[2]["meta"]["desk"], "world");
    let rejects = fs::read_to_string(at("out.jsonl.rejects.jsonl")).unwrap();
    assert_eq!(rejects.lines().count(), 2, "{rejects}");
    assert!(rejects.contains("not UTF-8 at byte 0"), "{rejects}");
}

#[test]
fn tables_join_on_the_article() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("tables");
    let input = dir.path().join("in.jsonl");
    let first: String = fs::read_to_string(samples()).unwrap().lines().take(3).map(|l| format!("{l}\n")).collect();
    fs::write(&input, first).unwrap();
    demarche(&["annotate", input.to_str().unwrap(), "--format", "csv", "-o", out.to_str().unwrap()]).assert().success();
    let mut rows = BTreeMap::new();
    for t in ["articles", "mentions", "entities", "people", "officials", "islands", "claims", "positions", "relations"] {
        let mut reader = csv::Reader::from_path(out.join(format!("{t}.csv"))).unwrap();
        assert_eq!(&reader.headers().unwrap()[0], "article_id", "{t}");
        let all: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        rows.insert(t, all);
    }
    let articles: Vec<&str> = rows["articles"].iter().map(|r| &r[0]).collect();
    assert_eq!(articles.len(), 3);
    assert!(rows["positions"].len() > 20 && rows["officials"].len() > 5);
    assert!(rows.values().flatten().all(|r| articles.contains(&&r[0])));

    let one = demarche(&["annotate", input.to_str().unwrap(), "--table", "positions"]).output().unwrap();
    assert!(one.status.success());
    assert_eq!(one.stdout, fs::read(out.join("positions.csv")).unwrap());
}

#[test]
fn conll_scheme_has_its_four_types() {
    let r = annotate_text("German Chancellor Angela Merkel met U.N. officials in New York.", &["--scheme", "conll03"]);
    let types: Vec<(&str, &str)> =
        r["mentions"].as_array().unwrap().iter().map(|m| (m["text"].as_str().unwrap(), m["type"].as_str().unwrap())).collect();
    assert_eq!(
        types,
        [("German", "MISC"), ("Angela Merkel", "PER"), ("U.N", "ORG"), ("New York", "LOC")]
            .map(|(a, b)| (if a == "U.N" { "U.N." } else { a }, b))
    );
}

#[test]
fn wrong_use_says_what_to_do() {
    let cases: [(&[&str], &str); 5] = [
        (&["annotate"], "no input"),
        (&["annotate", "no/such/file.txt"], "no/such/file.txt: no such file"),
        (&["annotate", "Cargo.toml", "--model", "nonesuch"], "no model \"nonesuch\""),
        (&["annotate", "Cargo.toml", "--format", "csv"], "name it with -o"),
        (&["annotate", "Cargo.toml", "--min-score", "2"], "a number from 0 to 1"),
    ];
    for (args, message) in cases {
        let out = demarche(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains(message), "{args:?}: {said}");
    }
}

#[test]
fn the_bundled_model_is_whole() {
    let out = Command::cargo_bin("demarche").unwrap().args(["models", "verify", "full"]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}
