/** Settings of a client. */

import { defaultSocket, type SocketConstructor } from "./socket.js";

/** How to reach a gateway. */
export interface Options {
  /** Where the gateway is, such as `https://gateway.example.com` or `ws://127.0.0.1:8112`. */
  url: string | URL;
  /** Whose events; agents that this client connects must name it too. */
  destination: string;
  /** The API key; it goes as second subprotocol, as pages cannot send headers. */
  key?: string | undefined;
  /** The last event that was seen, to go on behind it: `client.last` of an earlier time. */
  last?: string | undefined;
  /** Milliseconds until a command without a result is given up, at most nine minutes; 60 s. */
  commandTimeout?: number | undefined;
  /** Milliseconds that connecting may take, and an answer to the question whether anybody is there; 10 s. */
  connectTimeout?: number | undefined;
  /** Milliseconds of silence after which that is asked; 30 s. 0 is never. */
  quiet?: number | undefined;
  /** Milliseconds of the first pause before connecting again; it doubles, and is shortened by up to half at random; 250. */
  firstPause?: number | undefined;
  /** The longest pause; 10 s. */
  longestPause?: number | undefined;
  /** The WebSocket to use; by default the platform's, which Node has from version 22 on. */
  WebSocket?: SocketConstructor | undefined;
}

/** How to send one command. */
export interface SendOptions {
  /** Milliseconds until it is given up, instead of `commandTimeout`. */
  timeout?: number | undefined;
}

/** All settings, each with its value. */
export interface Settings {
  readonly url: URL;
  readonly destination: string;
  readonly key: string | undefined;
  readonly last: string | undefined;
  readonly commandTimeout: number;
  readonly connectTimeout: number;
  readonly quiet: number;
  readonly firstPause: number;
  readonly longestPause: number;
  readonly WebSocket: SocketConstructor;
}

/** Fills in what was not given. */
export function settings(options: Options): Settings {
  if (options.destination === "") throw new TypeError("a destination has a name");
  if (options.key !== undefined && !TOKEN.test(options.key)) throw new TypeError("this is no key of a gateway");
  const url = new URL(options.url);
  if (!/^(https?|wss?):$/.test(url.protocol)) throw new TypeError(`no address of a gateway: ${options.url}`);
  return {
    url,
    destination: options.destination,
    key: options.key,
    last: options.last,
    commandTimeout: commandTimeout(options.commandTimeout ?? 60_000),
    connectTimeout: options.connectTimeout ?? 10_000,
    quiet: options.quiet ?? 30_000,
    firstPause: options.firstPause ?? 250,
    longestPause: options.longestPause ?? 10_000,
    WebSocket: options.WebSocket ?? defaultSocket(),
  };
}

/** What can stand as a subprotocol. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** The gateway knows a command by its id for ten minutes: what is sent again later would be a second one. */
const LONGEST_TIMEOUT = 9 * 60_000;

/** The time-out of a command, if it may be as long. */
export function commandTimeout(milliseconds: number): number {
  if (milliseconds > 0 && milliseconds <= LONGEST_TIMEOUT) return milliseconds;
  throw new RangeError(`a command may wait for its result for up to ${LONGEST_TIMEOUT} milliseconds`);
}

/** The address of a path of the gateway, which may be behind a prefix. */
export function address(settings: Settings, scheme: "ws" | "http", path: string, query: Record<string, string>): string {
  const url = new URL(settings.url);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  url.protocol = secure ? `${scheme}s:` : `${scheme}:`;
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  url.hash = "";
  url.search = new URLSearchParams(query).toString();
  return url.href;
}
