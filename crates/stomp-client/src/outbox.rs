//! What waits to be written, over all connections.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::{Bytes, BytesMut};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use crate::client::SendError;

/// One encoded SEND frame; its room in the outbox is given back when it is dropped.
pub(crate) struct Item {
    bytes: Bytes,
    receipt: Option<Awaited>,
    _room: OwnedSemaphorePermit,
}

struct Awaited {
    id: String,
    told: Told,
}

type Told = oneshot::Sender<Result<(), SendError>>;

impl Item {
    pub(crate) fn new(bytes: Bytes, room: OwnedSemaphorePermit) -> Self {
        Self {
            bytes,
            receipt: None,
            _room: room,
        }
    }

    /// With a receipt that is awaited.
    pub(crate) fn confirmed(self, id: String) -> (Self, oneshot::Receiver<Result<(), SendError>>) {
        let (told, hears) = oneshot::channel();
        let item = Self {
            receipt: Some(Awaited { id, told }),
            ..self
        };
        (item, hears)
    }
}

/// Shared by all handles and the connection.
pub(crate) struct Outbox {
    room: Arc<Semaphore>,
    size: u32,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Item>,
    // Written, but the broker has not said that it has them.
    unconfirmed: VecDeque<Item>,
    // Answers to messages; they are worth nothing on another connection.
    answers: BytesMut,
    // Of those the ones that the broker shall confirm, by their receipts.
    unconfirmed_answers: BTreeMap<String, Told>,
    session: u64,
    next_receipt: u64,
    closing: bool,
}

/// What is to be written next.
pub(crate) enum Next {
    Bytes(BytesMut),
    Nothing,
    /// The client is closed, and nothing waits any more.
    Goodbye,
}

impl Outbox {
    pub(crate) fn new(size: u32) -> Self {
        Self {
            room: Arc::new(Semaphore::new(size as usize)),
            size,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Waits until that many bytes fit in.
    pub(crate) async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, SendError> {
        let wanted = u32::try_from(bytes).unwrap_or(u32::MAX);
        if wanted > self.size {
            return Err(SendError::TooLarge(self.size));
        }
        let room = Arc::clone(&self.room).acquire_many_owned(wanted);
        room.await.map_err(|_| SendError::Closed)
    }

    pub(crate) fn receipt_id(&self) -> String {
        let mut state = self.state();
        state.next_receipt += 1;
        format!("r-{}", state.next_receipt)
    }

    pub(crate) fn push(&self, item: Item) {
        self.state().waiting.push_back(item);
        self.changed.notify_one();
    }

    /// An answer to a message; one of an earlier connection means nothing to the broker.
    pub(crate) fn answer(&self, session: u64, frame: &[u8]) {
        let mut state = self.state();
        if state.session == session {
            state.answers.extend_from_slice(frame);
            drop(state);
            self.changed.notify_one();
        }
    }

    /// As [`Outbox::answer`], with a receipt that is awaited; what it waits for never comes on another connection.
    pub(crate) fn answer_confirmed(
        &self,
        session: u64,
        frame: &[u8],
        receipt: String,
    ) -> oneshot::Receiver<Result<(), SendError>> {
        let (told, hears) = oneshot::channel();
        let mut state = self.state();
        if state.session == session {
            state.answers.extend_from_slice(frame);
            state.unconfirmed_answers.insert(receipt, told);
            drop(state);
            self.changed.notify_one();
        }
        hears
    }

    /// A connection begins: what the last one left unconfirmed goes first.
    pub(crate) fn begin(&self, session: u64) {
        let mut state = self.state();
        state.session = session;
        state.forget_answers();
        let mut again = std::mem::take(&mut state.unconfirmed);
        again.append(&mut state.waiting);
        state.waiting = again;
    }

    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.session = 0;
        state.forget_answers();
    }

    /// The next bytes, of whole frames and not many more than the limit.
    pub(crate) fn next(&self, limit: usize) -> Next {
        let mut state = self.state();
        let mut bytes = std::mem::take(&mut state.answers);
        while bytes.len() < limit
            && let Some(item) = state.waiting.pop_front()
        {
            bytes.extend_from_slice(&item.bytes);
            if item.receipt.is_some() {
                state.unconfirmed.push_back(item);
            }
        }
        if !bytes.is_empty() {
            Next::Bytes(bytes)
        } else if state.closing {
            Next::Goodbye
        } else {
            Next::Nothing
        }
    }

    /// The broker has taken a frame, or refused it.
    pub(crate) fn confirm(&self, receipt: &str, outcome: Result<(), SendError>) {
        let mut state = self.state();
        let is_it = |item: &Item| item.receipt.as_ref().is_some_and(|it| it.id == receipt);
        let position = state.unconfirmed.iter().position(is_it);
        let item = position.and_then(|position| state.unconfirmed.remove(position));
        let told = match item.and_then(|item| item.receipt) {
            Some(awaited) => Some(awaited.told),
            None => state.unconfirmed_answers.remove(receipt),
        };
        drop(state);
        if let Some(told) = told {
            // Whoever waited may have given up.
            let _ = told.send(outcome);
        }
    }

    /// Resolves after something has changed.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.room.close();
        self.state().closing = true;
        self.changed.notify_one();
    }

    /// Throws everything away; who waits is told.
    pub(crate) fn abandon(&self) {
        self.close();
        let mut state = self.state();
        state.waiting = VecDeque::new();
        state.unconfirmed = VecDeque::new();
        state.forget_answers();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held; if it did, the queues would still be whole.
        self.state.lock().unwrap_or_else(|held| held.into_inner())
    }
}

impl State {
    fn forget_answers(&mut self) {
        self.answers.clear();
        self.unconfirmed_answers.clear();
    }
}
