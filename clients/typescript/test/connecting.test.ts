import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../src/conversation.js";
import { connect, Refused, type Socket, type Status } from "../src/index.js";
import { address, settings } from "../src/options.js";
import { Pauses } from "../src/pause.js";
import { Gateway, withGateway } from "./gateway.js";

const TIME = { timeout: 20_000 };
class NoSocket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  send(): void {}
  close(): void {}
}

test("an address of any scheme is that of the WebSocket, below its prefix", () => {
  const of = (url: string) =>
    address(settings({ url, destination: "10.0.0.5:a", WebSocket: NoSocket }), "ws", "/gc/v1/ws", { destination: "10.0.0.5:a" });
  assert.equal(of("http://127.0.0.1:8112"), "ws://127.0.0.1:8112/gc/v1/ws?destination=10.0.0.5%3Aa");
  assert.equal(of("wss://a.example/finesse/"), "wss://a.example/finesse/gc/v1/ws?destination=10.0.0.5%3Aa");
  assert.equal(of("https://a.example/?x=1#y"), "wss://a.example/gc/v1/ws?destination=10.0.0.5%3Aa");
});

test("what is no address, no destination or no key is refused at once", () => {
  const options = { url: "http://127.0.0.1:8112", destination: "desk-1", WebSocket: NoSocket };
  assert.throws(() => connect({ ...options, url: "gateway.example.com:8112" }), TypeError);
  assert.throws(() => connect({ ...options, destination: "" }), TypeError);
  assert.throws(() => connect({ ...options, key: "with blanks" }), TypeError);
  assert.throws(() => connect({ ...options, commandTimeout: 600_000 }), RangeError);
});

test("the key goes as second subprotocol, and nothing is resumed at first", TIME, () =>
  withGateway(
    async (gateway) => {
      const { request, query } = await gateway.peer();
      assert.equal(request.headers["sec-websocket-protocol"], "gc.v2,k-1");
      assert.equal(query.get("destination"), "desk-1");
      assert.equal(query.get("last"), null);
    },
    { key: "k-1" },
  ),
);

test("a client that goes on from an earlier time names the last event it has seen", TIME, () =>
  withGateway(
    async (gateway, client) => {
      assert.equal((await gateway.peer()).query.get("last"), "5c0f.1:27");
      assert.equal(client.last, "5c0f.1:27");
    },
    { last: "5c0f.1:27" },
  ),
);

test("it is open once the gateway has answered Hello", TIME, () =>
  withGateway(async (gateway, client) => {
    const peer = await gateway.peer();
    assert.deepEqual(client.status, { state: "connecting" });
    const hello = await peer.next();
    assert.equal(hello.command, "Hello");
    assert.deepEqual(hello.params, { destination: "desk-1" });
    peer.event({ type: "System", status: "IN_SERVICE" }, { id: "5c0f.1:1" });
    peer.result(hello, "done");
    await client.ready();
    assert.deepEqual(client.status, { state: "open" });
    assert.equal(client.last, "5c0f.1:1");
  }),
);

for (const [status, errorType] of [
  [401, "Unauthorized"],
  [403, "AUTHORIZATION_FAILURE"],
] as const) {
  test(`a gateway that refuses with ${status} is not asked again, and everybody is told`, TIME, async () => {
    const gateway = await Gateway.start();
    gateway.refusal = { status, body: JSON.stringify({ errorType, detail: "not you" }) };
    const client = gateway.client();
    const refused = { name: "Refused", status, errorType, message: new RegExp(`${status} not you`) };
    const command = client.send({ command: "MakeReady", agentId: "41027" });
    const loop = client.events().next();
    await Promise.all([
      assert.rejects(client.ready(), refused),
      assert.rejects(loop, refused),
      assert.rejects(command, { name: "NoResult", reason: "closed", mayHaveRun: false }),
    ]);
    assert.equal(client.status.state, "closed");
    await assert.rejects(client.ready(), Refused);
    await assert.rejects(client.events().next(), Refused);
    gateway.stop();
  });
}

test("a gateway that does not serve now is asked until it does", TIME, async () => {
  const gateway = await Gateway.start();
  gateway.refusal = { status: 503, body: "" };
  const client = gateway.client();
  const seen: Status[] = [];
  client.onStatus((status) => seen.push(status));
  await until(() => seen.filter(({ state }) => state === "waiting").length === 3, client);
  gateway.refusal = undefined;
  const peer = await gateway.peer();
  await peer.greet("5c0f.1:1");
  await client.ready();
  // Once it has worked, pauses begin again.
  peer.socket.terminate();
  await until((status) => status.state === "waiting" && status.retryIn <= 1, client);
  client.close();
  gateway.stop();
});

test("a socket that only says that something is wrong is not waited for", TIME, async () => {
  class Silent extends NoSocket {
    constructor() {
      super();
      setImmediate(() => this.onerror?.({ message: "no 101" } as never));
    }
  }
  const gateway = await Gateway.start();
  const client = gateway.client({ WebSocket: Silent });
  await until((status) => status.state === "waiting" && status.ending.reason === "no 101", client);
  client.close();
  gateway.stop();
});

test("a socket that was given up is not heard any more", async () => {
  const [socket, heard]: [NoSocket, string[]] = [new NoSocket(), []];
  const hear = (text: string): boolean => heard.push(text) === 1;
  const conversation = new Conversation(socket, { greet: () => {}, hear }, { connect: 1000, quiet: 1000 });
  const say = (data: string): void => socket.onmessage?.({ data } as never);
  socket.onopen?.({} as never);
  for (const text of ["understood", "not understood", "late"]) say(text);
  assert.deepEqual(heard, ["understood", "not understood"]);
  assert.equal((await conversation.ended).reason, "a frame that is none of gc.v2");
});

test("nobody at the address, or nobody who answers, is tried again", TIME, async () => {
  const gateway = await Gateway.start();
  gateway.deaf = true;
  const client = gateway.client({ connectTimeout: 300 });
  await until((status) => status.state === "waiting" && status.ending.reason === "no connection in time", client);
  gateway.deaf = false;
  const silent = await gateway.peer();
  assert.equal((await silent.next()).command, "Hello");
  await until((status) => status.state === "waiting" && status.ending.reason === "no answer in time", client);
  gateway.stop();
  await until((status) => status.state === "waiting" && !status.ending.opened, client);
  client.close();
});

test("a client that is closed stays so, and says so", TIME, () =>
  withGateway(async (gateway, client) => {
    const peer = await gateway.peer();
    await peer.greet("5c0f.1:1");
    await client.ready();
    const command = client.send({ command: "MakeReady", agentId: "41027" });
    const loop = client.events();
    const gone = new Promise<[number, Buffer]>((resolve) => peer.socket.on("close", (...how) => resolve(how)));
    client.close();
    client.close();
    await assert.rejects(command, { name: "NoResult", reason: "closed", mayHaveRun: true });
    await assert.rejects(client.send({ command: "MakeReady", agentId: "41027" }), { reason: "closed", mayHaveRun: false });
    assert.deepEqual(await loop.next(), { done: true, value: undefined });
    assert.deepEqual(client.status, { state: "closed" });
    assert.equal((await gone)[0], 1000);
  }),
);

test("pauses double up to the longest, are shortened by up to half, and begin again", () => {
  const longest = new Pauses(250, 1000, () => 0);
  assert.deepEqual([longest.next(), longest.next(), longest.next(), longest.next()], [250, 500, 1000, 1000]);
  longest.reset();
  assert.equal(longest.next(), 250);
  const shortest = new Pauses(250, 1000, () => 1);
  assert.deepEqual([shortest.next(), shortest.next(), shortest.next()], [125, 250, 500]);
});

/** Waits for a status. */
function until(wanted: (status: Status) => boolean, client: ReturnType<Gateway["client"]>): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.onStatus((status) => {
      if (!wanted(status)) return;
      stop();
      resolve();
    });
  });
}
