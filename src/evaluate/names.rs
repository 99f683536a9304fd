//! When two names, offices or islands are the same: the contract's rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::gazetteer::Gazetteer;

/// Words that stand before a name and are no part of it.
const TITLES: [&str; 15] =
    ["mr", "mrs", "ms", "dr", "sir", "president", "prime", "minister", "foreign", "secretary", "senator", "rep", "sen", "gov", "gen"];

/// Words of an office that make no difference.
const SMALL: [&str; 7] = ["of", "the", "for", "to", "affairs", "and", "s"];

/// A name as a key: case folded, without accents and punctuation, words parted by one blank.
pub fn norm(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut gap = false;
    for c in s.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() || c == '_' {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            match c {
                'ß' | 'ẞ' => out.push_str("ss"),
                'ς' => out.push('σ'),
                c => out.extend(c.to_lowercase()),
            }
        } else {
            gap = true;
        }
    }
    out
}

/// A person's name as words without titles.
pub fn person(name: &str) -> Vec<String> {
    norm(name).split(' ').filter(|w| !w.is_empty() && !TITLES.contains(w)).map(str::to_string).collect()
}

/// Whether two names, as [`person`] gives them, can be one person's: the shorter's words are all in the longer, and both end
/// with the same surname.
pub fn same_person(a: &[String], b: &[String]) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    a == b || short.last() == long.last() && short.iter().all(|w| long.contains(w))
}

/// An office as a set of words, by the contract's list of differences that are none.
fn office_words(office: &str) -> BTreeSet<String> {
    let plain = norm(&office.replace('-', " ")).replace("defense", "defence");
    let mut out = BTreeSet::new();
    for w in plain.split(' ').filter(|w| !w.is_empty()) {
        let word = match w {
            "chair" => "chairperson",
            "premier" => "prime minister",
            "vice" => "deputy",
            "mp" => "member parliament",
            w => w,
        };
        let stem = w.strip_suffix("woman").or_else(|| w.strip_suffix("man"));
        match stem.filter(|s| ["spokes", "chair", "congress", "assembly", "alder", "council"].iter().any(|k| s.ends_with(k))) {
            Some(stem) => out.insert(format!("{stem}person")),
            None => {
                out.extend(word.split(' ').map(str::to_string));
                false
            }
        };
    }
    out.retain(|w| !SMALL.contains(&w.as_str()));
    out
}

/// An office as a key: its words, or those of the canonical office where the gazetteer knows it as a variant.
pub fn office(office: &str) -> BTreeSet<String> {
    static CANONICAL: OnceLock<HashMap<BTreeSet<String>, BTreeSet<String>>> = OnceLock::new();
    let canonical = CANONICAL.get_or_init(|| {
        let mut out = HashMap::new();
        for (variant, office) in &Gazetteer::get().office_variants {
            out.entry(office_words(variant)).or_insert_with(|| office_words(office));
        }
        out
    });
    let words = office_words(office);
    canonical.get(&words).cloned().unwrap_or(words)
}

/// An island's name as a key: without the words for island, group and chain.
pub fn island(name: &str) -> String {
    let dropped = ["island", "islands", "isle", "isles", "archipelago", "chain", "the", "of"];
    norm(name).split(' ').filter(|w| !w.is_empty() && !dropped.contains(w)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons() {
        let cases = [
            ("Abe", "Shinzo Abe", true),
            ("Prime Minister Shinzō Abe", "SHINZO ABE", true),
            ("Shinzo", "Shinzo Abe", false),
            ("Akie Abe", "Shinzo Abe", false),
            ("Mr.", "Mr.", false),
            ("Andrés Manuel López Obrador", "Lopez Obrador", true),
        ];
        let failed: Vec<_> = cases.iter().filter(|(a, b, want)| same_person(&person(a), &person(b)) != *want).collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    #[test]
    fn offices() {
        let cases = [
            ("minister of defense", "defence minister", true),
            ("Minister for Foreign Affairs", "foreign minister", true),
            ("spokeswoman", "spokesman", true),
            ("vice-minister of finance", "deputy finance minister", true),
            ("premier", "prime minister", true),
            ("MP", "member of parliament", true),
            ("foreign minister", "deputy foreign minister", false),
            ("human rights envoy", "envoy", false),
        ];
        let failed: Vec<_> = cases.iter().filter(|(a, b, want)| (office(a) == office(b)) != *want).collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    #[test]
    fn islands() {
        assert_eq!(island("the Senkaku Islands"), island("SENKAKU island chain"));
        assert_eq!(island("Isle of Man"), "man");
    }
}
