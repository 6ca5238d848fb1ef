//! The SystemInfo object: health and identity of a node (Finesse API, section 2.7).

use crate::decode_error::DecodeError;
use crate::limits::MAX_OBJECT_BYTES;
use crate::string_enum::string_enum;
use crate::xml::reader::{Xml, read_root};

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

impl SystemInfo {
    /// Reads a `SystemInfo` document.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "SystemInfo", MAX_OBJECT_BYTES, Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut info = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "status" => info.status = ServiceStatus::from_word(&xml.text()?),
                "statusReason" => info.status_reason = xml.string()?,
                "deploymentType" => info.deployment_type = xml.string()?,
                "primaryNode" => info.primary_host = read_host(xml)?,
                "secondaryNode" => info.secondary_host = read_host(xml)?,
                "systemAuthMode" => info.system_auth_mode = xml.string()?,
                "xmppDomain" => info.xmpp_domain = xml.string()?,
                "xmppPubSubDomain" => info.xmpp_pub_sub_domain = xml.string()?,
                "lastCTIHeartbeatStatus" => info.last_cti_heartbeat_status = xml.string()?,
                "timezoneOffset" => info.timezone_offset = xml.string()?,
                "currentTimestamp" => info.current_timestamp = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(info)
    }
}

fn read_host(xml: &mut Xml<'_>) -> Result<String, DecodeError> {
    let hosts = xml.list("host", Xml::string)?;
    Ok(hosts.into_iter().next().unwrap_or_default())
}
