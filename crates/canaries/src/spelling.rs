//! How a secret looks once it was put into something: Basic and SASL credentials, URLs, XML, JSON, debug output.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// Every spelling of a secret that a text is searched for, the plain one among them.
pub(crate) fn spellings(secret: &str) -> BTreeSet<String> {
    let bytes = secret.as_bytes();
    let mut all = BTreeSet::from([
        secret.to_owned(),
        hex(bytes, |byte| format!("{byte:02x}")),
        hex(bytes, |byte| format!("{byte:02X}")),
        numbers(bytes),
        bytes.escape_ascii().to_string(),
        // Buffers and strings leave this one alone.
        bytes.escape_ascii().to_string().replace("\\'", "'"),
        secret.escape_debug().to_string(),
        secret.escape_debug().to_string().replace("\\'", "'"),
        json(secret),
        json_in_ascii(secret),
    ]);
    for apostrophe in ["'", "&apos;", "&#39;", "&#x27;"] {
        all.insert(xml(secret, "\"", apostrophe));
        all.insert(xml(secret, "&quot;", apostrophe));
    }
    for blank in ["%20", "+"] {
        all.insert(percent(secret, blank));
        all.insert(percent(secret, blank).to_lowercase());
        all.insert(lower_escapes(&percent(secret, blank)));
    }
    for before in 0..3 {
        all.insert(base64(&BASE64_STANDARD_NO_PAD, bytes, before));
        all.insert(base64(&BASE64_URL_SAFE_NO_PAD, bytes, before));
    }
    all
}

/// What of a base64 text depends on these bytes alone, when so many others stand before them in their group of three.
fn base64(engine: &impl Engine, bytes: &[u8], before: usize) -> String {
    let shifted = [&[0; 3][..before], bytes].concat();
    let text = engine.encode(&shifted);
    // Six bits to a character: the first and the last may have bits of a neighbour.
    let (first, end) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
    text[first..end].to_owned()
}

fn hex(bytes: &[u8], digits: impl Fn(&u8) -> String) -> String {
    bytes.iter().map(digits).collect()
}

/// As a list of bytes is printed.
fn numbers(bytes: &[u8]) -> String {
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    numbers.join(", ")
}

fn percent(secret: &str, blank: &str) -> String {
    let mut all = String::new();
    for byte in secret.bytes() {
        match byte {
            b' ' => all.push_str(blank),
            b'-' | b'_' | b'.' | b'~' => all.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => all.push(char::from(byte)),
            _ => {
                let _ = write!(all, "%{byte:02X}");
            }
        }
    }
    all
}

/// The same with `%2f` for `%2F`, and its letters as they are.
fn lower_escapes(percent: &str) -> String {
    let mut parts = percent.split('%');
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        let _ = write!(all, "%{}{rest}", digits.to_lowercase());
    }
    all
}

fn xml(secret: &str, quote: &str, apostrophe: &str) -> String {
    let secret = secret.replace('&', "&amp;");
    let secret = secret.replace('<', "&lt;").replace('>', "&gt;");
    secret.replace('"', quote).replace('\'', apostrophe)
}

fn json(secret: &str) -> String {
    secret.replace('\\', "\\\\").replace('"', "\\\"")
}

/// As those print it who leave nothing but ASCII in JSON.
fn json_in_ascii(secret: &str) -> String {
    let mut all = String::new();
    for unit in json(secret).encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => all.push(char::from(byte)),
            _ => {
                let _ = write!(all, "\\u{unit:04x}");
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One in which every escape matters.
    const SECRET: &str = "pä&<'\"\\ %/ss";

    fn is_in(secret: &str, text: &str) -> bool {
        spellings(secret)
            .iter()
            .any(|spelling| text.contains(spelling))
    }

    #[test]
    fn base64_is_found_at_each_alignment_and_between_any_neighbours() {
        for secret in ["c4nary", "c4nary-7", SECRET, "ÿÿ>>??~~"] {
            for before in ["", "\0", "\u{1}x", "41027:", "\u{0}41027\0", "ab"] {
                for after in ["", "\0", "zz", "\u{7f}\u{7f}\u{7f}"] {
                    let whole = format!("{before}{secret}{after}");
                    for text in [
                        base64::prelude::BASE64_STANDARD.encode(&whole),
                        base64::prelude::BASE64_URL_SAFE.encode(&whole),
                    ] {
                        assert!(is_in(secret, &text), "{whole:?} {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn base64_of_something_else_is_not_taken_for_it() {
        let text = base64::prelude::BASE64_STANDARD.encode("41027:c3nary c5nary canary");
        assert!(!is_in("c4nary", &text));
    }

    #[test]
    fn each_escape_is_found() {
        for text in [
            r#"pä&<'"\ %/ss"#,
            r#"pä&amp;&lt;'"\ %/ss"#,
            r"pä&amp;&lt;&apos;&quot;\ %/ss",
            r"pä&amp;&lt;&#39;&quot;\ %/ss",
            "p%C3%A4%26%3C%27%22%5C%20%25%2Fss",
            "p%c3%a4%26%3c%27%22%5c%20%25%2fss",
            "p%C3%A4%26%3C%27%22%5C+%25%2Fss",
            r#"pä&<'\"\\ %/ss"#,
            r#"p\u00e4&<'\"\\ %/ss"#,
            "70c3a4263c27225c20252f7373",
            "70C3A4263C27225C20252F7373",
        ] {
            let whole = format!("...{text}...");
            assert!(is_in(SECRET, &whole), "{text}");
        }
    }

    #[test]
    fn debug_output_is_found() {
        let bytes = SECRET.as_bytes();
        for text in [
            format!("{SECRET:?}"),
            format!("{:?}", Some(SECRET)),
            format!("{bytes:?}"),
            // As buffers of the `bytes` crate print themselves.
            r#"b"p\xc3\xa4&<'\"\\ %/ss""#.to_owned(),
        ] {
            assert!(is_in(SECRET, &text), "{text}");
        }
    }

    #[test]
    fn a_mixed_case_word_keeps_its_case_in_percent_escapes() {
        assert!(is_in("Pass/Word", "q=Pass%2fWord"));
        assert!(is_in("Pass/Word", "q=Pass%2FWord"));
        assert!(!is_in("Pass/Word", "q=Pass%2FWorm"));
    }
}
