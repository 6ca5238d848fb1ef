//! Passwords or tokens: how people sign on.

use super::Site;

/// How people sign on, as `systemAuthMode` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthMode {
    /// Everybody has a password.
    #[default]
    NonSso,
    /// Everybody has a token; the administrator keeps the password.
    Sso,
    /// Each as [`AgentProfile::sign_on`](super::AgentProfile::sign_on) says.
    Hybrid,
}

impl AuthMode {
    /// As Finesse spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NonSso => "NON_SSO",
            Self::Sso => "SSO",
            Self::Hybrid => "HYBRID",
        }
    }

    /// The value of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "NON_SSO" => Some(Self::NonSso),
            "SSO" => Some(Self::Sso),
            "HYBRID" => Some(Self::Hybrid),
            _ => None,
        }
    }
}

/// What a user shows to sign on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignOn {
    /// The password.
    #[default]
    Password,
    /// An access token.
    Token,
}

impl Site {
    /// The same people, signing on in another way; in a hybrid site these agents have tokens.
    #[must_use]
    pub fn signing_on(mut self, mode: AuthMode, with_token: &[&str]) -> Self {
        self.auth_mode = mode;
        for agent in &mut self.agents {
            if with_token.contains(&agent.id.as_str()) {
                agent.sign_on = SignOn::Token;
            }
        }
        self
    }

    /// Whether the user has a token instead of a password.
    pub(crate) fn has_token(&self, id: &str) -> bool {
        let agent = self.agents.iter().find(|agent| agent.id == id);
        match self.auth_mode {
            AuthMode::NonSso => false,
            AuthMode::Sso => agent.is_some(),
            AuthMode::Hybrid => agent.is_some_and(|agent| agent.sign_on == SignOn::Token),
        }
    }
}
