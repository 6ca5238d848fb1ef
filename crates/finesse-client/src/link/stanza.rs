//! What a stanza says, as far as a link cares (Finesse API, section 6).

use std::borrow::Cow;

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// A stanza, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stanza {
    /// A message with the texts of its notifications, mostly one.
    Notifications(Vec<String>),
    /// The server wants something of us.
    Request {
        id: String,
        from: Option<String>,
        ping: bool,
    },
    /// An answer to a request of ours.
    Reply { id: String, reply: Reply },
    /// Somebody came or went.
    Presence { from: String, available: bool },
    /// The server ends the stream, with its reason.
    StreamError(String),
    /// Nothing for us.
    Other,
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Done,
    /// Bound to this address.
    Bound(String),
    Refused(String),
}

/// Why a stanza could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum StanzaError {
    /// No UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// No XML.
    #[error("{0}")]
    Xml(#[from] quick_xml::Error),
    /// A broken attribute.
    #[error("{0}")]
    Attribute(#[from] quick_xml::events::attributes::AttrError),
    /// An entity that nobody declared.
    #[error("{0}")]
    Escape(#[from] quick_xml::escape::EscapeError),
}

/// Reads one whole stanza.
pub(super) fn read(bytes: &[u8]) -> Result<Stanza, StanzaError> {
    let text = str::from_utf8(bytes).map_err(|_| StanzaError::NotUtf8)?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event()? {
            Event::Start(root) => return read_root(&root, reader, text),
            // An empty stanza has no content to look at.
            Event::Empty(root) => return read_root(&root, Reader::from_str(""), ""),
            Event::Eof => return Ok(Stanza::Other),
            _ => {}
        }
    }
}

fn read_root<'a>(
    root: &BytesStart<'_>,
    reader: Reader<&'a [u8]>,
    text: &'a str,
) -> Result<Stanza, StanzaError> {
    match root.local_name().as_ref() {
        "message" => read_message(reader, text),
        "iq" => read_iq(root, reader),
        "presence" => read_presence(root),
        "error" => Ok(Stanza::StreamError(first_child(reader)?)),
        _ => Ok(Stanza::Other),
    }
}

fn read_message<'a>(mut reader: Reader<&'a [u8]>, text: &'a str) -> Result<Stanza, StanzaError> {
    let mut found = Vec::new();
    let mut offset = 0;
    loop {
        match reader.read_event()? {
            Event::Start(start) if start.local_name().as_ref() == "notification" => {
                let begin = offset + position(&reader);
                let (content, length) = notification(&text[begin..])?;
                found.push(content);
                // The reader would go through the text entity by entity; start anew behind it.
                offset = begin + length;
                reader = Reader::from_str(&text[offset..]);
                reader.config_mut().allow_unmatched_ends = true;
            }
            Event::Empty(start) if start.local_name().as_ref() == "notification" => {
                found.push(String::new());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if found.is_empty() {
        return Ok(Stanza::Other);
    }
    Ok(Stanza::Notifications(found))
}

/// The content of a notification that begins here, and its length in the stanza.
fn notification(rest: &str) -> Result<(String, usize), StanzaError> {
    let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
    if rest[end..].starts_with("</") {
        return Ok((unescape(&rest[..end])?.into_owned(), end));
    }
    mixed_notification(rest)
}

/// The same, where the content holds CDATA, or the document itself instead of its text.
fn mixed_notification(rest: &str) -> Result<(String, usize), StanzaError> {
    let mut reader = Reader::from_str(rest);
    reader.config_mut().allow_unmatched_ends = true;
    let mut content = String::new();
    let mut markup = false;
    let mut depth = 0_usize;
    loop {
        let before = position(&reader);
        match reader.read_event()? {
            Event::Start(_) => {
                markup = true;
                depth += 1;
            }
            Event::End(_) if depth == 0 => {
                let content = if markup {
                    rest[..before].trim().to_owned()
                } else {
                    content
                };
                return Ok((content, before));
            }
            Event::End(_) => depth -= 1,
            Event::CData(cdata) => content.push_str(&cdata),
            Event::Text(text) => content.push_str(&text),
            Event::GeneralRef(entity) => content.push_str(&resolve(&entity)?),
            Event::Eof => return Ok((content, rest.len())),
            _ => {}
        }
    }
}

fn resolve(entity: &str) -> Result<String, StanzaError> {
    Ok(unescape(&format!("&{entity};"))?.into_owned())
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn read_iq(root: &BytesStart<'_>, reader: Reader<&[u8]>) -> Result<Stanza, StanzaError> {
    let id = attribute(root, "id")?.unwrap_or_default();
    Ok(match attribute(root, "type")?.as_deref() {
        Some("get" | "set") => Stanza::Request {
            id,
            from: attribute(root, "from")?,
            ping: first_child(reader)? == "ping",
        },
        Some("result") => Stanza::Reply {
            id,
            reply: read_result(reader)?,
        },
        Some("error") => Stanza::Reply {
            id,
            reply: Reply::Refused(error_condition(reader)?),
        },
        _ => Stanza::Other,
    })
}

/// Reads on where a result says more than that it is one.
fn read_result(mut reader: Reader<&[u8]>) -> Result<Reply, StanzaError> {
    loop {
        match reader.read_event()? {
            Event::Start(child) => match child.local_name().as_ref() {
                "bind" | "pubsub" => {}
                "jid" => return read_address(reader),
                "subscription" => return read_subscription(&child),
                _ => return Ok(Reply::Done),
            },
            Event::Empty(child) if child.local_name().as_ref() == "subscription" => {
                return read_subscription(&child);
            }
            Event::Eof => return Ok(Reply::Done),
            _ => {}
        }
    }
}

fn read_address(mut reader: Reader<&[u8]>) -> Result<Reply, StanzaError> {
    let mut address = String::new();
    loop {
        match reader.read_event()? {
            Event::Text(text) => address.push_str(&text),
            Event::GeneralRef(entity) => address.push_str(&resolve(&entity)?),
            Event::End(_) | Event::Eof => return Ok(Reply::Bound(address)),
            _ => {}
        }
    }
}

fn read_subscription(subscription: &BytesStart<'_>) -> Result<Reply, StanzaError> {
    Ok(match attribute(subscription, "subscription")? {
        Some(state) if state != "subscribed" => Reply::Refused(state),
        Some(_) | None => Reply::Done,
    })
}

fn read_presence(root: &BytesStart<'_>) -> Result<Stanza, StanzaError> {
    let available = match attribute(root, "type")?.as_deref() {
        None => true,
        Some("unavailable") => false,
        Some(_) => return Ok(Stanza::Other),
    };
    Ok(Stanza::Presence {
        from: attribute(root, "from")?.unwrap_or_default(),
        available,
    })
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, StanzaError> {
    let Some(attribute) = element.try_get_attribute(name)? else {
        return Ok(None);
    };
    let value = attribute.normalized_value(XmlVersion::Explicit1_0)?;
    Ok(Some(value.into_owned()))
}

/// Name of the first element inside, or nothing.
fn first_child(mut reader: Reader<&[u8]>) -> Result<String, StanzaError> {
    loop {
        match reader.read_event()? {
            Event::Start(child) | Event::Empty(child) => {
                return Ok(child.local_name().as_ref().to_owned());
            }
            Event::Eof => return Ok(String::new()),
            _ => {}
        }
    }
}

/// The name of the element inside `<error>`, which says what went wrong.
fn error_condition(mut reader: Reader<&[u8]>) -> Result<String, StanzaError> {
    loop {
        match reader.read_event()? {
            Event::Start(child) if child.local_name().as_ref() == "error" => {
                return first_child(reader);
            }
            Event::Eof => return Ok(String::new()),
            _ => {}
        }
    }
}

/// Text as the value of an attribute in single quotes.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use finesse_protocol::Update;

    use super::*;

    #[test]
    fn recorded_stanzas_hold_notifications_that_decode() {
        let Some(recorded) = std::env::var_os("GC_RECORDED") else {
            return;
        };
        let folder = std::path::Path::new(&recorded).join("stanzas");
        let mut count = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let Stanza::Notifications(texts) = read(&bytes).unwrap() else {
                panic!("no notification");
            };
            assert!(texts.iter().all(|text| Update::parse(text).is_ok()));
            count += texts.len();
        }
        assert!(count >= 3);
    }

    #[test]
    fn an_error_tells_its_condition() {
        let error = "<iq type='error' id='b1'><bind/><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
        let reply = Stanza::Reply {
            id: "b1".into(),
            reply: Reply::Refused("conflict".into()),
        };
        assert_eq!(read(error.as_bytes()).unwrap(), reply);
    }

    #[test]
    fn a_result_tells_the_address_and_how_a_subscription_stands() {
        for (content, expected) in [
            (
                "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a&apos;b@fin-a/gw-1</jid></bind>",
                Reply::Bound("a'b@fin-a/gw-1".into()),
            ),
            (
                "<pubsub><subscription subscription='subscribed'/></pubsub>",
                Reply::Done,
            ),
            (
                "<pubsub><subscription subscription='pending'></subscription></pubsub>",
                Reply::Refused("pending".into()),
            ),
            ("<pubsub/>", Reply::Done),
            ("", Reply::Done),
        ] {
            let result = format!("<iq type='result' id='7'>{content}</iq>");
            let Stanza::Reply { id, reply } = read(result.as_bytes()).unwrap() else {
                panic!("no reply: {result}");
            };
            assert_eq!((id.as_str(), reply), ("7", expected), "{result}");
        }
    }
}
