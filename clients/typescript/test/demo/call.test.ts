import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { GatewayClient } from "../../src/index.js";
import { Line } from "./line.js";
import { client, control, given, Heard, type Call } from "./site.js";

const TIME = { timeout: 30_000 };
const AGENT = { agentId: "41027" };

let line: Line;
let desk: GatewayClient;
let heard: Heard;
/** Somebody at the same destination whose line is never cut: what is told there. */
let witness: GatewayClient;
let truth: Heard;

before(async () => {
  line = await Line.to(given("GC_URL"));
  witness = client(given("GC_URL"));
  truth = new Heard(witness);
  await witness.ready();
  desk = client(line.url);
  heard = new Heard(desk);
  await desk.ready();
});

after(() => {
  desk.close();
  witness.close();
  line.close();
});

test("an agent is connected, logs in and becomes ready, and each command has its result", TIME, async () => {
  const params = { destination: "desk-1", password: "demo" };
  const connected = await desk.send({ ...AGENT, command: "Connect", params, commandId: "c-1" });
  const { type, outcome, commandId, errorType } = connected;
  assert.deepEqual([type, outcome, commandId, errorType], ["CommandResult", "done", "c-1", null]);
  const login = await desk.send({ ...AGENT, command: "Login", params: { password: "demo", extension: "6127" } });
  assert.equal(login.outcome, "done");
  assert.equal((await desk.send({ ...AGENT, command: "MakeReady" })).outcome, "done");
  await heard.find({ type: "ConnectStatus", status: "ConnectSuccess" });
  const info = await heard.find({ type: "AgentInfo", firstName: "Layla", lastName: "Haddad" });
  assert.deepEqual([info.origin, info.agentId], ["live", "41027"]);
  await heard.find({ type: "State", state: "READY" });
});

test("a call is answered and released", TIME, async () => {
  const from = heard.frames.length;
  const { dialogId } = await control<Call>("/sim/calls", { from: "03005550142", to: "6127" });
  await heard.find({ type: "NewInboundCall", dialogId }, from);
  assert.equal((await desk.send({ ...AGENT, command: "AnswerCall", params: { dialogId } })).outcome, "done");
  await heard.find({ type: "InboundCall", dialogId, state: "ACTIVE" }, from);
  assert.equal((await desk.send({ ...AGENT, command: "ReleaseCall", params: { dialogId } })).outcome, "done");
  await heard.find({ type: "InboundCall", dialogId, state: "DROPPED" }, from);
});

test("a command that cannot be carried out has a failed result, and an Error tells more", TIME, async () => {
  const command = { ...AGENT, command: "AnswerCall", params: { dialogId: "1" }, commandId: "wrong-1" } as const;
  const { outcome, errorType } = await desk.send(command);
  assert.deepEqual([outcome, errorType], ["failed", "NO_DIALOG_ID"]);
  await heard.find({ type: "Error", errorType: "NO_DIALOG_ID", commandId: "wrong-1" });
});

test("so has one that is no command", TIME, async () => {
  const { outcome, errorType } = await desk.send({ ...AGENT, command: "Dance" } as never);
  assert.deepEqual([outcome, errorType], ["failed", "PLEASE_RETRY"]);
});

test("what happens while the line is cut is told afterwards, as replay", TIME, async () => {
  const from = heard.frames.length;
  const { dialogId } = await control<Call>("/sim/calls", { from: "03005550142", to: "6127" });
  await heard.find({ type: "NewInboundCall", dialogId }, from);
  line.cut();
  await control(`/sim/calls/${dialogId}/hangup`, {});
  const dropped = { type: "InboundCall", dialogId, state: "DROPPED" };
  await truth.find(dropped);
  line.mend();
  assert.equal((await heard.find(dropped, from)).origin, "replay");
});

test("a command whose answer was lost is carried out once, and its result comes after all", TIME, async () => {
  await desk.ready();
  const state = await desk.send({ ...AGENT, command: "MakeNotReady" });
  assert.equal(state.outcome, "done");
  const [earlier, from] = [await executions(), truth.frames.length];
  line.loseAnswers();
  const result = desk.send({ ...AGENT, command: "MakeCall", params: { number: "03005550142" } });
  const call = await truth.find({ type: "InboundCall", state: "ACTIVE" }, from);
  line.mend();
  line.breakOff();
  assert.equal((await result).outcome, "done");
  assert.equal(await executions(), earlier + 1);
  const { dialogId } = call.event as unknown as Call;
  assert.equal((await desk.send({ ...AGENT, command: "ReleaseCall", params: { dialogId } })).outcome, "done");
});

test("however often the line breaks, each event is told once and none is left out", TIME, async () => {
  const before = line.connections;
  for (let round = 0; round < 20; round += 1) {
    const hellos = Array.from({ length: 5 }, () => witness.send({ command: "Hello", params: { destination: "desk-1" } }));
    // In the middle of the answers.
    await Promise.race(hellos);
    const noticed = new Promise<void>((resolve) => {
      const stop = desk.onStatus(() => resolve(stop()));
    });
    line.breakOff();
    await Promise.all([noticed, ...hellos]);
    await desk.ready();
  }
  assert.ok(line.connections >= before + 20, `${line.connections - before} connections`);
  const last = truth.numbers.at(-1) ?? 0;
  while ((heard.numbers.at(-1) ?? 0) < last) await new Promise(setImmediate);
  const [first] = heard.numbers;
  assert.deepEqual(
    heard.numbers,
    heard.numbers.map((_, place) => (first ?? 0) + place),
  );
  // Each is the same event as the witness was told.
  const told = new Map(truth.frames.map(({ id, event }) => [id, event]));
  for (const { id, event } of heard.frames.filter(({ id }) => told.has(id))) assert.deepEqual(event, told.get(id));
});

test("who comes back with an id that is not known is told of the gap, and how things stand", TIME, async () => {
  const late = client(given("GC_URL"), { last: "none:1" });
  const told = new Heard(late);
  await late.ready();
  assert.equal(told.frames[0]?.event.type, "Gap");
  const state = await told.find({ type: "State", state: "NOT_READY" });
  assert.deepEqual([state.origin, state.agentId], ["snapshot", "41027"]);
  late.close();
});

/** Requests that the simulator has carried out. */
async function executions(): Promise<number> {
  const { executions } = await control<{ executions: Record<string, number> }>("/sim/counters");
  return Object.values(executions).reduce((sum, count) => sum + count, 0);
}
