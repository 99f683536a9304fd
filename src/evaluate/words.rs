//! Words of a text: what token-level scores count. A word is a longest run of letters, digits and underscores.

use crate::annotation::Offsets;

/// Positions of a text's words in code points, end exclusive.
#[derive(Debug, Default)]
pub struct Words {
    words: Vec<Offsets>,
}

/// A contiguous stretch of words: outer punctuation makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fragment {
    /// Start of the first word and end of the last, in code points.
    pub span: Offsets,
    /// Index of the first word and one past the last.
    pub words: Offsets,
}

impl Words {
    /// Finds the words.
    pub fn new(text: &str) -> Self {
        let mut words = Vec::new();
        let mut from = None;
        let mut n = 0;
        for (at, c) in (0u32..).zip(text.chars()) {
            n = at + 1;
            match (c.is_alphanumeric() || c == '_', from) {
                (true, None) => from = Some(at),
                (false, Some(start)) => {
                    words.push([start, at]);
                    from = None;
                }
                _ => {}
            }
        }
        if let Some(start) = from {
            words.push([start, n]);
        }
        Words { words }
    }

    /// First and one past the last word that share a character with the span.
    fn range(&self, [start, end]: Offsets) -> (usize, usize) {
        let from = self.words.partition_point(|w| w[1] <= start);
        (from, self.words.partition_point(|w| w[0] < end).max(from))
    }

    /// The words that the spans cover, as sorted start offsets; a word cut by a span counts from the cut on.
    pub fn cover(&self, spans: &[Offsets]) -> Vec<u32> {
        let mut out = Vec::new();
        for &s in spans {
            let (from, to) = self.range(s);
            out.extend(self.words[from..to].iter().map(|w| w[0].max(s[0])));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The spans as stretches of words; spans that only white space (or nothing) parts are joined first.
    pub fn fragments(&self, spans: &[Offsets], blank: impl Fn(Offsets) -> bool) -> Vec<Fragment> {
        let mut sorted = spans.to_vec();
        sorted.sort_unstable();
        let mut joined: Vec<Offsets> = Vec::new();
        for s in sorted {
            match joined.last_mut() {
                Some(last) if s[0] <= last[1] || blank([last[1], s[0]]) => last[1] = last[1].max(s[1]),
                _ => joined.push(s),
            }
        }
        let mut out: Vec<Fragment> = joined
            .into_iter()
            .filter_map(|s| {
                let (from, to) = self.range(s);
                let (first, last) = (self.words[from..to].first()?, self.words[from..to].last()?);
                Some(Fragment { span: [first[0].max(s[0]), last[1].min(s[1])], words: [from as u32, to as u32] })
            })
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Number of values that two sorted lists share.
pub fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                n += 1;
                i += 1;
                j += 1;
            }
        }
    }
    n
}

/// F1 of two sets of words, 0 where one is empty.
pub fn f1(a: &[u32], b: &[u32]) -> f64 {
    if a.is_empty() || b.is_empty() { 0.0 } else { 2.0 * common(a, b) as f64 / (a.len() + b.len()) as f64 }
}

/// What two sets of words share, as a part of all they hold; 1 where both are empty.
pub fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let n = common(a, b);
    let all = a.len() + b.len() - n;
    if all == 0 { 1.0 } else { n as f64 / all as f64 }
}

/// A text that can be cut by code points.
#[derive(Debug)]
pub struct Chars<'a> {
    text: &'a str,
    /// Byte of each character; empty where bytes are characters.
    bytes: Vec<u32>,
    len: u32,
}

impl<'a> Chars<'a> {
    /// Prepares a text.
    pub fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Chars { text, bytes: Vec::new(), len: text.len() as u32 };
        }
        let bytes: Vec<u32> = text.char_indices().map(|(b, _)| b as u32).chain([text.len() as u32]).collect();
        let len = bytes.len() as u32 - 1;
        Chars { text, bytes, len }
    }

    /// Length in code points.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// The text of a span in code points, end exclusive; `None` where it does not lie in the text.
    pub fn get(&self, [start, end]: Offsets) -> Option<&'a str> {
        if start > end || end > self.len {
            return None;
        }
        if self.bytes.is_empty() {
            return self.text.get(start as usize..end as usize);
        }
        self.text.get(self.bytes[start as usize] as usize..self.bytes[end as usize] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_the_spans_say() {
        let w = Words::new("“Né à Paris,” dit-il.");
        assert_eq!(w.cover(&[[0, 13]]), [1, 4, 6]);
        assert_eq!(w.cover(&[[8, 16]]), [8, 14], "a cut word begins at the cut, the next is cut short");
        assert_eq!(w.cover(&[[11, 14]]), Vec::<u32>::new());
        let f = w.fragments(&[[0, 3], [4, 5], [14, 21]], |_| true);
        assert_eq!(f, [Fragment { span: [1, 20], words: [0, 5] }]);
    }

    #[test]
    fn sets_of_words() {
        assert_eq!(common(&[1, 4, 6], &[4, 5, 6]), 2);
        assert_eq!(f1(&[1, 4, 6], &[4, 5, 6]), 2.0 / 3.0);
        assert_eq!(jaccard(&[1, 4, 6], &[4, 5, 6]), 0.5);
    }
}
