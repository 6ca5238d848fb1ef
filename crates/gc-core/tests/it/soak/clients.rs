//! What clients do, at random.

use gc_core::Ticket;

use super::{CALLS, DESKS, Sending, Soak};
use crate::harness::extension_of;

/// Whom commands are about; nobody is in the last one's place.
const NAMED: [&str; 5] = ["41027", "41033", "41900", "41900", "41999"];

const CALLBACK: &str = "2026-12-03T10:30,03005550142";

/// Values that Finesse keeps whole, cuts, or does not take; customers' business that no error may tell.
pub(super) const VALUES: [&str; 3] = ["zx9-ref", "zx9-rather-long", "zx9"];

impl Soak {
    pub(super) fn send_command(&mut self) {
        let agent = self.random.one(&NAMED);
        let (desk, own) = self.sender(agent);
        let (word, body) = self.command(desk, agent);
        let agent = match word {
            "GetPhonebooks" | "GetTeamPhonebooks" | "GetPhonebookContacts" | "GetAllAgents"
                if self.random.below(3) == 0 =>
            {
                "administrator"
            }
            _ => agent,
        };
        let ticket = Ticket(self.bench.tickets() + 1);
        let sending = Sending {
            desk: own,
            agent: agent.to_owned(),
            word,
            body: body.clone(),
        };
        self.commands.insert(ticket, sending);
        let client = if own.is_some() { desk } else { "broker" };
        let sent = match word {
            "UpdateToken" => {
                let json = format!(
                    r#"{{"command":"UpdateToken","agentId":"{agent}","params":{{"token":"{body}"}}}}"#
                );
                self.bench.send_typed_as(client, own, &json)
            }
            _ => self
                .bench
                .send_as(client, own, &format!("{word}#{agent}"), &body),
        };
        assert_eq!(sent, ticket);
    }

    /// Mostly the agent's owner; now and then a client that says only in Connect where its events go.
    fn sender(&mut self, agent: &str) -> (&'static str, Option<&'static str>) {
        let owner = self.owners.get(agent).filter(|_| self.fair);
        if let Some(owner) = owner.cloned()
            && self.random.below(8) > 0
        {
            let desk = DESKS.into_iter().find(|desk| *desk == owner.desk).unwrap();
            return (desk, (owner.client.as_str() != "broker").then_some(desk));
        }
        let desk = self.random.one(&DESKS);
        (desk, (self.random.below(4) > 0).then_some(desk))
    }

    fn command(&mut self, desk: &'static str, agent: &str) -> (&'static str, String) {
        let nothing = String::new();
        match self.random.below(10) {
            0 | 1 => self.entering(desk, agent),
            2 => match self.random.below(6) {
                0 => ("Logout", nothing),
                1 => ("force_logout", nothing),
                2 => ("MakeReady", nothing),
                3 => ("MakeNotReady", nothing),
                4 => ("MakeWorkReady", nothing),
                _ => (
                    "MakeNotReadyWithReason",
                    self.random.one(&["12", "77"]).to_owned(),
                ),
            },
            3 => (
                self.random.one(&["Logout", "MakeReady", "MakeNotReady"]),
                nothing,
            ),
            4 | 5 => self.on_calls(),
            6 => self.on_data(agent),
            7 | 8 => self.lists(),
            _ => match self.random.below(4) {
                0 => ("ZOOMPauseRecording", nothing),
                1 => ("ZOOMResumeRecording", nothing),
                2 => ("GetState", nothing),
                _ => ("refresh", nothing),
            },
        }
    }

    fn entering(&mut self, desk: &str, agent: &str) -> (&'static str, String) {
        let password = match self.random.below(5) {
            0 => "wr0ng",
            1 | 2 => "s3same",
            _ => "d3mo",
        };
        let extension = extension_at(agent);
        match self.random.below(8) {
            0..=2 => ("Connect", format!("{desk},{password}")),
            3 => ("Connect", format!("{desk},t0ken-1,SSO")),
            4 => (
                "UpdateToken",
                self.random.one(&["t0ken-1", "t0ken-2"]).to_owned(),
            ),
            5 => (
                "MobileAgentLogin",
                format!("{password},{extension},0321,true"),
            ),
            _ => ("Login", format!("{password},{extension}")),
        }
    }

    fn on_calls(&mut self) -> (&'static str, String) {
        let call = self.random.one(&CALLS);
        match self.random.below(16) {
            0 | 1 => ("MakeCall", "6133".to_owned()),
            2 => ("AnswerCall", call.to_owned()),
            3 => ("HoldCall", call.to_owned()),
            4 => ("RetrieveCall", call.to_owned()),
            5 => ("ReleaseCall", call.to_owned()),
            6 => ("ConsultCall", format!("6133,{call}")),
            7 => ("TransferCall", format!("6133,{call}")),
            8 => ("ConferenceCall", format!("6133,{call}")),
            9 => ("Transfer_sst", format!("6133,{call}")),
            10 => ("AcceptOutboundPreview", format!("{call},ACCEPT")),
            11 => match self.random.below(2) {
                0 => ("RejectOutboundPreview", format!("{call},REJECT")),
                _ => ("CloseOutboundPreview", format!("{call},CLOSE")),
            },
            12 => ("silentmonitor", "6127".to_owned()),
            13 => ("endsilentmonitor", call.to_owned()),
            14 => ("bargein", format!("6127,{call}")),
            _ => ("dropparticipant", format!("6127,{call}")),
        }
    }

    fn on_data(&mut self, agent: &str) -> (&'static str, String) {
        let call = self.random.one(&CALLS);
        let extension = extension_at(agent);
        let value = self.random.one(&VALUES);
        match self.random.below(8) {
            0..=2 => (
                "UpdateDialogVariable",
                format!("{call},callVariable4={value}"),
            ),
            3 => ("UpdateWrapup", format!("{call},{value}")),
            4 => ("SCHEDULECALLBACK", format!("{extension},{call},{CALLBACK}")),
            5 => ("UPDATECALLBACK", format!("{extension},{call},{CALLBACK}")),
            6 => ("CANCELSCHEDULECALLBACK", format!("{extension},{call}")),
            _ => ("RECLASSIFYCALL", format!("{extension},{call},FAX")),
        }
    }

    fn lists(&mut self) -> (&'static str, String) {
        let nothing = String::new();
        match self.random.below(14) {
            0..=2 => ("getteamusers", "5107,true".to_owned()),
            3 => (
                "getteamusers",
                self.random.one(&["5107", "5999,true"]).to_owned(),
            ),
            4 => ("GetTeamUsersState", "5107".to_owned()),
            5 | 6 => ("getqueuelist", nothing),
            7 => ("GetAllAgents", nothing),
            8 => ("GetPhonebooks", nothing),
            9 => ("GetTeamPhonebooks", "5107".to_owned()),
            10 => ("GetPhonebookContacts", "2".to_owned()),
            11 => match self.random.below(3) {
                0 => ("GETSKILLGROUP", "ALL,0,0".to_owned()),
                1 => ("GETSUPERVISOR", nothing),
                _ => ("GETAGENTEXTENSION", "F-17".to_owned()),
            },
            12 => ("reasoncodenotready", nothing),
            _ => (
                self.random
                    .one(&["GetDialogState", "GetDialogParticipants"]),
                self.random.one(&CALLS).to_owned(),
            ),
        }
    }

    pub(super) fn change_client(&mut self) {
        let desk = self.random.one(&DESKS);
        match self.random.below(3) {
            0 => self.bench.client_gone(desk),
            1 => self.bench.client_up(desk),
            _ => {
                let ticket = self.bench.send(desk, &format!("Beat#{desk}"), "");
                assert_eq!(self.bench.result(ticket), "done");
            }
        }
    }
}

fn extension_at(agent: &str) -> &'static str {
    match agent {
        "41999" => "6199",
        agent => extension_of(agent),
    }
}
