//! A bound link as others see it, and what faults do to its messages.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::jid;
use crate::core::Core;
use crate::engine::Node;
use crate::faults::{FaultDrop, FaultEffect};

/// What a link is told to send.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Stanza(Bytes),
    /// Ends the stream with this condition.
    Close(&'static str),
    /// Ends the connection without a word.
    Cut,
}

/// A bound link, as the directory knows it.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) serial: u64,
    pub(crate) user: String,
    pub(crate) bare: String,
    pub(crate) full: String,
    pub(crate) queue: mpsc::Sender<Outgoing>,
    pub(crate) available: AtomicBool,
    pub(crate) silent: AtomicBool,
    /// Something did not fit into the queue any more.
    pub(crate) overrun: AtomicBool,
    /// A message that waits for the next one to overtake it.
    held: Mutex<Option<Bytes>>,
}

impl Handle {
    pub(crate) fn new(
        serial: u64,
        user: &str,
        (domain, resource): (&str, &str),
        queue: mpsc::Sender<Outgoing>,
    ) -> Self {
        let bare = format!("{}@{domain}", jid::escape(user));
        Self {
            serial,
            user: user.to_owned(),
            full: format!("{bare}/{resource}"),
            bare,
            queue,
            available: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            overrun: AtomicBool::new(false),
            held: Mutex::new(None),
        }
    }

    /// The desktop is there; tells whether it was not before.
    pub(super) fn arrive(&self, core: &Core, node: Node) -> bool {
        let news = !self.available.swap(true, Ordering::AcqRel);
        if news {
            if core.read(|engine| engine.is_elsewhere(&self.user, node)) {
                core.tally.on_both_nodes(&self.user);
            }
            core.command(|engine, now| engine.desktop_arrived(now, &self.user, node));
        }
        news
    }

    /// The desktop is not there any more.
    pub(super) fn leave(&self, core: &Core, node: Node) {
        if self.available.swap(false, Ordering::AcqRel) {
            core.command(|engine, now| engine.desktop_left(now, &self.user, node));
        }
    }

    pub(super) fn is_available(&self) -> bool {
        self.available.load(Ordering::Acquire)
    }

    /// A client that does not read loses its link, like on a real server.
    pub(crate) fn send(&self, outgoing: Outgoing) {
        if self.queue.try_send(outgoing).is_err() {
            self.overrun.store(true, Ordering::Release);
        }
    }

    /// Sends a message, and after it the one that it overtook.
    pub(super) fn send_in_turn(&self, message: Bytes) {
        self.send(Outgoing::Stanza(message));
        let held = self
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(held) = held {
            self.send(Outgoing::Stanza(held));
        }
    }
}

pub(super) fn send_with_fault(
    core: &Core,
    link: &Arc<Handle>,
    message: Bytes,
    effect: &FaultEffect,
) {
    if effect.silence {
        link.silent.store(true, Ordering::Release);
    }
    if effect.drop == Some(FaultDrop::Before) {
        return;
    }
    if effect.reorder {
        *link.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        return;
    }
    if let Some(millis) = effect.delay_ms {
        let (link, stop) = (Arc::clone(link), core.stop.clone());
        core.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(millis)) => {
                    link.send_in_turn(message);
                }
            }
        });
        return;
    }
    if effect.duplicate {
        link.send_in_turn(message.clone());
    }
    link.send_in_turn(message);
    if effect.drop == Some(FaultDrop::After) {
        link.send(Outgoing::Cut);
    }
}
