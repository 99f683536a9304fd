//! The best tag sequence where an inside tag may follow only its own kind.

/// Tags are `O`, then `B-x`, `I-x` for each kind x: 0, 1, 2, 3, 4, …
///
/// `log_probs`: words × tags, flat. Returns one tag a word.
pub fn best_path(log_probs: &[f32], tags: usize) -> Vec<usize> {
    let words = log_probs.len() / tags;
    if words == 0 {
        return Vec::new();
    }
    let allowed = |from: usize, to: usize| to == 0 || to % 2 == 1 || from == to || from + 1 == to;
    let mut score: Vec<f32> = (0..tags).map(|t| if t > 0 && t % 2 == 0 { f32::NEG_INFINITY } else { log_probs[t] }).collect();
    let mut back = vec![0u8; words * tags];
    let mut next = vec![0.0; tags];
    for w in 1..words {
        // What may go before a beginning or an outside tag is anything: its best is found once.
        let (any, any_score) = score.iter().enumerate().fold((0, f32::NEG_INFINITY), |b, (t, &s)| if s > b.1 { (t, s) } else { b });
        for t in 0..tags {
            let (from, s) = if t == 0 || t % 2 == 1 {
                (any, any_score)
            } else if score[t - 1] >= score[t] {
                (t - 1, score[t - 1])
            } else {
                (t, score[t])
            };
            debug_assert!(allowed(from, t));
            next[t] = s + log_probs[w * tags + t];
            back[w * tags + t] = from as u8;
        }
        std::mem::swap(&mut score, &mut next);
    }
    let mut tag = score.iter().enumerate().fold((0, f32::NEG_INFINITY), |b, (t, &s)| if s > b.1 { (t, s) } else { b }).0;
    let mut out = vec![0; words];
    for w in (0..words).rev() {
        out[w] = tag;
        tag = back[w * tags + tag] as usize;
    }
    out
}

/// The spans of a tag sequence: (first word, end word, kind).
pub fn spans(path: &[usize]) -> Vec<(usize, usize, usize)> {
    let mut out: Vec<(usize, usize, usize)> = Vec::new();
    for (w, &t) in path.iter().enumerate() {
        if t == 0 {
            continue;
        }
        let kind = (t - 1) / 2;
        match out.last_mut() {
            Some(last) if t % 2 == 0 && last.1 == w && last.2 == kind => last.1 = w + 1,
            _ => out.push((w, w + 1, kind)),
        }
    }
    out
}

/// Softmax of each row of `logits`, in place.
pub fn softmax_rows(logits: &mut [f32], cols: usize) {
    for row in logits.chunks_exact_mut(cols) {
        let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for v in row.iter_mut() {
            *v = (*v - max).exp();
            sum += *v;
        }
        row.iter_mut().for_each(|v| *v /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every sequence, tried one by one.
    fn exhaustive(log_probs: &[f32], tags: usize) -> f32 {
        fn go(lp: &[f32], tags: usize, from: Option<usize>) -> f32 {
            if lp.is_empty() {
                return 0.0;
            }
            (0..tags)
                .filter(|&t| t == 0 || t % 2 == 1 || from.is_some_and(|f| f == t || f + 1 == t))
                .map(|t| lp[t] + go(&lp[tags..], tags, Some(t)))
                .fold(f32::NEG_INFINITY, f32::max)
        }
        go(log_probs, tags, None)
    }

    proptest! {
        #[test]
        fn finds_the_best_of_all_sequences(lp in proptest::collection::vec(-5.0f32..0.0, 20)) {
            let path = best_path(&lp, 5);
            let got: f32 = path.iter().enumerate().map(|(w, &t)| lp[w * 5 + t]).sum();
            prop_assert!((got - exhaustive(&lp, 5)).abs() < 1e-4);
        }
    }

    #[test]
    fn spans_of_a_path() {
        assert_eq!(spans(&[0, 1, 2, 1, 3, 4, 0]), [(1, 3, 0), (3, 4, 0), (4, 6, 1)]);
    }
}
