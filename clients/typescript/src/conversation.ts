/** One WebSocket, from its opening to its end. */

import type { Ending, Socket } from "./socket.js";

/** Who has the conversation. */
export interface Speaker {
  /** It is open; what is sent must be answered. */
  greet(): void;
  /** Something came; whether it was understood. */
  hear(text: string): boolean;
}

/** Milliseconds. */
export interface Patience {
  readonly connect: number;
  readonly quiet: number;
}

/** The code that stands for a connection that broke, as in RFC 6455. */
const BROKEN = 1006;

export class Conversation {
  /** When it is over; nothing is heard afterwards. */
  readonly ended: Promise<Ending>;
  #end: (ending: Ending) => void = () => {};
  #opened = false;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly speaker: Speaker,
    private readonly patience: Patience,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    socket.onopen = () => this.#open();
    socket.onmessage = (message: { data: unknown }) => this.#hear(message.data);
    socket.onclose = (close: { code?: number; reason?: string }) => this.#finish(close.code ?? BROKEN, close.reason ?? "");
    socket.onerror = (error: { message?: string }) => this.#doubt(error.message ?? "");
    this.#await("no connection in time");
  }

  /** Sends a text; a connection that is about to end loses it. */
  send(text: string): void {
    if (this.#opened && !this.#over) this.socket.send(text);
  }

  /** Ends it, as somebody who is done. */
  close(reason: string): void {
    this.#hangUp(reason);
    this.socket.close(1000, reason);
  }

  #open(): void {
    this.#opened = true;
    // Who listens on the port may not be a gateway, or a stopped one.
    this.#await("no answer in time");
    this.speaker.greet();
  }

  /** A close follows, but not in every Node when the handshake fails. */
  #doubt(reason: string): void {
    if (!this.#opened && !this.#over) this.#abandon(reason);
  }

  #hear(data: unknown): void {
    this.#listen();
    if (typeof data === "string" && this.speaker.hear(data)) return;
    this.#abandon("a frame that is none of gc.v2");
  }

  /** Waits for the next frame; when none comes for long, asks for one. */
  #listen(): void {
    clearTimeout(this.#timer);
    if (this.patience.quiet === 0) return;
    this.#timer = setTimeout(() => {
      this.#await("silence");
      this.speaker.greet();
    }, this.patience.quiet);
  }

  #await(otherwise: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abandon(otherwise), this.patience.connect);
  }

  /** Ends it when nobody may be there to say goodbye to. */
  #abandon(reason: string): void {
    this.#hangUp(reason);
    if (this.socket.terminate) this.socket.terminate();
    else this.socket.close();
  }

  /** A socket that is being closed may still say things for a while: those are not heard. */
  #hangUp(reason: string): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.#finish(BROKEN, reason);
  }

  #finish(code: number, reason: string): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#end({ opened: this.#opened, code, reason });
  }
}
