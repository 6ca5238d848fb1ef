import assert from "node:assert/strict";
import { test } from "node:test";

import type { AnyEvent, Frame } from "../src/index.js";
import { Listeners } from "../src/listeners.js";
import { withGateway } from "./gateway.js";

const TIME = { timeout: 20_000 };

function frame(type: string, id?: string): Frame<AnyEvent> {
  return { time: "2026-03-02T10:00:00Z", origin: "live", event: { type }, ...(id === undefined ? {} : { id }) };
}

test("an event is told to who listens to its type or to all, with what the gateway says of it", TIME, () =>
  withGateway(async (gateway, client) => {
    const heard: unknown[] = [];
    client.on("State", (event, { id, origin, agentId }) => heard.push([event.state, id, origin, agentId]));
    client.on("Gap", (event, { origin }) => heard.push([event.type, origin]));
    client.on("*", ({ type }) => heard.push(type));
    const loop = client.events();
    const peer = await gateway.peer();
    peer.event({ type: "State", state: "READY" }, { id: "5c0f.1:1", origin: "replay", agentId: "41027" });
    peer.event({ type: "Gap" });
    await loop.next();
    const second = await loop.next();
    assert.deepEqual(heard, [["READY", "5c0f.1:1", "replay", "41027"], "State", ["Gap", "live"], "Gap"]);
    assert.equal(second.value?.event.type, "Gap");
    // Frames outside the numbering do not move it.
    assert.equal(client.last, "5c0f.1:1");
  }),
);

test("who listens twice is called twice, and who has left is not", () => {
  const listeners = new Listeners();
  let calls = 0;
  const listener = (): void => void (calls += 1);
  const leave = listeners.on("State", listener);
  listeners.on("State", listener);
  listeners.tell(frame("State"));
  assert.equal(calls, 2);
  leave();
  leave();
  listeners.tell(frame("State"));
  assert.equal(calls, 3);
});

test("a listener that throws harms nobody else, and is not silent", async () => {
  const listeners = new Listeners();
  const heard: string[] = [];
  listeners.on("State", () => {
    throw new Error("of the listener");
  });
  listeners.on("State", ({ type }) => heard.push(type));
  const earlier = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve));
  listeners.tell(frame("State"));
  const error = await uncaught;
  for (const listener of earlier) process.on("uncaughtException", listener);
  assert.match(String(error), /of the listener/);
  assert.deepEqual(heard, ["State"]);
});

test("a loop gets what came between its steps, in order, and ends when it is told to", async () => {
  const listeners = new Listeners();
  const enough = new AbortController();
  const loop = listeners.stream(10, enough.signal);
  for (const id of ["s:1", "s:2"]) listeners.tell(frame("State", id));
  const ids: unknown[] = [];
  for await (const { id } of loop) {
    ids.push(id);
    if (id === "s:2") {
      enough.abort();
      listeners.tell(frame("State", "s:3"));
    }
  }
  assert.deepEqual(ids, ["s:1", "s:2"]);
  assert.equal((await listeners.stream(10, enough.signal).next()).done, true);
});

test("a loop that is left takes nothing more", async () => {
  const listeners = new Listeners();
  const loop = listeners.stream(1, undefined);
  listeners.tell(frame("State", "s:1"));
  for await (const _ of loop) break;
  for (const id of ["s:2", "s:3"]) listeners.tell(frame("State", id));
  assert.deepEqual(await loop.next(), { done: true, value: undefined });
});

test("a loop that is too slow gets what was kept, and then an error", async () => {
  const listeners = new Listeners();
  const loop = listeners.stream(2, undefined);
  for (const id of ["s:1", "s:2", "s:3"]) listeners.tell(frame("State", id));
  assert.equal((await loop.next()).value?.id, "s:1");
  assert.equal((await loop.next()).value?.id, "s:2");
  await assert.rejects(loop.next(), { name: "SlowReader" });
  assert.deepEqual(await loop.next(), { done: true, value: undefined });
});
