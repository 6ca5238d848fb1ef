//! A connection's place at the hub.

use gc_core::ClientId;
use gc_protocol::Destination;
use tokio::sync::mpsc;

use crate::hub::SubscriberId;

use super::happening::HubNews;

/// A connection's place at the hub; it is given up when dropped, wherever that happens.
pub(crate) struct Place {
    /// Its number.
    pub(crate) id: SubscriberId,
    /// Its destination.
    pub(crate) destination: Destination,
    /// Who named that.
    pub(crate) naming: Naming,
    /// Name of its numbering.
    pub(crate) numbering: Box<str>,
    /// The client that its commands come from.
    pub(crate) client: ClientId,
    pub(super) hub: mpsc::Sender<HubNews>,
}

/// Who named a connection's destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The client, when it connected; its commands must name the same.
    Client,
    /// The gateway, so the client cannot know it; whatever its commands name is this one.
    Gateway,
}

impl Drop for Place {
    fn drop(&mut self) {
        let news = HubNews::Unsubscribe {
            destination: self.destination.clone(),
            id: self.id,
        };
        if let Err(mpsc::error::TrySendError::Full(news)) = self.hub.try_send(news) {
            let hub = self.hub.clone();
            tokio::spawn(async move {
                // The driver has ended: nothing is left to give up.
                let _ = hub.send(news).await;
            });
        }
    }
}
