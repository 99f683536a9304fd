//! The stages in their order, for one article.

use crate::decode::{Decoded, Heads, Scheme};
use crate::encode::{EncodeError, Encoder, Int8Encoder, Tokenizer};
use crate::models::{Manifest, ModelError, ModelFiles};
use crate::positions::{Position, positions};
use crate::resolve::{Geography, Resolved, places, resolve};
use crate::segment::Document;
use crate::text::Article;

/// Everything that a model needs to annotate.
pub struct Annotator {
    tokenizer: Tokenizer,
    encoder: Box<dyn Encoder>,
    heads: Heads,
    scheme: Scheme,
    /// The model's manifest.
    pub manifest: Manifest,
    /// Hash of the weights.
    pub sha256: String,
}

/// An article with all that was found in it.
pub struct Annotated {
    /// The article, cut into words and sentences.
    pub document: Document,
    /// Entities, officials, islands, claims.
    pub resolved: Resolved,
    /// Positions.
    pub positions: Vec<Position>,
}

/// Why one article could not be annotated.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// The tokenizer failed.
    #[error("the text cannot be cut into pieces: {0}")]
    Tokenize(String),
    /// The encoder failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl Annotator {
    /// Loads a model with the default backend.
    pub fn new(files: &ModelFiles, scheme: Scheme) -> Result<Self, ModelError> {
        let tensors = files.tensors()?;
        let encoder = Int8Encoder::load(&tensors, &files.manifest.encoder)?;
        Self::with_encoder(files, scheme, Box::new(encoder))
    }

    /// The same model on another backend.
    pub fn with_encoder(files: &ModelFiles, scheme: Scheme, encoder: Box<dyn Encoder>) -> Result<Self, ModelError> {
        let tensors = files.tensors()?;
        Ok(Annotator {
            tokenizer: Tokenizer::load(files)?,
            heads: Heads::load(&tensors, &files.manifest)?,
            encoder,
            scheme,
            manifest: files.manifest.clone(),
            sha256: files.sha256().to_string(),
        })
    }

    /// The encoder's backend.
    pub fn backend(&self) -> &'static str {
        self.encoder.backend()
    }

    /// Article → Document → Pieces → Windows → Hidden → Decoded → Resolved → Positions.
    pub fn annotate(&self, article: Article) -> Result<Annotated, AnnotateError> {
        let document = Document::new(article);
        let places = places(&document);
        let pieces = self.tokenizer.pieces(&document).map_err(AnnotateError::Tokenize)?;
        let mut parts = Vec::new();
        for window in self.tokenizer.windows(&document, &pieces) {
            let hidden = self.encoder.encode(&window.pieces)?;
            parts.push(self.heads.decode(&document, &window, &hidden, &places, self.scheme));
        }
        let decoded = Decoded::join(parts);
        let geography = Geography::new(&document, &places);
        let resolved = resolve(&document, &decoded, &places, &geography, &self.manifest);
        let positions = positions(&document, &decoded, &resolved, &geography, &self.manifest);
        Ok(Annotated { document, resolved, positions })
    }
}
