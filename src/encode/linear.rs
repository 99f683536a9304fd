//! Dense layers over rows, in f32, for the heads.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

use crate::models::{ModelError, Tensors};

/// `y = x Wᵀ + b` over rows of `x`.
pub struct Linear {
    weight: PackedBMatrix<f32>,
    bias: Option<Vec<f32>>,
    inputs: usize,
    outputs: usize,
}

impl Linear {
    /// `NAME.weight` `[outputs, inputs]` and, where it exists, `NAME.bias`.
    pub fn load(t: &Tensors, name: &str, inputs: usize, bias: bool) -> Result<Self, ModelError> {
        let w = t.matrix(&format!("{name}.weight"), inputs)?;
        let bias = if bias { Some(t.vector(&format!("{name}.bias"), w.rows)?) } else { None };
        let view = NdTensorView::from_data([w.rows, w.cols], w.data.as_slice());
        let weight = GemmExecutor::new().prepack_b(view.transposed());
        Ok(Linear { weight, bias, inputs, outputs: w.rows })
    }

    /// Outputs a row.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// `x`: rows × inputs, flat. Returns rows × outputs, flat.
    pub fn apply(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.inputs;
        assert_eq!(rows * self.inputs, x.len(), "rows of {} values expected, got {} values", self.inputs, x.len());
        let mut out = vec![0.0; rows * self.outputs];
        if rows == 0 {
            return out;
        }
        let options = GemmOptions { bias: self.bias.as_deref().map(BiasVector::Row), ..Default::default() };
        let a = NdTensorView::from_data([rows, self.inputs], x);
        // Executors are not Send; making one costs a look at the processor's features.
        GemmExecutor::<f32>::new()
            .gemm(&mut out, GemmInputA::Unpacked(a), GemmInputB::Packed(&self.weight), options)
            .expect("shapes were checked on loading and above");
        out
    }
}
