//! Whole documents of unknown kind: for tools that read recorded files (Finesse API, section 6.6).

use crate::decode_error::{DecodeError, Problem};
use crate::dialog::Dialog;
use crate::limits::{MAX_LIST_BYTES, MAX_STANZA_BYTES};
use crate::update::Update;
use crate::user::User;
use crate::xml::reader::Xml;

/// A document that tells its kind by its root element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Document {
    /// The text of one notification.
    Update(Update),
    /// A whole message stanza.
    Stanza(Stanza),
    /// A dialog by itself.
    Dialog(Box<Dialog>),
    /// A user by itself.
    User(Box<User>),
}

/// A pubsub event message; each notification is read by itself, so that a bad one costs only itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    /// Node the items were published on.
    pub node: String,
    /// Address of the receiver.
    pub to: String,
    /// The notifications, in order.
    pub updates: Vec<Result<Update, DecodeError>>,
}

/// Reads a document whose root is `Update`, `message`, `Dialog` or `User`.
pub fn read_document(xml: &str) -> Result<Document, DecodeError> {
    let mut peek = Xml::new(xml, "Finesse", MAX_LIST_BYTES)?;
    let root = peek.root()?.name().to_ascii_lowercase();
    match root.as_str() {
        "update" => Update::parse(xml).map(Document::Update),
        "message" => read_stanza(xml).map(Document::Stanza),
        "dialog" => Dialog::parse(xml).map(|dialog| Document::Dialog(Box::new(dialog))),
        "user" => User::parse(xml).map(|user| Document::User(Box::new(user))),
        _ => Err(peek.fail(Problem::WrongRoot)),
    }
}

/// The node and the texts of the notifications in a message stanza, unescaped once.
pub fn notification_texts(message_xml: &str) -> Result<(String, Vec<String>), DecodeError> {
    let message = Message::parse(message_xml)?;
    Ok((message.node, message.texts))
}

fn read_stanza(xml: &str) -> Result<Stanza, DecodeError> {
    let message = Message::parse(xml)?;
    let updates = message.texts.iter().map(|text| Update::parse(text));
    Ok(Stanza {
        updates: updates.collect(),
        node: message.node,
        to: message.to,
    })
}

#[derive(Default)]
struct Message {
    node: String,
    to: String,
    texts: Vec<String>,
}

impl Message {
    fn parse(source: &str) -> Result<Self, DecodeError> {
        let mut xml = Xml::new(source, "message", MAX_STANZA_BYTES)?;
        let root = xml.root()?;
        if !root.is("message") {
            return Err(xml.fail(Problem::WrongRoot));
        }
        let mut message = Self {
            to: xml.attribute(&root, "to")?,
            ..Self::default()
        };
        message.read_into(&mut xml)?;
        xml.finish()?;
        Ok(message)
    }

    /// Descends through `event`, `items` and `item`; namespaces differ between releases, so only names count.
    fn read_into(&mut self, xml: &mut Xml<'_>) -> Result<(), DecodeError> {
        while let Some(child) = xml.child()? {
            match child.name() {
                "items" => {
                    self.node = xml.attribute(&child, "node")?;
                    self.read_into(xml)?;
                }
                "event" | "item" => self.read_into(xml)?,
                "notification" => self.texts.push(xml.string()?),
                _ => xml.skip()?,
            }
        }
        Ok(())
    }
}
