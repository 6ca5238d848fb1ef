//! The session state machine of the gateway: pure, no I/O, no clock.
