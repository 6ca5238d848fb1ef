//! `<body>`, as clients write it and as it is answered.

use std::fmt;
use std::time::Duration;

use crate::xml::{Element, escape_into};
use crate::xmpp::{Exchange, Frame, Framer, Gone, INACTIVITY, REQUESTS};

const HTTP_BIND: &str = "http://jabber.org/protocol/httpbind";
const MAX_WAIT: u64 = 60;

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) sid: Option<String>,
    pub(super) rid: u64,
    pub(super) wait: Duration,
    pub(super) frames: Vec<Frame>,
}

/// What is wrong with a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRequest;

impl Asked {
    pub(super) fn parse(text: &str) -> Result<Self, BadRequest> {
        let body = Element::parse(text).map_err(|_| BadRequest)?;
        if body.name != "body" || body.namespace != HTTP_BIND {
            return Err(BadRequest);
        }
        let number = |name| {
            body.attribute(name)
                .and_then(|text| text.parse::<u64>().ok())
        };
        let rid = number("rid").ok_or(BadRequest)?;
        let sid = body.attribute("sid").map(str::to_owned);
        let held = number("hold").unwrap_or(1) > 0;
        let wait = number("wait").unwrap_or(MAX_WAIT).min(MAX_WAIT);
        let begins = sid.is_none() || body.attribute("xmpp:restart") == Some("true");
        let mut frames = if begins {
            vec![Frame::Open(String::new())]
        } else {
            stanzas(text)?
        };
        if body.attribute("type") == Some("terminate") {
            frames.push(Frame::Close);
        }
        Ok(Self {
            sid,
            rid,
            wait: Duration::from_secs(if held { wait } else { 0 }),
            frames,
        })
    }
}

/// The elements inside, each as it is written.
fn stanzas(text: &str) -> Result<Vec<Frame>, BadRequest> {
    let mut framer = Framer::default();
    framer.buffer.extend_from_slice(text.as_bytes());
    let mut found = Vec::new();
    loop {
        match framer.next() {
            Ok(Some(Frame::Open(_))) => {}
            Ok(Some(stanza @ Frame::Stanza(_))) => found.push(stanza),
            Ok(Some(Frame::Close) | None) => return Ok(found),
            // A body without content that is one empty tag; anything else was well-formed a moment ago.
            Err(_) if found.is_empty() => return Ok(found),
            Err(_) => return Err(BadRequest),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// What a session had to say; the first time with its settings.
    Said {
        exchange: Exchange,
        creation: Option<Creation>,
    },
    /// There is no session to speak of.
    Refused(&'static str),
}

/// Settings of a new session.
#[derive(Debug)]
pub(super) struct Creation {
    pub(super) sid: String,
    pub(super) wait: Duration,
    pub(super) from: String,
}

impl Answer {
    pub(super) fn refused(condition: &'static str) -> Self {
        Self::Refused(condition)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (exchange, creation) = match self {
            Self::Refused(condition) => {
                return write!(
                    f,
                    "<body xmlns='{HTTP_BIND}' type='terminate' condition='{condition}'/>"
                );
            }
            Self::Said { exchange, creation } => (exchange, creation),
        };
        write!(
            f,
            "<body xmlns='{HTTP_BIND}' xmlns:stream='http://etherx.jabber.org/streams'"
        )?;
        if let Some(creation) = creation {
            write!(f, "{creation}")?;
        }
        f.write_str(ending(exchange.end))?;
        write!(f, ">{}</body>", exchange.content)
    }
}

fn ending(end: Option<Gone>) -> &'static str {
    match end {
        None => "",
        Some(Gone::Closed | Gone::Cut) => " type='terminate'",
        Some(Gone::Error) => " type='terminate' condition='remote-stream-error'",
        Some(Gone::Unknown) => " type='terminate' condition='item-not-found'",
    }
}

impl fmt::Display for Creation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = String::new();
        escape_into(&mut from, &self.from);
        write!(
            f,
            " xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0' xmpp:restartlogic='true' sid='{}' \
             from='{from}' wait='{}' requests='{REQUESTS}' hold='1' inactivity='{}' polling='2' ver='1.6'",
            self.sid,
            self.wait.as_secs(),
            INACTIVITY.as_secs()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Result<Vec<Frame>, BadRequest> {
        Asked::parse(text).map(|asked| asked.frames)
    }

    #[test]
    fn a_body_opens_speaks_restarts_and_ends() {
        let ns = "xmlns='http://jabber.org/protocol/httpbind'";
        let opening = vec![Frame::Open(String::new())];
        assert_eq!(asked(&format!("<body {ns} rid='7'/>")), Ok(opening.clone()));
        let restart =
            format!("<body {ns} rid='8' sid='s' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'/>");
        assert_eq!(asked(&restart), Ok(opening));
        let empty = format!("<body {ns} rid='9' sid='s'/>");
        assert_eq!(asked(&empty), Ok(vec![]));
        let last = format!(
            "<body {ns} rid='9' sid='s' type='terminate'><presence xmlns='jabber:client'/></body>"
        );
        let presence = Frame::Stanza("<presence xmlns='jabber:client'/>".to_owned());
        assert_eq!(asked(&last), Ok(vec![presence, Frame::Close]));
    }

    #[test]
    fn what_is_no_body_is_refused() {
        for text in [
            "",
            "<body/>",
            "<body xmlns='http://jabber.org/protocol/httpbind'/>",
            "<body xmlns='http://jabber.org/protocol/httpbind' rid='-1'/>",
            "<html xmlns='http://jabber.org/protocol/httpbind' rid='1'/>",
        ] {
            assert_eq!(asked(text), Err(BadRequest), "{text}");
        }
    }
}
