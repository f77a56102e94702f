# SPDX-License-Identifier: MIT
"""What primumd says of itself over HTTP."""

import shutil
import time
import unittest

from case import BoxCase, restart_rule
from installed import METRICS_URL

HALF_OPEN = """
import socket, sys, time
sockets = []
for _ in range(2):
    s = socket.create_connection(("127.0.0.1", 9763))
    s.sendall(b"GET /metrics HTTP/1.1\\r\\nHost: x")
    sockets.append(s)
print("open", flush=True)
time.sleep(60)
"""


class HttpTest(BoxCase):
    """/metrics and /healthz."""

    def test_promtool_finds_no_fault_with_the_metrics(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not here (packaging/dependencies peers)")
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")
        done = self.box.run(["sh", "-c", f"curl -sS {METRICS_URL} | promtool check metrics"],
                            check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_the_metrics_tell_what_happened(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")
        names = self.primum.metrics()
        self.assertTrue(all(name.startswith(("primum_", "process_")) for name in names), names)
        actions = [name for name, value in names.items()
                   if "action" in name and 'level="restart"' in name and value == 1]
        self.assertTrue(actions, sorted(names))

    def test_dry_run_has_counters_of_its_own(self):
        self.unit("web")
        self.begin({"web": restart_rule("web", mode="dry_run")})
        self.kill("web")
        self.until(lambda: self.actions("web"), 10, "a dry action")
        real = {name: value for name, value in self.primum.metrics().items()
                if name.startswith("primum_actions_total") and value}
        self.assertEqual({name: value for name, value in real.items()
                          if 'dry_run="true"' not in name}, {})

    def test_healthz_says_well(self):
        self.begin({})
        code = self.box.out(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}",
                             "http://127.0.0.1:9763/healthz"])
        self.assertEqual(code, "200")

    def test_half_open_connections_delay_nothing(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        holder = self.box.popen(["python3", "-c", HALF_OPEN], stdout=-1, text=True)
        try:
            self.assertEqual(holder.stdout.readline(), "open\n")
            for _ in range(5):
                begun = time.monotonic()
                self.primum.metrics()
                self.assertLess(time.monotonic() - begun, 0.5)
            begun = time.monotonic()
            self.kill("web")
            self.until(lambda: self.starts("web") == 2, 5, "web to be restarted")
            self.assertLess(time.monotonic() - begun, 2)
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()

    def test_only_the_loopback_is_listened_on(self):
        self.begin({})
        rows = self.box.out(["cat", "/proc/net/tcp"]).splitlines()[1:]
        port = f":{9763:04X}"
        mine = [row.split()[1] for row in rows if row.split()[1].endswith(port) and
                row.split()[3] == "0A"]
        self.assertEqual(mine, [f"0100007F{port}"])


if __name__ == "__main__":
    unittest.main()
