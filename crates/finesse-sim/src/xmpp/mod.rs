//! The notification service: XMPP over TLS from the first byte, and publish-subscribe.

mod framer;
mod handle;
mod hub;
mod iq;
mod jid;
mod link;
mod pubsub;
mod sign_in;

pub(crate) use hub::Hub;
pub(crate) use link::serve;
