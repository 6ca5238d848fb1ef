//! Cisco Finesse's objects, requests and notifications: XML in and out.
