//! The Dialog object: one voice call as Finesse reports it (Finesse API, section 2.2).

use std::borrow::Cow;

use crate::decode_error::DecodeError;
use crate::limits::MAX_OBJECT_BYTES;
use crate::string_enum::string_enum;
use crate::xml::reader::{Xml, is_space, read_list, read_root};

string_enum! {
    /// State of the whole dialog; hold and wrap-up are states of a participant instead.
    DialogState {
        Initiating = "INITIATING",
        Initiated = "INITIATED",
        Alerting = "ALERTING",
        Active = "ACTIVE",
        Accepted = "ACCEPTED",
        Failed = "FAILED",
        Dropped = "DROPPED",
    }
}

string_enum! {
    /// State of one participant.
    ParticipantState {
        Initiating = "INITIATING",
        Initiated = "INITIATED",
        Alerting = "ALERTING",
        Active = "ACTIVE",
        Held = "HELD",
        Failed = "FAILED",
        Dropped = "DROPPED",
        WrapUp = "WRAP_UP",
        Accepted = "ACCEPTED",
    }
}

string_enum! {
    /// How the call came about.
    CallType {
        AcdIn = "ACD_IN",
        PrerouteAcdIn = "PREROUTE_ACD_IN",
        PrerouteDirectAgent = "PREROUTE_DIRECT_AGENT",
        OtherIn = "OTHER_IN",
        Transfer = "TRANSFER",
        Offered = "OFFERED",
        ConsultOffered = "CONSULT_OFFERED",
        Out = "OUT",
        AgentInside = "AGENT_INSIDE",
        Consult = "CONSULT",
        Conference = "CONFERENCE",
        SupervisorMonitor = "SUPERVISOR_MONITOR",
        SupervisorBargeIn = "SUPERVISOR_BARGE_IN",
        Outbound = "OUTBOUND",
        OutboundPreview = "OUTBOUND_PREVIEW",
        OutboundDirectPreview = "OUTBOUND_DIRECT_PREVIEW",
        OutboundCallback = "OUTBOUND_CALLBACK",
        OutboundCallbackPreview = "OUTBOUND_CALLBACK_PREVIEW",
        OutboundPersonalCallback = "OUTBOUND_PERSONAL_CALLBACK",
        OutboundPersonalCallbackPreview = "OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
    }
}

/// A call, its participants and its data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dialog {
    /// CTI call id.
    pub id: String,
    /// Relative address of this dialog.
    pub uri: String,
    /// On a consult call the address of the original call; often empty.
    pub associated_dialog_uri: String,
    /// After a transfer or conference, the id of the dialog merged away.
    pub secondary_id: String,
    /// Who placed the original call.
    pub from_address: String,
    /// Number dialled for the original call; empty while INITIATING.
    pub to_address: String,
    /// `Voice`, or the name of another medium.
    pub media_type: String,
    /// State of the dialog as a whole.
    pub state: DialogState,
    /// Call type, variables, queue.
    pub media_properties: MediaProperties,
    /// Parties of the call.
    pub participants: Vec<Participant>,
    /// Direct preview: the customer's number without the dialler's prefix.
    pub callback_number: String,
    /// A callback that was scheduled on this call.
    pub scheduled_callback: Option<ScheduledCallback>,
}

/// What the call is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MediaProperties {
    /// Medium, `1` is voice.
    pub media_id: String,
    /// Device or route point actually reached.
    pub dnis: String,
    /// How the call came about.
    pub call_type: CallType,
    /// Number dialled.
    pub dialed_number: String,
    /// Value last set by a reclassification.
    pub outbound_classification: String,
    /// Wrap-up label (UCCE).
    pub wrap_up_reason: String,
    /// Wrap-up labels (UCCX).
    pub wrap_up_items: Vec<String>,
    /// Call variables in Finesse's order.
    pub call_variables: Vec<CallVariable>,
    /// Queue's number.
    pub queue_number: String,
    /// Queue's name.
    pub queue_name: String,
    /// Router call key: id.
    pub call_key_call_id: String,
    /// Router call key: sequence number.
    pub call_key_sequence_num: String,
    /// Router call key: day.
    pub call_key_prefix: String,
}

/// One named value that travels with the call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallVariable {
    /// Name, such as `callVariable1` or `user.acct.ref`.
    pub name: String,
    /// Value.
    pub value: String,
}

/// One party of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// What this party may do now; not reliable for parties that are no agents.
    pub actions: Vec<String>,
    /// Extension or number.
    pub media_address: String,
    /// `AGENT_DEVICE`, or empty for a phone nobody monitors.
    pub media_address_type: String,
    /// When the party joined, UTC.
    pub start_time: String,
    /// State of the party.
    pub state: ParticipantState,
    /// Why, such as `BUSY` or `BAD_DESTINATION`; mostly empty.
    pub state_cause: String,
    /// When that state began, UTC.
    pub state_change_time: String,
}

/// A callback promised to the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScheduledCallback {
    /// Customer's local time, `YYYY-MM-DDThh:mm`.
    pub time: String,
    /// Number to call.
    pub number: String,
}

impl Dialog {
    /// The participant at an extension.
    pub fn participant(&self, extension: &str) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|participant| participant.media_address == extension)
    }

    /// Id of the dialog that `associated_dialog_uri` names, if any.
    pub fn associated_dialog_id(&self) -> Option<&str> {
        last_segment(&self.associated_dialog_uri)
    }
}

/// The last path segment of a URI, which is the id of what it names.
pub fn last_segment(uri: &str) -> Option<&str> {
    uri.trim_end_matches('/')
        .rsplit('/')
        .next()
        .filter(|segment| !segment.is_empty())
}

impl Dialog {
    /// Reads a `Dialog` document.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "Dialog", MAX_OBJECT_BYTES, Self::read)
    }

    /// Reads a `Dialogs` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "Dialogs", "Dialog", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut dialog = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "id" => dialog.id = xml.string()?,
                "uri" => dialog.uri = xml.string()?,
                "associatedDialogUri" => dialog.associated_dialog_uri = xml.string()?,
                "secondaryId" => dialog.secondary_id = xml.string()?,
                "fromAddress" => dialog.from_address = xml.string()?,
                "toAddress" => dialog.to_address = xml.string()?,
                "mediaType" => dialog.media_type = xml.string()?,
                "state" => dialog.state = DialogState::from_word(&xml.text()?),
                "mediaProperties" => dialog.media_properties = MediaProperties::read(xml)?,
                "participants" => {
                    dialog.participants = xml.list("Participant", Participant::read)?
                }
                "callbackNumber" => dialog.callback_number = xml.string()?,
                "scheduledCallbackInfo" => {
                    dialog.scheduled_callback = ScheduledCallback::read(xml)?
                }
                _ => xml.skip()?,
            }
        }
        Ok(dialog)
    }
}

impl MediaProperties {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut media = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "mediaId" => media.media_id = xml.string()?,
                "DNIS" => media.dnis = xml.string()?,
                "callType" => media.call_type = CallType::from_word(&xml.text()?),
                "dialedNumber" => media.dialed_number = xml.string()?,
                "outboundClassification" => media.outbound_classification = xml.string()?,
                "wrapUpReason" => media.wrap_up_reason = xml.string()?,
                "wrapUpItems" => media.wrap_up_items = xml.list("wrapUpItem", Xml::string)?,
                "callvariables" | "callVariables" => {
                    media.call_variables = xml.list("CallVariable", CallVariable::read)?
                }
                "queueNumber" => media.queue_number = xml.string()?,
                "queueName" => media.queue_name = xml.string()?,
                "callKeyCallId" => media.call_key_call_id = xml.string()?,
                "callKeySequenceNum" | "CallKeySequenceNum" => {
                    media.call_key_sequence_num = xml.string()?
                }
                "callKeyPrefix" => media.call_key_prefix = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(media)
    }
}

impl CallVariable {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut variable = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "name" => variable.name = xml.string()?,
                "value" => variable.value = exact_value(xml.exact_text()?),
                _ => xml.skip()?,
            }
        }
        Ok(variable)
    }
}

impl Participant {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut party = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "actions" => party.actions = xml.list("action", Xml::string)?,
                "mediaAddress" => party.media_address = xml.string()?,
                "mediaAddressType" => party.media_address_type = xml.string()?,
                "startTime" => party.start_time = xml.string()?,
                "state" => party.state = ParticipantState::from_word(&xml.text()?),
                "stateCause" => party.state_cause = xml.string()?,
                "stateChangeTime" => party.state_change_time = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(party)
    }
}

impl ScheduledCallback {
    /// `None` when the element is empty, which says that none is scheduled.
    fn read(xml: &mut Xml<'_>) -> Result<Option<Self>, DecodeError> {
        let mut callback = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "callbackTime" => callback.time = xml.string()?,
                "callbackNumber" => callback.number = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok((callback != Self::default()).then_some(callback))
    }
}

/// A variable's value is the site's own, so blanks around it stay (fixed-width fields are common).
/// White space with a line break and nothing else is how an indented document prints an empty element.
fn exact_value(text: Cow<'_, str>) -> String {
    if text.contains('\n') && text.trim_matches(is_space).is_empty() {
        return String::new();
    }
    text.into_owned()
}
