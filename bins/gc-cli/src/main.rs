//! gc: send commands, watch events, decode recorded traffic.
fn main() {}
