//! JSON that means harm.

/// Bodies that are refused, each with a name.
pub fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let hello = r#"{"data":{"type":"Hello#desk"}}"#;
    let mut table: Vec<(&'static str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a blank", b" ".to_vec()),
        ("an open brace", b"{".to_vec()),
        ("a list", b"[]".to_vec()),
        ("a number", b"7".to_vec()),
        ("null", b"null".to_vec()),
        ("a string", b"\"Hello#desk\"".to_vec()),
        ("an empty object", b"{}".to_vec()),
        (
            "depth",
            "[".repeat(100_000)
                .into_bytes()
                .into_iter()
                .take(60_000)
                .collect(),
        ),
        (
            "depth with an end",
            format!("{}{}", "[".repeat(30_000), "]".repeat(30_000)).into_bytes(),
        ),
        (
            "depth in a member",
            format!(
                r#"{{"data":{{"type":"Hello#desk","body":{}{}}}}}"#,
                "[".repeat(20_000),
                "]".repeat(20_000)
            )
            .into_bytes(),
        ),
        (
            "a key twice",
            br#"{"data":{"type":"Hello#desk","type":"Hello#other"}}"#.to_vec(),
        ),
        (
            "an outer key twice",
            br#"{"data":{"type":"Hello#desk"},"data":{"type":"Hello#other"}}"#.to_vec(),
        ),
        (
            "a typed key twice",
            br#"{"command":"MakeReady","agentId":"41027","agentId":"41033"}"#.to_vec(),
        ),
        (
            "a parameter twice",
            br#"{"command":"MakeCall","agentId":"41027","params":{"number":"1","number":"2"}}"#
                .to_vec(),
        ),
        (
            "a key twice, once escaped",
            br#"{"command":"MakeReady","agentId":"41027","agent\u0049d":"41033"}"#.to_vec(),
        ),
        (
            "too large a number",
            br#"{"command":"GetSkillGroup","agentId":"41027","params":{"count":1e999}}"#.to_vec(),
        ),
        ("a number for a text", br#"{"data":{"type":7}}"#.to_vec()),
        (
            "a list for a text",
            br#"{"command":["MakeReady"],"agentId":"41027"}"#.to_vec(),
        ),
        (
            "an object for a text",
            br#"{"command":"MakeReady","agentId":{"$ne":""}}"#.to_vec(),
        ),
        (
            "null for a text",
            br#"{"command":"MakeReady","agentId":null}"#.to_vec(),
        ),
        (
            "a surplus member",
            br#"{"command":"MakeReady","agentId":"41027","surplus":1}"#.to_vec(),
        ),
        (
            "both forms",
            br#"{"command":"MakeReady","agentId":"41027","data":{"type":"Hello#desk"}}"#.to_vec(),
        ),
        (
            "a lone surrogate",
            br#"{"data":{"type":"Hello#\ud800"}}"#.to_vec(),
        ),
        (
            "surrogates in the wrong order",
            br#"{"data":{"type":"Hello#\udc00\ud800"}}"#.to_vec(),
        ),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf", hello.as_bytes()].concat(),
        ),
        (
            "UTF-16",
            hello.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        (
            "bytes that are no text",
            b"{\"data\":{\"type\":\"Hello#\xff\"}}".to_vec(),
        ),
        (
            "an overlong NUL",
            b"{\"data\":{\"type\":\"Hello#\xc0\x80\"}}".to_vec(),
        ),
        (
            "a surrogate in bytes",
            b"{\"data\":{\"type\":\"Hello#\xed\xa0\x80\"}}".to_vec(),
        ),
        ("a raw NUL", b"{\"data\":{\"type\":\"Hello#\0\"}}".to_vec()),
        (
            "a raw line break",
            b"{\"data\":{\"type\":\"Hello#a\nb\"}}".to_vec(),
        ),
        (
            "a comment",
            br#"{/* hi */"data":{"type":"Hello#desk"}}"#.to_vec(),
        ),
        (
            "a comma too many",
            br#"{"data":{"type":"Hello#desk",}}"#.to_vec(),
        ),
        ("single quotes", b"{'data':{'type':'Hello#desk'}}".to_vec()),
        ("two objects", [hello, hello].concat().into_bytes()),
        ("text behind", format!("{hello} x").into_bytes()),
        (
            "not a number",
            br#"{"data":{"type":"Hello#desk","body":NaN}}"#.to_vec(),
        ),
        (
            "an escape that is none",
            br#"{"data":{"type":"Hello#\x41"}}"#.to_vec(),
        ),
        (
            "a prototype",
            br#"{"__proto__":{"command":"MakeReady"},"agentId":"41027"}"#.to_vec(),
        ),
        ("XML", b"<User><state>READY</state></User>".to_vec()),
        ("a form", b"data=Hello%23desk".to_vec()),
    ];
    for end in 1..hello.len() {
        table.push(("cut short", hello.as_bytes()[..end].to_vec()));
    }
    table
}

/// Good bodies to be damaged. None of them does anything for an agent that is not connected.
pub const GOOD: &[&str] = &[
    r#"{"data":{"type":"MakeCall#99999","body":"9001","sessionUrl":"https://crm.example.org/s/1"}}"#,
    r#"{"data":{"type":"Login#99999","body":"c4nary-x,6199","sessionUrl":"https://crm.example.org/s/1","callbackFqdn":"https://crm.example.org","callbackEndpoint":"/gc"}}"#,
    r#"{"command":"MakeNotReadyWithReason","agentId":"99999","params":{"reasonCode":"12"},"commandId":"c-1"}"#,
    r#"{"command":"UpdateCallVariableData","agentId":"99999","params":{"dialogId":"207","variables":{"callVariable1":"gold"}}}"#,
];
