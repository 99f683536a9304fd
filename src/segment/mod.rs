//! Words, sentences, paragraphs and quoted stretches of an article.
//!
//! A *word* is a run of letters and digits, or one other character that is not white space. scripts/train/corpus.py cuts
//! training text the same way; `tests/segment.rs` holds both to one set of reference outputs.

use crate::text::{Article, Span};

/// A word's index in its document. Not a window's index: see `encode::Window`.
pub type WordIndex = usize;

/// An article cut into words and sentences.
pub struct Document {
    /// The article.
    pub article: Article,
    /// Words in the order of the text, in bytes.
    pub words: Vec<Span>,
    /// For each word: it stands inside quotation marks (an opening mark counts as inside, a closing one as outside).
    pub quoted: Vec<bool>,
    /// For each word: a line break stands before it.
    pub breaks: Vec<bool>,
    /// Sentences as half-open ranges of words; they cover all words in order.
    pub sentences: Vec<(WordIndex, WordIndex)>,
}

/// Abbreviations after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 30] = [
    "Mr", "Mrs", "Ms", "Dr", "Gen", "Gov", "Sen", "Rep", "Lt", "Col", "St", "vs", "No", "Sgt", "Maj", "Capt", "Adm", "Prof", "Rev", "Hon",
    "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec", "Jr", "Cmdr", "Amb",
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Document {
    /// Cuts `article`.
    pub fn new(article: Article) -> Self {
        let words = words(&article.text);
        let text = &article.text;
        let mut quoted = Vec::with_capacity(words.len());
        let mut breaks = Vec::with_capacity(words.len());
        let mut inside = false;
        let mut sentences = Vec::new();
        let mut start = 0;
        for (i, w) in words.iter().enumerate() {
            let newline = i > 0 && text[words[i - 1].end as usize..w.start as usize].contains('\n');
            if newline {
                inside = false;
            }
            match w.of(text) {
                "“" => inside = true,
                "”" => inside = false,
                "\"" => inside = !inside,
                _ => {}
            }
            quoted.push(inside);
            breaks.push(newline);
            if i > 0 && (newline || begins_sentence(text, &words, i)) {
                sentences.push((start, i));
                start = i;
            }
        }
        if start < words.len() {
            sentences.push((start, words.len()));
        }
        Document { words, quoted, breaks, sentences, article }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.article.text
    }

    /// The words `a..b` as one span of the text; `a < b`.
    pub fn span(&self, a: WordIndex, b: WordIndex) -> Span {
        Span { start: self.words[a].start, end: self.words[b - 1].end }
    }

    /// The text of word `i`.
    pub fn word(&self, i: WordIndex) -> &str {
        self.words[i].of(self.text())
    }

    /// The words that `span` touches, as a half-open range.
    pub fn words_of(&self, span: Span) -> (WordIndex, WordIndex) {
        let a = self.words.partition_point(|w| w.end <= span.start);
        let b = self.words.partition_point(|w| w.start < span.end);
        (a, b.max(a))
    }

    /// The index of the sentence that holds word `i`.
    pub fn sentence_of(&self, i: WordIndex) -> usize {
        self.sentences.partition_point(|s| s.1 <= i).min(self.sentences.len().saturating_sub(1))
    }

    /// The sentences in bytes.
    pub fn sentence_spans(&self) -> Vec<Span> {
        self.sentences.iter().map(|&(a, b)| self.span(a, b)).collect()
    }
}

fn words(text: &str) -> Vec<Span> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut run: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if is_word(c) {
            run.get_or_insert(at);
            continue;
        }
        if let Some(s) = run.take() {
            out.push(Span::new(s, at));
        }
        if !c.is_whitespace() {
            out.push(Span::new(at, at + c.len_utf8()));
        }
    }
    if let Some(s) = run {
        out.push(Span::new(s, text.len()));
    }
    out
}

/// Whether a sentence begins at word `i`, which has a word before it and no line break between.
fn begins_sentence(text: &str, words: &[Span], i: usize) -> bool {
    let at = |k: usize| words[k].of(text);
    let first = |k: usize| at(k).chars().next().unwrap_or(' ');
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '…');
    if words[i - 1].end == words[i].start {
        return false;
    }
    let before = first(i - 1);
    let (stop, mark) = if ends(before) {
        (i - 1, true)
    } else if matches!(before, '"' | '”' | '’' | '\'' | ')') && i > 1 && ends(first(i - 2)) {
        (i - 2, true)
    } else {
        (0, false)
    };
    if !mark {
        return false;
    }
    let c = first(i);
    let opens = c.is_uppercase() || c.is_numeric() || matches!(c, '"' | '“' | '‘' | '\'' | '(' | '[');
    if !opens {
        return false;
    }
    if at(stop) == "." && stop > 0 && words[stop - 1].end == words[stop].start && stop == i - 1 {
        let w = at(stop - 1);
        let initial = w.chars().count() == 1 && w.chars().all(char::is_uppercase);
        // "the U.S. The": an initial before a capitalised function word does end the sentence.
        if initial && !matches!(at(i), "The" | "In" | "But" | "It" | "He" | "She" | "They" | "A" | "We") {
            return false;
        }
        if ABBREVIATIONS.contains(&w) {
            return false;
        }
    }
    true
}
