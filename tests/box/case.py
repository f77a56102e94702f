# SPDX-License-Identifier: MIT
"""What the box tests share: one box with primum installed, fresh before every test."""

import atexit
import shutil
import time
import unittest

from box import Box, BoxError, wait_until, why_not
from installed import (Primum, crash_at_of_this_run, install, simple_unit,
                       stage_of_this_run)

COUNT_DIR = "/run/test-starts"
# Restart at once when the unit has failed; verified and closed within two seconds.
RESTART = """\
[target.{name}]
unit          = "{unit}"
mode          = "{mode}"
enforce_up_to = "restart"
warm_up       = "0s"
soak          = "500ms"
relapse       = "0s"
budget        = {{ actions = 100, per = "1h" }}
indicator.unit.value = "unit_state"

[target.{name}.ladder.restart]
when     = "critical"
for      = "{dwell}"
remedy   = [{{ restart = {{ timeout = "{timeout}" }} }}]
attempts = {attempts}
settle   = "0s"
verify   = "500ms"
cooldown = {{ initial = "0s", factor = 1, max = "0s" }}
"""


def restart_rule(name, unit=None, *, mode="enforce", dwell="0s", timeout="10s", attempts=1):
    """The text of a rule file with one target that is restarted when its unit has failed."""
    return RESTART.format(name=name, unit=unit or f"{name}.service", mode=mode, dwell=dwell,
                          timeout=timeout, attempts=attempts)


class _Shared:
    """The one box of a test run, made when the first test wants it."""

    box = None

    @classmethod
    def get(cls):
        """The box, with primum installed."""
        if cls.box is None:
            box = Box()
            box.__enter__()
            try:
                install(box, stage_of_this_run())
            except BaseException:
                box.stop()  # the next test makes one of its own: they must not pile up
                raise
            atexit.register(box.stop)
            cls.box = box
        return cls.box


class BoxCase(unittest.TestCase):
    """A test inside the box. `self.box`, `self.primum`; units are made with `unit()`."""

    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason is None and not stage_of_this_run():
            reason = "no staged installation (use tests/run box)"
        if reason:
            raise unittest.SkipTest(reason)

    def setUp(self):
        self.box = _Shared.get()
        self.primum = Primum(self.box)
        self.primum.fresh()
        self.primum.journal_since = f"@{time.time():.6f}"
        self._units = []
        self.box.run(["sh", "-c", f"rm -rf {COUNT_DIR}; mkdir -p {COUNT_DIR}"])

    def tearDown(self):
        self.primum.fresh()
        for unit in self._units:
            self.box.run(["systemctl", "kill", "--signal=SIGKILL", unit], check=False)
            self.box.run(["systemctl", "stop", unit], check=False)
            self.box.run(["rm", "-f", f"/etc/systemd/system/{unit}"])
        self.box.run(["systemctl", "daemon-reload"])
        for unit in self._units:
            self.box.run(["systemctl", "reset-failed", unit], check=False)

    def explain_failure(self):
        """Printed beneath the failure by the suite's runner."""
        return self.primum.explain_failure()

    def unit(self, name, extra="", start="exec sleep 1000000", unit_lines=""):
        """Makes and starts NAME.service, which counts how often it is started."""
        self._units.append(f"{name}.service")
        simple_unit(self.box, name, f"ExecStart=/bin/sh -c 'echo x >>{COUNT_DIR}/{name}; {start}'\n"
                                    f"{extra}", unit=f"StartLimitIntervalSec=0\n{unit_lines}")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", f"{name}.service"])
        self.until(lambda: self.starts(name) == 1, 5, f"{name} to have started")

    def starts(self, name):
        """How often NAME.service was started since the test began."""
        path = self.box.path(f"{COUNT_DIR}/{name}")
        return len(path.read_text().splitlines()) if path.exists() else 0

    def kill(self, name):
        """Ends NAME.service as a crash would."""
        self.box.run(["systemctl", "kill", "--kill-whom=main", "--signal=SIGKILL",
                      f"{name}.service"])

    def state(self, name):
        """ActiveState of NAME.service."""
        return self.box.show(f"{name}.service", "ActiveState")["ActiveState"]

    def begin(self, rules, **settings):
        """Writes rules ({file name: text}) and starts primumd."""
        self.primum.configure(rules, **settings)
        self.primum.start()
        self.primum.wait_ready()

    def preload(self, service, order_file):
        """From its next start, SERVICE ends or stops where `order_file` says (crash_at.cpp)."""
        library = self.box.path("/usr/local/lib/crash_at.so")
        if not library.exists():
            library.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(crash_at_of_this_run(), library)
        self.box.write(f"/run/systemd/system/{service}.service.d/crash_at.conf",
                       "[Service]\nEnvironment=LD_PRELOAD=/usr/local/lib/crash_at.so "
                       f"CRASH_AT={order_file}\n")
        self.box.run(["systemctl", "daemon-reload"])

    def processes(self, part):
        """The numbers, inside, of those whose command line has `part` in it."""
        found = []
        for entry in self.box.path("/proc").glob("[0-9]*/cmdline"):
            try:
                if part in entry.read_bytes().decode(errors="replace"):
                    found.append(int(entry.parent.name))
            except OSError:
                pass
        return found

    def stopped(self, unit):
        """Whether the unit's main process is stopped (SIGSTOP)."""
        pid = self.box.main_pid(unit)
        return pid != 0 and "State:\tT" in self.box.path(f"/proc/{pid}/status").read_text()

    def until(self, condition, timeout, what):
        """Waits for something that has to come; a command that fails meanwhile is asked again."""
        failure = []

        def tried():
            try:
                return condition()
            except BoxError as error:
                failure[:] = [str(error)]
                return False
        try:
            return wait_until(tried, timeout, what)
        except BoxError as error:
            raise AssertionError("\n".join([str(error), *failure])) from None

    def stays(self, condition, seconds, what):
        """Looks again and again for so long that something is still so."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.assertTrue(condition(), what)
            time.sleep(0.1)

    def target(self, name):
        """The target in one line, as primumctl gives it."""
        return self.primum.json("explain", name)["explanation"]["target"]

    def guards(self, name):
        """{guard: verdict} as they would answer now."""
        return {entry["guard"]: entry["verdict"]
                for entry in self.primum.json("explain", name)["explanation"]["guards"]}

    def incidents(self, target):
        """The incidents of a target on record, newest first."""
        return [row["incident"] for row in self.primum.json("incidents")["incidents"]
                if row["incident"]["target"] == target]

    def actions(self, target):
        """The actions of a target on record, newest first; each row has `action` and `state`."""
        return [row for row in self.primum.json("actions")["actions"]
                if row["action"]["target"] == target]

    def decisions(self, target):
        """(kind, reason) of the newest incident of a target, in order."""
        number = self.incidents(target)[0]["id"]
        story = self.primum.json("incidents", "show", str(number))["story"]
        return [(entry["kind"], entry.get("reason", "")) for entry in story["decisions"]]

    def until_closed(self, target, timeout=20):
        """Waits until the newest incident of a target is on record as closed; gives it."""
        def closed():
            found = self.incidents(target)
            return found[0] if found and not found[0]["open"] else None
        return self.until(closed, timeout, f"the incident of {target} to close")
