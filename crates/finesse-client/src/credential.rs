//! Who asks: an agent's password or token.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::header::{HeaderValue, InvalidHeaderValue};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// What proves to Finesse who asks; prints nothing of the secret.
#[derive(Debug, Clone)]
pub enum Credential {
    /// User and password.
    Basic {
        /// Agent id, or login name where the node takes one.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// Access token of single sign-on, which is the XMPP password too.
    Bearer {
        /// The token.
        token: SecretString,
    },
}

impl Credential {
    /// User and password.
    pub fn basic(user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// An access token.
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self::Bearer {
            token: token.into(),
        }
    }

    pub(crate) fn authorization(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let text = Zeroizing::new(match self {
            Self::Basic { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", password.expose_secret()));
                format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes()))
            }
            Self::Bearer { token } => format!("Bearer {}", token.expose_secret()),
        });
        let mut value = HeaderValue::from_str(&text)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The initial response of SASL PLAIN.
    pub(crate) fn plain_response(&self, localpart: &str) -> Vec<u8> {
        let secret = match self {
            Self::Basic { password, .. } => password,
            Self::Bearer { token } => token,
        };
        [
            b"\0",
            localpart.as_bytes(),
            b"\0",
            secret.expose_secret().as_bytes(),
        ]
        .concat()
    }
}
