//! From a document to hidden states: pieces, overlapping windows, one encoder pass over each.
//!
//! [`Encoder`] is the seam between runtimes. A backend turns one window's pieces into hidden states and knows nothing of
//! articles, labels, threads or files; everything before and after it is shared.

mod int8;
mod linear;
mod window;

pub use int8::Int8Encoder;
pub use linear::Linear;
pub use window::{Pieces, Tokenizer, Window};

/// Hidden states of one window: one row a piece, special pieces included.
pub struct Hidden {
    /// Rows (pieces).
    pub rows: usize,
    /// Columns (the encoder's width).
    pub cols: usize,
    /// `rows × cols` values.
    pub data: Vec<f32>,
}

impl Hidden {
    /// The state of piece `i` of the window.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }
}

/// A window could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// More pieces than the model has positions for.
    #[error("a window of {got} pieces, the model takes at most {max}")]
    TooLong {
        /// Pieces given.
        got: usize,
        /// Pieces allowed.
        max: usize,
    },
    /// A piece that is not in the vocabulary.
    #[error("piece {got} is outside of the vocabulary of {vocabulary}")]
    Vocabulary {
        /// The piece.
        got: u32,
        /// Size of the vocabulary.
        vocabulary: usize,
    },
    /// The runtime itself failed.
    #[error("the {backend} backend failed: {what}")]
    Backend {
        /// Its name.
        backend: &'static str,
        /// Its words.
        what: String,
    },
}

/// A runtime for the encoder.
///
/// `encode` is pure: the same pieces give the same states, whatever else is encoded before, after or beside them. The
/// program's promise of equal bytes at any thread count rests on that.
pub trait Encoder: Send + Sync {
    /// The backend's name, as it stands in the record.
    fn backend(&self) -> &'static str;
    /// Width of the hidden states.
    fn width(&self) -> usize;
    /// Encodes one window: `pieces` with its special pieces, in order.
    fn encode(&self, pieces: &[u32]) -> Result<Hidden, EncodeError>;
}
