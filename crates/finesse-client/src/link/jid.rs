//! Agent ids as the local part of a JID (Finesse API, section 6.2; XEP-0106).

use jid::NodePart;

// With the code each is written as.
const FORBIDDEN: [(char, &str); 9] = [
    (' ', "20"),
    ('"', "22"),
    ('&', "26"),
    ('\'', "27"),
    ('/', "2f"),
    (':', "3a"),
    ('<', "3c"),
    ('>', "3e"),
    ('@', "40"),
];

/// The local part for an agent id: lower case, forbidden characters escaped.
pub(super) fn localpart(agent: &str) -> Result<String, String> {
    let escaped = escape(&agent.to_lowercase());
    NodePart::new(&escaped)
        .map(|part| part.as_str().to_owned())
        .map_err(|error| format!("the agent id is no JID: {error}"))
}

fn escape(id: &str) -> String {
    let mut escaped = String::with_capacity(id.len());
    for (position, character) in id.char_indices() {
        match FORBIDDEN
            .iter()
            .find(|(forbidden, _)| *forbidden == character)
        {
            Some((_, code)) => {
                escaped.push('\\');
                escaped.push_str(code);
            }
            None if character == '\\' && looks_escaped(&id[position + 1..]) => {
                escaped.push_str("\\5c");
            }
            None => escaped.push(character),
        }
    }
    escaped
}

fn looks_escaped(rest: &str) -> bool {
    rest.starts_with("5c") || FORBIDDEN.iter().any(|(_, code)| rest.starts_with(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_local_parts() {
        for (id, expected) in [
            ("41027", "41027"),
            ("Layla.H", "layla.h"),
            ("layla@acme.test", "layla\\40acme.test"),
            ("Layla Haddad", "layla\\20haddad"),
            ("a\"&'/:<>b", "a\\22\\26\\27\\2f\\3a\\3c\\3eb"),
            ("acme\\layla", "acme\\layla"),
            ("c:\\5commas", "c\\3a\\5c5commas"),
            ("a\\40b", "a\\5c40b"),
        ] {
            assert_eq!(localpart(id).as_deref(), Ok(expected), "{id}");
        }
    }

    #[test]
    fn an_empty_id_and_control_characters_are_refused() {
        assert!(localpart("").is_err());
        assert!(localpart("41027\n").is_err());
        assert!(localpart(&"4".repeat(2_000)).is_err());
    }
}
