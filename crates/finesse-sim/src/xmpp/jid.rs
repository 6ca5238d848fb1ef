//! User parts of addresses (XEP-0106).

const ESCAPES: [(char, &str); 10] = [
    (' ', "\\20"),
    ('"', "\\22"),
    ('&', "\\26"),
    ('\'', "\\27"),
    ('/', "\\2f"),
    (':', "\\3a"),
    ('<', "\\3c"),
    ('>', "\\3e"),
    ('@', "\\40"),
    ('\\', "\\5c"),
];

pub(crate) fn escape(user: &str) -> String {
    let mut escaped = String::with_capacity(user.len());
    for c in user.chars() {
        match ESCAPES.iter().find(|(plain, _)| *plain == c && c != '\\') {
            Some((_, code)) => escaped.push_str(code),
            None => escaped.push(c),
        }
    }
    escaped
}

pub(crate) fn unescape(user: &str) -> String {
    let replace = |text: String, (plain, code): &(char, &str)| {
        text.replace(code, plain.encode_utf8(&mut [0; 4]))
    };
    ESCAPES.iter().fold(user.to_owned(), replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_at_sign_survives_the_way_through_an_address() {
        assert_eq!(escape("layla@acme"), "layla\\40acme");
        assert_eq!(unescape("layla\\40acme"), "layla@acme");
    }
}
