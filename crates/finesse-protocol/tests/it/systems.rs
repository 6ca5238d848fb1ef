//! What a node says of itself.

use finesse_protocol::system::CtiServer;
use finesse_protocol::{NodeInfo, Product, Release, ServiceStatus, SystemInfo};
use pretty_assertions::assert_eq;

use crate::fixtures::{SYSTEM_INFO, SYSTEM_INFO_15};
use crate::with;

#[test]
fn system_information_is_read() {
    let expected: SystemInfo = with(|info: &mut SystemInfo| {
        info.status = ServiceStatus::OutOfService;
        info.status_reason = "CTI connection lost".into();
        info.deployment_type = "UCCE".into();
        info.primary_node.host = "fin-a.acme.test".into();
        info.secondary_node.host = "fin-b.acme.test".into();
        info.system_auth_mode = "NON_SSO".into();
        info.xmpp_domain = "fin-a.acme.test".into();
        info.xmpp_pub_sub_domain = "pubsub.fin-a.acme.test".into();
        info.last_cti_heartbeat_status = "success".into();
        info.timezone_offset = "300".into();
        info.current_timestamp = "2024-05-02T09:25:40.331Z".into();
    });
    assert_eq!(SystemInfo::parse(SYSTEM_INFO).unwrap(), expected);
}

#[test]
fn a_single_node_has_no_second_host() {
    for second in [
        "",
        "<secondaryNode/>",
        "<secondaryNode><host/></secondaryNode>",
    ] {
        let xml = format!(
            "<SystemInfo><primaryNode><host>fin-a.acme.test</host></primaryNode>{second}</SystemInfo>"
        );
        let info = SystemInfo::parse(&xml).unwrap();
        assert_eq!(info.primary_node.host, "fin-a.acme.test");
        assert_eq!(info.secondary_node, NodeInfo::default());
    }
}

#[test]
fn everything_that_15_0_adds_is_read() {
    let node = |host: &str, https: u16, xmpp: Option<u16>, secure: u16| {
        with(|node: &mut NodeInfo| {
            node.host = host.into();
            node.https_port = Some(https);
            node.xmpp_port = xmpp;
            node.xmpp_secure_port = Some(secure);
        })
    };
    let cti = |host: &str, duration: &str, active: &str| {
        with(|server: &mut CtiServer| {
            server.host = host.into();
            server.connected_duration = duration.into();
            server.active = active.into();
        })
    };
    let expected: SystemInfo = with(|info: &mut SystemInfo| {
        info.status = ServiceStatus::InService;
        info.deployment_type = "UCCX".into();
        info.primary_node = node("fin-a.acme.test", 8445, Some(5222), 5223);
        info.secondary_node = node("fin-b.acme.test", 18445, None, 15223);
        info.system_auth_mode = "HYBRID".into();
        info.xmpp_domain = "fin-b.acme.test".into();
        info.xmpp_pub_sub_domain = "pubsub.fin-b.acme.test".into();
        info.last_cti_heartbeat_status = "success".into();
        info.cti_version = "24".into();
        info.finesse_maintenance_mode = Some("true".into());
        info.cti_maintenance_mode = Some("false".into());
        info.cti_servers = vec![
            cti("pg-a.acme.test", "86400", "true"),
            cti("pg-b.acme.test", "", "false"),
        ];
        info.timezone_offset = "0".into();
        info.current_timestamp = "2026-05-02T09:25:40.331Z".into();
    });
    assert_eq!(SystemInfo::parse(SYSTEM_INFO_15).unwrap(), expected);
}

#[test]
fn a_port_that_is_none_is_not_told() {
    for port in ["", "0", "-1", "65536", "https"] {
        let xml = format!(
            "<SystemInfo><primaryNode><httpsPort>{port}</httpsPort></primaryNode></SystemInfo>"
        );
        let info = SystemInfo::parse(&xml).unwrap();
        assert_eq!(info.primary_node.https_port, None, "{port}");
    }
}

#[test]
fn the_product_is_what_the_deployment_says() {
    for (word, product) in [
        ("UCCE", Product::Ucce),
        ("UCCX", Product::Uccx),
        ("PCCE", Product::Other("PCCE".into())),
        ("", Product::Other("".into())),
    ] {
        let xml = format!("<SystemInfo><deploymentType>{word}</deploymentType></SystemInfo>");
        assert_eq!(SystemInfo::parse(&xml).unwrap().product(), product);
    }
}

#[test]
fn the_release_is_at_least_what_the_fields_show() {
    for (fields, release) in [
        ("", None),
        ("<status>IN_SERVICE</status>", None),
        ("<systemAuthMode>SSO</systemAuthMode>", Some(Release::V11_6)),
        (
            "<systemAuthMode>SSO</systemAuthMode><finesseMMode/>",
            Some(Release::V12_6),
        ),
        ("<ctiMMode>false</ctiMMode>", Some(Release::V12_6)),
        (
            "<finesseMMode>false</finesseMMode><ctiServers><ctiServer/></ctiServers>",
            Some(Release::V15_0),
        ),
        (
            "<secondaryNode><xmppSecurePort>5223</xmppSecurePort></secondaryNode>",
            Some(Release::V15_0),
        ),
        ("<ctiServers/>", None),
    ] {
        let xml = format!("<SystemInfo>{fields}</SystemInfo>");
        let info = SystemInfo::parse(&xml).unwrap();
        assert_eq!(info.release(), release, "{fields}");
    }
    let info = SystemInfo::parse(SYSTEM_INFO).unwrap();
    assert_eq!(info.release().map(Release::as_str), Some("11.6"));
    assert!(Release::V11_6 < Release::V12_5 && Release::V12_6 < Release::V15_0);
}
