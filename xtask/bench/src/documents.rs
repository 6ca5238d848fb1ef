//! Notifications of a given size.

/// State of the agent's participant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Active,
    Held,
}

impl Side {
    /// States take turns, so that every notification changes something.
    pub(crate) fn of(turn: u64) -> Self {
        if turn.is_multiple_of(2) {
            Self::Active
        } else {
            Self::Held
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Held => "HELD",
        }
    }
}

/// An Update of one dialog, of about `bytes` bytes; `mark` travels in the first call variable.
pub(crate) fn dialog(extension: &str, dialog: u64, side: Side, mark: u64, bytes: usize) -> String {
    let mut variables = variable("callVariable1", &format!("m{mark:010}"));
    let bare = document(extension, dialog, side, &variables).len();
    let each = variable("user.pad[00]", PAD).len();
    for number in 0..bytes.saturating_sub(bare).div_ceil(each) {
        variables.push_str(&variable(&format!("user.pad[{number:02}]"), PAD));
    }
    document(extension, dialog, side, &variables)
}

const PAD: &str = "CV1=308128665____;CV2=1332";

/// An Update whose mark is still open.
pub(crate) struct Template {
    head: String,
    tail: String,
}

impl Template {
    pub(crate) fn new(extension: &str, dialog_id: u64, side: Side, bytes: usize) -> Self {
        let xml = dialog(extension, dialog_id, side, 0, bytes);
        let (head, tail) = xml.split_once("m0000000000").unwrap_or((&xml, ""));
        Self {
            head: head.to_owned(),
            tail: tail.to_owned(),
        }
    }

    /// The document with a mark in it.
    pub(crate) fn marked(&self, mark: u64) -> String {
        format!("{}m{mark:010}{}", self.head, self.tail)
    }
}

/// The mark in an event, if it has one.
pub(crate) fn mark(event: &str) -> Option<u64> {
    let (_, rest) = event.split_once("\"callVariable1\":\"m")?;
    rest.get(..10)?.parse().ok()
}

fn variable(name: &str, value: &str) -> String {
    format!("<CallVariable><name>{name}</name><value>{value}</value></CallVariable>")
}

fn document(extension: &str, dialog: u64, side: Side, variables: &str) -> String {
    let state = side.as_str();
    format!(
        "<Update><data><dialog><fromAddress>03005550142</fromAddress><id>{dialog}</id>\
         <mediaProperties><DNIS>{extension}</DNIS><callType>ACD_IN</callType>\
         <dialedNumber>7800</dialedNumber><callvariables>{variables}</callvariables></mediaProperties>\
         <mediaType>Voice</mediaType><participants><Participant><actions><action>DROP</action></actions>\
         <mediaAddress>{extension}</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType>\
         <startTime>2026-03-02T09:20:11.040Z</startTime><state>{state}</state><stateCause></stateCause>\
         <stateChangeTime>2026-03-02T09:20:15.211Z</stateChangeTime></Participant></participants>\
         <state>ACTIVE</state><toAddress>7800</toAddress><uri>/finesse/api/Dialog/{dialog}</uri></dialog></data>\
         <event>PUT</event><requestId></requestId><source>/finesse/api/Dialog/{dialog}</source></Update>"
    )
}
