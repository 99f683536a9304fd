//! Islands: the model's mentions, and names that can be nothing else, joined by the gazetteer's aliases.

use super::{Entity, EntityIndex, Resolved, names};
use crate::decode::{Mention, MentionType};
use crate::gazetteer::Gazetteer;
use crate::segment::Document;

/// An island of the text.
#[derive(Clone, Debug)]
pub struct IslandFound {
    /// Its entity.
    pub entity: EntityIndex,
    /// Its row in the gazetteer.
    pub row: Option<usize>,
    /// Other names of it in the text.
    pub aliases: Vec<String>,
}

/// Words that make a name an island's: "Mischief Reef", "Chagos Archipelago".
const ISLAND_WORDS: [&str; 14] =
    ["island", "islands", "isle", "isles", "islet", "islets", "archipelago", "reef", "reefs", "shoal", "atoll", "cay", "atolls", "shoals"];

/// A name's key without the words that say what it is.
pub(super) fn island_key(name: &str) -> String {
    let k = names::key(name);
    let kept: Vec<&str> = k
        .split(' ')
        .filter(|w| !matches!(*w, "island" | "islands" | "isle" | "isles" | "archipelago" | "chain" | "the" | "of" | "s"))
        .collect();
    if kept.is_empty() { k } else { kept.join(" ") }
}

fn row_of(text: &str) -> Option<usize> {
    let g = Gazetteer::get();
    let text = text.strip_prefix("the ").or_else(|| text.strip_prefix("The ")).unwrap_or(text);
    g.island_names.get(text).copied().or_else(|| {
        // "Senkaku" for "Senkaku Islands", "Iturup Island" for "Iturup".
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() > 1 && ISLAND_WORDS.contains(&words[words.len() - 1].to_lowercase().as_str()) {
            g.island_names.get(&words[..words.len() - 1].join(" ")).copied()
        } else {
            ["Islands", "Island", "Archipelago"].iter().find_map(|w| g.island_names.get(&format!("{text} {w}")).copied())
        }
    })
}

/// Names that the words "Island" and the like follow without making an island of them.
const NO_ISLANDS: [&str; 24] = [
    "rhode", "love", "treasure", "fantasy", "pacific", "british", "first", "disputed", "two", "three", "four", "five", "several", "these",
    "those", "both", "some", "many", "other", "all", "our", "their", "small", "remote",
];

/// Territories below the level of a state that have an ISO code of their own: islands all the same.
const DEPENDENT: [&str; 44] = [
    "GL", "FK", "FO", "GU", "PR", "NC", "YT", "IO", "GS", "KY", "BM", "VG", "VI", "TC", "AX", "SJ", "NF", "CC", "CX", "GG", "JE", "IM",
    "PF", "AS", "MP", "AI", "MS", "SH", "BQ", "CW", "AW", "SX", "MF", "GP", "MQ", "RE", "BV", "HM", "TF", "UM", "CK", "NU", "TK", "WF",
];

/// Words before "islands" that tell where they are, not what they are called.
const WHERE: [&str; 16] = [
    "ocean",
    "sea",
    "arctic",
    "pacific",
    "atlantic",
    "baltic",
    "mediterranean",
    "caribbean",
    "south",
    "north",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
];

/// Whether the name is a state's: an island state is no island.
fn state(name: &str) -> bool {
    let g = Gazetteer::get();
    g.countries.get(name).is_some_and(|c| !DEPENDENT.contains(&c.as_str())) && !g.certain_islands.contains(name)
}

/// Whether the name is a country's, a region's or a city's.
fn land(name: &str) -> bool {
    let g = Gazetteer::get();
    g.countries.get(name).is_some() || g.subnational.get(name).is_some()
}

fn says_island(word: &str) -> bool {
    ISLAND_WORDS.contains(&word.to_lowercase().as_str())
}

/// Names of the gazetteer and of the form "… Shoal", as word ranges; the flag says that the form leaves no doubt.
fn named_by_form(d: &Document) -> Vec<(usize, usize, bool)> {
    let g = Gazetteer::get();
    let capital = |w: usize| d.word(w).chars().next().is_some_and(char::is_uppercase);
    let mut out: Vec<(usize, usize, bool)> = Vec::new();
    for (a, mut b, row) in g.island_names.find(d) {
        let text = d.span(a, b).of(d.text()).to_string();
        if !capital(a) || state(&text) || text.split_whitespace().all(says_island) {
            continue;
        }
        let mut sure = text.split_whitespace().next_back().is_some_and(says_island);
        // "Ayungin" + "Shoal", "Second Thomas" + ")" + "Shoal"
        if !sure && b < d.words.len() && says_island(d.word(b)) && d.words[b].start <= d.words[b - 1].end + 1 {
            b += 1;
            sure = true;
        }
        let island = &g.islands[row];
        let disputed = island.claimants.len() > 1 && island.curated && text.chars().count() > 4;
        if sure || disputed || g.certain_islands.contains(&text) {
            out.push((a, b, sure || g.certain_islands.contains(&text)));
        }
    }
    for w in 1..d.words.len() {
        let word = d.word(w);
        // "Panatag Shoal", "Natuna islands": one to three capitalised words before it in the sentence.
        if !says_island(word) || out.iter().any(|o| o.0 <= w && w < o.1) {
            continue;
        }
        let sentence = d.sentences[d.sentence_of(w)].0;
        let mut a = w;
        while a > sentence && w - a < 3 && capital(a - 1) && d.word(a - 1).chars().count() > 2 && d.words[a - 1].end + 1 == d.words[a].start
        {
            a -= 1;
        }
        while a < w && matches!(d.word(a), "The" | "These" | "Those" | "This" | "Some" | "Many" | "Both" | "Other" | "THE") {
            a += 1;
        }
        let first = d.word(a).to_lowercase();
        let country = g.countries.get(d.span(a, w.max(a + 1)).of(d.text())).is_some();
        let small = word.chars().next().is_some_and(char::is_lowercase);
        let place = small && a < w && WHERE.contains(&d.word(w - 1).to_lowercase().as_str());
        if a < w && !country && !place && !NO_ISLANDS.contains(&first.as_str()) {
            out.push((a, w + 1, true));
        }
    }
    out.sort_unstable();
    out
}

/// Adds islands that the model has not seen as such, and mends what it took for a person or a place.
pub(super) fn add_from_gazetteer(d: &Document, mentions: &mut Vec<Mention>) {
    // The model's islands that are none: country names, and the bare word.
    for m in mentions.iter_mut().filter(|m| m.kind == MentionType::Island) {
        if m.words.1 - m.words.0 > 1 && d.word(m.words.0).eq_ignore_ascii_case("the") {
            m.words.0 += 1;
        }
        let text = d.span(m.words.0, m.words.1).of(d.text());
        let generic = |w: &str| says_island(w) || NO_ISLANDS.contains(&w.to_lowercase().as_str());
        if text.split_whitespace().all(generic) {
            m.kind = MentionType::Loc;
        } else if state(text) || (row_of(text).is_none() && !text.split_whitespace().any(says_island) && (land(text) || m.score < 0.7)) {
            m.kind = MentionType::Gpe;
        }
    }
    for (mut a, b, sure) in named_by_form(d) {
        if b - a > 1 && d.word(a).eq_ignore_ascii_case("the") {
            a += 1;
        }
        let sea = (b < d.words.len()) && matches!(d.word(b).to_lowercase().as_str(), "sea" | "strait" | "straits");
        if sea {
            continue;
        }
        let overlapping: Vec<usize> = (0..mentions.len()).filter(|&i| mentions[i].words.0 < b && a < mentions[i].words.1).collect();
        // A longer name of another kind ("Falkland Islands Government") stays what it is.
        let blocked = overlapping.iter().any(|&i| {
            let m = &mentions[i];
            let longer = m.words.0 < a || m.words.1 > b;
            match m.kind {
                MentionType::Person => !(sure && !longer && b - a > 1),
                MentionType::Org | MentionType::Work | MentionType::Event | MentionType::Role => longer || !sure,
                _ => false,
            }
        });
        if blocked {
            continue;
        }
        let (mut from, mut to) = (a, b);
        for &i in overlapping.iter().rev() {
            let m = mentions.remove(i);
            if m.kind == MentionType::Island {
                from = from.min(m.words.0);
                to = to.max(m.words.1);
            }
        }
        mentions.push(Mention { words: (from, to), kind: MentionType::Island, score: if sure { 0.95 } else { 0.7 } });
    }
    // A name that is an island's elsewhere in the article is no person's here ("Dokdo", "Perejil").
    let known: Vec<String> =
        mentions.iter().filter(|m| m.kind == MentionType::Island).map(|m| island_key(d.span(m.words.0, m.words.1).of(d.text()))).collect();
    for m in mentions.iter_mut().filter(|m| m.kind == MentionType::Person) {
        if known.contains(&island_key(d.span(m.words.0, m.words.1).of(d.text()))) {
            m.kind = MentionType::Island;
        }
    }
    mentions.sort_by_key(|m| m.words);
    mentions.dedup_by(|later, earlier| later.words.0 < earlier.words.1);
}

/// Joins island mentions into entities by name and alias.
pub(super) fn resolve(d: &Document, out: &mut Resolved) {
    let mut known: Vec<(Option<usize>, Vec<String>, EntityIndex)> = Vec::new();
    for i in 0..out.mentions.len() {
        if out.mentions[i].kind != MentionType::Island {
            continue;
        }
        let w = out.mentions[i].words;
        let text = d.span(w.0, w.1).of(d.text()).to_string();
        let (row, key) = (row_of(&text), island_key(&text));
        // "Natuna" and "the Natunas" are one.
        let alike = |k: &String| *k == key || k.strip_suffix('s') == Some(&key) || key.strip_suffix('s') == Some(k);
        let found = known.iter().position(|(r, keys, _)| (row.is_some() && *r == row) || keys.iter().any(alike));
        let n = found.unwrap_or_else(|| {
            let e = out.entities.len();
            let link = row.map(|r| Gazetteer::get().islands[r].id.clone());
            let country = row.and_then(|r| Gazetteer::get().islands[r].controller.clone());
            out.entities.push(Entity { kind: MentionType::Island, name: text.clone(), mentions: Vec::new(), country, link });
            out.islands.push(IslandFound { entity: e, row, aliases: Vec::new() });
            known.push((row, Vec::new(), e));
            known.len() - 1
        });
        let e = known[n].2;
        if !known[n].1.contains(&key) {
            if !known[n].1.is_empty()
                && let Some(island) = out.islands.iter_mut().find(|x| x.entity == e)
            {
                island.aliases.push(text.clone());
            }
            known[n].1.push(key);
        }
        out.entities[e].mentions.push(i);
        out.entity_of[i] = Some(e);
    }
}
