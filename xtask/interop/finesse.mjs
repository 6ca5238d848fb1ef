// What the scripts share: options, a REST client, a report of checks, and the talk that every client has.

import { parseArgs } from "node:util";

export const options = parseArgs({
  options: {
    service: { type: "string" },
    rest: { type: "string" },
    domain: { type: "string" },
    agent: { type: "string" },
    extension: { type: "string" },
    password: { type: "string", default: "demo" },
  },
}).values;

const PATIENCE = 20_000;
const TEAM = "/finesse/api/Team/5107/Users";

// Prints `ok <check>` or `FAIL <check>: <why>`.
class Report {
  failed = false;

  async check(name, work) {
    try {
      const result = await limited(work);
      console.log(`ok ${name}`);
      return result;
    } catch (error) {
      this.failed = true;
      console.log(`FAIL ${name}: ${error?.message ?? error}`);
      return undefined;
    }
  }
}

function limited(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing came in time")), PATIENCE);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

// Keeps what was heard, and lets others wait for it.
export class Heard {
  #stanzas = [];
  #changed = () => {};

  add(stanza) {
    this.#stanzas.push(stanza);
    this.#changed();
  }

  // The first stanza with all these texts; it is heard once.
  async with(...texts) {
    for (;;) {
      const place = this.#stanzas.findIndex((stanza) => texts.every((text) => stanza.includes(text)));
      if (place >= 0) return this.#stanzas.splice(place, 1)[0];
      await new Promise((resolve) => (this.#changed = resolve));
    }
  }
}

async function setState(state) {
  const { agent, extension, password, rest } = options;
  const phone = state === "LOGIN" ? `<extension>${extension}</extension>` : "";
  const token = Buffer.from(`${agent}:${password}`).toString("base64");
  const answer = await fetch(`${rest}/finesse/api/User/${agent}`, {
    method: "PUT",
    headers: { Authorization: `Basic ${token}`, "Content-Type": "application/xml" },
    body: `<User><state>${state}</state>${phone}</User>`,
  });
  if (answer.status !== 202) throw new Error(`status ${answer.status}`);
}

// `client` has signIn(), ask(kind, to, name, namespace, children) and leave(); `heard` is filled by it.
export async function talk(name, client, heard) {
  const report = new Report();
  const { agent, domain } = options;
  await report.check(`${name} signs in`, client.signIn());
  if (!report.failed) {
    await report.check("the presence of Finesse arrives", heard.with("<presence", `finesse@${domain}`));
    await report.check(`${name} pings`, client.ping(domain));
    await report.check(`${name} subscribes to a team`, client.subscribe(`pubsub.${domain}`, TEAM));
    await report.check("sign in to the phone by REST", setState("LOGIN"));
    const state = "&lt;state&gt;NOT_READY&lt;/state&gt;";
    const own = `node="/finesse/api/User/${agent}"`;
    await report.check("the User notification of the sign-in arrives", heard.with(own, state));
    await report.check("so does the team's", heard.with(`node="${TEAM}"`, state));
    await report.check("sign out of the phone by REST", setState("LOGOUT"));
    await report.check("its notification arrives", heard.with(own, "&lt;state&gt;LOGOUT&lt;/state&gt;"));
    await report.check(`${name} leaves`, client.leave());
  }
  process.exit(report.failed ? 1 : 0);
}
