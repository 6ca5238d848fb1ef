"""A line to the broker that breaks at the worst moment: between a command and its acknowledgement."""

import asyncio
import os
import sys

port, broker, cut = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


async def copy(reader, writer, is_from_gateway):
    while data := await reader.read(65536):
        if is_from_gateway and b"ACK\nid:" in data and os.path.exists(cut):
            os.remove(cut)
            return
        writer.write(data)
        await writer.drain()


async def serve(reader, writer):
    try:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", broker)
        ways = [
            asyncio.create_task(copy(reader, to_writer, True)),
            asyncio.create_task(copy(to_reader, writer, False)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        to_writer.close()
    except OSError:
        pass
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        await server.serve_forever()


asyncio.run(main())
