//! Access tokens of single sign-on: issued here, and good until they expire or are revoked.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::time::SimTime;
use crate::rng::Rng;

/// Tokens that are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 4096;

/// What tokens look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenForm {
    /// JSON Web Token, signed with HMAC-SHA256; `exp` can be read.
    #[default]
    Jwt,
    /// Random text that tells nothing.
    Opaque,
}

/// Outcome of a token check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// Good, and whose it is.
    Good(String),
    /// Expired or revoked, and whose it was.
    Over(String),
    /// Never issued.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    form: TokenForm,
    rng: Rng,
    key: Vec<u8>,
    issued: BTreeMap<String, Token>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Token {
    agent: String,
    /// `None` once it is revoked.
    expires: Option<SimTime>,
}

impl Tokens {
    pub(crate) fn new(form: TokenForm, seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x0074_6f6b_656e);
        let key = rng.text(32).into_bytes();
        Self {
            form,
            rng,
            key,
            issued: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// A new token; lives are rounded up to full seconds, because `exp` has no finer grain.
    pub(crate) fn issue(&mut self, now: SimTime, agent: &str, life: Duration) -> String {
        let end = now + life;
        let (issued, expires) = (now.unix_millis() / 1000, end.unix_millis().div_ceil(1000));
        let text = match self.form {
            TokenForm::Jwt => self.jwt(agent, issued, expires),
            TokenForm::Opaque => self.rng.text(43),
        };
        let token = Token {
            agent: agent.to_owned(),
            expires: Some(SimTime::from_unix_millis(expires * 1000)),
        };
        self.remember(&text, token);
        text
    }

    pub(crate) fn check(&self, now: SimTime, text: &str) -> Bearer {
        match self.issued.get(text) {
            None => Bearer::Unknown,
            Some(token) if token.expires.is_some_and(|end| now < end) => {
                Bearer::Good(token.agent.clone())
            }
            Some(token) => Bearer::Over(token.agent.clone()),
        }
    }

    /// Tells whether there was such a token.
    pub(crate) fn revoke(&mut self, text: &str) -> bool {
        let token = self.issued.get_mut(text);
        token.is_some_and(|token| token.expires.take().is_some())
    }

    fn remember(&mut self, text: &str, token: Token) {
        self.issued.insert(text.to_owned(), token);
        self.order.push_back(text.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.issued.remove(&oldest);
        }
    }

    fn jwt(&mut self, agent: &str, issued: u64, expires: u64) -> String {
        let header = serde_json::json!({ "alg": "HS256", "typ": "JWT" });
        let payload = serde_json::json!({
            "iss": "https://ids.acme.test",
            "sub": agent,
            "iat": issued,
            "exp": expires,
            "jti": self.rng.text(12),
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let content = format!("{}.{}", part(header), part(payload));
        let signature = URL_SAFE_NO_PAD.encode(self.signature(&content));
        format!("{content}.{signature}")
    }

    fn signature(&self, content: &str) -> Vec<u8> {
        // Any length of key will do for HMAC.
        Hmac::<Sha256>::new_from_slice(&self.key)
            .map(|mac| mac.chain_update(content).finalize().into_bytes().to_vec())
            .unwrap_or_default()
    }
}
