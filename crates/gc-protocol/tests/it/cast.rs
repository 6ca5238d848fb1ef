//! The cast of every sample, and short ways to say what a test is about.

use gc_protocol::event::{Call, CallForm, Participant};
use gc_protocol::style::{CallVariables, Dialect, Profile, Scalars};
use gc_protocol::{Action, AgentId, Body, Command, CommandError, DialogId, Printer, Secret, Style};

pub(crate) const LAYLA: &str = "41027";

pub(crate) fn layla() -> AgentId {
    AgentId::from(LAYLA)
}

pub(crate) fn dialog(id: &str) -> DialogId {
    DialogId::from(id)
}

pub(crate) fn demo() -> Secret {
    Secret::new("demo")
}

/// Layla's command, as it must have been read.
pub(crate) fn laylas(action: Action) -> Command {
    Command {
        command_id: None,
        body: Body::Agent {
            agent: layla(),
            action,
        },
    }
}

pub(crate) fn text(message_type: &str, body: &str) -> Result<Command, CommandError> {
    Command::parse_text(message_type, Some(body))
}

pub(crate) fn union() -> Printer {
    printer(Style::default())
}

pub(crate) fn documented() -> Printer {
    printer(Style {
        profile: Profile::Documented,
        ..Style::default()
    })
}

pub(crate) fn string() -> Printer {
    printer(Style {
        dialect: Dialect::String,
        ..Style::default()
    })
}

pub(crate) fn text_scalars() -> Printer {
    printer(Style {
        scalars: Scalars::Text,
        ..Style::default()
    })
}

pub(crate) fn with_variables(call_variables: CallVariables) -> Printer {
    printer(Style {
        call_variables,
        ..Style::default()
    })
}

pub(crate) fn in_zone(time_zone: &str) -> Printer {
    printer(Style {
        time_zone: time_zone.to_owned(),
        ..Style::default()
    })
}

fn printer(style: Style) -> Printer {
    Printer::new(&style).unwrap()
}

/// Drops the line breaks and indents that make a literal readable; the samples hold no blanks at line ends.
pub(crate) fn one_line(literal: &str) -> String {
    literal.lines().map(str::trim).collect()
}

/// A customer's call that Layla answered.
pub(crate) fn answered_call() -> Call {
    Call {
        form: CallForm::Live,
        dialog_id: dialog("16804377"),
        state: "ACTIVE".to_owned(),
        start_time: "2026-03-02T08:15:30.250Z".to_owned(),
        associated_dialog_id: None,
        from_address: "03005550142".to_owned(),
        to_address: "7800".to_owned(),
        call_variables: vec![
            ("callVariable10".to_owned(), "gold".to_owned()),
            ("callVariable1".to_owned(), "4711".to_owned()),
            ("user.order".to_owned(), "A-17".to_owned()),
        ],
        participants: vec![Participant {
            media_address: "6127".to_owned(),
            media_address_type: "AGENT_DEVICE".to_owned(),
            state: "ACTIVE".to_owned(),
            state_cause: String::new(),
            start_time: "2026-03-02T08:15:30.250Z".to_owned(),
            state_change_time: "2026-03-02T08:15:34.900Z".to_owned(),
            role: String::new(),
            actions: vec!["HOLD".to_owned(), "DROP".to_owned()],
        }],
        call_type: "PREROUTE_ACD_IN".to_owned(),
        agent_id: layla(),
        queue_name: "Retail_Voice".to_owned(),
    }
}
