# SPDX-License-Identifier: MIT
"""A disk that is full, read-only, broken or hung, under either state directory.

Each state directory is an ext4 image of its own, loop-mounted outside and bound into the box, so
that it can be filled, remounted and frozen from outside. Whatever happens to it: no remedy is
started, the loop keeps turning, metrics and D-Bus say why, and when the disk is well again the
remedy that was held back is carried out by itself.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from box import Box, BoxError
from case import COUNT_DIR, BoxCase, restart_rule
from installed import (ACTUATOR_STATE_DIR, STATE_DIR, Primum, install,
                       stage_of_this_run)

IMAGE_BYTES = 48 << 20
HUNG_SECONDS = 30  # longer than primumd's WatchdogSec=


def run(*words, check=True):
    """A command on the host."""
    return subprocess.run(words, check=check, capture_output=True, text=True)


class Disk:
    """One loop-mounted ext4 image."""

    def __init__(self, folder, name):
        self.mount = Path(folder) / name
        self.image = Path(folder) / f"{name}.img"
        self.mount.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(IMAGE_BYTES)
        run("mkfs.ext4", "-q", "-E", "nodiscard", str(self.image))
        run("mount", "-o", "loop", str(self.image), str(self.mount))
        self._thaw = None

    def fill(self):
        """Leaves no free block, for root neither."""
        with open(self.mount / "filler", "wb", buffering=0) as filler:
            block = bytes(1 << 20)
            while block:
                try:
                    filler.write(block)
                except OSError:
                    block = block[:len(block) // 2]

    def read_only(self, yes):
        """Remounts it."""
        run("mount", "-o", "remount,ro" if yes else "remount,rw", str(self.mount))

    def freeze(self):
        """From now on every write hangs; it thaws by itself should nobody come back."""
        self._thaw = threading.Timer(2 * HUNG_SECONDS, self.thaw)
        self._thaw.daemon = True
        self._thaw.start()
        run("fsfreeze", "--freeze", str(self.mount))

    def thaw(self):
        """Writes go on. Safe to call again."""
        if self._thaw is not None:
            self._thaw.cancel()
            self._thaw = None
            run("fsfreeze", "--unfreeze", str(self.mount), check=False)

    def heal(self):
        """As it was."""
        self.thaw()
        self.read_only(False)
        (self.mount / "filler").unlink(missing_ok=True)

    def remove(self):
        """Gone, with its mount."""
        self.thaw()
        run("umount", "--lazy", str(self.mount), check=False)
        self.image.unlink(missing_ok=True)


class DiskTest(BoxCase):
    """One unit that a restart heals, and a sick disk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if shutil.which("fsfreeze") is None or not os.path.exists("/dev/loop-control"):
            raise unittest.SkipTest("loop devices and fsfreeze are needed")
        cls.folder = tempfile.mkdtemp(prefix="primum-disk-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.disks = {}
        for name in ("primum", "primum-actuator"):
            try:
                cls.disks[name] = Disk(cls.folder, name)
            except (OSError, subprocess.CalledProcessError) as error:
                raise unittest.SkipTest(f"no loop device can be mounted here: {error}")
            cls.addClassCleanup(cls.disks[name].remove)
        cls.own_box = Box(binds=[f"{cls.disks['primum'].mount}:{STATE_DIR}",
                                 f"{cls.disks['primum-actuator'].mount}:{ACTUATOR_STATE_DIR}"])
        cls.addClassCleanup(cls.own_box.stop)
        cls.own_box.__enter__()
        install(cls.own_box, stage_of_this_run())

    def setUp(self):
        self.box = self.own_box
        self.primum = Primum(self.box)
        self.primum.fresh()
        self.primum.journal_since = f"@{time.time():.6f}"
        self._units = []
        self.box.run(["sh", "-c", f"rm -rf {COUNT_DIR}; mkdir -p {COUNT_DIR}"])
        for disk in self.disks.values():
            self.addCleanup(disk.heal)

    def begin_web(self):
        """The daemons run, one unit is watched, and one healing has gone well."""
        self.preload("primumd", "/run/crash_at.primumd")
        self.preload("primum-actuator", "/run/crash_at.actuator")
        self.unit("web")
        self.begin({"web": restart_rule("web", attempts=3)})
        self.kill("web")
        self.until(lambda: self.starts("web") == 2, 20, "the first healing")
        self.until_closed("web")
        self.until(lambda: self.target("web")["level"] == "steady", 20, "the target to be steady")
        self.pid = self.box.main_pid("primumd.service")

    def told(self, target):
        """What holds the target back, as explained now."""
        vetoes = [("waited", guard) for guard, verdict in self.guards(target).items()
                  if verdict == "veto"]
        reason = self.target(target)["reason"]
        return [*vetoes, ("waited", reason)]

    def loop_turns(self):
        """Whether primumd answers on both its surfaces within a second."""
        for words in (["curl", "-sS", "--max-time", "1", "http://127.0.0.1:9763/healthz"],
                      ["timeout", "1", "primumctl", "status"]):
            started = time.monotonic()
            self.box.run(words, check=words[0] != "curl")
            self.slowest = max(self.slowest, time.monotonic() - started)
        return True

    def held_back_by(self, guard, seconds=4):
        """No restart while the disk is sick, and the guard says why, wherever one looks."""
        self.slowest = 0.0
        self.until(lambda: ("waited", guard) in self.told("web"), 20, f"{guard} to veto")
        self.stays(lambda: self.loop_turns() and self.starts("web") == 2, seconds,
                   "nothing is started")
        self.assertEqual(self.primum.metrics()["primum_ledger_healthy"],
                         0 if guard == "ledger" else 1)
        if guard == "ledger":
            self.assertFalse(self.primum.json("status")["host"]["ledger_healthy"])

    def heals_by_itself(self, disk, same_process=True):
        """The disk is well: the remedy is carried out, by the very same primumd where it can be."""
        disk.heal()
        for daemon in ("primumd", "actuator"):
            self.box.path(f"/run/crash_at.{daemon}").unlink(missing_ok=True)
        self.until(lambda: self.starts("web") == 3, 60, "the healing that was held back")
        self.until(lambda: self.primum.metrics()["primum_ledger_healthy"] == 1, 30,
                   "a healthy ledger")
        self.until_closed("web", 30)
        if same_process:
            self.assertEqual(self.box.main_pid("primumd.service"), self.pid)
            self.assertEqual(self.box.show("primumd.service", "NRestarts")["NRestarts"], "0")
        rows = self.actions("web")
        self.assertEqual([row["result"] for row in rows if row["result"] == "done"], ["done"] * 2)
        verified = self.box.run(["primumctl", "ledger", "verify"], check=False)
        print(f"         slowest answer meanwhile {self.slowest * 1000:.0f} ms; "
              f"{len(rows)} actions on record", flush=True)
        self.assertNotIn("broken", verified.stdout + verified.stderr)

    def sick(self, disk, make_sick, guard, seconds=4):
        """The whole story."""
        self.begin_web()
        make_sick()
        self.kill("web")
        self.held_back_by(guard, seconds)
        self.heals_by_itself(disk)

    def break_syncs(self, daemon, unit):
        """Every fsync of the daemon fails with EIO from now on."""
        self.box.path(f"/run/crash_at.{daemon}").write_text(
            f"sync 1 fail {self.box.main_pid(unit)}", encoding="ascii")

    def test_the_ledgers_disk_is_full(self):
        disk = self.disks["primum"]
        self.sick(disk, disk.fill, "ledger")

    def test_the_ledgers_disk_is_read_only(self):
        # Found so at a start: a file that is open for writing keeps ext4 from being remounted.
        self.read_only_at_start(self.disks["primum"], "ledger")

    def test_the_actuators_disk_is_read_only(self):
        self.read_only_at_start(self.disks["primum-actuator"], "preflight")

    def read_only_at_start(self, disk, guard):
        """The daemons find their disk read-only when they start."""
        self.begin_web()
        self.primum.stop()
        disk.read_only(True)
        self.primum.start()
        self.primum.wait_ready()
        self.pid = self.box.main_pid("primumd.service")
        self.kill("web")
        self.held_back_by(guard)
        # Without a ledger at its start primumd knows nothing of the past: it begins again then.
        self.heals_by_itself(disk, same_process=guard != "ledger")

    def test_the_ledgers_disk_gives_io_errors(self):
        disk = self.disks["primum"]
        self.sick(disk, lambda: self.break_syncs("primumd", "primumd.service"), "ledger")

    def test_the_ledgers_disk_hangs(self):
        disk = self.disks["primum"]
        self.sick(disk, disk.freeze, "ledger", HUNG_SECONDS)

    def test_the_actuators_disk_is_full(self):
        disk = self.disks["primum-actuator"]
        self.sick(disk, disk.fill, "preflight")

    def test_the_actuators_disk_gives_io_errors(self):
        disk = self.disks["primum-actuator"]
        self.sick(disk, lambda: self.break_syncs("actuator", "primum-actuator.service"),
                  "preflight")

    def test_the_actuators_disk_hangs(self):
        disk = self.disks["primum-actuator"]
        self.sick(disk, disk.freeze, "preflight", HUNG_SECONDS)


if __name__ == "__main__":
    unittest.main()
