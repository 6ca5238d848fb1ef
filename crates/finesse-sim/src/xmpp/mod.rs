//! The notification service: XMPP over TLS from the first byte, over WebSocket and over BOSH, and
//! publish-subscribe.

mod framer;
mod handle;
mod hub;
mod iq;
mod jid;
mod line;
mod link;
mod pubsub;
mod sign_in;
mod wire;

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::core::Core;
use crate::engine::Node;
pub(crate) use framer::{Frame, Framer};
pub(crate) use hub::Hub;
pub use line::Heard;
pub(crate) use line::Line;
pub(crate) use wire::{Bodies, Exchange, Gone, INACTIVITY, Mailbox, REQUESTS};

/// Serves a connection that is an XMPP stream.
pub(crate) async fn serve_stream<Io>(core: Arc<Core>, node: Node, io: Io)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send,
{
    link::serve(core, node, wire::Stream::new(io)).await;
}

/// Serves a connection that has become a WebSocket.
pub(crate) async fn serve_messages<Io>(core: Arc<Core>, node: Node, io: Io)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send,
{
    link::serve(core, node, wire::Messages::new(io).await).await;
}

/// Serves a session whose client comes by requests.
pub(crate) async fn serve_bodies(core: Arc<Core>, node: Node, bodies: Bodies) {
    link::serve(core, node, bodies).await;
}
