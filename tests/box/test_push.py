# SPDX-License-Identifier: MIT
"""The push sockets as systemd makes them, with real users."""

import re
import time
import unittest
from pathlib import Path

from case import BoxCase
from installed import ENFORCE

DOCS = Path(__file__).resolve().parents[2] / "docs" / "push.md"
ONE, OTHER, STRANGER = "games", "news", "backup"  # of every Debian's /etc/passwd
RULES = f"""\
[source.app]
kind             = "push"
users            = ["{ONE}", "{OTHER}"]
interval         = "1s"
lines_per_second = {{rate}}

[target.app]
unit    = "app.service"
mode    = "dry_run"
warm_up = "0s"

[target.app.indicator.jobs]
source = "app"
value  = {{{{ gauge = "jobs_waiting" }}}}
error  = {{{{ above = 100 }}}}
trip   = "1 of 1"
clear  = "1 of 1"

[target.app.indicator.done]
source = "app"
value  = {{{{ rate = "jobs_done_total", over = "10s" }}}}
error  = {{{{ above = 1000000 }}}}
"""
# Writes lines as fast as they are taken, on as many connections as it may, until it is ended.
FLOOD = """
import os, select, socket, sys
line = b'{"v":1,"type":"sample","source":"app","series":"jobs_waiting","value":1}\\n' * 200
kind, path = sys.argv[1], sys.argv[2]
if kind == "dgram":
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.connect(path)
    print(os.getpid(), flush=True)
    while True:
        s.send(line[:len(line) // 200])
def connected():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    s.setblocking(False)
    return s
sockets = [connected() for _ in range(8)]
print(os.getpid(), flush=True)
while True:
    for s in select.select([], sockets, [])[1]:
        try:
            s.send(line if kind == "good" else b"nonsense\\n" * 2000)
        except BlockingIOError:
            pass
        except OSError:  # what a flood before it has left is still being read
            sockets.remove(s)
            sockets.append(connected())
"""
# 200 lines, one at a time, each on its way as soon as the one before is written.
CALM = """
import json, socket, sys, time
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.connect("/run/primum/push.sock")
    slowest = 0
    for i in range(200):
        begun = time.monotonic()
        s.sendall(json.dumps({"v": 1, "type": "sample", "source": "app",
                              "series": "jobs_done_total", "value": i}).encode() + b"\\n")
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.005)
    s.shutdown(socket.SHUT_WR)
    answers = s.makefile().read()
print(json.dumps({"answers": answers, "slowest": slowest}))
"""


class PushTest(BoxCase):
    """What comes in, and what does not."""

    def begin_with(self, rate=1000):
        """primumd with a push source that two users may push to."""
        self.unit("app")
        self.begin({"app": RULES.format(rate=rate)})

    def push(self, *words, user=ONE, check=True):
        """primumctl push to the source, as a user."""
        return self.primum.ctl("push", "--source", "app", *words, user=user, check=check)

    def indicator(self, name):
        """What the target says of one of its indicators."""
        evidence = self.primum.json("explain", "app")["explanation"]["evidence"]
        return next(entry for entry in evidence if entry["indicator"] == name)

    def test_a_pushed_value_is_evidence(self):
        self.begin_with()
        self.push("jobs_waiting", "12")
        self.until(lambda: self.indicator("jobs")["severity"] == "ok", 5, "the value to be judged")
        self.push("jobs_waiting", "120", user=OTHER)
        self.until(lambda: self.target("app")["level"] != "steady", 10, "app to be ill")

    def test_who_may_push_is_decided_by_the_uid(self):
        self.begin_with()
        for path, kind in (("/run/primum/push.sock", "socket"),
                           ("/run/primum/push.dgram", "socket")):
            self.assertEqual(self.box.out(["stat", "-c", "%a %U %F", path]), f"666 root {kind}")
        done = self.push("jobs_waiting", "12", user=STRANGER, check=False)
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn("not_permitted", done.stderr)
        self.push("jobs_waiting", "12", user=OTHER)

    def test_silence_is_a_failure_of_the_source_alone(self):
        self.begin_with()
        self.push("jobs_waiting", "12")
        self.until(lambda: self.incidents("source:app"), 10, "the source to fail")
        self.assertEqual(self.incidents("app"), [])
        # It has answered once it has for three intervals.
        self.until(lambda: self.push("jobs_waiting", "12") and
                   not self.incidents("source:app")[0]["open"], 20, "the incident to close")

    def test_what_is_pushed_never_starts_a_stopped_primumd(self):
        self.begin_with()
        self.box.run(["systemctl", "stop", "primumd.service"])
        done = self.push("jobs_waiting", "12", check=False)
        self.assertEqual(done.returncode, 69, done.stderr)
        self.stays(lambda: not self.primum.active(), 1, "primumd stays stopped")
        self.primum.start()
        self.primum.wait_ready()
        self.push("jobs_waiting", "12")

    def test_a_primumd_that_died_has_its_sockets_again(self):
        self.begin_with()
        before = self.box.main_pid("primumd.service")
        self.box.run(["systemctl", "kill", "--kill-whom=main", "--signal=SIGKILL",
                      "primumd.service"])
        self.until(lambda: self.box.main_pid("primumd.service") not in (0, before), 10,
                   "primumd to be back")
        self.primum.wait_ready()
        self.until(lambda: self.push("jobs_waiting", "12", check=False).returncode == 0, 5,
                   "pushes to be taken again")

    def test_the_clients_of_the_page_work(self):
        self.begin_with()
        blocks = re.findall(r"```(sh|python|perl)\n(.*?)```", DOCS.read_text(encoding="utf-8"),
                            re.DOTALL)
        self.assertEqual(sorted(kind for kind, _ in blocks), ["perl", "python", "sh", "sh"])
        for kind, text in blocks:
            run = {"sh": ["sh", "-ec"], "python": ["/usr/bin/python3", "-c"],
                   "perl": ["perl", "-e"]}[kind]
            self.box.run(["mkdir", "-p", "/var/spool/app"])
            done = self.box.run([*run, text], user=ONE)
            self.assertEqual(done.stdout + done.stderr, "", text)
            self.until(lambda: self.indicator("jobs")["severity"] == "ok", 5, kind)
            self.until(lambda: self.incidents("source:app") and
                       self.incidents("source:app")[0]["open"], 10, "silence")


class PushFloodTest(BoxCase):
    """One user pushes as fast as it can: the others, and the loop, do not notice."""

    def latency(self):
        """{bound: count} of decisions so far, cumulative."""
        found = {}
        for name, value in self.primum.metrics().items():
            bound = re.match(r'primum_decision_latency_seconds_bucket\{.*le="([^"]+)"', name)
            if bound:
                found[float(bound.group(1))] = value
        return found

    @staticmethod
    def p99(before, after):
        """The bound below which 99 of 100 decisions between two looks were made, in seconds."""
        counts = sorted((bound, after[bound] - before[bound]) for bound in after)
        total = counts[-1][1]
        return next(bound for bound, count in counts if count >= 0.99 * total), int(total)

    def calm(self):
        """What the well-behaved user saw, and how the daemon decided meanwhile."""
        before = self.latency()
        done = self.box.run(["/usr/bin/python3", "-c", CALM], user=OTHER, timeout=60)
        begun = time.monotonic()
        self.primum.json("status")
        answered = time.monotonic() - begun
        bound, decisions = self.p99(before, self.latency())
        return done.stdout, bound, decisions, answered

    def cpu_seconds(self):
        """CPU time of primumd so far."""
        return self.primum.metrics()["primum_process_cpu_seconds_total"]

    def test_a_flood_of_one_user_starves_nobody(self):
        self.unit("app")
        self.begin({"app": RULES.format(rate=1000)}, settings=ENFORCE)
        out, bound, decisions, answered = self.calm()
        print(f"\npush, before: {decisions} decisions, p99 <= {bound * 1e3:g} ms, "
              f"primumctl status {answered * 1e3:.0f} ms")
        self.assertIn('"answers": ""', out)
        for kind, path in (("good", "/run/primum/push.sock"), ("bad", "/run/primum/push.sock"),
                           ("dgram", "/run/primum/push.dgram")):
            with self.subTest(kind):
                flood = self.box.popen(["setpriv", f"--reuid={ONE}", "--clear-groups", "--",
                                        "/usr/bin/python3", "-c", FLOOD, kind, path],
                                       stdout=-1, text=True)
                pid = int(flood.stdout.readline())
                try:
                    cpu, begun = self.cpu_seconds(), time.monotonic()
                    out, bound, decisions, answered = self.calm()
                    share = (self.cpu_seconds() - cpu) / (time.monotonic() - begun)
                finally:
                    self.box.run(["sh", "-c", f"kill -9 {pid}"])
                    flood.wait()
                    flood.stdout.close()
                print(f"push, {kind} flood: {decisions} decisions, p99 <= {bound * 1e3:g} ms, "
                      f"primumctl status {answered * 1e3:.0f} ms, primumd {share:.0%} of a core, "
                      f"the other user: {out.strip()}")
                self.assertIn('"answers": ""', out, "nothing of the other user is refused")
                self.assertLessEqual(bound, 0.01)
                self.assertLess(answered, 1)


if __name__ == "__main__":
    unittest.main()
