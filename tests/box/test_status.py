# SPDX-License-Identifier: MIT
"""primumctl status on a host with a thousand targets: one screen; how long it takes is printed."""

import json
import statistics
import sys
import unittest

from case import BoxCase, restart_rule

TARGETS = 1000
TRIES = 40


class StatusTest(BoxCase):
    """A thousand targets."""

    def took(self, words):
        """Milliseconds of each of many runs, as the host's shell in the box sees them."""
        script = ("import subprocess, time, json, sys\n"
                  "def one():\n"
                  "    begin = time.perf_counter()\n"
                  f"    subprocess.run({words!r}, stdout=subprocess.DEVNULL, check=True)\n"
                  "    return (time.perf_counter() - begin) * 1e3\n"
                  f"print(json.dumps([one() for _ in range({TRIES})]))\n")
        return json.loads(self.box.out(["python3", "-c", script]))

    def test_a_thousand_targets(self):
        self.begin({f"t{n:04}": restart_rule(f"t{n:04}") for n in range(TARGETS)})
        self.until(lambda: self.primum.json("status")["counts"]["targets"] == TARGETS, 30,
                   "all targets")
        nothing = self.took(["primumctl", "version"])
        times = self.took(["primumctl", "status"])
        print(f"\nprimumctl status, {TARGETS} targets: median {statistics.median(times):.1f} ms, "
              f"least {min(times):.1f} ms, most {max(times):.1f} ms; of which the start of any "
              f"primumctl {statistics.median(nothing):.1f} ms", file=sys.stderr)
        shown = self.primum.ctl("status").stdout
        self.assertIn(f"targets      {TARGETS}", shown)


if __name__ == "__main__":
    unittest.main()
