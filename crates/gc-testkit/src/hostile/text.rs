//! Text of the string form that means harm.

/// Frames that are refused, each with a name.
pub fn frames() -> Vec<(&'static str, String)> {
    let mut table: Vec<(&'static str, String)> = [
        ("nothing", ""),
        ("a blank", " "),
        ("a NUL", "\0"),
        ("a separator", "#"),
        ("separators", "####"),
        ("a comma", ","),
        ("nonsense", "nonsense"),
        ("no agent", "MakeReady#"),
        ("a blank agent", "MakeReady# "),
        ("no command", "#99999"),
        ("an unknown command", "MakeRedy#99999"),
        ("two agents", "MakeReady#99999#41027"),
        ("two agents with a comma", "MakeReady#99999,41027"),
        ("a surplus parameter", "MakeReady#99999 surplus"),
        ("a line break in the agent", "MakeReady#999\n99"),
        ("a path for an agent", "MakeReady#../Dialog/1"),
        ("markup for an agent", "MakeReady#a</state><state>LOGOUT"),
        ("a header for an agent", "MakeReady#a\nheader:x"),
        ("an address for an agent", "MakeReady#a@evil/desktop"),
        ("no password", "Login#99999 null"),
        ("an empty password", "Login#99999 ,6199"),
        ("no extension", "Login#99999 c4nary-x,"),
        ("letters for an extension", "Login#99999 c4nary-x,61a9"),
        ("separators at the end", "Login#99999 c4nary-x,6199,,,,"),
        ("a password with separators", "Login#99999 c4nary#x|y,61#9"),
        ("no number", "MakeCall#99999 null"),
        ("letters for a number", "MakeCall#99999 <script>"),
        ("no reason", "MakeNotReadyWithReason#99999 null"),
        ("a byte order mark", "\u{feff}MakeReady#99999"),
        ("a mark that turns text round", "MakeReady#\u{202e}99999"),
        ("digits of another script", "MakeReady#\u{0669}\u{0669}"),
        ("an open brace", "{"),
        ("an open list", "["),
        ("a JSON text", "\"MakeReady#99999\""),
        ("XML", "<User><state>READY</state></User>"),
        ("HTTP", "POST /gc/v1/commands HTTP/1.1\r\n\r\n"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .into();
    table.extend([
        ("a long line", "x".repeat(60_000)),
        ("a long agent", format!("MakeReady#{}", "9".repeat(60_000))),
        (
            "a long body",
            format!("MakeCall#99999 {}", "9".repeat(60_000)),
        ),
        (
            "many parameters",
            format!("MakeCall#99999 {}", "9,".repeat(30_000)),
        ),
    ]);
    table
}

/// Good frames to be damaged. None of them does anything for an agent that is not connected.
pub const GOOD: &[&str] = &[
    "MakeCall#99999 9001",
    "Login#99999 c4nary-x,6199",
    "Connect#99999\ndesk-99999,c4nary-x",
    "MakeNotReadyWithReason#99999 12",
    "UpdateCallVariableData#99999 207,callVariable1=gold|callVariable2=blue",
    "BargeCall#99999 6127,207",
];
