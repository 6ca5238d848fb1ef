//! Failed credentials of each agent, kept below what locks an account at Finesse.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use finesse_protocol::Fault;
use gc_protocol::{AgentId, ErrorType};

use crate::config::Config;
use crate::io::{Reply, RequestId};

/// Failures that are remembered; beyond it the oldest is forgotten.
const REMEMBERED: usize = 50_000;

/// Which credentials may still be tried at Finesse.
#[derive(Debug)]
pub(crate) struct Guard {
    limit: usize,
    window: Duration,
    accounts: BTreeMap<String, Tries>,
    out: BTreeMap<RequestId, String>,
    failures: VecDeque<(Instant, String)>,
}

#[derive(Debug, Default)]
struct Tries {
    out: usize,
    failed: VecDeque<Instant>,
}

impl Guard {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            limit: config.sign_in_failures,
            window: config.sign_in_window,
            accounts: BTreeMap::new(),
            out: BTreeMap::new(),
            failures: VecDeque::new(),
        }
    }

    /// Why an agent's credential cannot be tried now: each one on its way may fail too.
    pub(crate) fn refusal(&mut self, now: Instant, agent: &AgentId) -> Option<(ErrorType, String)> {
        self.forget_old(now);
        let tries = self.accounts.get(&account(agent))?;
        if tries.failed.len() >= self.limit {
            let until = tries
                .failed
                .front()
                .map_or(now, |first| *first + self.window);
            let seconds = until.saturating_duration_since(now).as_secs() + 1;
            let message = format!(
                "too many failed sign-ins of this agent: Finesse would lock the account and is not asked again for {seconds} s"
            );
            return Some((ErrorType::CfAgentAccountLockedOut, message));
        }
        (tries.failed.len() + tries.out >= self.limit).then(|| {
            let message = "other sign-ins of this agent are being tried: wait for their outcome";
            (ErrorType::CfResourceBusy, message.to_owned())
        })
    }

    /// A credential is on its way.
    pub(crate) fn sent(&mut self, request: RequestId, agent: &AgentId) {
        let account = account(agent);
        self.accounts.entry(account.clone()).or_default().out += 1;
        self.out.insert(request, account);
    }

    /// The reply to any request has come.
    pub(crate) fn replied(&mut self, now: Instant, request: RequestId, reply: &Reply) {
        let Some(account) = self.out.remove(&request) else {
            return;
        };
        let refused = matches!(
            reply,
            Reply::Fault(Fault {
                status: 401 | 403,
                ..
            })
        );
        if let Some(tries) = self.accounts.get_mut(&account) {
            tries.out = tries.out.saturating_sub(1);
        }
        if refused {
            self.count(now, account);
        } else {
            self.forget_idle(&account);
        }
    }

    /// Finesse has refused a credential elsewhere.
    pub(crate) fn failed(&mut self, now: Instant, agent: &AgentId) {
        self.count(now, account(agent));
    }

    /// Finesse has let the agent in, and counts from the beginning as well.
    pub(crate) fn accepted(&mut self, agent: &AgentId) {
        let account = account(agent);
        if let Some(tries) = self.accounts.get_mut(&account) {
            tries.failed.clear();
            self.forget_idle(&account);
        }
    }

    fn count(&mut self, now: Instant, account: String) {
        let tries = self.accounts.entry(account.clone()).or_default();
        tries.failed.push_back(now);
        self.failures.push_back((now, account));
        self.forget_old(now);
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some((at, account)) = self.failures.front()
            && (now.saturating_duration_since(*at) >= self.window
                || self.failures.len() > REMEMBERED)
        {
            let (at, account) = (*at, account.clone());
            self.failures.pop_front();
            if let Some(tries) = self.accounts.get_mut(&account) {
                tries.forget_until(at);
                self.forget_idle(&account);
            }
        }
    }

    fn forget_idle(&mut self, account: &str) {
        if self.accounts.get(account).is_some_and(Tries::is_idle) {
            self.accounts.remove(account);
        }
    }
}

impl Tries {
    fn forget_until(&mut self, last: Instant) {
        while self.failed.front().is_some_and(|first| *first <= last) {
            self.failed.pop_front();
        }
    }

    fn is_idle(&self) -> bool {
        self.out == 0 && self.failed.is_empty()
    }
}

/// Finesse knows an account in any case.
fn account(agent: &AgentId) -> String {
    agent.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(&Config::default())
    }

    fn fail(guard: &mut Guard, now: Instant, agent: &str) {
        guard.failed(now, &AgentId::from(agent));
    }

    fn code(guard: &mut Guard, now: Instant, agent: &str) -> Option<ErrorType> {
        let refusal = guard.refusal(now, &AgentId::from(agent));
        refusal.map(|(error_type, _)| error_type)
    }

    #[test]
    fn three_failures_close_the_door_until_the_first_is_five_minutes_old() {
        let (mut guard, start) = (guard(), Instant::now());
        for second in 0..3 {
            assert_eq!(code(&mut guard, start, "Layla"), None);
            fail(&mut guard, start + Duration::from_secs(second), "layla");
        }
        let locked = Some(ErrorType::CfAgentAccountLockedOut);
        assert_eq!(
            code(&mut guard, start + Duration::from_secs(299), "LAYLA"),
            locked
        );
        assert_eq!(code(&mut guard, start, "41033"), None);
        assert_eq!(
            code(&mut guard, start + Duration::from_secs(300), "Layla"),
            None
        );
    }

    #[test]
    fn credentials_on_their_way_count_until_they_are_answered() {
        let (mut guard, now) = (guard(), Instant::now());
        let layla = AgentId::from("41027");
        for id in 1..=3 {
            assert_eq!(code(&mut guard, now, "41027"), None);
            guard.sent(RequestId(id), &layla);
        }
        let busy = Some(ErrorType::CfResourceBusy);
        assert_eq!(code(&mut guard, now, "41027"), busy);
        let lost = Reply::NotSent {
            reason: "refused".to_owned(),
        };
        guard.replied(now, RequestId(1), &lost);
        guard.replied(now, RequestId(1), &lost);
        assert_eq!(code(&mut guard, now, "41027"), None);
    }

    #[test]
    fn what_finesse_accepts_counts_from_the_beginning_and_nothing_is_kept_of_it() {
        let (mut guard, now) = (guard(), Instant::now());
        for _ in 0..3 {
            fail(&mut guard, now, "41027");
        }
        guard.accepted(&AgentId::from("41027"));
        assert_eq!(code(&mut guard, now, "41027"), None);
        assert!(guard.accounts.is_empty());
    }

    #[test]
    fn failures_of_many_agents_are_forgotten_with_their_time_and_bounded_before() {
        let (mut guard, now) = (guard(), Instant::now());
        for agent in 0..REMEMBERED + 10 {
            fail(&mut guard, now, &agent.to_string());
        }
        assert_eq!(
            (guard.accounts.len(), guard.failures.len()),
            (REMEMBERED, REMEMBERED)
        );
        fail(&mut guard, now + Duration::from_secs(300), "late");
        assert_eq!((guard.accounts.len(), guard.failures.len()), (1, 1));
    }
}
