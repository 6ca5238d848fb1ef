//! One frame under construction: every value is kept from being taken for a separator.

use crate::ids::AgentId;

pub(super) struct Frame(String);

impl Frame {
    /// The first two elements.
    pub(super) fn begin(receiver: &str, name: &str) -> Self {
        Self(plain(receiver)).value(name)
    }

    /// An event of an agent.
    pub(super) fn of(agent: &AgentId, name: &str) -> Self {
        Self::begin(agent.as_str(), name)
    }

    /// One value.
    pub(super) fn value(self, value: &str) -> Self {
        self.element(&plain(value))
    }

    /// `label:value`
    pub(super) fn labelled(self, label: &str, value: &str) -> Self {
        self.element(&pair(label, ':', value))
    }

    /// A sentence for a person, which nobody splits.
    pub(super) fn message(self, text: &str) -> Self {
        self.element(&text.replace('#', " "))
    }

    /// Items whose values are plain already.
    pub(super) fn list(self, items: &[String], separator: &str) -> Self {
        self.element(&items.join(separator))
    }

    /// `label:` and items whose values are plain already.
    pub(super) fn labelled_list(self, label: &str, items: &[String], separator: &str) -> Self {
        self.element(&format!("{label}:{}", items.join(separator)))
    }

    /// `label:value` joined by `,`, one element.
    pub(super) fn item(self, parts: &[(&str, &str)]) -> Self {
        let parts: Vec<_> = parts
            .iter()
            .map(|(label, value)| pair(label, ':', value))
            .collect();
        self.list(&parts, ",")
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn element(mut self, text: &str) -> Self {
        self.0.push('#');
        self.0.push_str(text);
        self
    }
}

/// `name=value`, `label:value`
pub(super) fn pair(name: &str, separator: char, value: &str) -> String {
    format!("{}{separator}{}", plain(name), plain(value))
}

/// Values joined by `,`.
pub(super) fn parts(values: &[&str]) -> String {
    let values: Vec<_> = values.iter().map(|value| plain(value)).collect();
    values.join(",")
}

/// The value without separators.
pub(super) fn plain(value: &str) -> String {
    value.replace(['#', '|', ','], " ")
}
