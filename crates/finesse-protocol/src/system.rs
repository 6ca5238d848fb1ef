//! The SystemInfo object: health and identity of a node (Finesse API, section 2.7).

use crate::string_enum::string_enum;

string_enum! {
    /// Whether a node serves.
    ServiceStatus {
        InService = "IN_SERVICE",
        OutOfService = "OUT_OF_SERVICE",
        PartialService = "PARTIAL_SERVICE",
    }
}

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemInfo {
    /// Whether the node serves.
    pub status: ServiceStatus,
    /// Why not.
    pub status_reason: String,
    /// `UCCE` or `UCCX`.
    pub deployment_type: String,
    /// FQDN of node A.
    pub primary_host: String,
    /// FQDN of node B; empty on a single node.
    pub secondary_host: String,
    /// `SSO`, `NON_SSO` or `HYBRID`.
    pub system_auth_mode: String,
    /// XMPP domain, which names the node that answered.
    pub xmpp_domain: String,
    /// Address of the pubsub service.
    pub xmpp_pub_sub_domain: String,
    /// `success` or `failure`.
    pub last_cti_heartbeat_status: String,
    /// Minutes.
    pub timezone_offset: String,
    /// The node's clock, UTC.
    pub current_timestamp: String,
}
