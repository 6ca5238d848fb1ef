//! Who is who: passwords, tokens of single sign-on.

use std::time::Duration;

use super::Engine;
use super::lockout::Credentials;
use super::refusal::Refusal;
use super::time::SimTime;
use super::tokens::Bearer;

impl Engine {
    /// Changes a user's password; tells whether there is such a user.
    pub fn change_password(&mut self, agent: &str, password: &str) -> bool {
        self.accounts.change(agent, password)
    }

    /// Checks a password, or a token in its place; five wrong passwords in a row lock the account.
    pub fn authenticate(&mut self, now: SimTime, id: &str, secret: &str) -> Credentials {
        self.advance(now);
        if !self.site.has_token(id) {
            return self.accounts.check(id, secret, now);
        }
        match self.tokens.check(now, secret) {
            Bearer::Good(owner) if owner == id => Credentials::Good,
            Bearer::Good(_) | Bearer::Over(_) | Bearer::Unknown => Credentials::Wrong,
        }
    }

    /// Checks a token that comes without a name.
    pub fn bearer(&mut self, now: SimTime, token: &str) -> Bearer {
        self.advance(now);
        self.tokens.check(now, token)
    }

    /// Issues a token to a user who signs on with one.
    pub fn issue_token(
        &mut self,
        now: SimTime,
        agent: &str,
        life: Duration,
    ) -> Result<String, Refusal> {
        self.advance(now);
        self.find_agent(agent)?;
        if !self.site.has_token(agent) {
            let message = "this user signs on with a password";
            return Err(Refusal::new(409, "Conflict", message, agent));
        }
        Ok(self.tokens.issue(now, agent, life))
    }

    /// Ends a token before its time; tells whether it was one.
    pub fn revoke_token(&mut self, token: &str) -> bool {
        self.tokens.revoke(token)
    }
}
