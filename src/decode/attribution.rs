//! Attribution: cues first, then for every cue the source and the content that belong to it.

use super::viterbi::{best_path, softmax_rows, spans};
use super::{Heads, View, WordRange};

/// A cue with its source and content.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The words that attribute.
    pub cue: WordRange,
    /// Who is made the source, if the words say.
    pub source: Option<WordRange>,
    /// What is attributed: one or more stretches, in order.
    pub contents: Vec<WordRange>,
    /// Probability that there is an attribution at this cue with this source and content, before calibration.
    pub score: f32,
    /// Probabilities of the acts, by the manifest's order.
    pub acts: Vec<f32>,
    /// Probabilities of the holder's kinds, by the manifest's order; empty without a source.
    pub kinds: Vec<f32>,
}

/// Role tags: O, B- and I-source, B- and I-content.
const ROLE_TAGS: usize = 5;

impl Heads {
    pub(super) fn attributions(&self, view: &View) -> Vec<Attribution> {
        let settings = &self.manifest.decoding;
        let n = view.w.words.len();
        // Cues by both guidelines' layers, mixed as probabilities.
        let mut p = vec![0.0; n * 3];
        for (head, weight) in self.cues.iter().zip([settings.cue_polnear_weight, 1.0 - settings.cue_polnear_weight]) {
            let mut q = head.apply(&view.words);
            softmax_rows(&mut q, 3);
            p.iter_mut().zip(&q).for_each(|(a, b)| *a += weight * b);
        }
        let log: Vec<f32> =
            p.iter().enumerate().map(|(i, v)| v.max(1e-9).ln() + if i % 3 == 0 { 0.0 } else { settings.cue_bias }).collect();
        let cues: Vec<(usize, usize)> = spans(&best_path(&log, 3)).into_iter().map(|(a, b, _)| (a, b)).collect();
        let start = view.w.words.start;
        let owned: Vec<(usize, usize)> = cues.into_iter().filter(|&(a, _)| view.owns((start + a, start + a + 1))).collect();
        if owned.is_empty() {
            return Vec::new();
        }
        let candidates = self.attribution.candidates(&view.words);
        let mut out = Vec::new();
        for (a, b) in owned {
            let cue = (start + a, start + b);
            let anchor = view.span(cue);
            let both =
                self.attribution.score(&anchor, &candidates, |i| i as i64 - a as i64, |i| Some(usize::from(view.d.quoted[start + i])));
            let q = self.roles(&both);
            let log: Vec<f32> = q.iter().map(|v| v.max(1e-9).ln()).collect();
            let found = spans(&best_path(&log, ROLE_TAGS));
            let strength = |s: &(usize, usize, usize)| {
                (s.0..s.1).map(|w| q[w * ROLE_TAGS + 2 * s.2 + 1] + q[w * ROLE_TAGS + 2 * s.2 + 2]).sum::<f32>() / (s.1 - s.0) as f32
            };
            let source = found.iter().filter(|s| s.2 == 0).max_by(|x, y| strength(x).total_cmp(&strength(y))).copied();
            let contents: Vec<(usize, usize, usize)> = found.iter().copied().filter(|s| s.2 == 1 && strength(s) > 0.4).collect();
            if contents.is_empty() {
                continue;
            }
            let cue_score = (a..b).map(|w| 1.0 - p[w * 3]).fold(1.0, f32::min);
            let content_score = contents.iter().map(strength).sum::<f32>() / contents.len() as f32;
            let source_score = source.as_ref().map_or(1.0, strength);
            let mut acts = self.act.apply(&anchor);
            let classes = acts.len();
            softmax_rows(&mut acts, classes);
            let source = source.map(|s| (start + s.0, start + s.1));
            let kinds = source.map_or(Vec::new(), |s| {
                let mut k = self.kind.apply(&view.span(s));
                let classes = k.len();
                softmax_rows(&mut k, classes);
                k
            });
            out.push(Attribution {
                cue,
                source,
                contents: contents.iter().map(|s| (start + s.0, start + s.1)).collect(),
                score: cue_score * content_score * source_score,
                acts,
                kinds,
            });
        }
        out
    }

    /// Both guidelines' role probabilities mixed: words × 5.
    fn roles(&self, both: &[f32]) -> Vec<f32> {
        let weight = self.manifest.decoding.role_polnear_weight;
        let mut out = Vec::with_capacity(both.len() / 2);
        for row in both.chunks_exact(2 * ROLE_TAGS) {
            let mut row = row.to_vec();
            softmax_rows(&mut row, ROLE_TAGS);
            out.extend((0..ROLE_TAGS).map(|t| weight * row[t] + (1.0 - weight) * row[ROLE_TAGS + t]));
        }
        out
    }
}
