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
    /// The client that its commands come from.
    pub(crate) client: ClientId,
    pub(super) hub: mpsc::Sender<HubNews>,
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
