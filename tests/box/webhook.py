# SPDX-License-Identifier: MIT
"""A receiver of webhooks inside the box: whatever is posted to it is written down, a line each."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = 9099
URL = f"http://127.0.0.1:{PORT}"
FILE = "/run/test-webhook.jsonl"
UNIT = "test-webhook.service"


class Receiver(BaseHTTPRequestHandler):
    """Takes every POST."""

    def do_POST(self):  # pylint: disable=invalid-name
        """{"path": ..., "body": ...} as one line."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(FILE, "a", encoding="utf-8") as out:
            out.write(json.dumps({"path": self.path, "body": json.loads(body)}) + "\n")
        self.send_response(200)
        self.end_headers()

    def do_GET(self):  # pylint: disable=invalid-name
        """For whoever asks whether it is there."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Nothing."""


def start(case):
    """Begins it in the box of a test, with nothing received, until the test has ended."""
    box = case.box
    box.run(["rm", "-f", FILE])
    with open(__file__, encoding="utf-8") as source:
        box.write("/run/test-webhook.py", source.read())
    box.run(["systemd-run", f"--unit={UNIT}", "--collect", "python3", "/run/test-webhook.py"])
    case.addCleanup(box.run, ["systemctl", "stop", UNIT], check=False)
    case.until(lambda: box.run(["curl", "-sfS", URL], check=False).returncode == 0, 20,
               "the webhook receiver to be there")


def received(box):
    """What was posted so far, in its order."""
    path = box.path(FILE)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()
            if line.endswith("}")]


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
    sys.exit(1)
