"""An agent of another make signs in to the simulator, and hears of a call."""

import argparse
import asyncio
import xml.etree.ElementTree as ElementTree

from finesse import Client, Report, Rest


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rest", required=True, help="https://host:port of the node")
    parser.add_argument("--control", required=True, help="http://host:port of the simulator's control")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--domain", required=True)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--extension", required=True)
    parser.add_argument("--password", default="demo")
    return parser.parse_args()


class Agent(Client):
    """Keeps what was published, and lets others wait for it."""

    def __init__(self, options):
        super().__init__(f"{options.agent}@{options.domain}/interop", options.password, options.ca)
        self.updates = asyncio.Queue()
        self.add_event_handler("message", self._message)
        self.add_event_handler("pubsub_publish", self._message)

    def _message(self, message):
        for element in message.xml.iter():
            if element.tag.rsplit("}")[-1] == "notification" and element.text:
                self.updates.put_nowait(element.text)

    async def update_with(self, *texts):
        while True:
            update = await self.updates.get()
            if all(text in update for text in texts):
                ElementTree.fromstring(update)
                return update


async def main():
    options = arguments()
    report, agent, rest = Report(), Agent(options), Rest(options)
    await report.check("slixmpp signs in", agent.sign_in("127.0.0.1", options.port))
    if report.failed:
        report.exit()
    agent.send_presence(ppriority=0)
    domain = options.domain
    await report.check("slixmpp pings", agent.plugin["xep_0199"].ping(domain, timeout=10))
    team = agent.plugin["xep_0060"].subscribe(f"pubsub.{domain}", "/finesse/api/Team/5107/Users")
    await report.check("slixmpp subscribes to a node", team)
    await report.check("sign in to the phone by REST", rest.set_state("LOGIN"))
    await report.check(
        "the User notification of the sign-in arrives",
        agent.update_with("<state>NOT_READY</state>", f"<loginId>{options.agent}</loginId>"),
    )
    dialog = await report.check("a call is started", rest.start_call())
    await report.check(
        "the POST of the alerting call arrives",
        agent.update_with(f"<id>{dialog}</id>", "<event>POST</event>", "<state>ALERTING</state>"),
    )
    await agent.disconnect()
    report.exit()


asyncio.get_event_loop_policy().get_event_loop().run_until_complete(main())
