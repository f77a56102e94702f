#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Other ends of scrapes that are sick or hostile, each on a port of its own. Runs in the box.

    bad_ends.py FIRST_PORT

`good` answers well, on as many addresses as are asked; its page can be read from any of them. The
others stand in ENDS, in the order of their ports.
"""

import asyncio
import random
import sys

GOOD = b"# TYPE queue gauge\nqueue 1\n"
CHURN = 600  # series on a page, others each time
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
GIGABYTE = 1 << 30
CHUNK = bytes(b"x" * 63 + b"\n") * 1024


async def good(writer, _):
    """A small page."""
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD)


async def slow(writer, _):
    """A byte a second."""
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(GOOD))
    for byte in GOOD:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)


async def silent(_writer, _):
    """Never a byte."""
    await asyncio.sleep(3600)


async def flood(writer, _):
    """1 GB, and nobody said how much it would be."""
    writer.write(OK + b"\r\n")
    for _ in range(GIGABYTE // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()


async def long_line(writer, _):
    """1 GB without a line feed, in chunks."""
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(GIGABYTE // 0x10000):
        writer.write(piece)
        await writer.drain()


async def churn(writer, number):
    """Whole pages, of series that nobody has seen before."""
    lines = b"".join(b'churn{id="%d"} 1\n' % (number * CHURN + i) for i in range(CHURN))
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(lines) + lines)


async def half(writer, _):
    """Closes in the middle of a line, before what it promised is there."""
    writer.write(OK + b"Content-Length: 100\r\n\r\nqueue 1\nqueue{lane=\"o")


async def half_unsaid(writer, _):
    """Closes in the middle of a line; it promised nothing."""
    writer.write(OK + b"Connection: close\r\n\r\nqueue{lane=\"a\"} 1\nqueue{lane=\"b\"} 1")


async def circle(writer, _):
    """Look at this very place."""
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /metrics\r\nContent-Length: 0\r\n\r\n")


async def headers(writer, _):
    """Headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"y" * 1000 + b"\r\n")
        await writer.drain()


async def garbage(writer, number):
    """Bytes."""
    writer.write(random.Random(number).randbytes(4096))


async def garbage_page(writer, number):
    """HTTP, and then bytes."""
    body = random.Random(number).randbytes(4096)
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)


async def closed(_writer, _):
    """Hears the question, and goes."""


async def counter(writer, number):
    """A counter that begins again at 0 with every seventh answer."""
    body = b"# TYPE answers_total counter\nanswers_total %d\n" % (number % 7 * 10)
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)


ENDS = [good, slow, silent, flood, long_line, churn, half, half_unsaid, circle, headers, garbage,
        garbage_page, closed, counter]


def serve(end):
    """What a connection to that end comes to: one answer."""
    count = {"answers": 0}

    async def connected(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            count["answers"] += 1
            await end(writer, count["answers"])
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return connected


async def main():
    first = int(sys.argv[1])
    servers = [await asyncio.start_server(serve(end), "0.0.0.0", first + number)
               for number, end in enumerate(ENDS)]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
