//! demarche reads news archives and writes down people, officials, islands with their claimants, and who holds which
//! position, with offsets, evidence and a calibrated score.
//!
//! The modules stand in the order of the data; each uses only those above it (`tests/architecture.rs` checks that):
//! [`text`] · [`read`] · [`segment`] · [`models`] · [`encode`] · [`decode`] · [`gazetteer`] · [`resolve`] · [`positions`] ·
//! [`annotation`] · [`pipeline`] · [`mod@write`] · [`evaluate`] · [`cli`].

pub mod text;

pub mod read;

pub mod segment;

pub mod models;

pub mod encode;

pub mod decode;

pub mod gazetteer;

pub mod resolve;

pub mod positions;

pub mod annotation;

pub mod pipeline;

pub mod write;

pub mod evaluate;

pub mod cli;
