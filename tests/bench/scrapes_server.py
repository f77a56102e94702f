#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A light server of metrics: every address of this host, every path, one page.

    scrapes_server.py PORT [--close]
"""

import asyncio
import sys

LANES = 38
served = {"requests": 0}


def page():
    """40 series, some of which move."""
    number = served["requests"]
    lanes = "".join(f'queue{{lane="{lane}"}} {(number + lane) % 50}\n' for lane in range(LANES))
    return (f"# TYPE queue gauge\n{lanes}# TYPE errors_total counter\nerrors_total 7\n"
            f"# TYPE requests_total counter\nrequests_total {number}\n").encode()


class Answers(asyncio.Protocol):
    """One connection: an answer for each request."""

    close = False

    def __init__(self):
        self.transport = None
        self.got = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.got += data
        while b"\r\n\r\n" in self.got:
            self.got = self.got.split(b"\r\n\r\n", 1)[1]
            served["requests"] += 1
            body = page()
            ending = b"Connection: close\r\n" if self.close else b""
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                                 + ending + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            if self.close:
                self.transport.close()


async def main():
    Answers.close = "--close" in sys.argv
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answers, "0.0.0.0", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
