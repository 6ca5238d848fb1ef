//! Access tokens of single sign-on: how long one lives, as far as it says so itself.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gc_protocol::Secret;
use serde::Deserialize;
use serde_json::Number;

/// Longer than any token fits a header.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What a token says of its life; nothing of it is verified, that is Finesse's business.
#[derive(Deserialize)]
struct Claims {
    exp: Number,
    iat: Option<Number>,
}

/// How long a token (JWT) lives from `now` on; zero once it has expired, `None` when it does not tell.
///
/// Never longer than from its making (`iat`) to its end (`exp`), so that a clock that is late here promises nothing.
pub fn token_life(token: &Secret, now: SystemTime) -> Option<Duration> {
    let claims = claims(token.expose())?;
    let end = instant(&claims.exp)?;
    let left = end.duration_since(now).unwrap_or_default();
    let Some(made) = &claims.iat else {
        return Some(left);
    };
    let whole = end.duration_since(instant(made)?).ok()?;
    (!whole.is_zero()).then(|| left.min(whole))
}

fn claims(token: &str) -> Option<Claims> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        // Five parts are an encrypted token, which tells nothing.
        return None;
    }
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&json).ok()
}

/// Seconds since 1970, whole or not.
fn instant(seconds: &Number) -> Option<SystemTime> {
    let since = match seconds.as_u64() {
        Some(whole) => Duration::from_secs(whole),
        None => Duration::try_from_secs_f64(seconds.as_f64()?).ok()?,
    };
    UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const NOW: u64 = 1_714_641_900;

    fn life_of(token: &str) -> Option<Duration> {
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        token_life(&Secret::new(token), now)
    }

    fn life(payload: &str) -> Option<u64> {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
        life_of(&format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln")).map(|life| life.as_secs())
    }

    #[test]
    fn a_token_tells_how_long_it_lives() {
        for (payload, seconds) in [
            (r#"{"iat":1714641900,"exp":1714645500}"#, 3600),
            (r#"{"exp":1714645500}"#, 3600),
            (r#"{"exp":1714645500.0,"iat":1714641900.5}"#, 3599),
            (r#"{"iat":1714640100,"exp":1714643700,"sub":"zoë"}"#, 1800),
        ] {
            assert_eq!(life(payload), Some(seconds), "{payload}");
        }
    }

    #[test]
    fn a_literal_token_is_read() {
        // {"iat":1714641900,"exp":1714645500}
        let token = "eyJhbGciOiJub25lIn0.eyJpYXQiOjE3MTQ2NDE5MDAsImV4cCI6MTcxNDY0NTUwMH0.";
        assert_eq!(life_of(token), Some(Duration::from_secs(3600)));
        let padded = "eyJhbGciOiJub25lIn0.eyJpYXQiOjE3MTQ2NDE5MDAsImV4cCI6MTcxNDY0NTUwMH0=.c2ln";
        assert_eq!(life_of(padded), Some(Duration::from_secs(3600)));
    }

    #[test]
    fn an_expired_token_lives_no_longer() {
        assert_eq!(life(r#"{"iat":1714630000,"exp":1714633600}"#), Some(0));
        assert_eq!(life(r#"{"exp":1714641900}"#), Some(0));
    }

    #[test]
    fn a_clock_that_is_late_here_promises_nothing() {
        assert_eq!(life(r#"{"iat":1714700000,"exp":1714703600}"#), Some(3600));
    }

    #[test]
    fn what_tells_nothing_is_none() {
        for payload in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"iat":1714641900}"#,
            r#"{"exp":"1714645500"}"#,
            r#"{"exp":null}"#,
            r#"{"exp":-1}"#,
            r#"{"exp":1e400}"#,
            r#"{"exp":1e300}"#,
            r#"{"exp":18446744073709551615}"#,
            r#"{"exp":1714645500,"iat":1714645500}"#,
            r#"{"exp":1714645500,"iat":1714645501}"#,
            r#"{"exp":1714645500,"iat":-5}"#,
            r#"{"exp":1714645500"#,
        ] {
            assert_eq!(life(payload), None, "{payload}");
        }
    }

    #[test]
    fn what_is_no_token_is_none() {
        let deep = format!("a.{}.c", BASE64_URL_SAFE_NO_PAD.encode("[".repeat(9_000)));
        for token in [
            "",
            "demo",
            "a.b",
            "a..c",
            "a.!!!.c",
            "a.eyJleHAiOjE3MTQ2NDU1MDB9.c.d.e",
            "a.eyJleHAiOjE3MTQ2NDU1MDB9.c.d",
            deep.as_str(),
        ] {
            assert_eq!(life_of(token), None);
        }
        let long = format!("{}.eyJleHAiOjE3MTQ2NDU1MDB9.c", "a".repeat(16 * 1024));
        assert_eq!(life_of(&long), None);
    }
}
