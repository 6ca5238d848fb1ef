//! The one table of all commands.
