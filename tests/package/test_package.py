# SPDX-License-Identifier: MIT
"""The Debian packages, as a host meets them: lintian, install, upgrade, what a purge leaves."""

import shutil
import sqlite3
import subprocess
import unittest

import packages
from package_case import PackageCase, why_no_packages
from box import Box, wait_until  # package_case knows where it is

UNITS = ["primumd.service", "primum-actuator.service", "primum-actuator.socket",
         "primumd-push.socket"]
RULE = """\
[target.patient]
unit          = "patient.service"
mode          = "enforce"
enforce_up_to = "restart"
warm_up       = "0s"
soak          = "1h"
indicator.unit.value = "unit_state"

[target.patient.ladder.restart]
when   = "critical"
for    = "0s"
remedy = [{ restart = {} }]
settle = "0s"
verify = "500ms"
"""
# Where a package may leave something; but for caches, logs and dpkg's own books.
LOOKED_AT = ("/etc", "/opt", "/srv", "/usr", "/var")
NOT_LOOKED_AT = ("/var/cache", "/var/log", "/var/tmp", "/var/lib/dpkg", "/var/lib/apt",
                 "/var/lib/systemd/catalog", "/var/lib/systemd/random-seed")


@unittest.skipIf(why_no_packages(), why_no_packages())
class SourceTest(unittest.TestCase):
    """What is known without installing."""

    def test_lintian_finds_no_fault(self):
        folder = packages.built()
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning",
                               *map(str, folder.glob("*.changes"))],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, ""), done.stderr)

    def test_what_is_configuration_is_kept(self):
        shown = subprocess.run(["dpkg-deb", "-I", str(packages.deb_of(packages.built(), "primum")),
                                "conffiles"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(shown.split(), ["/etc/primum/primum.toml"])


class PackageTest(PackageCase):
    """What apt and dpkg do with the package."""

    def active(self, unit):
        """ActiveState of a unit."""
        return self.box.show(unit, "ActiveState")["ActiveState"]

    def ledger(self):
        """A copy of the ledger as it stands on disk, checked by SQLite; {table: rows}."""
        copy = self.primum.files_of("/var/lib/primum")
        self.addCleanup(shutil.rmtree, copy)
        database = sqlite3.connect(copy / "ledger.db")
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        rows = {table: database.execute(f"SELECT * FROM {table}").fetchall()
                for table in ("incidents", "decisions", "actions", "action_transitions")}
        database.close()
        return rows

    def incident(self):
        """The newest incident of the patient, or None."""
        rows = self.primum.json("incidents")["incidents"]
        return rows[0]["incident"] if rows else None

    def fall_ill(self):
        """A patient that fails is restarted once, and its incident stays open."""
        self.box.write("/etc/systemd/system/patient.service",
                       "[Service]\nExecStart=/bin/sleep infinity\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "patient.service"])
        self.primum.configure({"patient": RULE}, 'mode = "enforce"\n')
        self.box.run(["systemctl", "reload", "primumd.service"])
        wait_until(lambda: self.primum.json("explain", "patient")["explanation"]["target"]
                   ["severity"] == "ok", 30, "the patient to be seen")
        self.box.run(["systemctl", "kill", "--signal=SIGKILL", "patient.service"])
        wait_until(lambda: (self.incident() or {}).get("phase") == "soaking", 60,
                   "the patient to be healed, and watched")

    def test_installs_runs_and_observes(self):
        self.install()
        for unit in ("primumd.service", "primum-actuator.socket"):
            self.assertEqual(self.box.out(["systemctl", "is-enabled", unit]), "enabled")
        self.assertEqual(self.active("primumd.service"), "active")
        self.assertEqual(self.primum.json("status")["host"]["mode"], "observe")
        done = self.box.run(["systemd-analyze", "verify", *UNITS], check=False)
        self.assertEqual((done.returncode, done.stderr.strip()), (0, ""))
        self.assertEqual(self.dpkg("--verify", "primum").stdout, "")

    def test_an_upgrade_keeps_the_ledger_and_an_open_incident(self):
        self.install()
        self.fall_ill()
        before = self.incident()
        pid = self.box.main_pid("primumd.service")
        rows = self.ledger()
        self.upgrade()
        self.primum.wait_ready()
        self.assertNotEqual(self.box.main_pid("primumd.service"), pid)
        after = self.incident()
        self.assertEqual((after["id"], after["open"], after["opened"]["wall_us"]),
                         (before["id"], True, before["opened"]["wall_us"]))
        kept = self.ledger()
        for table in ("decisions", "actions", "action_transitions"):
            self.assertEqual(kept[table][:len(rows[table])], rows[table], table)
        self.assertEqual(len(self.primum.json("actions")["actions"]), 1, "nothing is done twice")
        self.primum.ctl("ledger", "verify")
        self.assertEqual(self.primum.json("status")["host"]["mode"], "enforce", "a conffile stays")

    def test_what_a_person_stopped_or_disabled_stays_so_over_an_upgrade(self):
        self.install()
        self.box.run(["systemctl", "stop", "primumd.service"])
        self.box.run(["systemctl", "disable", "primumd.service"])
        self.upgrade()
        self.assertEqual(self.active("primumd.service"), "inactive")
        self.assertEqual(self.box.out(["systemctl", "is-enabled", "primumd.service"], check=False),
                         "disabled")

    def test_an_upgrade_leaves_alone_a_primumd_whose_successor_would_refuse_the_rules(self):
        self.install()
        pid = self.box.main_pid("primumd.service")
        self.box.write("/etc/primum/rules.d/bad.toml", "[target.a]\nunit = 7\n")
        done = self.upgrade()
        self.assertIn("/etc/primum/rules.d/bad.toml:2", done.stderr)
        self.assertEqual(self.box.main_pid("primumd.service"), pid)

    def test_removed_and_installed_again_it_runs(self):
        self.install()
        self.dpkg("--remove", "primum")
        self.assertNotEqual(self.active("primumd.service"), "active")
        self.assertTrue(self.box.path("/var/lib/primum/ledger.db").exists())
        self.install()
        self.assertEqual(self.active("primumd.service"), "active")

    def files(self):
        """Every path of the box that could be somebody's leftover."""
        pruned = [word for path in NOT_LOOKED_AT for word in ("-path", path, "-prune", "-o")]
        return set(self.box.out(["find", *LOOKED_AT, *pruned, "-print"],
                                timeout=300).splitlines())

    def test_a_purge_leaves_nothing(self):
        before = self.files()
        self.install()
        self.fall_ill()
        self.box.run(["systemctl", "disable", "--now", "patient.service"], check=False)
        self.box.run(["rm", "/etc/systemd/system/patient.service"])
        self.dpkg("--purge", "primum")
        # useradd and userdel keep one backup of each of their files.
        left = sorted(path for path in self.files() - before
                      if path not in ("/etc/passwd-", "/etc/group-", "/etc/shadow-",
                                      "/etc/gshadow-"))
        self.assertEqual(left, [])
        for path in ("/run/primum", "/run/primum.installing", "/run/primum.ran"):
            self.assertFalse(self.box.path(path).exists(), path)
        for database in ("passwd", "group"):
            self.assertEqual(self.box.run(["getent", database, "primum"],
                                          check=False).returncode, 2)

    def test_a_purge_keeps_a_group_that_has_members(self):
        self.install()
        self.box.run(["usermod", "--append", "--groups", "primum", "nobody"])
        self.dpkg("--purge", "primum")
        self.assertEqual(self.box.run(["getent", "passwd", "primum"], check=False).returncode, 2)
        self.assertIn("nobody", self.box.out(["getent", "group", "primum"]))


@unittest.skipIf(why_no_packages(), why_no_packages())
class AutopkgtestTest(unittest.TestCase):
    """debian/tests, each in the order of its control file, by the rules of autopkgtest."""

    def test_all_of_them_pass(self):
        folder = packages.built()
        with Box(binds=[f"{folder}:/packages"]) as box:
            box.run(["rm", "-f", "/usr/sbin/policy-rc.d"])
            # Nothing is to be fetched: what the tests depend on is there.
            box.run(["sh", "-c", "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*"])
            debs = [f"/packages/{packages.deb_of(folder, name).name}"
                    for name in ("primum", "libprimum-dev")]
            done = box.run(["autopkgtest", "--no-built-binaries",
                            "--ignore-restrictions=isolation-container", *debs,
                            f"/packages/{next(folder.glob('*.dsc')).name}", "--", "null"],
                           check=False, timeout=560, env={"TMPDIR": "/tmp"})
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-6000:])


if __name__ == "__main__":
    unittest.main()
