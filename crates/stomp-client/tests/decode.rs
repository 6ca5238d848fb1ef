//! What comes off the wire.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use stomp_client::{Command, DecodeError, Decoder, Frame, Item, Limits};

fn decode(bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    decode_with(Limits::default(), bytes)
}

fn decode_with(limits: Limits, bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    let mut decoder = Decoder::new(limits);
    decoder.feed(bytes);
    let mut items = Vec::new();
    while let Some(item) = decoder.next_item()? {
        items.push(item);
    }
    Ok(items)
}

fn only_frame(bytes: &[u8]) -> Frame {
    match decode(bytes).unwrap().as_slice() {
        [Item::Frame(frame)] => frame.clone(),
        other => panic!("not one frame: {other:?}"),
    }
}

#[test]
fn a_text_message_of_a_broker_is_read() {
    let frame = only_frame(
        b"MESSAGE\nsubscription:1\nmessage-id:ID\\c7\ntype:Login#41027\ndestination:/queue/Connector1\n\ndemo,6127\0",
    );
    assert_eq!(frame.command, Command::Message);
    assert_eq!(frame.header("message-id"), Some("ID:7"));
    assert_eq!(frame.header("type"), Some("Login#41027"));
    assert_eq!(&frame.body[..], b"demo,6127");
}

#[test]
fn lines_may_end_in_carriage_return_and_line_feed() {
    let frame = only_frame(b"RECEIPT\r\nreceipt-id:7\r\n\r\n\0");
    assert_eq!(frame, Frame::new(Command::Receipt).with("receipt-id", "7"));
}

#[test]
fn a_content_length_lets_a_body_hold_nul() {
    let frame = only_frame(b"MESSAGE\ncontent-length:3\n\na\0b\0");
    assert_eq!(&frame.body[..], b"a\0b");
}

#[test]
fn a_body_without_content_length_ends_at_the_first_nul() {
    let items = decode(b"MESSAGE\n\na\0MESSAGE\n\nb\0").unwrap();
    let message = |body: &'static str| Item::Frame(Frame::new(Command::Message).with_body(body));
    assert_eq!(items, [message("a"), message("b")]);
}

#[test]
fn empty_lines_between_frames_are_heart_beats() {
    let items = decode(b"\nRECEIPT\nreceipt-id:1\n\n\0\n\r\n").unwrap();
    assert_eq!(items.len(), 4);
    assert_eq!(items[0], Item::HeartBeat);
    assert_eq!(items[2..], [Item::HeartBeat, Item::HeartBeat]);
}

#[test]
fn every_escape_is_resolved_in_names_and_values() {
    let frame = only_frame(b"MESSAGE\na\\cb:1\\\\2\\n3\\r4\\c5:6\n\n\0");
    assert_eq!(
        frame.headers,
        [("a:b".to_owned(), "1\\2\n3\r4:5:6".to_owned())]
    );
}

#[test]
fn an_undefined_escape_ends_the_stream() {
    let error = decode(b"MESSAGE\nname:a\\tb\n\n\0").unwrap_err();
    assert_eq!(error, DecodeError::BadEscape("name".to_owned()));
    let error = decode(b"MESSAGE\nname:open\\\n\n\0").unwrap_err();
    assert_eq!(error, DecodeError::BadEscape("name".to_owned()));
}

#[test]
fn connected_is_not_escaped() {
    let frame = only_frame(b"CONNECTED\nserver:a\\tb:c\n\n\0");
    assert_eq!(frame.header("server"), Some("a\\tb:c"));
}

#[test]
fn of_repeated_headers_the_first_counts() {
    let frame = only_frame(b"MESSAGE\nfoo:World\nfoo:Hello\n\n\0");
    assert_eq!(frame.header("foo"), Some("World"));
    assert_eq!(frame.headers.len(), 2);
}

#[test]
fn values_keep_their_blanks() {
    let frame = only_frame(b"MESSAGE\nname: a \n\n\0");
    assert_eq!(frame.header("name"), Some(" a "));
}

#[test]
fn an_unfinished_frame_waits_for_more() {
    assert_eq!(decode(b"MESSAGE\ncontent-length:5\n\nabc").unwrap(), []);
    assert_eq!(decode(b"MESSAGE\nname:va").unwrap(), []);
    assert_eq!(decode(b"MESS").unwrap(), []);
}

#[test]
fn bytes_that_are_no_stomp_are_refused() {
    let refused = |bytes: &[u8]| decode(bytes).unwrap_err();
    assert_eq!(
        refused(b"GET / HTTP/1.1\r\n"),
        DecodeError::UnknownCommand("GET / HTTP/1.1".to_owned())
    );
    assert_eq!(
        refused(b"message\n\n\0"),
        DecodeError::UnknownCommand("message".to_owned())
    );
    assert_eq!(
        refused(b"MESSAGE\nnocolon\n\n\0"),
        DecodeError::NoHeader("nocolon".to_owned())
    );
    assert_eq!(
        refused(b"MESSAGE\n:value\n\n\0"),
        DecodeError::NoHeader(":value".to_owned())
    );
    assert_eq!(refused(b"MESSAGE\na:\xff\n\n\0"), DecodeError::NotUtf8);
    assert_eq!(
        refused(b"MESSAGE\ncontent-length:-1\n\n\0"),
        DecodeError::BadLength("-1".to_owned())
    );
    assert_eq!(
        refused(b"MESSAGE\ncontent-length:1\n\nab\0"),
        DecodeError::NoNul
    );
    assert_eq!(
        refused(b"RECEIPT\n\nbody\0"),
        DecodeError::BodyNotAllowed(Command::Receipt)
    );
}

#[test]
fn the_limits_hold_for_what_has_not_ended_yet_too() {
    let limits = Limits {
        header_line: 20,
        headers: 2,
        body: 4,
    };
    let refused = |bytes: &[u8]| decode_with(limits, bytes).unwrap_err();
    assert_eq!(refused(&[b'A'; 21]), DecodeError::LineTooLong(20));
    assert_eq!(
        refused(b"ERROR\nname:0123456789abcdef"),
        DecodeError::LineTooLong(20)
    );
    assert_eq!(
        refused(b"ERROR\na:1\nb:2\nc:3\n"),
        DecodeError::TooManyHeaders(2)
    );
    assert_eq!(refused(b"ERROR\n\n12345"), DecodeError::BodyTooLong(4));
    assert_eq!(
        refused(b"ERROR\ncontent-length:5\n\n"),
        DecodeError::BodyTooLong(4)
    );
}

#[test]
fn what_is_just_within_the_limits_passes() {
    let limits = Limits {
        header_line: 20,
        headers: 2,
        body: 4,
    };
    let items = decode_with(limits, b"MESSAGE\nname:0123456789abcde\nb:2\n\n1234\0").unwrap();
    assert_eq!(items.len(), 1);
}

#[test]
fn after_an_error_the_decoder_repeats_it() {
    let mut decoder = Decoder::default();
    decoder.feed(b"NONSENSE\n");
    let first = decoder.next_item().unwrap_err();
    decoder.feed(b"RECEIPT\nreceipt-id:1\n\n\0");
    assert_eq!(decoder.next_item().unwrap_err(), first);
}

#[test]
fn a_message_beyond_the_limits_can_still_be_refused_by_its_headers() {
    let limits = Limits {
        header_line: 20,
        headers: 2,
        body: 4,
    };
    let next = b"MESSAGE\nack:9\n\nyes\0";
    for (first, body) in [
        (&b"MESSAGE\nack:8\n\n12345678901\0"[..], &b""[..]),
        (b"MESSAGE\nack:8\ncontent-length:6\n\n12\x00456\0", b""),
        (
            b"MESSAGE\nlong:0123456789abcdefghij\nack:8\n\nyes\0",
            b"yes",
        ),
        (b"MESSAGE\na:1\nb:2\nc:3\nack:8\n\nyes\0", b"yes"),
    ] {
        let wire = [first, next].concat();
        for step in [1, 2, 3, 7, wire.len()] {
            let mut decoder = Decoder::new(limits);
            let mut items = Vec::new();
            for bytes in wire.chunks(step) {
                decoder.feed(bytes);
                while let Some(item) = decoder.next_item().unwrap() {
                    items.push(item);
                }
            }
            let [Item::Oversized(refused), Item::Frame(taken)] = &items[..] else {
                panic!("{items:?}");
            };
            assert_eq!(refused.header("ack"), Some("8"));
            assert_eq!(&refused.body[..], body);
            assert_eq!(taken.header("ack"), Some("9"));
            assert_eq!(&taken.body[..], b"yes");
        }
    }
}
