//! Between the tags and stanzas of a stream and the messages of RFC 7395.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use memchr::memchr;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::super::scan::{Border, Scanner};
use super::super::stanza::escaped;
use super::invalid;

const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
const CLOSE: &str = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
const END: &str = "</stream:stream>";

/// A message as the stream has it: its header for `<open/>`, its end for `<close/>`, stanzas as they are.
pub(super) fn incoming(text: Utf8Bytes) -> io::Result<Bytes> {
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(root) | Event::Empty(root)) => match root.local_name().as_ref() {
                "open" => return header(&root).map(Bytes::from),
                "close" => return Ok(Bytes::from_static(END.as_bytes())),
                _ => return Ok(text.into()),
            },
            Ok(Event::Eof) => return Ok(text.into()),
            // The stream's own reader says what is wrong with it.
            Err(_) => return Ok(text.into()),
            Ok(_) => {}
        }
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

/// Cuts what is written to a stream into messages.
pub(super) struct Cutter {
    opening: String,
    buffer: Vec<u8>,
    scanned: usize,
    scanner: Scanner,
}

/// Our own stanzas are flat; deeper ones are a mistake.
const MAX_DEPTH: usize = 64;

impl Cutter {
    pub(super) fn new(domain: &str) -> Self {
        Self {
            opening: format!(
                "<open xmlns='{FRAMING}' to='{}' version='1.0'/>",
                escaped(domain)
            ),
            buffer: Vec::new(),
            scanned: 0,
            scanner: Scanner::new(MAX_DEPTH),
        }
    }

    /// Takes bytes, and puts each message that they complete at the end of the queue.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        messages: &mut VecDeque<Utf8Bytes>,
    ) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        while let Some(piece) = self.next()? {
            match piece {
                Piece::Nothing => {}
                Piece::Header => messages.push_back(self.opening.as_str().into()),
                Piece::End => messages.push_back(Utf8Bytes::from_static(CLOSE)),
                Piece::Stanza(text) => messages.push_back(text.into()),
            }
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.scanned == 0 {
            let blanks = self.buffer.iter().take_while(|b| b.is_ascii_whitespace());
            let blanks = blanks.count();
            self.take(blanks);
            let Some(tag) = memchr(b'>', &self.buffer) else {
                return Ok(None);
            };
            if let Some(piece) = Piece::of_tag(&self.buffer) {
                self.take(tag + 1);
                return Ok(Some(piece));
            }
        }
        self.stanza()
    }

    fn stanza(&mut self) -> io::Result<Option<Piece>> {
        let found = self.scanner.scan(&self.buffer[self.scanned..]);
        match found.map_err(io::Error::other)? {
            None => {
                self.scanned = self.buffer.len();
                Ok(None)
            }
            Some((_, Border::Stream)) => Err(invalid("a stanza without a beginning")),
            Some((length, Border::Stanza)) => {
                let stanza = self.take(self.scanned + length);
                let stanza = String::from_utf8(stanza).map_err(|_| invalid("not UTF-8"))?;
                Ok(Some(Piece::Stanza(of_client(stanza))))
            }
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.scanned = 0;
        let rest = self.buffer.split_off(length);
        std::mem::replace(&mut self.buffer, rest)
    }
}

enum Piece {
    /// Meant for streams only.
    Nothing,
    Header,
    End,
    Stanza(String),
}

impl Piece {
    fn of_tag(text: &[u8]) -> Option<Self> {
        if text.starts_with(b"<?") {
            Some(Self::Nothing)
        } else if text.starts_with(b"<stream:stream") {
            Some(Self::Header)
        } else if text.starts_with(b"</stream:stream") {
            Some(Self::End)
        } else {
            None
        }
    }
}

/// A message stands alone: the namespace that a stream's header declares must be its own.
fn of_client(mut stanza: String) -> String {
    for name in ["<iq", "<presence", "<message"] {
        let rest = stanza.strip_prefix(name);
        if rest.is_some_and(|rest| rest.starts_with([' ', '>', '/'])) {
            stanza.insert_str(name.len(), " xmlns='jabber:client'");
            break;
        }
    }
    stanza
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const STREAM: &str = "<?xml version='1.0'?>\n<stream:stream to='a' version='1.0'><auth xmlns='x'>a==</auth>\
        <presence><priority>0</priority></presence><iq type='get' id='a1'><ping xmlns='y'/></iq> <presence/></stream:stream>";

    const MESSAGES: [&str; 6] = [
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='fin-a.acme.test' version='1.0'/>",
        "<auth xmlns='x'>a==</auth>",
        "<presence xmlns='jabber:client'><priority>0</priority></presence>",
        "<iq xmlns='jabber:client' type='get' id='a1'><ping xmlns='y'/></iq>",
        "<presence xmlns='jabber:client'/>",
        "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
    ];

    #[test]
    fn a_stream_is_cut_into_the_same_messages_however_it_is_written() {
        for size in [1, 2, 7, STREAM.len()] {
            let mut cutter = Cutter::new("fin-a.acme.test");
            let mut messages = VecDeque::new();
            for piece in STREAM.as_bytes().chunks(size) {
                cutter.push(piece, &mut messages).unwrap();
            }
            let messages: Vec<&str> = messages.iter().map(Utf8Bytes::as_str).collect();
            assert_eq!(messages, MESSAGES, "pieces of {size}");
        }
    }

    #[test]
    fn messages_become_the_tags_and_stanzas_of_a_stream() {
        for (message, piece) in [
            (
                "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from=\"a'b\" id='7' version='1.0' xml:lang='en'/>",
                "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='a&apos;b' id='7' version='1.0' xml:lang='en'>",
            ),
            (
                "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
                "</stream:stream>",
            ),
            (
                "<message xmlns='jabber:client'><open/></message>",
                "<message xmlns='jabber:client'><open/></message>",
            ),
            ("", ""),
            ("<<>", "<<>"),
        ] {
            assert_eq!(incoming(message.into()).unwrap(), piece.as_bytes());
        }
    }
}
