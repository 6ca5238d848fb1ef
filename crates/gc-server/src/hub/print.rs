//! Rendering: each event at most once per style and form.

use std::time::Instant;

use gc_core::Origin;
use gc_protocol::event::{CommandResult, envelope};
use gc_protocol::style::Dialect;
use gc_protocol::{AgentId, Event, Printer, Style, StyleError};
use jiff::Timestamp;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::queue::Frame;
use super::window::Kept;

/// Type of what says that events are missing.
pub(crate) const GAP: &str = "Gap";

/// How an event stands in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The event itself, in the client's dialect: `gc.v1`, callbacks and the broker.
    Bare,
    /// With number, time, agent and origin: `gc.v2`.
    Enveloped,
}

/// The printers of all styles, and what the names of this process's numberings begin with.
#[derive(Debug)]
pub(crate) struct Press {
    stream: String,
    printers: Vec<Printer>,
}

impl Press {
    /// A printer for each style; there is at least one.
    pub(crate) fn new(stream: impl Into<String>, styles: &[Style]) -> Result<Self, StyleError> {
        let printers = styles.iter().map(Printer::new).collect::<Result<_, _>>()?;
        Ok(Self {
            stream: stream.into(),
            printers,
        })
    }

    /// What the names of all numberings begin with.
    pub(crate) fn stream(&self) -> &str {
        &self.stream
    }

    /// An event in the dialect of a style.
    pub(crate) fn bare(&self, style: usize, event: &Event) -> String {
        self.printer(style)
            .map(|printer| printer.print(event))
            .unwrap_or_default()
    }

    /// An event as JSON, whatever the dialect of the style.
    pub(crate) fn json(&self, style: usize, event: &Event) -> String {
        self.printer(style)
            .map(|printer| printer.print_json(event))
            .unwrap_or_default()
    }

    /// The dialect of a style.
    pub(crate) fn dialect(&self, style: usize) -> Dialect {
        self.printer(style).map_or(Dialect::Json, Printer::dialect)
    }

    /// What says, in the dialect of a style, that events are missing.
    pub(crate) fn gap(&self, style: usize) -> &'static str {
        self.printer(style).map_or("", Printer::print_gap)
    }

    /// An event for one connection, outside the numbering.
    pub(super) fn unnumbered(
        &self,
        style: usize,
        form: Form,
        origin: Origin,
        event: &Event,
    ) -> Frame {
        let agent = event.agent_id().cloned();
        let text = match form {
            Form::Bare => self.bare(style, event),
            Form::Enveloped => {
                let json = self.json(style, event);
                envelope_of(
                    None,
                    agent.as_ref(),
                    Timestamp::now(),
                    written(origin),
                    &json,
                )
            }
        };
        frame(text, event.type_name(), None, agent)
    }

    /// The result of a command, always enveloped.
    pub(super) fn result(&self, style: usize, result: &CommandResult) -> Frame {
        let bare = self
            .printer(style)
            .map(|printer| printer.print_result(result))
            .unwrap_or_default();
        let agent = result.agent_id.clone();
        let live = envelope::Origin::Live;
        let text = envelope_of(None, agent.as_ref(), Timestamp::now(), live, &bare);
        frame(text, "CommandResult", None, agent)
    }

    /// An event that was told before, always enveloped.
    pub(super) fn replayed(&self, id: (&str, u64), kept: &Kept) -> Frame {
        let agent = kept.agent.as_ref();
        let replay = envelope::Origin::Replay;
        let text = envelope_of(Some(id), agent, kept.time, replay, &kept.json);
        frame(text, kept.kind, Some(id.1), kept.agent.clone())
    }

    /// What says that events are missing, always enveloped.
    pub(super) fn gap_frame(&self, id: Option<(&str, u64)>) -> Frame {
        let live = envelope::Origin::Live;
        let text = envelope_of(id, None, Timestamp::now(), live, envelope::GAP);
        frame(text, GAP, id.map(|(_, number)| number), None)
    }

    /// The same in the dialect of a style, without anything around it.
    pub(super) fn bare_gap(&self, style: usize) -> Frame {
        frame(self.gap(style).to_owned(), GAP, None, None)
    }

    /// An event of a snapshot for one connection, always enveloped.
    pub(super) fn snapshot(&self, style: usize, id: Option<(&str, u64)>, event: &Event) -> Frame {
        let agent = event.agent_id().cloned();
        let json = self.json(style, event);
        let snapshot = envelope::Origin::Snapshot;
        let text = envelope_of(id, agent.as_ref(), Timestamp::now(), snapshot, &json);
        frame(text, event.type_name(), id.map(|(_, number)| number), agent)
    }

    fn printer(&self, style: usize) -> Option<&Printer> {
        self.printers.get(style).or(self.printers.first())
    }
}

/// One event while it is given out, with the renderings made so far.
pub(super) struct Sheet<'a> {
    press: &'a Press,
    id: (&'a str, u64),
    time: Timestamp,
    origin: Origin,
    event: &'a Event,
    made: Vec<(usize, Form, Frame)>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        press: &'a Press,
        id: (&'a str, u64),
        origin: Origin,
        event: &'a Event,
    ) -> Self {
        Self {
            press,
            id,
            time: Timestamp::now(),
            origin,
            event,
            made: Vec::new(),
        }
    }

    /// The frame of a form, or `None` where the event is not for it.
    pub(super) fn frame(&mut self, style: usize, form: Form) -> Option<Frame> {
        if form == Form::Bare && is_about_one_link(self.event) {
            return None;
        }
        if let Some(made) = self.find(style, form) {
            return Some(made);
        }
        let text = match form {
            Form::Bare => Utf8Bytes::from(self.press.bare(style, self.event)),
            Form::Enveloped => {
                let json = self.json(style);
                let agent = self.event.agent_id();
                let origin = written(self.origin);
                Utf8Bytes::from(envelope_of(Some(self.id), agent, self.time, origin, &json))
            }
        };
        let frame = Frame {
            text,
            kind: self.event.type_name(),
            seq: Some(self.id.1),
            agent: self.event.agent_id().cloned(),
        };
        self.made.push((style, form, frame.clone()));
        Some(frame)
    }

    /// The event as it is kept for connections that come back.
    pub(super) fn kept(&mut self, style: usize, at: Instant) -> Kept {
        Kept {
            at,
            time: self.time,
            kind: self.event.type_name(),
            agent: self.event.agent_id().cloned(),
            json: self.json(style).as_str().into(),
        }
    }

    /// The event as JSON; the bare form of a style that speaks it is made once for both.
    fn json(&mut self, style: usize) -> Utf8Bytes {
        let bare = match self.press.dialect(style) {
            Dialect::Json => self.frame(style, Form::Bare),
            Dialect::String => None,
        };
        match bare {
            Some(frame) => frame.text,
            None => self.press.json(style, self.event).into(),
        }
    }

    fn find(&self, style: usize, form: Form) -> Option<Frame> {
        self.made
            .iter()
            .find(|(made_style, made_form, _)| *made_style == style && *made_form == form)
            .map(|(_, _, frame)| frame.clone())
    }
}

fn envelope_of(
    id: Option<(&str, u64)>,
    agent: Option<&AgentId>,
    time: Timestamp,
    origin: envelope::Origin,
    bare: &str,
) -> String {
    let time = format!("{time:.3}");
    envelope::write(id, &time, agent.map(AgentId::as_str), origin, bare)
}

fn written(origin: Origin) -> envelope::Origin {
    match origin {
        Origin::Live => envelope::Origin::Live,
        Origin::Snapshot => envelope::Origin::Snapshot,
    }
}

/// Trouble of one agent's link is told to `gc.v2` clients only.
pub(super) fn is_about_one_link(event: &Event) -> bool {
    matches!(event, Event::System(system) if system.agent_id.is_some())
}

fn frame(text: String, kind: &'static str, seq: Option<u64>, agent: Option<AgentId>) -> Frame {
    Frame {
        text: text.into(),
        kind,
        seq,
        agent,
    }
}
