//! What came of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::ledger::Told;
use crate::memory::Memory;

/// Figures of a run, and what was broken.
#[derive(Debug, Clone)]
pub struct Report {
    pub(crate) agents: usize,
    pub(crate) seed: u64,
    pub(crate) length: Duration,
    pub(crate) wanted_rate: u32,
    pub(crate) notifications: u64,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) told: Told,
    /// Requests that Finesse carried out.
    pub(crate) executions: usize,
    pub(crate) memory: Memory,
    pub(crate) gateway_cpu: Duration,
    pub(crate) simulator_cpu: Duration,
    pub(crate) descriptors: (usize, usize),
    pub(crate) breaches: Vec<String>,
}

impl Report {
    /// What was broken; empty is good.
    pub fn breaches(&self) -> &[String] {
        &self.breaches
    }

    /// Kinds of faults that were made.
    pub fn kinds(&self) -> usize {
        self.faults.len()
    }

    /// Notifications a second, over the whole run.
    #[allow(clippy::cast_precision_loss)] // some millions
    pub fn rate(&self) -> f64 {
        self.notifications as f64 / self.length.as_secs_f64()
    }

    /// Outcomes of commands.
    pub fn outcomes(&self) -> u64 {
        self.told.outcomes.values().sum()
    }

    /// Connections of clients after their first.
    pub fn resumes(&self) -> u64 {
        self.told.resumes
    }

    /// Connections that the gateway cut off because their clients did not read.
    pub fn cut_off(&self) -> u64 {
        self.told.cut_off
    }

    /// How often a client was told that some events are missing.
    pub fn gaps(&self) -> u64 {
        self.told.gaps
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (told, seconds) = (&self.told, self.length.as_secs_f64());
        let share = |cpu: Duration| cpu.as_secs_f64() / seconds * 100.0;
        writeln!(f, "seed {}", self.seed)?;
        writeln!(f, "{} agents, {seconds:.0} s under load", self.agents)?;
        writeln!(
            f,
            "{} notifications: {:.0}/s of {}/s",
            self.notifications,
            self.rate(),
            self.wanted_rate
        )?;
        writeln!(f, "faults: {}", list(&self.faults))?;
        writeln!(
            f,
            "{} events, {} told again, {} resumes ({} ended by the gateway, {} of them cut off as slow), {} gaps",
            told.events, told.replayed, told.resumes, told.ended, told.cut_off, told.gaps
        )?;
        writeln!(
            f,
            "{} commands, {} sent again, {} requests carried out by Finesse, {} numbers called",
            told.commands,
            told.sent_again,
            self.executions,
            told.dialled.len()
        )?;
        for (outcome, count) in &told.outcomes {
            writeln!(f, "  {count:>7} {outcome}")?;
        }
        writeln!(
            f,
            "memory of the gateway, in MiB, each minute:{}\n  {:+.0} KiB a minute after the warm-up",
            self.memory,
            self.memory.slope()
        )?;
        writeln!(
            f,
            "CPU: gateway {:.1} s ({:.0} %), simulator {:.1} s ({:.0} %)",
            self.gateway_cpu.as_secs_f64(),
            share(self.gateway_cpu),
            self.simulator_cpu.as_secs_f64(),
            share(self.simulator_cpu)
        )?;
        let (before, after) = self.descriptors;
        writeln!(f, "descriptors: {before} before, {after} after")?;
        writeln!(f, "{} WARN lines", told.warnings)?;
        for breach in &self.breaches {
            writeln!(f, "BROKEN: {breach}")?;
        }
        match self.breaches.len() {
            0 => writeln!(f, "nothing broken"),
            count => writeln!(f, "{count} broken; again: --seed {}", self.seed),
        }
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}
