//! What can be wrong with one direction of a connection.

use std::time::Duration;

/// What is wrong with one direction; several may be at once, and the default is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Toxics {
    /// Each piece comes this much later.
    pub latency: Duration,
    /// And up to this much later still, by chance; pieces keep their order.
    pub jitter: Duration,
    /// No more bytes a second than this.
    pub bandwidth: Option<u64>,
    /// Pieces of at most so many bytes, each in a packet of its own.
    pub slice: Option<usize>,
    /// The connection ends after so many bytes of this direction.
    pub limit: Option<Limit>,
    /// Nothing gets through, neither bytes nor the end, and nobody is told.
    pub silent: bool,
    /// The end of this direction is passed on this much later.
    pub slow_close: Duration,
}

/// An end after a number of bytes, counted from the start of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Bytes that get through.
    pub bytes: u64,
    /// How it ends then.
    pub cut: Cut,
}

/// How a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// In order: both sides see the end of the stream.
    Close,
    /// By a reset: both sides see an error.
    Reset,
}
