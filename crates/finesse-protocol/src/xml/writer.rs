//! Writes request bodies: small, without declaration or namespace, as Finesse wants them.

/// The text of a body being written.
#[derive(Default)]
pub(crate) struct Body(String);

impl Body {
    /// A body with one root element.
    pub(crate) fn root(name: &str, content: impl FnOnce(&mut Self)) -> String {
        let mut body = Self::default();
        body.element(name, content);
        body.0
    }

    /// An element with children.
    pub(crate) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.tag("<", name);
        content(self);
        self.tag("</", name);
    }

    /// An element with text.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.element(name, |body| escape_into(&mut body.0, text));
    }

    fn tag(&mut self, opening: &str, name: &str) {
        self.0.push_str(opening);
        self.0.push_str(name);
        self.0.push('>');
    }
}

/// Appends text so that it cannot be taken for markup; characters XML cannot carry at all are left out.
fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // A reader would turn a bare one into a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
}
