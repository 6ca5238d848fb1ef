//! Files and sockets: how many are open, and whether the process may open as many as the licence needs.

use rustix::process::{Resource, getrlimit};

/// A link and a client's connection for each session.
const PER_SESSION: u64 = 2;
/// Listeners, REST connections, files.
const BESIDE: u64 = 512;

/// Files and sockets that are open, where the system tells it. Nobody but root can count them from outside once the process
/// is not dumpable.
pub(crate) fn open() -> Option<usize> {
    let listed = std::fs::read_dir("/proc/self/fd").ok()?.count();
    // To read the list is to have it open.
    listed.checked_sub(1)
}

/// Warns when the limit on open files does not fit.
pub(crate) fn warn_if_few(sessions: usize) {
    let needed = BESIDE + PER_SESSION * sessions as u64;
    // No limit at all fits everything.
    if let Some(allowed) = getrlimit(Resource::Nofile).current
        && allowed < needed
    {
        tracing::warn!(
            allowed,
            needed,
            sessions,
            "too few open files are allowed for session.max_sessions; raise LimitNOFILE or ulimit -n"
        );
    }
}
