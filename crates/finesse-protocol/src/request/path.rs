//! Paths and ranges of requests (Finesse API, section 3).

use std::fmt::Write as _;

use super::Request;

impl Request {
    /// Path and query, after the [`prefix`](super::Service::prefix) of its service.
    pub fn path(&self) -> String {
        match self {
            Self::SystemInfo => "/SystemInfo".to_owned(),
            Self::User { user } | Self::Login { user, .. } | Self::ChangeState { user, .. } => {
                format!("/User/{}", segment(user))
            }
            Self::Users => "/Users".to_owned(),
            Self::Dialogs { user }
            | Self::MakeCall { user, .. }
            | Self::SilentMonitor { user, .. }
            | Self::Barge { user, .. } => format!("/User/{}/Dialogs", segment(user)),
            Self::Dialog { dialog }
            | Self::Act { dialog, .. }
            | Self::UpdateWrapUp { dialog, .. }
            | Self::UpdateWrapUpItems { dialog, .. }
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
            Self::Queue { queue } => format!("/Queue/{}", segment(queue)),
            Self::PhoneBooks { user, .. } => format!("/User/{}/PhoneBooks", segment(user)),
            Self::TeamPhoneBooks { team, .. } => {
                format!("/TeamResource/{}/PhoneBooks", segment(team))
            }
            Self::AllPhoneBooks => "/PhoneBooks".to_owned(),
            Self::TeamBooks { team } => format!("/Team/{}/PhoneBooks", segment(team)),
            Self::PhoneBookContacts { phonebook, .. } => {
                format!("/PhoneBook/{}/Contacts", segment(phonebook))
            }
            Self::SkillGroups { start, count } => page_path("/skillgroup", *start, *count),
            Self::Supervisors { start, count } => {
                page_path("/agent", *start, *count) + "&q=supervisor:true"
            }
        }
    }

    /// Value of the `Range` header, for the lists of contacts that Finesse cuts.
    pub fn range(&self) -> Option<String> {
        let (Self::PhoneBooks { range, .. }
        | Self::TeamPhoneBooks { range, .. }
        | Self::PhoneBookContacts { range, .. }) = self
        else {
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

/// A summary leaves out the members of a group, which may be thousands.
fn page_path(resource: &str, start: u32, count: u32) -> String {
    format!("{resource}?startIndex={start}&resultsPerPage={count}&summary=true")
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
