//! Where a client stands in the numbering of its destination, and whether what comes fits there.

use serde_json::Value;

use crate::view::text;

/// Asked for by who has never had an id: told how things stand.
const NOWHERE: &str = "none:0";

/// A place in the numbering.
#[derive(Debug, Default)]
pub(crate) struct Place {
    last: Option<Id>,
    stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Id {
    stream: String,
    number: u64,
}

/// What the frames of a connection must be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// What was missed, or new.
    #[default]
    Replay,
    /// A snapshot, until it says where the numbering stands.
    Snapshot,
    /// New.
    Live,
}

/// How a frame came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    New,
    Again,
    AsSnapshot,
    AfterGap,
}

impl Place {
    /// Another connection begins; gives the id to ask from.
    pub(crate) fn come_back(&mut self) -> String {
        self.stage = Stage::Replay;
        match &self.last {
            Some(id) => format!("{}:{}", id.stream, id.number),
            None => NOWHERE.to_owned(),
        }
    }

    /// Takes a frame, unless it does not fit: then it tells why.
    pub(crate) fn take(&mut self, frame: &Value) -> Result<Came, String> {
        if frame["event"]["type"] == "Gap" {
            return match self.stage {
                Stage::Replay => {
                    self.stage = Stage::Snapshot;
                    Ok(Came::AfterGap)
                }
                Stage::Snapshot | Stage::Live => Err(format!("a gap in the middle: {frame}")),
            };
        }
        match self.stage {
            Stage::Snapshot => self.take_snapshot(frame),
            Stage::Replay | Stage::Live => self.take_next(frame),
        }
    }

    fn take_snapshot(&mut self, frame: &Value) -> Result<Came, String> {
        if frame["origin"] != "snapshot" {
            return Err(format!("no snapshot after a gap: {frame}"));
        }
        if let Some(id) = id(frame) {
            self.last = Some(id);
            self.stage = Stage::Live;
        }
        Ok(Came::AsSnapshot)
    }

    fn take_next(&mut self, frame: &Value) -> Result<Came, String> {
        let Some(id) = id(frame) else {
            return Err(format!("no number: {frame}"));
        };
        let before = self.last.replace(id.clone());
        let fits = before.as_ref().is_none_or(|before| {
            before.stream == id.stream && before.number.checked_add(1) == Some(id.number)
        });
        if !fits {
            return Err(format!("{id:?} after {before:?}: {frame}"));
        }
        if frame["origin"] != "replay" {
            self.stage = Stage::Live;
            return Ok(Came::New);
        }
        match self.stage {
            Stage::Replay => Ok(Came::Again),
            Stage::Snapshot | Stage::Live => Err(format!("told again too late: {frame}")),
        }
    }
}

fn id(frame: &Value) -> Option<Id> {
    let id = text(frame, "id");
    let (stream, number) = id.rsplit_once(':')?;
    Some(Id {
        stream: stream.to_owned(),
        number: number.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frame(id: &str, origin: &str) -> Value {
        json!({"id": id, "origin": origin, "event": {"type": "State"}})
    }

    fn gap() -> Value {
        json!({"origin": "live", "event": {"type": "Gap"}})
    }

    #[test]
    fn numbers_follow_each_other_over_connections() {
        let mut place = Place::default();
        assert_eq!(place.come_back(), "none:0");
        assert_eq!(place.take(&frame("s.1:4", "live")), Ok(Came::New));
        assert_eq!(place.take(&frame("s.1:5", "snapshot")), Ok(Came::New));
        assert_eq!(place.come_back(), "s.1:5");
        assert_eq!(place.take(&frame("s.1:6", "replay")), Ok(Came::Again));
        assert_eq!(place.take(&frame("s.1:7", "live")), Ok(Came::New));
    }

    #[test]
    fn a_number_left_out_or_told_twice_or_of_another_stream_is_a_breach() {
        for next in ["s.1:6", "s.1:4", "s.1:3", "s.2:5"] {
            let mut place = Place::default();
            assert_eq!(place.take(&frame("s.1:4", "live")), Ok(Came::New));
            assert!(place.take(&frame(next, "live")).is_err(), "{next}");
        }
    }

    #[test]
    fn only_a_gap_at_the_beginning_and_a_snapshot_behind_it_may_leave_numbers_out() {
        let mut place = Place::default();
        assert_eq!(place.take(&frame("s.1:4", "live")), Ok(Came::New));
        assert!(place.take(&gap()).is_err());
        place.come_back();
        assert_eq!(place.take(&gap()), Ok(Came::AfterGap));
        assert!(place.take(&frame("s.1:8", "live")).is_err());
        let unnumbered = json!({"origin": "snapshot", "event": {"type": "State"}});
        assert_eq!(place.take(&unnumbered), Ok(Came::AsSnapshot));
        assert_eq!(
            place.take(&frame("s.1:9", "snapshot")),
            Ok(Came::AsSnapshot)
        );
        assert_eq!(place.take(&frame("s.1:10", "live")), Ok(Came::New));
    }

    #[test]
    fn what_is_told_again_after_something_new_is_a_breach() {
        let mut place = Place::default();
        assert_eq!(place.take(&frame("s.1:4", "live")), Ok(Came::New));
        assert!(place.take(&frame("s.1:5", "replay")).is_err());
    }
}
