import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

import { Line } from "./line.js";
import { client, given, Heard } from "./site.js";

const AGENT = { agentId: "41033" };

test("a gateway that was killed and started again is not given a command a second time", { timeout: 60_000 }, async () => {
  const [url, destination] = [given("GC_OWN_URL"), "desk-2"];
  const first = start();
  const line = await Line.to(url);
  const desk = client(line.url, { destination });
  const witness = client(url, { destination });
  const [heard, truth] = [new Heard(desk), new Heard(witness)];
  try {
    await Promise.all([desk.ready(), witness.ready()]);
    const login = { ...AGENT, command: "Login", params: { password: "demo", extension: "6133" } } as const;
    assert.equal((await desk.send(login)).outcome, "done");
    line.loseAnswers();
    const call = desk.send({ ...AGENT, command: "MakeCall", params: { number: "03005550142" } });
    const lost = assert.rejects(call, { name: "NoResult", reason: "restart", mayHaveRun: true });
    await truth.find({ type: "InboundCall", state: "ACTIVE" });
    await end(first);
    line.mend();
    const second = start();
    try {
      await lost;
      await heard.find({ type: "Gap" });
      // The new one is as good as the old one.
      assert.equal((await desk.send(login)).outcome, "done");
    } finally {
      await end(second);
    }
  } finally {
    desk.close();
    witness.close();
    line.close();
    await end(first);
  }
});

function start(): ChildProcess {
  return spawn(given("GC_SERVER"), ["run", "--config", given("GC_OWN_CONFIG")], { stdio: "ignore" });
}

/** At once, so that it can say nothing more to anybody. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
}
