//! SystemInfo.

use super::Writer;
use crate::engine::{ServiceStatus, SystemView};

/// The node's description of itself; `SystemInfo` in answers, `systemInfo` in notifications.
pub(crate) fn system_info(w: &mut Writer, root: &str, system: &SystemView) {
    let serving = system.status == ServiceStatus::InService;
    let profile = system.profile;
    w.element(root, |w| {
        w.leaf("ctiHeartbeatInterval", "2");
        if profile.tells_maintenance_mode() {
            w.leaf("ctiMMode", "false");
        }
        if profile.tells_ports() {
            cti_servers(w, serving);
        }
        if profile.tells_maintenance_mode() {
            w.leaf("ctiTimeInMMode", "0");
        }
        w.number("ctiVersion", profile.cti_version());
        w.leaf("currentTimestamp", &system.now.iso());
        w.leaf("deploymentType", profile.product.as_str());
        if profile.tells_maintenance_mode() {
            w.leaf("finesseMMode", "false");
            w.leaf("finesseTimeInMMode", "0");
        }
        let heartbeat = if serving { "success" } else { "failure" };
        w.leaf("lastCTIHeartbeatStatus", heartbeat);
        w.number("lastSuccessCTIHeartbeatTime", system.now.unix_millis());
        w.leaf("license", "");
        w.leaf("peripheralId", "5000");
        node(w, "primaryNode", system, 0);
        node(w, "secondaryNode", system, 1);
        w.leaf("status", system.status.as_str());
        w.leaf(
            "statusReason",
            if serving { "" } else { "CTI connection lost" },
        );
        w.leaf("systemAuthMode", system.auth_mode.as_str());
        w.leaf("timezoneOffset", "300");
        w.leaf("uri", "/finesse/api/SystemInfo");
        w.leaf("xmppDomain", &system.domain);
        w.leaf("xmppPubSubDomain", &format!("pubsub.{}", system.domain));
    });
}

fn node(w: &mut Writer, name: &str, system: &SystemView, place: usize) {
    w.element(name, |w| {
        w.leaf("host", &system.hosts[place]);
        if system.profile.tells_ports() {
            w.number("httpsPort", system.ports[place].https);
            // The port that real servers name, though nothing listens on it.
            w.leaf("xmppPort", "5222");
            w.number("xmppSecurePort", system.ports[place].xmpp);
        }
    });
}

fn cti_servers(w: &mut Writer, serving: bool) {
    w.element("ctiServers", |w| {
        for (host, active) in [("pg-a.acme.test", serving), ("pg-b.acme.test", false)] {
            w.element("ctiServer", |w| {
                w.number("active", active);
                w.leaf("connectedDuration", if active { "86400" } else { "0" });
                w.leaf("host", host);
            });
        }
    });
}
