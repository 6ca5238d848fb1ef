//! Examples of every layer.
