//! Finesse's documents, in the shapes that real sites send.

use std::cell::Cell;

use finesse_protocol::{Dialog, User};

thread_local! {
    static CLOCK: Cell<u64> = const { Cell::new(0) };
}

/// A Finesse time later than every one before it in this test.
pub(crate) fn later() -> String {
    let seconds = CLOCK.with(|clock| {
        clock.set(clock.get() + 1);
        clock.get()
    });
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!(
        "2026-11-22T{:02}:{minutes:02}:{:02}.000Z",
        9 + hours,
        seconds % 60
    )
}

/// A User document.
#[derive(Debug, Clone)]
pub(crate) struct UserDoc {
    pub(crate) id: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) extension: String,
    pub(crate) state: String,
    pub(crate) since: String,
    pub(crate) pending: String,
    /// CTI code, label and database id, as newer releases print them.
    pub(crate) reason: Option<(&'static str, &'static str, &'static str)>,
    /// The database id alone, as older releases print it.
    pub(crate) reason_id: &'static str,
    pub(crate) supervises: bool,
}

/// Layla, Omar or Nadia, not signed in.
pub(crate) fn user(id: &str) -> UserDoc {
    let (first_name, last_name) = match id {
        "41027" => ("Layla", "Haddad"),
        "41033" => ("Omar", "Riaz"),
        "41900" => ("Nadia", "Sethi"),
        _ => ("Some", "Body"),
    };
    UserDoc {
        id: id.to_owned(),
        first_name,
        last_name,
        extension: String::new(),
        state: "LOGOUT".to_owned(),
        since: later(),
        pending: String::new(),
        reason: None,
        reason_id: "",
        supervises: id == "41900",
    }
}

impl UserDoc {
    /// A new state, from now on.
    pub(crate) fn set(&mut self, state: &str) -> &mut Self {
        self.state = state.to_owned();
        self.since = later();
        self.pending.clear();
        self.reason = None;
        self.reason_id = "";
        self
    }

    pub(crate) fn element(&self, root: &str) -> String {
        let reason = match self.reason {
            Some((code, label, id)) => format!(
                "<reasonCode><category>NOT_READY</category><code>{code}</code><forAll>true</forAll><id>{id}</id>\
                 <label>{label}</label><uri>/finesse/api/ReasonCode/{id}</uri></reasonCode>"
            ),
            None => String::new(),
        };
        let (role, teams) = if self.supervises {
            (
                "<role>Supervisor</role>",
                "<teams><Team><id>5107</id><name>Retail_Blue</name><uri>/finesse/api/Team/5107</uri></Team></teams>",
            )
        } else {
            ("", "<teams></teams>")
        };
        format!(
            "<{root}><dialogs>/finesse/api/User/{id}/Dialogs</dialogs><extension>{extension}</extension>\
             <firstName>{first}</firstName><lastName>{last}</lastName><loginId>{id}</loginId><loginName>{id}</loginName>\
             <mediaType>1</mediaType><pendingState>{pending}</pendingState>{reason}<reasonCodeId>{reason_id}</reasonCodeId>\
             <roles><role>Agent</role>{role}</roles>\
             <settings><wrapUpOnIncoming>OPTIONAL</wrapUpOnIncoming></settings><state>{state}</state>\
             <stateChangeTime>{since}</stateChangeTime><teamId>5107</teamId><teamName>Retail_Blue</teamName>{teams}\
             <uri>/finesse/api/User/{id}</uri></{root}>",
            id = self.id,
            extension = self.extension,
            first = self.first_name,
            last = self.last_name,
            pending = self.pending,
            reason_id = self.reason_id,
            state = self.state,
            since = self.since,
        )
    }

    pub(crate) fn parsed(&self) -> User {
        User::parse(&self.element("User")).unwrap()
    }

    /// News of the member, as a team's topic brings them.
    pub(crate) fn team_update(&self) -> String {
        format!(
            "<Update><data>{}</data><event>PUT</event><requestId></requestId>\
             <source>/finesse/api/Team/5107</source></Update>",
            self.element("user"),
        )
    }

    pub(crate) fn update(&self, request_id: &str) -> String {
        format!(
            "<Update><data>{}</data><event>PUT</event><requestId>{request_id}</requestId>\
             <source>/finesse/api/User/{}</source></Update>",
            self.element("user"),
            self.id
        )
    }
}

/// A Dialog document; it lives on from one notification to the next.
#[derive(Debug, Clone)]
pub(crate) struct DialogDoc {
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) call_type: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) associated: String,
    pub(crate) secondary: String,
    pub(crate) queue: String,
    pub(crate) variables: Vec<(&'static str, &'static str)>,
    pub(crate) parties: Vec<PartyDoc>,
    /// Further elements: of the dialog, and of its media properties.
    pub(crate) more: String,
    pub(crate) more_media: String,
}

#[derive(Debug, Clone)]
pub(crate) struct PartyDoc {
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) cause: String,
    pub(crate) joined: String,
    pub(crate) since: String,
}

/// A call without parties.
pub(crate) fn dialog(id: &str, state: &str, call_type: &str) -> DialogDoc {
    DialogDoc {
        id: id.to_owned(),
        state: state.to_owned(),
        call_type: call_type.to_owned(),
        from: "03005550142".to_owned(),
        to: "7800".to_owned(),
        associated: String::new(),
        secondary: String::new(),
        queue: "Retail_Voice".to_owned(),
        variables: vec![("callVariable1", "gold"), ("user.acct.ref", "A-17")],
        parties: Vec::new(),
        more: String::new(),
        more_media: String::new(),
    }
}

/// The customer's call, ringing at an extension.
pub(crate) fn routed(id: &str, extension: &str) -> DialogDoc {
    dialog(id, "ALERTING", "PREROUTE_ACD_IN")
        .with(extension, "ALERTING")
        .with("03005550142", "INITIATED")
}

/// A call that an agent begins to place: off-hook, nothing dialled yet.
pub(crate) fn placed(id: &str, extension: &str, call_type: &str) -> DialogDoc {
    let mut call = dialog(id, "INITIATING", call_type).with(extension, "INITIATING");
    call.from = extension.to_owned();
    call.to = String::new();
    call.queue = String::new();
    call
}

impl DialogDoc {
    pub(crate) fn with(mut self, address: &str, state: &str) -> Self {
        let now = later();
        self.parties.push(PartyDoc {
            address: address.to_owned(),
            state: state.to_owned(),
            cause: String::new(),
            joined: now.clone(),
            since: now,
        });
        self
    }

    /// A party's new state, from now on; a new party joins.
    pub(crate) fn set(&mut self, address: &str, state: &str) -> &mut Self {
        match self
            .parties
            .iter_mut()
            .find(|party| party.address == address)
        {
            Some(party) => {
                party.state = state.to_owned();
                party.since = later();
            }
            None => *self = self.clone().with(address, state),
        }
        self
    }

    pub(crate) fn cause(&mut self, address: &str, cause: &str) -> &mut Self {
        let party = self
            .parties
            .iter_mut()
            .find(|party| party.address == address)
            .unwrap();
        party.cause = cause.to_owned();
        self
    }

    pub(crate) fn without(&mut self, address: &str) -> &mut Self {
        self.parties.retain(|party| party.address != address);
        self
    }

    pub(crate) fn element(&self, root: &str) -> String {
        let associated = match &*self.associated {
            "" => String::new(),
            id => format!("/finesse/api/Dialog/{id}"),
        };
        let variables: String = self
            .variables
            .iter()
            .map(|(name, value)| {
                format!("<CallVariable><name>{name}</name><value>{value}</value></CallVariable>")
            })
            .collect();
        let parties: String = self.parties.iter().map(PartyDoc::element).collect();
        format!(
            "<{root}><associatedDialogUri>{associated}</associatedDialogUri><fromAddress>{from}</fromAddress><id>{id}</id>\
             <secondaryId>{secondary}</secondaryId><mediaProperties><mediaId>1</mediaId><DNIS>{to}</DNIS>\
             <callType>{call_type}</callType><dialedNumber>{to}</dialedNumber><queueNumber>5240</queueNumber>\
             <queueName>{queue}</queueName><callvariables>{variables}</callvariables>{media}</mediaProperties>{more}\
             <mediaType>Voice</mediaType><participants>{parties}</participants><state>{state}</state>\
             <toAddress>{to}</toAddress><uri>/finesse/api/Dialog/{id}</uri></{root}>",
            media = self.more_media,
            more = self.more,
            from = self.from,
            id = self.id,
            secondary = self.secondary,
            to = self.to,
            call_type = self.call_type,
            queue = self.queue,
            state = self.state,
        )
    }

    pub(crate) fn parsed(&self) -> Dialog {
        Dialog::parse(&self.element("Dialog")).unwrap()
    }

    /// Enters (`POST`) or leaves (`DELETE`) an agent's collection.
    pub(crate) fn in_collection(&self, event: &str, agent: &str) -> String {
        format!(
            "<Update><data><dialogs>{}</dialogs></data><event>{event}</event><requestId></requestId>\
             <source>/finesse/api/User/{agent}/Dialogs</source></Update>",
            self.element("Dialog")
        )
    }

    pub(crate) fn changed(&self, request_id: &str) -> String {
        format!(
            "<Update><data>{}</data><event>PUT</event><requestId>{request_id}</requestId>\
             <source>/finesse/api/Dialog/{}</source></Update>",
            self.element("dialog"),
            self.id
        )
    }
}

impl PartyDoc {
    fn element(&self) -> String {
        let actions: String = match &*self.state {
            "ALERTING" => &["ANSWER"][..],
            "ACTIVE" => &[
                "TRANSFER_SST",
                "CONSULT_CALL",
                "HOLD",
                "UPDATE_CALL_DATA",
                "SEND_DTMF",
                "DROP",
            ],
            "HELD" => &["UPDATE_CALL_DATA", "DROP", "RETRIEVE"],
            "INITIATING" | "INITIATED" => &["UPDATE_CALL_DATA", "DROP"],
            _ => &[],
        }
        .iter()
        .map(|action| format!("<action>{action}</action>"))
        .collect();
        let kind = if self.address.len() == 4 {
            "AGENT_DEVICE"
        } else {
            ""
        };
        format!(
            "<Participant><actions>{actions}</actions><mediaAddress>{}</mediaAddress>\
             <mediaAddressType>{kind}</mediaAddressType><startTime>{}</startTime><state>{}</state>\
             <stateCause>{}</stateCause><stateChangeTime>{}</stateChangeTime></Participant>",
            self.address, self.joined, self.state, self.cause, self.since
        )
    }
}

/// A request that failed after it had been accepted.
pub(crate) fn errors(
    source: &str,
    request_id: &str,
    error_type: &str,
    message: &str,
    data: &str,
) -> String {
    format!(
        "<Update><data><apiErrors><apiError><errorType>{error_type}</errorType><errorMessage>{message}</errorMessage>\
         <errorData>{data}</errorData></apiError></apiErrors></data><event>put</event><requestId>{request_id}</requestId>\
         <source>/finesse/api/{source}</source></Update>"
    )
}

/// The site's reasons; 32767 is Finesse's own.
pub(crate) const NOT_READY_REASONS: &str = "<ReasonCodes category=\"NOT_READY\">\
    <ReasonCode><uri>/finesse/api/ReasonCode/9</uri><category>NOT_READY</category><code>12</code><label>lunch</label>\
    <forAll>true</forAll><systemCode>false</systemCode></ReasonCode>\
    <ReasonCode><uri>/finesse/api/ReasonCode/3</uri><category>NOT_READY</category><code>32767</code>\
    <label>Not Ready - Call Not Answered</label><forAll>true</forAll><systemCode>true</systemCode></ReasonCode>\
    </ReasonCodes>";

/// The reasons for signing out.
pub(crate) const LOGOUT_REASONS: &str = "<ReasonCodes category=\"LOGOUT\">\
    <ReasonCode><uri>/finesse/api/ReasonCode/21</uri><category>LOGOUT</category><code>28</code><label>end of shift</label>\
    <forAll>true</forAll><systemCode>false</systemCode></ReasonCode></ReasonCodes>";
