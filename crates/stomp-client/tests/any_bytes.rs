//! What must hold for every frame and for every stream of bytes.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use bytes::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;
use stomp_client::{Command, Decoder, Frame, Item, Limits, encode};

fn any_frame() -> impl Strategy<Value = Frame> {
    let command = proptest::sample::select(Command::ALL);
    let text = "[^\0]{0,12}";
    let header = ("[^\0]{1,8}", text);
    (command, vec(header, 0..5), vec(any::<u8>(), 0..40)).prop_map(|(command, headers, body)| {
        let headers = headers
            .into_iter()
            .filter(|(name, _)| name != "content-length");
        let frame = Frame {
            command,
            headers: headers.collect(),
            body: body.into(),
        };
        legal(frame)
    })
}

/// Takes away what the command may not have.
fn legal(mut frame: Frame) -> Frame {
    if !frame.command.may_have_body() {
        frame.body.clear();
    }
    if matches!(frame.command, Command::Connect | Command::Connected) {
        frame.headers.retain(|(name, value)| {
            !name.contains(['\r', '\n', ':']) && !value.contains(['\r', '\n'])
        });
    }
    frame
}

fn without_length(item: Item) -> Item {
    match item {
        Item::Frame(mut frame) => {
            frame.headers.retain(|(name, _)| name != "content-length");
            Item::Frame(frame)
        }
        Item::HeartBeat => Item::HeartBeat,
        Item::Oversized(frame) => Item::Oversized(frame),
    }
}

fn items_of(wire: &[u8], piece: usize) -> Vec<Item> {
    let mut decoder = Decoder::default();
    let mut items = Vec::new();
    for bytes in wire.chunks(piece) {
        decoder.feed(bytes);
        while let Some(item) = decoder.next_item().unwrap() {
            items.push(without_length(item));
        }
    }
    items
}

proptest! {
    #[test]
    fn what_was_written_is_read_again_however_it_is_cut(
        frames in vec(any_frame(), 1..4),
        piece in 1_usize..50,
    ) {
        let mut wire = BytesMut::new();
        for frame in &frames {
            encode(frame, &mut wire).unwrap();
        }
        let expected: Vec<Item> = frames.into_iter().map(Item::Frame).collect();
        prop_assert_eq!(items_of(&wire, piece), expected);
    }

    #[test]
    fn no_bytes_make_it_panic_or_hold_more_than_its_limits(
        bytes in vec(prop_oneof![Just(b'\n'), Just(b':'), Just(0), Just(b'\\'), any::<u8>()], 0..300),
        head in proptest::sample::select(vec!["", "MESSAGE\n", "ERROR\ncontent-length:4\n"]),
    ) {
        let limits = Limits { header_line: 16, headers: 3, body: 8 };
        let mut decoder = Decoder::new(limits);
        decoder.feed(head.as_bytes());
        decoder.feed(&bytes);
        while let Ok(Some(item)) = decoder.next_item() {
            if let Item::Frame(frame) = item {
                prop_assert!(frame.body.len() <= 8 && frame.headers.len() <= 3);
            }
        }
    }
}
