//! What clients have asked for, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use finesse_protocol::request::Action;
use finesse_protocol::{Data, Request, Update};
use gc_core::{SecretHandle, Ticket};

/// Wrong passwords that lock an account at Finesse.
const LOCKED_AFTER: u64 = 5;
/// Requests of one agent, and its link, that are under way at the same time.
const AT_ONCE: u64 = 6;

/// All commands of a run, and what is known of agents' owners.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) commands: BTreeMap<Ticket, Sent>,
    pub(crate) open: BTreeSet<Ticket>,
    /// Those that came to their end by the present input.
    pub(crate) ending: BTreeSet<Ticket>,
    /// Client and destination of each agent, after the last input.
    pub(crate) owners: Owners,
    /// The same, after the present input.
    pub(crate) coming: Owners,
    /// Destinations that have lost an agent, and the number of commands at that time.
    pub(crate) lost: BTreeMap<(String, String), u64>,
    /// Calls whose end was told, and how often Finesse had listed them by then.
    ended: BTreeMap<(String, String), u64>,
    listings: BTreeMap<(String, String), u64>,
    /// Commands that have had their one request to a call.
    acted: BTreeSet<Ticket>,
}

/// A command as its client sent it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) client: String,
    /// `None` where only its Connect says where events go.
    pub(crate) desk: Option<String>,
    pub(crate) agent: String,
    pub(crate) word: &'static str,
    pub(crate) body: String,
    pub(crate) secret: Option<SecretHandle>,
    /// Whether the agent is the client's own when it sends it.
    pub(crate) own: bool,
    /// Whether the password in it is the right one.
    pub(crate) right: bool,
}

/// What is done to calls: one request for one command, and none has several.
///
/// Not here is what may be sent without a command or twice for one: sign-ins after a gap, NOT_READY and LOGOUT of who is
/// gone, and a state once more with the reason that Finesse demands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    MakeCall(String),
    Consult(String, String),
    Transfer(String, String),
    Monitor(String),
    Barge(String, String),
    Drop(String),
    DropParty(String, String),
    Complete(String),
    Conference(String),
    /// The call may be the one that has taken the place of the leg that rang.
    Answer,
    Hold(String),
    Retrieve(String),
    Preview(&'static str, String),
}

impl Sent {
    pub(crate) fn enters(&self) -> bool {
        matches!(self.word, "Connect" | "Login" | "MobileAgentLogin")
    }

    pub(crate) fn leaves(&self) -> bool {
        matches!(self.word, "Logout" | "logoutwithreason" | "force_logout")
    }

    /// Reads wait for nothing.
    fn is_read(&self) -> bool {
        let word = self.word.to_ascii_lowercase();
        word.starts_with("get")
            || word.ends_with("code")
            || word.ends_with("codenotready")
            || word == "refresh"
    }

    /// A supervisor may send it for a member.
    pub(crate) fn is_for_members(&self) -> bool {
        matches!(self.word, "MakeReady" | "MakeNotReady" | "Logout")
    }

    /// Where its answer can go.
    fn reaches(&self, desk: &str) -> bool {
        match &self.desk {
            Some(own) => own == desk,
            None => self.word != "Connect" || self.body.starts_with(desk),
        }
    }

    fn kind(&self) -> Option<Kind> {
        let mut parts = self.body.split(',').map(str::to_owned);
        let first = parts.next().unwrap_or_default();
        let second = parts.next().unwrap_or_default();
        Some(match self.word {
            "MakeCall" => Kind::MakeCall(first),
            "ConsultCall" => Kind::Consult(first, second),
            "Transfer_sst" => Kind::Transfer(first, second),
            "silentmonitor" => Kind::Monitor(first),
            "bargein" => Kind::Barge(first, second),
            "ReleaseCall" | "endsilentmonitor" => Kind::Drop(first),
            "dropparticipant" => Kind::DropParty(first, second),
            "TransferCall" => Kind::Complete(second),
            "ConferenceCall" => Kind::Conference(second),
            "AnswerCall" => Kind::Answer,
            "HoldCall" => Kind::Hold(first),
            "RetrieveCall" => Kind::Retrieve(first),
            "AcceptOutboundPreview" => Kind::Preview("ACCEPT", first),
            "RejectOutboundPreview" => Kind::Preview("REJECT", first),
            "CloseOutboundPreview" => Kind::Preview("CLOSE", first),
            _ => return None,
        })
    }
}

fn kind_of(request: &Request) -> Option<Kind> {
    Some(match request {
        Request::MakeCall { to, .. } => Kind::MakeCall(to.clone()),
        Request::SilentMonitor { to, .. } => Kind::Monitor(to.clone()),
        Request::Barge {
            to, monitor_dialog, ..
        } => Kind::Barge(to.clone(), monitor_dialog.clone()),
        Request::Act {
            dialog,
            extension,
            action,
        } => {
            let dialog = dialog.clone();
            match action {
                Action::Consult { to } => Kind::Consult(to.clone(), dialog),
                Action::SingleStepTransfer { to } => Kind::Transfer(to.clone(), dialog),
                Action::Drop => Kind::Drop(dialog),
                Action::DropParticipant => Kind::DropParty(extension.clone(), dialog),
                Action::Transfer => Kind::Complete(dialog),
                Action::Conference => Kind::Conference(dialog),
                Action::Answer => Kind::Answer,
                Action::Hold => Kind::Hold(dialog),
                Action::Retrieve => Kind::Retrieve(dialog),
                Action::Accept => Kind::Preview("ACCEPT", dialog),
                Action::Reject => Kind::Preview("REJECT", dialog),
                Action::Close => Kind::Preview("CLOSE", dialog),
                _ => return None,
            }
        }
        _ => return None,
    })
}

impl Ledger {
    pub(crate) fn asked(&mut self, ticket: Ticket, sent: Sent) {
        self.open.insert(ticket);
        self.commands.insert(ticket, sent);
    }

    /// A request goes out; tells if no command that is open and has had none asks for it.
    pub(crate) fn emitted(&mut self, agent: &str, request: &Request) -> Option<String> {
        let kind = kind_of(request)?;
        let asks = |ticket: &&Ticket| {
            let sent = self.commands.get(ticket);
            let sent = sent.filter(|sent| sent.agent == agent && !self.acted.contains(ticket));
            sent.and_then(Sent::kind).as_ref() == Some(&kind)
        };
        match self.open.iter().find(asks).copied() {
            Some(ticket) => {
                self.acted.insert(ticket);
                None
            }
            None => Some(format!(
                "{kind:?} of {agent} goes out, and no open command asks for it"
            )),
        }
    }

    /// Commands of an agent that may have to wait for each other.
    pub(crate) fn waiting(&self, agent: &str) -> usize {
        let queued = |sent: &&Sent| sent.agent == agent && !sent.is_read();
        self.open_commands().filter(queued).count()
    }

    /// A command has come to its end; `None` if it had before.
    pub(crate) fn resolved(&mut self, ticket: Ticket) -> Option<Sent> {
        let first = self.open.remove(&ticket);
        self.ending.insert(ticket);
        self.commands.get(&ticket).filter(|_| first).cloned()
    }

    pub(crate) fn open_commands(&self) -> impl Iterator<Item = &Sent> {
        self.open.iter().filter_map(|at| self.commands.get(at))
    }

    /// Sign-ins with this secret that have no result.
    pub(crate) fn sign_ins_open(&self, agent: &str, secret: SecretHandle) -> u64 {
        let of_secret = |sent: &&Sent| sent.agent == agent && sent.secret == Some(secret);
        self.open_commands().filter(of_secret).count() as u64
    }

    /// How often Finesse may have refused an agent's credential: once for each command that brings one. A password that
    /// changes, and an account that wrong ones have locked, are noticed by all that is under way just then.
    pub(crate) fn refusals_at_most(&self, agent: &str, changes: Option<u64>) -> u64 {
        let signs_in = |sent: &&Sent| sent.agent == agent && sent.secret.is_some();
        let tried = self.commands.values().filter(signs_in).count() as u64;
        let wrong = |sent: &&Sent| signs_in(sent) && !sent.right;
        let locks = self.commands.values().filter(wrong).count() as u64 / LOCKED_AFTER;
        tried + AT_ONCE * (changes.unwrap_or_default() + locks)
    }

    /// Finesse has put a call into an agent's list.
    pub(crate) fn listed(&mut self, agent: &str, xml: &str) {
        if let Ok(update) = Update::parse(xml)
            && let Data::Dialogs(dialogs) = update.data
        {
            for dialog in dialogs {
                let key = (agent.to_owned(), dialog.id.clone());
                *self.listings.entry(key).or_default() += 1;
            }
        }
    }

    /// The end of a call was told; whether it had been told before, and nothing since.
    pub(crate) fn call_ended(&mut self, agent: &str, call: &str) -> bool {
        let key = (agent.to_owned(), call.to_owned());
        let listings = self.listings.get(&key).copied().unwrap_or_default();
        self.ended.insert(key, listings).is_some()
    }

    /// A call was told to live; whether its end was told, and Finesse has not listed it since.
    pub(crate) fn call_lives(&mut self, agent: &str, call: &str) -> bool {
        let key = (agent.to_owned(), call.to_owned());
        let listings = self.listings.get(&key).copied().unwrap_or_default();
        self.ended.remove(&key).is_some_and(|then| listings <= then)
    }

    /// A new owner hears of everything anew.
    pub(crate) fn forget_ends(&mut self, agent: &str) {
        self.ended.retain(|(whose, _), _| whose != agent);
    }

    /// Whether a destination may hear of an agent: it owns it, did, or is about to.
    pub(crate) fn may_hear(&self, agent: &str, desk: &str) -> bool {
        let owns = |owners: &Owners| owners.get(agent).is_some_and(|(_, at)| at == desk);
        owns(&self.owners) || owns(&self.coming) || self.is_entering(agent, desk)
    }

    fn is_entering(&self, agent: &str, desk: &str) -> bool {
        let ending = self.ending.iter().filter_map(|at| self.commands.get(at));
        self.open_commands()
            .chain(ending)
            .any(|sent| sent.enters() && sent.agent == agent && sent.reaches(desk))
    }

    /// Whether a destination waits for what a supervisor asked for a member.
    pub(crate) fn commands_member(&self, agent: &str, desk: &str) -> bool {
        let ending = self.ending.iter().filter_map(|at| self.commands.get(at));
        let of_member = |sent: &Sent| {
            sent.agent == agent && !sent.own && sent.is_for_members() && sent.reaches(desk)
        };
        self.open_commands().chain(ending).any(of_member)
    }

    /// Whether who has lost an agent has asked for it since.
    pub(crate) fn has_asked(&self, agent: &str, desk: &str, before: u64) -> bool {
        let about = |sent: &Sent| {
            sent.agent == agent && sent.reaches(desk) && (sent.enters() || sent.is_for_members())
        };
        let newer = self.commands.range(Ticket(before + 1)..);
        newer.map(|(_, sent)| sent).any(about) || self.is_entering(agent, desk)
    }
}

/// Client and destination by agent.
pub(crate) type Owners = BTreeMap<String, (String, String)>;
