//! Who sends how often.

use std::time::Duration;

use stomp_client::{Agreed, HeartBeat};

#[test]
fn the_slower_of_promise_and_wish_holds_each_way() {
    let ours = HeartBeat {
        can_send: 10_000,
        wants: 5_000,
    };
    let theirs = HeartBeat::parse("8000,20000").unwrap();
    let agreed = Agreed {
        send_every: Some(Duration::from_secs(20)),
        expect_every: Some(Duration::from_secs(8)),
    };
    assert_eq!(ours.agree(theirs), agreed);
}

#[test]
fn zero_on_either_side_is_never() {
    let ours = HeartBeat {
        can_send: 10_000,
        wants: 0,
    };
    let theirs = HeartBeat {
        can_send: 10_000,
        wants: 0,
    };
    let agreed = Agreed {
        send_every: None,
        expect_every: None,
    };
    assert_eq!(ours.agree(theirs), agreed);
}

#[test]
fn the_header_is_written_as_it_is_read() {
    let header = HeartBeat {
        can_send: 1,
        wants: 2,
    };
    assert_eq!(header.to_string(), "1,2");
    assert_eq!(HeartBeat::parse("1,2"), Some(header));
    assert_eq!(HeartBeat::parse("1"), None);
    assert_eq!(HeartBeat::parse("1,-2"), None);
}
