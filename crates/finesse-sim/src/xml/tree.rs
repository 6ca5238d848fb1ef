//! A small tree of elements, for the requests and stanzas of clients.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const MAX_DEPTH: usize = 64;

/// An element: local name, default namespace, attributes, children, text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

/// Not well-formed, or too deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not well-formed XML")]
pub(crate) struct Malformed;

impl Element {
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        loop {
            let closed = match reader.read_event().map_err(|_| Malformed)? {
                Event::Start(start) => {
                    let element = opened(&start, open.last())?;
                    open.push(element);
                    if open.len() > MAX_DEPTH {
                        return Err(Malformed);
                    }
                    None
                }
                Event::Empty(start) => Some(opened(&start, open.last())?),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    push_text(&mut open, &text);
                    None
                }
                Event::CData(text) => {
                    push_text(&mut open, &text);
                    None
                }
                Event::GeneralRef(reference) => {
                    let text = resolve(&reference).ok_or(Malformed)?;
                    push_text(&mut open, &text);
                    None
                }
                Event::Eof => return Err(Malformed),
                _ => None,
            };
            let Some(element) = closed else { continue };
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => return Ok(element),
            }
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Trimmed text of a child, if there is one.
    pub(crate) fn child_text(&self, name: &str) -> Option<String> {
        self.child(name).map(|child| child.text.trim().to_owned())
    }
}

fn opened(start: &BytesStart<'_>, parent: Option<&Element>) -> Result<Element, Malformed> {
    let full: &str = start.name().into_inner();
    let (prefix, local) = full.split_once(':').unwrap_or(("", full));
    let mut element = Element {
        name: local.to_owned(),
        namespace: parent
            .map(|parent| parent.namespace.clone())
            .unwrap_or_default(),
        ..Element::default()
    };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Malformed)?;
        let key: &str = attribute.key.into_inner();
        let raw: &str = &attribute.value;
        let value = quick_xml::escape::unescape(raw).map_err(|_| Malformed)?;
        let declares = if prefix.is_empty() {
            key == "xmlns"
        } else {
            key.strip_prefix("xmlns:") == Some(prefix)
        };
        if declares {
            element.namespace = value.clone().into_owned();
        }
        element
            .attributes
            .push((key.to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolve(reference: &str) -> Option<String> {
    let quoted = format!("&{reference};");
    let text = quick_xml::escape::unescape(&quoted).ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_unescaped_once_and_namespaces_are_inherited() {
        let xml = "<iq xmlns='jabber:client' id='1&amp;2'><a>x &lt; y &#38; z</a></iq>";
        let element = Element::parse(xml).unwrap();
        assert_eq!(element.attribute("id"), Some("1&2"));
        assert_eq!(element.child("a").unwrap().text, "x < y & z");
        assert_eq!(element.child("a").unwrap().namespace, "jabber:client");
    }

    #[test]
    fn prefixes_are_taken_off() {
        let xml = "<s:features xmlns:s='http://etherx.jabber.org/streams'/>";
        let element = Element::parse(xml).unwrap();
        assert_eq!(element.name, "features");
        assert_eq!(element.namespace, "http://etherx.jabber.org/streams");
    }

    #[test]
    fn an_unfinished_document_is_malformed() {
        assert_eq!(Element::parse("<User><state>"), Err(Malformed));
        assert_eq!(Element::parse(""), Err(Malformed));
    }
}
