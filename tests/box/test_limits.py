# SPDX-License-Identifier: MIT
"""Memory and task limits of programs, seen holding."""

import unittest

from limits_case import LimitsCase
from test_remedies import finished_of

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


class LimitsTest(LimitsCase):
    """One unit, and a remedy that wants more than it may have."""

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
