//! What clients send: commands in their three forms, and tokens.

use std::time::{Duration, SystemTime};

use gc_protocol::{Command, CommandError, Secret, Submission};

/// A body of a request. What could be read can be printed, and reads back as the same.
pub fn gc_json(bytes: &[u8]) {
    match Submission::parse_json(bytes) {
        Ok(submission) => reads_back(&submission.command),
        Err(error) => tells_why(&error),
    }
}

/// A text frame, in any form.
pub fn gc_text(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match Command::parse_line(text) {
        Ok(command) => reads_back(&command),
        Err(error) => tells_why(&error),
    }
}

/// A message of a command queue: its first line is the type.
pub fn broker_message(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (kind, body) = text.split_once('\n').unwrap_or((text, ""));
    match Command::parse_message(kind, Some(body)) {
        Ok(command) => reads_back(&command),
        Err(error) => tells_why(&error),
    }
}

/// An access token: it may end, but no token lives for longer than it was made for.
pub fn access_token(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let token = Secret::new(text);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let life = gc_server::token::token_life(&token, now);
    let later = gc_server::token::token_life(&token, now + Duration::from_secs(3_600));
    if let (Some(life), Some(later)) = (life, later) {
        assert!(
            later <= life,
            "a token that lives on: {life:?}, then {later:?}"
        );
    }
}

fn reads_back(command: &Command) {
    let typed = command.to_json_exposing_secrets();
    assert_eq!(Command::parse_line(&typed).as_ref(), Ok(command), "{typed}");
    if let Ok((kind, body)) = command.to_text_exposing_secrets() {
        let read = Command::parse_text(&kind, Some(&body)).expect("what was printed");
        assert_eq!(read.body, command.body, "{kind} {body}");
    }
}

fn tells_why(error: &CommandError) {
    assert!(!error.message.is_empty(), "{error:?}");
    assert!(
        error.message.len() < 1_000,
        "a message without an end: {error:?}"
    );
}
