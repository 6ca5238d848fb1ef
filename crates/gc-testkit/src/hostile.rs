//! Input that means harm: hand-made tables, and messages made of good ones by damage that a seed chooses.

pub mod damage;
pub mod json;
pub mod text;
pub mod xml;

pub use damage::Damage;
