# SPDX-License-Identifier: MIT
"""A box of its own with its memory and tasks controllers made writable, and so other control groups
than those of all other tests."""

import time
import unittest
from pathlib import Path

from box import Box
from case import COUNT_DIR, BoxCase
from installed import Primum, install, stage_of_this_run

WRITABLE = """
for c in memory pids; do
    [ -d /sys/fs/cgroup/$c ] || continue
    mount -o remount,rw,bind /sys/fs/cgroup/$c || exit 3
done
systemctl daemon-reexec
"""


def control_groups():
    """Every control group of version 1 beneath ours that has a memory or pids controller."""
    found = set()
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controller, path = line.split(":", 2)
        if controller in ("memory", "pids"):
            top = Path("/sys/fs/cgroup") / controller / path.lstrip("/")
            found.update(each for each in top.rglob("*") if each.is_dir())
    return found


def remove_new(before):
    """Removes the empty groups that the box has left: its own systemd made them, outside of it."""
    for group in sorted(control_groups() - before, key=lambda path: -len(path.parts)):
        try:
            group.rmdir()
        except OSError:
            pass


class LimitsCase(BoxCase):
    """Limits hold here, and what units take is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(remove_new, control_groups())  # the last of all
        cls.own_box = Box()
        cls.addClassCleanup(cls.own_box.stop)
        cls.own_box.__enter__()
        made = cls.own_box.run(["sh", "-c", WRITABLE], check=False)
        probe = cls.own_box.run(
            ["systemd-run", "--quiet", "--wait", "-p", "MemoryMax=64M", "-p", "TasksMax=8",
             "-p", "MemoryAccounting=yes", "-p", "TasksAccounting=yes", "--", "/bin/sh", "-c",
             "for c in memory pids; do grep -E \"^[0-9]+:$c:\" /proc/self/cgroup | "
             "grep -q run- || grep -q '^0::.*run-' /proc/self/cgroup && exit 0; exit 9; done"],
            check=False)
        if made.returncode != 0 or probe.returncode != 0:
            raise unittest.SkipTest("this host has no memory and tasks controllers for a box: " +
                                    made.stderr + probe.stderr)
        install(cls.own_box, stage_of_this_run())

    def setUp(self):
        self.box = self.own_box
        self.primum = Primum(self.box)
        self.primum.fresh()
        self.primum.journal_since = f"@{time.time():.6f}"
        self._units = []
        self.box.run(["sh", "-c", f"rm -rf {COUNT_DIR}; mkdir -p {COUNT_DIR}"])
