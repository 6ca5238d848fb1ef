//! A JSON object under construction: one method a kind of value, so that every event prints it alike.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Printer;
use crate::ids::{AgentId, DialogId};
use crate::style::Scalars;

/// What writes its keys, in order.
pub(super) trait Fields {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error>;
}

/// A value and how to print it.
pub(super) struct Item<'a, T: ?Sized> {
    pub(super) printer: &'a Printer,
    pub(super) value: &'a T,
}

pub(super) struct Object<'a, M> {
    pub(super) printer: &'a Printer,
    map: M,
}

impl<'a, M: SerializeMap> Object<'a, M> {
    pub(super) fn begin<S>(printer: &'a Printer, serializer: S) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M, Error = M::Error>,
    {
        Ok(Self {
            printer,
            map: serializer.serialize_map(None)?,
        })
    }

    pub(super) fn end(self) -> Result<M::Ok, M::Error> {
        self.map.end()
    }

    pub(super) fn value(
        &mut self,
        key: &str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), M::Error> {
        self.map.serialize_entry(key, value)
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
            Scalars::Text => self.text(key, if flag { "true" } else { "false" }),
        }
    }

    pub(super) fn count(&mut self, key: &str, count: i64) -> Result<(), M::Error> {
        match self.printer.scalars {
            Scalars::Native => self.value(key, &count),
            Scalars::Text => self.text(key, &count.to_string()),
        }
    }

    pub(super) fn object<T: Fields>(&mut self, key: &str, value: &T) -> Result<(), M::Error> {
        let printer = self.printer;
        self.value(key, &Item { printer, value })
    }

    pub(super) fn objects<T: Fields>(&mut self, key: &str, value: &[T]) -> Result<(), M::Error> {
        let printer = self.printer;
        self.value(key, &Item { printer, value })
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
