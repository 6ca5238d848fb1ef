//! A stream of bytes through the scanner and the reader of stanzas, whole and in pieces.

use super::scan::{Border, Scanner};
use super::stanza;
pub(crate) use super::websocket::fuzzing::stream as websocket;

/// As deep as links allow unless they are told otherwise.
const DEPTH: usize = 64;

/// The stanzas, as far as they can be told apart from outside, and whether the link would have closed.
pub(crate) fn stream(bytes: &[u8]) -> (Vec<String>, bool) {
    let (mut scanner, mut rest, mut read) = (Scanner::new(DEPTH), bytes, Vec::new());
    loop {
        match scanner.scan(rest) {
            Ok(Some((end, Border::Stanza))) => {
                let (stanza, behind) = rest.split_at(end);
                read.push(format!("{:?}", stanza::read(stanza)));
                rest = behind;
            }
            Ok(None) => return (read, false),
            Ok(Some((_, Border::Stream))) | Err(_) => return (read, true),
        }
    }
}
