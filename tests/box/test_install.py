# SPDX-License-Identifier: MIT
"""What an installation looks like, and how the services start and stop."""

import re
import time
import unittest

from case import BoxCase, restart_rule
from installed import RULES_DIR, SETTINGS

UNITS = ["primumd.service", "primum-actuator.service", "primum-actuator.socket",
         "primumd-push.socket"]


class InstallTest(BoxCase):
    """Units, users, directories."""

    def test_systemd_finds_no_fault_with_the_units(self):
        done = self.box.run(["systemd-analyze", "verify", *UNITS], check=False)
        self.assertEqual((done.returncode, done.stderr.strip()), (0, ""))

    def exposure(self, unit):
        """What systemd-analyze security makes of a unit: 0 is locked in, 10 is open."""
        done = self.box.run(["systemd-analyze", "security", unit], check=False)
        return float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout).group(1))

    def test_the_services_are_locked_in(self):
        figures = {unit: self.exposure(unit) for unit in UNITS[:2]}
        print("exposure:", ", ".join(f"{unit} {figure}" for unit, figure in figures.items()))
        for unit, figure in figures.items():
            self.assertLessEqual(figure, 2.0, unit)

    def test_the_actuator_has_what_putting_files_back_takes_and_no_more(self):
        self.begin({})
        self.primum.json("status")
        shown = self.box.show("primum-actuator.service", "CapabilityBoundingSet")
        self.assertEqual(sorted(shown["CapabilityBoundingSet"].split()),
                         ["cap_chown", "cap_dac_override", "cap_fowner", "cap_fsetid"])

    def test_primumd_has_no_privileges(self):
        self.begin({})
        status = self.box.path(f"/proc/{self.box.main_pid('primumd.service')}/status").read_text()
        self.assertIn("CapEff:\t0000000000000000", status)
        self.assertNotIn("Uid:\t0\t", status)

    def test_the_directories_belong_to_whom_they_should(self):
        self.begin({})
        for path, wanted in (("/run/primum", "755 root root"),
                             ("/run/primum/actuator.sock", "660 root primum"),
                             ("/run/primum/push.sock", "666 root root"),
                             ("/run/primum/push.dgram", "666 root root"),
                             ("/var/lib/primum", "750 primum primum"),
                             ("/var/lib/primum-actuator", "700 root root"),
                             ("/etc/primum/rules.d", "755 root root")):
            self.assertEqual(self.box.out(["stat", "-c", "%a %U %G", path]), wanted, path)

    def test_run_primum_outlives_the_services(self):
        self.begin({})
        self.primum.stop()
        self.assertEqual(self.box.out(["stat", "-c", "%a %U", "/run/primum"]), "755 root")

    def test_an_empty_settings_file_means_dry_run(self):
        self.begin({}, settings="")
        self.assertEqual(self.primum.json("status")["host"]["mode"], "dry_run")

    def test_the_example_settings_are_right_when_taken_out_of_their_comments(self):
        example = self.box.path(SETTINGS + ".example").read_text()
        lines = [re.sub(r"^# (\[|[a-z_.]+ += )", r"\1", line) for line in example.splitlines()]
        self.assertIn('mode      = "dry_run"', " ".join(lines))
        self.box.write("/tmp/settings.toml", "\n".join(lines) + "\n")
        self.primum.ctl("rules", "check", RULES_DIR, "--settings", "/tmp/settings.toml")

    def test_a_second_primumd_gives_way(self):
        self.begin({})
        done = self.box.run(["/usr/bin/primumd"], check=False, user="primum", timeout=20)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertTrue(self.primum.active())

    def test_stops_within_five_seconds(self):
        self.unit("sleeper")
        self.begin({"sleeper": restart_rule("sleeper")})
        begun = time.monotonic()
        self.box.run(["systemctl", "stop", "primumd.service"])
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(self.box.show("primumd.service", "Result")["Result"], "success")

    def test_the_watchdog_is_kicked(self):
        self.begin({})
        shown = self.box.show("primumd.service", "WatchdogUSec", "StatusText",
                              "WatchdogTimestampMonotonic")
        self.assertNotEqual(shown["WatchdogUSec"], "0")
        self.assertNotEqual(shown["WatchdogTimestampMonotonic"], "0")
        self.assertNotEqual(shown["StatusText"], "")


if __name__ == "__main__":
    unittest.main()
