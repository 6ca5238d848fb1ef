/** The gateway that the tests are run against, and its simulated Finesse; `cargo xtask interop` starts both. */

import { WebSocket } from "ws";

import { connect, type AnyEvent, type Frame, type GatewayClient, type Options } from "../../src/index.js";

export interface Call {
  dialogId: string;
}

/** A setting of the run. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by cargo xtask interop`);
  return value;
}

/** A client with the run's WebSocket: the platform's, or that of the package `ws`. */
export function client(url: string, options: Partial<Options> = {}): GatewayClient {
  const own = process.env["GC_SOCKET"] === "ws" ? { WebSocket } : {};
  return connect({ url, destination: "desk-1", firstPause: 10, longestPause: 100, ...own, ...options });
}

/** Asks the simulator's control. */
export async function control<T>(path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(given("GC_CONTROL") + path, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Everything that a client is told, in order. */
export class Heard {
  readonly frames: Frame<AnyEvent>[] = [];
  #news = (): void => {};

  constructor(client: GatewayClient) {
    client.on("*", (_, frame) => {
      this.frames.push(frame);
      this.#news();
    });
  }

  /** The first event after the place that has these values, and where it stands. */
  async find(wanted: Record<string, string>, from = 0): Promise<Frame<AnyEvent>> {
    for (;;) {
      const found = this.frames.slice(from).find(({ event }) => has(event, wanted));
      if (found) return found;
      await new Promise<void>((resolve) => (this.#news = resolve));
    }
  }

  /** Numbers of the events in the destination's numbering. */
  get numbers(): number[] {
    return this.frames.flatMap(({ id }) => (id === undefined ? [] : [Number(id.slice(id.lastIndexOf(":") + 1))]));
  }
}

function has(event: AnyEvent, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => (event as unknown as Record<string, unknown>)[name] === value);
}
