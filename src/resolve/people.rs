//! Persons: mentions of one name, its variants and its surname alone.

use super::{Entity, Resolved, names};
use crate::decode::MentionType;
use crate::segment::Document;

struct Person {
    words: Vec<String>,
    name: String,
    mentions: Vec<usize>,
}

/// Joins the person mentions into entities, full names first, so that a surname before its full name finds it.
pub(super) fn resolve(d: &Document, out: &mut Resolved) {
    let mut all: Vec<(usize, Vec<String>, String)> = Vec::new();
    for (i, m) in out.mentions.iter().enumerate() {
        if m.kind != MentionType::Person {
            continue;
        }
        let text = d.span(m.words.0, m.words.1).of(d.text()).split_whitespace().collect::<Vec<_>>().join(" ");
        let words = names::person_words(&text);
        // A title alone is no name.
        let title = words.len() == 1
            && matches!(
                words[0].as_str(),
                "sir" | "dame" | "lord" | "lady" | "mr" | "mrs" | "ms" | "dr" | "major" | "general" | "al" | "president"
            );
        if !title && words.iter().any(|w| w.chars().any(char::is_alphabetic)) {
            all.push((i, words, display(&text)));
        }
    }
    let mut persons: Vec<Person> = Vec::new();
    let mut full: Vec<usize> = (0..all.len()).collect();
    full.sort_by_key(|&k| (std::cmp::Reverse(all[k].1.len().min(4)), k));
    for k in full {
        let (i, words, name) = &all[k];
        let fits = |p: &Person| names::stands_for(words, &p.words) || names::stands_for(&p.words, words);
        // Of several persons that a surname may mean: the one named in full last before it, else the first.
        let best = persons
            .iter()
            .enumerate()
            .filter(|(_, p)| fits(p))
            .max_by_key(|(n, p)| {
                let exact = p.words == *words;
                let before = p.mentions.iter().filter(|&&m| m < *i).max().map_or(-1, |&m| m as i64);
                let surname = p.words.last() == words.last();
                (exact, surname, before, std::cmp::Reverse(*n))
            })
            .map(|(n, _)| n);
        match best {
            Some(n) => persons[n].mentions.push(*i),
            None => persons.push(Person { words: words.clone(), name: name.clone(), mentions: vec![*i] }),
        }
    }
    for mut p in persons {
        p.mentions.sort_unstable();
        let e = out.entities.len();
        for &m in &p.mentions {
            out.entity_of[m] = Some(e);
        }
        out.people.push(e);
        out.entities.push(Entity { kind: MentionType::Person, name: p.name, mentions: p.mentions, country: None, link: None });
    }
}

/// A name from a headline in capitals as it is written elsewhere: `SHINZO ABE` -> `Shinzo Abe`.
fn display(text: &str) -> String {
    if text.chars().any(char::is_lowercase) || text.chars().filter(|c| c.is_alphabetic()).count() < 4 {
        return text.to_string();
    }
    text.split(' ').map(crate::gazetteer::uncapitalised).collect::<Vec<_>>().join(" ")
}
