/** A gateway that says what a test wants: WebSockets and, for who asks why, server-sent events. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { WebSocket, WebSocketServer } from "ws";

import { connect, type GatewayClient, type Options } from "../src/index.js";

/** What a client sent. */
export interface Sent {
  command: string;
  commandId: string;
  agentId?: string;
  params?: Record<string, string>;
}

/** A client's connection. */
export class Peer {
  readonly #sent: Sent[] = [];
  #news = (): void => {};

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
  ) {
    socket.on("message", (data) => {
      this.#sent.push(JSON.parse(String(data)) as Sent);
      this.#news();
    });
  }

  get query(): URLSearchParams {
    return new URL(this.request.url ?? "", "http://localhost").searchParams;
  }

  /** The next thing that the client sends. */
  async next(): Promise<Sent> {
    for (;;) {
      const sent = this.#sent.shift();
      if (sent) return sent;
      await new Promise<void>((resolve) => (this.#news = resolve));
    }
  }

  /** How many things came that nobody has looked at. */
  get waiting(): number {
    return this.#sent.length;
  }

  event(event: Record<string, unknown>, more: Record<string, string> = {}): void {
    this.socket.send(JSON.stringify({ time: "2026-03-02T10:00:00Z", origin: "live", ...more, event }));
  }

  result(sent: Sent, outcome: string, errorType: string | null = null): void {
    const { command, commandId, agentId = null } = sent;
    this.event({ type: "CommandResult", commandId, agentId, command, outcome, errorType });
  }

  /** Answers the Hello that each connection begins with. */
  async greet(id: string): Promise<void> {
    const hello = await this.next();
    this.event({ type: "System", status: "IN_SERVICE" }, { id });
    this.result(hello, "done");
  }
}

export class Gateway {
  /** What a WebSocket or a request for events gets, if it is refused. */
  refusal: { status: number; body: string } | undefined;
  /** Whether handshakes get no answer at all. */
  deaf = false;
  readonly #peers: Peer[] = [];
  #news = (): void => {};

  private constructor(
    private readonly server: Server,
    private readonly sockets: WebSocketServer,
  ) {}

  static async start(): Promise<Gateway> {
    const server = createServer();
    const gateway = new Gateway(server, new WebSocketServer({ noServer: true }));
    server.on("upgrade", (request, socket, head) => {
      if (gateway.deaf) return;
      const refusal = gateway.refusal;
      if (refusal) return void socket.end(`HTTP/1.1 ${refusal.status} No\r\nConnection: close\r\n\r\n`);
      gateway.sockets.handleUpgrade(request, socket, head, (opened) => gateway.#add(new Peer(opened, request)));
    });
    server.on("request", (_, response) => {
      const refusal = gateway.refusal ?? { status: 200, body: "retry: 1000\n\n" };
      response.writeHead(refusal.status).write(refusal.body);
      if (gateway.refusal) response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client of it, with short pauses. */
  client(options: Partial<Options> = {}): GatewayClient {
    return connect({ url: this.url, destination: "desk-1", firstPause: 1, longestPause: 5, WebSocket, ...options });
  }

  /** The next connection. */
  async peer(): Promise<Peer> {
    for (;;) {
      const peer = this.#peers.shift();
      if (peer) return peer;
      await new Promise<void>((resolve) => (this.#news = resolve));
    }
  }

  stop(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.close();
    this.server.closeAllConnections();
  }

  #add(peer: Peer): void {
    this.#peers.push(peer);
    this.#news();
  }
}

/** Runs a test with a gateway and a client of it, and ends both. */
export async function withGateway(
  work: (gateway: Gateway, client: GatewayClient) => Promise<void>,
  options: Partial<Options> = {},
): Promise<void> {
  const gateway = await Gateway.start();
  const client = gateway.client(options);
  try {
    await work(gateway, client);
  } finally {
    client.close();
    gateway.stop();
  }
}
