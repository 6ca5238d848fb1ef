//! The Queue object and its statistics (Finesse API, section 2.4).

use crate::decode_error::DecodeError;
use crate::dialog::last_segment;
use crate::limits::MAX_OBJECT_BYTES;
use crate::xml::reader::{Xml, read_list, read_root};

/// A skill group or precision queue; values are as Finesse prints them, `-1` and empty included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queue {
    /// Relative address.
    pub uri: String,
    /// Name.
    pub name: String,
    /// Figures of the moment.
    pub statistics: QueueStatistics,
}

/// Figures of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // each field is the wire name in snake case
pub struct QueueStatistics {
    pub calls_in_queue: String,
    pub start_time_of_longest_call_in_queue: String,
    pub agents_ready: String,
    pub agents_not_ready: String,
    pub agents_busy_other: String,
    pub agents_logged_on: String,
    pub agents_talking_inbound: String,
    pub agents_talking_outbound: String,
    pub agents_talking_internal: String,
    pub agents_wrap_up_not_ready: String,
    pub agents_wrap_up_ready: String,
}

impl Queue {
    /// The last segment of its address.
    pub fn id(&self) -> &str {
        last_segment(&self.uri).unwrap_or_default()
    }

    /// Reads a `Queue` document.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "Queue", MAX_OBJECT_BYTES, Self::read)
    }

    /// Reads a `Queues` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "Queues", "Queue", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut queue = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => queue.uri = xml.string()?,
                "name" => queue.name = xml.string()?,
                "statistics" => queue.statistics = QueueStatistics::read(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(queue)
    }
}

impl QueueStatistics {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut figures = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "callsInQueue" => figures.calls_in_queue = xml.string()?,
                "startTimeOfLongestCallInQueue" => {
                    figures.start_time_of_longest_call_in_queue = xml.string()?
                }
                "agentsReady" => figures.agents_ready = xml.string()?,
                "agentsNotReady" => figures.agents_not_ready = xml.string()?,
                "agentsBusyOther" => figures.agents_busy_other = xml.string()?,
                "agentsLoggedOn" => figures.agents_logged_on = xml.string()?,
                "agentsTalkingInbound" => figures.agents_talking_inbound = xml.string()?,
                "agentsTalkingOutbound" => figures.agents_talking_outbound = xml.string()?,
                "agentsTalkingInternal" => figures.agents_talking_internal = xml.string()?,
                "agentsWrapUpNotReady" => figures.agents_wrap_up_not_ready = xml.string()?,
                "agentsWrapUpReady" => figures.agents_wrap_up_ready = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(figures)
    }
}
