# SPDX-License-Identifier: MIT
"""Somebody is at work on the whole host: what is ill waits."""

import unittest

from case import BoxCase, restart_rule

HOLD = ("import fcntl, time; lock = open('/var/lib/dpkg/lock-frontend', 'w'); "
        "fcntl.lockf(lock, fcntl.LOCK_EX); time.sleep(1000)")


class HostBusyTest(BoxCase):
    """The guard host_busy, with the real lock of the package manager."""

    def tearDown(self):
        self.box.run(["systemctl", "stop", "package-manager.service"], check=False)
        super().tearDown()

    def take_lock(self):
        """Takes the package manager's lock, as apt and dpkg do."""
        self.box.run(["systemd-run", "--quiet", "--collect", "--unit=package-manager",
                      "python3", "-c", HOLD])

    def test_nothing_is_done_while_the_package_manager_is_at_work(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.assertEqual(self.guards("web")["host_busy"], "pass")
        self.take_lock()
        self.until(lambda: self.guards("web")["host_busy"] == "veto", 10, "the lock to be seen")
        self.assertIn("package manager", self.primum.ctl("status").stdout)
        self.kill("web")
        self.until(lambda: self.target("web")["reason"] == "host_busy", 10, "it to be waited for")
        self.stays(lambda: self.starts("web") == 1, 2, "acted on while the host was busy")
        self.box.run(["systemctl", "stop", "package-manager.service"])
        self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)

    def test_a_lock_that_is_held_when_primumd_starts_is_seen(self):
        self.unit("web")
        self.take_lock()
        self.begin({"web": restart_rule("web")})
        self.until(lambda: self.guards("web")["host_busy"] == "veto", 10, "the lock to be seen")
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 2, "acted on while the host was busy")
        self.box.run(["systemctl", "stop", "package-manager.service"])
        self.until_closed("web")


if __name__ == "__main__":
    unittest.main()
