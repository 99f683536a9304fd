//! Whatever the text: all of it is read, every span fits, and what is said of an article depends on nothing but it.
//!
//! The model is models/tiny: random weights find something everywhere, which a trained one does not.

use std::sync::LazyLock;

use demarche::decode::Scheme;
use demarche::encode::Tokenizer;
use demarche::models::{ModelFiles, load};
use demarche::pipeline::{Annotator, RecordOptions, record};
use demarche::segment::Document;
use demarche::text::{Article, OffsetUnit};
use proptest::prelude::*;

const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/tiny");

static FILES: LazyLock<ModelFiles> = LazyLock::new(|| load(TINY).unwrap());
static ANNOTATOR: LazyLock<Annotator> = LazyLock::new(|| Annotator::new(&FILES, Scheme::Demarche).unwrap());

fn article(text: &str) -> Article {
    Article { id: "a".into(), text: text.into(), ..Article::default() }
}

/// News-like text with everything that breaks offsets.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[a-zA-Z]{1,9}",
        1 => Just("Shinzo Abe".to_string()),
        1 => Just("President Putin said".to_string()),
        1 => Just("Senkaku Islands".to_string()),
        1 => Just("U.S.".to_string()),
        1 => Just("“quoted”".to_string()),
        1 => Just("😀👩‍👩‍👧".to_string()),
        1 => Just("e\u{301}\u{200d}x".to_string()),
        1 => Just("שלום".to_string()),
        1 => any::<char>().prop_map(String::from),
    ];
    let gap = prop_oneof![
        6 => Just(" "), 1 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\u{a0}"), 1 => Just(". "), 1 => Just(", "), 1 => Just("\" "), 1 => Just("")
    ];
    proptest::collection::vec((word, gap), 0..160).prop_map(|v| v.into_iter().map(|(w, g)| w + g).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn words_cover_all_that_is_not_white_space(t in text()) {
        let d = Document::new(article(&t));
        let mut covered = 0;
        for w in &d.words {
            prop_assert!(!w.of(&t).chars().any(char::is_whitespace));
            prop_assert!(t[covered..w.start as usize].chars().all(char::is_whitespace));
            covered = w.end as usize;
        }
        prop_assert!(t[covered..].chars().all(char::is_whitespace));
        let mut next = 0;
        for &(a, b) in &d.sentences {
            prop_assert!(a == next && b > a);
            next = b;
        }
        prop_assert_eq!(next, d.words.len());
    }

    #[test]
    fn windows_cover_every_word_once(t in text()) {
        let tokenizer = Tokenizer::load(&FILES).unwrap();
        let d = Document::new(article(&t));
        let pieces = tokenizer.pieces(&d).unwrap();
        let mut next = 0;
        for w in tokenizer.windows(&d, &pieces) {
            prop_assert_eq!(w.core.start, next);
            prop_assert!(w.core.end >= w.core.start);
            prop_assert!(w.words.start <= w.core.start && w.core.end <= w.words.end);
            prop_assert!(w.pieces.len() <= FILES.manifest.encoder.window);
            prop_assert_eq!(w.first.len(), w.words.len());
            prop_assert!(w.first.iter().all(|&p| p < w.pieces.len()));
            next = w.core.end;
        }
        prop_assert_eq!(next, d.words.len());
    }

    #[test]
    fn every_span_of_every_record_slices_its_text(t in text()) {
        let a = ANNOTATOR.annotate(article(&t)).unwrap();
        for unit in [OffsetUnit::CodePoints, OffsetUnit::Bytes, OffsetUnit::Utf16] {
            let r = record(&a, &ANNOTATOR, &RecordOptions { offsets: unit, ..RecordOptions::default() });
            let slice = |s: u32, e: u32| -> String {
                let (s, e) = (s as usize, e as usize);
                match unit {
                    OffsetUnit::CodePoints => t.chars().skip(s).take(e - s).collect(),
                    OffsetUnit::Bytes => t[s..e].to_string(),
                    OffsetUnit::Utf16 => String::from_utf16(&t.encode_utf16().collect::<Vec<_>>()[s..e]).unwrap(),
                }
            };
            for m in &r.mentions {
                prop_assert_eq!(slice(m.start, m.end), &*m.text);
            }
            for pair in r.mentions.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
            for p in &r.positions {
                prop_assert_eq!(slice(p.cue.spans[0][0], p.cue.spans[0][1]), &*p.cue.text);
                let content: Vec<String> = p.content.spans.iter().map(|s| slice(s[0], s[1])).collect();
                prop_assert_eq!(content.join(" "), &*p.content.text);
                if let (Some(s), Some(e)) = (p.holder.start, p.holder.end) {
                    let text = slice(s, e);
                    prop_assert_eq!(Some(text.as_str()), p.holder.text.as_deref());
                }
            }
            for o in &r.officials {
                prop_assert_eq!(slice(o.evidence[0][0], o.evidence[0][1]), &*o.office_text);
            }
        }
    }

    #[test]
    fn the_same_text_gives_the_same_record(t in text()) {
        let one = record(&ANNOTATOR.annotate(article(&t)).unwrap(), &ANNOTATOR, &RecordOptions::default());
        let two = record(&ANNOTATOR.annotate(article(&t)).unwrap(), &ANNOTATOR, &RecordOptions::default());
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
    }
}
