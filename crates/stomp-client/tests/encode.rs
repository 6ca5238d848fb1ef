//! What goes onto the wire.

use bytes::BytesMut;
use stomp_client::{Command, EncodeError, Frame, HEART_BEAT, encode};

fn written(frame: &Frame) -> Result<Vec<u8>, EncodeError> {
    let mut out = BytesMut::new();
    encode(frame, &mut out)?;
    Ok(out.to_vec())
}

#[test]
fn a_text_body_goes_out_without_content_length() {
    let frame = Frame::new(Command::Send)
        .with("destination", "/topic/desk-1")
        .with_body("{\"type\":\"State\"}");
    assert_eq!(
        written(&frame).unwrap(),
        b"SEND\ndestination:/topic/desk-1\n\n{\"type\":\"State\"}\0"
    );
}

#[test]
fn a_body_with_nul_or_no_text_goes_out_with_content_length() {
    let with_nul = Frame::new(Command::Send).with_body(&b"a\0b"[..]);
    assert_eq!(
        written(&with_nul).unwrap(),
        b"SEND\ncontent-length:3\n\na\0b\0"
    );
    let no_text = Frame::new(Command::Send).with_body(&b"\xff"[..]);
    assert_eq!(
        written(&no_text).unwrap(),
        b"SEND\ncontent-length:1\n\n\xff\0"
    );
}

#[test]
fn a_wrong_content_length_of_the_caller_is_not_sent() {
    let frame = Frame::new(Command::Send)
        .with("content-length", "99")
        .with_body("abc");
    assert_eq!(written(&frame).unwrap(), b"SEND\n\nabc\0");
}

#[test]
fn header_text_is_escaped() {
    let frame = Frame::new(Command::Send).with("a:b", "1\\2\n3\r4:5");
    assert_eq!(
        written(&frame).unwrap(),
        b"SEND\na\\cb:1\\\\2\\n3\\r4\\c5\n\n\0"
    );
}

#[test]
fn connect_is_not_escaped_and_refuses_what_would_need_it() {
    let frame = Frame::new(Command::Connect).with("passcode", "a:b\\c");
    assert_eq!(written(&frame).unwrap(), b"CONNECT\npasscode:a:b\\c\n\n\0");
    let smuggled = Frame::new(Command::Connect).with("login", "gc\nhost:other");
    assert_eq!(
        written(&smuggled),
        Err(EncodeError::Unescapable(
            "login".to_owned(),
            Command::Connect
        ))
    );
}

#[test]
fn a_frame_that_cannot_be_written_leaves_the_bytes_as_they_were() {
    let mut out = BytesMut::from(HEART_BEAT);
    let body = Frame::new(Command::Ack).with_body("x");
    assert_eq!(
        encode(&body, &mut out),
        Err(EncodeError::BodyNotAllowed(Command::Ack))
    );
    let nul = Frame::new(Command::Send).with("a", "b\0c");
    assert_eq!(
        encode(&nul, &mut out),
        Err(EncodeError::Nul("a".to_owned()))
    );
    let nameless = Frame::new(Command::Send).with("", "b");
    assert_eq!(encode(&nameless, &mut out), Err(EncodeError::NoName));
    assert_eq!(&out[..], b"\n");
}
