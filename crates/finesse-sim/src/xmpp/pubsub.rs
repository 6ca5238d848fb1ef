//! Nodes of the publish-subscribe service: which exist, who may subscribe.

use crate::core::Core;

/// What a user may do with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The user gets it without asking.
    Automatic,
    /// It can be subscribed to.
    Allowed,
    /// It belongs to somebody else.
    Forbidden,
    /// There is no such node.
    Unknown,
}

pub(crate) fn access(core: &Core, user: &str, path: &str) -> Access {
    let Some(path) = path.strip_prefix("/finesse/api/") else {
        return Access::Unknown;
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["User", _, "Queues"] | ["Queue", _] if !core.profile.has_queue_statistics() => {
            Access::Unknown
        }
        ["SystemInfo"] => Access::Automatic,
        ["User", id] | ["User", id, "Dialogs"] => own(core, user, id, Access::Automatic),
        ["User", id, "Queues" | "Media"]
        | ["User", id, "Media", _]
        | ["User", id, "Dialogs", "Media"] => own(core, user, id, Access::Allowed),
        ["Team", id] | ["Team", id, "Users"] => {
            known(core, |site| site.teams.iter().any(|team| team.id == *id))
        }
        ["Queue", id] => known(core, |site| site.queues.iter().any(|queue| queue.id == *id)),
        _ => Access::Unknown,
    }
}

fn own(core: &Core, user: &str, id: &str, access: Access) -> Access {
    if id == user {
        return access;
    }
    match core.read(|engine| engine.user_id(id).is_some()) {
        true => Access::Forbidden,
        false => Access::Unknown,
    }
}

fn known(core: &Core, exists: impl FnOnce(&crate::site::Site) -> bool) -> Access {
    match core.read(|engine| exists(engine.site())) {
        true => Access::Allowed,
        false => Access::Unknown,
    }
}
