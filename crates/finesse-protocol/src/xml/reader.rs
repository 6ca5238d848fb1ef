//! A pull reader: the next child element, its text, or past it.
//!
//! Contract of every function that reads an element: its start tag has been taken, and its end tag is taken on return.

use std::borrow::Cow;

use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use quick_xml::{Error, XmlVersion};

use crate::decode_error::{DecodeError, Problem};
use crate::limits::{MAX_ATTRIBUTES, MAX_DEPTH};

/// Reads a whole document whose root is `root`, in either casing.
pub(crate) fn read_root<'i, T>(
    source: &'i str,
    root: &'static str,
    limit: usize,
    read: impl FnOnce(&mut Xml<'i>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut xml = Xml::new(source, root, limit)?;
    if !xml.root()?.is(root) {
        return Err(xml.fail(Problem::WrongRoot));
    }
    let value = read(&mut xml)?;
    xml.finish()?;
    Ok(value)
}

/// Reads a whole document that is a list: `root` with any number of `item`.
pub(crate) fn read_list<T>(
    source: &str,
    root: &'static str,
    item: &str,
    read: fn(&mut Xml<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    read_root(source, root, crate::limits::MAX_LIST_BYTES, |xml| {
        xml.list(item, read)
    })
}

/// A document being read.
pub(crate) struct Xml<'i> {
    reader: Reader<&'i [u8]>,
    document: &'static str,
    depth: usize,
}

/// The start tag of a child element.
pub(crate) struct Child<'i>(BytesStart<'i>);

/// What an element may hold.
pub(crate) enum Piece<'i> {
    Child(Child<'i>),
    Text(Cow<'i, str>),
}

impl<'i> Xml<'i> {
    /// Starts on a document; `document` names it in errors.
    pub(crate) fn new(
        source: &'i str,
        document: &'static str,
        limit: usize,
    ) -> Result<Self, DecodeError> {
        if source.len() > limit {
            return Err(DecodeError {
                document,
                problem: Problem::TooLarge { limit },
                position: limit,
            });
        }
        let mut reader = Reader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            document,
            depth: 0,
        })
    }

    /// The root element.
    pub(crate) fn root(&mut self) -> Result<Child<'i>, DecodeError> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Child(start)),
                Event::Text(text) if text.trim_matches(is_space).is_empty() => {}
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return Err(self.fail(Problem::Truncated)),
                _ => return Err(self.fail(Problem::Malformed)),
            }
        }
    }

    /// The end of the document, after the root's end tag.
    pub(crate) fn finish(&mut self) -> Result<(), DecodeError> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Text(text) if text.trim_matches(is_space).is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => return Err(self.fail(Problem::TrailingContent)),
            }
        }
    }

    /// The next child element of the current element; `None` at its end tag.
    pub(crate) fn child(&mut self) -> Result<Option<Child<'i>>, DecodeError> {
        loop {
            match self.piece()? {
                Some(Piece::Child(child)) => return Ok(Some(child)),
                Some(Piece::Text(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// The next child element or stretch of text; `None` at the end tag.
    pub(crate) fn piece(&mut self) -> Result<Option<Piece<'i>>, DecodeError> {
        loop {
            let text = match self.event()? {
                Event::Start(start) => return Ok(Some(Piece::Child(Child(start)))),
                Event::End(_) => return Ok(None),
                Event::Text(text) => text.xml10_content(),
                Event::CData(text) => text.xml10_content(),
                Event::GeneralRef(reference) => self.resolve(&reference)?,
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                Event::Empty(_) | Event::DocType(_) => return Err(self.fail(Problem::Malformed)),
                Event::Eof => return Err(self.fail(Problem::Truncated)),
            };
            return Ok(Some(Piece::Text(text)));
        }
    }

    /// The text of the current element exactly as written; children are skipped.
    pub(crate) fn exact_text(&mut self) -> Result<Cow<'i, str>, DecodeError> {
        let mut whole = Cow::Borrowed("");
        while let Some(piece) = self.piece()? {
            match piece {
                Piece::Child(_) => self.skip()?,
                Piece::Text(text) => append(&mut whole, text),
            }
        }
        Ok(whole)
    }

    /// The text of the current element without the white space around it.
    pub(crate) fn text(&mut self) -> Result<Cow<'i, str>, DecodeError> {
        Ok(match self.exact_text()? {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_space)),
            Cow::Owned(text) => Cow::Owned(text.trim_matches(is_space).to_owned()),
        })
    }

    /// As [`text`](Self::text), owned.
    pub(crate) fn string(&mut self) -> Result<String, DecodeError> {
        self.text().map(Cow::into_owned)
    }

    /// The children called `item`, in either casing; others are skipped.
    pub(crate) fn list<T>(
        &mut self,
        item: &str,
        read: fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let mut items = Vec::new();
        while let Some(child) = self.child()? {
            if child.is(item) {
                items.push(read(self)?);
            } else {
                self.skip()?;
            }
        }
        Ok(items)
    }

    /// Past the current element, whatever it holds.
    pub(crate) fn skip(&mut self) -> Result<(), DecodeError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            match self.event()? {
                Event::Eof => return Err(self.fail(Problem::Truncated)),
                Event::GeneralRef(reference) => drop(self.resolve(&reference)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// Value of an attribute, by its name without prefix; empty when it is absent.
    pub(crate) fn attribute(&self, child: &Child<'_>, name: &str) -> Result<String, DecodeError> {
        for attribute in child.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.fail(Problem::Malformed))?;
            if attribute.key.local_name().into_inner() == name {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                let value = value.map_err(|_| self.fail(Problem::UndefinedEntity))?;
                return Ok(value.into_owned());
            }
        }
        Ok(String::new())
    }

    /// An error at the present place.
    pub(crate) fn fail(&self, problem: Problem) -> DecodeError {
        DecodeError {
            document: self.document,
            problem,
            position: usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX),
        }
    }

    fn event(&mut self) -> Result<Event<'i>, DecodeError> {
        let event = match self.reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(self.fail(problem_of(&error))),
        };
        match &event {
            Event::Start(start) => self.enter(start)?,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(self.fail(Problem::Doctype)),
            _ => {}
        }
        Ok(event)
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<(), DecodeError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fail(Problem::TooDeep));
        }
        let mut attributes = start.attributes();
        // Looking for an attribute that is there twice takes the square of their number.
        if attributes.with_checks(false).nth(MAX_ATTRIBUTES).is_some() {
            return Err(self.fail(Problem::TooManyAttributes));
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<Cow<'i, str>, DecodeError> {
        let name: &str = reference;
        if let Some(text) = quick_xml::escape::resolve_xml_entity(name) {
            return Ok(Cow::Borrowed(text));
        }
        match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(Cow::Owned(character.to_string())),
            Ok(None) | Err(_) => Err(self.fail(Problem::UndefinedEntity)),
        }
    }
}

impl Child<'_> {
    /// Name without its namespace prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Whether it is called `name`, in either casing: documents and notifications differ in it.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }
}

/// White space as XML counts it; a no-break space is a value.
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn append<'i>(whole: &mut Cow<'i, str>, text: Cow<'i, str>) {
    if whole.is_empty() {
        *whole = text;
    } else {
        whole.to_mut().push_str(&text);
    }
}

fn problem_of(error: &Error) -> Problem {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype) => Problem::Doctype,
        Error::Syntax(SyntaxError::InvalidBangMarkup) => Problem::Malformed,
        Error::Syntax(_) => Problem::Truncated,
        _ => Problem::Malformed,
    }
}
