//! Names as keys, and when two names mean one person.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that stand before a name and are no part of it.
const TITLES: [&str; 25] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "sir",
    "dame",
    "lord",
    "lady",
    "president",
    "prime",
    "minister",
    "foreign",
    "secretary",
    "senator",
    "rep",
    "sen",
    "gov",
    "gen",
    "prof",
    "professor",
    "sheikh",
    "the",
    "king",
    "queen",
];

/// Small letters without accents and punctuation, words parted by one blank.
pub fn key(name: &str) -> String {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The words of a person's name without titles.
pub fn person_words(name: &str) -> Vec<String> {
    let all: Vec<String> = key(name).split(' ').filter(|w| !w.is_empty()).map(str::to_string).collect();
    // "Mr. Abe's": the genitive is no name.
    let all: Vec<String> = all.into_iter().enumerate().filter(|(i, w)| *i == 0 || w != "s").map(|(_, w)| w).collect();
    // "Marcos Jr." is called "Marcos".
    let end = all.iter().rposition(|w| !matches!(w.as_str(), "jr" | "sr" | "ii" | "iii" | "iv")).map_or(all.len(), |i| i + 1);
    let all = all[..end].to_vec();
    let from = all.iter().take_while(|w| TITLES.contains(&w.as_str())).count();
    if from < all.len() { all[from..].to_vec() } else { all }
}

/// Whether a shorter name can stand for a longer one: all its words are in it, and it ends with the surname, or it is the
/// one word that comes first in the longer (Xi for Xi Jinping, Hillary for Hillary Clinton).
pub fn stands_for(short: &[String], long: &[String]) -> bool {
    if short == long {
        return true;
    }
    if short.is_empty() || short.len() > long.len() || !short.iter().all(|w| long.contains(w)) {
        return initials_match(short, long);
    }
    short.last() == long.last() || (short.len() == 1 && short[0] == long[0]) || long.starts_with(short)
}

/// "J. Kerry" and "John Kerry", "George W. Bush" and "George Bush".
fn initials_match(a: &[String], b: &[String]) -> bool {
    let (Some(x), Some(y)) = (a.last(), b.last()) else { return false };
    if x != y || a.len() < 2 || b.len() < 2 {
        return false;
    }
    let full = |n: &[String]| -> Vec<String> { n[..n.len() - 1].iter().filter(|w| w.chars().count() > 1).cloned().collect() };
    let (fa, fb) = (full(a), full(b));
    match (fa.first(), fb.first()) {
        (Some(p), Some(q)) => p == q,
        _ => a[0].chars().next() == b[0].chars().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_person() {
        let cases = [
            ("Abe", "Shinzo Abe", true),
            ("Mr. Abe", "Shinzo Abe", true),
            ("Xi", "Xi Jinping", true),
            ("Mr. Marcos", "Ferdinand Marcos Jr.", true),
            ("Hillary", "Hillary Clinton", true),
            ("George W. Bush", "George Bush", true),
            ("Bill Clinton", "Hillary Clinton", false),
            ("Jeb Bush", "George Bush", false),
            ("Lopez Obrador", "Andres Manuel López Obrador", true),
        ];
        for (short, long, want) in cases {
            assert_eq!(stands_for(&person_words(short), &person_words(long)), want, "{short} for {long}");
        }
    }
}
