"""Plays Finesse's notification side on a server that is not ours.

`prepare` makes an agent's nodes and subscribes the agent; `play` publishes files in the order of their paths, each
wrapped and escaped as Finesse does.
"""

import argparse
import asyncio
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from finesse import Client, Report

NOTIFICATION = "{http://jabber.org/protocol/pubsub}notification"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["prepare", "play"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--domain", required=True)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--traffic", type=Path)
    return parser.parse_args()


def nodes(agent):
    user = f"/finesse/api/User/{agent}"
    return user, f"{user}/Dialogs"


def notifications(text):
    """The `Update` documents of a file: a message stanza holds them as text, a bare object is a change of it."""
    if re.match(r"\s*<message\b", text):
        return [found.text for found in ElementTree.fromstring(text).iter(NOTIFICATION)] or [
            found.text for found in ElementTree.fromstring(text).iter("{urn:xmpp:push:0}notification")
        ]
    if re.match(r"\s*<Dialog\b", text):
        dialog = re.search(r"<id>(\d+)</id>", text).group(1)
        body = re.sub(r"^\s*<Dialog\b", "<dialog", text.rstrip())
        body = re.sub(r"</Dialog>$", "</dialog>", body)
        source = f"/finesse/api/Dialog/{dialog}"
        return [
            f"<Update><data>{body}</data><event>PUT</event><requestId></requestId>"
            f"<source>{source}</source></Update>"
        ]
    return [text]


def node_of(update, agent):
    user, dialogs = nodes(agent)
    source = re.search(r"<source>([^<]*)</source>", update).group(1)
    return dialogs if "/Dialog" in source else user


async def publish(client, service, node, update):
    payload = ElementTree.Element(NOTIFICATION)
    payload.text = update
    await client.plugin["xep_0060"].publish(service, node, payload=payload)


async def prepare(client, report, options):
    service = f"pubsub.{options.domain}"
    agent = f"{options.agent}@{options.domain}"
    for node in nodes(options.agent):
        await report.check(f"create {node}", client.plugin["xep_0060"].create_node(service, node))
        subscribed = client.plugin["xep_0060"].subscribe(service, node, bare=True, subscribee=agent)
        await report.check(f"subscribe the agent to {node}", subscribed)


async def play(client, report, options):
    service = f"pubsub.{options.domain}"
    count = 0

    async def all_files():
        nonlocal count
        for path in sorted(options.traffic.rglob("*.xml")):
            for update in notifications(path.read_text()):
                await publish(client, service, node_of(update, options.agent), update)
                count += 1

    await report.check("publish the traffic", asyncio.ensure_future(all_files()))
    print(f"{count} notifications published", flush=True)


async def main():
    options = arguments()
    client = Client(f"finesse@{options.domain}/app", "finesse", options.ca)
    report = Report()
    await report.check("sign in as Finesse", client.sign_in("127.0.0.1", options.port))
    if not report.failed:
        client.send_presence()
        step = prepare if options.step == "prepare" else play
        await step(client, report, options)
    await client.disconnect()
    report.exit()


asyncio.get_event_loop_policy().get_event_loop().run_until_complete(main())
