//! The default backend: a BERT encoder with int8 weights over rten's kernels.
//!
//! Weights are int8 with one scale an output, made when the model is exported; activations are quantised here, one scale
//! and zero point a row, so that a window's result depends on nothing but that window. Layer norm, GELU and softmax stay in
//! f32. There is no padding: a window is as long as its pieces.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::{NdTensorView, NdTensorViewMut};
use rten_vecmath::{Gelu, MinMax, Normalize, NormalizeOptions, Quantize, Softmax, Sum, SumSquareSub};

use super::{EncodeError, Encoder, Hidden};
use crate::models::{EncoderConfig, Matrix, ModelError, QuantisedMatrix, Tensors};

struct Int8Linear {
    weight: PackedBMatrix<i8>,
    /// Sum of each output's weight codes: what a row's zero point adds to the product.
    sums: Vec<i32>,
    scale: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Layer {
    qkv: Int8Linear,
    out: Int8Linear,
    norm1: Norm,
    up: Int8Linear,
    down: Int8Linear,
    norm2: Norm,
}

/// BERT over int8 kernels. The kernels' executors are not `Send`, so each use makes its own: that costs a look at the
/// processor's features.
pub struct Int8Encoder {
    config: EncoderConfig,
    /// Largest activation code: 255, or 127 where the kernel's 16-bit sums would saturate (x86-64 without VNNI).
    top: f32,
    words: QuantisedMatrix,
    positions: Matrix,
    segment: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

/// Buffers of one pass, reused from layer to layer.
#[derive(Default)]
struct Scratch {
    codes: Vec<u8>,
    scales: Vec<f32>,
    zeros: Vec<u8>,
    sums: Vec<i32>,
}

impl Int8Encoder {
    /// Loads the encoder's tensors.
    pub fn load(t: &Tensors, config: &EncoderConfig) -> Result<Self, ModelError> {
        let int8 = GemmExecutor::<u8, i8, i32>::new();
        let d = config.hidden;
        let norm = |name: &str| -> Result<Norm, ModelError> {
            Ok(Norm { weight: t.vector(&format!("{name}.weight"), d)?, bias: t.vector(&format!("{name}.bias"), d)? })
        };
        let linear = |name: &str, inputs: usize| -> Result<Int8Linear, ModelError> {
            let w = t.quantised(name, inputs)?;
            let bias = t.vector(&format!("{name}.bias"), w.rows)?;
            let view = NdTensorView::from_data([w.rows, w.cols], w.q.as_slice());
            let weight = int8.prepack_b(view.transposed());
            let sums = w.q.chunks_exact(w.cols).map(|r| r.iter().map(|&v| i32::from(v)).sum()).collect();
            Ok(Int8Linear { weight, sums, scale: w.scale, bias, inputs, outputs: w.rows })
        };
        let layers = (0..config.layers)
            .map(|i| {
                let p = format!("encoder.layers.{i}");
                Ok(Layer {
                    qkv: linear(&format!("{p}.qkv"), d)?,
                    out: linear(&format!("{p}.out"), d)?,
                    norm1: norm(&format!("{p}.ln1"))?,
                    up: linear(&format!("{p}.up"), d)?,
                    down: linear(&format!("{p}.down"), config.intermediate)?,
                    norm2: norm(&format!("{p}.ln2"))?,
                })
            })
            .collect::<Result<_, ModelError>>()?;
        Ok(Int8Encoder {
            top: if int8.may_saturate() { 127.0 } else { 255.0 },
            words: t.quantised("encoder.word", d)?,
            positions: t.matrix("encoder.pos.weight", d)?,
            segment: t.vector("encoder.segment", d)?,
            norm: norm("encoder.ln")?,
            layers,
            config: config.clone(),
        })
    }

    /// `x`: rows × inputs. Returns rows × outputs.
    fn linear(&self, l: &Int8Linear, x: &[f32], s: &mut Scratch) -> Vec<f32> {
        let rows = x.len() / l.inputs;
        s.codes.clear();
        s.scales.clear();
        s.zeros.clear();
        s.codes.reserve(x.len());
        for (i, row) in x.chunks_exact(l.inputs).enumerate() {
            let (min, max) = MinMax::new(row).dispatch();
            let (min, max) = (min.min(0.0), max.max(0.0));
            let scale = ((max - min) / self.top).max(1e-12);
            let zero = (-min / scale).round_ties_even() as u8;
            let room = &mut s.codes.spare_capacity_mut()[..l.inputs];
            let n = Quantize::new(row, room, 1.0 / scale, zero).dispatch().len();
            debug_assert_eq!(n, l.inputs);
            #[allow(unsafe_code, reason = "Quantize has initialised every code of the row")]
            unsafe {
                s.codes.set_len((i + 1) * l.inputs);
            }
            s.scales.push(scale);
            s.zeros.push(zero);
        }
        s.sums.clear();
        s.sums.resize(rows * l.outputs, 0);
        let a = NdTensorView::from_data([rows, l.inputs], s.codes.as_slice());
        GemmExecutor::<u8, i8, i32>::new()
            .gemm(&mut s.sums, GemmInputA::Unpacked(a), GemmInputB::Packed(&l.weight), GemmOptions::default())
            .expect("shapes follow from the loaded tensors");
        let mut out = Vec::with_capacity(rows * l.outputs);
        for ((sums, &row_scale), &zero) in s.sums.chunks_exact(l.outputs).zip(&s.scales).zip(&s.zeros) {
            let zero = i32::from(zero);
            let columns = sums.iter().zip(&l.sums).zip(&l.scale).zip(&l.bias);
            out.extend(columns.map(|(((&v, &all), &w), &b)| (v - zero * all) as f32 * (row_scale * w) + b));
        }
        out
    }

    fn normalise(&self, x: &mut [f32], n: &Norm) {
        for row in x.chunks_exact_mut(self.config.hidden) {
            let mean = Sum::new(row).dispatch() / row.len() as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / row.len() as f32;
            Normalize::new_mut(
                row,
                NormalizeOptions {
                    pre_scale_bias: mean,
                    scale: 1.0 / (variance + self.config.epsilon).sqrt(),
                    element_scale: Some(&n.weight),
                    bias: 0.0,
                    element_bias: Some(&n.bias),
                },
            )
            .dispatch();
        }
    }

    /// `qkv`: rows × 3·hidden. Returns rows × hidden.
    fn attention(&self, qkv: &mut [f32], rows: usize) -> Vec<f32> {
        let (d, heads) = (self.config.hidden, self.config.heads);
        let float = GemmExecutor::<f32>::new();
        let size = d / heads;
        let factor = (size as f32).powf(-0.5);
        for row in qkv.chunks_exact_mut(3 * d) {
            row[..d].iter_mut().for_each(|v| *v *= factor);
        }
        let all = NdTensorView::from_data([rows, 3 * d], &*qkv);
        let part = |which: usize, head: usize| all.slice((.., which * d + head * size..which * d + (head + 1) * size));
        let mut scores = vec![0.0; rows * rows];
        let mut mixed = vec![0.0; rows * size];
        let mut out = vec![0.0; rows * d];
        for head in 0..heads {
            let (q, k, v) = (part(0, head), part(1, head), part(2, head));
            float
                .gemm(&mut scores, GemmInputA::Unpacked(q), GemmInputB::Unpacked(k.transposed()), GemmOptions::default())
                .expect("queries and keys are of one width");
            for row in scores.chunks_exact_mut(rows) {
                Softmax::new_mut(row).dispatch();
            }
            let a = NdTensorView::from_data([rows, rows], scores.as_slice());
            float.gemm(&mut mixed, GemmInputA::Unpacked(a), GemmInputB::Unpacked(v), GemmOptions::default()).expect("one score a value");
            let mut target = NdTensorViewMut::from_data([rows, d], out.as_mut_slice());
            for (r, from) in mixed.chunks_exact(size).enumerate() {
                for (c, &v) in from.iter().enumerate() {
                    target[[r, head * size + c]] = v;
                }
            }
        }
        out
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(a, b)| *a += b);
}

impl Encoder for Int8Encoder {
    fn backend(&self) -> &'static str {
        "int8"
    }

    fn width(&self) -> usize {
        self.config.hidden
    }

    fn encode(&self, pieces: &[u32]) -> Result<Hidden, EncodeError> {
        let (rows, d) = (pieces.len(), self.config.hidden);
        if rows > self.positions.rows {
            return Err(EncodeError::TooLong { got: rows, max: self.positions.rows });
        }
        let mut x = Vec::with_capacity(rows * d);
        for (i, &p) in pieces.iter().enumerate() {
            let p = p as usize;
            if p >= self.words.rows {
                return Err(EncodeError::Vocabulary { got: p as u32, vocabulary: self.words.rows });
            }
            let scale = self.words.scale[p];
            let word = &self.words.q[p * d..(p + 1) * d];
            let position = self.positions.row(i);
            x.extend((0..d).map(|c| word[c] as f32 * scale + position[c] + self.segment[c]));
        }
        self.normalise(&mut x, &self.norm);
        let mut s = Scratch::default();
        for layer in &self.layers {
            let mut qkv = self.linear(&layer.qkv, &x, &mut s);
            let mixed = self.attention(&mut qkv, rows);
            add(&mut x, &self.linear(&layer.out, &mixed, &mut s));
            self.normalise(&mut x, &layer.norm1);
            let mut up = self.linear(&layer.up, &x, &mut s);
            Gelu {}.map_mut(&mut up);
            add(&mut x, &self.linear(&layer.down, &up, &mut s));
            self.normalise(&mut x, &layer.norm2);
        }
        Ok(Hidden { rows, cols: d, data: x })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pseudo-random value between -1 and 1, the same on every machine.
    fn noise(i: usize) -> f32 {
        let x = (i as u64).wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((x >> 33) % 2001) as f32 / 1000.0 - 1.0
    }

    fn encoder(top: f32, heads: usize) -> Int8Encoder {
        let config = EncoderConfig { hidden: heads * 32, layers: 0, heads, intermediate: 64, epsilon: 1e-12, window: 32, cls: 0, sep: 2 };
        let norm = || Norm { weight: vec![1.0; 64], bias: vec![0.0; 64] };
        Int8Encoder {
            top,
            words: QuantisedMatrix { rows: 1, cols: 64, q: vec![0; 64], scale: vec![1.0] },
            positions: Matrix { rows: 64, cols: 64, data: std::sync::Arc::new(vec![0.0; 64 * 64]) },
            segment: vec![0.0; 64],
            norm: norm(),
            layers: Vec::new(),
            config,
        }
    }

    #[test]
    fn int8_products_are_close_to_exact_ones() {
        let int8 = GemmExecutor::<u8, i8, i32>::new();
        let e = encoder(if int8.may_saturate() { 127.0 } else { 255.0 }, 2);
        for (rows, inputs, outputs) in [(1, 64, 48), (5, 64, 192), (25, 384, 1152), (200, 1536, 384)] {
            let q: Vec<i8> = (0..inputs * outputs).map(|i| (noise(i) * 127.0) as i8).collect();
            let view = NdTensorView::from_data([outputs, inputs], q.as_slice());
            let l = Int8Linear {
                weight: int8.prepack_b(view.transposed()),
                sums: q.chunks_exact(inputs).map(|r| r.iter().map(|&v| i32::from(v)).sum()).collect(),
                scale: vec![0.01; outputs],
                bias: vec![0.5; outputs],
                inputs,
                outputs,
            };
            // Each row has its own size and its own middle, so that a row's scale or zero point used for another shows.
            let x: Vec<f32> = (0..rows * inputs).map(|i| (noise(i + 7) + noise(i / inputs)) * (1.0 + (i / inputs % 7) as f32)).collect();
            let got = e.linear(&l, &x, &mut Scratch::default());
            for r in 0..rows {
                for c in 0..outputs {
                    let exact: f32 = (0..inputs).map(|k| x[r * inputs + k] * f32::from(q[c * inputs + k]) * 0.01).sum::<f32>() + 0.5;
                    let size = 0.1 * (1.0 + (r % 7) as f32) * (inputs as f32 / 64.0).sqrt();
                    assert!(
                        (got[r * outputs + c] - exact).abs() < size,
                        "{rows}x{inputs}x{outputs} at {r},{c}: {} for {exact}",
                        got[r * outputs + c]
                    );
                }
            }
        }
    }

    #[test]
    fn attention_is_the_plain_formula() {
        for (heads, rows) in [(2, 1), (2, 25), (12, 3), (12, 25), (12, 200)] {
            let e = encoder(255.0, heads);
            let d = heads * 32;
            let qkv: Vec<f32> = (0..rows * 3 * d).map(|i| noise(i) * 2.0).collect();
            let got = e.attention(&mut qkv.clone(), rows);
            for head in 0..heads {
                for r in 0..rows {
                    let at = |part: usize, row: usize, k: usize| qkv[row * 3 * d + part * d + head * 32 + k];
                    let mut s: Vec<f32> =
                        (0..rows).map(|c| (0..32).map(|k| at(0, r, k) * at(1, c, k)).sum::<f32>() / 32f32.sqrt()).collect();
                    let max = s.iter().copied().fold(f32::MIN, f32::max);
                    s.iter_mut().for_each(|v| *v = (*v - max).exp());
                    let sum: f32 = s.iter().sum();
                    for k in 0..32 {
                        let exact: f32 = (0..rows).map(|c| s[c] / sum * at(2, c, k)).sum();
                        let v = got[r * d + head * 32 + k];
                        assert!((v - exact).abs() < 1e-4, "{heads} heads, {rows} rows, head {head}, {r},{k}: {v} for {exact}");
                    }
                }
            }
        }
    }
}
