//! What tests prove, as JSON lines for `cargo xtask coverage`: commands sent, how they ended, events compared, error
//! codes met.
//!
//! [`World`](crate::World), [`Actor`](crate::Actor) and [`Client`](crate::Client) record by themselves: a test that uses them needs nothing more. An event counts as
//! compared when the test got it from `next`, `next_of` or `expect` (there only if it gave one of the lines compared);
//! what is drained or skipped does not count. Lines go into the folder that `GC_EVIDENCE` names, one file a process;
//! without it nothing is recorded.

mod journal;
mod scene;
mod witness;

pub use scene::Scene;
pub(crate) use witness::Witness;

use gc_protocol::ErrorType;
use serde_json::{Value, json};

/// The product that a simulator imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Unified CCE.
    Ucce,
    /// Unified CCX.
    Uccx,
}

/// One thing that happened in a test.
#[derive(Debug, Clone, Copy)]
pub enum Fact<'a> {
    /// A client sent a command; the documented word, empty where it was none.
    Sent {
        /// Number of the client in its process.
        client: u64,
        /// The command.
        command: &'a str,
    },
    /// A `CommandResult` arrived.
    Ended {
        /// Number of the client in its process.
        client: u64,
        /// The command.
        command: &'a str,
        /// `done`, `failed` or `unknown`.
        outcome: &'a str,
    },
    /// The test compared an event.
    Compared {
        /// Number of the client in its process.
        client: u64,
        /// Type of the event.
        event: &'a str,
        /// Code of an `Error`.
        error_type: Option<&'a str>,
        /// Mode of a campaign's call, where the event tells.
        mode: Option<&'a str>,
    },
    /// REST refused a command.
    Refused {
        /// Number of the client in its process.
        client: u64,
        /// Code of the problem.
        error_type: &'a str,
    },
    /// A campaign called an agent.
    Campaign {
        /// Mode, as the simulator's control API spells it.
        mode: &'a str,
    },
    /// A test without a gateway met an error code.
    Reached {
        /// The code.
        error_type: &'a str,
    },
}

/// Records that the running test met an error code which no gateway under test can be brought to.
pub fn reached(error_type: &ErrorType) {
    let fact = Fact::Reached {
        error_type: error_type.as_str(),
    };
    Scene::alone().record(fact);
}

impl Product {
    /// As the coverage table spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ucce => "UCCE",
            Self::Uccx => "UCCX",
        }
    }
}

impl Fact<'_> {
    fn json(self) -> Value {
        match self {
            Self::Sent { client, command } => {
                json!({"fact": "sent", "client": client, "command": command})
            }
            Self::Ended {
                client,
                command,
                outcome,
            } => {
                json!({"fact": "ended", "client": client, "command": command, "outcome": outcome})
            }
            Self::Compared {
                client,
                event,
                error_type,
                mode,
            } => {
                json!({"fact": "compared", "client": client, "event": event, "errorType": error_type, "mode": mode})
            }
            Self::Refused { client, error_type } => {
                json!({"fact": "refused", "client": client, "errorType": error_type})
            }
            Self::Campaign { mode } => json!({"fact": "campaign", "mode": mode}),
            Self::Reached { error_type } => json!({"fact": "reached", "errorType": error_type}),
        }
    }
}
