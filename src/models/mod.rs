//! Models: what a model folder holds, where models are found, and their tensors.
//!
//! A model is a folder with `manifest.json`, `tokenizer.json` and `model.safetensors`. The model `full` is part of the
//! binary; any other is a folder. Tensor names are those of scripts/train/model.py.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What went wrong with a model; every message names the model's place.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No folder of this name or path.
    #[error("no model {name:?}: it is neither built in ({built_in}) nor a folder with a manifest.json")]
    Unknown {
        /// What the user asked for.
        name: String,
        /// Names that exist.
        built_in: String,
    },
    /// A file of the model cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The manifest is not what it should be.
    #[error("{place}: the manifest does not parse: {source}")]
    Manifest {
        /// The model.
        place: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A file's hash differs from the manifest's.
    #[error("{place}/{file}: sha256 is {got}, the manifest says {expected}; fetch the file again")]
    Hash {
        /// The model.
        place: String,
        /// The file.
        file: String,
        /// Hash found.
        got: String,
        /// Hash recorded.
        expected: String,
    },
    /// A tensor is missing, or of another shape or type than expected.
    #[error("{place}: tensor {tensor}: {what}")]
    Tensor {
        /// The model.
        place: String,
        /// The tensor.
        tensor: String,
        /// Expected and got.
        what: String,
    },
    /// The tokenizer does not load.
    #[error("{place}/tokenizer.json: {what}")]
    Tokenizer {
        /// The model.
        place: String,
        /// Why.
        what: String,
    },
}

/// `manifest.json`: what a model is and how it is to be run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Name, as in `--model`.
    pub name: String,
    /// Version of the weights.
    pub version: String,
    /// SPDX licence of the weights.
    pub licence: String,
    /// One line about it.
    pub description: String,
    /// Encoder's shape.
    pub encoder: EncoderConfig,
    /// Labels of each mention layer, in the order of the output: `O`, then `B-` and `I-` of each.
    pub mention_layers: BTreeMap<String, Vec<String>>,
    /// Acts, in the order of the output.
    pub acts: Vec<String>,
    /// Holder kinds, in the order of the output.
    pub kinds: Vec<String>,
    /// Statuses of an office, in the order of the output.
    pub statuses: Vec<String>,
    /// Claim relations, in the order of the output after "none".
    pub claim_relations: Vec<String>,
    /// Thresholds and calibration, fitted on development data by scripts/train/calibrate.py.
    #[serde(default)]
    pub decoding: Decoding,
    /// Data sets that it was trained on.
    pub training_data: Vec<String>,
    /// sha256 of each file.
    pub files: BTreeMap<String, String>,
}

/// The encoder's shape.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Width of the hidden states.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Attention heads a layer.
    pub heads: usize,
    /// Width of the feed-forward part.
    pub intermediate: usize,
    /// Layer norm's epsilon.
    pub epsilon: f32,
    /// Pieces that a window holds at most, special ones included.
    pub window: usize,
    /// Id of the piece before a window.
    pub cls: u32,
    /// Id of the piece after a window and at each line break.
    pub sep: u32,
}

/// Numbers that turn head scores into decisions and probabilities.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Decoding {
    /// Weight of the PolNeAR layer against the guidelines' own layer in cue scores, 0 to 1.
    pub cue_polnear_weight: f32,
    /// Weight of the PolNeAR layer in where sources and contents begin and end, 0 to 1.
    pub role_polnear_weight: f32,
    /// Added to the log-odds of a cue: above 0 finds more.
    pub cue_bias: f32,
    /// An office joins a person from this probability on.
    pub office_threshold: f32,
    /// A pronoun or role joins an entity from this probability on.
    pub coref_threshold: f32,
    /// A claim is written from this probability on.
    pub claim_threshold: f32,
    /// Score calibration, per kind of item: probability = sigmoid(scale · logit(raw) + shift).
    pub calibration: BTreeMap<String, [f32; 2]>,
}

impl Default for Decoding {
    fn default() -> Self {
        Decoding {
            cue_polnear_weight: 0.5,
            role_polnear_weight: 0.9,
            cue_bias: 0.0,
            office_threshold: 0.5,
            coref_threshold: 0.3,
            claim_threshold: 0.5,
            calibration: BTreeMap::new(),
        }
    }
}

/// A model's files in memory.
pub struct ModelFiles {
    /// Where it came from, for messages.
    pub place: String,
    /// The manifest.
    pub manifest: Manifest,
    /// tokenizer.json.
    pub tokenizer: Bytes,
    /// model.safetensors.
    pub weights: Bytes,
}

/// Bytes in the binary or on the heap.
pub type Bytes = std::borrow::Cow<'static, [u8]>;

macro_rules! built_in {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $name, "/manifest.json")) as &[u8],
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $name, "/tokenizer.json")) as &[u8],
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $name, "/model.safetensors")) as &[u8],
        )
    };
}

/// Name, manifest, tokenizer, weights.
type BuiltIn = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

/// The models inside the binary.
static BUILT_IN: [BuiltIn; 1] = [built_in!("full")];

/// Names of the models inside the binary.
pub fn built_in_names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|b| b.0).collect()
}

/// Loads a built-in model by name, else the folder of that path.
pub fn load(name: &str) -> Result<ModelFiles, ModelError> {
    if let Some((name, manifest, tokenizer, weights)) = BUILT_IN.iter().find(|b| b.0 == name) {
        let place = format!("built-in model {name}");
        let manifest = serde_json::from_slice(manifest).map_err(|source| ModelError::Manifest { place: place.clone(), source })?;
        return Ok(ModelFiles { place, manifest, tokenizer: Bytes::Borrowed(tokenizer), weights: Bytes::Borrowed(weights) });
    }
    let dir = Path::new(name);
    if !dir.join("manifest.json").is_file() {
        return Err(ModelError::Unknown { name: name.into(), built_in: built_in_names().join(", ") });
    }
    let read = |file: &str| {
        let path = dir.join(file);
        std::fs::read(&path).map_err(|source| ModelError::Io { path, source })
    };
    let place = name.to_string();
    let manifest =
        serde_json::from_slice(&read("manifest.json")?).map_err(|source| ModelError::Manifest { place: place.clone(), source })?;
    let files = ModelFiles { place, manifest, tokenizer: read("tokenizer.json")?.into(), weights: read("model.safetensors")?.into() };
    files.verify()?;
    Ok(files)
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl ModelFiles {
    /// Compares each file's hash with the manifest's.
    pub fn verify(&self) -> Result<(), ModelError> {
        for (file, bytes) in [("tokenizer.json", &self.tokenizer), ("model.safetensors", &self.weights)] {
            let expected = self.manifest.files.get(file).cloned().unwrap_or_default();
            let got = hex_sha256(bytes);
            if got != expected {
                return Err(ModelError::Hash { place: self.place.clone(), file: file.into(), got, expected });
            }
        }
        Ok(())
    }

    /// The weights' hash: what the record names.
    pub fn sha256(&self) -> &str {
        self.manifest.files.get("model.safetensors").map_or("", String::as_str)
    }

    /// The weights by name.
    pub fn tensors(&self) -> Result<Tensors<'_>, ModelError> {
        let inner = SafeTensors::deserialize(&self.weights).map_err(|e| ModelError::Tensor {
            place: self.place.clone(),
            tensor: "(all)".into(),
            what: e.to_string(),
        })?;
        Ok(Tensors { place: &self.place, inner })
    }
}

/// A matrix in row order.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// `rows × cols` values.
    pub data: Arc<Vec<f32>>,
}

impl Matrix {
    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }
}

/// int8 weights, one scale a row: value = q × scale.
pub struct QuantisedMatrix {
    /// Rows (outputs).
    pub rows: usize,
    /// Columns (inputs).
    pub cols: usize,
    /// `rows × cols` values.
    pub q: Vec<i8>,
    /// One a row.
    pub scale: Vec<f32>,
}

/// Named tensors of one model.
pub struct Tensors<'a> {
    place: &'a str,
    inner: SafeTensors<'a>,
}

impl Tensors<'_> {
    fn error(&self, tensor: &str, what: String) -> ModelError {
        ModelError::Tensor { place: self.place.into(), tensor: tensor.into(), what }
    }

    /// A vector or matrix of f32 or f16, flat, with its shape.
    fn floats(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), ModelError> {
        let t = self.inner.tensor(name).map_err(|e| self.error(name, e.to_string()))?;
        let data = match t.dtype() {
            Dtype::F32 => t.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            Dtype::F16 => t.data().chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
            other => return Err(self.error(name, format!("f32 or f16 expected, got {other:?}"))),
        };
        Ok((t.shape().to_vec(), data))
    }

    /// A vector of `len` values.
    pub fn vector(&self, name: &str, len: usize) -> Result<Vec<f32>, ModelError> {
        let (shape, data) = self.floats(name)?;
        if shape != [len] {
            return Err(self.error(name, format!("shape [{len}] expected, got {shape:?}")));
        }
        Ok(data)
    }

    /// A matrix of `cols` columns.
    pub fn matrix(&self, name: &str, cols: usize) -> Result<Matrix, ModelError> {
        let (shape, data) = self.floats(name)?;
        match shape[..] {
            [rows, c] if c == cols => Ok(Matrix { rows, cols, data: Arc::new(data) }),
            _ => Err(self.error(name, format!("shape [_, {cols}] expected, got {shape:?}"))),
        }
    }

    /// `NAME.q` and `NAME.scale`.
    pub fn quantised(&self, name: &str, cols: usize) -> Result<QuantisedMatrix, ModelError> {
        let full = format!("{name}.q");
        let t = self.inner.tensor(&full).map_err(|e| self.error(&full, e.to_string()))?;
        if t.dtype() != Dtype::I8 || t.shape().len() != 2 || t.shape()[1] != cols {
            return Err(self.error(&full, format!("int8 of shape [_, {cols}] expected, got {:?} {:?}", t.dtype(), t.shape())));
        }
        let rows = t.shape()[0];
        let scale = self.vector(&format!("{name}.scale"), rows)?;
        Ok(QuantisedMatrix { rows, cols, q: t.data().iter().map(|&b| b as i8).collect(), scale })
    }
}
