// Made from schemas/commands.json by scripts/types.mjs. Do not edit.

export type Command =
  | Hello
  | Beat
  | Connect
  | Login
  | MobileAgentLogin
  | UpdateToken
  | Logout
  | Logoutwithreason
  | ForceLogout
  | MakeReady
  | MakeNotReady
  | MakeNotReadyWithReason
  | MakeWorkNotReady
  | MakeWorkReady
  | GetState
  | Refresh
  | Wrapupreasoncode
  | Reasoncodelogout
  | Reasoncodenotready
  | MakeCall
  | AnswerCall
  | HoldCall
  | RetrieveCall
  | ReleaseCall
  | TransferSst
  | ConsultCall
  | TransferCall
  | ConferenceCall
  | GetDialogState
  | UpdateWrapup
  | GetDialogStateControls
  | GetDialogParticipants
  | GetLoggedInAgents
  | UpdateDialogVariable
  | ZOOMPauseRecording
  | ZOOMResumeRecording
  | GetPhonebooks
  | GetTeamPhonebooks
  | GetPhonebookContacts
  | AcceptOutboundPreview
  | RejectOutboundPreview
  | CloseOutboundPreview
  | SHCEDULECALLBACK
  | UPDATECALLBACK
  | CANCELSHCEDULECALLBACK
  | RECLASSIFYCALL
  | GETSKILLGROUP
  | GETSUPERVISOR
  | GetAgentExtension
  | Getqueuelist
  | Silentmonitor
  | Endsilentmonitor
  | Dropparticipant
  | Getteamusers
  | GetTeamUsersState
  | Bargein;

/**
 * Asks whether Finesse can be used, while no agent is logged in.
 */
export interface Hello {
  command: "Hello";
  commandId?: string;
  params: {
    destination: string;
  };
}
/**
 * Says that the client is alive and asks whether Finesse can be used.
 */
export interface Beat {
  command: "Beat";
  commandId?: string;
  params: {
    destination: string;
  };
}
/**
 * Signs in at Finesse for an agent and sends the agent's events to a destination.
 */
export interface Connect {
  agentId: string;
  command: "Connect";
  commandId?: string;
  params: {
    destination: string | number;
    password: string | number;
    sso?: "SSO" | true | false | null;
  };
}
/**
 * Logs an agent in at an extension.
 */
export interface Login {
  agentId: string;
  command: "Login";
  commandId?: string;
  params: {
    extension: string | number;
    password: string | number;
  };
}
/**
 * Logs a mobile agent in; mode `true` rings the phone for each call, `false` keeps one line open.
 */
export interface MobileAgentLogin {
  agentId: string;
  command: "MobileAgentLogin";
  commandId?: string;
  params: {
    extension: string | number;
    mode: true | false | "true" | "false";
    password: string | number;
    phone: string | number;
  };
}
/**
 * Replaces the access token of an agent who signed in with one.
 */
export interface UpdateToken {
  agentId: string;
  command: "UpdateToken";
  commandId?: string;
  params: {
    token: string | number;
  };
}
/**
 * Logs an agent out.
 */
export interface Logout {
  agentId: string;
  command: "Logout";
  commandId?: string;
  params?: {} | null;
}
/**
 * Logs an agent out with a reason.
 */
export interface Logoutwithreason {
  agentId: string;
  command: "logoutwithreason";
  commandId?: string;
  params: {
    reasonCode: string | number;
  };
}
/**
 * Logs an agent out whatever the agent is doing and closes the link at once.
 */
export interface ForceLogout {
  agentId: string;
  command: "force_logout" | "ForceLogout";
  commandId?: string;
  params?: {} | null;
}
/**
 * Makes an agent ready for calls.
 */
export interface MakeReady {
  agentId: string;
  command: "MakeReady";
  commandId?: string;
  params?: {} | null;
}
/**
 * Makes an agent not ready.
 */
export interface MakeNotReady {
  agentId: string;
  command: "MakeNotReady";
  commandId?: string;
  params?: {} | null;
}
/**
 * Makes an agent not ready with a reason.
 */
export interface MakeNotReadyWithReason {
  agentId: string;
  command: "MakeNotReadyWithReason";
  commandId?: string;
  params: {
    reasonCode: string | number;
  };
}
/**
 * Puts an agent into wrap-up work, to be not ready after it.
 */
export interface MakeWorkNotReady {
  agentId: string;
  command: "MakeWorkNotReady";
  commandId?: string;
  params?: {} | null;
}
/**
 * Puts an agent into wrap-up work, to be ready after it.
 */
export interface MakeWorkReady {
  agentId: string;
  command: "MakeWorkReady";
  commandId?: string;
  params?: {} | null;
}
/**
 * Tells an agent's state and calls.
 */
export interface GetState {
  agentId: string;
  command: "GetState";
  commandId?: string;
  params?: {} | null;
}
/**
 * Tells everything about an agent again, every live call in full.
 */
export interface Refresh {
  agentId: string;
  command: "refresh";
  commandId?: string;
  params?: {} | null;
}
/**
 * Lists the wrap-up reasons.
 */
export interface Wrapupreasoncode {
  agentId: string;
  command: "wrapupreasoncode";
  commandId?: string;
  params?: {} | null;
}
/**
 * Lists the reasons for logging out.
 */
export interface Reasoncodelogout {
  agentId: string;
  command: "reasoncodelogout";
  commandId?: string;
  params?: {} | null;
}
/**
 * Lists the reasons for being not ready.
 */
export interface Reasoncodenotready {
  agentId: string;
  command: "reasoncodenotready";
  commandId?: string;
  params?: {} | null;
}
/**
 * Calls a number.
 */
export interface MakeCall {
  agentId: string;
  command: "MakeCall";
  commandId?: string;
  params: {
    number: string | number;
  };
}
/**
 * Answers a call.
 */
export interface AnswerCall {
  agentId: string;
  command: "AnswerCall";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Puts a call on hold.
 */
export interface HoldCall {
  agentId: string;
  command: "HoldCall";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Takes a call off hold.
 */
export interface RetrieveCall {
  agentId: string;
  command: "RetrieveCall";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Ends a call, or the consult call whose id is given.
 */
export interface ReleaseCall {
  agentId: string;
  command: "ReleaseCall";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Transfers a call without asking the other party first.
 */
export interface TransferSst {
  agentId: string;
  command: "Transfer_sst";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
/**
 * Holds a call and calls somebody about it, to transfer or to conference next.
 */
export interface ConsultCall {
  agentId: string;
  command: "ConsultCall";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
/**
 * Hands the held main call, whose id is given, to the consulted party.
 */
export interface TransferCall {
  agentId: string;
  command: "TransferCall";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
/**
 * Joins the held main call, whose id is given, and the consulted party.
 */
export interface ConferenceCall {
  agentId: string;
  command: "ConferenceCall";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
/**
 * Tells the state of a call.
 */
export interface GetDialogState {
  agentId: string;
  command: "GetDialogState";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Sets a call's wrap-up reason; success has no answer.
 */
export interface UpdateWrapup {
  agentId: string;
  command: "UpdateWrapup" | "UpdateWrapupData" | "UpdateDialogWrapup";
  commandId?: string;
  params: {
    dialogId: string | number;
    label: string;
  };
}
/**
 * Tells what the agent may do on a call now.
 */
export interface GetDialogStateControls {
  agentId: string;
  command: "GetDialogStateControls";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Lists the parties of a call.
 */
export interface GetDialogParticipants {
  agentId: string;
  command: "GetDialogParticipants";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Lists the logged-in agents of the supervisor's teams, or all with the administrator's account.
 */
export interface GetLoggedInAgents {
  agentId: string;
  command: "GetLoggedInAgents" | "GetAllAgents";
  commandId?: string;
  params?: {} | null;
}
/**
 * Sets variables of a call.
 */
export interface UpdateDialogVariable {
  agentId: string;
  command: "UpdateDialogVariable" | "UpdateCallVariable" | "UpdateCallVariableData";
  commandId?: string;
  params: {
    dialogId: string | number;
    variables:
      | {
          [k: string]: string | number | boolean | null;
        }
      | string;
  };
}
/**
 * Pauses the recording of an agent's call at the configured recorder.
 */
export interface ZOOMPauseRecording {
  agentId: string;
  command: "ZOOMPauseRecording";
  commandId?: string;
  params?: {} | null;
}
/**
 * Resumes the recording of an agent's call at the configured recorder.
 */
export interface ZOOMResumeRecording {
  agentId: string;
  command: "ZOOMResumeRecording";
  commandId?: string;
  params?: {} | null;
}
/**
 * Lists the phone books for everybody and for the agent's team.
 */
export interface GetPhonebooks {
  agentId: string;
  command: "GetPhonebooks";
  commandId?: string;
  params?: {} | null;
}
/**
 * Lists a team's phone books.
 */
export interface GetTeamPhonebooks {
  agentId: string;
  command: "GetTeamPhonebooks";
  commandId?: string;
  params: {
    teamId: string | number;
  };
}
/**
 * Lists a phone book's contacts.
 */
export interface GetPhonebookContacts {
  agentId: string;
  command: "GetPhonebookContacts";
  commandId?: string;
  params: {
    phonebookId: string | number;
  };
}
/**
 * Accepts a reserved preview or personal callback: the customer is called.
 */
export interface AcceptOutboundPreview {
  agentId: string;
  command: "AcceptOutboundPreview";
  commandId?: string;
  params: {
    action?: "ACCEPT" | true | false | null;
    dialogId: string | number;
  };
}
/**
 * Skips a reserved preview or personal callback and keeps the record.
 */
export interface RejectOutboundPreview {
  agentId: string;
  command: "RejectOutboundPreview";
  commandId?: string;
  params: {
    action?: "REJECT" | true | false | null;
    dialogId: string | number;
  };
}
/**
 * Skips a reserved preview and closes the record.
 */
export interface CloseOutboundPreview {
  agentId: string;
  command: "CloseOutboundPreview";
  commandId?: string;
  params: {
    action?: "CLOSE" | true | false | null;
    dialogId: string | number;
  };
}
/**
 * Schedules a callback to the customer of a campaign call.
 */
export interface SHCEDULECALLBACK {
  agentId: string;
  command: "SHCEDULECALLBACK" | "SCHEDULECALLBACK";
  commandId?: string;
  params: {
    callbackNumber: string | number;
    callbackTime: string | number;
    dialogId: string | number;
    targetMediaAddress: string | number;
  };
}
/**
 * Changes a scheduled callback.
 */
export interface UPDATECALLBACK {
  agentId: string;
  command: "UPDATECALLBACK";
  commandId?: string;
  params: {
    callbackNumber: string | number;
    callbackTime: string | number;
    dialogId: string | number;
    targetMediaAddress: string | number;
  };
}
/**
 * Cancels a scheduled callback.
 */
export interface CANCELSHCEDULECALLBACK {
  agentId: string;
  command: "CANCELSHCEDULECALLBACK" | "CANCELSCHEDULECALLBACK";
  commandId?: string;
  params: {
    dialogId: string | number;
    targetMediaAddress: string | number;
  };
}
/**
 * Tells what answered a direct preview call, such as VOICE or ANS_MACHINE.
 */
export interface RECLASSIFYCALL {
  agentId: string;
  command: "RECLASSIFYCALL";
  commandId?: string;
  params: {
    dialogId: string | number;
    targetMediaAddress: string | number;
    value: string | number;
  };
}
/**
 * Lists skill groups: `ALL,0,0`, or a page of them with `INDEXING,<start>,<count>`.
 */
export interface GETSKILLGROUP {
  agentId: string;
  command: "GETSKILLGROUP";
  commandId?: string;
  params: {
    count: string | number;
    mode: "ALL" | "INDEXING";
    start: string | number;
  };
}
/**
 * Lists the supervisors.
 */
export interface GETSUPERVISOR {
  agentId: string;
  command: "GETSUPERVISOR";
  commandId?: string;
  params?: {} | null;
}
/**
 * Tells a mobile agent's port and dial number.
 */
export interface GetAgentExtension {
  agentId: string;
  command: "GetAgentExtension";
  commandId?: string;
  params: {
    fNumber: string | number;
  };
}
/**
 * Tells the figures of a user's queues.
 */
export interface Getqueuelist {
  agentId: string;
  command: "getqueuelist";
  commandId?: string;
  params?: {} | null;
}
/**
 * Listens to the call of the agent at an extension.
 */
export interface Silentmonitor {
  agentId: string;
  command: "silentmonitor";
  commandId?: string;
  params: {
    extension: string | number;
  };
}
/**
 * Stops listening to a call.
 */
export interface Endsilentmonitor {
  agentId: string;
  command: "endsilentmonitor";
  commandId?: string;
  params: {
    dialogId: string | number;
  };
}
/**
 * Drops a party from a call.
 */
export interface Dropparticipant {
  agentId: string;
  command: "dropparticipant";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
/**
 * Lists a team's users; with `true` their states follow from then on.
 */
export interface Getteamusers {
  agentId: string;
  command: "getteamusers";
  commandId?: string;
  params: {
    subscribe?: true | false | "true" | "false" | null;
    teamId: string | number;
  };
}
/**
 * Tells the state of each user of a team.
 */
export interface GetTeamUsersState {
  agentId: string;
  command: "GetTeamUsersState";
  commandId?: string;
  params: {
    teamId: string | number;
  };
}
/**
 * Joins the call of a monitored agent.
 */
export interface Bargein {
  agentId: string;
  command: "bargein";
  commandId?: string;
  params: {
    dialogId: string | number;
    extension: string | number;
  };
}
