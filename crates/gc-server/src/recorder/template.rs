//! Addresses with places for ids, which stay one part of the path or query whatever they hold.

use std::fmt::Write as _;
use std::net::IpAddr;

use hyper::http::uri::PathAndQuery;
use url::{Host, Url};

use super::Recording;

/// An address of the recorder, ready to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    origin: Url,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    AgentId,
    Extension,
    DialogId,
}

/// Why a text is no address of a recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("is no http or https address")]
    NoAddress,
    #[error("holds a user name; write it into recorder.user")]
    User,
    #[error("has a fragment")]
    Fragment,
    #[error("has a place for an id in its host")]
    PlaceInHost,
    #[error("has a place for something else than {{agentId}}, {{extension}} and {{dialogId}}")]
    UnknownPlace,
    #[error("has characters that must be percent-encoded")]
    Characters,
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.contains('#') {
            return Err(TemplateError::Fragment);
        }
        let (origin, path) = split(text)?;
        let origin = read_origin(origin)?;
        let pieces = read_pieces(path)?;
        let sample = fill(&pieces, |_| Ok::<_, TemplateError>("x".to_owned()))?;
        PathAndQuery::try_from(sample).map_err(|_| TemplateError::Characters)?;
        Ok(Self { origin, pieces })
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &Url {
        &self.origin
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.origin.scheme() == "https"
    }

    /// Whether the host is this machine, in so many words.
    pub(crate) fn is_this_machine(&self) -> bool {
        match self.origin.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
            None => false,
        }
    }

    /// Path and query with the ids in their places; the name of the place that has none otherwise.
    pub(crate) fn path(&self, recording: &Recording<'_>) -> Result<String, &'static str> {
        fill(&self.pieces, |place| {
            let id = place.of(recording);
            // Dots alone would lead elsewhere, encoded or not.
            if id.bytes().all(|byte| byte == b'.') {
                return Err(place.name());
            }
            Ok(encoded(id))
        })
    }
}

impl Place {
    const ALL: [Self; 3] = [Self::AgentId, Self::Extension, Self::DialogId];

    fn name(self) -> &'static str {
        match self {
            Self::AgentId => "agentId",
            Self::Extension => "extension",
            Self::DialogId => "dialogId",
        }
    }

    fn of<'r>(self, recording: &Recording<'r>) -> &'r str {
        match self {
            Self::AgentId => recording.agent_id,
            Self::Extension => recording.extension,
            Self::DialogId => recording.dialog_id,
        }
    }
}

/// The text up to the path, and the rest.
fn split(text: &str) -> Result<(&str, &str), TemplateError> {
    let (scheme, rest) = text.split_once("://").ok_or(TemplateError::NoAddress)?;
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    Ok(text.split_at(scheme.len() + "://".len() + authority))
}

fn read_origin(origin: &str) -> Result<Url, TemplateError> {
    if origin.contains(['{', '}']) {
        return Err(TemplateError::PlaceInHost);
    }
    let origin = Url::parse(origin).map_err(|_| TemplateError::NoAddress)?;
    if !matches!(origin.scheme(), "http" | "https") || !origin.has_host() {
        return Err(TemplateError::NoAddress);
    }
    if !origin.username().is_empty() || origin.password().is_some() {
        return Err(TemplateError::User);
    }
    Ok(origin)
}

fn read_pieces(path: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    if !path.starts_with('/') {
        pieces.push(Piece::Text("/".to_owned()));
    }
    let mut rest = path;
    while let Some((text, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(TemplateError::UnknownPlace)?;
        let place = Place::ALL.into_iter().find(|place| place.name() == name);
        pieces.push(Piece::Text(text.to_owned()));
        pieces.push(Piece::Place(place.ok_or(TemplateError::UnknownPlace)?));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

fn fill<E>(
    pieces: &[Piece],
    mut value: impl FnMut(Place) -> Result<String, E>,
) -> Result<String, E> {
    let mut path = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => path.push_str(text),
            Piece::Place(place) => path.push_str(&value(*place)?),
        }
    }
    Ok(path)
}

fn encoded(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn layla() -> Recording<'static> {
        Recording {
            agent_id: "41027",
            extension: "6127",
            dialog_id: "33561207",
        }
    }

    fn path(text: &str, recording: &Recording<'_>) -> Result<String, &'static str> {
        Template::parse(text).unwrap().path(recording)
    }

    #[test]
    fn ids_go_into_path_and_query() {
        for (text, filled) in [
            (
                "https://zoom.acme.test/agents/{agentId}/calls/{dialogId}/pause?ext={extension}&by=gc",
                "/agents/41027/calls/33561207/pause?ext=6127&by=gc",
            ),
            ("http://127.0.0.1:9000/{agentId}{agentId}", "/4102741027"),
            ("https://zoom.acme.test", "/"),
            ("https://zoom.acme.test?a={agentId}", "/?a=41027"),
        ] {
            assert_eq!(path(text, &layla()).as_deref(), Ok(filled));
        }
    }

    #[test]
    fn an_id_stays_one_part_whatever_it_holds() {
        let text = "https://zoom.acme.test/a/{agentId}?d={dialogId}";
        for (id, encoded) in [
            ("../x", "..%2Fx"),
            ("a&b=c", "a%26b%3Dc"),
            ("a?b#c", "a%3Fb%23c"),
            ("a%2Fb", "a%252Fb"),
            ("a\r\nb: c", "a%0D%0Ab%3A%20c"),
            ("{dialogId}", "%7BdialogId%7D"),
            ("zoë", "zo%C3%AB"),
        ] {
            let recording = Recording {
                agent_id: id,
                dialog_id: id,
                ..layla()
            };
            let expected = format!("/a/{encoded}?d={encoded}");
            assert_eq!(path(text, &recording), Ok(expected));
        }
    }

    #[test]
    fn a_place_without_an_id_is_named() {
        for id in ["", ".", "..", "..."] {
            let recording = Recording {
                dialog_id: id,
                ..layla()
            };
            let wanting = path("https://zoom.acme.test/{agentId}/{dialogId}", &recording);
            assert_eq!(wanting, Err("dialogId"), "{id}");
            assert!(path("https://zoom.acme.test/{agentId}", &recording).is_ok());
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", TemplateError::NoAddress),
            ("zoom.acme.test/pause", TemplateError::NoAddress),
            ("ftp://zoom.acme.test/", TemplateError::NoAddress),
            ("https:///pause", TemplateError::NoAddress),
            ("https://zoom.acme.test:port/", TemplateError::NoAddress),
            ("https://u:p@zoom.acme.test/", TemplateError::User),
            ("https://zoom.acme.test/#x", TemplateError::Fragment),
            ("https://{agentId}.acme.test/", TemplateError::PlaceInHost),
            (
                "https://zoom.acme.test:{extension}/",
                TemplateError::PlaceInHost,
            ),
            (
                "https://zoom.acme.test/{agent}",
                TemplateError::UnknownPlace,
            ),
            (
                "https://zoom.acme.test/{agentId",
                TemplateError::UnknownPlace,
            ),
            ("https://zoom.acme.test/a b", TemplateError::Characters),
            ("https://zoom.acme.test/a\r\nb", TemplateError::Characters),
        ] {
            assert_eq!(Template::parse(text).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        for (host, ours) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("[::1]:9000", true),
            ("[::ffff:127.0.0.1]", true),
            ("10.0.0.1", false),
            ("localhost.acme.test", false),
        ] {
            let template = Template::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(template.is_this_machine(), ours, "{host}");
            assert!(!template.is_secure());
        }
    }
}
