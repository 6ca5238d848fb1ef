// @xmpp/client as an agent's page.

import { client as create, xml } from "@xmpp/client";
import WebSocket from "ws";

import { Heard, options, talk } from "./finesse.mjs";

// Browsers have it, Node 20 does not.
globalThis.WebSocket ??= WebSocket;

const heard = new Heard();
const { service, domain, agent: username, password } = options;
const xmpp = create({ service, domain, username, password, resource: "xmpp-client" });
xmpp.reconnect.stop();
xmpp.on("stanza", (stanza) => heard.add(stanza.toString()));
xmpp.on("error", () => {});

const client = {
  async signIn() {
    await xmpp.start();
    await xmpp.send(xml("presence", {}, xml("priority", {}, "0")));
  },
  ping: (to) => xmpp.iqCaller.request(xml("iq", { type: "get", to }, xml("ping", "urn:xmpp:ping"))),
  async subscribe(to, node) {
    const subscribe = xml("subscribe", { node, jid: xmpp.jid.toString() });
    const pubsub = xml("pubsub", { xmlns: "http://jabber.org/protocol/pubsub" }, subscribe);
    const answer = await xmpp.iqCaller.request(xml("iq", { type: "set", to }, pubsub));
    if (!answer.toString().includes("subscribed")) throw new Error(answer.toString());
  },
  leave: () => xmpp.stop(),
};

await talk("@xmpp/client", client, heard);
