/** What goes over the WebSocket: commands out, frames with events in. */

import type { Command } from "./generated/commands.js";
import type { CommandResult, Event, Gap, WireFrame } from "./generated/events.js";

/** What an event of every style has. */
export interface AnyEvent {
  readonly type: string;
}

/** How an event came: as it happened, from a state that was read anew, or late. */
export type Origin = WireFrame["origin"];

/** An event with what the gateway says of it. */
export interface Frame<E extends AnyEvent = Event | Gap> {
  /** Place in the destination's numbering; a snapshot has one in its last frame only. */
  readonly id?: string;
  readonly time: string;
  readonly agentId?: string;
  readonly origin: Origin;
  readonly event: E;
}

/** What a listener may hear: the events of a style, and that some are missing. */
export type Heard<E extends AnyEvent> = E | Gap;

/** The events of one type. */
export type Of<E extends AnyEvent, T extends string> = Extract<E, { type: T }>;

/** A command; its id is made by the client unless given. */
export type Draft = WithOptionalId<Command>;

// Of each member of the union by itself.
type WithOptionalId<C> = C extends { commandId?: string } ? Omit<C, "commandId"> & { commandId?: string | undefined } : never;

/** What a frame holds. */
export type Inside = { readonly result: CommandResult } | { readonly frame: Frame<AnyEvent> };

/** Reads a frame; nothing if it is none of `gc.v2`. */
export function read(text: string): Inside | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFrame(frame)) return undefined;
  return frame.event.type === "CommandResult" ? { result: frame.event as CommandResult } : { frame };
}

function isFrame(value: unknown): value is Frame<AnyEvent> {
  if (typeof value !== "object" || value === null || !("event" in value)) return false;
  const { event } = value;
  return typeof event === "object" && event !== null && "type" in event && typeof event.type === "string";
}

/** The numbering that an id belongs to; another one after the gateway was started again. */
export function numbering(id: string): string {
  return id.slice(0, id.lastIndexOf(":"));
}
