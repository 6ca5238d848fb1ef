/** A client: one destination of a gateway, over connections that come and go. */

import { Conversation, type Speaker } from "./conversation.js";
import type { Refused } from "./errors.js";
import { numbering, read, type AnyEvent, type Draft, type Frame, type Heard, type Of } from "./frames.js";
import type { CommandResult, Event } from "./generated/events.js";
import { call, Listeners, type Listener } from "./listeners.js";
import { address, commandTimeout, settings, type Options, type SendOptions, type Settings } from "./options.js";
import { newId, Outbox } from "./outbox.js";
import { pause, Pauses } from "./pause.js";
import { refusal } from "./refusal.js";
import type { Ending, Socket } from "./socket.js";

/** How the connection stands. */
export type Status =
  | { readonly state: "connecting" }
  /** The gateway has answered: what was missed has come, and commands go out. */
  | { readonly state: "open" }
  /** It was lost, or not made; it is tried again after so many milliseconds. */
  | { readonly state: "waiting"; readonly retryIn: number; readonly ending: Ending }
  /** For good: by `close()`, or because the gateway refuses this client. */
  | { readonly state: "closed"; readonly error?: Refused };

/** An id of no numbering: who comes back with it is told how things stand. */
const NOWHERE = "none:0";
/** Close code: a frame was too large. */
const TOO_LARGE = 1009;
/** Events that may wait for a loop. */
const MOST_WAITING = 10_000;

/**
 * Connects, and stays connected until `close()`.
 *
 * The type parameter is the union of the events of the gateway's style; the default is that of its default style.
 */
export function connect<E extends AnyEvent = Event>(options: Options): GatewayClient<E> {
  return new GatewayClient<E>(settings(options));
}

export class GatewayClient<E extends AnyEvent = Event> {
  readonly #settings: Settings;
  readonly #pauses: Pauses;
  readonly #outbox = new Outbox();
  readonly #listeners = new Listeners();
  readonly #watchers = new Set<(status: Status) => void>();
  readonly #closing = new AbortController();
  #status: Status = { state: "connecting" };
  #conversation: Conversation | undefined;
  #last: string | undefined;
  /** Whether a connection was made before. */
  #returning = false;

  /** Use `connect`. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#last = settings.last;
    this.#pauses = new Pauses(settings.firstPause, settings.longestPause);
    void this.#run();
  }

  /** How the connection stands. */
  get status(): Status {
    return this.#status;
  }

  /** Id of the last event; a later client goes on behind it with the option `last`. */
  get last(): string | undefined {
    return this.#last;
  }

  /** Calls with each change of the connection; what is returned ends that. */
  onStatus(watcher: (status: Status) => void): () => void {
    const own = (status: Status): void => watcher(status);
    this.#watchers.add(own);
    return () => void this.#watchers.delete(own);
  }

  /** Waits until the connection is open; fails when the gateway refuses it, or it is closed. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (status: Status): void => {
        if (status.state === "open") resolve();
        else if (status.state === "closed") reject(status.error ?? new Error("the client is closed"));
        else return;
        stop();
      };
      const stop = this.onStatus(look);
      look(this.#status);
    });
  }

  /**
   * Sends a command and waits for its result, over lost connections too; the result tells of failures.
   *
   * Fails with `NoResult` if there is none, and says whether the command may have been carried out.
   */
  send(command: Draft, options: SendOptions = {}): Promise<CommandResult> {
    const { timeout } = options;
    return this.#outbox.add(command, timeout === undefined ? this.#settings.commandTimeout : commandTimeout(timeout));
  }

  /** Calls with each event of a type, or with each event (`*`); what is returned ends that. */
  on(type: "*", listener: (event: Heard<E>, frame: Frame<Heard<E>>) => void): () => void;
  on<T extends Heard<E>["type"]>(
    type: T,
    listener: (event: Of<Heard<E>, T>, frame: Frame<Of<Heard<E>, T>>) => void,
  ): () => void;
  on(type: string, listener: (event: never, frame: never) => void): () => void {
    return this.#listeners.on(type, listener as Listener);
  }

  /** All events from now on, for a loop; a loop that leaves more than `limit` (10,000) waiting ends with `SlowReader`. */
  events(options: { limit?: number; signal?: AbortSignal } = {}): AsyncIterableIterator<Frame<Heard<E>>> {
    const stream = this.#listeners.stream(options.limit ?? MOST_WAITING, options.signal);
    if (this.#status.state === "closed") stream.end(this.#status.error);
    return stream as AsyncIterableIterator<Frame<AnyEvent>> as AsyncIterableIterator<Frame<Heard<E>>>;
  }

  /** Closes the connection for good; commands without a result fail. */
  close(): void {
    this.#finish({ state: "closed" });
  }

  async #run(): Promise<void> {
    const closed = this.#closing.signal;
    while (!closed.aborted) {
      this.#become({ state: "connecting" });
      const ending = await this.#converse();
      if (closed.aborted) return;
      const refused = ending.opened ? undefined : await refusal(this.#settings, closed);
      if (closed.aborted) return;
      if (refused) return this.#finish({ state: "closed", error: refused });
      const retryIn = this.#pauses.next();
      this.#become({ state: "waiting", retryIn, ending });
      await pause(retryIn, closed);
    }
  }

  /** One connection, to its end. */
  async #converse(): Promise<Ending> {
    const { connectTimeout, quiet } = this.#settings;
    let socket: Socket;
    try {
      socket = this.#socket();
    } catch (error) {
      // Such as a page that came by HTTPS, which may not open `ws://`.
      return { opened: false, code: 1006, reason: String(error) };
    }
    this.#conversation = new Conversation(socket, this.#speaker(), { connect: connectTimeout, quiet });
    const ending = await this.#conversation.ended;
    this.#conversation = undefined;
    this.#outbox.shut();
    this.#returning ||= ending.opened;
    // Sent again it would end the next connection too.
    if (ending.code === TOO_LARGE) this.#outbox.abandonSent("size");
    return ending;
  }

  #socket(): Socket {
    const { destination, key, WebSocket } = this.#settings;
    const last = this.#last ?? (this.#returning ? NOWHERE : undefined);
    const url = address(this.#settings, "ws", "/gc/v1/ws", last === undefined ? { destination } : { destination, last });
    return new WebSocket(url, key === undefined ? ["gc.v2"] : ["gc.v2", key]);
  }

  /**
   * What is said on one connection.
   *
   * A Hello comes first: its answer shows that the gateway is there and that everything missed has come, and the event it
   * gives tells the numbering, which is another one if the gateway was started again. Further ones ask whether it still is.
   */
  #speaker(): Speaker {
    const before = this.#numbering();
    const hello = newId();
    let greetings = 0;
    return {
      greet: () => this.#conversation?.send(this.#hello(`${hello}-${(greetings += 1)}`)),
      hear: (text) => {
        const inside = read(text);
        if (!inside) return false;
        if ("frame" in inside) this.#tell(inside.frame);
        else if (inside.result.commandId === `${hello}-1`) this.#greeted(before);
        else this.#outbox.settle(inside.result);
        return true;
      },
    };
  }

  #hello(commandId: string): string {
    return JSON.stringify({ command: "Hello", params: { destination: this.#settings.destination }, commandId });
  }

  #greeted(before: string | undefined): void {
    this.#pauses.reset();
    if (before === undefined || before !== this.#numbering()) this.#outbox.abandonSent("restart");
    const conversation = this.#conversation;
    this.#outbox.open((text) => conversation?.send(text));
    this.#become({ state: "open" });
  }

  #numbering(): string | undefined {
    return this.#last === undefined ? undefined : numbering(this.#last);
  }

  #tell(frame: Frame<AnyEvent>): void {
    if (frame.id !== undefined) this.#last = frame.id;
    this.#listeners.tell(frame);
  }

  #finish(status: Status & { state: "closed" }): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#conversation?.close("done");
    this.#outbox.close();
    this.#become(status);
    this.#listeners.end(status.error);
  }

  #become(status: Status): void {
    this.#status = status;
    for (const watcher of [...this.#watchers]) call(() => watcher(status));
  }
}
