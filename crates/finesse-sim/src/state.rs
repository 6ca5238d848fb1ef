//! The state dump: the oracle for "client and server agree".

use serde::Serialize;

use crate::core::Core;
use crate::engine::{AgentState, DialogView, Node, ReasonView, UserView};

/// The whole state of the site.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct State {
    pub nodes: Vec<NodeState>,
    pub agents: Vec<AgentDump>,
    pub dialogs: Vec<DialogDump>,
    pub queues: Vec<QueueDump>,
}

/// A node.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct NodeState {
    pub node: &'static str,
    pub host: String,
    pub status: &'static str,
    pub links: usize,
}

/// An agent.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct AgentDump {
    pub agent_id: String,
    pub state: &'static str,
    pub pending_state: &'static str,
    pub reason_code: Option<i32>,
    pub extension: String,
}

/// A dialog.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct DialogDump {
    pub dialog_id: String,
    pub state: &'static str,
    pub call_type: &'static str,
    pub from: String,
    pub to: String,
    /// Number, state and allowed actions of each participant.
    pub participants: Vec<ParticipantDump>,
}

/// A participant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct ParticipantDump {
    pub address: String,
    pub state: &'static str,
    pub actions: Vec<&'static str>,
}

/// A queue and the calls that wait in it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct QueueDump {
    pub queue_id: String,
    pub waiting: Vec<String>,
}

impl State {
    pub(crate) fn of(core: &Core) -> Self {
        let node = |node: Node| NodeState {
            node: node.as_str(),
            host: core.hub.domain(node).to_owned(),
            status: core.read(|engine| engine.service(node)).as_str(),
            links: core.hub.link_count(node),
        };
        let nodes = Node::ALL.map(node).to_vec();
        core.read(|engine| Self {
            nodes,
            agents: engine.all_users().into_iter().map(agent).collect(),
            dialogs: engine.all_dialogs().into_iter().map(dialog).collect(),
            queues: engine
                .waiting()
                .into_iter()
                .map(|(queue_id, waiting)| QueueDump {
                    queue_id,
                    waiting: waiting.iter().map(|id| id.0.to_string()).collect(),
                })
                .collect(),
        })
    }
}

fn agent(user: UserView) -> AgentDump {
    AgentDump {
        agent_id: user.id,
        state: user.state.as_str(),
        pending_state: user.pending.map_or("", AgentState::as_str),
        reason_code: match user.reason {
            ReasonView::Code { code, .. } => Some(code),
            ReasonView::Absent | ReasonView::NotChosen => None,
        },
        extension: user.extension,
    }
}

fn dialog(dialog: DialogView) -> DialogDump {
    let participants = dialog
        .participants
        .into_iter()
        .map(|party| ParticipantDump {
            address: party.address,
            state: party.state.as_str(),
            actions: party.actions.iter().map(|action| action.as_str()).collect(),
        });
    DialogDump {
        dialog_id: dialog.id.to_string(),
        state: dialog.state.as_str(),
        call_type: dialog.call_type.as_str(),
        from: dialog.from,
        to: dialog.to,
        participants: participants.collect(),
    }
}
