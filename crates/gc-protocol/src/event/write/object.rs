//! An object under construction: one method a kind of value, so that every event prints it alike.
//!
//! The same writer makes the JSON text and its schema: [`Members`] decides which. So neither can name a key that the
//! other does not have.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Printer;
use super::shape::Shape;
use crate::ids::{AgentId, DialogId};
use crate::style::Scalars;

/// What writes its keys, in order.
pub(super) trait Fields {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error>;
}

/// Where the members of an object go.
pub(super) trait Members {
    type Error;

    /// A member that is always there.
    fn member<V>(&mut self, key: &str, value: &V, printer: &Printer) -> Result<(), Self::Error>
    where
        V: Serialize + Shape + ?Sized;

    /// A member that is there when it has a value.
    fn optional<V>(
        &mut self,
        key: &str,
        value: Option<&V>,
        printer: &Printer,
    ) -> Result<(), Self::Error>
    where
        V: Serialize + Shape + ?Sized;

    /// A member that is one of a few words.
    fn word(&mut self, key: &str, word: &str, words: &[&str]) -> Result<(), Self::Error>;
}

/// Members as JSON text.
pub(super) struct Text<M>(M);

impl<M: SerializeMap> Members for Text<M> {
    type Error = M::Error;

    fn member<V>(&mut self, key: &str, value: &V, _printer: &Printer) -> Result<(), M::Error>
    where
        V: Serialize + Shape + ?Sized,
    {
        self.0.serialize_entry(key, value)
    }

    fn optional<V>(
        &mut self,
        key: &str,
        value: Option<&V>,
        _printer: &Printer,
    ) -> Result<(), M::Error>
    where
        V: Serialize + Shape + ?Sized,
    {
        value.map_or(Ok(()), |value| self.0.serialize_entry(key, value))
    }

    fn word(&mut self, key: &str, word: &str, _words: &[&str]) -> Result<(), M::Error> {
        self.0.serialize_entry(key, word)
    }
}

/// A value and how to print it.
pub(super) struct Item<'a, T: ?Sized> {
    pub(super) printer: &'a Printer,
    pub(super) value: &'a T,
}

pub(super) struct Object<'a, M> {
    pub(super) printer: &'a Printer,
    pub(super) members: M,
}

impl<M: Members> Object<'_, M> {
    pub(super) fn value(
        &mut self,
        key: &str,
        value: &(impl Serialize + Shape + ?Sized),
    ) -> Result<(), M::Error> {
        self.members.member(key, value, self.printer)
    }

    /// A member that is missing without a value.
    pub(super) fn optional(
        &mut self,
        key: &str,
        value: Option<&(impl Serialize + Shape + ?Sized)>,
    ) -> Result<(), M::Error> {
        self.members.optional(key, value, self.printer)
    }

    pub(super) fn word(&mut self, key: &str, word: &str, words: &[&str]) -> Result<(), M::Error> {
        self.members.word(key, word, words)
    }

    pub(super) fn text(&mut self, key: &str, text: &str) -> Result<(), M::Error> {
        self.value(key, text)
    }

    pub(super) fn agent(&mut self, agent: &AgentId) -> Result<(), M::Error> {
        self.value("agentId", agent)
    }

    /// A link to another call: JSON null when there is none.
    pub(super) fn link(&mut self, key: &str, dialog: Option<&DialogId>) -> Result<(), M::Error> {
        self.value(key, &dialog)
    }

    pub(super) fn time(&mut self, key: &str, time: &str) -> Result<(), M::Error> {
        let text = self.printer.time(time);
        self.text(key, &text)
    }

    pub(super) fn flag(&mut self, key: &str, flag: bool) -> Result<(), M::Error> {
        match self.printer.scalars {
            Scalars::Native => self.value(key, &flag),
            Scalars::Text => {
                self.word(key, if flag { "true" } else { "false" }, &["true", "false"])
            }
        }
    }

    pub(super) fn count(&mut self, key: &str, count: i64) -> Result<(), M::Error> {
        match self.printer.scalars {
            Scalars::Native => self.value(key, &count),
            Scalars::Text => self.text(key, &count.to_string()),
        }
    }

    pub(super) fn object<T: Fields + Default>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), M::Error> {
        let printer = self.printer;
        self.value(key, &Item { printer, value })
    }

    pub(super) fn objects<T: Fields + Default>(
        &mut self,
        key: &str,
        value: &[T],
    ) -> Result<(), M::Error> {
        let printer = self.printer;
        self.value(key, &Item { printer, value })
    }
}

impl<T: Fields> Serialize for Item<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Object {
            printer: self.printer,
            members: Text(serializer.serialize_map(None)?),
        };
        self.value.write(&mut object)?;
        object.members.0.end()
    }
}

impl<T: Fields> Serialize for Item<'_, [T]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let item = |value| Item {
            printer: self.printer,
            value,
        };
        serializer.collect_seq(self.value.iter().map(item))
    }
}

/// `{"<name>":"<value>"}`, the only key of an object.
pub(super) struct OneKey<'a>(pub(super) &'a (String, String));

impl Serialize for OneKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.0.0, &self.0.1)])
    }
}

/// `[{"<name>":"<value>"},…]`
pub(super) struct OneKeyObjects<'a>(pub(super) &'a [(String, String)]);

impl Serialize for OneKeyObjects<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(OneKey))
    }
}
