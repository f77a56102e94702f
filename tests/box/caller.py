# SPDX-License-Identifier: MIT
"""Calls primumd very often, well and badly, over a raw connection to the bus: run inside the box.

usage: caller.py COUNT SEED. Prints one JSON object: how many of each answer came.
"""

import json
import os
import random
import socket
import struct
import sys

BUS = "/run/dbus/system_bus_socket"
NAME = "org.primum.Primum1"
ROOT = "/org/primum/Primum1"
WINDOW = 64  # calls that wait for an answer; the bus allows 128


def _pad(data, size):
    data.extend(b"\0" * (-len(data) % size))


def _string(data, text):
    raw = text.encode() if isinstance(text, str) else text
    _pad(data, 4)
    data.extend(struct.pack("<I", len(raw)) + raw + b"\0")


def body_of(signature, values):
    """Values of the types s, u, t and o in their wire form."""
    data = bytearray()
    for kind, value in zip(signature, values):
        if kind in "so":
            _string(data, value)
        elif kind == "u":
            _pad(data, 4)
            data.extend(struct.pack("<I", value))
        else:
            _pad(data, 8)
            data.extend(struct.pack("<Q", value))
    return bytes(data)


def message(path, interface, member, signature="", values=(), destination=NAME, flags=0):
    """A method call whose serial, bytes 8 to 11, is yet to be set."""
    body = body_of(signature, values)
    fields = bytearray()
    for code, kind, value in ((1, "o", path), (2, "s", interface), (3, "s", member),
                              (6, "s", destination), (8, "g", signature)):
        if not value:
            continue
        _pad(fields, 8)
        fields.extend(bytes([code, 1]) + kind.encode() + b"\0")
        if kind == "g":
            fields.extend(bytes([len(value)]) + value.encode() + b"\0")
        else:
            _string(fields, value)
    head = bytearray(struct.pack("<BBBBIII", ord("l"), 1, flags, 1, len(body), 1, len(fields)))
    head.extend(fields)
    _pad(head, 8)
    return head + body


class Connection:
    """One connection, as whoever runs this."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(BUS)
        uid = str(os.getuid()).encode().hex()
        self.socket.sendall(f"\0AUTH EXTERNAL {uid}\r\n".encode())
        self.buffer = b""
        self.socket.recv(4096)
        self.socket.sendall(b"BEGIN\r\n")
        self.serial = 0
        hello = message("/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello",
                        destination="org.freedesktop.DBus")
        self.send(hello)
        self.answer()

    def send(self, made):
        """Sends a copy with the next serial."""
        self.serial += 1
        made[8:12] = struct.pack("<I", self.serial)
        self.socket.sendall(made)

    def _fill(self, size):
        while len(self.buffer) < size:
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the bus has closed the connection")
            self.buffer += more

    def answer(self):
        """The next reply: its error name, or "ok"."""
        while True:
            self._fill(16)
            kind, body, fields = self.buffer[1], *struct.unpack_from("<I4xI", self.buffer, 4)
            size = 16 + fields + (-fields % 8) + body
            self._fill(size)
            whole, self.buffer = self.buffer[:size], self.buffer[size:]
            if kind == 2:
                return "ok"
            if kind == 3:
                start = whole.find(b".Error.")
                begin = whole.rfind(b"\0", 0, start) + 1
                return whole[begin:whole.find(b"\0", start)].decode(errors="replace")


def kinds(random_source):
    """Calls of every kind; which texts they carry is drawn."""
    texts = ["", "web", "x" * 300, "ü" * 100, "a\nb", "\x01", "../../etc", "%s%n", "'; DROP--",
             "x" * 60_000]
    manager, target = f"{NAME}.Manager", f"{NAME}.Target"
    draw = random_source.choice
    number = random_source.getrandbits

    def text():
        return draw(texts)

    for member in ("Status", "ListTargets", "Sources", "Providers", "Nothing"):
        yield message(ROOT, manager, member)
    for member in ("Explain", "Source", "Reload"):
        yield message(ROOT, manager, member, "s", (text(),))
    for member in ("Hold", "Disable"):
        yield message(ROOT, manager, member, "sts", (text(), number(64), text()))
    for member in ("Release", "Enable", "Rollback", "ResetBreaker"):
        yield message(ROOT, manager, member, "ss", (text(), text()))
    for member in ("Force", "Label", "NoteProvider"):
        yield message(ROOT, manager, member, "sss", (text(), text(), text()))
    for member in ("Incidents", "Actions"):
        yield message(ROOT, manager, member, "ut", (number(32), number(64)))
        yield message(ROOT, manager, member, "ut", (1 + number(4), 0))
    yield message(ROOT, manager, "ListTargetsAfter", "us", (number(9), text()))
    yield message(ROOT, manager, "Incident", "t", (number(64),))
    yield message(ROOT, manager, "Acknowledge", "ts", (number(64), text()))
    yield message(ROOT, manager, "Hold", "s", (text(),))          # too few arguments
    yield message(ROOT, manager, "Status", "u", (number(32),))    # too many
    yield message(ROOT, manager, "Hold", "tst", (1, text(), 2))   # of other types
    yield message(ROOT, f"{NAME}.Nothing", "Status")
    yield message("/org/primum/Elsewhere", manager, "Status")
    yield message(f"{ROOT}/target/web", target, "Explain")
    yield message(f"{ROOT}/target/web", target, "Force", "ss", ("restart", text()))
    yield message(f"{ROOT}/target/no_5fbody", target, "Explain")
    yield message(f"{ROOT}/target/_zz", target, "Explain")
    yield message(f"{ROOT}/incident/9", f"{NAME}.Incident", "Story")
    properties = "org.freedesktop.DBus.Properties"
    yield message(f"{ROOT}/target/web", properties, "GetAll", "s", (target,))
    yield message(f"{ROOT}/target/web", properties, "Get", "ss", (target, draw(("Level", "No"))))
    yield message(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    yield message(ROOT, "org.freedesktop.DBus.Introspectable", "Introspect")
    yield message(ROOT, "org.freedesktop.DBus.Peer", "Ping")


def malformed(random_source):
    """Messages that the bus itself should not let through."""
    good = message(ROOT, f"{NAME}.Manager", "Hold", "sts", ("web", 60_000_000, "because"))
    for _ in range(8):
        bad = bytearray(good)
        for _ in range(1 + random_source.getrandbits(2)):
            bad[random_source.randrange(len(bad))] = random_source.getrandbits(8)
        yield bad
    yield message(ROOT, f"{NAME}.Manager", "Explain", "s", (b"\xff\xfe not text",))


def call_often(count, seed):
    """The answers, counted."""
    source = random.Random(seed)
    told = {}
    connection = Connection()
    waiting = 0
    made = 0
    while made < count:
        for each in kinds(source):
            connection.send(each)
            made += 1
            waiting += 1
            while waiting >= WINDOW:
                told_now = connection.answer()
                told[told_now] = told.get(told_now, 0) + 1
                waiting -= 1
    while waiting:
        told_now = connection.answer()
        told[told_now] = told.get(told_now, 0) + 1
        waiting -= 1
    for bad in malformed(source):
        other = Connection()
        other.socket.settimeout(1)
        try:
            other.send(bad)
            other.answer()
        except (OSError, EOFError, struct.error):
            told["cut off"] = told.get("cut off", 0) + 1
        other.socket.close()
    return told


def main():
    """The command line."""
    print(json.dumps(call_often(int(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
