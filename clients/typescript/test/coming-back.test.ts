import assert from "node:assert/strict";
import { test } from "node:test";

import type { Status } from "../src/index.js";
import { withGateway } from "./gateway.js";

const TIME = { timeout: 20_000 };
const MAKE_CALL = { command: "MakeCall", agentId: "41027", params: { number: "9" } } as const;

test("a client that was cut off comes back behind the last event it has seen", TIME, () =>
  withGateway(async (gateway, client) => {
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    first.event({ type: "State", state: "READY" }, { id: "5c0f.1:2" });
    const seen = client.events();
    await seen.next();
    first.socket.terminate();
    const second = await gateway.peer();
    assert.equal(second.query.get("last"), "5c0f.1:2");
  }),
);

test("one that has seen no event yet asks how things stand, as it may have missed some", TIME, () =>
  withGateway(async (gateway) => {
    const first = await gateway.peer();
    await first.next();
    first.socket.terminate();
    assert.equal((await gateway.peer()).query.get("last"), "none:0");
  }),
);

test("how a connection ended is told, and that another one is tried", TIME, () =>
  withGateway(async (gateway, client) => {
    const seen: Status[] = [];
    client.onStatus((status) => seen.push(status));
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    first.socket.close(1008, "slow consumer");
    await (await gateway.peer()).greet("5c0f.1:2");
    await client.ready();
    assert.deepEqual(seen.map(({ state }) => state), ["open", "waiting", "connecting", "open"]);
    const waiting = seen[1];
    assert.ok(waiting?.state === "waiting");
    assert.deepEqual(waiting.ending, { opened: true, code: 1008, reason: "slow consumer" });
    assert.ok(waiting.retryIn <= 1);
  }),
);

test("a command without a result is sent again under its id, after Hello, and has one result", TIME, () =>
  withGateway(async (gateway, client) => {
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    const result = client.send(MAKE_CALL);
    const once = await first.next();
    first.socket.terminate();
    const second = await gateway.peer();
    await second.greet("5c0f.1:2");
    const again = await second.next();
    assert.deepEqual(again, once);
    second.result(again, "done");
    second.result(again, "failed", "GENERAL_ERROR");
    assert.equal((await result).outcome, "done");
  }),
);

test("commands that were given meanwhile are sent in their order, and no earlier than Hello is answered", TIME, () =>
  withGateway(async (gateway, client) => {
    const results = ["a", "b"].map((commandId) => client.send({ ...MAKE_CALL, commandId }));
    const peer = await gateway.peer();
    const hello = await peer.next();
    assert.equal(peer.waiting, 0);
    peer.result(hello, "done");
    for (const commandId of ["a", "b"]) {
      const sent = await peer.next();
      assert.equal(sent.commandId, commandId);
      peer.result(sent, "done");
    }
    await Promise.all(results);
  }),
);

test("after a restart of the gateway nothing is sent again, as it could be carried out twice", TIME, () =>
  withGateway(async (gateway, client) => {
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    const lost = assert.rejects(client.send({ ...MAKE_CALL, commandId: "lost" }), {
      name: "NoResult",
      reason: "restart",
      commandId: "lost",
      mayHaveRun: true,
    });
    await first.next();
    first.socket.terminate();
    const second = await gateway.peer();
    const given = client.send({ ...MAKE_CALL, commandId: "new" });
    second.event({ type: "Gap" }, { id: "77aa.1:0" });
    await second.greet("77aa.1:1");
    await lost;
    const sent = await second.next();
    assert.equal(sent.commandId, "new");
    second.result(sent, "done");
    await given;
    assert.equal(second.waiting, 0);
  }),
);

test("one that is turned away when it is sent again may have been carried out the first time", TIME, () =>
  withGateway(async (gateway, client) => {
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    const lost = assert.rejects(client.send(MAKE_CALL), { reason: "repeat", mayHaveRun: true });
    await first.next();
    first.socket.terminate();
    const second = await gateway.peer();
    await second.greet("5c0f.1:2");
    second.result(await second.next(), "failed", "PLEASE_RETRY");
    await lost;
  }),
);

test("a frame that was too large is not sent again", TIME, () =>
  withGateway(async (gateway, client) => {
    const first = await gateway.peer();
    await first.greet("5c0f.1:1");
    const lost = assert.rejects(client.send(MAKE_CALL), { reason: "size", mayHaveRun: true });
    await first.next();
    first.socket.close(1009, "a frame was too large or broken");
    await lost;
    await (await gateway.peer()).greet("5c0f.1:2");
  }),
);

test("after silence the gateway is asked; one that does not answer is left", TIME, () =>
  withGateway(
    async (gateway, client) => {
      const first = await gateway.peer();
      await first.greet("5c0f.1:1");
      // Answered, it goes on.
      await first.greet("5c0f.1:2");
      assert.equal((await first.next()).command, "Hello");
      const left = new Promise<Status>((resolve) => client.onStatus(resolve));
      const status = await left;
      assert.ok(status.state === "waiting");
      assert.equal(status.ending.reason, "silence");
      assert.equal((await gateway.peer()).query.get("last"), "5c0f.1:2");
    },
    { quiet: 20, connectTimeout: 1000 },
  ),
);

test("who speaks something else than gc.v2 is left", TIME, () =>
  withGateway(async (gateway) => {
    for (const text of ["System {", '{"type":"System"}', "null", '{"event":{}}']) {
      const peer = await gateway.peer();
      peer.socket.send(text);
    }
    await gateway.peer();
  }),
);
