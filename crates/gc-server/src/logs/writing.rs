//! Log lines are written by threads of their own: a full disk or a reader that does not read loses lines, which are
//! counted, and stops nobody.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

/// Lines of one log that may wait to be written; more are lost.
const WAITING: usize = 16 * 1024;

/// Lines that could not be written, of all logs of this process.
static UNWRITTEN: AtomicU64 = AtomicU64::new(0);
/// What counts the lines that found no room.
static NO_ROOM: Mutex<Vec<ErrorCounter>> = Mutex::new(Vec::new());

/// Writes what waits when it is dropped, for a second at most.
#[derive(Debug)]
#[must_use = "without it nothing is written"]
pub struct Guard(pub(super) Vec<WorkerGuard>);

/// A writer that never waits for its target.
pub(super) fn beside_the_work(target: impl Write + Send + 'static) -> (NonBlocking, Guard) {
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .lossy(true)
        .thread_name("log")
        .finish(Forgiving(target));
    let mut counters = NO_ROOM.lock().unwrap_or_else(PoisonError::into_inner);
    counters.push(writer.error_counter());
    (writer, Guard(vec![guard]))
}

/// Lines lost since the start.
pub(crate) fn lost_lines() -> u64 {
    let counters = NO_ROOM.lock().unwrap_or_else(PoisonError::into_inner);
    let no_room = counters
        .iter()
        .map(|counter| counter.dropped_lines() as u64);
    UNWRITTEN.load(Ordering::Relaxed) + no_room.sum::<u64>()
}

/// Counts what its target does not take, and goes on. What it is given is one line, and is one line afterwards: whoever
/// can name an agent or a destination could else write entries of its own.
struct Forgiving<W>(W);

impl<W: Write> Write for Forgiving<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line)?;
        Ok(line.len())
    }

    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        if self.0.write_all(&on_one_line(line)).is_err() {
            UNWRITTEN.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// The line with its control characters written out: line breaks, and what moves or clears a terminal.
fn on_one_line(line: &[u8]) -> Cow<'_, [u8]> {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let read = String::from_utf8_lossy(text);
    let acts = |letter: char| letter.is_control() && letter != '\t';
    if !read.contains(acts) {
        return Cow::Borrowed(line);
    }
    let mut all = String::with_capacity(line.len() + 16);
    for letter in read.chars() {
        if acts(letter) {
            all.extend(letter.escape_default());
        } else {
            all.push(letter);
        }
    }
    let mut all = all.into_bytes();
    all.extend(&line[text.len()..]);
    Cow::Owned(all)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A disk that is full.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A pipe whose reader does not read until it is told to.
    struct Stuck(mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_a_full_disk_does_not_take_are_counted_and_nobody_is_stopped() {
        let before = lost_lines();
        let (mut writer, guard) = beside_the_work(Full);
        for _ in 0..100 {
            writer.write_all(b"line\n").unwrap();
        }
        drop(guard);
        assert!(lost_lines() - before >= 100);
    }

    #[test]
    fn lines_that_a_stuck_reader_leaves_no_room_for_are_counted_and_nobody_is_stopped() {
        let before = lost_lines();
        let (go_on, told) = mpsc::channel();
        let (mut writer, guard) = beside_the_work(Stuck(told));
        for _ in 0..WAITING + 100 {
            writer.write_all(b"line\n").unwrap();
        }
        // One is being written.
        assert!(lost_lines() - before >= 99);
        drop(go_on);
        drop(guard);
    }
}
