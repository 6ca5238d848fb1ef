//! Examples of the documents, as they stand there.

use std::path::Path;

use anyhow::{Context, Result};

/// Where the examples find the gateway.
pub(super) const ADDRESS: &str = "http://127.0.0.1:8112";

/// The first block in a language after a heading.
pub(super) fn example(document: &Path, heading: &str, language: &str) -> Result<String> {
    let text = std::fs::read_to_string(document).context(document.display().to_string())?;
    let missing = || {
        format!(
            "{}: no {language} example in `{heading}`",
            document.display()
        )
    };
    block(&text, heading, language).with_context(missing)
}

fn block(text: &str, heading: &str, language: &str) -> Option<String> {
    let (_, section) = text.split_once(&format!("\n{heading}\n"))?;
    let mut lines = section.lines().take_while(|line| !line.starts_with("## "));
    while let Some(line) = lines.next() {
        let Some(found) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if found == language {
            return Some(block.join("\n") + "\n");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_looked_for_in_its_own_section() {
        let text =
            "# A\n\n## B\n\n```python\nb()\n```\nand\n```ts\ne()\n```\n\n## C\n\n```\nc\nd\n```\n";
        assert_eq!(block(text, "## B", "python").as_deref(), Some("b()\n"));
        assert_eq!(block(text, "## B", "ts").as_deref(), Some("e()\n"));
        assert_eq!(block(text, "## C", "").as_deref(), Some("c\nd\n"));
        assert_eq!(block(text, "## B", ""), None);
        assert_eq!(block(text, "## D", ""), None);
    }
}
