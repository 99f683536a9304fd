//! From hidden states to what they say: mentions, attributions and links, all by words of the document.
//!
//! Heads are pure functions of one window's states. A window decides on what begins in its core; [`Decoded::join`] puts the
//! windows of a document together.

mod attribution;
mod mentions;
mod pair;
mod viterbi;

pub use attribution::Attribution;
pub use mentions::{Mention, MentionType, Scheme};

use crate::encode::{Hidden, Linear, Window};
use crate::models::{Manifest, ModelError, Tensors};
use crate::segment::{Document, WordIndex};
use pair::PairHead;

/// Words of a document, end exclusive.
pub type WordRange = (WordIndex, WordIndex);

/// A country name, adjective, capital or seat of government in the text, with its ISO code.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub words: WordRange,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// A scored link between two stretches of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The anchor: an office, a pronoun, an island.
    pub from: WordRange,
    /// What it is linked to.
    pub to: WordRange,
    /// Probability.
    pub score: f32,
    /// Which relation, where the head tells several apart.
    pub label: usize,
}

/// What the heads say of a document.
#[derive(Debug, Default, PartialEq)]
pub struct Decoded {
    /// Mentions, in the order of the text, not overlapping.
    pub mentions: Vec<Mention>,
    /// Attributions, by their cues' order.
    pub attributions: Vec<Attribution>,
    /// Office words -> person that holds the office.
    pub offices: Vec<Link>,
    /// Office words -> place of the country served.
    pub countries: Vec<Link>,
    /// Office words -> status, by the manifest's order.
    pub statuses: Vec<(WordRange, Vec<f32>)>,
    /// Pronoun or role -> person mention that it stands for.
    pub coreference: Vec<Link>,
    /// Island -> claimant; `label` is the relation.
    pub claims: Vec<Link>,
}

/// All heads of a model.
pub struct Heads {
    manifest: Manifest,
    width: usize,
    mention_layers: Vec<(String, Vec<String>, Linear)>,
    cues: Vec<Linear>,
    attribution: PairHead,
    office: PairHead,
    country: PairHead,
    coref: PairHead,
    claim: PairHead,
    act: Linear,
    kind: Linear,
    status: Linear,
}

/// One window's word vectors and what the heads need to know of the document.
struct View<'a> {
    d: &'a Document,
    w: &'a Window,
    /// Window's words × width.
    words: Vec<f32>,
    width: usize,
}

impl View<'_> {
    fn word(&self, i: WordIndex) -> &[f32] {
        let k = i - self.w.words.start;
        &self.words[k * self.width..(k + 1) * self.width]
    }

    fn holds(&self, s: WordRange) -> bool {
        s.0 >= self.w.words.start && s.1 <= self.w.words.end && s.0 < s.1
    }

    fn owns(&self, s: WordRange) -> bool {
        self.w.core.contains(&s.0)
    }

    /// The vector of a span: the mean of its first and last word's.
    fn span(&self, s: WordRange) -> Vec<f32> {
        self.word(s.0).iter().zip(self.word(s.1 - 1)).map(|(a, b)| (a + b) / 2.0).collect()
    }

    fn spans(&self, all: &[WordRange]) -> Vec<f32> {
        all.iter().flat_map(|&s| self.span(s)).collect()
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Pronouns that may stand for a person, in small letters.
pub const PERSON_PRONOUNS: [&str; 9] = ["he", "she", "him", "her", "his", "i", "himself", "herself", "who"];

impl Heads {
    /// Loads every head of the model.
    pub fn load(t: &Tensors, manifest: &Manifest) -> Result<Self, ModelError> {
        let d = manifest.encoder.hidden;
        let mention_layers = manifest
            .mention_layers
            .iter()
            .map(|(k, labels)| Ok((k.clone(), labels.clone(), Linear::load(t, &format!("ner.{k}"), d, true)?)))
            .collect::<Result<_, ModelError>>()?;
        Ok(Heads {
            manifest: manifest.clone(),
            width: d,
            mention_layers,
            cues: vec![Linear::load(t, "cue.0", d, true)?, Linear::load(t, "cue.1", d, true)?],
            attribution: PairHead::load(t, "attribution", d)?,
            office: PairHead::load(t, "office", d)?,
            country: PairHead::load(t, "country", d)?,
            coref: PairHead::load(t, "coref", d)?,
            claim: PairHead::load(t, "claim", d)?,
            act: Linear::load(t, "act", d, true)?,
            kind: Linear::load(t, "kind", d, true)?,
            status: Linear::load(t, "status", d, true)?,
        })
    }

    /// Everything that begins in the window's core. `places`: all of the document's, in order.
    pub fn decode(&self, d: &Document, w: &Window, h: &Hidden, places: &[Place], scheme: Scheme) -> Decoded {
        let words = w.first.iter().flat_map(|&p| h.row(p).iter().copied()).collect();
        let view = View { d, w, words, width: self.width };
        let (all, roles) = self.mentions(&view, scheme);
        let mut out = Decoded::default();
        if scheme == Scheme::Demarche {
            let of = |t: MentionType| -> Vec<WordRange> { all.iter().filter(|m| m.kind == t).map(|m| m.words).collect() };
            let (people, islands) = (of(MentionType::Person), of(MentionType::Island));
            let near: Vec<&Place> = places.iter().filter(|p| view.holds(p.words)).collect();
            let near_words: Vec<WordRange> = near.iter().map(|p| p.words).collect();
            self.link_offices(&view, &roles, &people, &near_words, &mut out);
            self.link_claims(&view, &islands, &near_words, &mut out);
            out.attributions = self.attributions(&view);
            self.link_persons(&view, &roles, &people, &mut out);
        }
        out.mentions = all.into_iter().filter(|m| view.owns(m.words)).collect();
        out
    }

    fn link_offices(&self, view: &View, roles: &[WordRange], people: &[WordRange], places: &[WordRange], out: &mut Decoded) {
        let roles: Vec<WordRange> = roles.iter().copied().filter(|&r| view.owns(r)).collect();
        if roles.is_empty() {
            return;
        }
        let persons = self.office.candidates(&view.spans(people));
        let lands = self.country.candidates(&view.spans(places));
        for role in roles {
            let anchor = view.span(role);
            let distance = |s: WordRange| s.0 as i64 - role.0 as i64;
            for (&p, s) in people.iter().zip(self.office.score(&anchor, &persons, |i| distance(people[i]), |_| None)) {
                out.offices.push(Link { from: role, to: p, score: sigmoid(s), label: 0 });
            }
            let scores = self.country.score(&anchor, &lands, |i| distance(places[i]), |_| None);
            for (&p, score) in places.iter().zip(with_none(&scores)) {
                out.countries.push(Link { from: role, to: p, score, label: 0 });
            }
            let mut status = self.status.apply(&anchor);
            let n = status.len();
            viterbi::softmax_rows(&mut status, n);
            out.statuses.push((role, status));
        }
    }

    fn link_claims(&self, view: &View, islands: &[WordRange], places: &[WordRange], out: &mut Decoded) {
        let candidates = self.claim.candidates(&view.spans(places));
        let n = 1 + self.manifest.claim_relations.len();
        for &island in islands.iter().filter(|&&i| view.owns(i)) {
            let mut scores = self.claim.score(&view.span(island), &candidates, |i| places[i].0 as i64 - island.0 as i64, |_| None);
            viterbi::softmax_rows(&mut scores, n);
            for (&place, row) in places.iter().zip(scores.chunks_exact(n)) {
                let (label, score) = row.iter().enumerate().skip(1).fold((0, 0.0), |b, (i, &s)| if s > b.1 { (i, s) } else { b });
                // `1 - none` says how sure the head is that there is some claim.
                if label > 0 && 1.0 - row[0] > 0.05 {
                    out.claims.push(Link { from: island, to: place, score: (1.0 - row[0]).max(score), label: label - 1 });
                }
            }
        }
    }

    /// Links pronouns that hold positions, and roles, to the persons of the window.
    fn link_persons(&self, view: &View, roles: &[WordRange], people: &[WordRange], out: &mut Decoded) {
        let candidates = self.coref.candidates(&view.spans(people));
        let text = |s: WordRange| view.d.span(s.0, s.1).of(view.d.text());
        let mut anchors: Vec<WordRange> = out
            .attributions
            .iter()
            .filter_map(|a| a.source)
            .filter(|&s| view.holds(s) && !people.iter().any(|p| p.0 >= s.0 && p.1 <= s.1))
            .collect();
        anchors.extend(roles.iter().copied().filter(|&r| view.owns(r)));
        anchors.sort();
        anchors.dedup();
        for a in anchors {
            let pronoun = PERSON_PRONOUNS.contains(&text(a).to_lowercase().as_str());
            let scores = self.coref.score(&view.span(a), &candidates, |i| people[i].0 as i64 - a.0 as i64, |_| None);
            for (&p, score) in people.iter().zip(with_none(&scores)) {
                out.coreference.push(Link { from: a, to: p, score, label: usize::from(pronoun) });
            }
        }
    }
}

/// Softmax over the candidates and "none", whose score is 0: the candidates' probabilities.
fn with_none(scores: &[f32]) -> Vec<f32> {
    let max = scores.iter().copied().fold(0.0, f32::max);
    let sum: f32 = (-max).exp() + scores.iter().map(|s| (s - max).exp()).sum::<f32>();
    scores.iter().map(|s| (s - max).exp() / sum).collect()
}

impl Decoded {
    /// Puts the windows' results together, in the windows' order. What begins in one core may run into the next: of two
    /// mentions that overlap the earlier stays.
    pub fn join(parts: impl IntoIterator<Item = Decoded>) -> Decoded {
        let mut out = Decoded::default();
        for p in parts {
            for m in p.mentions {
                if out.mentions.last().is_none_or(|l| l.words.1 <= m.words.0) {
                    out.mentions.push(m);
                }
            }
            for a in p.attributions {
                if out.attributions.last().is_none_or(|l| l.cue.1 <= a.cue.0) {
                    out.attributions.push(a);
                }
            }
            out.offices.extend(p.offices);
            out.countries.extend(p.countries);
            out.statuses.extend(p.statuses);
            out.coreference.extend(p.coreference);
            out.claims.extend(p.claims);
        }
        out
    }
}
