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

string_enum! {
    /// What Finesse stands in front of.
    Product {
        Ucce = "UCCE",
        Uccx = "UCCX",
    }
}

/// A release of Finesse that differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// 11.6 and 12.0.
    V11_6,
    /// 12.5.
    V12_5,
    /// 12.6.
    V12_6,
    /// 15.0.
    V15_0,
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
    /// Node A.
    pub primary_node: NodeInfo,
    /// Node B; empty on a single node.
    pub secondary_node: NodeInfo,
    /// `SSO`, `NON_SSO` or `HYBRID`.
    pub system_auth_mode: String,
    /// XMPP domain, which names the node that answered.
    pub xmpp_domain: String,
    /// Address of the pubsub service.
    pub xmpp_pub_sub_domain: String,
    /// `success` or `failure`.
    pub last_cti_heartbeat_status: String,
    /// Version of the CTI protocol.
    pub cti_version: String,
    /// Whether Finesse is under maintenance (12.6 and later).
    pub finesse_maintenance_mode: Option<String>,
    /// Whether CTI is under maintenance (12.6 and later).
    pub cti_maintenance_mode: Option<String>,
    /// CTI servers, the active one and the others (15.0 and later).
    pub cti_servers: Vec<CtiServer>,
    /// Minutes.
    pub timezone_offset: String,
    /// The node's clock, UTC.
    pub current_timestamp: String,
}

/// Where a node is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// FQDN.
    pub host: String,
    /// Port of REST (15.0 and later).
    pub https_port: Option<u16>,
    /// Port of XMPP without TLS (15.0 and later).
    pub xmpp_port: Option<u16>,
    /// Port of XMPP inside TLS (15.0 and later).
    pub xmpp_secure_port: Option<u16>,
}

/// A CTI server that Finesse knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CtiServer {
    /// Its host.
    pub host: String,
    /// How long Finesse has been connected to it.
    pub connected_duration: String,
    /// `true` for the one in use.
    pub active: String,
}

impl SystemInfo {
    /// What Finesse stands in front of.
    pub fn product(&self) -> Product {
        Product::from_word(&self.deployment_type)
    }

    /// The latest release whose fields are here: the node has *at least* that one.
    ///
    /// SystemInfo names no release, and 12.5 added nothing to it. `None` when no field tells anything.
    pub fn release(&self) -> Option<Release> {
        let nodes = [&self.primary_node, &self.secondary_node];
        if !self.cti_servers.is_empty() || nodes.iter().any(|node| node.names_ports()) {
            return Some(Release::V15_0);
        }
        if self.finesse_maintenance_mode.is_some() || self.cti_maintenance_mode.is_some() {
            return Some(Release::V12_6);
        }
        (!self.system_auth_mode.is_empty()).then_some(Release::V11_6)
    }

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
                "primaryNode" => info.primary_node = NodeInfo::read(xml)?,
                "secondaryNode" => info.secondary_node = NodeInfo::read(xml)?,
                "systemAuthMode" => info.system_auth_mode = xml.string()?,
                "xmppDomain" => info.xmpp_domain = xml.string()?,
                "xmppPubSubDomain" => info.xmpp_pub_sub_domain = xml.string()?,
                "lastCTIHeartbeatStatus" => info.last_cti_heartbeat_status = xml.string()?,
                "ctiVersion" => info.cti_version = xml.string()?,
                "finesseMMode" => info.finesse_maintenance_mode = Some(xml.string()?),
                "ctiMMode" => info.cti_maintenance_mode = Some(xml.string()?),
                "ctiServers" => info.cti_servers = xml.list("ctiServer", CtiServer::read)?,
                "timezoneOffset" => info.timezone_offset = xml.string()?,
                "currentTimestamp" => info.current_timestamp = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(info)
    }
}

impl Release {
    /// Its number.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V11_6 => "11.6",
            Self::V12_5 => "12.5",
            Self::V12_6 => "12.6",
            Self::V15_0 => "15.0",
        }
    }
}

impl NodeInfo {
    fn names_ports(&self) -> bool {
        [self.https_port, self.xmpp_port, self.xmpp_secure_port]
            .iter()
            .any(Option::is_some)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut node = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "host" => node.host = xml.string()?,
                "httpsPort" => node.https_port = read_port(xml)?,
                "xmppPort" => node.xmpp_port = read_port(xml)?,
                "xmppSecurePort" => node.xmpp_secure_port = read_port(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(node)
    }
}

impl CtiServer {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut server = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "host" => server.host = xml.string()?,
                "connectedDuration" => server.connected_duration = xml.string()?,
                "active" => server.active = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(server)
    }
}

/// A port that is none says the same as its absence.
fn read_port(xml: &mut Xml<'_>) -> Result<Option<u16>, DecodeError> {
    Ok(xml.text()?.parse().ok().filter(|port| *port != 0))
}
