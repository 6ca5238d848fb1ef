//! Tasks of development: ci, tidy, interop, bench.
fn main() {}
