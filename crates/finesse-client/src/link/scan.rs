//! Borders of stanzas in a byte stream, found before anything parses them, with limits on nesting and attributes.

use finesse_protocol::limits::MAX_ATTRIBUTES;
use memchr::{memchr, memchr3};

/// Follows the markup of a stream byte by byte, over any cutting of it into reads.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    depth: usize,
    max_depth: usize,
    /// Values seen in the start tag at hand.
    attributes: usize,
}

/// What ends at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    /// A whole stanza.
    Stanza,
    /// The stream itself.
    Stream,
}

/// Markup that must not be in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScanError {
    /// Elements within elements beyond the limit.
    #[error("elements are nested too deep")]
    TooDeep,
    /// Attributes of one element beyond the limit.
    #[error("an element has too many attributes")]
    TooManyAttributes,
    /// A document type or a comment.
    #[error("forbidden markup in the stream")]
    Forbidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`.
    Open,
    /// Inside a start tag; whether the byte before was `/`.
    Start {
        slash: bool,
    },
    /// Inside an attribute's value.
    Quoted(u8),
    /// Inside an end tag.
    End,
    /// After `<!`, with so many bytes of the CDATA mark seen.
    Bang(usize),
    /// Inside CDATA, with so many `]` seen.
    Cdata(u8),
    /// After `<?`; whether the byte before was `?`.
    Instruction {
        question: bool,
    },
}

const CDATA: &[u8] = b"[CDATA[";

impl Scanner {
    /// A scanner that stands between two stanzas.
    pub(super) fn new(max_depth: usize) -> Self {
        Self {
            state: State::Text,
            depth: 0,
            max_depth,
            attributes: 0,
        }
    }

    /// Reads on to the next border: how many bytes lie before its end, or `None` when all were read without one.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<Option<(usize, Border)>, ScanError> {
        let mut at = 0;
        while at < bytes.len() {
            let (read, border) = self.step(&bytes[at..])?;
            at += read;
            if let Some(border) = border {
                return Ok(Some((at, border)));
            }
        }
        Ok(None)
    }

    fn step(&mut self, rest: &[u8]) -> Result<(usize, Option<Border>), ScanError> {
        let read = match self.state {
            State::Text => self.skip_to(b'<', State::Open, rest),
            State::Quoted(quote) => self.skip_to(quote, State::Start { slash: false }, rest),
            State::Open => self.open(rest[0])?,
            State::Start { slash } => return self.start_tag(slash, rest),
            State::End => return Ok(self.end_tag(rest)),
            State::Bang(seen) => self.bang(seen, rest[0])?,
            State::Cdata(brackets) => self.cdata(brackets, rest),
            State::Instruction { question } => self.instruction(question, rest[0]),
        };
        Ok((read, None))
    }

    fn skip_to(&mut self, byte: u8, next: State, rest: &[u8]) -> usize {
        match memchr(byte, rest) {
            Some(position) => {
                self.state = next;
                position + 1
            }
            None => rest.len(),
        }
    }

    fn open(&mut self, byte: u8) -> Result<usize, ScanError> {
        let (state, read) = match byte {
            b'/' => (State::End, 1),
            b'!' => (State::Bang(0), 1),
            b'?' => (State::Instruction { question: false }, 1),
            _ => {
                self.depth += 1;
                if self.depth > self.max_depth {
                    return Err(ScanError::TooDeep);
                }
                self.attributes = 0;
                (State::Start { slash: false }, 0)
            }
        };
        self.state = state;
        Ok(read)
    }

    fn start_tag(
        &mut self,
        slash: bool,
        rest: &[u8],
    ) -> Result<(usize, Option<Border>), ScanError> {
        let Some(position) = memchr3(b'>', b'"', b'\'', rest) else {
            let slash = rest.last().map_or(slash, |last| *last == b'/');
            self.state = State::Start { slash };
            return Ok((rest.len(), None));
        };
        let empty = match position {
            0 => slash,
            _ => rest[position - 1] == b'/',
        };
        let border = match rest[position] {
            b'>' => {
                self.state = State::Text;
                if empty { self.leave() } else { None }
            }
            quote => {
                self.begin_value(quote)?;
                None
            }
        };
        Ok((position + 1, border))
    }

    /// What has no value is no attribute to any parser.
    fn begin_value(&mut self, quote: u8) -> Result<(), ScanError> {
        self.attributes += 1;
        if self.attributes > MAX_ATTRIBUTES {
            return Err(ScanError::TooManyAttributes);
        }
        self.state = State::Quoted(quote);
        Ok(())
    }

    fn end_tag(&mut self, rest: &[u8]) -> (usize, Option<Border>) {
        let read = self.skip_to(b'>', State::Text, rest);
        let border = match self.state {
            State::Text if self.depth == 0 => Some(Border::Stream),
            State::Text => self.leave(),
            _ => None,
        };
        (read, border)
    }

    fn leave(&mut self) -> Option<Border> {
        self.depth -= 1;
        (self.depth == 0).then_some(Border::Stanza)
    }

    fn bang(&mut self, seen: usize, byte: u8) -> Result<usize, ScanError> {
        if CDATA[seen] != byte {
            return Err(ScanError::Forbidden);
        }
        self.state = match seen + 1 {
            all if all == CDATA.len() => State::Cdata(0),
            seen => State::Bang(seen),
        };
        Ok(1)
    }

    fn cdata(&mut self, brackets: u8, rest: &[u8]) -> usize {
        if brackets == 0 {
            return self.skip_to(b']', State::Cdata(1), rest);
        }
        self.state = match rest[0] {
            b']' => State::Cdata(2),
            b'>' if brackets == 2 => State::Text,
            _ => State::Cdata(0),
        };
        1
    }

    fn instruction(&mut self, question: bool, byte: u8) -> usize {
        self.state = match byte {
            b'>' if question => State::Text,
            byte => State::Instruction {
                question: byte == b'?',
            },
        };
        1
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn borders(max_depth: usize, chunks: &[&[u8]]) -> Result<Vec<(String, Border)>, ScanError> {
        let mut scanner = Scanner::new(max_depth);
        let mut found = Vec::new();
        let mut pending = Vec::new();
        for chunk in chunks {
            let mut rest = *chunk;
            while let Some((end, border)) = scanner.scan(rest)? {
                pending.extend_from_slice(&rest[..end]);
                found.push((
                    String::from_utf8(std::mem::take(&mut pending)).unwrap(),
                    border,
                ));
                rest = &rest[end..];
            }
            pending.extend_from_slice(rest);
        }
        Ok(found)
    }

    const STREAM: &str = "<a/><b c='/>' d=\"<'\"><e/>x &lt; y</b> <f><![CDATA[ </f> ]] ]> ]]></f><?x <y>?><g></g></stream:stream>";

    #[test]
    fn borders_are_the_same_however_the_stream_is_cut() {
        let whole = borders(8, &[STREAM.as_bytes()]).unwrap();
        let expected = [
            ("<a/>", Border::Stanza),
            ("<b c='/>' d=\"<'\"><e/>x &lt; y</b>", Border::Stanza),
            (" <f><![CDATA[ </f> ]] ]> ]]></f>", Border::Stanza),
            ("<?x <y>?><g></g>", Border::Stanza),
            ("</stream:stream>", Border::Stream),
        ]
        .map(|(text, border)| (text.to_owned(), border));
        assert_eq!(whole, expected);
        let single: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(borders(8, &single).unwrap(), whole);
        for cut in 1..STREAM.len() {
            let (head, tail) = STREAM.as_bytes().split_at(cut);
            assert_eq!(borders(8, &[head, tail]).unwrap(), whole, "cut at {cut}");
        }
    }

    #[test]
    fn nesting_is_limited_before_anything_parses_it() {
        let deep = "<a>".repeat(9);
        assert_eq!(borders(8, &[deep.as_bytes()]), Err(ScanError::TooDeep));
        let allowed = format!("{}{}", "<a>".repeat(8), "</a>".repeat(8));
        assert_eq!(borders(8, &[allowed.as_bytes()]).unwrap().len(), 1);
    }

    #[test]
    fn attributes_of_one_element_are_limited_with_its_namespaces() {
        let attributes = |count: usize| {
            let others: String = (1..count).map(|n| format!(" a{n}=\"'\"")).collect();
            format!(" xmlns='n'{others}")
        };
        let most = attributes(MAX_ATTRIBUTES);
        let allowed = format!("<a{most}><b{most}/></a><c{most}/>");
        assert_eq!(borders(8, &[allowed.as_bytes()]).unwrap().len(), 2);
        let more = attributes(MAX_ATTRIBUTES + 1);
        for refused in [format!("<a{more}/>"), format!("<a><b{more}")] {
            let whole = borders(8, &[refused.as_bytes()]);
            assert_eq!(whole, Err(ScanError::TooManyAttributes));
            let single: Vec<&[u8]> = refused.as_bytes().chunks(1).collect();
            assert_eq!(borders(8, &single), whole);
        }
    }

    #[test]
    fn document_types_and_comments_are_refused() {
        for text in ["<!DOCTYPE a>", "<a><!-- x --></a>", "<![CDAT[x"] {
            assert_eq!(borders(8, &[text.as_bytes()]), Err(ScanError::Forbidden));
        }
    }
}
