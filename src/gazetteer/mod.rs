//! What the program knows beforehand: countries, islands, offices, cues and leaders, from the tables in data/gazetteer.
//!
//! The tables are part of the binary. Background (who controls an island) is written as background, never as evidence.

mod phrases;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use phrases::{Phrases, uncapitalised, words_of};

use crate::segment::{Document, WordIndex};

/// A row of islands.tsv.
#[derive(Clone, Debug)]
pub struct Island {
    /// The table's id.
    pub id: String,
    /// Main name.
    pub name: String,
    /// island, group, archipelago, reef or other.
    pub kind: String,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO code of the controller.
    pub controller: Option<String>,
    /// ISO codes of all claimants.
    pub claimants: Vec<String>,
    /// The group that it belongs to.
    pub part_of: Option<String>,
    /// Its names in the Latin script.
    pub names: Vec<String>,
    /// A name of some person, town or thing as well: counts only where the model agrees.
    pub curated: bool,
}

/// A row of leaders.tsv: whom the person serves.
#[derive(Clone, Debug)]
pub struct Leader {
    /// ISO code; empty for international bodies.
    pub country: String,
    /// International body, or empty.
    pub body: String,
}

/// A body whose name implies a country.
#[derive(Clone, Debug)]
pub struct Body {
    /// ISO code; empty for international bodies.
    pub country: String,
    /// government, organisation, court, army, parliament, ministry, agency, party or international.
    pub kind: String,
}

/// All tables.
pub struct Gazetteer {
    /// Country names, adjectives, capitals, seats of government -> ISO code.
    pub countries: Phrases<String>,
    /// States, provinces, cities -> ISO code.
    pub subnational: Phrases<String>,
    /// Bodies.
    pub bodies: Phrases<Body>,
    /// Island name -> row.
    pub island_names: Phrases<usize>,
    /// Islands.
    pub islands: Vec<Island>,
    /// Names that stand for an island wherever they are a place.
    pub certain_islands: std::collections::HashSet<String>,
    /// Person (small letters) -> whom they serve.
    pub leaders: HashMap<String, Leader>,
    /// Surname (small letters) that means one person -> whom they serve.
    pub surnames: HashMap<String, Leader>,
    /// (Variant, canonical office) of the same rows, in the table's order: the first of two variants with the same words stands.
    pub office_variants: Vec<(String, String)>,
    /// Cue lemma -> class of cue_verbs.tsv.
    pub cues: HashMap<String, String>,
}

macro_rules! table {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/gazetteer/", $name, ".tsv"))
    };
}

/// Rows of a table, each field by its column's name.
fn rows(table: &'static str) -> impl Iterator<Item = HashMap<&'static str, &'static str>> {
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines.filter(|l| !l.is_empty()).map(move |l| header.iter().copied().zip(l.split('\t')).collect())
}

fn list(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split('|').map(str::trim).filter(|s| !s.is_empty())
}

fn latin(name: &str) -> bool {
    name.chars().all(|c| !c.is_alphabetic() || (c as u32) < 0x250 || ('\u{1e00}'..='\u{1eff}').contains(&c))
}

fn non_empty(s: &str) -> Option<String> {
    (!s.is_empty()).then(|| s.to_string())
}

impl Gazetteer {
    /// The tables, read once.
    pub fn get() -> &'static Gazetteer {
        static ALL: OnceLock<Gazetteer> = OnceLock::new();
        ALL.get_or_init(Gazetteer::read)
    }

    fn read() -> Self {
        let mut countries = Vec::new();
        // Hand-written rows settle what the tables leave open ("Chinese", "Korean", "US"); they stand first, so that no
        // disagreement among the others drops a name.
        for r in rows(table!("demonyms")) {
            countries.push((r["word"].to_string(), (r["country"].to_string(), true)));
        }
        for r in rows(table!("countries")) {
            let iso = r["iso2"].to_string();
            for column in ["name", "alt_names", "demonyms", "capital", "metonyms"] {
                for n in list(r.get(column).copied().unwrap_or_default()) {
                    let n = n.strip_prefix("the ").unwrap_or(n);
                    if n.chars().count() < 2 || n.contains([',', '(']) {
                        continue;
                    }
                    countries.push((n.to_string(), (iso.clone(), false)));
                    if column == "demonyms" && n.ends_with(['n', 'i', 'c']) {
                        countries.push((format!("{n}s"), (iso.clone(), false)));
                    }
                }
            }
        }
        let countries = Phrases::build(countries, |old, new| match (old.1, new.1) {
            (true, false) => true,
            (false, true) => {
                *old = new;
                true
            }
            _ => old.0 == new.0,
        })
        .map(|v| v.0);
        let subnational =
            Phrases::build(rows(table!("subnational")).map(|r| (r["name"].to_string(), r["country"].to_string())), |o, n| *o == n);
        let bodies = Phrases::build(
            rows(table!("bodies"))
                .map(|r| (r["name"].to_string(), Body { country: r["country"].to_string(), kind: r["kind"].to_string() })),
            |o, n| o.country == n.country,
        );
        let mut islands = Vec::new();
        let mut names = Vec::new();
        for r in rows(table!("islands")) {
            let main = r["name"];
            let all: Vec<String> = std::iter::once(main)
                .chain(list(r["alt_names"]))
                .filter(|n| latin(n) && !n.contains(" and "))
                .map(str::to_string)
                .collect();
            let island = Island {
                id: r["id"].to_string(),
                name: main.to_string(),
                kind: r["kind"].to_string(),
                lat: r["lat"].parse().ok(),
                lon: r["lon"].parse().ok(),
                controller: non_empty(r["country_iso2"]),
                claimants: list(r["claimants"]).map(str::to_string).collect(),
                part_of: non_empty(r["part_of"]),
                names: all.clone(),
                curated: r["source"].contains("curated"),
            };
            for n in all {
                names.push((n, islands.len()));
            }
            islands.push(island);
        }
        // Of rows that share a name the first stands: the tables put the hand-written ones first.
        let island_names = Phrases::build(names, |_, _| true);
        let mut leaders = HashMap::new();
        let mut surnames: HashMap<String, Leader> = HashMap::new();
        for r in rows(table!("leaders")) {
            let who = Leader { country: r["country"].to_string(), body: r.get("body").copied().unwrap_or_default().to_string() };
            let name = r["person"].to_lowercase();
            if r["surname_unique"] == "1"
                && let Some(last) = name.split_whitespace().last()
            {
                surnames.insert(last.to_string(), who.clone());
            }
            leaders.insert(name, who);
        }
        for r in rows(table!("leader_surnames")) {
            let who = Leader { country: r["country"].to_string(), body: r.get("body").copied().unwrap_or_default().to_string() };
            surnames.entry(r["surname"].to_lowercase()).or_insert(who);
        }
        let certain_islands = rows(table!("certain_islands")).map(|r| r["name"].to_string()).collect();
        let mut office_variants = Vec::new();
        for r in rows(table!("offices")).filter(|r| r["source"].starts_with("curated")) {
            for v in std::iter::once(r["office"]).chain(list(r["variants"])) {
                office_variants.push((v.to_string(), r["office"].to_string()));
            }
        }
        let cues = rows(table!("cue_verbs"))
            .filter(|r| !r["class"].is_empty())
            .map(|r| (r["lemma"].to_string(), r["class"].to_string()))
            .collect();
        Gazetteer { countries, subnational, bodies, island_names, islands, certain_islands, leaders, surnames, office_variants, cues }
    }

    /// Every country name, adjective, capital and seat of government of the document, with its ISO code.
    pub fn places(&self, d: &Document) -> Vec<(WordIndex, WordIndex, String)> {
        self.countries.find(d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjectives_and_metonyms_name_one_country() {
        let g = Gazetteer::get();
        for (word, iso) in [
            ("Chinese", "CN"),
            ("French", "FR"),
            ("American", "US"),
            ("U.S.", "US"),
            ("British", "GB"),
            ("Tokyo", "JP"),
            ("Kremlin", "RU"),
            ("South Korean", "KR"),
            ("Argentine", "AR"),
            ("Dutch", "NL"),
            ("BEIJING", "CN"),
        ] {
            assert_eq!(g.countries.get(word).map(String::as_str), Some(iso), "{word}");
        }
    }

    #[test]
    fn islands_are_found_by_their_names() {
        let g = Gazetteer::get();
        for (name, main) in [("Etorofu", "Iturup"), ("Senkakus", "Senkaku Islands"), ("Malvinas", "Falkland Islands")] {
            let row = g.island_names.get(name).unwrap_or_else(|| panic!("no row for {name}"));
            assert_eq!(g.islands[*row].name, main);
        }
    }
}
