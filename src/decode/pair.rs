//! The head that all linking shares: an anchor against candidates, with their distance in words.

use rten_simd::SimdUnaryOp;
use rten_vecmath::Gelu;

use crate::encode::Linear;
use crate::models::{Matrix, ModelError, Tensors};

/// `out(gelu(U c + V a + W (P c ⊙ S a) + distance + flag))` for an anchor a and each candidate c.
pub struct PairHead {
    u: Linear,
    v: Linear,
    p: Linear,
    s: Linear,
    w: Linear,
    distance: Matrix,
    flag: Matrix,
    out: Linear,
}

/// What the head computes of candidates once, whatever the anchor.
pub struct Candidates {
    u: Vec<f32>,
    p: Vec<f32>,
}

/// Distance classes: exact to 3 words, then two a power of two; candidates before the anchor below 16.
fn bucket(distance: i64) -> usize {
    let a = distance.unsigned_abs();
    let b = if a < 4 {
        a as usize
    } else {
        let power = 63 - a.leading_zeros() as usize;
        let half = 2 * a >= 3 << power;
        (4 + (power - 2) * 2 + usize::from(half)).min(15)
    };
    if distance < 0 { 15 - b } else { 16 + b }
}

impl PairHead {
    /// Loads the tensors under `name`.
    pub fn load(t: &Tensors, name: &str, width: usize) -> Result<Self, ModelError> {
        let l = |part: &str, inputs, bias| Linear::load(t, &format!("{name}.{part}"), inputs, bias);
        let u = l("u", width, true)?;
        let hidden = u.outputs();
        Ok(PairHead {
            v: l("v", width, false)?,
            p: l("p", width, false)?,
            s: l("s", width, false)?,
            w: l("w", hidden, false)?,
            distance: t.matrix(&format!("{name}.dist.weight"), hidden)?,
            flag: t.matrix(&format!("{name}.flag.weight"), hidden)?,
            out: l("out", hidden, true)?,
            u,
        })
    }

    /// `vectors`: candidates × width, flat.
    pub fn candidates(&self, vectors: &[f32]) -> Candidates {
        Candidates { u: self.u.apply(vectors), p: self.p.apply(vectors) }
    }

    /// Scores of every candidate for one anchor: candidates × outputs, flat. `distance` and `flag` are asked by candidate.
    pub fn score(
        &self,
        anchor: &[f32],
        c: &Candidates,
        distance: impl Fn(usize) -> i64,
        flag: impl Fn(usize) -> Option<usize>,
    ) -> Vec<f32> {
        let (v, s) = (self.v.apply(anchor), self.s.apply(anchor));
        let hidden = v.len();
        let mut product = c.p.clone();
        for row in product.chunks_exact_mut(hidden) {
            row.iter_mut().zip(&s).for_each(|(x, y)| *x *= y);
        }
        let mut z = self.w.apply(&product);
        for (i, row) in z.chunks_exact_mut(hidden).enumerate() {
            let d = self.distance.row(bucket(distance(i)));
            let u = &c.u[i * hidden..(i + 1) * hidden];
            for (k, x) in row.iter_mut().enumerate() {
                *x += u[k] + v[k] + d[k];
            }
            if let Some(f) = flag(i) {
                row.iter_mut().zip(self.flag.row(f)).for_each(|(x, y)| *x += y);
            }
        }
        Gelu {}.map_mut(&mut z);
        self.out.apply(&z)
    }
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn buckets_as_in_training() {
        // (distance, bucket) by scripts/train/model.py
        let cases = [
            (0, 16),
            (3, 19),
            (4, 20),
            (5, 20),
            (6, 21),
            (8, 22),
            (12, 23),
            (16, 24),
            (100, 29),
            (1000, 31),
            (-1, 14),
            (-4, 11),
            (-300, 0),
        ];
        for (d, b) in cases {
            assert_eq!(bucket(d), b, "distance {d}");
        }
    }
}
