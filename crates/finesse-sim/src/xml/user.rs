//! User and Team.

use super::Writer;
use crate::engine::{AgentState, ReasonView, UserView};
use crate::profile::Spelling;

/// A whole user document; REST calls the root `User`, notifications `user`.
pub(crate) fn user(w: &mut Writer, root: &str, user: &UserView) {
    w.element(root, |w| {
        let uri = format!("/finesse/api/User/{}", user.id);
        w.leaf("dialogs", &format!("{uri}/Dialogs"));
        w.leaf("extension", &user.extension);
        w.leaf("firstName", &user.first_name);
        w.leaf("lastName", &user.last_name);
        w.leaf("loginId", &user.id);
        w.leaf("loginName", &user.login_name);
        if let Some(media) = user.media_state {
            w.leaf("mediaState", media);
        }
        w.leaf("mediaType", "1");
        if let Some(mobile) = &user.mobile {
            w.element("mobileAgent", |w| {
                w.leaf("dialNumber", &mobile.dial_number);
                w.leaf("mode", mobile.mode.as_str());
            });
        }
        w.leaf("pendingState", user.pending.map_or("", AgentState::as_str));
        reason(w, &user.reason);
        roles(w, user);
        w.element("settings", |w| {
            w.leaf("wrapUpOnIncoming", user.wrap_up_incoming);
            w.leaf("wrapUpOnOutgoing", user.wrap_up_outgoing);
        });
        w.leaf("state", user.state.as_str());
        w.leaf("stateChangeTime", &changed(user));
        w.leaf("teamId", &user.team.0);
        w.leaf("teamName", &user.team.1);
        supervised(w, user);
        w.leaf("uri", &uri);
        w.number("wrapUpTimer", user.wrap_up_seconds);
    });
}

/// The short form that teams list and publish.
pub(crate) fn member(w: &mut Writer, root: &str, user: &UserView) {
    w.element(root, |w| {
        let uri = format!("/finesse/api/User/{}", user.id);
        w.leaf("dialogs", &format!("{uri}/Dialogs"));
        w.leaf("extension", &user.extension);
        w.leaf("firstName", &user.first_name);
        w.leaf("lastName", &user.last_name);
        w.leaf("loginId", &user.id);
        w.leaf("mediaState", user.media_state.unwrap_or_default());
        w.leaf("pendingState", user.pending.map_or("", AgentState::as_str));
        if matches!(user.reason, ReasonView::Code { .. }) {
            reason_element(w, &user.reason);
        }
        w.leaf("state", user.state.as_str());
        w.leaf("stateChangeTime", &changed(user));
        w.leaf("uri", &uri);
    });
}

pub(crate) fn users(spelling: Spelling, users: &[UserView]) -> String {
    Writer::spelled(spelling, |w| {
        w.element("Users", |w| {
            for each in users {
                user(w, "User", each);
            }
        });
    })
}

pub(crate) fn team(id: &str, name: &str, members: &[UserView]) -> String {
    Writer::document(|w| {
        w.element("Team", |w| {
            w.leaf("id", id);
            w.leaf("name", name);
            w.leaf("uri", &format!("/finesse/api/Team/{id}"));
            w.element("users", |w| {
                for each in members {
                    member(w, "User", each);
                }
            });
        });
    })
}

fn changed(user: &UserView) -> String {
    user.since.map(|since| since.iso()).unwrap_or_default()
}

fn reason(w: &mut Writer, reason: &ReasonView) {
    match reason {
        ReasonView::Absent => {}
        ReasonView::NotChosen => w.leaf("reasonCodeId", "-1"),
        ReasonView::Code { id, .. } => {
            reason_element(w, reason);
            w.number("reasonCodeId", id);
        }
    }
}

fn reason_element(w: &mut Writer, reason: &ReasonView) {
    let ReasonView::Code {
        id,
        category,
        code,
        label,
        system,
    } = reason
    else {
        return;
    };
    w.element(w.spelling().reason_code(), |w| {
        w.leaf("category", category);
        w.number("code", code);
        w.leaf("forAll", "true");
        w.number("id", id);
        w.leaf("label", label);
        w.number("systemCode", system);
        w.leaf("uri", &format!("/finesse/api/ReasonCode/{id}"));
    });
}

fn roles(w: &mut Writer, user: &UserView) {
    w.element("roles", |w| {
        w.leaf("role", "Agent");
        if !user.supervises.is_empty() {
            w.leaf("role", "Supervisor");
        }
    });
}

fn supervised(w: &mut Writer, user: &UserView) {
    if user.supervises.is_empty() {
        return;
    }
    w.element("teams", |w| {
        for (id, name) in &user.supervises {
            w.element("Team", |w| {
                w.leaf("id", id);
                w.leaf("name", name);
                w.leaf("uri", &format!("/finesse/api/Team/{id}"));
            });
        }
    });
}
