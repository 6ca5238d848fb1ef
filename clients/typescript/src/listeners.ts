/** Who listens to events: functions, and loops. */

import { SlowReader } from "./errors.js";
import type { AnyEvent, Frame } from "./frames.js";

/** Called with each event. */
export type Listener = (event: AnyEvent, frame: Frame<AnyEvent>) => void;

export class Listeners {
  readonly #byType = new Map<string, Set<Listener>>();
  readonly #streams = new Set<FrameStream>();

  /** Adds one; what is returned takes it away. */
  on(type: string, listener: Listener): () => void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners);
    // One that is added twice is called twice.
    const own: Listener = (event, frame) => listener(event, frame);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** A loop's events, from now on. */
  stream(limit: number, signal: AbortSignal | undefined): FrameStream {
    const stream = new FrameStream(limit, (done) => this.#streams.delete(done));
    this.#streams.add(stream);
    if (signal?.aborted) stream.end();
    else signal?.addEventListener("abort", () => stream.end(), { once: true });
    return stream;
  }

  tell(frame: Frame<AnyEvent>): void {
    for (const type of [frame.event.type, "*"]) {
      for (const listener of [...(this.#byType.get(type) ?? [])]) call(() => listener(frame.event, frame));
    }
    for (const stream of [...this.#streams]) stream.push(frame);
  }

  /** No more events come. */
  end(error?: Error): void {
    for (const stream of [...this.#streams]) stream.end(error);
  }
}

/** A function that throws harms nobody else; what it threw is nobody's to catch, as with an `EventTarget`. */
export function call(work: () => void): void {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

type Step = IteratorResult<Frame<AnyEvent>, undefined>;

/** Frames that wait to be read. */
export class FrameStream implements AsyncIterableIterator<Frame<AnyEvent>> {
  readonly #waiting: Frame<AnyEvent>[] = [];
  readonly #readers: { resolve: (step: Step) => void; reject: (error: Error) => void }[] = [];
  #over = false;
  #error: Error | undefined;

  constructor(
    private readonly limit: number,
    private readonly done: (stream: FrameStream) => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(frame: Frame<AnyEvent>): void {
    if (this.#over) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: frame });
    else if (this.#waiting.length < this.limit) this.#waiting.push(frame);
    else this.end(new SlowReader(this.limit));
  }

  /** What waits can still be read; then comes the error, once, or the end. */
  end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.done(this);
    for (const { resolve, reject } of this.#readers.splice(0)) {
      const last = this.#takeError();
      if (last) reject(last);
      else resolve({ done: true, value: undefined });
    }
  }

  next(): Promise<Step> {
    const frame = this.#waiting.shift();
    if (frame) return Promise.resolve({ done: false, value: frame });
    const error = this.#takeError();
    if (error) return Promise.reject(error);
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<Step> {
    this.#waiting.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #takeError(): Error | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}
