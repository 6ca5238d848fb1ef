//! From the bytes of a stream to messages, one stanza each.

use std::io;

use memchr::memchr;

use super::super::scan::{Border, Scanner};
use super::super::stanza::escaped;
use super::invalid;

const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
const CLOSE: &str = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
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

    /// Takes bytes, and gives the messages that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<Vec<String>> {
        self.buffer.extend_from_slice(bytes);
        let mut messages = Vec::new();
        while let Some(piece) = self.next()? {
            match piece {
                Piece::Nothing => {}
                Piece::Header => messages.push(self.opening.clone()),
                Piece::End => messages.push(CLOSE.to_owned()),
                Piece::Stanza(text) => messages.push(text),
            }
        }
        Ok(messages)
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

    /// Keeps no memory when nothing is left.
    fn take(&mut self, length: usize) -> Vec<u8> {
        self.scanned = 0;
        if length == self.buffer.len() {
            return std::mem::take(&mut self.buffer);
        }
        self.buffer.drain(..length).collect()
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
            let pieces = STREAM.as_bytes().chunks(size);
            let messages: Vec<String> = pieces
                .flat_map(|piece| cutter.push(piece).unwrap())
                .collect();
            assert_eq!(messages, MESSAGES, "pieces of {size}");
        }
    }
}
