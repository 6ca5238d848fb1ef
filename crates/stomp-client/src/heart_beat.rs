//! The `heart-beat` header, and what two peers agree on by it.

use std::fmt;
use std::time::Duration;

/// One peer's `heart-beat` header, in milliseconds; 0 is never.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeartBeat {
    /// The longest silence this peer promises to break.
    pub can_send: u32,
    /// How often this peer wants to hear something.
    pub wants: u32,
}

/// What holds between the two, seen from one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// Send something at least this often.
    pub send_every: Option<Duration>,
    /// Something will come at least this often; leave a margin for the network.
    pub expect_every: Option<Duration>,
}

impl HeartBeat {
    /// Reads a header's value, `sends,wants`.
    pub fn parse(value: &str) -> Option<Self> {
        let (can_send, wants) = value.split_once(',')?;
        Some(Self {
            can_send: can_send.trim().parse().ok()?,
            wants: wants.trim().parse().ok()?,
        })
    }

    /// What holds for this peer when the other one said `theirs`.
    pub fn agree(self, theirs: Self) -> Agreed {
        Agreed {
            send_every: slower(self.can_send, theirs.wants),
            expect_every: slower(theirs.can_send, self.wants),
        }
    }
}

fn slower(can: u32, wanted: u32) -> Option<Duration> {
    (can > 0 && wanted > 0).then(|| Duration::from_millis(can.max(wanted).into()))
}

impl fmt::Display for HeartBeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.can_send, self.wants)
    }
}
