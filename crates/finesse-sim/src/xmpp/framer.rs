//! Cuts a stream of bytes into stream headers and stanzas, without looking inside.

/// A stanza larger than this ends the stream.
pub(super) const MAX_STANZA: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The opening tag of the stream.
    Open(String),
    /// A complete stanza.
    Stanza(String),
    /// The closing tag of the stream.
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("stanza too large")]
    TooLarge,
    #[error("not XML for XMPP")]
    Malformed,
}

/// The buffer is public to the reader, which appends to it.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    pub(crate) buffer: Vec<u8>,
    at: usize,
    stanza: usize,
    depth: usize,
}

impl Framer {
    /// A new stream follows on the same connection.
    pub(crate) fn restart(&mut self) {
        self.depth = 0;
    }

    pub(crate) fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            let Some(tag) = self.tag()? else {
                return self.wait_for_more();
            };
            let kind = kind_of(&self.buffer[self.at..tag]);
            let start = std::mem::replace(&mut self.at, tag);
            match (kind, self.depth) {
                (Kind::Other, _) => {}
                (Kind::Open, 0) => {
                    self.depth = 1;
                    return self.cut(start, tag).map(Frame::Open).map(Some);
                }
                (Kind::Open, 1) => {
                    self.stanza = start;
                    self.depth = 2;
                }
                (Kind::Open, _) => self.depth += 1,
                (Kind::Empty, 1) => return self.cut(start, tag).map(Frame::Stanza).map(Some),
                (Kind::Close, 1) => return Ok(Some(Frame::Close)),
                (Kind::Close, 2) => {
                    self.depth = 1;
                    return self.cut(self.stanza, tag).map(Frame::Stanza).map(Some);
                }
                (Kind::Empty | Kind::Close, 0) => return Err(FrameError::Malformed),
                (Kind::Empty, _) => {}
                (Kind::Close, _) => self.depth -= 1,
            }
        }
    }

    /// Finds the next tag from `at` on; moves `at` to its `<` and gives the place after its `>`.
    fn tag(&mut self) -> Result<Option<usize>, FrameError> {
        let rest = &self.buffer[self.at..];
        let Some(open) = rest.iter().position(|b| *b == b'<') else {
            self.at = self.buffer.len();
            return Ok(None);
        };
        self.at += open;
        let rest = &self.buffer[self.at..];
        let end = if rest.starts_with(b"<![CDATA[") {
            find(rest, b"]]>")
        } else if rest.starts_with(b"<?") {
            find(rest, b"?>")
        } else if rest.len() > 9 && rest.starts_with(b"<!") {
            return Err(FrameError::Malformed);
        } else {
            end_of_tag(rest)
        };
        Ok(end.map(|end| self.at + end))
    }

    fn wait_for_more(&mut self) -> Result<Option<Frame>, FrameError> {
        let keep = if self.depth > 1 { self.stanza } else { self.at };
        if self.buffer.len() - keep > MAX_STANZA {
            return Err(FrameError::TooLarge);
        }
        self.buffer.drain(..keep);
        self.at -= keep;
        self.stanza = self.stanza.saturating_sub(keep);
        if self.buffer.is_empty() && self.buffer.capacity() > 8 * 1024 {
            self.buffer.shrink_to(1024);
        }
        Ok(None)
    }

    fn cut(&self, from: usize, to: usize) -> Result<String, FrameError> {
        if to - from > MAX_STANZA {
            return Err(FrameError::TooLarge);
        }
        let text = std::str::from_utf8(&self.buffer[from..to]);
        text.map(str::to_owned).map_err(|_| FrameError::Malformed)
    }
}

enum Kind {
    Open,
    Empty,
    Close,
    Other,
}

fn kind_of(tag: &[u8]) -> Kind {
    match tag {
        [b'<', b'/', ..] => Kind::Close,
        [b'<', b'?' | b'!', ..] => Kind::Other,
        [.., b'/', b'>'] => Kind::Empty,
        _ => Kind::Open,
    }
}

fn end_of_tag(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (place, byte) in tag.iter().enumerate() {
        match (quote, *byte) {
            (None, b'>') => return Some(place + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == byte => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let place = text.windows(wanted.len()).position(|w| w == wanted);
    place.map(|place| place + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(framer: &mut Framer, text: &str) -> Vec<Frame> {
        framer.buffer.extend_from_slice(text.as_bytes());
        let mut frames = Vec::new();
        while let Some(frame) = framer.next().unwrap() {
            frames.push(frame);
        }
        frames
    }

    #[test]
    fn stanzas_come_out_whole_whatever_the_reads() {
        let text = "<?xml version='1.0'?><stream:stream to='a>b'> <iq id='1'><a><b/></a></iq>\n\
                    <presence/><iq><![CDATA[</iq>]]></iq></stream:stream>";
        let whole = feed(&mut Framer::default(), text);
        let mut framer = Framer::default();
        let bytewise: Vec<Frame> = text
            .chars()
            .flat_map(|c| feed(&mut framer, &c.to_string()))
            .collect();
        assert_eq!(whole, bytewise);
        assert_eq!(
            whole,
            vec![
                Frame::Open("<stream:stream to='a>b'>".to_owned()),
                Frame::Stanza("<iq id='1'><a><b/></a></iq>".to_owned()),
                Frame::Stanza("<presence/>".to_owned()),
                Frame::Stanza("<iq><![CDATA[</iq>]]></iq>".to_owned()),
                Frame::Close,
            ]
        );
    }

    #[test]
    fn a_restart_expects_a_new_header() {
        let mut framer = Framer::default();
        feed(&mut framer, "<stream><auth/>");
        framer.restart();
        let frames = feed(&mut framer, "<stream><iq/>");
        let expected = [
            Frame::Open("<stream>".to_owned()),
            Frame::Stanza("<iq/>".to_owned()),
        ];
        assert_eq!(frames, expected);
    }

    #[test]
    fn a_stanza_beyond_the_limit_is_refused() {
        let mut framer = Framer::default();
        feed(&mut framer, "<stream>");
        framer.buffer.extend_from_slice(b"<iq>");
        framer
            .buffer
            .extend(std::iter::repeat_n(b'x', MAX_STANZA + 1));
        assert_eq!(framer.next(), Err(FrameError::TooLarge));
    }
}
