/** Client of an open gateway for Cisco Finesse. */

export { connect, GatewayClient, type Status } from "./client.js";
export { NoResult, Refused, SlowReader, type NoResultReason } from "./errors.js";
export type { AnyEvent, Draft, Frame, Heard, Of, Origin } from "./frames.js";
export type { Options, SendOptions } from "./options.js";
export type { Ending, Socket, SocketConstructor } from "./socket.js";
export type { Command } from "./generated/commands.js";
export type { CommandResult, Event, Gap } from "./generated/events.js";
/** Each event by its name, in the gateway's default style. */
export type * as Events from "./generated/events.js";
/** Each command by its name. */
export type * as Commands from "./generated/commands.js";
