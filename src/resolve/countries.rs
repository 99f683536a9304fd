//! Which country a stretch of words speaks of.

use std::collections::HashMap;

use crate::decode::{Place, WordRange};
use crate::gazetteer::{Body, Gazetteer};
use crate::segment::{Document, WordIndex};

/// The document's country words, regions, cities and bodies, by where they stand.
pub struct Geography {
    places: Vec<Place>,
    regions: Vec<Place>,
    bodies: Vec<(WordRange, Body)>,
    /// The country named most often, if any is named twice.
    main: Option<String>,
}

impl Geography {
    /// Looks all tables up in the document.
    pub fn new(d: &Document, places: &[Place]) -> Self {
        let g = Gazetteer::get();
        let regions = g.subnational.find(d).into_iter().map(|(a, b, country)| Place { words: (a, b), country }).collect();
        let bodies = g.bodies.find(d).into_iter().map(|(a, b, body)| ((a, b), body)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for p in places {
            *counts.entry(&p.country).or_default() += 1;
        }
        let main = counts.iter().max_by_key(|(c, n)| (**n, std::cmp::Reverse(**c))).filter(|(_, n)| **n > 1).map(|(c, _)| c.to_string());
        Geography { places: places.to_vec(), regions, bodies, main }
    }

    /// The country whose name or adjective is just these words.
    pub fn country_named(&self, words: WordRange) -> Option<&str> {
        self.places.iter().find(|p| p.words == words).map(|p| p.country.as_str())
    }

    /// The first country named inside the words.
    pub fn country_within(&self, words: WordRange) -> Option<&str> {
        inside(&self.places, words).next().map(|p| p.country.as_str())
    }

    /// The last country named inside the words.
    pub fn last_country_within(&self, words: WordRange) -> Option<&str> {
        inside(&self.places, words).next_back().map(|p| p.country.as_str())
    }

    /// The first country, region or city inside the words.
    pub fn land_within(&self, words: WordRange) -> Option<&str> {
        self.country_within(words).or_else(|| inside(&self.regions, words).next().map(|p| p.country.as_str()))
    }

    /// The region or city inside the words, with its country.
    pub fn region_within(&self, words: WordRange) -> Option<&Place> {
        inside(&self.regions, words).next()
    }

    /// The body inside the words.
    pub fn body_within(&self, words: WordRange) -> Option<(WordRange, &Body)> {
        self.bodies.iter().find(|(w, _)| w.0 >= words.0 && w.1 <= words.1).map(|(w, b)| (*w, b))
    }

    /// The country that a body inside the words belongs to.
    pub fn body_country(&self, words: WordRange) -> Option<String> {
        self.body_within(words).map(|(_, b)| b.country.clone()).filter(|c| !c.is_empty())
    }

    /// The country word that ends at word `end`, looking through a genitive's mark.
    pub fn country_before(&self, end: WordIndex) -> Option<&Place> {
        self.places.iter().find(|p| p.words.1 == end || p.words.1 + 2 == end && p.words.1 < end)
    }

    /// The country named most often.
    pub fn main(&self) -> Option<&str> {
        self.main.as_deref()
    }
}

fn inside(places: &[Place], words: WordRange) -> impl DoubleEndedIterator<Item = &Place> {
    places.iter().filter(move |p| p.words.0 >= words.0 && p.words.1 <= words.1)
}
