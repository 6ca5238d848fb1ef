//! Why a document could not be read, and where; never what stood there, so that it may be logged.

/// A document that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{document} document refused at byte {position}: {problem}")]
pub struct DecodeError {
    /// Which document was expected, such as `Update`.
    pub document: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
    /// Offset of the problem in bytes.
    pub position: usize,
}

/// What is wrong with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Larger than this kind of document may be.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// Most bytes that are read.
        limit: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`](crate::limits::MAX_DEPTH).
    #[error("nested too deeply")]
    TooDeep,
    /// An element with more attributes than [`MAX_ATTRIBUTES`](crate::limits::MAX_ATTRIBUTES).
    #[error("too many attributes")]
    TooManyAttributes,
    /// Bytes that are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A document type declaration.
    #[error("a DOCTYPE is not accepted")]
    Doctype,
    /// A reference to an entity that XML does not predefine, or to no character.
    #[error("undefined entity")]
    UndefinedEntity,
    /// The document ends too early.
    #[error("ends too early")]
    Truncated,
    /// Not well-formed.
    #[error("not well-formed")]
    Malformed,
    /// Another root element than the expected one.
    #[error("another root element")]
    WrongRoot,
    /// Something follows the root element.
    #[error("content after the root element")]
    TrailingContent,
}
