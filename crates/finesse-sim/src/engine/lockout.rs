//! Passwords, and the lock after too many wrong ones.

use std::collections::BTreeMap;
use std::time::Duration;

use super::time::SimTime;

/// Outcome of a password check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// Right password, account open.
    Good,
    /// Unknown user or wrong password.
    Wrong,
    /// Locked after too many wrong passwords; even the right one is refused.
    Locked,
}

#[derive(Debug)]
pub(crate) struct Accounts {
    accounts: BTreeMap<String, Account>,
    limit: u32,
    lock: Duration,
}

#[derive(Debug)]
struct Account {
    password: String,
    failures: u32,
    locked_until: Option<SimTime>,
}

impl Accounts {
    pub(crate) fn new(limit: u32, lock: Duration) -> Self {
        Self {
            accounts: BTreeMap::new(),
            limit,
            lock,
        }
    }

    pub(crate) fn add(&mut self, id: &str, password: &str) {
        let account = Account {
            password: password.to_owned(),
            failures: 0,
            locked_until: None,
        };
        self.accounts.insert(id.to_owned(), account);
    }

    /// Gives an account another password; tells whether there is one.
    pub(crate) fn change(&mut self, id: &str, password: &str) -> bool {
        let account = self.accounts.get_mut(id);
        account.is_some_and(|account| {
            password.clone_into(&mut account.password);
            true
        })
    }

    pub(crate) fn check(&mut self, id: &str, password: &str, now: SimTime) -> Credentials {
        let Some(account) = self.accounts.get_mut(id) else {
            return Credentials::Wrong;
        };
        if account.locked_until.is_some_and(|until| now < until) {
            return Credentials::Locked;
        }
        account.locked_until = None;
        if account.password == password {
            account.failures = 0;
            return Credentials::Good;
        }
        account.failures += 1;
        if account.failures >= self.limit {
            account.failures = 0;
            account.locked_until = Some(now + self.lock);
        }
        Credentials::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_lock_the_account_for_five_minutes() {
        let mut accounts = Accounts::new(5, Duration::from_secs(300));
        accounts.add("41027", "demo");
        let start = SimTime::from_unix_millis(1_000);
        for _ in 0..5 {
            assert_eq!(accounts.check("41027", "wrong", start), Credentials::Wrong);
        }
        assert_eq!(accounts.check("41027", "demo", start), Credentials::Locked);
        let later = start + Duration::from_secs(300);
        assert_eq!(accounts.check("41027", "demo", later), Credentials::Good);
    }

    #[test]
    fn a_right_password_forgives_the_wrong_ones_before_it() {
        let mut accounts = Accounts::new(5, Duration::from_secs(300));
        accounts.add("41027", "demo");
        let now = SimTime::default();
        for _ in 0..4 {
            accounts.check("41027", "wrong", now);
        }
        assert_eq!(accounts.check("41027", "demo", now), Credentials::Good);
        accounts.check("41027", "wrong", now);
        assert_eq!(accounts.check("41027", "demo", now), Credentials::Good);
    }
}
