//! The state machine in a program of your own: no tokio, no sockets, a made-up Finesse.
//!
//! The driving contract: one input, then drain `poll_output` until `None`; every `Request` gets exactly one
//! `FinesseReply`; call `handle_timeout` when `poll_timeout` says so.
//!
//! `cargo run -p gc-examples --example embed_core`
#![allow(clippy::print_stdout)] // an example speaks to a terminal

use std::collections::VecDeque;
use std::time::Instant;

use anyhow::Result;
use finesse_protocol::{Answer, AnswerError, Request, Update};
use gc_core::{
    ClientId, Config, Gateway, Input, LinkEvent, Output, Reply, Rights, SecretHandle, Sender,
    Ticket,
};
use gc_protocol::{AgentId, Command, Destination, Printer, Style};

const ALERTING: &str = include_str!("../tests/data/recorded/1-routed-call/03-POST-ALERTING.xml");
const ACTIVE: &str = include_str!("../tests/data/recorded/1-routed-call/05-PUT-ACTIVE.xml");
const HELD: &str = include_str!("../tests/data/recorded/1-routed-call/06-PUT-HELD.xml");

fn main() -> Result<()> {
    let mut driver = Driver::new()?;
    driver.feed(Input::NodeHealth {
        node: 0,
        in_service: true,
        asked: Instant::now(),
    });
    driver.feed(Input::ClientUp {
        destination: Destination::from("desk-1"),
    });
    driver.command("Connect#41027", "desk-1,demo")?;
    for xml in [ALERTING, ACTIVE] {
        driver.notification(Update::parse(xml)?);
    }
    driver.command("HoldCall#41027", "33561207")?;
    driver.notification(Update::parse(HELD)?);
    Ok(())
}

/// Does what the core asks for. A real one would send requests and open links; this one answers at once.
struct Driver {
    core: Gateway,
    printer: Printer,
    agent: AgentId,
    epoch: Option<gc_core::Epoch>,
    tickets: u64,
    inputs: VecDeque<Input>,
}

impl Driver {
    fn new() -> Result<Self> {
        Ok(Self {
            core: Gateway::new(Config::default(), 1),
            printer: Printer::new(&Style::default())?,
            agent: AgentId::from("41027"),
            epoch: None,
            tickets: 0,
            inputs: VecDeque::new(),
        })
    }

    fn command(&mut self, message_type: &str, body: &str) -> Result<()> {
        println!("\n> {message_type} …");
        let command = Command::parse_text(message_type, Some(body))?;
        self.tickets += 1;
        self.feed(Input::ClientCommand {
            ticket: Ticket(self.tickets),
            from: Sender {
                client: ClientId::new("desk-1"),
                destination: Some(Destination::from("desk-1")),
                rights: Rights::ALL,
            },
            // The driver keeps the passwords; the core sees handles.
            command: command.map_secret(|_password| SecretHandle(1)),
            token_life: None,
        });
        Ok(())
    }

    fn notification(&mut self, update: Update) {
        if let Some(epoch) = self.epoch {
            println!("\n> a notification");
            let agent = self.agent.clone();
            self.feed(Input::Notification {
                agent,
                epoch,
                update: update.into(),
            });
        }
    }

    fn feed(&mut self, input: Input) {
        self.inputs.push_back(input);
        while let Some(input) = self.inputs.pop_front() {
            self.core.handle(Instant::now(), input);
            while let Some(output) = self.core.poll_output() {
                self.carry_out(output);
            }
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Event {
                destination, event, ..
            } => {
                println!("{destination} < {}", self.printer.print(&event));
            }
            Output::CommandResult { outcome, .. } => println!("the command: {outcome:?}"),
            Output::Request { id, request, .. } => {
                println!("Finesse <- {request:?}");
                self.inputs.push_back(Input::FinesseReply {
                    request: id,
                    reply: answer(&request),
                });
            }
            Output::OpenLink { agent, epoch, .. } => {
                println!("link of {agent} opened");
                self.epoch = Some(epoch);
                self.inputs.push_back(Input::Link {
                    agent,
                    epoch,
                    event: LinkEvent::Up,
                });
            }
            Output::CloseLink { agent, .. } => println!("link of {agent} closed"),
            Output::RenewLink { agent, .. } => println!("link of {agent} has a new credential"),
            Output::Subscribe { topic, .. } => println!("subscribe to {topic}"),
            Output::Unsubscribe { topic, .. } => println!("unsubscribe from {topic}"),
            Output::Record { id, recording, .. } => {
                println!("recorder <- {recording:?}");
                self.inputs.push_back(Input::FinesseReply {
                    request: id,
                    reply: Reply::Answer(Answer::Accepted),
                });
            }
            Output::CommandTaken { ticket } => println!("{ticket:?} may be given"),
            Output::ForgetSecret(handle) => println!("forgotten: {handle:?}"),
            Output::Keep(standing) => println!("to go on with: {}", standing.agent),
            Output::Unkeep { agent } => println!("nothing to go on with: {agent}"),
        }
    }
}

/// A Finesse of one agent without calls.
fn answer(request: &Request) -> Reply {
    let body = match request {
        Request::User { .. } => {
            "<User><loginId>41027</loginId><firstName>Layla</firstName><lastName>Haddad</lastName>\
             <extension>6127</extension><state>NOT_READY</state><roles><role>Agent</role></roles>\
             <teamId>5107</teamId><teamName>Retail_Blue</teamName></User>"
        }
        Request::Dialogs { .. } => "<Dialogs></Dialogs>",
        Request::ReasonCodes { .. } => "<ReasonCodes></ReasonCodes>",
        Request::WrapUpReasons { .. } => "<WrapUpReasons></WrapUpReasons>",
        _ => "",
    };
    match request.decode(200, body.as_bytes()) {
        Ok(answer) => Reply::Answer(answer),
        Err(AnswerError::Fault(fault)) => Reply::Fault(fault),
        Err(AnswerError::Garbage(error)) => Reply::Garbage {
            reason: error.to_string(),
        },
    }
}
