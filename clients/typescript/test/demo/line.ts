/** A line between a client and a gateway that can be cut. */

import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

export class Line {
  readonly #pairs = new Set<[Socket, Socket]>();
  #up = true;
  #heard = true;
  /** How often somebody came through. */
  connections = 0;

  private constructor(private readonly server: Server) {}

  static async to(url: string): Promise<Line> {
    const { hostname, port } = new URL(url);
    const server = createServer((near) => line.#join(near, connect(Number(port), hostname)));
    const line = new Line(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks what is connected; nobody comes through until `mend`. */
  cut(): void {
    this.#up = false;
    this.breakOff();
  }

  mend(): void {
    this.#up = true;
    this.#heard = true;
  }

  /** Breaks what is connected. */
  breakOff(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** From now on what the gateway says is lost. */
  loseAnswers(): void {
    this.#heard = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  #join(near: Socket, far: Socket): void {
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    if (this.#up) this.connections += 1;
    for (const [one, other] of [pair, [far, near]] as const) {
      one.on("data", (data) => (one === near || this.#heard) && other.write(data));
      one.on("error", () => {});
      one.on("close", () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    if (!this.#up) near.destroy();
  }
}
