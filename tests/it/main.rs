//! End to end over real sockets: clients, the gateway, the simulator.

mod bad_input;
mod clusters;
mod contract;
mod error_codes;
mod failover;
mod faults;
mod finesse_trouble;
mod flows;
mod hostile;
mod links;
mod lock;
mod lock_broker;
mod lock_keyed;
mod recorded;
mod results;
mod resume;
mod schemas;
mod secrets;
mod sessions;
mod string_client;
mod takeover;
