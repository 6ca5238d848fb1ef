"""What the scripts share: an XMPP client and a REST client that verify certificates, a report of checks."""

import asyncio
import base64
import json
import logging
import ssl
import sys
import urllib.request
from pathlib import Path

from slixmpp import ClientXMPP

logging.basicConfig(level=logging.ERROR)


class Client(ClientXMPP):
    """TLS from the first byte, one attempt, PLAIN as Finesse demands."""

    def __init__(self, jid, password, ca):
        super().__init__(jid, password)
        self.ca_certs = Path(ca)
        self.enable_direct_tls = True
        self.enable_starttls = False
        self.enable_plaintext = False
        self.register_plugin("xep_0060")
        self.register_plugin("xep_0199")
        self.ready = self.loop.create_future()
        self.add_event_handler("session_start", lambda _: self._settle(None))
        self.add_event_handler("failed_auth", lambda _: self._settle("refused"))
        self.add_event_handler("connection_failed", lambda why: self._settle(str(why)))
        self.add_event_handler("stream_error", lambda why: self._settle(str(why)))

    def _settle(self, problem):
        if self.ready.done():
            return
        if problem is None:
            self.ready.set_result(None)
        else:
            self.ready.set_exception(ConnectionError(problem))

    async def sign_in(self, host, port):
        self.connect(host, port)
        await asyncio.wait_for(self.ready, 15)


class Rest:
    """Finesse's REST side, as far as a sign-in needs it."""

    def __init__(self, options):
        self.options = options
        self.context = ssl.create_default_context(cafile=options.ca)
        # The certificate bears the node's name, the connection goes to an address of this machine.
        self.context.check_hostname = False

    def _call(self, url, method, body, kind, headers=None):
        request = urllib.request.Request(url, method=method, data=body.encode())
        request.add_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        context = self.context if url.startswith("https") else None
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status, answer.read().decode()

    async def set_state(self, state):
        options = self.options
        extension = f"<extension>{options.extension}</extension>" if state == "LOGIN" else ""
        token = base64.b64encode(f"{options.agent}:{options.password}".encode()).decode()
        status, _ = await asyncio.to_thread(
            self._call,
            f"{options.rest}/finesse/api/User/{options.agent}",
            "PUT",
            f"<User><state>{state}</state>{extension}</User>",
            "application/xml",
            {"Authorization": f"Basic {token}"},
        )
        assert status == 202, f"status {status}"

    async def start_call(self):
        body = json.dumps({"from": "03005550142", "to": self.options.extension, "variables": {}})
        _, answer = await asyncio.to_thread(
            self._call, f"{self.options.control}/sim/calls", "POST", body, "application/json"
        )
        return json.loads(answer)["dialogId"]


class Report:
    """Prints `ok <check>` or `FAIL <check>: <why>`."""

    def __init__(self):
        self.failed = False

    async def check(self, name, work):
        try:
            result = await asyncio.wait_for(work, 20)
        except Exception as error:
            self.failed = True
            print(f"FAIL {name}: {type(error).__name__} {error}", flush=True)
            return None
        print(f"ok {name}", flush=True)
        return result

    def exit(self):
        sys.exit(1 if self.failed else 0)
