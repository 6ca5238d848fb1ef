//! The last things that happened, for who reads a failure.

use std::collections::VecDeque;

/// Transitions that are kept.
const STEPS: usize = 30;
/// Lines that are kept.
const LINES: usize = 1500;

#[derive(Debug, Default)]
pub(crate) struct History {
    /// Whether lines are written down; without, a run is twice as fast.
    pub(crate) in_full: bool,
    steps: VecDeque<String>,
    lines: VecDeque<String>,
}

impl History {
    pub(crate) fn step(&mut self, step: u64, at: u64, what: String) {
        let line = format!("#{step} at {at} ms: {what}");
        if self.in_full {
            self.push(format!("--- {line}"));
        }
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(line);
    }

    pub(crate) fn line(&mut self, line: impl FnOnce() -> String) {
        if self.in_full {
            self.push(format!("    {}", line()));
        }
    }

    fn push(&mut self, line: String) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    pub(crate) fn steps(&self) -> Vec<String> {
        self.steps.iter().cloned().collect()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}
