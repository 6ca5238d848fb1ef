//! The simulator over its sockets, with clients that we did not write.

mod control;
mod desk;
mod faults;
mod rest;
mod xmpp;
