//! What follows from product and release.
//!
//! Where Cisco's documents and captures of real servers disagree, the comment at the answer names
//! the choice.

use super::{MessageId, Product, Profile, Release, WrapUpData};
use crate::engine::{CallType, CampaignMode};

/// What documents contain.
impl Profile {
    /// Whether dialogs name their queue.
    pub fn names_queue(self) -> bool {
        self.release >= Release::V12_5
    }

    /// Whether dialogs carry the router's call key, which only Unified CCE has.
    pub fn has_call_key(self) -> bool {
        self.is_ucce() && self.release >= Release::V12_5
    }

    /// Whether errors carry what the peripheral said; captured at 12.5.
    pub fn has_peripheral_errors(self) -> bool {
        self.release >= Release::V12_5
    }

    /// Whether SystemInfo tells of maintenance mode.
    pub fn tells_maintenance_mode(self) -> bool {
        self.release >= Release::V12_6
    }

    /// Whether SystemInfo lists the CTI servers and tells the ports of the nodes.
    pub fn tells_ports(self) -> bool {
        self.release >= Release::V15_0
    }

    /// Version of the CTI protocol; 24 brought multi-device, the others are assumed.
    pub const fn cti_version(self) -> u32 {
        match self.release {
            Release::V11_6 => 20,
            Release::V12_5 => 23,
            Release::V12_6 | Release::V15_0 => 24,
        }
    }

    /// How wrap-up is written.
    pub const fn wrap_up_data(self) -> WrapUpData {
        match self.product {
            Product::Ucce => WrapUpData::Reason,
            Product::Uccx => WrapUpData::Items,
        }
    }

    /// Whether users have a `mediaState`, BUSY on calls that no queue sent.
    pub const fn has_media_state(self) -> bool {
        !self.is_ucce()
    }
}

/// Transports of the notification service.
impl Profile {
    /// Namespace of `<notification>`. 12.5 alone was captured with another one.
    pub const fn notification_namespace(self) -> &'static str {
        match self.release {
            Release::V12_5 => "urn:xmpp:push:0",
            Release::V11_6 | Release::V12_6 | Release::V15_0 => "http://jabber.org/protocol/pubsub",
        }
    }

    /// How messages are numbered.
    pub const fn message_id(self) -> MessageId {
        match self.release {
            Release::V11_6 => MessageId::Addressed,
            Release::V12_5 | Release::V12_6 | Release::V15_0 => MessageId::Random,
        }
    }

    /// Whether XMPP without TLS listens on 5222; nobody should want that.
    pub const fn plain_xmpp(self) -> bool {
        false
    }

    /// Whether XMPP over TLS from the first byte listens on 5223.
    pub const fn tls_xmpp(self) -> bool {
        true
    }

    /// Whether WebSocket is served on the HTTPS port (8445) at `/ws`.
    pub fn websocket_on_https(self) -> bool {
        self.release >= Release::V12_6
    }

    /// Whether WebSocket is served on the notification service's port (7443) at `/ws/`.
    pub fn websocket_on_legacy_port(self) -> bool {
        self.release == Release::V12_5
    }

    /// Whether BOSH is served on the notification service's port (7443) at `/http-bind/`; also
    /// after it was deprecated.
    pub const fn bosh_on_legacy_port(self) -> bool {
        true
    }

    /// Whether Cisco advises against BOSH.
    pub fn bosh_is_deprecated(self) -> bool {
        self.release >= Release::V12_6
    }
}

/// Lists and resources.
impl Profile {
    /// Whether `/TeamResource` exists.
    pub fn has_team_resources(self) -> bool {
        self.release >= Release::V12_5
    }

    /// Whether lists of phone books need a `Range`.
    pub fn requires_range(self) -> bool {
        self.release < Release::V12_6
    }

    /// The last contact that a `Range` may name.
    pub const fn max_range(self) -> usize {
        match self.release {
            Release::V11_6 => 1500,
            Release::V12_5 | Release::V12_6 | Release::V15_0 => 6000,
        }
    }

    /// Whether queues have figures, topics and `GET /Queue/{id}`.
    pub const fn has_queue_statistics(self) -> bool {
        self.is_ucce()
    }

    /// Whether the configuration API of Unified CCE answers.
    pub const fn has_unified_config(self) -> bool {
        self.is_ucce()
    }
}

/// Agents and calls.
impl Profile {
    /// Whether a user's id is its login name.
    pub const fn id_is_login_name(self) -> bool {
        !self.is_ucce()
    }

    /// Whether calls that no queue sent make an agent TALKING.
    pub const fn talks_on_any_call(self) -> bool {
        self.is_ucce()
    }

    /// Whether a held call makes an agent HOLD.
    pub const fn has_hold_state(self) -> bool {
        self.is_ucce()
    }

    /// Whether WORK_READY exists, and WORK can be asked for.
    pub const fn has_work_ready(self) -> bool {
        self.is_ucce()
    }

    /// Whether READY can be asked for during a call.
    pub const fn has_pending_ready(self) -> bool {
        self.is_ucce()
    }

    /// Code and constant of the error when NOT_READY is asked for before LOGIN.
    pub const fn signed_out_not_ready_error(self) -> (u32, &'static str) {
        match self.product {
            Product::Ucce => (257, "CF_INVALID_PASSWORD_SPECIFIED"),
            Product::Uccx => (1010, "CF_INVALID_PARAMETER"),
        }
    }

    /// Whether an agent can sign out while READY.
    pub const fn logs_out_from_ready(self) -> bool {
        !self.is_ucce()
    }

    /// Whether an agent can call while READY.
    pub fn calls_from_ready(self) -> bool {
        self.is_ucce() && self.release >= Release::V12_5
    }

    /// Whether MAKE_CALL may carry call variables.
    pub const fn makes_calls_with_variables(self) -> bool {
        self.is_ucce()
    }

    /// Whether agents can work at a phone outside.
    pub const fn has_mobile_agents(self) -> bool {
        self.is_ucce()
    }

    /// Whether an extension may be an E.164 number.
    pub const fn has_e164_extensions(self) -> bool {
        !self.is_ucce()
    }

    /// Whether DTMF has the digits A to D.
    pub const fn has_dtmf_letters(self) -> bool {
        self.is_ucce()
    }

    /// Whether signing in at a phone in use signs its agent out, instead of being refused.
    pub const fn takes_over_extension(self) -> bool {
        !self.is_ucce()
    }

    /// Whether a disconnected agent is signed out, whatever LOAD says.
    pub const fn signs_out_disconnected(self) -> bool {
        !self.is_ucce()
    }

    /// Kind of a call that came through a queue.
    pub const fn routed_call(self) -> CallType {
        match self.product {
            Product::Ucce => CallType::PrerouteAcdIn,
            Product::Uccx => CallType::AcdIn,
        }
    }

    /// Kind of a call that was transferred in a single step.
    pub const fn single_step_call(self) -> CallType {
        match self.product {
            Product::Ucce => CallType::Transfer,
            Product::Uccx => CallType::Offered,
        }
    }

    /// Whether call data may not be more than ASCII.
    pub const fn has_ascii_data_only(self) -> bool {
        self.is_ucce()
    }

    /// Whether a dialog lists the ten call variables also when they are empty.
    pub const fn lists_empty_variables(self) -> bool {
        self.is_ucce()
    }

    /// Whether a call forgets its type and campaign when CTI comes back.
    pub const fn forgets_call_type(self) -> bool {
        !self.is_ucce()
    }
}

/// Supervision, outbound, recording.
impl Profile {
    /// Whether PARTICIPANT_DROP exists.
    pub const fn drops_participants(self) -> bool {
        self.is_ucce()
    }

    /// Whether START_RECORDING exists.
    pub const fn records(self) -> bool {
        !self.is_ucce()
    }

    /// Whether campaigns of this mode exist: Unified CCX reserves agents in direct preview only.
    pub const fn dials(self, mode: CampaignMode) -> bool {
        match mode {
            CampaignMode::DirectPreview | CampaignMode::Progressive | CampaignMode::Predictive => {
                true
            }
            CampaignMode::Preview | CampaignMode::PersonalCallback => self.is_ucce(),
        }
    }

    /// Whether an agent leaves RESERVED_OUTBOUND by asking for another state.
    pub const fn leaves_reserved_outbound(self) -> bool {
        self.is_ucce()
    }

    /// Whether `BAStatus` tells the mode and the step; else it tells what became of the call, and
    /// `BACustomerNumber` the customer.
    pub const fn tells_campaign_mode(self) -> bool {
        self.is_ucce()
    }

    /// Whether an agent can be monitored while NOT_READY on a call that no queue sent.
    pub const fn monitors_direct_calls(self) -> bool {
        !self.is_ucce()
    }

    /// Code of the error when an agent cannot be monitored now.
    pub const fn monitor_error_code(self) -> &'static str {
        match self.product {
            Product::Ucce => "13145",
            Product::Uccx => "88049",
        }
    }
}
