/** Commands on their way to their results. */

import { NoResult, type NoResultReason } from "./errors.js";
import type { Draft } from "./frames.js";
import type { CommandResult } from "./generated/events.js";

/** A gateway takes no larger frame. */
const MOST_BYTES = 64 * 1024;
/** A gateway takes so many at once without slowing its client down, and all are sent again after a reconnect. */
const MOST_COMMANDS = 100;

interface Pending {
  readonly id: string;
  readonly text: string;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: NoResult) => void;
  /** How often it was sent. */
  sent: number;
}

export class Outbox {
  /** In the order in which they were given. */
  readonly #pending = new Map<string, Pending>();
  #send: ((text: string) => void) | undefined;
  #closed = false;

  /** Sends a command as soon as it can be sent. */
  add(draft: Draft, timeout: number): Promise<CommandResult> {
    const id = draft.commandId ?? newId();
    const text = JSON.stringify({ ...draft, commandId: id });
    const problem = this.#problem(id, text);
    if (problem) return Promise.reject(new NoResult(problem, id, false));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(pending, "timeout"), timeout);
      const pending: Pending = { id, text, timer, resolve, reject, sent: 0 };
      this.#pending.set(id, pending);
      this.#post(pending);
    });
  }

  /** There is a connection: everything unanswered is sent, once more if need be. */
  open(send: (text: string) => void): void {
    this.#send = send;
    for (const pending of this.#pending.values()) this.#post(pending);
  }

  /** There is no connection. */
  shut(): void {
    this.#send = undefined;
  }

  /** A result came; whether it is one of ours. */
  settle(result: CommandResult): void {
    const pending = this.#pending.get(result.commandId);
    if (!pending) return;
    // Refused before anybody saw that it is the same: it may have been carried out the first time.
    if (pending.sent > 1 && result.outcome === "failed" && result.errorType === "PLEASE_RETRY") {
      return this.#fail(pending, "repeat");
    }
    this.#forget(pending);
    pending.resolve(result);
  }

  /** Gives up what was sent: it must not be sent again. */
  abandonSent(reason: NoResultReason): void {
    for (const pending of [...this.#pending.values()]) {
      if (pending.sent > 0) this.#fail(pending, reason);
    }
  }

  /** Gives up everything, from now on. */
  close(): void {
    this.#closed = true;
    this.shut();
    for (const pending of [...this.#pending.values()]) this.#fail(pending, "closed");
  }

  #problem(id: string, text: string): NoResultReason | undefined {
    if (this.#closed) return "closed";
    if (this.#pending.has(id)) return "id";
    if (this.#pending.size >= MOST_COMMANDS) return "busy";
    return new TextEncoder().encode(text).length > MOST_BYTES ? "size" : undefined;
  }

  #post(pending: Pending): void {
    if (!this.#send) return;
    pending.sent += 1;
    this.#send(pending.text);
  }

  #fail(pending: Pending, reason: NoResultReason): void {
    this.#forget(pending);
    pending.reject(new NoResult(reason, pending.id, pending.sent > 0));
  }

  #forget(pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(pending.id);
  }
}

/** 128 random bits; `randomUUID` is not there for pages that came over plain HTTP. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
