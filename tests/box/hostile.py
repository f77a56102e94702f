# SPDX-License-Identifier: MIT
"""A primumd that has been taken over: its user, its unit, its sandbox, and not its program.

    hostile.py STEPS ANSWERS

STEPS is a JSON list of connections, each a list of steps {"send": hex, "piece": bytes at a time,
"replies": how many to wait for, "digest": [target, level]}; "@DIGEST@" in what is sent is the plan
digest of that remedy, read from the ledger, which is primumd's own. Answers are written likewise:
{"replies": [...], "closed": whether the other end has let go}.
"""

import json
import socket
import sqlite3
import struct
import sys

SOCKET = "/run/primum/actuator.sock"
LEDGER = "/var/lib/primum/ledger.db"
PATIENCE = 20.0  # seconds for an answer


def plan_digest(target, level):
    """As the last action of that target and level had it."""
    with sqlite3.connect(f"file:{LEDGER}?mode=ro", uri=True) as ledger:
        row = ledger.execute("SELECT plan_digest FROM actions WHERE target = ? AND level = ?",
                             (target, level)).fetchone()
    return row[0]


def frame(body):
    """A whole frame."""
    return struct.pack(">I", len(body)) + body


class Connection:
    """One connection to the actuator."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(SOCKET)
        self.buffer = b""
        self.closed = False

    def send(self, data, piece):
        """All of it, so many bytes at a time."""
        try:
            for start in range(0, len(data), piece):
                self.socket.sendall(data[start:start + piece])
        except (BrokenPipeError, ConnectionResetError):
            self.closed = True

    def receive(self, replies):
        """So many answers, or all until the other end lets go."""
        got = []
        while len(got) < replies:
            if len(self.buffer) >= 4:
                size = struct.unpack(">I", self.buffer[:4])[0]
                if len(self.buffer) >= 4 + size:
                    got.append(json.loads(self.buffer[4:4 + size]))
                    self.buffer = self.buffer[4 + size:]
                    continue
            try:
                more = self.socket.recv(65536)
            except (socket.timeout, ConnectionResetError):
                more = b""
            if not more:
                self.closed = True
                break
            self.buffer += more
        return got


def take(connection, step):
    """One step of a connection."""
    if "body" in step:
        body = json.dumps(step["body"], separators=(",", ":"))
        if "digest" in step:
            body = body.replace("@DIGEST@", plan_digest(*step["digest"]))
        data = frame(body.encode()) * step.get("times", 1)
    else:
        data = bytes.fromhex(step["send"])
    connection.send(data, step.get("piece", len(data) or 1))
    replies = connection.receive(step.get("replies", 1))
    return {"replies": replies, "closed": connection.closed}


def main():
    """Takes all steps."""
    with open(sys.argv[1], encoding="utf-8") as file:
        connections = json.load(file)
    answers = []
    for steps in connections:
        try:
            connection = Connection()
            answers.append([take(connection, step) for step in steps])
            connection.socket.close()
        except OSError as error:
            answers.append([{"replies": [], "closed": True, "error": str(error)}])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answers, file)


main()
