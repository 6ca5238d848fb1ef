//! What each code means, and what a client does about it.

use super::ErrorType;

const GO_ON: &str = "Show it and go on.";
const ASK_EXTENSION: &str = "Ask for a valid extension.";
const ASK_CREDENTIALS: &str = "Ask for the credentials and connect again.";
const ASK_STATE: &str = "Send GetState to see where the agent is, then go on.";

impl ErrorType {
    /// What happened, in one sentence.
    pub fn meaning(&self) -> &'static str {
        match self {
            Self::CfInvalidCalledDevice => "The number called is no valid device.",
            Self::CfInvalidCallingDevice => "The calling extension is no valid device.",
            Self::CfInvalidConnectionIdForActiveCall => {
                "The request names a connection that the active call does not have."
            }
            Self::CfInvalidConsultType => "This kind of consultation is not possible here.",
            Self::CfAgentAccountLockedOut => "The agent's account is locked.",
            Self::CfInvalidCstaDeviceIdentifier => {
                "The extension is not one that the switch knows."
            }
            Self::CfResourceBusy => {
                "Something needed is busy, or too many commands wait for this agent."
            }
            Self::CfInvalidLogonDeviceSpecified => "The agent cannot log in at this extension.",
            Self::CfGenericUnspecifiedRejection => "The request was refused without a reason.",
            Self::CfInvalidObjectState => {
                "The agent or call is in a state that does not allow this."
            }
            Self::CfInvalidPasswordSpecified => "The agent's password is wrong.",
            Self::CfGenericSystemResourceAvailability => {
                "A system behind Finesse is not available."
            }
            Self::ECtiInvalidCallid => "There is no call with this id any more.",
            Self::UserNotFound => "Finesse knows no agent with this id.",
            Self::GeneralError => "Finesse failed without saying clearly why.",
            Self::CfGenericOperation => "The operation failed without a reason.",
            Self::BadDestination => "The number dialled leads nowhere.",
            Self::Down => "The gateway could not connect to Finesse.",
            Self::LicensesExceeded => "More agents want to log in than are licensed.",
            Self::MissingExtension => "The command lacks the extension.",
            Self::MissingNumber => "The command lacks the number to dial.",
            Self::MissingPassword => "The command lacks the password.",
            Self::MissingReasonCode => "A reason code is required here and none was given.",
            Self::NoDialogId => "Neither the gateway nor Finesse knows a call with this id.",
            Self::NotReachable => {
                "Finesse did not answer in time; the command may have taken effect."
            }
            Self::PleaseRetry => {
                "The command was not carried out: it is malformed, or Finesse is out of service."
            }
            Self::SubscriptionFailed => {
                "The agent is not connected here, or the credentials are wrong."
            }
            Self::UnableToSubscribeToFinesse => {
                "The agent was let in but no notifications can be had."
            }
            Self::WrongExtension => {
                "The extension holds something else than digits, `+`, `*` and `#`."
            }
            Self::SessionInvalidated => "The agent connected from somewhere else.",
            Self::Unauthorized => "Finesse no longer accepts the credentials of this session.",
            Self::AuthorizationFailure => "The agent may not do this.",
            Self::NotFound => "What was asked for does not exist.",
            Self::InvalidSupervisor => {
                "The agent belongs to another client, and none of your supervisors leads the agent's team."
            }
            Self::NotSupported => "This product or configuration does not have the function.",
            Self::Other(_) => "Finesse reported an error of its own; the message says more.",
        }
    }

    /// What a client does about it.
    pub fn client_action(&self) -> &'static str {
        match self {
            Self::CfInvalidCstaDeviceIdentifier
            | Self::CfInvalidLogonDeviceSpecified
            | Self::MissingExtension
            | Self::WrongExtension => ASK_EXTENSION,
            Self::CfInvalidPasswordSpecified
            | Self::MissingPassword
            | Self::SubscriptionFailed
            | Self::UnableToSubscribeToFinesse
            | Self::Unauthorized => ASK_CREDENTIALS,
            Self::CfResourceBusy => "Wait for the answers to earlier commands, then send it again.",
            Self::CfInvalidObjectState | Self::NotReachable => ASK_STATE,
            Self::MissingNumber => "Ask for the number.",
            Self::MissingReasonCode => {
                "Ask for a reason code and send MakeNotReadyWithReason or logoutwithreason."
            }
            Self::NoDialogId | Self::ECtiInvalidCallid => {
                "Send GetDialogState, or drop the call from the screen."
            }
            Self::PleaseRetry => {
                "Correct the command as the message says, or send it again when Finesse is in service."
            }
            Self::SessionInvalidated => "Show it and ask whether to connect again here.",
            Self::CfInvalidCalledDevice
            | Self::CfInvalidCallingDevice
            | Self::CfInvalidConnectionIdForActiveCall
            | Self::CfInvalidConsultType
            | Self::CfAgentAccountLockedOut
            | Self::CfGenericUnspecifiedRejection
            | Self::CfGenericSystemResourceAvailability
            | Self::UserNotFound
            | Self::GeneralError
            | Self::CfGenericOperation
            | Self::BadDestination
            | Self::Down
            | Self::LicensesExceeded
            | Self::AuthorizationFailure
            | Self::NotFound
            | Self::InvalidSupervisor
            | Self::NotSupported
            | Self::Other(_) => GO_ON,
        }
    }
}
