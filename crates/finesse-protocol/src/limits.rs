//! How much of a document is read before it is refused; Finesse stays far below each.

/// Deepest nesting; Finesse's own documents stay below ten.
pub const MAX_DEPTH: usize = 64;

/// Most attributes of one element, declarations of namespaces among them; Finesse's own have less than ten.
pub const MAX_ATTRIBUTES: usize = 128;

/// Largest `Update`, in bytes; a dialog with all its variables has about 12 kB.
pub const MAX_UPDATE_BYTES: usize = 256 * 1024;

/// Largest document with one object, in bytes.
pub const MAX_OBJECT_BYTES: usize = 1024 * 1024;

/// Largest message stanza, in bytes: several updates, escaped.
pub const MAX_STANZA_BYTES: usize = 2 * 1024 * 1024;

/// Largest list, in bytes: 6,000 contacts with every field full of escapes have 13 MB, 12,000 users about as much.
pub const MAX_LIST_BYTES: usize = 16 * 1024 * 1024;
