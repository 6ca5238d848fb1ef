//! A writer of indented elements: Finesse's documents are nothing else.

use std::fmt::Display;

use crate::profile::Spelling;

#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    depth: usize,
    spelling: Spelling,
}

impl Writer {
    /// A document that is spelled the same everywhere.
    pub(crate) fn document(write: impl FnOnce(&mut Self)) -> String {
        Self::spelled(Spelling::Captured, write)
    }

    pub(crate) fn spelled(spelling: Spelling, write: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self {
            out: String::with_capacity(2048),
            depth: 0,
            spelling,
        };
        write(&mut writer);
        writer.out
    }

    pub(crate) fn spelling(&self) -> Spelling {
        self.spelling
    }

    pub(crate) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.element_with(name, &[], content);
    }

    pub(crate) fn element_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            escape_into(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
        self.depth += 1;
        let before = self.out.len();
        content(self);
        self.depth -= 1;
        if self.out.len() > before {
            self.indent();
        }
        self.end(name);
    }

    pub(crate) fn leaf(&mut self, name: &str, value: &str) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        escape_into(&mut self.out, value);
        self.end(name);
    }

    pub(crate) fn number(&mut self, name: &str, value: impl Display) {
        self.leaf(name, &value.to_string());
    }

    pub(crate) fn empty(&mut self, name: &str) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str("/>");
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn indent(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }
}

/// Escapes text so that it is also safe inside attributes.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&apos;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Escapes text that is not an attribute, and no more than it needs.
pub(crate) fn escape_text_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
