import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { client, given } from "./site.js";

const TIME = { timeout: 30_000 };
const URL = given("GC_KEYED_URL");

test("who has a key is let in", TIME, async () => {
  const desk = client(URL, { key: given("GC_KEY"), destination: "crm-1" });
  await desk.ready();
  desk.close();
});

test("a wrong key, or none, is refused for good", TIME, async () => {
  for (const key of ["gck_wrong", undefined]) {
    const desk = client(URL, { key, destination: "crm-1" });
    await assert.rejects(desk.ready(), { name: "Refused", status: 401, errorType: "Unauthorized" });
    assert.equal(desk.status.state, "closed");
  }
});

test("so is a key at a destination that it may not have", TIME, async () => {
  const desk = client(URL, { key: given("GC_KEY"), destination: "desk-1" });
  await assert.rejects(desk.ready(), { name: "Refused", status: 403, errorType: "AUTHORIZATION_FAILURE" });
});

test("a key that is taken away ends its client", TIME, async () => {
  const desk = client(URL, { key: given("GC_OLD_KEY"), destination: "old-1" });
  await desk.ready();
  const endings: string[] = [];
  desk.onStatus((status) => status.state === "waiting" && endings.push(`${status.ending.code} ${status.ending.reason}`));
  const loop = desk.events();
  const file = given("GC_KEYED_CONFIG");
  const settings = readFileSync(file, "utf8");
  writeFileSync(file, settings.slice(0, settings.indexOf("[clients.old]")));
  const refused = { name: "Refused", status: 401 };
  await assert.rejects(async () => {
    for await (const _ of loop) continue;
  }, refused);
  assert.equal(endings[0], "1008 the key was revoked");
});
