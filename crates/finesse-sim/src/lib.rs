//! A Cisco Finesse to test and demonstrate against: two nodes, REST, XMPP, call engine.
