#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client of the four services, run inside the box.

    library_client hold KIND HOST:PORT COUNT        takes COUNT connections and keeps them
    library_client load KIND HOST:PORT SECONDS      asks, and prints {"served": N, "failed": N}

KIND is http, redis or postgresql. `hold` prints how many it got, and ends when its input does. A
connection that is closed under it is not opened again.
"""

import json
import select
import socket
import struct
import sys
import threading
import time

WORKERS = 4
REQUESTS_PER_CONNECTION = 25
PAUSE = 0.02  # seconds between two requests of a worker: the services are to be busy, not the host


def startup_message():
    """How a session of PostgreSQL begins: protocol 3.0, user and database."""
    body = struct.pack("!i", 196608) + b"user\0app\0database\0postgres\0\0"
    return struct.pack("!i", len(body) + 4) + body


FIRST_WORDS = {"http": b"GET / HTTP/1.1\r\nHost: held\r\n",  # and never the end of the request
               "redis": b"", "postgresql": startup_message()}


def connected(address):
    """A new connection."""
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=5)


def hold(kind, address, count):
    """Connections that do nothing."""
    held = []
    for _ in range(count):
        try:
            held.append(connected(address))
            held[-1].sendall(FIRST_WORDS[kind])
            select.select([], [], [], PAUSE)  # nginx gives up those that it has not read from yet
        except OSError:
            break
    print(len(held), flush=True)
    sys.stdin.read()


class Worker(threading.Thread):
    """One client, with a new connection every so many requests."""

    def __init__(self, kind, address, until):
        super().__init__(daemon=True)
        self.ask = {"http": self.ask_http, "redis": self.ask_redis}[kind]
        self.address = address
        self.until = until
        self.number = 0
        self.served = 0
        self.failed = 0

    def run(self):
        while time.monotonic() < self.until:
            try:
                with connected(self.address) as connection:
                    stream = connection.makefile("rb")
                    for _ in range(REQUESTS_PER_CONNECTION):
                        self.ask(connection, stream)
                        self.served += 1
                        select.select([], [], [], PAUSE)
            except (OSError, ValueError):
                self.failed += 1
                select.select([], [], [], PAUSE)

    def ask_http(self, connection, stream):
        """One page, with status 200."""
        connection.sendall(b"GET / HTTP/1.1\r\nHost: load\r\n\r\n")
        if stream.readline().split()[1:2] != [b"200"]:
            raise ValueError("no 200")
        length = 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(stream.read(length)) != length:
            raise ValueError("half a page")

    def ask_redis(self, connection, stream):
        """A value is written and read again."""
        self.number += 1
        connection.sendall(f"SET load {self.number}\r\nINCRBY load 0\r\n".encode())
        if stream.readline() != b"+OK\r\n" or not stream.readline().startswith(b":"):
            raise ValueError("no such answer")


def load(kind, address, seconds):
    """Many requests."""
    until = time.monotonic() + seconds
    workers = [Worker(kind, address, until) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps({"served": sum(worker.served for worker in workers),
                      "failed": sum(worker.failed for worker in workers)}))


def main():
    verb, kind, address, number = sys.argv[1:]
    if verb == "hold":
        hold(kind, address, int(number))
    else:
        load(kind, address, float(number))


if __name__ == "__main__":
    main()
