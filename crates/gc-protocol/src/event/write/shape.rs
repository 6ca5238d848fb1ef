//! The JSON Schema of what is written.

use std::convert::Infallible;

use serde::ser::Serialize;
use serde_json::{Map, Value, json};

use super::Printer;
use super::object::{Fields, Item, Members, Object, OneKey, OneKeyObjects};
use crate::ids::{AgentId, CommandId, DialogId};

/// What a value looks like in JSON, whatever it holds.
pub(super) trait Shape {
    fn shape(printer: &Printer) -> Value;
}

/// The schema of an object, made by its own writer.
pub(super) fn of<T: Fields>(value: &T, printer: &Printer) -> Value {
    let mut object = Object {
        printer,
        members: Shapes::default(),
    };
    let Ok(()) = value.write(&mut object);
    object.members.schema()
}

/// Members as properties of a schema.
#[derive(Default)]
struct Shapes {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Shapes {
    fn schema(mut self) -> Value {
        // Sorted, so that two tables that differ in order alone are one.
        self.required.sort();
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }

    fn add(&mut self, key: &str, shape: Value) {
        self.properties.insert(key.to_owned(), shape);
    }
}

impl Members for Shapes {
    type Error = Infallible;

    fn member<V>(&mut self, key: &str, _value: &V, printer: &Printer) -> Result<(), Infallible>
    where
        V: Serialize + Shape + ?Sized,
    {
        self.required.push(key.to_owned());
        self.add(key, V::shape(printer));
        Ok(())
    }

    fn optional<V>(
        &mut self,
        key: &str,
        _value: Option<&V>,
        printer: &Printer,
    ) -> Result<(), Infallible>
    where
        V: Serialize + Shape + ?Sized,
    {
        self.add(key, V::shape(printer));
        Ok(())
    }

    fn word(&mut self, key: &str, _word: &str, words: &[&str]) -> Result<(), Infallible> {
        self.required.push(key.to_owned());
        self.add(key, json!({"enum": words}));
        Ok(())
    }
}

/// Types that are JSON strings.
macro_rules! strings {
    ($($name:ty),+) => {
        $(impl Shape for $name {
            fn shape(_printer: &Printer) -> Value {
                json!({"type": "string"})
            }
        })+
    };
}

strings!(str, String, AgentId, DialogId, CommandId);

impl Shape for bool {
    fn shape(_printer: &Printer) -> Value {
        json!({"type": "boolean"})
    }
}

impl Shape for i64 {
    fn shape(_printer: &Printer) -> Value {
        json!({"type": "integer"})
    }
}

impl<T: Shape + ?Sized> Shape for &T {
    fn shape(printer: &Printer) -> Value {
        T::shape(printer)
    }
}

impl<T: Shape> Shape for Option<T> {
    fn shape(printer: &Printer) -> Value {
        json!({"anyOf": [T::shape(printer), {"type": "null"}]})
    }
}

impl<T: Shape> Shape for [T] {
    fn shape(printer: &Printer) -> Value {
        json!({"type": "array", "items": T::shape(printer)})
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn shape(printer: &Printer) -> Value {
        <[T]>::shape(printer)
    }
}

impl<T: Fields + Default> Shape for Item<'_, T> {
    fn shape(printer: &Printer) -> Value {
        of(&T::default(), printer)
    }
}

impl<T: Fields + Default> Shape for Item<'_, [T]> {
    fn shape(printer: &Printer) -> Value {
        json!({"type": "array", "items": of(&T::default(), printer)})
    }
}

impl Shape for OneKey<'_> {
    fn shape(_printer: &Printer) -> Value {
        json!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "string"},
        })
    }
}

impl Shape for OneKeyObjects<'_> {
    fn shape(printer: &Printer) -> Value {
        <[OneKey<'_>]>::shape(printer)
    }
}
