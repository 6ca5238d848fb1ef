//! Paths and ranges of requests (Finesse API, section 3).

use std::fmt::Write as _;

use super::Request;

impl Request {
    /// Path and query, after `/finesse/api`.
    pub fn path(&self) -> String {
        match self {
            Self::SystemInfo => "/SystemInfo".to_owned(),
            Self::User { user } | Self::Login { user, .. } | Self::ChangeState { user, .. } => {
                format!("/User/{}", segment(user))
            }
            Self::Dialogs { user }
            | Self::MakeCall { user, .. }
            | Self::SilentMonitor { user, .. }
            | Self::Barge { user, .. } => format!("/User/{}/Dialogs", segment(user)),
            Self::Dialog { dialog }
            | Self::Act { dialog, .. }
            | Self::UpdateWrapUp { dialog, .. }
            | Self::UpdateVariables { dialog, .. } => format!("/Dialog/{}", segment(dialog)),
            Self::ReasonCodes { user, category } => {
                let category = category.as_str();
                format!("/User/{}/ReasonCodes?category={category}", segment(user))
            }
            Self::WrapUpReasons { user } => format!("/User/{}/WrapUpReasons", segment(user)),
            Self::Team {
                team,
                include_logged_out,
            } => team_path(team, *include_logged_out),
            Self::Queues { user } => format!("/User/{}/Queues", segment(user)),
            Self::PhoneBooks { user, .. } => format!("/User/{}/PhoneBooks", segment(user)),
        }
    }

    /// Value of the `Range` header, for the one list that Finesse cuts.
    pub fn range(&self) -> Option<String> {
        let Self::PhoneBooks { range, .. } = self else {
            return None;
        };
        range.map(|(first, last)| format!("objects={first}-{last}"))
    }
}

fn team_path(team: &str, include_logged_out: Option<bool>) -> String {
    let path = format!("/Team/{}", segment(team));
    match include_logged_out {
        Some(include) => format!("{path}?includeLoggedOutAgents={include}"),
        None => path,
    }
}

/// An id as one path segment, whatever characters it has.
///
/// `.` and `..` mean a place even when encoded once (servers decode, then resolve), so they are encoded twice.
pub(super) fn segment(id: &str) -> String {
    if id == "." || id == ".." {
        return id.replace('.', "%252E");
    }
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}
