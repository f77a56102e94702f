#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A service whose files make it ill; it reads them at its start and at SIGHUP. Runs in the box.

`clinic_illness` of /metrics is 0 when it is well, 1 when it is ill, 2 when it is worse. It is ill
while the upstream that it asks is not up, and while its configuration says so.
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import tomllib

HOME = pathlib.Path("/etc/clinic")
NAMES = ("primary", "secondary", "third", "useless", "worst")
memory = {}


def upstream():
    """Who is asked: whatever pointer there is names it."""
    if (HOME / "current").is_symlink():
        return (HOME / "current").readlink().name
    if (HOME / "upstream.conf").exists():
        return (HOME / "upstream.conf").read_text(encoding="utf-8").strip()
    if (HOME / "clinic.toml").exists():
        return tomllib.loads((HOME / "clinic.toml").read_text(encoding="utf-8"))["up"]["name"]
    if (HOME / "clinic.json").exists():
        return json.loads((HOME / "clinic.json").read_text(encoding="utf-8"))["up"]["name"]
    lines = (HOME / "clinic.env").read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines
                if "=" in line and not line.startswith("#"))["UPSTREAM"].strip()


def read(*_):
    """The files, as they are now."""
    memory["upstream"] = upstream()
    memory["broken"] = "broken" in (HOME / "clinic.conf").read_text(encoding="utf-8")
    memory["harm"] = (HOME / "conf.d" / "harm").exists()


def illness(up):
    """How ill it is."""
    if memory["harm"] or memory["upstream"] == "worst":
        return 2
    ill = memory["broken"] or memory["upstream"] == "useless" or memory["upstream"] not in up
    return 1 if ill or pathlib.Path("/run/clinic-ill").exists() else 0


class Handler(http.server.BaseHTTPRequestHandler):
    """GET: the metrics."""

    def log_message(self, *_):
        """Says nothing."""

    def do_GET(self):
        """What /run/clinic-up says of the upstreams: NAME is up, NAME! is rate-limited."""
        up = pathlib.Path("/run/clinic-up").read_text(encoding="utf-8").split()
        lines = [f"clinic_illness {illness(up)}"]
        for name in NAMES:
            lines += [f'candidate_up{{name="{name}"}} {int(name in up)}',
                      f'candidate_limited{{name="{name}"}} {int(name + "!" in up)}']
        body = ("\n".join(lines) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def notify(text):
    """sd_notify."""
    path = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.connect("\0" + path[1:] if path.startswith("@") else path)
        to.send(text.encode())


if __name__ == "__main__":
    read()
    signal.signal(signal.SIGHUP, read)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 9802), Handler)
    notify("READY=1")
    server.serve_forever()
