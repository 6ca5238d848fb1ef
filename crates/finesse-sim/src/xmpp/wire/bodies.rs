//! BOSH (XEP-0124, XEP-0206): what the client says comes in requests, what it hears waits for their answers.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::super::framer::Frame;
use super::{Wire, WireError, Word, alone, error, features};

/// Without a request for this long the client has gone.
pub(crate) const INACTIVITY: Duration = Duration::from_secs(30);

/// Requests that may be under way at once; one of them is held.
pub(crate) const REQUESTS: u64 = 2;

/// How long a request waits for the one before it.
const PREDECESSOR: Duration = Duration::from_secs(10);

/// Frames that may wait for the link.
const BACKLOG: usize = 64;

/// Stanzas that may wait for a client that does not ask; beyond it, it loses its session.
const LETTERS: usize = 4096;

/// Answers that are kept for a client that asks again.
const KEPT: usize = 3;

/// The link's end.
pub(crate) struct Bodies {
    frames: mpsc::Receiver<Frame>,
    mailbox: Arc<Mailbox>,
}

/// Between the requests of a client and its link.
#[derive(Debug)]
pub(crate) struct Mailbox {
    frames: mpsc::Sender<Frame>,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    /// Number of the next request.
    next: u64,
    /// Requests without an answer.
    open: BTreeSet<u64>,
    /// Requests whose connections broke before they had theirs.
    lost: BTreeSet<u64>,
    /// The newest requests with theirs.
    answered: Vec<(u64, Exchange)>,
    letters: Vec<String>,
    end: Option<Gone>,
    /// Whether the client knows of the end.
    told: bool,
    /// Since when there is no request.
    quiet: Option<Instant>,
}

/// What a request gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Content of the body.
    pub(crate) content: String,
    /// Whether the session is over.
    pub(crate) end: Option<Gone>,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// In order.
    Closed,
    /// By an error of the stream.
    Error,
    /// Without a word.
    Cut,
    /// There is no such session, or no place for such a request in it.
    Unknown,
}

impl Bodies {
    /// A session whose first request has this number.
    pub(crate) fn new(first: u64) -> (Self, Arc<Mailbox>) {
        let (sender, frames) = mpsc::channel(BACKLOG);
        let mailbox = Arc::new(Mailbox {
            frames: sender,
            state: Mutex::new(State {
                next: first,
                open: BTreeSet::new(),
                lost: BTreeSet::new(),
                answered: Vec::new(),
                letters: Vec::new(),
                end: None,
                told: false,
                quiet: Some(Instant::now()),
            }),
            changed: watch::Sender::new(()),
        });
        let bodies = Self {
            frames,
            mailbox: Arc::clone(&mailbox),
        };
        (bodies, mailbox)
    }

    fn post(&self, letter: String) {
        let mut state = self.mailbox.state();
        state.letters.push(letter);
        if state.letters.len() > LETTERS {
            state.letters = Vec::new();
            state.break_off();
        }
    }
}

impl Drop for Bodies {
    fn drop(&mut self) {
        self.mailbox.state().break_off();
        self.mailbox.changed.send_replace(());
    }
}

impl Wire for Bodies {
    async fn next(&mut self) -> Result<Option<Frame>, WireError> {
        tokio::select! {
            frame = self.frames.recv() => Ok(frame),
            () = self.mailbox.abandoned() => Ok(None),
        }
    }

    fn restart(&mut self) {}

    fn say(&mut self, word: Word) {
        match word {
            Word::Open {
                features: offer, ..
            } => self.post(features(offer)),
            Word::Element(element) => {
                self.post(String::from_utf8_lossy(&alone(&element)).into_owned());
            }
            Word::Error(condition) => {
                self.post(error(condition));
                self.mailbox.state().end = Some(Gone::Error);
            }
            Word::Close => self.mailbox.state().end = Some(Gone::Closed),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.mailbox.changed.send_replace(());
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.flush().await
    }
}

/// Gives a request's place up when its client hangs up.
struct Place<'a> {
    mailbox: &'a Mailbox,
    rid: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.mailbox.state().leave(self.rid);
        self.mailbox.changed.send_replace(());
    }
}

impl Mailbox {
    /// Hands a request to the link when its turn has come, and waits for what there is to answer.
    pub(crate) async fn exchange(&self, rid: u64, frames: Vec<Frame>, wait: Duration) -> Exchange {
        let deadline = Instant::now() + wait;
        if let Err(answer) = self.enter(rid, frames).await {
            return answer;
        }
        let _place = Place { mailbox: self, rid };
        self.answer(rid, deadline).await
    }

    /// Until the client knows that the session has ended, or has gone itself.
    pub(crate) async fn told(&self) {
        let mut changed = self.changed.subscribe();
        let deadline = Instant::now() + INACTIVITY;
        while !self.state().told {
            if !matches!(timeout_at(deadline, changed.changed()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Waits for the turn of a request, and hands it over.
    async fn enter(&self, rid: u64, mut frames: Vec<Frame>) -> Result<(), Exchange> {
        let mut changed = self.changed.subscribe();
        let deadline = Instant::now() + PREDECESSOR;
        loop {
            if self.state().enter(rid, &mut frames, &self.frames)? {
                self.changed.send_replace(());
                return Ok(());
            }
            if !matches!(timeout_at(deadline, changed.changed()).await, Ok(Ok(()))) {
                return Err(Exchange::unknown());
            }
        }
    }

    async fn answer(&self, rid: u64, deadline: Instant) -> Exchange {
        let mut changed = self.changed.subscribe();
        loop {
            let late = Instant::now() >= deadline;
            if let Some(answer) = self.state().answer(rid, late) {
                return answer;
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = sleep_until(deadline) => {}
            }
        }
    }

    /// Ends when there was no request for too long, or too much to say.
    async fn abandoned(&self) {
        let mut changed = self.changed.subscribe();
        loop {
            let limit = {
                let state = self.state();
                if state.end == Some(Gone::Cut) {
                    return;
                }
                state.quiet.map(|since| since + INACTIVITY)
            };
            match limit {
                Some(limit) if limit <= Instant::now() => return,
                Some(limit) => tokio::select! {
                    _ = changed.changed() => {}
                    () = sleep_until(limit) => {}
                },
                None => {
                    let _ = changed.changed().await;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes a request whose turn has come, and tells whether it has.
    fn enter(
        &mut self,
        rid: u64,
        frames: &mut Vec<Frame>,
        link: &mpsc::Sender<Frame>,
    ) -> Result<bool, Exchange> {
        if let Some((_, answer)) = self.answered.iter().find(|(known, _)| *known == rid) {
            return Err(answer.clone());
        }
        let again = self.lost.remove(&rid);
        let outside = rid > self.next + REQUESTS || (rid < self.next && !again);
        if self.told || outside {
            return Err(Exchange::unknown());
        }
        if rid > self.next {
            return Ok(false);
        }
        if !again {
            self.next = rid + 1;
            for frame in frames.drain(..) {
                // A link that has ended says so in the answer; nobody sends more at once than it can take.
                let _ = link.try_send(frame);
            }
        }
        self.open.insert(rid);
        self.quiet = None;
        Ok(true)
    }

    /// The answer, if there is a reason to give one: something to say, the end, a newer request, or the time.
    fn answer(&mut self, rid: u64, late: bool) -> Option<Exchange> {
        let first = self.open.first() == Some(&rid);
        let newer = self.open.last().is_some_and(|newest| *newest > rid);
        let due = !self.letters.is_empty() || self.end.is_some() || newer || late;
        if !first || !due {
            return None;
        }
        let answer = Exchange {
            content: std::mem::take(&mut self.letters).concat(),
            end: self.end,
        };
        self.told |= self.end.is_some();
        self.answered.push((rid, answer.clone()));
        if self.answered.len() > KEPT {
            self.answered.remove(0);
        }
        Some(answer)
    }

    fn leave(&mut self, rid: u64) {
        self.open.remove(&rid);
        if !self.answered.iter().any(|(known, _)| *known == rid) {
            self.lost.insert(rid);
        }
        if self.lost.len() > KEPT {
            self.lost.pop_first();
        }
        if self.open.is_empty() {
            self.quiet = Some(Instant::now());
        }
    }

    /// The link has ended; if without a word, there is nothing to tell either.
    fn break_off(&mut self) {
        if self.end.is_none() {
            self.end = Some(Gone::Cut);
            self.told = true;
        }
    }
}

impl Exchange {
    pub(crate) fn unknown() -> Self {
        Self {
            content: String::new(),
            end: Some(Gone::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_no_request_has_gone_after_a_while() {
        let (mut bodies, mailbox) = Bodies::new(1);
        let begun = Instant::now();
        let held = async {
            let answer = mailbox
                .exchange(1, Vec::new(), Duration::from_secs(45))
                .await;
            assert_eq!(answer.end, None);
        };
        let (gone, ()) = tokio::join!(bodies.next(), held);
        assert_eq!(gone.unwrap(), None);
        assert_eq!(begun.elapsed().as_secs(), 45 + 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_whose_connection_broke_asks_again_and_misses_nothing() {
        let (mut bodies, mailbox) = Bodies::new(1);
        let presence = vec![Frame::Stanza("<presence/>".to_owned())];
        let broken = mailbox.exchange(1, presence.clone(), WAIT);
        let broken = tokio::time::timeout(Duration::from_secs(1), broken).await;
        assert!(broken.is_err());
        bodies.say("<message/>".to_owned().into());
        bodies.flush().await.unwrap();
        let answer = mailbox.exchange(1, presence, WAIT).await;
        assert_eq!(answer.content, "<message xmlns='jabber:client'/>");
        let heard = bodies.next().await.unwrap();
        assert_eq!(heard, Some(Frame::Stanza("<presence/>".to_owned())));
        // The stanza of a request that came twice is taken once.
        assert!(
            tokio::time::timeout(Duration::from_secs(1), bodies.next())
                .await
                .is_err()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_asks_what_there_is_loses_its_session() {
        let (mut bodies, mailbox) = Bodies::new(1);
        for _ in 0..=LETTERS {
            bodies.say("<message/>".to_owned().into());
        }
        bodies.flush().await.unwrap();
        let begun = Instant::now();
        assert_eq!(bodies.next().await.unwrap(), None);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let answer = mailbox.exchange(1, Vec::new(), WAIT).await;
        assert_eq!(answer, Exchange::unknown());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_waits_for_the_one_before_it_but_not_for_ever() {
        let (_bodies, mailbox) = Bodies::new(1);
        let begun = Instant::now();
        let answer = mailbox.exchange(2, Vec::new(), WAIT).await;
        assert_eq!(answer, Exchange::unknown());
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}
