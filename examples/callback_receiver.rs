//! Where a gateway posts events to: prints each one, and answers 200, which is what "delivered" means.
//!
//! Start `cargo run --release --bin gc-server -- demo` and this, then send a command that names the callback:
//! `cargo run --bin gc -- send Connect#41027 desk-2,demo --callback http://127.0.0.1:9000/events`
//!
//! A gateway with `callback_secret` for its client signs what it posts (Standard Webhooks). Give this receiver the same
//! secret as `GC_CALLBACK_SECRET` in its environment, and it takes nothing else. The demo has no clients, and signs nothing.
#![allow(clippy::print_stdout)] // an example speaks to a terminal

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How far the clocks of both sides may be apart, and how long a callback may be on its way.
const TOLERANCE: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> Result<()> {
    let verifier = match std::env::var("GC_CALLBACK_SECRET") {
        Ok(secret) => Some(Arc::new(Mutex::new(Verifier::new(&secret)?))),
        Err(_) => {
            println!("no GC_CALLBACK_SECRET: whoever posts here is believed");
            None
        }
    };
    let receiver = Router::new()
        .route("/events", post(take))
        .with_state(verifier);
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:9000");
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("waiting on http://{}/events", listener.local_addr()?);
    axum::serve(listener, receiver).await?;
    Ok(())
}

type Shared = Option<Arc<Mutex<Verifier>>>;

/// A callback may come twice, when the first answer was lost: it is acknowledged again, and nothing else is done.
async fn take(State(verifier): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let (id, sequence) = (header("webhook-id"), header("gc-sequence"));
    if let Some(verifier) = verifier {
        let signed = Signed {
            id,
            timestamp: header("webhook-timestamp"),
            signatures: header("webhook-signature"),
            body: &body,
        };
        let mut verifier = verifier.lock().unwrap_or_else(PoisonError::into_inner);
        match verifier.check(&signed, SystemTime::now()) {
            Verdict::New => {}
            Verdict::Again => return StatusCode::OK,
            Verdict::Refused(why) => {
                println!("refused: {why}");
                return StatusCode::UNAUTHORIZED;
            }
        }
    }
    println!("{id} #{sequence} {}", String::from_utf8_lossy(&body));
    StatusCode::OK
}

/// What a signature is about.
struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
    /// One or several, each with its version before a comma.
    signatures: &'a str,
    body: &'a [u8],
}

/// What to do with a callback.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Take it.
    New,
    /// It was taken already: a repetition, by the gateway or by somebody who has heard it.
    Again,
    /// Whoever sent it is not the gateway, or it comes much too late.
    Refused(&'static str),
}

/// Knows the secret, and which callbacks have been taken.
struct Verifier {
    key: Hmac<Sha256>,
    /// What is older is refused for its age, so it need not be remembered. The oldest come first.
    taken: VecDeque<(SystemTime, String)>,
}

impl Verifier {
    /// Reads `whsec_<base64>`.
    fn new(secret: &str) -> Result<Self> {
        // The secret itself has no place in a message.
        let key = secret
            .strip_prefix("whsec_")
            .and_then(|text| BASE64_STANDARD.decode(text).ok())
            .and_then(|bytes| Hmac::new_from_slice(&bytes).ok());
        Ok(Self {
            key: key.context("the secret is not whsec_ and base64")?,
            taken: VecDeque::new(),
        })
    }

    fn check(&mut self, signed: &Signed<'_>, now: SystemTime) -> Verdict {
        let Some(sent) = moment(signed.timestamp) else {
            return Verdict::Refused("there is no webhook-timestamp");
        };
        if apart(sent, now) > TOLERANCE {
            return Verdict::Refused("webhook-timestamp is too far from now");
        }
        if !self.has_signed(signed) {
            return Verdict::Refused("no signature fits");
        }
        self.forget_old(now);
        if self.taken.iter().any(|(_, id)| id == signed.id) {
            return Verdict::Again;
        }
        self.taken.push_back((now, signed.id.to_owned()));
        Verdict::New
    }

    fn has_signed(&self, signed: &Signed<'_>) -> bool {
        let mut signatures = signed.signatures.split(' ');
        signatures.any(|signature| {
            let bytes = signature
                .strip_prefix("v1,")
                .and_then(|text| BASE64_STANDARD.decode(text).ok());
            let mut mac = self.key.clone();
            mac.update(format!("{}.{}.", signed.id, signed.timestamp).as_bytes());
            mac.update(signed.body);
            // In constant time.
            bytes.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
        })
    }

    /// A timestamp may be ahead by the tolerance, so what was taken is refused after two of them at the latest.
    fn forget_old(&mut self, now: SystemTime) {
        while let Some((taken, _)) = self.taken.front()
            && apart(*taken, now) > 2 * TOLERANCE
        {
            self.taken.pop_front();
        }
    }
}

fn moment(timestamp: &str) -> Option<SystemTime> {
    let seconds = timestamp.parse().ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn apart(one: SystemTime, other: SystemTime) -> Duration {
    let later = one.duration_since(other);
    later.unwrap_or_else(|earlier| earlier.duration())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample of the standard.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SAMPLE: Signed<'_> = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        body: br#"{"test": 2432232314}"#,
    };
    const FORGED: Verdict = Verdict::Refused("no signature fits");
    const OLD: Verdict = Verdict::Refused("webhook-timestamp is too far from now");

    /// So long after the sample was sent.
    fn after(seconds: u64) -> SystemTime {
        moment(SAMPLE.timestamp).unwrap_or(UNIX_EPOCH) + Duration::from_secs(seconds)
    }

    fn verdicts<const N: usize>(sent: [(&Signed<'_>, u64); N]) -> Result<[Verdict; N]> {
        let mut verifier = Verifier::new(SECRET)?;
        Ok(sent.map(|(signed, seconds)| verifier.check(signed, after(seconds))))
    }

    #[test]
    fn what_the_gateway_has_signed_is_taken() -> Result<()> {
        assert_eq!(verdicts([(&SAMPLE, 0)])?, [Verdict::New]);
        let rotating = format!("v1,AAAA v2,g0hM {}", SAMPLE.signatures);
        let among_others = Signed {
            signatures: &rotating,
            ..SAMPLE
        };
        assert_eq!(verdicts([(&among_others, 299)])?, [Verdict::New]);
        Ok(())
    }

    #[test]
    fn what_was_changed_on_its_way_is_refused() -> Result<()> {
        let changed = [
            Signed {
                body: br#"{"test": 2432232315}"#,
                ..SAMPLE
            },
            Signed {
                id: "msg_p5jXN8AQM9LWM0D4loKWxJel",
                ..SAMPLE
            },
            Signed {
                timestamp: "1614265331",
                ..SAMPLE
            },
            Signed {
                signatures: "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                ..SAMPLE
            },
            Signed {
                signatures: "",
                ..SAMPLE
            },
            Signed {
                signatures: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                ..SAMPLE
            },
        ];
        for changed in &changed {
            // A forgery does not use up the id of the true one.
            let [forged, then] = verdicts([(changed, 0), (&SAMPLE, 0)])?;
            assert_eq!((forged, then), (FORGED, Verdict::New));
        }
        Ok(())
    }

    #[test]
    fn a_callback_that_is_played_again_is_taken_once() -> Result<()> {
        let told = verdicts([(&SAMPLE, 0), (&SAMPLE, 10), (&SAMPLE, 300)])?;
        assert_eq!(told, [Verdict::New, Verdict::Again, Verdict::Again]);
        Ok(())
    }

    #[test]
    fn an_old_one_is_refused_and_need_not_be_remembered() -> Result<()> {
        let mut verifier = Verifier::new(SECRET)?;
        assert_eq!(verifier.check(&SAMPLE, after(0)), Verdict::New);
        assert_eq!(verifier.check(&SAMPLE, after(301)), OLD);
        verifier.forget_old(after(601));
        assert!(verifier.taken.is_empty());
        let early = after(0) - Duration::from_secs(301);
        assert_eq!(verifier.check(&SAMPLE, early), OLD);
        let undated = Signed {
            timestamp: "yesterday",
            ..SAMPLE
        };
        let verdict = verifier.check(&undated, after(0));
        assert_eq!(verdict, Verdict::Refused("there is no webhook-timestamp"));
        Ok(())
    }

    #[test]
    fn a_secret_that_is_none_is_not_repeated() {
        let refused = Verifier::new("whsec_c4nary!")
            .err()
            .map(|why| why.to_string());
        assert_eq!(
            refused.as_deref(),
            Some("the secret is not whsec_ and base64")
        );
    }
}
