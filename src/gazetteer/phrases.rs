//! Longest match of known phrases on a document's words.

use std::collections::HashMap;

use crate::segment::{Document, WordIndex};

/// Phrases, each a sequence of words, with what they stand for.
pub struct Phrases<T> {
    /// First word -> rest of the phrase and its value, longest first.
    by_first: HashMap<String, Vec<(Vec<String>, T)>>,
}

/// Words of a phrase, cut as a document is.
pub fn words_of(phrase: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut run = String::new();
    for c in phrase.chars() {
        if c.is_alphanumeric() || c == '_' {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            out.push(std::mem::take(&mut run));
        }
        if !c.is_whitespace() {
            out.push(c.to_string());
        }
    }
    if !run.is_empty() {
        out.push(run);
    }
    out
}

/// `TOKYO` -> `Tokyo`; other words as they are.
pub fn uncapitalised(word: &str) -> String {
    let caps = word.chars().count() > 2 && word.chars().all(|c| c.is_uppercase());
    if !caps {
        return word.to_string();
    }
    let mut chars = word.chars();
    let first: String = chars.next().into_iter().collect();
    first + &chars.as_str().to_lowercase()
}

impl<T: Clone> Phrases<T> {
    /// Builds the table; where one phrase comes twice, `merge` decides (`false` drops the phrase).
    pub fn build(items: impl IntoIterator<Item = (String, T)>, merge: impl Fn(&mut T, T) -> bool) -> Self {
        let mut all: HashMap<Vec<String>, Option<T>> = HashMap::new();
        for (phrase, value) in items {
            let words = words_of(&phrase);
            if words.is_empty() {
                continue;
            }
            match all.entry(words) {
                std::collections::hash_map::Entry::Vacant(v) => {
                    v.insert(Some(value));
                }
                std::collections::hash_map::Entry::Occupied(mut o) => {
                    let keep = match o.get_mut() {
                        Some(old) => merge(old, value),
                        None => false,
                    };
                    if !keep {
                        o.insert(None);
                    }
                }
            }
        }
        let mut by_first: HashMap<String, Vec<(Vec<String>, T)>> = HashMap::new();
        for (mut words, value) in all {
            if let Some(value) = value {
                let first = words.remove(0);
                by_first.entry(first).or_default().push((words, value));
            }
        }
        for v in by_first.values_mut() {
            v.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        Phrases { by_first }
    }

    /// The longest phrase that begins at word `at` and ends by word `end`: its length in words and its value.
    pub fn at(&self, word: impl Fn(WordIndex) -> String, at: WordIndex, end: WordIndex) -> Option<(usize, &T)> {
        let list = self.by_first.get(&word(at))?;
        list.iter().find_map(|(rest, value)| {
            (at + rest.len() < end && rest.iter().enumerate().all(|(i, w)| *w == word(at + 1 + i))).then_some((rest.len() + 1, value))
        })
    }

    /// Every longest match, left to right, as (first word, end word, value).
    pub fn find(&self, d: &Document) -> Vec<(WordIndex, WordIndex, T)> {
        let word = |i: usize| uncapitalised(d.word(i));
        let mut out = Vec::new();
        let mut i = 0;
        while i < d.words.len() {
            let hit = self.at(|k| d.word(k).to_string(), i, d.words.len()).or_else(|| self.at(word, i, d.words.len()));
            match hit {
                Some((n, value)) => {
                    out.push((i, i + n, value.clone()));
                    i += n;
                }
                None => i += 1,
            }
        }
        out
    }

    /// The value of a whole phrase.
    pub fn get(&self, phrase: &str) -> Option<&T> {
        let words = words_of(phrase);
        let (n, value) = self.at(|i| words[i].clone(), 0, words.len()).or_else(|| self.at(|i| uncapitalised(&words[i]), 0, words.len()))?;
        (n == words.len()).then_some(value)
    }
}

impl<T> Phrases<T> {
    /// The same phrases with other values.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Phrases<U> {
        let by_first = self.by_first.into_iter().map(|(k, list)| (k, list.into_iter().map(|(words, v)| (words, f(v))).collect())).collect();
        Phrases { by_first }
    }
}
