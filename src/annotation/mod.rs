//! The record: what is written for one article. Field names and meanings are the contract's; they do not change.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A half-open stretch of the text, in the record's offset unit.
pub type Offsets = [u32; 2];

/// One article's record.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(title = "demarche record")]
pub struct Record {
    /// The article's id.
    pub id: String,
    /// Where it was read.
    pub source: SourceRecord,
    /// Its title, where the input has one.
    pub title: Option<String>,
    /// Its date, as the input gives it.
    pub date: Option<String>,
    /// Language of the model: `en`.
    pub lang: String,
    /// Every other field of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
    /// The text that all offsets refer to; left out with `--no-text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// All of the article's sentences.
    pub sentences: Vec<Offsets>,
    /// Mentions, in the order of the text.
    pub mentions: Vec<MentionRecord>,
    /// What the mentions stand for.
    pub entities: Vec<EntityRecord>,
    /// Relations between entities.
    pub relations: Vec<RelationRecord>,
    /// Named human beings.
    pub people: Vec<PersonRecord>,
    /// Who holds which office.
    pub officials: Vec<OfficialRecord>,
    /// Named islands.
    pub islands: Vec<IslandRecord>,
    /// Who claims, disputes or controls which island, by the article's words.
    pub claims: Vec<ClaimRecord>,
    /// Who said, wrote, thought or holds what.
    pub positions: Vec<PositionRecord>,
    /// The model that found all this.
    pub model: ModelRecord,
    /// The program's version.
    pub demarche: String,
}

/// Where an article was read.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SourceRecord {
    /// Path, `-` for standard input.
    pub path: String,
    /// Line or record number from 1; null for a file that is one article.
    pub line: Option<u64>,
}

/// A stretch of text that names something.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct MentionRecord {
    /// `m0`, `m1`, …
    pub id: String,
    /// First offset.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The text in between.
    pub text: String,
    /// PERSON, ROLE, ORG, GPE, LOC, ISLAND, NORP, EVENT, WORK, MISC or PRONOUN; PER, ORG, LOC, MISC with `--scheme conll03`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The entity that it stands for.
    pub entity: Option<String>,
    /// Probability.
    #[schemars(range(min = 0, max = 1))]
    pub score: f64,
}

/// A person, body, place or thing that mentions stand for.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct EntityRecord {
    /// `e0`, `e1`, …
    pub id: String,
    /// A mention type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The fullest name in the text.
    pub name: String,
    /// Its mentions.
    pub mentions: Vec<String>,
    /// ISO 3166-1 alpha-2, where known.
    pub country: Option<String>,
    /// Gazetteer id, where known.
    pub link: Option<String>,
}

/// A relation between two entities.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct RelationRecord {
    /// holds_office, serves, part_of, based_in, spokesperson_of, ambassador_to, claims, controls or disputes.
    #[serde(rename = "type")]
    pub kind: String,
    /// Entity.
    pub head: String,
    /// Entity.
    pub tail: String,
    /// Where the text says so.
    pub evidence: Vec<Offsets>,
    /// Probability.
    #[schemars(range(min = 0, max = 1))]
    pub score: f64,
}

/// A named human being.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PersonRecord {
    /// Entity.
    pub entity: String,
    /// Fullest name in the text.
    pub name: String,
    /// Number of named mentions.
    pub mentions: usize,
    /// Holds an office by the text.
    pub official: bool,
}

/// A person with an office.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct OfficialRecord {
    /// Entity.
    pub entity: String,
    /// Fullest name in the text.
    pub name: String,
    /// Canonical office in small letters, without country.
    pub office: String,
    /// The office's words in the text.
    pub office_text: String,
    /// The organisation served, where the text names one.
    pub body: Option<String>,
    /// ISO code of the country served; null for international bodies.
    pub country: Option<String>,
    /// current, former, acting, elect or candidate.
    pub status: String,
    /// The office's words.
    pub evidence: Vec<Offsets>,
    /// Probability.
    #[schemars(range(min = 0, max = 1))]
    pub score: f64,
}

/// A named island, group, reef or atoll.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct IslandRecord {
    /// Entity.
    pub entity: String,
    /// Name in the text as first written.
    pub name: String,
    /// The words of its first mention.
    pub text: String,
    /// Other names of it in the text.
    pub aliases: Vec<String>,
    /// Gazetteer id.
    pub gazetteer: Option<String>,
    /// island, group, archipelago, reef or other.
    pub kind: Option<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// Group that it belongs to.
    pub part_of: Option<String>,
    /// The gazetteer's background: who controls it.
    pub controlled_by: Option<String>,
    /// The gazetteer's background: who else claims it.
    pub disputed_by: Vec<String>,
}

/// Who claims which island, by the article's words.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ClaimRecord {
    /// Island's entity.
    pub island: String,
    /// ISO code, or a body's name.
    pub claimant: String,
    /// Claimant's entity.
    pub claimant_entity: Option<String>,
    /// claims, disputes, controls, administers, recognises or renounces.
    pub relation: String,
    /// The sentence that says so.
    pub evidence: Vec<Offsets>,
    /// Probability.
    #[schemars(range(min = 0, max = 1))]
    pub score: f64,
}

/// Who said what.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PositionRecord {
    /// `p0`, `p1`, …
    pub id: String,
    /// Who.
    pub holder: HolderRecord,
    /// By which words.
    pub cue: CueRecord,
    /// What.
    pub content: ContentRecord,
    /// direct, indirect or mixed.
    pub quote: String,
    /// state, confirm, deny, … (the contract's list).
    pub act: String,
    /// support, oppose or neutral.
    pub stance: String,
    /// The cue itself is negated.
    pub negated: bool,
    /// Entities of the islands that the content is about.
    pub targets: Vec<String>,
    /// Probability.
    #[schemars(range(min = 0, max = 1))]
    pub score: f64,
}

/// Who holds a position.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct HolderRecord {
    /// Entity, where there is one.
    pub entity: Option<String>,
    /// First offset; null where no words name the holder.
    pub start: Option<u32>,
    /// One past the last; null where no words name the holder.
    pub end: Option<u32>,
    /// The words.
    pub text: Option<String>,
    /// The person or body that the words stand for.
    pub name: Option<String>,
    /// official, person, government, organisation, unnamed or author.
    pub kind: String,
    /// ISO code, where the holder is an official or body of a country.
    pub country: Option<String>,
}

/// The words that attribute.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct CueRecord {
    /// Where.
    pub spans: Vec<Offsets>,
    /// The words.
    pub text: String,
    /// The main word's base form.
    pub lemma: String,
}

/// What is attributed.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ContentRecord {
    /// Where; several where the cue interrupts.
    pub spans: Vec<Offsets>,
    /// The words, stretches joined by a blank.
    pub text: String,
}

/// The model behind a record.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ModelRecord {
    /// Name.
    pub name: String,
    /// Version of the weights.
    pub version: String,
    /// Hash of the weights.
    pub sha256: String,
    /// Runtime of the encoder.
    pub backend: String,
}
