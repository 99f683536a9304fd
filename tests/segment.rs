//! Words, quotation marks and pieces are those of the training's reader: reference outputs by tests/data/make_segments.py.

use demarche::encode::Tokenizer;
use demarche::segment::Document;
use demarche::text::{Article, OffsetUnit, Offsets};
use serde_json::Value;

#[test]
fn words_and_pieces_are_the_trainings() {
    let all: Vec<Value> = serde_json::from_str(include_str!("data/segments.json")).unwrap();
    let tokenizer = Tokenizer::load(&demarche::models::load("full").unwrap()).unwrap();
    let numbers = |v: &Value| -> Vec<u64> { v.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect() };
    for case in all {
        let text = case["text"].as_str().unwrap();
        let d = Document::new(Article { text: text.into(), ..Article::default() });
        let offsets = Offsets::new(text, OffsetUnit::CodePoints);
        let starts: Vec<u64> = d.words.iter().map(|w| u64::from(offsets.of(w.start))).collect();
        let ends: Vec<u64> = d.words.iter().map(|w| u64::from(offsets.of(w.end))).collect();
        assert_eq!(starts, numbers(&case["starts"]), "{text:?}");
        assert_eq!(ends, numbers(&case["ends"]), "{text:?}");
        assert_eq!(d.quoted.iter().map(|&q| u64::from(q)).collect::<Vec<_>>(), numbers(&case["quoted"]), "{text:?}");
        let p = tokenizer.pieces(&d).unwrap();
        assert_eq!(p.ids.iter().map(|&i| u64::from(i)).collect::<Vec<_>>(), numbers(&case["pieces"]), "{text:?}");
        assert_eq!(p.first.iter().map(|&i| i as u64).collect::<Vec<_>>(), numbers(&case["first"]), "{text:?}");
    }
}
