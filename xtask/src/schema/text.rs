//! JSON for people: what fits stands on one line.

use serde_json::Value;

const WIDTH: usize = 110;

/// The document, with a line break at its end.
pub(super) fn lines(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, 0, &mut text);
    text.push('\n');
    text
}

/// Writes a value; `taken` characters stand before it on its line.
fn write(value: &Value, depth: usize, taken: usize, out: &mut String) {
    let short = value.to_string();
    match value {
        Value::Object(members) if taken + short.len() > WIDTH && !members.is_empty() => {
            let items = members.iter().map(|(key, value)| {
                let key = format!("{}: ", Value::from(key.as_str()));
                (key, value)
            });
            block('{', '}', items, depth, out);
        }
        Value::Array(items) if taken + short.len() > WIDTH && !items.is_empty() => {
            let items = items.iter().map(|value| (String::new(), value));
            block('[', ']', items, depth, out);
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => out.push_str(&short),
    }
}

fn block<'a>(
    open: char,
    close: char,
    items: impl Iterator<Item = (String, &'a Value)>,
    depth: usize,
    out: &mut String,
) {
    let indent = "  ".repeat(depth + 1);
    out.push(open);
    for (index, (key, value)) in items.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&indent);
        out.push_str(&key);
        write(value, depth + 1, indent.len() + key.len(), out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_on_one_line() {
        assert_eq!(lines(&json!({"a": [1, 2]})), "{\"a\":[1,2]}\n");
        let long = "x".repeat(100);
        assert_eq!(
            lines(&json!({"a": {"type": "string"}, "b": [long, {}]})),
            format!(
                "{{\n  \"a\": {{\"type\":\"string\"}},\n  \"b\": [\n    \"{long}\",\n    {{}}\n  ]\n}}\n"
            )
        );
    }

    #[test]
    fn whatever_the_lines_the_document_is_the_same() {
        for (_, document) in gc_protocol::schema::documents().unwrap() {
            let read: Value = serde_json::from_str(&lines(&document)).unwrap();
            assert_eq!(read, document);
        }
    }
}
