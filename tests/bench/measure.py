# SPDX-License-Identifier: MIT
"""What the measurements share: a staged installation, processes looked at, and plain figures."""

import os
import statistics
import sys
from pathlib import Path

sys.dont_write_bytecode = True
TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "box")]

import suites  # noqa: E402  (the path comes first)


def staged(given):
    """The staged installation to measure: the one given, or one built now."""
    if given:
        return given
    suites.build(suites.BUILD)
    suites.stage()
    return suites.STAGE


def cpu_seconds(pid):
    """CPU time of a process so far, over all its threads, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total / 1e9


def memory_mb(pid):
    """(RSS, PSS) of a process in MB."""
    figures = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        figures[words[0].rstrip(":")] = int(words[1]) / 1024
    return figures["Rss"], figures["Pss"]


def percentile(values, share):
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread_ms(seconds):
    """Median, 90th percentile, smallest and largest, in words."""
    return (f"median {statistics.median(seconds) * 1e3:8.1f} ms   "
            f"p90 {percentile(seconds, 0.9) * 1e3:8.1f}   "
            f"min {min(seconds) * 1e3:8.1f}   max {max(seconds) * 1e3:8.1f}")


def verdict(name, met):
    """One goal and whether it was met; gives back `met`."""
    print(f"   {'met   ' if met else 'MISSED'}  {name}", flush=True)
    return met


def machine():
    """What this was measured on."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} x {model}, Linux {os.uname().release}"
