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
const ISLAND_WORDS: [&str; 14] = [
    "island", "islands", "isle", "isles", "islet", "islets", "archipelago", "reef", "reefs", "shoal", "atoll", "cay", "atolls", "shoals",
];

/// A name's key without the words that say what it is.
pub(super) fn island_key(name: &str) -> String {
    let k = names::key(name);
    let kept: Vec<&str> = k.split(' ').filter(|w| !matches!(*w, "island" | "islands" | "isle" | "isles" | "archipelago" | "chain" | "the" | "of" | "s")).collect();
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

/// Adds islands that the model has not seen as such: disputed names of the gazetteer, and gazetteer names that say island.
pub(super) fn add_from_gazetteer(d: &Document, mentions: &mut Vec<Mention>) {
    let g = Gazetteer::get();
    for (a, b, row) in g.island_names.find(d) {
        let text = d.span(a, b).of(d.text());
        let says_so = text.split_whitespace().last().is_some_and(|w| ISLAND_WORDS.contains(&w.to_lowercase().as_str()));
        let island = &g.islands[row];
        // A name of one word is an island's for sure only where the hand-written rows dispute it.
        let disputed = island.claimants.len() > 1 && island.curated && text.chars().next().is_some_and(char::is_uppercase) && text.chars().count() > 4;
        if !says_so && !disputed {
            continue;
        }
        let sea = (b < d.words.len()) && matches!(d.word(b).to_lowercase().as_str(), "sea" | "strait" | "straits" | "war" | "conflict");
        if sea {
            continue;
        }
        if let Some(m) = mentions.iter_mut().find(|m| m.words.0 < b && a < m.words.1) {
            let same = m.words == (a, b) || (m.words.0 >= a && m.words.1 <= b);
            if same && matches!(m.kind, MentionType::Loc | MentionType::Gpe | MentionType::Island) {
                m.kind = MentionType::Island;
                m.words = (a, b);
            }
            continue;
        }
        mentions.push(Mention { words: (a, b), kind: MentionType::Island, score: if says_so { 0.9 } else { 0.7 } });
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
        let found = known.iter().position(|(r, keys, _)| (row.is_some() && *r == row) || keys.contains(&key));
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
