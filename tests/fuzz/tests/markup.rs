//! Texts and heaps of markup that nobody wrote, read as every kind of document.

use gc_fuzz::finesse;
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_string_panics(text in any::<String>()) {
        finesse::xml(text.as_bytes());
    }

    #[test]
    fn no_heap_of_markup_panics(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!", "<!DOCTYPE",
                "&", ";", "&amp;", "&#0;", "&#x110000;", "\"", "'", "=", " ", "\r\n", "\u{feff}", "é",
                "Update", "data", "user", "User", "dialog", "Dialog", "name", "value", "message",
                "items", "item", "notification", "<Update>", "</Update>", "<data>", "</data>",
                "<user>", "</user>", "<results>", "</results>", "<pageInfo>", "</pageInfo>",
                "startIndex", "<agents>", "</agents>", "<agent>", "</agent>", "person", "<message to='", "'>", "<items node=\"",
            ]),
            0..40,
        )
    ) {
        let text = pieces.concat();
        finesse::xml(text.as_bytes());
        finesse::xml(format!("<Update>{text}</Update>").as_bytes());
        finesse::xml(format!("<message>{text}</message>").as_bytes());
        finesse::xml(format!("<results>{text}</results>").as_bytes());
    }
}
