//! What happens next: anything, but mostly what gets somewhere.

use finesse_sim::engine::{AgentState, CallType, DialogView};
use finesse_sim::{CampaignMode, Node, ServiceStatus};

use crate::transition::Transition;
use crate::world::{AGENTS, DESKS, PASSWORDS, SUPERVISOR, WRONG_PASSWORD, World};

#[derive(Debug, Clone, Copy)]
enum Choice {
    Command,
    Customer,
    Trouble,
    Client,
    Pass,
}

const CHOICES: &[(u64, Choice)] = &[
    (38, Choice::Command),
    (12, Choice::Customer),
    (7, Choice::Trouble),
    (3, Choice::Client),
    (40, Choice::Pass),
];

const MODES: [CampaignMode; 4] = [
    CampaignMode::Preview,
    CampaignMode::Preview,
    CampaignMode::DirectPreview,
    CampaignMode::Progressive,
];

/// Milliseconds, and how often that long.
const SPANS: &[(u64, (u64, u64))] = &[
    (50, (1, 100)),
    (35, (100, 1500)),
    (12, (1500, 20_000)),
    (2, (20_000, 120_000)),
    (1, (120_000, 1_200_000)),
];

const GAPS: &[(u64, (u64, u64))] = &[
    (60, (1, 5000)),
    (25, (5000, 59_000)),
    (15, (60_000, 400_000)),
];

const ASIDE: &[&str] = &[
    "GetState",
    "refresh",
    "GetState",
    "refresh",
    "getqueuelist",
    "reasoncodenotready",
    "wrapupreasoncode",
];

impl World {
    pub(crate) fn choose(&mut self) -> Transition {
        if let Some(repair) = self.repair() {
            return repair;
        }
        match self.dice.weighted(CHOICES, Choice::Pass) {
            Choice::Command => self.some_command(),
            Choice::Customer => self.some_customer(),
            Choice::Trouble => self.some_trouble(),
            Choice::Client => self.some_client(),
            Choice::Pass => Transition::Pass(self.some_span(SPANS)),
        }
    }

    /// What is out of service does not stay so for long, or nothing else would be tried.
    fn repair(&mut self) -> Option<Transition> {
        if self.cti_out {
            return None;
        }
        let dead = Node::ALL
            .into_iter()
            .find(|node| !self.site.is_alive(*node));
        if let Some(node) = dead.filter(|_| self.dice.permille(50)) {
            return Some(Transition::Start(node));
        }
        let out = Node::ALL
            .into_iter()
            .find(|node| !self.site.is_serving(*node) && self.site.is_alive(*node));
        let absent = self.absent.first().copied();
        match (out, absent) {
            (Some(node), _) if self.dice.permille(60) => {
                Some(Transition::Service(node, ServiceStatus::InService))
            }
            (_, Some(node)) if self.dice.permille(60) => Some(Transition::FinesseUser(node, true)),
            _ => None,
        }
    }

    fn some_span(&mut self, of: &[(u64, (u64, u64))]) -> u64 {
        let (low, high) = self.dice.weighted(of, (1, 1));
        self.dice.between(low, high)
    }

    fn some_agent(&mut self) -> &'static str {
        self.dice.word(&AGENTS)
    }

    fn some_client(&mut self) -> Transition {
        let desk = self.dice.word(&DESKS);
        match self.dice.below(6) {
            0 => Transition::ClientGone(desk),
            1 => self.command_of(desk, Some(desk), desk, "Beat", ""),
            2 => self.command_of(desk, Some(desk), desk, "Hello", ""),
            _ => Transition::ClientUp(desk),
        }
    }

    fn some_customer(&mut self) -> Transition {
        match self.dice.below(4) {
            0 => {
                let agent = self.some_agent_in(AgentState::Ready);
                let agent = agent.unwrap_or("41027");
                let mode = self.dice.one(&MODES).unwrap_or(CampaignMode::Preview);
                Transition::Campaign(mode, agent.to_owned())
            }
            1 => {
                let all = self.site.engine(|engine, _| engine.all_dialogs());
                match self.dice.one(&all) {
                    Some(dialog) => Transition::HangUp(dialog.id),
                    None => Transition::CustomerCalls("7800"),
                }
            }
            _ => Transition::CustomerCalls(self.dice.word(&["7800", "7800", "6127", "6133"])),
        }
    }

    fn some_trouble(&mut self) -> Transition {
        let agent = self.some_agent().to_owned();
        let node = self
            .dice
            .one(&[Node::A, Node::A, Node::B])
            .unwrap_or(Node::A);
        match self.dice.below(20) {
            0..=4 => {
                let gap = self.some_span(GAPS);
                Transition::Cut(agent, gap)
            }
            5 => Transition::TakeLink(agent),
            6 => {
                let password = self.dice.word(&PASSWORDS);
                Transition::Password(agent, password)
            }
            7 => Transition::Service(node, ServiceStatus::OutOfService),
            8 => Transition::Service(node, ServiceStatus::InService),
            9 => Transition::FinesseUser(node, false),
            10 => Transition::FinesseUser(node, true),
            11..=13 => Transition::Kill(self.victim(node)),
            14 | 15 => Transition::Service(self.victim(node), ServiceStatus::OutOfService),
            16 => Transition::CtiFailsOver(self.dice.between(5000, 170_000)),
            17 | 18 => Transition::Restart(self.dice.between(50, 20_000)),
            _ => Transition::Pass(1),
        }
    }

    /// When one node is in trouble, the other one may well follow.
    fn victim(&mut self, node: Node) -> Node {
        let serves = |node: &Node| self.site.is_serving(*node);
        let left = Node::ALL.into_iter().find(serves);
        left.filter(|_| self.dice.permille(600)).unwrap_or(node)
    }

    fn some_command(&mut self) -> Transition {
        let agent = self.some_agent();
        let owner = self.ledger.owners.get(agent).cloned();
        match owner {
            Some((client, desk)) if !self.dice.permille(60) => {
                let desk = (client != "broker").then_some(desk);
                self.owners_command(agent, &client, desk.as_deref())
            }
            _ => self.anybodys_command(agent),
        }
    }

    /// Somebody who does not own the agent: mostly wants to.
    fn anybodys_command(&mut self, agent: &'static str) -> Transition {
        let desk = self.dice.word(&DESKS);
        match self.dice.below(10) {
            0 => {
                let word = self.dice.word(&["MakeReady", "MakeNotReady", "Logout"]);
                self.command_of(desk, Some(desk), agent, word, "")
            }
            1 => {
                let body = format!("{desk},{}", self.password(agent));
                self.command_of("broker", None, agent, "Connect", &body)
            }
            _ => self.enter(agent, desk, Some(desk)),
        }
    }

    fn enter(&mut self, agent: &str, client: &str, desk: Option<&str>) -> Transition {
        let password = self.password(agent);
        let extension = extension_of(agent);
        let (word, body) = match (self.dice.below(5), desk) {
            (0 | 1, Some(desk)) => ("Connect", format!("{desk},{password}")),
            (2, _) => (
                "MobileAgentLogin",
                format!("{password},{extension},03335550199,true"),
            ),
            _ => ("Login", format!("{password},{extension}")),
        };
        self.command_of(client, desk, agent, word, &body)
    }

    fn password(&mut self, agent: &str) -> String {
        match self.dice.permille(120) {
            true => WRONG_PASSWORD.to_owned(),
            false => self.passwords.get(agent).cloned().unwrap_or_default(),
        }
    }

    fn owners_command(&mut self, agent: &str, client: &str, desk: Option<&str>) -> Transition {
        let dialogs = self.site.engine(|engine, _| engine.dialogs(agent, agent));
        let dialogs = dialogs.unwrap_or_default();
        let dialog = self.dice.one(&dialogs);
        let state = self.state_of(agent);
        let aside = self.dice.below(100);
        let (word, body) = match (dialog, state) {
            _ if aside < 6 => (self.dice.word(ASIDE), String::new()),
            _ if aside < 8 => return self.enter(agent, client, desk),
            (_, None | Some(AgentState::Logout)) => return self.enter(agent, client, desk),
            (Some(dialog), _) if aside < 90 => self.call_command(agent, &dialog, &dialogs),
            _ => self.state_command(agent),
        };
        self.command_of(client, desk, agent, word, &body)
    }

    fn state_command(&mut self, agent: &str) -> (&'static str, String) {
        let nothing = String::new();
        let talking = self.some_agent_in(AgentState::Talking);
        if let Some(member) = talking.filter(|_| agent == SUPERVISOR && self.dice.permille(500)) {
            return match self.state_of(agent) {
                Some(AgentState::Ready) => ("MakeNotReady", nothing),
                _ => ("silentmonitor", extension_of(member).to_owned()),
            };
        }
        match self.dice.below(30) {
            0..=9 => ("MakeReady", nothing),
            10..=13 => ("MakeNotReady", nothing),
            14 => ("MakeNotReadyWithReason", "12".to_owned()),
            15 => ("MakeWorkReady", nothing),
            16 => ("MakeWorkNotReady", nothing),
            17 => ("Logout", nothing),
            18 => ("logoutwithreason", "13".to_owned()),
            19 => ("force_logout", nothing),
            20 | 21 if agent == SUPERVISOR || self.dice.permille(100) => {
                ("silentmonitor", "6133".to_owned())
            }
            24 if agent == SUPERVISOR || self.dice.permille(300) => {
                ("getteamusers", "5107,true".to_owned())
            }
            _ => ("MakeCall", self.number(agent)),
        }
    }

    /// Mostly somebody outside, each time another; nobody calls the own number.
    fn number(&mut self, agent: &str) -> String {
        let number = self.any_number();
        match number == extension_of(agent) {
            true => "9998".to_owned(),
            false => number,
        }
    }

    fn any_number(&mut self) -> String {
        match self.dice.below(8) {
            0 | 1 => self.dice.word(&["6127", "6133", "6190"]).to_owned(),
            2 => self.dice.word(&["9999", "9998", "9997", "7800"]).to_owned(),
            _ => {
                let commands = self.ledger.commands.len();
                format!("0300{commands:07}")
            }
        }
    }

    fn call_command(
        &mut self,
        agent: &str,
        dialog: &DialogView,
        dialogs: &[DialogView],
    ) -> (&'static str, String) {
        let user = self.site.engine(|engine, _| engine.user(agent, agent));
        let extension = user.map(|user| user.extension).unwrap_or_default();
        let own = dialog.participants.iter().find(|p| p.address == extension);
        let actions: Vec<&str> = own
            .map(|own| own.actions.iter().map(|action| action.as_str()).collect())
            .unwrap_or_default();
        let id = dialog.id;
        let other = dialogs.iter().find(|other| other.id != id);
        let consulted = other.map_or_else(|| "6133".to_owned(), |other| other.to.clone());
        let listens = dialog.call_type == CallType::SupervisorMonitor;
        if agent == SUPERVISOR && self.dice.permille(if listens { 850 } else { 250 }) {
            return self.supervisors_command(dialog, &extension);
        }
        if actions.contains(&"ACCEPT") && self.dice.permille(500) {
            return ("AcceptOutboundPreview", format!("{id},ACCEPT"));
        }
        let joins = actions.contains(&"CONFERENCE") && self.dice.permille(600);
        let action = match joins {
            true => self.dice.word(&["TRANSFER", "CONFERENCE", "CONFERENCE"]),
            false => self.dice.one(&actions).unwrap_or("DROP"),
        };
        match action {
            "ANSWER" => ("AnswerCall", id.to_string()),
            "HOLD" => ("HoldCall", id.to_string()),
            "RETRIEVE" => ("RetrieveCall", id.to_string()),
            "CONSULT_CALL" => ("ConsultCall", format!("{},{id}", self.number(agent))),
            "TRANSFER" => ("TransferCall", format!("{consulted},{id}")),
            "CONFERENCE" => ("ConferenceCall", format!("{consulted},{id}")),
            "TRANSFER_SST" => ("Transfer_sst", format!("{},{id}", self.number(agent))),
            "ACCEPT" => ("AcceptOutboundPreview", format!("{id},ACCEPT")),
            "REJECT" => ("RejectOutboundPreview", format!("{id},REJECT")),
            "CLOSE" => ("CloseOutboundPreview", format!("{id},CLOSE")),
            "UPDATE_CALL_DATA" => match self.dice.below(2) {
                0 => ("UpdateWrapup", format!("{id},Complaint")),
                _ => ("UpdateDialogVariable", format!("{id},callVariable4=zx9")),
            },
            _ => ("ReleaseCall", id.to_string()),
        }
    }

    fn supervisors_command(
        &mut self,
        dialog: &DialogView,
        extension: &str,
    ) -> (&'static str, String) {
        let id = dialog.id;
        let other = dialog.participants.iter().find(|p| p.address != extension);
        let member = other.map_or("6127", |other| &other.address);
        match (dialog.call_type, self.dice.below(8)) {
            (CallType::SupervisorMonitor, 0..=4) => ("bargein", format!("{member},{id}")),
            (CallType::SupervisorMonitor, _) => ("endsilentmonitor", id.to_string()),
            (_, 0..=4) => ("dropparticipant", format!("{member},{id}")),
            (_, 5) => ("bargein", format!("{member},{id}")),
            _ => ("ReleaseCall", id.to_string()),
        }
    }

    fn some_agent_in(&mut self, state: AgentState) -> Option<&'static str> {
        let is_in = |agent: &&str| self.state_of(agent) == Some(state);
        let agents: Vec<&'static str> = AGENTS.into_iter().filter(is_in).collect();
        self.dice.one(&agents)
    }

    fn command_of(
        &mut self,
        client: &str,
        desk: Option<&str>,
        agent: &str,
        word: &'static str,
        body: &str,
    ) -> Transition {
        Transition::Send {
            client: client.to_owned(),
            desk: desk.map(str::to_owned),
            agent: agent.to_owned(),
            word,
            body: body.to_owned(),
        }
    }
}

pub(crate) fn extension_of(agent: &str) -> &'static str {
    match agent {
        "41027" => "6127",
        "41033" => "6133",
        _ => "6190",
    }
}
