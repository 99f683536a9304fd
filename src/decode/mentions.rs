//! Mentions: one tag layer a guideline, merged into one list of the scheme that is asked for.

use super::viterbi::{best_path, softmax_rows, spans};
use super::{Heads, View, WordRange};

/// Types of mentions, of both schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the contract's names")]
pub enum MentionType {
    Person,
    Role,
    Org,
    Gpe,
    Loc,
    Island,
    Norp,
    Event,
    Work,
    Misc,
    Pronoun,
    Per,
}

impl MentionType {
    /// The name in the record.
    pub fn name(self) -> &'static str {
        use MentionType::*;
        match self {
            Person => "PERSON",
            Role => "ROLE",
            Org => "ORG",
            Gpe => "GPE",
            Loc => "LOC",
            Island => "ISLAND",
            Norp => "NORP",
            Event => "EVENT",
            Work => "WORK",
            Misc => "MISC",
            Pronoun => "PRONOUN",
            Per => "PER",
        }
    }

    fn from_label(label: &str) -> Option<Self> {
        use MentionType::*;
        [Person, Role, Org, Gpe, Loc, Island, Norp, Event, Work, Misc, Pronoun, Per].into_iter().find(|t| t.name() == label)
    }
}

/// Which guideline's mentions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scheme {
    /// The contract's types.
    #[default]
    Demarche,
    /// PER, ORG, LOC, MISC by CoNLL-2003's conventions.
    Conll03,
}

/// A stretch of words that names something.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Where.
    pub words: WordRange,
    /// What kind of thing.
    pub kind: MentionType,
    /// Probability of span and type.
    pub score: f32,
}

/// Office words that were cut apart ("head" + "of" + "the delegation", "vice" + "foreign minister") as one mention.
fn joined_roles(view: &View, mentions: Vec<Mention>) -> Vec<Mention> {
    let link = |a: usize, b: usize| b - a <= 2 && (a..b).all(|w| matches!(view.d.word(w), "of" | "the" | "for" | "-"));
    let mut out: Vec<Mention> = Vec::with_capacity(mentions.len());
    for m in mentions {
        match out.last_mut() {
            Some(last) if m.kind == MentionType::Role && last.kind == MentionType::Role && link(last.words.1, m.words.0) => {
                last.words.1 = m.words.1;
                last.score = last.score.min(m.score);
            }
            _ => out.push(m),
        }
    }
    out
}

impl Heads {
    /// All mentions of the window, in the order of the text, not overlapping; and those of them that are the office words of
    /// a named person by the guidelines' own layer.
    pub(super) fn mentions(&self, view: &View, scheme: Scheme) -> (Vec<Mention>, Vec<WordRange>) {
        let layer = |name: &str| self.layer(view, name);
        match scheme {
            Scheme::Conll03 => (layer("conll"), Vec::new()),
            Scheme::Demarche => {
                // The guidelines' own layer knows persons, offices and islands best; DWIE's has the other types; WorldWide's
                // adds what DWIE misses outside of European news.
                let mut out = joined_roles(view, layer("own"));
                let offices = out.iter().filter(|m| m.kind == MentionType::Role).map(|m| m.words).collect();
                let mut add = |more: Vec<Mention>, least: f32| {
                    for m in more {
                        if m.score >= least && !out.iter().any(|o| o.words.0 < m.words.1 && m.words.0 < o.words.1) {
                            out.push(m);
                        }
                    }
                };
                let dwie = layer("dwie");
                let world = layer("world");
                let (roles, others): (Vec<_>, Vec<_>) = dwie.into_iter().partition(|m| m.kind == MentionType::Role);
                add(others, 0.0);
                add(roles, 0.0);
                add(world.into_iter().filter(|m| m.kind != MentionType::Misc).collect(), 0.6);
                out.sort_by_key(|m| m.words);
                (out, offices)
            }
        }
    }

    fn layer(&self, view: &View, name: &str) -> Vec<Mention> {
        let Some((_, labels, head)) = self.mention_layers.iter().find(|l| l.0 == name) else { return Vec::new() };
        let tags = head.outputs();
        let mut p = head.apply(&view.words);
        softmax_rows(&mut p, tags);
        let log: Vec<f32> = p.iter().map(|v| v.max(1e-9).ln()).collect();
        spans(&best_path(&log, tags))
            .into_iter()
            .filter_map(|(a, b, k)| {
                let kind = MentionType::from_label(&labels[k])?;
                // The least sure word decides; B- and I- of the kind count alike inside.
                let score = (a..b)
                    .map(|w| if w == a { p[w * tags + 2 * k + 1] } else { p[w * tags + 2 * k + 1] + p[w * tags + 2 * k + 2] })
                    .fold(1.0, f32::min);
                let start = view.w.words.start;
                Some(Mention { words: (start + a, start + b), kind, score })
            })
            .collect()
    }
}
