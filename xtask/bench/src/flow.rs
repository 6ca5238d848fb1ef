//! Notification in, WebSocket event out: latency, rate, CPU.

use std::time::Duration;

use anyhow::Result;

use crate::Transport;
use crate::baseline;
use crate::pure::median;
use crate::table::{Table, Target};
use crate::traffic::{Load, Run, Traffic};

/// At this rate latency and CPU are measured.
const STEADY: u64 = 1_000;
const STEADY_RUNS: usize = 3;
const STEADY_FOR: Duration = Duration::from_secs(3);
const RATES: [u64; 12] = [
    500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 15_000,
];
const RATE_FOR: Duration = Duration::from_secs(2);

/// Measures and adds the rows.
pub(crate) async fn measure(table: &mut Table, by: Transport) -> Result<()> {
    let mut traffic = Traffic::start(by).await?;
    for (name, bytes, target) in [("1 kB", 1_000, 10_000), ("10 kB", 10_000, 3_000)] {
        let load = Load::of(bytes);
        traffic.run(STEADY, &load, Duration::from_secs(1)).await?;
        let mut steady = Vec::new();
        for _ in 0..STEADY_RUNS {
            steady.push(traffic.run(STEADY, &load, STEADY_FOR).await?);
        }
        add_latency(table, name, &steady);
        add_cpu(table, name, &steady, baseline::micros(bytes)?);
        let highest = highest_rate(&mut traffic, &load, target).await?;
        add_highest(table, name, highest, target);
    }
    traffic.stop().await;
    Ok(())
}

fn add_latency(table: &mut Table, name: &str, runs: &[Run]) {
    let targets = [
        ("p50", 0.5, Target::None),
        ("p99", 0.99, Target::AtMost(5.0)),
        ("p99.9", 0.999, Target::None),
    ];
    for (word, quantile, target) in targets {
        let millis = median(runs.iter().map(|run| run.millis(quantile)));
        table.add(
            format!("in to out at 1,000/s, {name}, {word}"),
            millis,
            "ms",
            target,
        );
    }
}

fn add_cpu(table: &mut Table, name: &str, runs: &[Run], alone: f64) {
    let each = median(runs.iter().map(gateway_micros));
    table.add(
        format!("gateway CPU per event at 1,000/s, {name}"),
        each,
        "µs",
        Target::AtMost(2.0 * alone),
    );
    let share = |cpu: fn(&Run) -> Duration| {
        median(
            runs.iter()
                .map(|run| 100.0 * cpu(run).as_secs_f64() / run.took.as_secs_f64()),
        )
    };
    let shares = [
        ("gateway", share(|run| run.gateway_cpu)),
        ("simulator and clients", share(|run| run.own_cpu)),
    ];
    for (who, share) in shares {
        table.add(
            format!("CPU at 1,000/s, {name}, {who}"),
            share,
            "% of a core",
            Target::None,
        );
    }
}

fn add_highest(table: &mut Table, name: &str, highest: Option<(u64, Run)>, target: u64) {
    let what =
        format!("highest rate held for 2 s, {name}, simulator and clients on the same cores");
    let Some((rate, run)) = highest else {
        table.missing(what, "not even the lowest rate was held");
        return;
    };
    table.add(what, number(rate), "/s", Target::AtLeast(number(target)));
    table.add(
        format!("gateway CPU per event at that rate, {name}"),
        gateway_micros(&run),
        "µs",
        Target::None,
    );
}

fn gateway_micros(run: &Run) -> f64 {
    run.gateway_cpu.as_secs_f64() * 1e6 / f64::from(run.received)
}

#[allow(clippy::cast_precision_loss)] // some thousands
fn number(rate: u64) -> f64 {
    rate as f64
}

/// The highest rate that is held, looked for around the target, with a run of it.
async fn highest_rate(
    traffic: &mut Traffic,
    load: &Load,
    target: u64,
) -> Result<Option<(u64, Run)>> {
    let (lower, upper): (Vec<u64>, Vec<u64>) = RATES.iter().partition(|rate| **rate < target);
    let mut highest = None;
    for rate in upper {
        match held(traffic, load, rate).await? {
            Some(run) => highest = Some((rate, run)),
            None => break,
        }
    }
    for rate in lower.into_iter().rev() {
        if highest.is_some() {
            break;
        }
        highest = held(traffic, load, rate).await?.map(|run| (rate, run));
    }
    Ok(highest)
}

/// A run that held the rate, if two of three do: the machine has other things to do now and then.
async fn held(traffic: &mut Traffic, load: &Load, rate: u64) -> Result<Option<Run>> {
    let (mut good, mut bad) = (0, 0);
    loop {
        let run = traffic.run(rate, load, RATE_FOR).await?;
        if run.held() {
            good += 1;
        } else {
            bad += 1;
        }
        if good == 2 {
            return Ok(Some(run));
        }
        if bad == 2 {
            return Ok(None);
        }
    }
}
