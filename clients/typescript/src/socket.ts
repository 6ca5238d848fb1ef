/** The part of a WebSocket that is used, as platforms and packages have it. */

/** An open or opening WebSocket. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without waiting for the other side, where that can be done. */
  terminate?(): void;
}

/** The platform's `WebSocket`, or that of the package `ws`. */
export type SocketConstructor = new (url: string, protocols: string[]) => Socket;

/** How a connection ended. */
export interface Ending {
  /** Whether it was made at all. */
  readonly opened: boolean;
  /** The WebSocket's close code: `1008` for who reads too slowly or lost its key, `1001` when the gateway stops. */
  readonly code: number;
  readonly reason: string;
}

/** The platform's. */
export function defaultSocket(): SocketConstructor {
  const found = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (found) return found;
  throw new TypeError("there is no WebSocket here: give one, such as that of the package `ws`, as option WebSocket");
}
