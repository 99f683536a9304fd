//! The scorer against the originals, against what must hold of any scorer, and through the command line.

mod command;
mod properties;
mod reference;
