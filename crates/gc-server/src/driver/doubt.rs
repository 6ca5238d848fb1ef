//! Commands that may have been carried out already are not carried out again.

use gc_core::Input;
use gc_protocol::Command;

use super::Driver;
use super::submit::Origin;

/// Why a command is in doubt that an earlier process has begun.
pub(super) const BEGUN_BEFORE: &str = "this command was begun before the gateway was started again: it is not carried out \
                                       again, and the state that follows tells the outcome";

impl Driver {
    /// A command that may have been carried out already: its sender hears so, and how things are.
    pub(super) fn leave_in_doubt(
        &mut self,
        origin: Origin,
        command: Command,
        reason: &'static str,
    ) {
        if let Some(begun) = self.begin_command(origin, command) {
            self.feed(Input::DoubtfulCommand {
                ticket: begun.ticket,
                from: begun.from,
                command: begun.command,
                reason,
            });
        }
    }
}
