//! The Queue object and its statistics (Finesse API, section 2.4).

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
