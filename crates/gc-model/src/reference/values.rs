//! Values of events that are Finesse's own, as documents and as events have them.

use finesse_protocol::{Dialog, Participant, User};
use gc_protocol::event::{AgentState, Call};

/// The values of a call event that are Finesse's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) state: String,
    start_time: String,
    from: String,
    call_type: String,
    queue: String,
    variables: Vec<(String, String)>,
    parties: Vec<Vec<String>>,
}

/// The values of a `State` that a User document gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateValues {
    state: String,
    pending: String,
    since: String,
    extension: String,
    /// Code and label; `None` where the document has neither and the list of reasons would be needed.
    reason: Option<(String, String)>,
}

impl StateValues {
    pub(super) fn of(user: &User, extension: &str) -> Self {
        let pending = user.pending_state.as_ref();
        let reason = match &user.reason_code {
            Some(reason) => Some((reason.code.clone(), reason.label.clone())),
            None => matches!(user.reason_code_id.as_str(), "" | "-1").then(Default::default),
        };
        Self {
            state: user.state.as_str().to_owned(),
            pending: pending.map_or("", |state| state.as_str()).to_owned(),
            since: user.state_change_time.clone(),
            extension: user.extension.as_deref().unwrap_or(extension).to_owned(),
            reason,
        }
    }

    /// Whether a State says so.
    pub(crate) fn is_told_by(&self, told: &AgentState) -> bool {
        self.agrees(&Self {
            state: told.state.clone(),
            pending: told.pending_state.clone(),
            since: told.state_change_time.clone(),
            extension: told.extension.clone(),
            reason: Some((told.reason_code.clone(), told.label.clone())),
        })
    }

    fn agrees(&self, other: &Self) -> bool {
        let reason = self.reason.is_none() || self.reason == other.reason;
        let all = |values: &Self| {
            let (state, pending) = (values.state.clone(), values.pending.clone());
            (
                state,
                pending,
                values.since.clone(),
                values.extension.clone(),
            )
        };
        reason && all(self) == all(other)
    }
}

impl Values {
    pub(super) fn of(dialog: &Dialog, mine: Option<&Participant>) -> Self {
        let media = &dialog.media_properties;
        let state = mine.map_or_else(String::new, |mine| upper(mine.state.as_str()));
        let queue = match state.as_str() {
            "ALERTING" => String::new(),
            _ => media.queue_name.clone(),
        };
        let variables = media.call_variables.iter();
        let party = |party: &Participant| {
            let mut values = vec![
                party.media_address.clone(),
                party.media_address_type.clone(),
                upper(party.state.as_str()),
                party.state_cause.clone(),
                party.start_time.clone(),
                party.state_change_time.clone(),
            ];
            values.extend(party.actions.iter().cloned());
            values
        };
        Self {
            state,
            start_time: mine.map_or_else(String::new, |mine| mine.start_time.clone()),
            from: dialog.from_address.clone(),
            call_type: media.call_type.as_str().to_owned(),
            queue,
            variables: variables
                .map(|variable| (variable.name.clone(), variable.value.clone()))
                .collect(),
            parties: dialog.participants.iter().map(party).collect(),
        }
    }

    pub(crate) fn told(call: &Call) -> Self {
        let parties = call.participants.iter().map(|party| {
            let mut values = vec![
                party.media_address.clone(),
                party.media_address_type.clone(),
                party.state.clone(),
                party.state_cause.clone(),
                party.start_time.clone(),
                party.state_change_time.clone(),
            ];
            values.extend(party.actions.iter().cloned());
            values
        });
        Self {
            state: call.state.clone(),
            start_time: call.start_time.clone(),
            from: call.from_address.clone(),
            call_type: call.call_type.clone(),
            queue: call.queue_name.clone(),
            variables: call.call_variables.clone(),
            parties: parties.collect(),
        }
    }
}

pub(super) fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}
