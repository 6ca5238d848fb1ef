//! SystemInfo.

use super::Writer;
use crate::engine::{ServiceStatus, SystemView};

/// The node's description of itself; `SystemInfo` in answers, `systemInfo` in notifications.
pub(crate) fn system_info(w: &mut Writer, root: &str, system: &SystemView) {
    let serving = system.status == ServiceStatus::InService;
    let host = |w: &mut Writer, name: &str, host: &str| {
        w.element(name, |w| w.leaf("host", host));
    };
    w.element(root, |w| {
        w.leaf("ctiHeartbeatInterval", "2");
        w.leaf("ctiVersion", "24");
        w.leaf("currentTimestamp", &system.now.iso());
        w.leaf("deploymentType", "UCCE");
        let heartbeat = if serving { "success" } else { "failure" };
        w.leaf("lastCTIHeartbeatStatus", heartbeat);
        w.number("lastSuccessCTIHeartbeatTime", system.now.unix_millis());
        w.leaf("license", "");
        w.leaf("peripheralId", "5000");
        host(w, "primaryNode", &system.hosts[0]);
        host(w, "secondaryNode", &system.hosts[1]);
        w.leaf("status", system.status.as_str());
        w.leaf(
            "statusReason",
            if serving { "" } else { "CTI connection lost" },
        );
        w.leaf("systemAuthMode", "NON_SSO");
        w.leaf("timezoneOffset", "300");
        w.leaf("uri", "/finesse/api/SystemInfo");
        w.leaf("xmppDomain", &system.domain);
        w.leaf("xmppPubSubDomain", &format!("pubsub.{}", system.domain));
    });
}
