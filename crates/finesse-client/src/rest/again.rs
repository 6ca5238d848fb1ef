//! When a read is made again: the node has said that it did not serve it just now.

use finesse_protocol::Request;
use hyper::HeaderMap;
use hyper::header::RETRY_AFTER;
use tokio::time::{Duration, Instant};

use crate::error::RequestError;

/// How often a read is made again.
const REPEATS: u32 = 2;

/// Before the first repetition, where nothing else was asked for; twice as long before the next.
const PAUSE: Duration = Duration::from_millis(500);

/// A node that wants to be left alone for longer is believed this much.
const LONGEST: Duration = Duration::from_secs(30);

/// What `Retry-After` says in seconds, within bounds; its other form, a date, depends on the other side's clock.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large for us is only a very long time.
    digits.then(|| {
        seconds
            .parse()
            .map_or(LONGEST, Duration::from_secs)
            .min(LONGEST)
    })
}

/// When to ask again after the `asked`-th time, if that helps and ends before the deadline.
///
/// Such an answer judges no credential, so that one may be sent once more; of what a proxy gave up nobody knows that.
pub(super) fn again_at(
    request: &Request,
    error: &RequestError,
    asked: u32,
    deadline: Instant,
) -> Option<Instant> {
    let RequestError::Fault(fault) = error else {
        return None;
    };
    let serves_later = matches!(fault.status, 429 | 503);
    if !request.is_read() || !serves_later || asked > REPEATS {
        return None;
    }
    let pause = PAUSE * 2_u32.pow(asked.saturating_sub(1));
    let at = Instant::now() + fault.retry_after.unwrap_or(pause).max(pause);
    (at < deadline).then_some(at)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn seconds_are_read_within_bounds_and_nothing_else() {
        for (text, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("30", Some(30)),
            ("31", Some(30)),
            ("99999999999999999999999", Some(30)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("soon", None),
            ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            let read = retry_after(&headers);
            assert_eq!(read, seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
