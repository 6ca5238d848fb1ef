//! What a command that takes several requests has come to so far.

use super::call_data::DataWork;
use super::member::MemberWork;
use crate::lists::ListRead;

/// What a command that takes several requests has come to so far.
#[derive(Debug)]
pub(crate) enum Progress {
    /// One request is all of it.
    None,
    /// A list that is read piece by piece.
    List(Box<ListRead>),
    /// Another agent's state, asked for in the supervisor's name.
    Member(Box<MemberWork>),
    /// A change of a call's data.
    Data(Box<DataWork>),
}
