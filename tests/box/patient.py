#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A service that can be ill in several ways, each cured by another remedy. Runs in the box.

`patient_illness` of /metrics is 0 when it is well, 1 when it is ill, 2 when it is worse.
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import threading

HOME = pathlib.Path("/var/lib/patient")
MACHINE = pathlib.Path("/etc/machine-info")
memory = {"ill": 0, "drained": False, "sessions": [], "stored": []}


def illness():
    """How ill it is: in its memory, by its files, or by the host's pretty name."""
    if (HOME / "needed").exists() or not (HOME / "watch").exists():
        files = 0
    else:
        files = 2
    lock = 1 if (HOME / "stale.lock").exists() else 0
    text = MACHINE.read_text(encoding="utf-8") if MACHINE.exists() else ""
    name = 1 if "PRETTY_HOSTNAME=ill" in text else 2 if "PRETTY_HOSTNAME=worse" in text else 0
    return max(memory["ill"], files, lock, name)


class Handler(http.server.BaseHTTPRequestHandler):
    """GET /metrics, /sessions, /save, /restore; POST /ill, /worse, /cure, /session/NAME."""

    def log_message(self, *_):
        """Says nothing."""

    def answer(self, text, status=200):
        """One whole answer."""
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        """Looks, and the two hooks."""
        if self.path == "/metrics":
            self.answer(f"# TYPE patient_illness gauge\npatient_illness {illness()}\n")
        elif self.path == "/save":
            memory["drained"] = True
            (HOME / "sessions.json").write_text(json.dumps(memory["sessions"]), encoding="utf-8")
            self.answer("saved\n")
        elif self.path == "/restore":
            memory["drained"] = False
            memory["sessions"] = json.loads((HOME / "sessions.json").read_text(encoding="utf-8"))
            self.answer("restored\n")
        else:
            self.answer(json.dumps(memory["sessions"]) + "\n")

    def do_POST(self):
        """What makes it ill or well."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/ill":
            memory["ill"] = 1
        elif self.path == "/worse":
            memory["ill"] = 2
        elif self.path == "/cure" and json.loads(body) == {"why": 'because of "it"\n'}:
            memory["ill"] = 0
        elif self.path.startswith("/session/"):
            memory["sessions"].append(self.path.rsplit("/", 1)[1])
        else:
            self.answer("no\n", 400)
            return
        self.answer("ok\n")


def notify(text, descriptors=()):
    """sd_notify, with descriptors for the store."""
    path = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.connect("\0" + path[1:] if path.startswith("@") else path)
        socket.send_fds(to, [text.encode()], list(descriptors))


def cure(*_):
    """SIGHUP: the configuration is read again."""
    memory["ill"] = 0


def worsen(*_):
    """SIGUSR2: it was not meant for this."""
    memory["ill"] = 2


def keep_descriptors():
    """Two descriptors are kept by systemd; with /var/lib/patient/lose one gets lost on the way."""
    stored = int(os.environ.get("LISTEN_FDS", "0"))
    if stored == 0:
        for name in ("one", "two"):
            memory["stored"].append(os.memfd_create(name))
            notify(f"FDSTORE=1\nFDNAME={name}", memory["stored"][-1:])
    elif (HOME / "lose").exists():
        notify("FDSTOREREMOVE=1\nFDNAME=two")


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, cure)
    signal.signal(signal.SIGUSR2, worsen)
    if (HOME / "born_ill").exists():
        memory["ill"] = 1
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 9801), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keep_descriptors()
    notify("READY=1")
    while True:
        signal.pause()
