//! The base form of a cue's main word.

use crate::decode::WordRange;
use crate::gazetteer::Gazetteer;
use crate::segment::Document;

const IRREGULAR: [(&str, &str); 38] = [
    ("said", "say"),
    ("says", "say"),
    ("told", "tell"),
    ("wrote", "write"),
    ("written", "write"),
    ("thought", "think"),
    ("felt", "feel"),
    ("knew", "know"),
    ("known", "know"),
    ("saw", "see"),
    ("seen", "see"),
    ("heard", "hear"),
    ("held", "hold"),
    ("found", "find"),
    ("made", "make"),
    ("put", "put"),
    ("quoted", "quote"),
    ("sought", "seek"),
    ("swore", "swear"),
    ("sworn", "swear"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("taught", "teach"),
    ("understood", "understand"),
    ("meant", "mean"),
    ("read", "read"),
    ("shown", "show"),
    ("gave", "give"),
    ("given", "give"),
    ("took", "take"),
    ("taken", "take"),
    ("went", "go"),
    ("replied", "reply"),
    ("denied", "deny"),
    ("implied", "imply"),
    ("according", "accord"),
    ("testified", "testify"),
    ("has", "have"),
];

const AUXILIARIES: [&str; 40] = [
    "has",
    "have",
    "had",
    "was",
    "were",
    "is",
    "are",
    "be",
    "been",
    "being",
    "did",
    "does",
    "do",
    "not",
    "will",
    "would",
    "could",
    "can",
    "may",
    "might",
    "must",
    "should",
    "shall",
    "also",
    "never",
    "t",
    "didn",
    "hasn",
    "doesn",
    "won",
    "later",
    "further",
    "once",
    "again",
    "repeatedly",
    "publicly",
    "reportedly",
    "recently",
    "earlier",
    "to",
];

/// The main word of the cue, in its base form, small letters.
pub fn lemma(d: &Document, cue: WordRange) -> String {
    let words: Vec<String> = (cue.0..cue.1).map(|w| d.word(w).to_lowercase()).filter(|w| w.chars().any(char::is_alphabetic)).collect();
    let main = words.iter().find(|w| !AUXILIARIES.contains(&w.as_str())).or(words.last());
    main.map_or_else(|| d.span(cue.0, cue.1).of(d.text()).to_lowercase(), |w| base(w))
}

fn base(w: &str) -> String {
    if let Some((_, b)) = IRREGULAR.iter().find(|(f, _)| *f == w) {
        return (*b).to_string();
    }
    let known = |s: &str| Gazetteer::get().cues.contains_key(s);
    if known(w) {
        return w.to_string();
    }
    for (end, with) in [("ied", "y"), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("es", ""), ("es", "e"), ("s", "")]
    {
        if let Some(stem) = w.strip_suffix(end) {
            let whole = format!("{stem}{with}");
            if known(&whole) {
                return whole;
            }
            // admitted, planning
            let mut chars: Vec<char> = stem.chars().collect();
            if chars.len() > 3 && chars[chars.len() - 1] == chars[chars.len() - 2] {
                chars.pop();
                let single: String = chars.into_iter().collect();
                if known(&single) {
                    return single;
                }
            }
        }
    }
    w.to_string()
}
