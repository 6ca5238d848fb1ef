//! XML in the shapes of real Finesse traffic, written from the engine's model.

mod dialog;
mod lists;
mod phone_books;
mod system;
mod tree;
mod update;
mod user;
mod writer;

pub(crate) use dialog::{dialog, dialogs};
pub(crate) use lists::{queue, queues, reason_code, reason_codes, wrap_up_reason, wrap_up_reasons};
pub(crate) use phone_books::{
    Slice, configured_book, configured_books, contact, contacts, phone_books,
};
pub(crate) use system::system_info;
pub(crate) use tree::Element;
pub(crate) use update::refusal;
pub(crate) use user::{team, user, users};
pub(crate) use writer::{Writer, escape_into, escape_text_into};
