import assert from "node:assert/strict";
import { test } from "node:test";

import { withGateway } from "./gateway.js";

const TIME = { timeout: 20_000 };
const READY = { command: "MakeReady", agentId: "41027" } as const;

test("each command has its own result, in whatever order they come; a failure is a result", TIME, () =>
  withGateway(async (gateway, client) => {
    const peer = await gateway.peer();
    await peer.greet("5c0f.1:1");
    const [first, second] = [client.send(READY), client.send({ ...READY, agentId: "41033", commandId: "c-17" })];
    const [one, two] = [await peer.next(), await peer.next()];
    assert.match(one.commandId, /^[0-9a-f]{32}$/);
    assert.deepEqual(two, { command: "MakeReady", agentId: "41033", commandId: "c-17" });
    peer.result(two, "failed", "GENERAL_ERROR");
    peer.result({ ...one, commandId: "of somebody else" }, "failed");
    peer.result(one, "done");
    assert.deepEqual(await second, {
      type: "CommandResult",
      commandId: "c-17",
      agentId: "41033",
      command: "MakeReady",
      outcome: "failed",
      errorType: "GENERAL_ERROR",
    });
    assert.equal((await first).outcome, "done");
  }),
);

test("a result that does not come in time is given up, and may be asked for under the same id", TIME, () =>
  withGateway(async (gateway, client) => {
    const peer = await gateway.peer();
    await peer.greet("5c0f.1:1");
    const command = { ...READY, commandId: "c-1" };
    const late = { name: "NoResult", reason: "timeout", commandId: "c-1", mayHaveRun: true };
    await assert.rejects(client.send(command, { timeout: 20 }), late);
    await peer.next();
    const again = client.send(command);
    peer.result(await peer.next(), "done");
    assert.equal((await again).outcome, "done");
  }),
);

test("what was never sent is known not to have been carried out", TIME, () =>
  withGateway(async (_, client) => {
    await assert.rejects(client.send(READY, { timeout: 5 }), { reason: "timeout", mayHaveRun: false });
  }),
);

test("a command that is too large, one too many, or under way already is not sent", TIME, () =>
  withGateway(async (_, client) => {
    const params = { dialogId: "1", label: "ä".repeat(33_000) };
    const large = client.send({ command: "UpdateWrapup", agentId: "41027", params });
    await assert.rejects(large, { reason: "size", mayHaveRun: false });
    const waiting = Array.from({ length: 100 }, (_, number) => client.send({ ...READY, commandId: `c-${number}` }));
    await assert.rejects(client.send({ ...READY, commandId: "c-7" }), { reason: "id", mayHaveRun: false });
    await assert.rejects(client.send(READY), { reason: "busy", mayHaveRun: false });
    client.close();
    const ends = await Promise.allSettled(waiting);
    assert.ok(ends.every(({ status }) => status === "rejected"));
  }),
);
