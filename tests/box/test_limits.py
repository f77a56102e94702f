# SPDX-License-Identifier: MIT
"""Memory and task limits of programs, seen holding. Needs a box of its own with its controllers
made writable, and so other control groups than those of all other tests."""

import time
import unittest
from pathlib import Path

from box import Box
from case import COUNT_DIR, BoxCase
from installed import Primum, install, stage_of_this_run
from test_remedies import finished_of

WRITABLE = """
for c in memory pids; do
    [ -d /sys/fs/cgroup/$c ] || continue
    mount -o remount,rw,bind /sys/fs/cgroup/$c || exit 3
done
systemctl daemon-reexec
"""
RULES = """\
[target.web]
unit     = "web.service"
mode     = "enforce"
warm_up  = "0s"
soak     = "500ms"
relapse  = "0s"
indicator.unit.value = "unit_state"

[target.web.ladder.retry]
when   = "critical"
for    = "0s"
remedy = [
    {{ exec = {{ run = ["/usr/local/bin/greedy"], irreversible = "x", {limits}, timeout = "9s" }} }}
]
settle = "0s"
verify = "500ms"
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


class LimitsTest(BoxCase):
    """One unit, and a remedy that wants more than it may have."""

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

    def greedy(self, program, limits):
        """How the remedy ended: (result, detail)."""
        self.unit("web")
        self.box.write("/usr/local/bin/greedy", program, 0o755)
        self.begin({"web": RULES.format(limits=limits)})
        self.kill("web")
        row = self.until(lambda: [each for each in self.actions("web")
                                  if each["result"] != "none"], 40, "the action to end")[0]
        detail = finished_of(self, "web")["detail"]
        print(f"    {row['result']}: {detail[:160]}")
        self.assertNotIn("no limit held", detail)
        return row["result"], detail

    def test_what_takes_more_memory_than_it_may_is_ended(self):
        result, detail = self.greedy("#!/usr/bin/python3\nhoard = bytearray(400 << 20)\n"
                                     "print(len(hoard))\n", 'memory = "64MiB"')
        self.assertEqual(result, "failed")
        # systemd knows only in a control group of version 2 who killed it.
        self.assertRegex(detail, "ended with (oom-kill|signal KILL, .*more memory than it may)")

    def test_the_same_is_done_within_its_memory(self):
        result, detail = self.greedy("#!/usr/bin/python3\nhoard = bytearray(100 << 20)\n"
                                     "print(len(hoard))\n", 'memory = "256MiB"')
        self.assertEqual(result, "done", detail)

    def test_a_fork_bomb_is_stopped_by_its_tasks(self):
        result, detail = self.greedy(
            "#!/usr/bin/python3\nimport os, sys, time\nforked = 0\ntry:\n"
            "    for forked in range(500):\n        if os.fork() == 0:\n"
            "            time.sleep(1000)\n"
            "except OSError as error:\n    print('forked', forked, 'and then', error)\n"
            "    sys.exit(7)\n", "tasks = 16")
        self.assertEqual(result, "failed")
        self.assertIn("forked 15 and then", detail)
        self.assertEqual(self.processes("/usr/local/bin/greedy"), [])


if __name__ == "__main__":
    unittest.main()
