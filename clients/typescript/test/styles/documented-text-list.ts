// Made from schemas/events-documented-text-list.json by scripts/types.mjs. Do not edit.

export type ConsultCall =
  | {
      agentId: string;
      assDialogId: string;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      fromAddress: string;
      participants: {
        actions: string[];
        mediaAddress: string;
        mediaAddressType: string;
        role: string;
        startTime: string;
        state: string;
        stateCause: string;
        stateChangeTime: string;
      }[];
      queueName: string;
      startTime: string;
      state: string;
      toAddress: string;
      type: "ConsultCall";
    }
  | {
      agentId: string;
      dialogId: string;
      prevDialogId: string | null;
      queueName: string;
      state: string;
      type: "ConsultCall";
    };
export type InboundCall =
  | {
      agentId: string;
      associatedDialogId: string | null;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      dialogID: string;
      fromAddress: string;
      participants: {
        actions: string[];
        mediaAddress: string;
        mediaAddressType: string;
        role: string;
        startTime: string;
        state: string;
        stateCause: string;
        stateChangeTime: string;
      }[];
      queueName: string;
      startTime: string;
      state: string;
      type: "InboundCall";
    }
  | {
      agentId: string;
      associatedDialogId: string | null;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      dialogId: string;
      fromAddress: string;
      participants: {
        actions: string[];
        mediaAddress: string;
        mediaAddressType: string;
        role: string;
        startTime: string;
        state: string;
        stateCause: string;
        stateChangeTime: string;
      }[];
      startTime: string;
      state: string;
      type: "InboundCall";
    }
  | {
      agentId: string;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      dialogId: string;
      fromAddress: string;
      participants: {
        actions: string[];
        mediaAddress: string;
        mediaAddressType: string;
        role: string;
        startTime: string;
        state: string;
        stateCause: string;
        stateChangeTime: string;
      }[];
      prevDialogId: string | null;
      queueName: string;
      startTime: string;
      state: string;
      type: "InboundCall";
    }
  | {
      agentId: string;
      dialogId: string;
      prevDialogId: string | null;
      queueName: string;
      state: string;
      type: "InboundCall";
    };
export type NewInboundCall =
  | {
      agentId: string;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      dialogID: string;
      fromAddress: string;
      queueName: string;
      type: "NewInboundCall";
    }
  | {
      agentId: string;
      dialogId: string;
      prevDialogId: string | null;
      queueName: string;
      state: string;
      type: "NewInboundCall";
    };
export type OutboundCall =
  | {
      agentId: string;
      callType: string;
      callVariables: {
        name: string;
        value: string;
      }[];
      dialogID: string;
      fromAddress: string;
      participants: {
        actions: string[];
        mediaAddress: string;
        mediaAddressType: string;
        role: string;
        startTime: string;
        state: string;
        stateCause: string;
        stateChangeTime: string;
      }[];
      prevDialogId: string | null;
      queueName: string;
      startTime: string;
      state: string;
      type: "OutboundCall";
    }
  | {
      agentId: string;
      dialogId: string;
      prevDialogId: string | null;
      queueName: string;
      state: string;
      type: "OutboundCall";
    };
export type Event =
  | AgentInfo
  | Agents
  | ConnectStatus
  | ConsultCall
  | DialogControls
  | DialogParticipants
  | DialogState
  | ErrorEvent
  | InboundCall
  | NewInboundCall
  | OutboundCall
  | PhoneBook
  | QueueStats
  | ReasonCodes
  | State
  | System
  | TeamAgents
  | TeamPhoneBook
  | AgentExtension
  | Callback
  | Control
  | PhoneBookContacts
  | SkillGroup
  | Status
  | Supervisors;

export interface AgentInfo {
  agentId: string;
  firstName: string;
  lastName: string;
  supervisor: "true" | "false";
  team: {
    id: string;
    name: string;
  };
  teams: {
    id: string;
    name: string;
  }[];
  totalNumberOfTeams: string;
  type: "AgentInfo";
  wrapUpOnIncoming: string;
}
export interface Agents {
  agentId: string;
  type: "Agents";
  users: {
    extension: string;
    firstName: string;
    lastName: string;
    loginId: string;
    pendingState: string;
    reasonCode: string;
    state: string;
    stateChangeTime: string;
  }[];
}
export interface CommandResult {
  agentId: string | null;
  command: string;
  commandId: string;
  errorType: string | null;
  outcome: "done" | "failed" | "unknown";
  type: "CommandResult";
}
export interface ConnectStatus {
  status: "ConnectSuccess";
  type: "ConnectStatus";
}
export interface DialogControls {
  agentId: string;
  controls: string[];
  dialogId: string;
  type: "DialogControls";
}
export interface DialogParticipants {
  agentId: string;
  dialogId: string;
  participants: {
    actions: string[];
    mediaAddress: string;
    mediaAddressType: string;
    role: string;
    startTime: string;
    state: string;
    stateCause: string;
    stateChangeTime: string;
  }[];
  type: "DialogParticipants";
}
export interface DialogState {
  agentId: string;
  dialogId: string;
  state: string;
  type: "DialogState";
}
export interface ErrorEvent {
  errorMessage: string;
  errorType: string;
  type: "Error";
}
export interface Gap {
  type: "Gap";
}
export interface PhoneBook {
  agentId: string;
  phoneBooks: {
    id: string;
    name: string;
    type: string;
  }[];
  type: "PhoneBook";
}
export interface QueueStats {
  agentId: string;
  queue: {
    agentsNotReady: string;
    agentsReady: string;
    agentsTalkingInbound: string;
    agentsTalkingInternal: string;
    agentsTalkingOutbound: string;
    agentsWrapUpNotReady: string;
    agentsWrapUpReady: string;
    callsInQueue: string;
    name: string;
    startTimeOfLongestCallInQueue: string;
  }[];
  type: "Queue Stats";
}
export interface ReasonCodes {
  agentId: string;
  category: "WrapUp" | "LOGOUT" | "NOT_READY";
  reasonCodes: {
    [k: string]: string;
  }[];
  type: "ReasonCodes";
}
export interface State {
  agentId: string;
  extension: string;
  fullName: string;
  label: string;
  pendingState: string;
  reasonCode: string;
  state: string;
  stateChangeTime: string;
  stateChangeTimeString: string;
  supervisorId?: string;
  type: "State";
}
export interface System {
  agentId?: string;
  status: "IN_SERVICE" | "OUT_OF_SERVICE";
  type: "System";
}
export interface TeamAgents {
  agentId: string;
  type: "Team Agents";
  users: {
    extension: string;
    firstName: string;
    lastName: string;
    loginId: string;
    pendingState: string;
    reasonCode: string;
    state: string;
    stateChangeTime: string;
  }[];
}
export interface TeamPhoneBook {
  agentId: string;
  phoneBooks: {
    id: string;
    name: string;
    type: string;
  }[];
  type: "Team PhoneBook";
}
export interface AgentExtension {
  agentExtension: {
    dialNumber: string;
    port: string;
  };
  type: "agentExtension";
}
export interface Callback {
  agentId: string;
  callback: "callback scheduled" | "reclassify";
  message: string;
  type: "callback";
}
export interface Control {
  agentId: string;
  control: "status-bar";
  dialogId: string;
  message: string;
  type: "control";
}
export interface PhoneBookContacts {
  agentId: string;
  contacts: {
    description: string;
    firstName: string;
    id: string;
    lastName: string;
    phoneNumber: string;
  }[];
  type: "phoneBook_contacts";
}
export interface SkillGroup {
  agentId: string;
  skills: {
    id: string;
    name: string;
  }[];
  type: "skillGroup";
}
export interface Status {
  agentId: string;
  message: string;
  status: "status-bar";
  type: "status";
}
export interface Supervisors {
  agentId: string;
  supervisors: {
    id: string;
    loginId: string;
    name: string;
  }[];
  type: "supervisors";
}
export interface WireFrame {
  agentId?: string;
  event: Event | CommandResult | Gap;
  id?: string;
  origin: "live" | "snapshot" | "replay";
  time: string;
}
