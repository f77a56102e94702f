# SPDX-License-Identifier: MIT
"""Rules held against the live units of a host, and rules that are made of them."""

import json
import unittest

from case import BoxCase

RULE = """\
[target.worker]
unit = "worker.service"
indicator.unit.value = "unit_state"

[target.worker.ladder.retry]
remedy = [{ reload = {} }]

[target.worker.ladder.restart]
remedy = [{ restart = {} }]
"""

LIMITED = "StartLimitIntervalSec=1h\nStartLimitBurst=1\n"


class LiveLintTest(BoxCase):
    """primumctl rules check asks systemd about the units of this host."""

    def lints(self, text, *options):
        """{(code, line)} of a rule file, and whether units were asked for."""
        self.box.write("/tmp/live.toml", text)
        done = self.primum.ctl("rules", "check", "/tmp/live.toml", "--json", *options)
        said = json.loads(done.stdout)
        return {(each["code"], each["line"]) for each in said["warnings"]}, said["units"]

    def test_a_unit_that_goes_with_its_rule(self):
        self.unit("worker", extra="ExecReload=/bin/true\nRestart=no\n")
        self.assertEqual(self.lints(RULE), (set(), "asked"))

    def test_a_unit_that_is_not_there(self):
        self.assertEqual(self.lints(RULE), ({("unit_not_loaded", 2)}, "asked"))
        self.assertEqual(self.lints(RULE, "--offline"), (set(), "offline"))

    def test_what_systemd_does_by_itself(self):
        self.unit("worker", extra="Restart=on-failure\nRestartSec=30\n", unit_lines=LIMITED)
        self.assertEqual(self.lints(RULE), ({("cannot_reload", 6), ("start_limit", 8),
                                             ("lock_step", 5), ("lock_step", 8)}, "asked"))
        self.assertEqual(self.primum.ctl("rules", "check", "/tmp/live.toml", "--strict",
                                         check=False).returncode, 65)

    def test_a_timer_that_restarts_the_unit_too(self):
        self.unit("worker", extra="ExecReload=/bin/true\nRestart=no\n")
        self.box.write("/run/systemd/system/again.service",
                       "[Service]\nType=oneshot\nExecStart=/bin/systemctl try-restart worker\n")
        self.box.write("/run/systemd/system/again.timer", "[Timer]\nOnCalendar=*:0/5\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "again.timer"])
        try:
            self.assertEqual(self.lints(RULE), ({("lock_step", 5), ("lock_step", 8)}, "asked"))
        finally:
            self.box.run(["systemctl", "stop", "again.timer"])
            self.box.run(["sh", "-c", "rm -f /run/systemd/system/again.*"])


class NewRuleTest(BoxCase):
    """primumctl rules new makes a rule of what the host says of a unit."""

    def test_a_service_with_a_port(self):
        self.unit("worker", extra="ExecReload=/bin/true\nRestart=on-failure\nRestartSec=30\n",
                  start="exec python3 -m http.server 8099 --bind 127.0.0.1")
        self.until(lambda: '"127.0.0.1:8099"' in
                   self.primum.ctl("rules", "new", "worker").stdout, 20, "the port to be seen")
        self.box.run(["rm", "-f", "/tmp/made.toml"])
        self.primum.ctl("rules", "new", "worker.service", "--output", "/tmp/made.toml")
        made = self.box.path("/tmp/made.toml").read_text(encoding="utf-8")
        self.assertIn("Restart=on-failure, RestartSec=30s", made)
        self.assertIn('mode = "dry_run"', made)
        self.assertIn("reload", made)
        self.primum.ctl("rules", "check", "--strict", "/tmp/made.toml")
        again = self.primum.ctl("rules", "new", "worker", "--output", "/tmp/made.toml",
                                check=False)
        self.assertNotEqual(again.returncode, 0)
        self.assertEqual(self.box.path("/tmp/made.toml").read_text(encoding="utf-8"), made)

    def test_every_service_that_runs_here(self):
        """Each gets a rule without a warning, or is refused."""
        listed = self.box.out(["systemctl", "list-units", "--type=service", "--plain",
                               "--no-legend", "--state=active"])
        units = [line.split()[0] for line in listed.splitlines() if line.strip()]
        refused = []
        for unit in units:
            with self.subTest(unit=unit):
                done = self.primum.ctl("rules", "new", unit, check=False)
                if done.returncode != 0:
                    self.assertIn("protected", done.stderr)
                    refused.append(unit)
                    continue
                self.box.write("/tmp/each.toml", done.stdout)
                self.primum.ctl("rules", "check", "--strict", "/tmp/each.toml")
        self.assertIn("dbus.service", refused)

    def test_what_is_protected_or_not_there_is_refused(self):
        for unit, why in (("dbus.service", "protected"), ("nothing.service", "there is no unit")):
            done = self.primum.ctl("rules", "new", unit, check=False)
            self.assertEqual(done.returncode, 64)
            self.assertIn(why, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
