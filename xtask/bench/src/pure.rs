//! Figures without sockets: reading a notification, and one step of the core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use finesse_protocol::{AnswerError, Request, Update};
use gc_core::{
    ClientId, Config, Epoch, Gateway, Input, LinkEvent, Output, Reply, Rights, SecretHandle,
    Sender, Ticket,
};
use gc_protocol::{AgentId, Command, Destination};

use crate::baseline;
use crate::documents::{self, Side};
use crate::table::{Table, Target};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(200);

/// Measures and adds the rows.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    for (name, bytes) in [("1 kB", 1_000), ("10 kB", 10_000)] {
        let xml = documents::dialog("6127", 1, Side::Active, 1, bytes);
        let micros = average(|| black_box(Update::parse(black_box(&xml))).is_ok());
        table.add(
            format!("read a {name} notification"),
            micros,
            "µs",
            Target::None,
        );
        #[allow(clippy::cast_precision_loss)] // a document's length
        let rate = xml.len() as f64 / micros;
        table.add(
            format!("read a {name} notification"),
            rate,
            "MB/s",
            Target::None,
        );
    }
    for (name, bytes) in [("1 kB", 1_000), ("10 kB", 10_000)] {
        let micros = core_step(bytes)?;
        table.add(
            format!("one step of the core, {name} dialog"),
            micros,
            "µs",
            Target::None,
        );
    }
    for (name, bytes) in [("1 kB", 1_000), ("10 kB", 10_000)] {
        let micros = baseline::micros(bytes)?;
        let what = format!("decrypt + read + write of one {name} event, alone");
        table.add(what, micros, "µs", Target::None);
    }
    Ok(())
}

/// One run in µs: the median of several averages.
pub(crate) fn average(mut run: impl FnMut() -> bool) -> f64 {
    median((0..ROUNDS).map(|_| {
        let started = Instant::now();
        let mut runs = 0_u32;
        while started.elapsed() < ROUND {
            for _ in 0..100 {
                black_box(run());
            }
            runs += 100;
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
    }))
}

/// The middle one of an odd number of figures.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Handling and draining one notification of an alternating dialog; making its copies is not counted.
fn core_step(bytes: usize) -> Result<f64> {
    let (mut core, epoch) = connected()?;
    let xml = |turn| documents::dialog("6127", 1, Side::of(turn), turn, bytes);
    let updates = [Update::parse(&xml(0))?, Update::parse(&xml(1))?];
    let (mut spent, mut steps) = (Duration::ZERO, 0_u32);
    let started = Instant::now();
    while started.elapsed() < ROUND * 5 {
        let batch: Vec<Update> = updates.iter().cloned().cycle().take(100).collect();
        let began = Instant::now();
        for update in batch {
            steps += 1;
            if step(&mut core, epoch, update) != 1 {
                bail!("a notification gave not exactly one event");
            }
        }
        spent += began.elapsed();
    }
    Ok(spent.as_secs_f64() * 1e6 / f64::from(steps))
}

fn step(core: &mut Gateway, epoch: Epoch, update: Update) -> usize {
    let notification = Input::Notification {
        agent: AgentId::from("41027"),
        epoch,
        update: Box::new(update),
    };
    core.handle(Instant::now(), notification);
    let mut events = 0;
    while let Some(output) = core.poll_output() {
        events += usize::from(matches!(black_box(output), Output::Event { .. }));
    }
    events
}

/// A gateway with one agent connected, with answers made up.
fn connected() -> Result<(Gateway, Epoch)> {
    let mut core = Gateway::new(Config::default(), 1);
    let command = Command::parse_text("Connect#41027", Some("desk-1,demo"))?;
    let mut inputs = vec![
        Input::ClientCommand {
            ticket: Ticket(1),
            from: Sender {
                client: ClientId::new("desk-1"),
                destination: Some(Destination::from("desk-1")),
                rights: Rights::ALL,
            },
            command: command.map_secret(|_| SecretHandle(1)),
            token_life: None,
        },
        Input::ClientUp {
            destination: Destination::from("desk-1"),
        },
        Input::NodeHealth {
            node: 0,
            in_service: true,
            asked: Instant::now(),
        },
    ];
    let mut opened = None;
    while let Some(input) = inputs.pop() {
        core.handle(Instant::now(), input);
        while let Some(output) = core.poll_output() {
            match output {
                Output::Request { id, request, .. } => {
                    inputs.push(Input::FinesseReply {
                        request: id,
                        reply: answer(&request),
                    });
                }
                Output::OpenLink { agent, epoch, .. } => {
                    opened = Some(epoch);
                    inputs.push(Input::Link {
                        agent,
                        epoch,
                        event: LinkEvent::Up,
                    });
                }
                Output::Event { .. }
                | Output::CommandResult { .. }
                | Output::CommandTaken { .. }
                | Output::CloseLink { .. }
                | Output::RenewLink { .. }
                | Output::Subscribe { .. }
                | Output::Unsubscribe { .. }
                | Output::Record { .. }
                | Output::ForgetSecret(_)
                | Output::Keep(_)
                | Output::Unkeep { .. } => (),
            }
        }
    }
    Ok((core, opened.context("the core opened no link")?))
}

fn answer(request: &Request) -> Reply {
    let body = match request {
        Request::User { .. } => {
            "<User><loginId>41027</loginId><extension>6127</extension><state>NOT_READY</state></User>"
        }
        Request::Dialogs { .. } => "<Dialogs></Dialogs>",
        _ => "<ReasonCodes></ReasonCodes>",
    };
    match request.decode(200, body.as_bytes()) {
        Ok(answer) => Reply::Answer(answer),
        Err(AnswerError::Fault(fault)) => Reply::Fault(fault),
        Err(AnswerError::Garbage(error)) => Reply::Garbage {
            reason: error.to_string(),
        },
    }
}
