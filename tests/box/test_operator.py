# SPDX-License-Identifier: MIT
"""What a person does is respected: stops, holds, the off switch, dry-run."""

import time
import unittest

from box import wait_until
from case import BoxCase, restart_rule

BUS = ["busctl", "call", "org.primum.Primum1", "/org/primum/Primum1",
       "org.primum.Primum1.Manager"]


class StopTest(BoxCase):
    """What a person stopped stays stopped."""

    def test_a_stopped_unit_stays_stopped(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.box.run(["systemctl", "stop", "web.service"])
        self.stays(lambda: self.state("web") == "inactive", 3, "web was started again")
        self.assertEqual(self.actions("web"), [])

    def test_a_unit_stopped_while_primumd_was_away_stays_stopped(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.primum.stop()
        self.box.run(["systemctl", "stop", "web.service"])
        self.primum.start()
        self.primum.wait_ready()
        self.stays(lambda: self.state("web") == "inactive", 3, "web was started again")

    def test_a_stop_job_under_way_is_never_cancelled(self):
        for wait in (0.0, 0.3, 0.6):
            with self.subTest(wait=wait):
                self.unit("web", extra="ExecStop=/bin/sleep 2\nExecStopPost=/bin/sleep 2")
                self.begin({"web": restart_rule("web", dwell="300ms")})
                self.kill("web")  # ExecStopPost runs for two seconds from here
                time.sleep(wait)
                stop = self.box.run(["systemctl", "stop", "web.service"], check=False)
                self.assertEqual((stop.returncode, stop.stderr), (0, ""))
                self.stays(lambda: self.state("web") in ("inactive", "failed"), 3,
                           "web was started against a stop")
                self.assertEqual(self.starts("web"), 1)
                self.tearDown()
                self.setUp()

    def test_busctl_does_not_start_a_stopped_primumd(self):
        self.begin({})
        self.primum.stop()
        done = self.box.run([*BUS, "Status"], check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse(self.primum.active())
        self.assertEqual(self.primum.ctl("status", check=False).returncode, 69)
        self.assertFalse(self.primum.active())


class ProtectedTest(BoxCase):
    """What may never be a target."""

    def test_primum_and_the_bus_cannot_be_targets(self):
        for unit in ("primumd.service", "primum-actuator.service", "dbus.service", "polkit.service",
                     "systemd-journald.service", "systemd-logind.service", "init.scope"):
            self.box.write("/tmp/protected.toml", restart_rule("victim", unit))
            done = self.primum.ctl("rules", "check", "/tmp/protected.toml", check=False)
            self.assertEqual(done.returncode, 65, f"{unit}: {done.stdout}{done.stderr}")
            self.assertIn("/tmp/protected.toml:", done.stdout + done.stderr)

    def test_an_alias_of_a_protected_unit_is_refused_by_the_actuator(self):
        self.box.run(["ln", "-sf", "/lib/systemd/system/systemd-logind.service",
                      "/etc/systemd/system/innocent.service"])
        self.box.run(["systemctl", "daemon-reload"])
        try:
            self.begin({"innocent": restart_rule("innocent")})
            before = self.box.main_pid("systemd-logind.service")
            self.box.run(["systemctl", "kill", "--signal=SIGKILL", "--kill-whom=main",
                          "systemd-logind.service"])
            wait_until(lambda: self.box.main_pid("systemd-logind.service") not in (0, before), 20,
                       "logind to be restarted by systemd")
            self.assertEqual([row for row in self.actions("innocent")
                              if row["result"] == "done"], [])
        finally:
            self.box.run(["rm", "-f", "/etc/systemd/system/innocent.service"])
            self.box.run(["systemctl", "daemon-reload"])


class OffSwitchTest(BoxCase):
    """Off is off, and nobody needs primum's help for it."""

    def off_while(self, path):
        """Nothing happens to a dead unit while `path` is there, and it is healed after that."""
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.box.write(path, "")
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 2, "acted although switched off")
        self.assertTrue(self.primum.json("status")["host"]["disabled"])
        self.assertEqual(self.guards("web")["disabled"], "veto")
        self.box.run(["rm", path])
        self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)

    def test_the_file_in_run_switches_off(self):
        self.off_while("/run/primum/disabled")

    def test_the_file_in_etc_switches_off(self):
        self.off_while("/etc/primum/disabled")

    def test_holds_while_primumd_hangs_with_a_request_sent(self):
        self.unit("web")
        self.preload("primum-actuator", "/run/crash_at.actuator")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")  # from here on, the first write is the probe, the second `started`
        pid = self.box.main_pid("primum-actuator.service")
        self.box.write("/run/crash_at.actuator", f"sync 2 stop {pid}")
        self.kill("web")
        self.until(lambda: self.stopped("primum-actuator.service"), 10,
                   "the actuator to have the request")
        self.box.signal("primumd.service", 19)
        self.box.write("/run/primum/disabled", "")
        self.box.run(["rm", "/run/crash_at.actuator"])
        self.box.signal("primum-actuator.service", 18)
        self.stays(lambda: self.starts("web") == 2, 3, "acted although switched off")
        self.box.signal("primumd.service", 18)
        self.until(lambda: self.actions("web")[0]["result"] == "failed", 15,
                   "the refusal to be on record")
        self.assertEqual((self.starts("web"), len(self.actions("web"))), (2, 2))

    def test_disable_as_root_works_while_primumd_hangs(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.box.signal("primumd.service", 19)
        self.primum.ctl("disable", "--for", "10m", "--reason", "it hangs")
        self.assertTrue(self.box.path("/run/primum/disabled").exists())
        self.box.signal("primumd.service", 18)

    def test_disable_and_enable_by_the_bus(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.primum.ctl("disable", "web", "--for", "10m", "--reason", "maintenance")
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 2, "acted although disabled")
        self.primum.ctl("enable", "web", "--reason", "done")
        self.until_closed("web")


class HoldTest(BoxCase):
    """Hands off until."""

    def test_a_hold_keeps_hands_off_and_outlives_a_restart(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.primum.ctl("hold", "web", "--for", "10m", "--reason", "being worked on")
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 2, "acted although held")
        self.assertEqual(self.guards("web")["held"], "veto")
        self.box.kill_hard("primumd.service")
        self.until(lambda: self.primum.ctl("status", check=False).returncode == 0, 15, "a restart")
        self.stays(lambda: self.starts("web") == 1, 2, "the hold was forgotten")
        self.primum.ctl("release", "web", "--reason", "done")
        self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)

    def test_a_hold_needs_an_end_and_a_reason(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        for words in (["hold", "web", "--reason", "x"], ["hold", "web", "--for", "1m"],
                      ["hold", "web", "--for", "1000h", "--reason", "x"]):
            self.assertNotEqual(self.primum.ctl(*words, check=False).returncode, 0, words)

    def test_a_hold_ends_by_itself(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.primum.ctl("hold", "web", "--for", "2s", "--reason", "a moment")
        self.kill("web")
        self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)

    def test_nobody_may_hold_without_permission(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        done = self.primum.ctl("hold", "web", "--for", "1m", "--reason", "x", check=False,
                               user="nobody")
        self.assertEqual(done.returncode, 77, done.stdout + done.stderr)
        self.assertEqual(self.primum.ctl("status", user="nobody", check=False).returncode, 0)


class DryRunTest(BoxCase):
    """Dry-run decides everything and does nothing."""

    def test_starts_nothing_and_counts_nothing_real(self):
        self.unit("web")
        self.begin({"web": restart_rule("web", mode="dry_run")})
        self.kill("web")
        self.until(lambda: ("would_act", "dry_run") in self.decisions("web")
                   if self.incidents("web") else False, 10, "what it would do")
        self.stays(lambda: self.starts("web") == 1, 2, "acted in dry-run")
        self.assertEqual([row for row in self.actions("web") if not row["action"]["dry_run"]], [])
        self.assertEqual(self.primum.json("status")["host"]["host_actions_used"], 0)

    def test_the_settings_are_a_ceiling(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")}, settings='mode = "dry_run"\n')
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 3, "acted above the ceiling")

    def test_a_recovery_in_dry_run_is_recovered_anyway(self):
        self.unit("web")
        self.begin({"web": restart_rule("web", mode="dry_run")})
        self.kill("web")
        self.until(lambda: self.actions("web"), 10, "a dry action")
        self.box.run(["systemctl", "start", "web.service"])
        self.until_closed("web")


if __name__ == "__main__":
    unittest.main()
