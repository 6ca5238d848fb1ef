//! What goes around a printed event: the `gc.v2` envelope and the body of a callback (contract, sections 3 and 4).
//!
//! Events are printed once and sent to many, so these take the printed text as it is.

/// Says that events are missing: to a `gc.v2` client in an envelope without id, to a callback receiver as its next event.
pub const GAP: &str = r#"{"type":"Gap"}"#;

/// How an event came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It happened just now.
    Live,
    /// It was found when things were read again.
    Snapshot,
    /// It was sent before.
    Replay,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Live, Self::Snapshot, Self::Replay];

    /// The word in the envelope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Snapshot => "snapshot",
            Self::Replay => "replay",
        }
    }
}

/// The id of an event in its destination's stream, as `?last=` and `Last-Event-ID` take it.
pub fn event_id(stream: &str, sequence: u64) -> String {
    format!("{stream}:{sequence}")
}

/// The `gc.v2` envelope: `{"id":"<stream>:<seq>","time":"…","agentId":"…","origin":"live","event":{…}}`.
///
/// Without a number (CommandResult, Gap) there is no `id`, without an agent no `agentId`. `event_json` must be JSON.
pub fn write(
    id: Option<(&str, u64)>,
    time: &str,
    agent: Option<&str>,
    origin: Origin,
    event_json: &str,
) -> String {
    let mut out = String::with_capacity(event_json.len() + 128);
    out.push('{');
    if let Some((stream, sequence)) = id {
        member(&mut out, "id", &event_id(stream, sequence));
    }
    member(&mut out, "time", time);
    if let Some(agent) = agent {
        member(&mut out, "agentId", agent);
    }
    member(&mut out, "origin", origin.as_str());
    out.push_str("\"event\":");
    out.push_str(event_json);
    out.push('}');
    out
}

/// The body of a callback: `{"data":{…},"sessionUrl":"…"}`. `event_json` must be JSON; see [`quoted`] for other text.
pub fn write_callback(event_json: &str, session_url: &str) -> String {
    format!(
        "{{\"data\":{event_json},\"sessionUrl\":{}}}",
        quoted(session_url)
    )
}

/// The text as a JSON string.
pub fn quoted(text: &str) -> String {
    // A string always has a JSON form.
    serde_json::to_string(text).unwrap_or_default()
}

fn member(out: &mut String, key: &str, text: &str) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    out.push_str(&quoted(text));
    out.push(',');
}
