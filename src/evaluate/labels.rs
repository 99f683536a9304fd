//! An article's labels, whatever format they came in. `None` means "not labelled": such a layer is not scored.

use std::collections::HashMap;

use super::names;
use crate::annotation::Offsets;

/// Where labels were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: String,
    /// Line from 1, where the file has more than one article.
    pub line: Option<u64>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(l) => write!(f, "{}:{l}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// One article's labels. All offsets are Unicode code points into `text`, end exclusive.
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    /// The article's id; `#1`, `#2`, … by order where the format has none.
    pub id: String,
    /// Where it was read.
    pub place: Place,
    /// The text, where the format holds it.
    pub text: Option<String>,
    /// Sentences, where the format holds them.
    pub sentences: Vec<Offsets>,
    /// Mentions.
    pub mentions: Option<Vec<Mention>>,
    /// Coreference: each cluster's spans.
    pub clusters: Option<Vec<Vec<Offsets>>>,
    /// Relations between entities.
    pub relations: Option<Vec<Relation>>,
    /// Named human beings.
    pub people: Option<Vec<Person>>,
    /// Who holds which office.
    pub officials: Option<Vec<Official>>,
    /// Named islands.
    pub islands: Option<Vec<Island>>,
    /// Who claims which island.
    pub claims: Option<Vec<Claim>>,
    /// Who said what.
    pub positions: Option<Vec<Position>>,
}

/// A typed span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mention {
    /// Where.
    pub span: Offsets,
    /// Its type.
    pub kind: String,
    /// The data set's own type, where it is told apart.
    pub own_kind: Option<String>,
    /// Probability, of predictions.
    pub score: Option<f64>,
}

/// An entity as a relation's end: known by its mentions' places or by its names.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityRef {
    /// Its mentions.
    pub spans: Vec<Offsets>,
    /// Its names in small letters, without accents and punctuation.
    pub names: Vec<String>,
}

impl EntityRef {
    /// Whether both can be one entity: a mention or a name in common.
    pub fn same(&self, other: &EntityRef) -> bool {
        self.spans.iter().any(|s| other.spans.contains(s)) || self.names.iter().any(|n| other.names.contains(n))
    }
}

/// A relation between two entities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relation {
    /// Its type.
    pub kind: String,
    /// From.
    pub head: EntityRef,
    /// To.
    pub tail: EntityRef,
    /// Probability, of predictions.
    pub score: Option<f64>,
}

/// A named human being.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Fullest name.
    pub name: String,
    /// Mentions, where given.
    pub spans: Vec<Offsets>,
}

/// A person with an office.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Official {
    /// Fullest name.
    pub name: String,
    /// Canonical office.
    pub office: String,
    /// ISO code of the country served.
    pub country: Option<String>,
    /// The office's words.
    pub spans: Vec<Offsets>,
    /// Probability, of predictions.
    pub score: Option<f64>,
}

/// A named island.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Island {
    /// All its names in the article, the main one first.
    pub names: Vec<String>,
    /// Mentions, where given.
    pub spans: Vec<Offsets>,
}

/// A claim over an island.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim {
    /// All the island's names, the main one first.
    pub island: Vec<String>,
    /// ISO code or a body's name.
    pub claimant: String,
    /// claims, disputes, controls, administers, recognises or renounces.
    pub relation: String,
    /// The words that say so.
    pub spans: Vec<Offsets>,
    /// Probability, of predictions.
    pub score: Option<f64>,
}

/// An attribution.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// The holder's words; none where no words name one.
    pub holder: Vec<Offsets>,
    /// The person or body that the words stand for.
    pub holder_name: Option<String>,
    /// official, person, government, organisation, unnamed or author.
    pub holder_kind: Option<String>,
    /// ISO code.
    pub holder_country: Option<String>,
    /// The words that attribute.
    pub cue: Vec<Offsets>,
    /// What is attributed.
    pub content: Vec<Offsets>,
    /// Whether the four below and the holder's name and country were labelled at all.
    pub attributes: bool,
    /// direct, indirect or mixed.
    pub quote: Option<String>,
    /// The act.
    pub act: Option<String>,
    /// support, oppose or neutral.
    pub stance: Option<String>,
    /// The cue itself is negated.
    pub negated: Option<bool>,
    /// Names of the islands that it is about.
    pub targets: Vec<String>,
    /// Probability, of predictions.
    pub score: Option<f64>,
}

/// What is done to mention types before scoring.
#[derive(Clone, Debug, Default)]
pub struct TypeMap {
    /// From a type to another; to the empty string drops the mention.
    pub map: HashMap<String, String>,
    /// CoNLL-2003's four types.
    pub conll03: bool,
}

impl TypeMap {
    /// The type that counts, `None` where the mention does not.
    fn of(&self, m: &Mention) -> Option<String> {
        let kind = match self.map.get(&m.kind) {
            Some(to) => to.as_str(),
            None => m.kind.as_str(),
        };
        if !self.conll03 {
            return (!kind.is_empty()).then(|| kind.to_string());
        }
        let own = m.own_kind.as_deref().filter(|k| ["PER", "ORG", "LOC", "MISC"].contains(k));
        let kind = match own.unwrap_or(kind) {
            "PER" | "PERSON" => "PER",
            "ORG" => "ORG",
            "LOC" | "GPE" | "ISLAND" => "LOC",
            "MISC" | "NORP" | "EVENT" | "WORK" => "MISC",
            _ => return None,
        };
        Some(kind.to_string())
    }
}

impl Labelled {
    /// Maps types and brings everything into one order, so that no score depends on the order of items.
    pub fn canonical(&mut self, types: &TypeMap) {
        if let Some(list) = &mut self.mentions {
            list.retain_mut(|m| match types.of(m) {
                Some(kind) => {
                    m.kind = kind;
                    true
                }
                None => false,
            });
            // Of two mentions with one span and type the surer stands.
            list.sort_by(|a, b| (a.span, &a.kind).cmp(&(b.span, &b.kind)).then_with(|| by_score(b.score, a.score)));
            list.dedup_by(|a, b| a.span == b.span && a.kind == b.kind);
        }
        if let Some(list) = &mut self.clusters {
            for c in list.iter_mut() {
                c.sort_unstable();
                c.dedup();
            }
            list.sort();
            // A span stands in one cluster only: the first.
            let mut seen = std::collections::HashSet::new();
            for c in list.iter_mut() {
                c.retain(|s| seen.insert(*s));
            }
            list.retain(|c| !c.is_empty());
        }
        if let Some(list) = &mut self.relations {
            for r in list.iter_mut() {
                for e in [&mut r.head, &mut r.tail] {
                    e.spans.sort_unstable();
                    e.spans.dedup();
                    e.names.sort();
                    e.names.dedup();
                }
            }
            list.sort_by(|a, b| (&a.kind, &a.head, &a.tail).cmp(&(&b.kind, &b.head, &b.tail)).then_with(|| by_score(b.score, a.score)));
            list.dedup_by(|a, b| a.kind == b.kind && a.head == b.head && a.tail == b.tail);
        }
        if let Some(list) = &mut self.people {
            list.sort_by(|a, b| (&a.name, &a.spans).cmp(&(&b.name, &b.spans)));
        }
        if let Some(list) = &mut self.officials {
            list.sort_by(|a, b| {
                let key = |o: &Official| (names::norm(&o.name), names::norm(&o.office), o.country.clone(), o.spans.clone());
                key(a).cmp(&key(b)).then_with(|| by_score(b.score, a.score))
            });
        }
        if let Some(list) = &mut self.islands {
            list.sort_by(|a, b| (&a.names, &a.spans).cmp(&(&b.names, &b.spans)));
        }
        if let Some(list) = &mut self.claims {
            list.sort_by(|a, b| {
                let key = |c: &Claim| (c.island.clone(), c.claimant.clone(), c.relation.clone(), c.spans.clone());
                key(a).cmp(&key(b)).then_with(|| by_score(b.score, a.score))
            });
        }
        if let Some(list) = &mut self.positions {
            list.sort_by(|a, b| {
                fn key(p: &Position) -> impl Ord + '_ {
                    (
                        (&p.cue, &p.content, &p.holder, &p.holder_name, &p.holder_kind, &p.holder_country),
                        (&p.quote, &p.act, &p.stance, p.negated, &p.targets),
                    )
                }
                key(a).cmp(&key(b)).then_with(|| by_score(b.score, a.score))
            });
        }
    }
}

fn by_score(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    a.unwrap_or(0.0).total_cmp(&b.unwrap_or(0.0))
}
