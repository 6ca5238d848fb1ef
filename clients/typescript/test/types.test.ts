// What the compiler must know: this file does not compile when it does not.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Commands, Draft, Event, Events, GatewayClient } from "../src/index.js";
import type { Event as OtherEvent } from "./styles/documented-text-list.js";

export function events(client: GatewayClient, other: GatewayClient<OtherEvent>): void {
  client.on("NewInboundCall", (event, { origin }) => [event.callVariables["callVariable1"] satisfies string | undefined, origin]);
  client.on("Queue Stats", ({ queue }) => queue[0]?.callsInQueue satisfies number | undefined);
  client.on("*", (event) => event.type === "Error" && (event.errorType satisfies string));
  // @ts-expect-error there is no such event
  client.on("NewOutboundCall", () => {});
  // @ts-expect-error a State has no dialog
  client.on("State", (event) => event.dialogId);
  // Text, and pairs, for a gateway that is set so.
  other.on("AgentInfo", ({ supervisor }) => supervisor satisfies string);
  other.on("ConsultCall", (event) => "callVariables" in event && (event.callVariables[0]?.name satisfies string | undefined));
  // @ts-expect-error its events have the keys of the document only
  other.on("ConsultCall", ({ prevDialogId }) => prevDialogId);
}

export const good: Draft[] = [
  { command: "Connect", agentId: "41027", params: { destination: "desk-1", password: "demo" } },
  { command: "MakeReady", agentId: "41027", commandId: "c-17" },
  { command: "Hello", params: { destination: "desk-1" } },
];

export const bad: Draft[] = [
  // @ts-expect-error there is no such command
  { command: "Dial", agentId: "41027", params: { number: "9" } },
  // @ts-expect-error which agent?
  { command: "MakeReady" },
  // @ts-expect-error a parameter is missing
  { command: "Login", agentId: "41027", params: { password: "demo" } },
];

test("an event is told apart by its type, and names of types are those of the schemas", () => {
  const name = (event: Event): string => (event.type === "AgentInfo" ? event.team.name : event.type);
  const state: Events.State["type"] = "State";
  const command: Commands.Login["command"] = "Login";
  assert.deepEqual([name({ type: "Gap" } as never), state, command], ["Gap", "State", "Login"]);
});
