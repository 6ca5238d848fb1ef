"""Signs an agent in to the phone by REST, at the simulator."""

import argparse
import asyncio

from finesse import Report, Rest

parser = argparse.ArgumentParser()
parser.add_argument("--rest", required=True, help="https://host:port of the node")
parser.add_argument("--ca", required=True)
parser.add_argument("--agent", required=True)
parser.add_argument("--extension", required=True)
parser.add_argument("--password", default="demo")
options = parser.parse_args()


async def main():
    report = Report()
    await report.check("sign in to the phone by REST", Rest(options).set_state("LOGIN"))
    report.exit()


asyncio.run(main())
