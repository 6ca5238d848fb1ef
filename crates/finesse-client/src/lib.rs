//! I/O towards Cisco Finesse: REST, XMPP links, node health.
