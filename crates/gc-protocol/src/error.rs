//! Error codes (GC document, section 4).

mod explain;

use std::borrow::Cow;

macro_rules! error_types {
    ($($(#[$meta:meta])* $variant:ident = $word:literal,)+) => {
        /// Code of an `Error` event; Finesse's own codes pass through as `Other`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        #[allow(missing_docs)] // the word is the meaning; `meaning` explains it
        pub enum ErrorType {
            $($(#[$meta])* $variant,)+
            /// A code of Finesse's own.
            Other(Cow<'static, str>),
        }

        impl ErrorType {
            /// Every code the document lists, in its order.
            pub const DOCUMENTED: &'static [ErrorType] = &[$(ErrorType::$variant,)+];

            /// The code as clients see it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// Reads a code.
            pub fn from_word(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Other(Cow::Owned(other.to_owned())),
                }
            }
        }
    };
}

error_types! {
    CfInvalidCalledDevice = "CF_INVALID_CALLED_DEVICE",
    CfInvalidCallingDevice = "CF_INVALID_CALLING_DEVICE",
    CfInvalidConnectionIdForActiveCall = "CF_INVALID_CONNECTION_ID_FOR_ACTIVE_CALL",
    CfInvalidConsultType = "CF_INVALID_CONSULT_TYPE",
    CfAgentAccountLockedOut = "CF_AGENT_ACCOUNT_LOCKED_OUT",
    CfInvalidCstaDeviceIdentifier = "CF_INVALID_CSTA_DEVICE_IDENTIFIER",
    CfResourceBusy = "CF_RESOURCE_BUSY",
    CfInvalidLogonDeviceSpecified = "CF_INVALID_LOGON_DEVICE_SPECIFIED",
    CfGenericUnspecifiedRejection = "CF_GENERIC_UNSPECIFIED_REJECTION",
    CfInvalidObjectState = "CF_INVALID_OBJECT_STATE",
    CfInvalidPasswordSpecified = "CF_INVALID_PASSWORD_SPECIFIED",
    CfGenericSystemResourceAvailability = "CF_GENERIC_SYSTEM_RESOURCE_AVAILABILITY",
    ECtiInvalidCallid = "E_CTI_INVALID_CALLID",
    UserNotFound = "USER_NOT_FOUND",
    GeneralError = "GENERAL_ERROR",
    CfGenericOperation = "CF_GENERIC_OPERATION",
    BadDestination = "BAD_DESTINATION",
    Down = "DOWN",
    LicensesExceeded = "LICENSES_EXCEEDED",
    MissingExtension = "MISSING_EXTENSION",
    MissingNumber = "MISSING_NUMBER",
    MissingPassword = "MISSING_PASSWORD",
    MissingReasonCode = "MISSING_REASON_CODE",
    NoDialogId = "NO_DIALOG_ID",
    NotReachable = "NOT_REACHABLE",
    PleaseRetry = "PLEASE_RETRY",
    SubscriptionFailed = "SUBSCRIPTION_FAILED",
    UnableToSubscribeToFinesse = "UNABLE_TO_SUBSCRIBE_TO_FINESSE",
    WrongExtension = "WRONG_EXTENSION",
    SessionInvalidated = "SESSION_INVALIDATED",
    Unauthorized = "Unauthorized",
    AuthorizationFailure = "AUTHORIZATION_FAILURE",
    NotFound = "NOT_FOUND",
    InvalidSupervisor = "INVALID_SUPERVISOR",
    NotSupported = "NOT_SUPPORTED",
}
