//! From mentions and links to entities, people, officials, islands and claims: plain code over the gazetteer.

mod claims;
mod countries;
mod islands;
mod names;
mod officials;
mod people;

pub use claims::Claim;
pub use countries::Geography;
pub use islands::IslandFound;
pub use officials::Official;

use std::collections::HashMap;

use crate::decode::{Decoded, Mention, MentionType, Place, WordRange};
use crate::gazetteer::Gazetteer;
use crate::models::Manifest;
use crate::segment::Document;

/// Index of an entity in [`Resolved::entities`].
pub type EntityIndex = usize;

/// What one or more mentions stand for.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Type of its first mention.
    pub kind: MentionType,
    /// Fullest name in the text.
    pub name: String,
    /// Its mentions, by index.
    pub mentions: Vec<usize>,
    /// ISO code, where known.
    pub country: Option<String>,
    /// Gazetteer id, where known.
    pub link: Option<String>,
}

/// A document's entities and what is said of them.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Mentions: the decoder's, and islands that only the gazetteer found.
    pub mentions: Vec<Mention>,
    /// Which entity each mention stands for.
    pub entity_of: Vec<Option<EntityIndex>>,
    /// Entities, in the order of their first mention.
    pub entities: Vec<Entity>,
    /// Entities that are persons.
    pub people: Vec<EntityIndex>,
    /// Offices of persons.
    pub officials: Vec<Official>,
    /// Islands.
    pub islands: Vec<IslandFound>,
    /// Claims over islands.
    pub claims: Vec<Claim>,
}

/// The gazetteer's country names in the document: the decoder's candidates.
pub fn places(d: &Document) -> Vec<Place> {
    Gazetteer::get().places(d).into_iter().map(|(a, b, country)| Place { words: (a, b), country }).collect()
}

/// Puts names to entities and draws the conclusions.
pub fn resolve(d: &Document, decoded: &Decoded, places: &[Place], geography: &Geography, manifest: &Manifest) -> Resolved {
    let mut out = Resolved { mentions: decoded.mentions.clone(), ..Resolved::default() };
    islands::add_from_gazetteer(d, &mut out.mentions);
    out.entity_of = vec![None; out.mentions.len()];
    people::resolve(d, &mut out);
    islands::resolve(d, &mut out);
    others(d, geography, &mut out);
    order_entities(&mut out);
    officials::resolve(d, decoded, geography, manifest, &mut out);
    claims::resolve(d, decoded, places, manifest, &mut out);
    out
}

/// Mentions of different classes never stand for one entity, whatever their words.
#[derive(PartialEq, Eq, Hash)]
enum MentionClass {
    People,
    Office,
    Thing,
}

/// Organisations, places and the rest: one entity a name, or one a country.
fn others(d: &Document, geography: &Geography, out: &mut Resolved) {
    let mut known: HashMap<(MentionClass, String), EntityIndex> = HashMap::new();
    for (i, m) in out.mentions.iter().enumerate() {
        if out.entity_of[i].is_some() || m.kind == MentionType::Pronoun {
            continue;
        }
        let text = d.span(m.words.0, m.words.1).of(d.text());
        let country = geography.country_named(m.words).map(str::to_string);
        let class = match m.kind {
            MentionType::Norp => MentionClass::People,
            MentionType::Role => MentionClass::Office,
            _ => MentionClass::Thing,
        };
        let key = (class, country.clone().unwrap_or_else(|| names::key(text)));
        let e = *known.entry(key).or_insert_with(|| {
            out.entities.push(Entity { kind: m.kind, name: text.to_string(), mentions: Vec::new(), country: country.clone(), link: None });
            out.entities.len() - 1
        });
        out.entities[e].mentions.push(i);
        out.entity_of[i] = Some(e);
    }
    // A body's country, by its own name or the gazetteer's.
    for e in &mut out.entities {
        if e.country.is_none() && matches!(e.kind, MentionType::Org | MentionType::Gpe) {
            let words = out.mentions[e.mentions[0]].words;
            e.country = geography.country_within(words).map(str::to_string).or_else(|| geography.body_country(words));
        }
    }
}

/// Numbers entities by their first mention.
fn order_entities(out: &mut Resolved) {
    let mut order: Vec<EntityIndex> = (0..out.entities.len()).collect();
    order.sort_by_key(|&e| out.entities[e].mentions.first().map(|&m| out.mentions[m].words));
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    out.entities = order.iter().map(|&e| out.entities[e].clone()).collect();
    out.entity_of.iter_mut().flatten().for_each(|e| *e = place[*e]);
    out.people.iter_mut().for_each(|e| *e = place[*e]);
    out.people.sort_unstable();
    out.islands.iter_mut().for_each(|i| i.entity = place[i.entity]);
    out.islands.sort_by_key(|i| i.entity);
}

impl Resolved {
    /// The person whose name stands inside `words`, if any: the first.
    pub fn person_within(&self, words: WordRange) -> Option<EntityIndex> {
        self.mentions
            .iter()
            .zip(&self.entity_of)
            .find(|(m, _)| m.kind == MentionType::Person && m.words.0 >= words.0 && m.words.1 <= words.1)
            .and_then(|(_, e)| *e)
    }

    /// The entity of the mention at just these words.
    pub fn entity_at(&self, words: WordRange) -> Option<EntityIndex> {
        self.mentions.iter().position(|m| m.words == words).and_then(|i| self.entity_of[i])
    }
}
