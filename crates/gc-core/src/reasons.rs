//! Reason codes as the core keeps them: one list, shared by all agents who have the same.

use std::sync::Arc;

use finesse_protocol::ReasonCode;

/// Different lists that are kept; a site has one or two a team.
const SHELF_LIMIT: usize = 256;

/// A reason an agent may choose, or that Finesse chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    /// What Finesse wants to be sent.
    pub(crate) database_id: String,
    /// What people know.
    pub(crate) code: String,
    pub(crate) label: String,
    /// Finesse's own, which no agent may choose.
    pub(crate) system: bool,
}

/// Reasons of one category.
pub(crate) type Reasons = Arc<[Reason]>;

/// All different lists.
#[derive(Debug, Default)]
pub(crate) struct ReasonShelf(Vec<Reasons>);

impl ReasonShelf {
    /// The shared form of a list.
    pub(crate) fn share(&mut self, codes: Vec<ReasonCode>) -> Reasons {
        let list: Vec<Reason> = codes.into_iter().map(reason).collect();
        if let Some(known) = self.0.iter().find(|known| ***known == *list) {
            return known.clone();
        }
        let shared: Reasons = list.into();
        if self.0.len() < SHELF_LIMIT {
            self.0.push(shared.clone());
        }
        shared
    }
}

fn reason(code: ReasonCode) -> Reason {
    Reason {
        database_id: code.database_id().to_owned(),
        system: code.system_code.eq_ignore_ascii_case("true"),
        code: code.code,
        label: code.label,
    }
}
