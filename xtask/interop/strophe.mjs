// strophe.js as an agent's page: WebSocket or BOSH, as the address says.

import { Strophe, $iq, $pres } from "strophe.js";
import xhr from "xmlhttprequest-ssl";

import { Heard, options, talk } from "./finesse.mjs";

// Browsers have it, Node does not; the one installed does not parse what it gets.
globalThis.XMLHttpRequest ??= class extends xhr.XMLHttpRequest {
  constructor() {
    super();
    const parsed = () => this.responseText && new DOMParser().parseFromString(this.responseText, "text/xml");
    Object.defineProperty(this, "responseXML", { get: () => parsed() || null });
  }
};
Strophe.setLogLevel(Strophe.LogLevel.ERROR);

const heard = new Heard();
const connection = new Strophe.Connection(options.service);
const jid = `${options.agent}@${options.domain}/strophe`;

function until(wanted) {
  return new Promise((resolve, reject) => {
    settle = (status, condition) => {
      if (status === wanted) resolve();
      else if (status === Strophe.Status.AUTHFAIL || status === Strophe.Status.CONNFAIL) {
        reject(new Error(condition ?? `status ${status}`));
      }
    };
  });
}

let settle = () => {};

function listen(name) {
  connection.addHandler((stanza) => {
    heard.add(Strophe.serialize(stanza));
    return true;
  }, null, name);
}

function ask(iq) {
  return new Promise((resolve, reject) => {
    connection.sendIQ(iq, resolve, (error) => reject(new Error(error ? Strophe.serialize(error) : "no answer")));
  });
}

const client = {
  async signIn() {
    const connected = until(Strophe.Status.CONNECTED);
    connection.connect(jid, options.password, (status, condition) => settle(status, condition));
    await connected;
    listen("message");
    listen("presence");
    connection.send($pres().c("priority").t("0"));
  },
  ping: (to) => ask($iq({ type: "get", to }).c("ping", { xmlns: "urn:xmpp:ping" })),
  async subscribe(to, node) {
    const request = $iq({ type: "set", to })
      .c("pubsub", { xmlns: "http://jabber.org/protocol/pubsub" })
      .c("subscribe", { node, jid: connection.jid });
    const answer = Strophe.serialize(await ask(request));
    if (!answer.includes("subscribed")) throw new Error(answer);
  },
  async leave() {
    const gone = until(Strophe.Status.DISCONNECTED);
    connection.disconnect("done");
    await gone;
  },
};

await talk("strophe.js", client, heard);
