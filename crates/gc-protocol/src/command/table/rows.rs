//! The rows (GC document, section 2; words of the lost rows: contract, section 1).
//!
//! Progressive and predictive calls have no row, because the call simply arrives; the `gent_call` that the
//! document prints as the category of the predictive row is `agent_call` misspelt. A personal callback is
//! accepted and rejected with the preview commands.

use super::{CommandSpec, ParamKind, ParamSpec, Product, Sender, Subject};
use crate::command::{Action, Body, Heartbeat};
use crate::error::ErrorType;

const fn required(name: &'static str, kind: ParamKind, missing: ErrorType) -> ParamSpec {
    ParamSpec {
        name,
        kind,
        required: true,
        missing,
    }
}

const fn optional(name: &'static str, kind: ParamKind) -> ParamSpec {
    ParamSpec {
        name,
        kind,
        required: false,
        missing: ErrorType::PleaseRetry,
    }
}

const fn id(name: &'static str) -> ParamSpec {
    required(name, ParamKind::Id, ErrorType::PleaseRetry)
}

const DESTINATION: ParamSpec = id("destination");
const PASSWORD: ParamSpec = required("password", ParamKind::Secret, ErrorType::MissingPassword);
const TOKEN: ParamSpec = required("token", ParamKind::Secret, ErrorType::MissingPassword);
const SSO: ParamSpec = optional("sso", ParamKind::Literal("SSO"));
const OWN_EXTENSION: ParamSpec = required(
    "extension",
    ParamKind::Extension,
    ErrorType::MissingExtension,
);
const PHONE: ParamSpec = required("phone", ParamKind::Number, ErrorType::MissingNumber);
const MODE: ParamSpec = required("mode", ParamKind::Flag, ErrorType::PleaseRetry);
const REASON: ParamSpec = required(
    "reasonCode",
    ParamKind::ReasonCode,
    ErrorType::MissingReasonCode,
);
const NUMBER: ParamSpec = required("number", ParamKind::Number, ErrorType::MissingNumber);
// The other party of a consult, transfer or conference may be outside, so it is a number to dial.
const CALLED: ParamSpec = required("extension", ParamKind::Number, ErrorType::MissingNumber);
const CONSULTED: ParamSpec = required("extension", ParamKind::Number, ErrorType::MissingExtension);
const DIALOG: ParamSpec = id("dialogId");
const LABEL: ParamSpec = required("label", ParamKind::FreeText, ErrorType::PleaseRetry);
const VARIABLES: ParamSpec = required("variables", ParamKind::Variables, ErrorType::PleaseRetry);
const TEAM: ParamSpec = id("teamId");
const PHONEBOOK: ParamSpec = id("phonebookId");
const ACCEPT: ParamSpec = optional("action", ParamKind::Literal("ACCEPT"));
const REJECT: ParamSpec = optional("action", ParamKind::Literal("REJECT"));
const CLOSE: ParamSpec = optional("action", ParamKind::Literal("CLOSE"));
const TARGET: ParamSpec = required(
    "targetMediaAddress",
    ParamKind::Extension,
    ErrorType::MissingExtension,
);
const CALLBACK_TIME: ParamSpec = id("callbackTime");
const CALLBACK_NUMBER: ParamSpec = required(
    "callbackNumber",
    ParamKind::Number,
    ErrorType::MissingNumber,
);
const CLASSIFICATION: ParamSpec = id("value");
const SKILL_MODE: ParamSpec = required(
    "mode",
    ParamKind::Choice(&["ALL", "INDEXING"]),
    ErrorType::PleaseRetry,
);
const START: ParamSpec = required("start", ParamKind::Count, ErrorType::PleaseRetry);
const COUNT: ParamSpec = required("count", ParamKind::Count, ErrorType::PleaseRetry);
const F_NUMBER: ParamSpec = id("fNumber");
const SUBSCRIBE: ParamSpec = optional("subscribe", ParamKind::Flag);

macro_rules! row {
    ($verb:ident $subject:ident {
        $name:literal $(| $alias:literal)*, $category:literal, $product:ident, [$($sender:ident),+],
        [$($param:ident),*] => [$($answer:literal),*], $summary:literal
    }) => {
        CommandSpec {
            verb: Verb::$verb,
            name: $name,
            aliases: &[$($alias),*],
            category: $category,
            subject: Subject::$subject,
            product: Product::$product,
            senders: &[$(Sender::$sender),+],
            params: &[$($param),*],
            answers: &[$($answer),*],
            summary: $summary,
        }
    };
}

macro_rules! commands {
    (heartbeats { $($beat:ident $beat_row:tt)+ } actions { $($action:ident $row:tt)+ }) => {
        /// A row of the table, to be matched on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // the table explains each
        pub enum Verb {
            $($beat,)+
            $($action,)+
        }

        /// Every command, in the document's order.
        pub const COMMANDS: &[CommandSpec] = &[
            $(row!($beat Destination $beat_row),)+
            $(row!($action Agent $row),)+
        ];

        impl Verb {
            /// The verb's row.
            pub fn spec(self) -> &'static CommandSpec {
                // Verbs and rows come out of one list, so the index is the row's.
                &COMMANDS[self as usize]
            }
        }

        impl Heartbeat {
            /// The heartbeat's row.
            pub fn verb(self) -> Verb {
                match self {
                    $(Self::$beat => Verb::$beat,)+
                }
            }
        }

        impl<S> Action<S> {
            /// Which row of the table this is.
            pub fn verb(&self) -> Verb {
                match self {
                    $(Self::$action { .. } => Verb::$action,)+
                }
            }

            /// The action's row.
            pub fn spec(&self) -> &'static CommandSpec {
                self.verb().spec()
            }
        }
    };
}

impl<S> Body<S> {
    /// The command's row.
    pub fn spec(&self) -> &'static CommandSpec {
        match self {
            Self::Heartbeat { kind, .. } => kind.verb().spec(),
            Self::Agent { action, .. } => action.spec(),
        }
    }

    /// The command's documented word.
    pub fn name(&self) -> &'static str {
        self.spec().name
    }
}

commands! {
    heartbeats {
        Hello { "Hello", "system", Both, [Client], [] => ["System"],
            "Asks whether Finesse can be used, while no agent is logged in." }
        Beat { "Beat", "system", Both, [Client], [] => ["System"],
            "Says that the client is alive and asks whether Finesse can be used." }
    }
    actions {
        Connect { "Connect", "agent_info", Both, [Agent], [DESTINATION, PASSWORD, SSO] => ["ConnectStatus"],
            "Signs in at Finesse for an agent and sends the agent's events to a destination." }
        Login { "Login", "agent_state", Both, [Agent],
            [PASSWORD, OWN_EXTENSION] => ["State", "AgentInfo", "DialogState"],
            "Logs an agent in at an extension." }
        MobileAgentLogin { "MobileAgentLogin", "agent_state", Ucce, [Agent],
            [PASSWORD, OWN_EXTENSION, PHONE, MODE] => ["State", "AgentInfo", "DialogState"],
            "Logs a mobile agent in; mode `true` rings the phone for each call, `false` keeps one line open." }
        // Not of the document: tokens of single sign-on expire and must be replaced.
        UpdateToken { "UpdateToken", "agent_info", Both, [Agent], [TOKEN] => ["ConnectStatus"],
            "Replaces the access token of an agent who signed in with one." }
        Logout { "Logout", "agent_state", Both, [Agent, Supervisor], [] => ["State"],
            "Logs an agent out." }
        LogoutWithReason { "logoutwithreason", "agent_state", Both, [Agent], [REASON] => ["State"],
            "Logs an agent out with a reason." }
        ForceLogout { "force_logout" | "ForceLogout", "agent_state", Both, [Agent], [] => ["State"],
            "Logs an agent out whatever the agent is doing and closes the link at once." }
        MakeReady { "MakeReady", "agent_state", Both, [Agent, Supervisor], [] => ["State"],
            "Makes an agent ready for calls." }
        MakeNotReady { "MakeNotReady", "agent_state", Both, [Agent, Supervisor], [] => ["State"],
            "Makes an agent not ready." }
        MakeNotReadyWithReason { "MakeNotReadyWithReason", "agent_state", Both, [Agent], [REASON] => ["State"],
            "Makes an agent not ready with a reason." }
        MakeWorkNotReady { "MakeWorkNotReady", "agent_state", Ucce, [Agent], [] => ["State"],
            "Puts an agent into wrap-up work, to be not ready after it." }
        MakeWorkReady { "MakeWorkReady", "agent_state", Ucce, [Agent], [] => ["State"],
            "Puts an agent into wrap-up work, to be ready after it." }
        GetState { "GetState", "agent_state", Both, [Agent], [] => ["State", "DialogState"],
            "Tells an agent's state and calls." }
        Refresh { "refresh", "agent_state", Both, [Agent],
            [] => ["AgentInfo", "State", "DialogState", "InboundCall", "OutboundCall", "ConsultCall"],
            "Tells everything about an agent again, every live call in full." }
        WrapUpReasonCodes { "wrapupreasoncode", "agent_work", Both, [Agent], [] => ["ReasonCodes"],
            "Lists the wrap-up reasons." }
        LogoutReasonCodes { "reasoncodelogout", "agent_state", Both, [Agent], [] => ["ReasonCodes"],
            "Lists the reasons for logging out." }
        NotReadyReasonCodes { "reasoncodenotready", "agent_state", Both, [Agent], [] => ["ReasonCodes"],
            "Lists the reasons for being not ready." }
        MakeCall { "MakeCall", "agent_call", Both, [Agent], [NUMBER] => ["State", "InboundCall"],
            "Calls a number." }
        AnswerCall { "AnswerCall", "agent_call", Both, [Agent], [DIALOG] => ["InboundCall"],
            "Answers a call." }
        HoldCall { "HoldCall", "agent_call", Both, [Agent], [DIALOG] => ["InboundCall"],
            "Puts a call on hold." }
        RetrieveCall { "RetrieveCall", "agent_call", Both, [Agent], [DIALOG] => ["InboundCall"],
            "Takes a call off hold." }
        ReleaseCall { "ReleaseCall", "agent_call", Both, [Agent], [DIALOG] => ["InboundCall"],
            "Ends a call, or the consult call whose id is given." }
        SingleStepTransfer { "Transfer_sst", "agent_call", Both, [Agent], [CALLED, DIALOG] => ["InboundCall"],
            "Transfers a call without asking the other party first." }
        ConsultCall { "ConsultCall", "agent_call", Both, [Agent], [CALLED, DIALOG] => ["ConsultCall"],
            "Holds a call and calls somebody about it, to transfer or to conference next." }
        TransferCall { "TransferCall", "agent_call", Both, [Agent], [CONSULTED, DIALOG] => ["InboundCall"],
            "Hands the held main call, whose id is given, to the consulted party." }
        ConferenceCall { "ConferenceCall", "agent_call", Both, [Agent], [CONSULTED, DIALOG] => ["InboundCall"],
            "Joins the held main call, whose id is given, and the consulted party." }
        GetDialogState { "GetDialogState", "agent_dialog", Both, [Agent], [DIALOG] => ["DialogState"],
            "Tells the state of a call." }
        UpdateWrapUp { "UpdateWrapup" | "UpdateWrapupData" | "UpdateDialogWrapup", "agent_dialog", Both, [Agent],
            [DIALOG, LABEL] => [],
            "Sets a call's wrap-up reason; success has no answer." }
        GetDialogStateControls { "GetDialogStateControls", "agent_dialog", Both, [Agent],
            [DIALOG] => ["DialogControls"],
            "Tells what the agent may do on a call now." }
        // The document files both of these under agent_call.
        GetDialogParticipants { "GetDialogParticipants", "agent_call", Both, [Agent],
            [DIALOG] => ["DialogParticipants"],
            "Lists the parties of a call." }
        GetLoggedInAgents { "GetLoggedInAgents" | "GetAllAgents", "agent_call", Both, [Supervisor, Admin],
            [] => ["Agents"],
            "Lists the logged-in agents of the supervisor's teams, or all with the administrator's account." }
        UpdateDialogVariable { "UpdateDialogVariable" | "UpdateCallVariable" | "UpdateCallVariableData",
            "agent_call", Both, [Agent], [DIALOG, VARIABLES] => ["InboundCall"],
            "Sets variables of a call." }
        ZoomPauseRecording { "ZOOMPauseRecording", "zoom", Both, [Agent], [] => [],
            "Pauses the recording of an agent's call at the configured recorder." }
        ZoomResumeRecording { "ZOOMResumeRecording", "zoom", Both, [Agent], [] => [],
            "Resumes the recording of an agent's call at the configured recorder." }
        GetPhonebooks { "GetPhonebooks", "phonebook", Both, [Agent, Admin], [] => ["PhoneBook"],
            "Lists the phone books for everybody and for the agent's team." }
        // `phonebook` in the document's table of admin commands.
        GetTeamPhonebooks { "GetTeamPhonebooks", "team_phonebooks", Both, [Agent, Admin],
            [TEAM] => ["Team PhoneBook", "callback"],
            "Lists a team's phone books." }
        GetPhonebookContacts { "GetPhonebookContacts", "contacts", Both, [Agent, Admin],
            [PHONEBOOK] => ["phoneBook_contacts", "callback"],
            "Lists a phone book's contacts." }
        AcceptOutboundPreview { "AcceptOutboundPreview", "agent_call", Both, [Agent],
            [DIALOG, ACCEPT] => ["OutboundCall"],
            "Accepts a reserved preview or personal callback: the customer is called." }
        RejectOutboundPreview { "RejectOutboundPreview", "agent_call", Both, [Agent],
            [DIALOG, REJECT] => ["OutboundCall"],
            "Skips a reserved preview or personal callback and keeps the record." }
        CloseOutboundPreview { "CloseOutboundPreview", "agent_call", Both, [Agent],
            [DIALOG, CLOSE] => ["OutboundCall"],
            "Skips a reserved preview and closes the record." }
        // The misspelling is the protocol; the right spelling is taken too.
        ScheduleCallback { "SHCEDULECALLBACK" | "SCHEDULECALLBACK", "agent_call", Both, [Agent],
            [TARGET, DIALOG, CALLBACK_TIME, CALLBACK_NUMBER] => ["OutboundCall", "callback"],
            "Schedules a callback to the customer of a campaign call." }
        UpdateCallback { "UPDATECALLBACK", "agent_call", Both, [Agent],
            [TARGET, DIALOG, CALLBACK_TIME, CALLBACK_NUMBER] => ["OutboundCall"],
            "Changes a scheduled callback." }
        CancelCallback { "CANCELSHCEDULECALLBACK" | "CANCELSCHEDULECALLBACK", "agent_call", Both, [Agent],
            [TARGET, DIALOG] => ["OutboundCall"],
            "Cancels a scheduled callback." }
        Reclassify { "RECLASSIFYCALL", "agent_call", Both, [Agent], [TARGET, DIALOG, CLASSIFICATION] => ["callback"],
            "Tells what answered a direct preview call, such as VOICE or ANS_MACHINE." }
        GetSkillGroup { "GETSKILLGROUP", "skill_group", Ucce, [Agent], [SKILL_MODE, START, COUNT] => ["skillGroup"],
            "Lists skill groups: `ALL,0,0`, or a page of them with `INDEXING,<start>,<count>`." }
        GetSupervisor { "GETSUPERVISOR", "supervisor_list", Ucce, [Agent], [] => ["supervisors"],
            "Lists the supervisors." }
        // The document has a blank before this one's `#`.
        GetAgentExtension { "GetAgentExtension", "agent_extension", Ucce, [Agent], [F_NUMBER] => ["agentExtension"],
            "Tells a mobile agent's port and dial number." }
        GetQueueList { "getqueuelist", "supervisor_queue_info", Both, [Agent, Supervisor], [] => ["Queue Stats"],
            "Tells the figures of a user's queues." }
        SilentMonitor { "silentmonitor", "supervisor_dialog", Both, [Supervisor], [OWN_EXTENSION] => ["InboundCall"],
            "Listens to the call of the agent at an extension." }
        EndSilentMonitor { "endsilentmonitor", "supervisor_dialog", Both, [Supervisor], [DIALOG] => ["InboundCall"],
            "Stops listening to a call." }
        DropParticipant { "dropparticipant", "supervisor_dialog", Ucce, [Supervisor],
            [CONSULTED, DIALOG] => ["control", "InboundCall"],
            "Drops a party from a call." }
        GetTeamUsers { "getteamusers", "supervisor_team", Both, [Supervisor], [TEAM, SUBSCRIBE] => ["Team Agents"],
            "Lists a team's users; with `true` their states follow from then on." }
        GetTeamUsersState { "GetTeamUsersState", "supervisor_team_member_state", Both, [Supervisor],
            [TEAM] => ["State"],
            "Tells the state of each user of a team." }
        BargeIn { "bargein", "agent_call", Both, [Supervisor], [OWN_EXTENSION, DIALOG] => ["InboundCall"],
            "Joins the call of a monitored agent." }
    }
}
