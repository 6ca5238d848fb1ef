//! A thin layer over quick-xml, so that each object's reader and writer is a list of names.

pub(crate) mod reader;
pub(crate) mod writer;
