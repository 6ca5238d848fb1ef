"""A classic client over the broker: commands into a queue, events from a topic, by stomp.py."""

import argparse
import json
import queue
import sys
import time
import urllib.request

import stomp

PATIENCE = 30

parser = argparse.ArgumentParser()
parser.add_argument("step", choices=["work", "call", "hello", "once"])
parser.add_argument("--ports", required=True, help="STOMP ports of the brokers, the preferred one first")
parser.add_argument("--queue", default="Connector1")
parser.add_argument("--destination", required=True)
parser.add_argument("--agent", required=True)
parser.add_argument("--extension", required=True)
parser.add_argument("--password", default="demo")
parser.add_argument("--control", required=True, help="http://host:port of the simulator's control")
parser.add_argument("--metrics", help="the gateway's metrics")
parser.add_argument("--cut", help="a file that makes the line between broker and gateway break")
options = parser.parse_args()


class Client(stomp.ConnectionListener):
    def __init__(self):
        self.events = queue.Queue()
        self.numbers = []
        hosts = [("127.0.0.1", int(port)) for port in options.ports.split(",")]
        self.connection = stomp.Connection12(hosts, heartbeats=(10000, 10000), auto_content_length=False)
        self.connection.set_listener("", self)
        self.connection.connect("gc", "gc", wait=True)
        self.connection.subscribe(f"/topic/{options.destination}", id="1", headers={"receipt": "s"})

    def on_message(self, frame):
        self.events.put(frame)

    def send(self, kind, body=""):
        # Without `content-length` the broker makes a text message of it.
        self.connection.send(f"/queue/{options.queue}", body, headers={"type": kind})

    def expect(self, kind, **values):
        """The next event of a type with these values; its header must say the same type."""
        seen = []
        until = time.monotonic() + PATIENCE
        while True:
            try:
                frame = self.events.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} {values}, but {seen}") from None
            event = json.loads(frame.body)
            assert frame.headers["type"] == event["type"], frame.headers
            if "gc-sequence" in frame.headers:
                self.numbers.append(int(frame.headers["gc-sequence"]))
            if event["type"] == kind and all(event.get(key) == value for key, value in values.items()):
                return event
            seen.append((event["type"], event.get("state"), event.get("errorType"), event.get("errorMessage")))


def control(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(options.control + path, method=method, data=data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def check(name, work):
    try:
        result = work()
    except Exception as error:
        print(f"FAIL {name}: {type(error).__name__} {error}", flush=True)
        sys.exit(1)
    print(f"ok {name}", flush=True)
    return result


def hello(client):
    """Says Hello until it is answered: the gateway or its standby may be on its way."""
    until = time.monotonic() + PATIENCE
    while True:
        client.send(f"Hello#{options.destination}")
        try:
            frame = client.events.get(timeout=1)
            return json.loads(frame.body)
        except queue.Empty:
            assert time.monotonic() < until, "nobody answers"


def sign_in(client):
    agent = options.agent
    client.send(f"Hello#{options.destination}", "null")
    check("Hello is answered by System", lambda: client.expect("System", status="IN_SERVICE"))
    client.send(f"Connect#{agent}", f"{options.destination},{options.password}")
    check("Connect is answered by ConnectStatus", lambda: client.expect("ConnectStatus"))
    client.send(f"Login#{agent}", f"{options.password},{options.extension}")
    check("Login is answered by a State", lambda: client.expect("State"))
    client.send(f"MakeReady#{agent}")
    check("MakeReady is answered by READY", lambda: client.expect("State", state="READY"))


def call(client):
    agent = options.agent
    control("POST", "/sim/calls", {"from": "03005550142", "to": options.extension, "variables": {}})
    event = check("a call is a NewInboundCall", lambda: client.expect("NewInboundCall"))
    dialog = event["dialogID"]
    client.send(f"AnswerCall#{agent}", dialog)
    check("AnswerCall is answered by ACTIVE", lambda: client.expect("InboundCall", state="ACTIVE"))
    client.send(f"ReleaseCall#{agent}", dialog)
    check("ReleaseCall is answered by DROPPED", lambda: client.expect("InboundCall", state="DROPPED"))
    check("the numbers of the events rise one by one", lambda: rising(client.numbers))


def rising(numbers):
    expected = list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers == expected, numbers


def once(client):
    """The acknowledgement of a MakeCall is lost, so that the broker delivers it again."""
    agent = options.agent
    client.send(f"MakeNotReady#{agent}")
    check("MakeNotReady is answered by NOT_READY", lambda: client.expect("State", state="NOT_READY"))
    before = calls_made()
    open(options.cut, "w").close()
    client.send(f"MakeCall#{agent}", "03005550142")
    check("the connection broke and a Gap says so", lambda: client.expect("Gap"))
    # What is sent later is taken later.
    client.send(f"Hello#{options.destination}")
    check("the queue goes on", lambda: client.expect("System"))
    made = calls_made() - before
    check("the broker did deliver it twice", lambda: exactly(1, duplicates()))
    check("a MakeCall that the broker did not confirm is not executed", lambda: exactly(0, made))
    client.send(f"MakeCall#{agent}", "03005550142")
    check("the next one is", lambda: client.expect("InboundCall"))
    check("and once", lambda: exactly(1, calls_made() - before))


def calls_made():
    """Requests that the simulator has carried out."""
    return sum(control("GET", "/sim/counters")["executions"].values())


def duplicates():
    """Commands that the gateway has recognised."""
    with urllib.request.urlopen(options.metrics, timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            name, _, value = line.rpartition(" ")
            if name == 'gc_broker_commands_total{outcome="duplicate"}':
                return int(value)
    return 0


def exactly(wanted, found):
    assert wanted == found, f"{found}"


client = Client()
if options.step == "hello":
    check("Hello is answered by System", lambda: hello(client))
elif options.step == "call":
    call(client)
else:
    sign_in(client)
    once(client) if options.step == "once" else call(client)
client.connection.disconnect()
