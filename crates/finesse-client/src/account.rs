//! Accounts of the gateway's own: one credential behind the commands of many people.
//!
//! With an agent's password only that agent is locked out. A wrong password here would be tried by every command of everybody, so it
//! is tried by one command at a time until it has worked, and by none for a while once it was refused.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use finesse_protocol::{Answer, Fault, Request};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::credential::Credential;
use crate::error::RequestError;
use crate::rest::{Call, RestNode};

/// Fewer than the five failures after which Finesse locks an account.
const PARALLEL: u32 = 4;

/// Longer than Finesse's five minutes, and few tries within the half hour that directories count.
const PAUSE: Duration = Duration::from_secs(10 * 60);

/// A credential that many people's commands use.
#[derive(Debug)]
pub struct Account {
    credential: Credential,
    standing: Mutex<Standing>,
    turns: Semaphore,
}

#[derive(Debug)]
enum Standing {
    Unproven,
    Proven,
    Refused { since: Instant, fault: Fault },
}

impl Account {
    /// An account that has not been used yet.
    pub fn new(credential: Credential) -> Self {
        Self {
            credential,
            standing: Mutex::new(Standing::Unproven),
            turns: Semaphore::new(PARALLEL as usize),
        }
    }

    /// Makes a call, unless the credential was refused lately: then that refusal is the answer.
    pub(crate) async fn call(
        &self,
        rest: &RestNode,
        request: &Request,
        request_id: &str,
    ) -> Result<Answer, RequestError> {
        let deadline = rest.deadline();
        let _turn = timeout_at(deadline, self.turn())
            .await
            .map_err(|_| not_sent("time-out while waiting for the account"))?
            .map_err(|_| not_sent("the client is closed"))?;
        if let Some(fault) = self.refusal() {
            return Err(RequestError::Fault(fault));
        }
        let call = Call {
            credential: Some(&self.credential),
            request,
            request_id,
        };
        let result = rest.call_until(call, deadline).await;
        self.learn(&result);
        result
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let width = match &*self.standing() {
            Standing::Proven => 1,
            Standing::Unproven | Standing::Refused { .. } => PARALLEL,
        };
        self.turns.acquire_many(width).await
    }

    fn refusal(&self) -> Option<Fault> {
        let mut standing = self.standing();
        let Standing::Refused { since, fault } = &*standing else {
            return None;
        };
        if since.elapsed() < PAUSE {
            return Some(fault.clone());
        }
        *standing = Standing::Unproven;
        None
    }

    fn learn(&self, result: &Result<Answer, RequestError>) {
        let mut standing = self.standing();
        match result {
            Err(RequestError::Fault(fault)) if fault.status == 401 => {
                *standing = Standing::Refused {
                    since: Instant::now(),
                    fault: fault.clone(),
                };
            }
            Ok(_) if matches!(*standing, Standing::Unproven) => *standing = Standing::Proven,
            Ok(_) | Err(_) => {}
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_sent(reason: &str) -> RequestError {
    RequestError::NotSent {
        reason: reason.into(),
    }
}
