//! CoNLL columns: a token a line, blank lines between sentences, `-DOCSTART-` between articles.
//!
//! Tags are read by conlleval's rules, which hold for IOB1, IOB2 and BIOES (also BILOU and BMES) alike and give every broken
//! sequence a meaning: an I- or E- after O, or of another type than the tag before it, begins an entity.

use super::LabelError;
use crate::annotation::Offsets;
use crate::evaluate::labels::{Labelled, Mention, Place};

/// Reads a file. Without any `-DOCSTART-` every sentence is an article: else the interval over articles would mean nothing.
pub(super) fn read(content: &str, path: &str) -> Result<Vec<Labelled>, LabelError> {
    let whole_articles = content.lines().any(|l| l.starts_with("-DOCSTART-"));
    let mut out = Vec::new();
    let mut article = Builder::default();
    let mut sentence = Vec::new();
    for (line, n) in content.lines().zip(1u64..) {
        let line = line.trim_end();
        let place = Place { path: path.into(), line: Some(n) };
        let start = line.starts_with("-DOCSTART-");
        if line.is_empty() || start {
            article.sentence(&mut sentence);
            if start || !whole_articles {
                article.finish(&mut out);
            }
            continue;
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [token, .., tag] = fields.as_slice() else {
            // CoNLL-U's and others' comments.
            if line.starts_with('#') {
                continue;
            }
            return Err(LabelError::bad(&place, format!("one column only ({line:?}); a token and a tag are needed")));
        };
        if line.starts_with("# ") && Tag::parse(tag).is_none() {
            continue;
        }
        let Some(tag) = Tag::parse(tag) else {
            return Err(LabelError::bad(
                &place,
                format!("the last column, {tag:?}, is not a tag: O, or B, I, E, S, L, U or M with a type"),
            ));
        };
        if sentence.is_empty() && article.place.is_none() {
            article.place = Some(place);
        }
        sentence.push((token.to_string(), tag));
    }
    article.sentence(&mut sentence);
    article.finish(&mut out);
    Ok(out)
}

/// One token's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// B, I, E, S or O.
    position: u8,
    kind: String,
}

impl Tag {
    pub(super) fn parse(tag: &str) -> Option<Tag> {
        if tag == "O" {
            return Some(Tag { position: b'O', kind: String::new() });
        }
        let (position, kind) = tag.split_once(['-', '_'])?;
        let position = match position {
            "B" => b'B',
            "I" | "M" => b'I',
            "E" | "L" => b'E',
            "S" | "U" | "W" => b'S',
            _ => return None,
        };
        Some(Tag { position, kind: kind.to_string() })
    }
}

/// Entities of one sentence's tags as (first token, one past the last, type).
pub(super) fn chunks(tags: &[Tag]) -> Vec<(usize, usize, String)> {
    let outside = Tag { position: b'O', kind: String::new() };
    let mut out = Vec::new();
    let mut open: Option<usize> = None;
    let mut before = &outside;
    for (i, tag) in tags.iter().chain([&outside]).enumerate() {
        let inside = tag.position != b'O';
        let other = before.kind != tag.kind;
        let ends =
            before.position != b'O' && (other || matches!(before.position, b'E' | b'S') || matches!(tag.position, b'B' | b'S' | b'O'));
        if ends && let Some(from) = open.take() {
            out.push((from, i, before.kind.clone()));
        }
        let starts = inside && (other || matches!(tag.position, b'B' | b'S') || matches!(before.position, b'E' | b'S' | b'O'));
        if starts {
            open = Some(i);
        }
        before = tag;
    }
    out
}

#[derive(Default)]
struct Builder {
    text: String,
    length: u32,
    sentences: Vec<Offsets>,
    mentions: Vec<Mention>,
    place: Option<Place>,
}

impl Builder {
    fn push(&mut self, s: &str) {
        self.text.push_str(s);
        self.length += s.chars().count() as u32;
    }

    fn sentence(&mut self, tokens: &mut Vec<(String, Tag)>) {
        if tokens.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.push("\n");
        }
        let start = self.length;
        let mut places = Vec::new();
        for (i, (token, _)) in tokens.iter().enumerate() {
            if i > 0 {
                self.push(" ");
            }
            let from = self.length;
            self.push(token);
            places.push([from, self.length]);
        }
        self.sentences.push([start, self.length]);
        let tags: Vec<Tag> = tokens.drain(..).map(|t| t.1).collect();
        for (from, to, kind) in chunks(&tags) {
            self.mentions.push(Mention { span: [places[from][0], places[to - 1][1]], kind, ..Mention::default() });
        }
    }

    fn finish(&mut self, out: &mut Vec<Labelled>) {
        let done = std::mem::take(self);
        if let Some(place) = done.place {
            out.push(Labelled {
                place,
                text: Some(done.text),
                sentences: done.sentences,
                mentions: Some(done.mentions),
                ..Labelled::default()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_sequences_have_conllevals_meaning() {
        type Case<'a> = (&'a str, &'a str, &'a [(usize, usize, &'a str)]);
        let cases: [Case; 9] = [
            ("IOB1", "I-PER I-PER B-PER O I-LOC", &[(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]),
            ("IOB2", "B-PER I-PER B-PER O B-LOC", &[(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]),
            ("BIOES", "B-PER E-PER S-PER O S-LOC", &[(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]),
            ("BILOU", "B-PER L-PER U-PER", &[(0, 2, "PER"), (2, 3, "PER")]),
            ("I after O", "O I-PER I-PER", &[(1, 3, "PER")]),
            ("I of another type", "B-PER I-LOC I-LOC", &[(0, 1, "PER"), (1, 3, "LOC")]),
            ("no end", "B-PER I-PER O", &[(0, 2, "PER")]),
            ("E alone", "O E-PER E-PER", &[(1, 2, "PER"), (2, 3, "PER")]),
            ("I after E", "B-PER E-PER I-PER", &[(0, 2, "PER"), (2, 3, "PER")]),
        ];
        for (name, tags, want) in cases {
            let tags: Vec<Tag> = tags.split(' ').map(|t| Tag::parse(t).unwrap()).collect();
            let got = chunks(&tags);
            let got: Vec<_> = got.iter().map(|(a, b, k)| (*a, *b, k.as_str())).collect();
            assert_eq!(got, want, "{name}");
        }
    }

    #[test]
    fn articles_and_texts() {
        let file = "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nPeter NNP I-NP I-PER\n\n-DOCSTART- -X- O O\n\nZürich NNP I-NP I-LOC\n";
        let got = read(file, "f").unwrap();
        assert_eq!(got.iter().map(|a| a.text.as_deref().unwrap()).collect::<Vec<_>>(), ["EU rejects\nPeter", "Zürich"]);
        assert_eq!(got[0].mentions.as_ref().unwrap()[1], Mention { span: [11, 16], kind: "PER".into(), ..Mention::default() });
        assert_eq!(got[1].place.line, Some(10));
        let e = read("EU O\nrejects X-Y\n", "f").unwrap_err().to_string();
        assert!(e.starts_with("f:2: the last column, \"X-Y\""), "{e}");
    }
}
