//! Messages that stand for the tags of a stream.

use std::io;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::invalid;

const END: &[u8] = b"</stream:stream>";

/// Longest `<open/>` or `<close/>`.
const MAX_TAG: usize = 4 * 1024;

/// Turns messages into the stream that they are pieces of.
#[derive(Debug, Default)]
pub(super) struct Translator {
    state: State,
}

#[derive(Debug)]
enum State {
    /// At the beginning of a message, with as much of it as leaves open what it is.
    Beginning(Vec<u8>),
    /// Inside a stanza.
    Stanza,
}

impl Default for State {
    fn default() -> Self {
        Self::Beginning(Vec::new())
    }
}

impl Translator {
    /// What a piece of a message means to the stream: its header for `<open/>`, its end for `<close/>`, else the piece itself.
    pub(super) fn take(&mut self, piece: Vec<u8>, last: bool) -> io::Result<Vec<u8>> {
        let begun = match std::mem::take(&mut self.state) {
            State::Beginning(begun) => begun,
            State::Stanza => {
                if !last {
                    self.state = State::Stanza;
                }
                return Ok(piece);
            }
        };
        let text = if begun.is_empty() {
            piece
        } else {
            [begun, piece].concat()
        };
        match (Kind::of(&text), last) {
            (Kind::Stanza, false) => self.state = State::Stanza,
            (Kind::Stanza | Kind::Unknown, true) => {}
            (Kind::Tag, true) => return translate(&text),
            (Kind::Tag | Kind::Unknown, false) if text.len() > MAX_TAG => {
                return Err(invalid("an opening without an end"));
            }
            (Kind::Tag | Kind::Unknown, false) => {
                self.state = State::Beginning(text);
                return Ok(Vec::new());
            }
        }
        Ok(text)
    }
}

/// What the beginning of a message shows.
enum Kind {
    /// Not enough yet.
    Unknown,
    Tag,
    Stanza,
}

impl Kind {
    fn of(text: &[u8]) -> Self {
        let begun = text.trim_ascii_start();
        let Some(rest) = begun.strip_prefix(b"<") else {
            return if begun.is_empty() {
                Self::Unknown
            } else {
                Self::Stanza
            };
        };
        let end = rest
            .iter()
            .position(|b| b.is_ascii_whitespace() || b"/>".contains(b));
        match end.map(|end| &rest[..end]) {
            Some(b"open" | b"close") => Self::Tag,
            Some(_) => Self::Stanza,
            None if rest.len() > b"close".len() => Self::Stanza,
            None => Self::Unknown,
        }
    }
}

fn translate(text: &[u8]) -> io::Result<Vec<u8>> {
    let text = str::from_utf8(text).map_err(|_| invalid("not UTF-8"))?;
    match Reader::from_str(text.trim_start()).read_event() {
        Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "open" => {
            header(&tag).map(String::into_bytes)
        }
        Ok(Event::Start(_) | Event::Empty(_)) => Ok(END.to_vec()),
        Ok(_) | Err(_) => Err(invalid("an unreadable opening")),
    }
}

fn header(open: &BytesStart<'_>) -> io::Result<String> {
    let mut header =
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
            .to_owned();
    for attribute in open.attributes() {
        let attribute = attribute.map_err(|_| invalid("an unreadable opening"))?;
        let name = attribute.key.as_ref();
        if matches!(name, "from" | "id" | "version" | "xml:lang") {
            let value = attribute.value.replace('\'', "&apos;");
            header.push_str(&format!(" {name}='{value}'"));
        }
    }
    header.push('>');
    Ok(header)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const STREAM: [(&str, &str); 6] = [
        (
            "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from=\"a'b\" id='7' version='1.0' xml:lang='en'/>",
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='a&apos;b' id='7' version='1.0' xml:lang='en'>",
        ),
        (
            "<message xmlns='jabber:client'><open/></message>",
            "<message xmlns='jabber:client'><open/></message>",
        ),
        ("<opening/>", "<opening/>"),
        ("", ""),
        ("<<>", "<<>"),
        (
            " <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
            "</stream:stream>",
        ),
    ];

    #[test]
    fn messages_become_the_tags_and_stanzas_of_a_stream_however_they_are_read() {
        for size in [1, 3, 6, 1000] {
            let mut translator = Translator::default();
            for (message, expected) in STREAM {
                let mut stream = Vec::new();
                let mut rest = message.as_bytes();
                while rest.len() > size {
                    let (piece, more) = rest.split_at(size);
                    stream.extend(translator.take(piece.to_vec(), false).unwrap());
                    rest = more;
                }
                stream.extend(translator.take(rest.to_vec(), true).unwrap());
                let stream = String::from_utf8(stream).unwrap();
                assert_eq!(stream, expected, "pieces of {size}");
            }
        }
    }

    #[test]
    fn a_tag_without_an_end_is_not_kept_for_ever() {
        let mut translator = Translator::default();
        let endless = format!("<open to='{}", "x".repeat(5_000));
        assert!(translator.take(endless.into_bytes(), false).is_err());
        let mut translator = Translator::default();
        assert!(translator.take(b"<open <".to_vec(), true).is_err());
    }
}
