//! Rendering: each event at most once per style and form.

use axum::extract::ws::Utf8Bytes;
use gc_core::Origin;
use gc_protocol::event::{CommandResult, envelope};
use gc_protocol::style::Dialect;
use gc_protocol::{AgentId, Event, Printer, Style, StyleError};

use super::queue::Frame;

/// How an event stands in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The event itself, in the client's dialect: `gc.v1`, callbacks and the broker.
    Bare,
    /// With number, time, agent and origin: `gc.v2`.
    Enveloped,
}

/// The printers of all styles, and the name of this process's numbering.
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

    /// Name of the numbering.
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
    pub(super) fn unnumbered(&self, style: usize, form: Form, event: &Event) -> Frame {
        let agent = event.agent_id().cloned();
        let text = match form {
            Form::Bare => self.bare(style, event),
            Form::Enveloped => {
                let json = self.json(style, event);
                self.envelope(None, agent.as_ref(), Origin::Live, &json)
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
        let text = self.envelope(None, result.agent_id.as_ref(), Origin::Live, &bare);
        frame(text, "CommandResult", None, result.agent_id.clone())
    }

    fn printer(&self, style: usize) -> Option<&Printer> {
        self.printers.get(style).or(self.printers.first())
    }

    fn envelope(
        &self,
        seq: Option<u64>,
        agent: Option<&AgentId>,
        origin: Origin,
        bare: &str,
    ) -> String {
        let time = format!("{:.3}", jiff::Timestamp::now());
        let origin = match origin {
            Origin::Live => envelope::Origin::Live,
            Origin::Snapshot => envelope::Origin::Snapshot,
        };
        envelope::write(
            seq.map(|seq| (self.stream.as_str(), seq)),
            &time,
            agent.map(AgentId::as_str),
            origin,
            bare,
        )
    }
}

/// One event while it is given out, with the renderings made so far.
pub(super) struct Sheet<'a> {
    press: &'a Press,
    seq: u64,
    origin: Origin,
    event: &'a Event,
    made: Vec<(usize, Form, Frame)>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(press: &'a Press, seq: u64, origin: Origin, event: &'a Event) -> Self {
        Self {
            press,
            seq,
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
                Utf8Bytes::from(
                    self.press
                        .envelope(Some(self.seq), agent, self.origin, &json),
                )
            }
        };
        let frame = Frame {
            text,
            kind: self.event.type_name(),
            seq: Some(self.seq),
            agent: self.event.agent_id().cloned(),
        };
        self.made.push((style, form, frame.clone()));
        Some(frame)
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

/// Trouble of one agent's link is told to `gc.v2` clients only.
fn is_about_one_link(event: &Event) -> bool {
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
