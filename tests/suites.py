#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds primum and runs test suites; tests/run calls this with everything installed.

    tests/run [SUITE...] [-k PART_OF_NAME]

The last line is the sum over all single cases: "N passed, N failed, N skipped".
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
BUILD_ASAN = ROOT / "build-asan"
STAGE = BUILD / "stage"

MESON_SUITES = ["unit", "scenario", "property", "crash", "conformance"]
SUITES = {
    "tidy": "the house rules: who includes whom, sizes, formatting",
    "unit": "one test file per source file",
    "scenario": "timelines, each with every decision that is expected",
    "property": "random timelines against the invariants",
    "crash": "kills and storage faults at every step",
    "conformance": "parser cases of others, in ../shared/data (skipped where absent)",
    "box": "the installed daemon with real systemd, units and faults (needs root)",
    "package": "the Debian packages: built, then lintian, install, upgrade and purge in boxes"
               " (a second build)",
    "sim": "2,000 simulated worlds and every named scenario, with ASan and UBSan",
    "asan": "those without a box once more, with ASan and UBSan (a second build)",
    "planted": "ten bugs put in on purpose: each must be caught by a test (minutes)",
    "library": "the rule library: through every scenario with 200 seeds; its nginx, HAProxy,"
               " PostgreSQL and Redis with the times that are shipped (needs root; 25 minutes)",
    "bench": "the measurements of tests/bench (most need root; minutes)",
}
DEFAULT = ["tidy", "unit", "scenario", "property", "crash", "conformance", "box"]
SKIPPED = 77  # what a measurement ends with when it has nothing to measure
SIM_PROGRAM = "tests/sim/test_sim"
SIM_CASES = "2000"
LIBRARY_PROGRAM = "tests/sim/test_library"
LIBRARY_SEEDS = "200"
SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


def say(text):
    """A heading, above the output of what it starts."""
    print(f"\n== {text}", flush=True)


def run(argv, **options):
    """Runs a command in the root of the project; its exit code."""
    return subprocess.run([str(word) for word in argv], cwd=ROOT, check=False,
                          **options).returncode


def must(argv, **options):
    """Runs a command that the rest needs; ends the run when it fails."""
    code = run(argv, **options)
    if code != 0:
        print(f"tests/run: failed (exit {code}): {' '.join(map(str, argv))}", file=sys.stderr)
        print("0 passed, 1 failed, 0 skipped", flush=True)
        sys.exit(1)


def build(folder, *options, targets=()):
    """Configures (once) and compiles everything, or only some targets."""
    started = time.monotonic()
    say(f"build in {folder.relative_to(ROOT)}/")
    if (folder / "build.ninja").exists():
        must(["meson", "configure", folder, *options])
    else:
        must(["meson", "setup", folder, "--prefix=/usr", "-Doptimization=1", *options],
             stdout=subprocess.DEVNULL)
    must(["ninja", "-C", folder, f"-j{os.cpu_count() or 2}", *targets])
    print(f"   built in {time.monotonic() - started:.0f} s", flush=True)


def stage():
    """The installation that the box gets."""
    must(["rm", "-rf", STAGE])
    must(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--strip"],
         env={**os.environ, "DESTDIR": str(STAGE)})


def count_junit(path):
    """Cases of a JUnit file by how they ended."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif case.find("skipped") is not None or case.get("result") == "skipped":
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def run_meson_suite(folder, suite, env=None, slower=1):
    """Runs one of meson's suites and counts the cases inside its programs."""
    log = folder / "meson-logs" / f"{suite}.junit.xml"
    log.unlink(missing_ok=True)
    code = run(["meson", "test", "-C", folder, "--no-rebuild", "--suite", suite, "--logbase",
                suite, "--print-errorlogs", "--timeout-multiplier", slower],
               env={**os.environ, **(env or {})})
    if not log.exists():
        print(f"tests/run: the suite {suite} has no cases", file=sys.stderr)
        return {"passed": 0, "failed": 1, "skipped": 0}
    counts = count_junit(log)
    if code != 0 and counts["failed"] == 0:
        counts["failed"] = 1  # a program failed outside its cases, at its end for example
    return counts


def run_python_suite(suite, names, parts=1, env=None):
    """Runs the Python cases of tests/SUITE, in so many processes side by side."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{part}.json" for part in range(1, parts + 1)]
        running = [subprocess.Popen(
            [sys.executable, "tests/python_suite.py", f"tests/{suite}", "--counts", str(file),
             f"--part={part}/{parts}", *(f"-k{name}" for name in names)],
            cwd=ROOT, env={**os.environ, "PRIMUM_STAGE": str(STAGE), **(env or {})})
            for part, file in enumerate(files, 1)]
        failed = any([process.wait() != 0 for process in running])
        found = [json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"failed": 1}
                 for file in files]
    counts = {word: sum(part.get(word, 0) for part in found)
              for word in ("passed", "failed", "skipped")}
    if failed and counts["failed"] == 0:
        counts["failed"] = 1
    return counts


def run_asan():
    """The suites that run without a box, with sanitizers that end the program at the first find."""
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for suite in MESON_SUITES:
        for word, number in run_meson_suite(BUILD_ASAN, suite, SANITIZERS, slower=4).items():
            total[word] += number
    return total


def run_sim():
    """The simulator's worlds, many of them."""
    log = BUILD_ASAN / "meson-logs" / "sim.junit.xml"
    log.unlink(missing_ok=True)
    cases = os.environ.get("PRIMUM_CASES", SIM_CASES)
    code = run([BUILD_ASAN / SIM_PROGRAM, f"--gtest_output=xml:{log}"],
               env={**os.environ, **SANITIZERS, "PRIMUM_CASES": cases})
    counts = count_junit(log) if log.exists() else {"passed": 0, "failed": 0, "skipped": 0}
    if code != 0 and counts["failed"] == 0:
        counts["failed"] = 1
    return counts


def run_library():
    """The rule library: simulated with many seeds, which prints its tables, then for real."""
    log = BUILD / "meson-logs" / "library.junit.xml"
    log.unlink(missing_ok=True)
    seeds = os.environ.get("PRIMUM_SEEDS", LIBRARY_SEEDS)
    code = run([BUILD / LIBRARY_PROGRAM, f"--gtest_output=xml:{log}"],
               env={**os.environ, "PRIMUM_SEEDS": seeds})
    counts = count_junit(log) if log.exists() else {"passed": 0, "failed": 0, "skipped": 0}
    if code != 0 and counts["failed"] == 0:
        counts["failed"] = 1
    # Each case in a box of its own: they wait for minutes.
    real = run_python_suite("box", ["test_library_services"], parts=5,
                            env={"PRIMUM_LIBRARY_TIMES": "shipped"})
    return {word: number + real[word] for word, number in counts.items()}


def run_bench():
    """Each measurement is one case."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    scripts = ["nab", "replay", "sim", "ingest", "recovery", "idle", "scrapes"]
    if os.geteuid() != 0:
        print("   recovery, idle and scrapes are skipped: the box needs root")
        counts["skipped"] = 3
        scripts = ["nab", "replay", "sim", "ingest"]
    for script in scripts:
        code = run([f"tests/bench/{script}", "--stage", STAGE])
        counts["passed" if code == 0 else "skipped" if code == SKIPPED else "failed"] += 1
    return counts


def run_planted():
    """Each bug is one case, passed when a test caught it."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with subprocess.Popen(["tests/planted/run"], cwd=ROOT, stdout=subprocess.PIPE,
                          text=True) as script:
        for line in script.stdout:
            print(f"   {line}", end="", flush=True)
            if line.startswith(("caught ", "MISSED ")):
                counts["passed" if line.startswith("caught ") else "failed"] += 1
    if script.returncode != 0 and counts["failed"] == 0:
        counts["failed"] = 1
    return counts


def run_suite(suite, names):
    """Runs one suite; its counts."""
    say(f"{suite}: {SUITES[suite]}")
    if suite in MESON_SUITES:
        return run_meson_suite(BUILD, suite)
    if suite == "asan":
        return run_asan()
    if suite == "sim":
        return run_sim()
    if suite == "library":
        return run_library()
    if suite == "planted":
        return run_planted()
    if suite == "bench":
        return run_bench()
    # Box cases mostly wait, and boxes do not meet: two at a time.
    return run_python_suite(suite, names, parts=2 if suite in ("box", "package") else 1)


def sentence(counts):
    """The counts in words."""
    return ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped"))


def main():
    parser = argparse.ArgumentParser(
        prog="tests/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__, epilog="suites:\n" + "\n".join(
            f"  {name:11} {what}{'' if name in DEFAULT else ' (only when named)'}"
            for name, what in SUITES.items()))
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    parser.add_argument("-k", action="append", dest="names", default=[], metavar="PART_OF_NAME",
                        help="of the Python suites (tidy, box), only cases with such a name")
    given = parser.parse_args()
    unknown = [name for name in given.suites if name not in SUITES]
    if unknown:
        parser.error(f"no suite {', '.join(unknown)}; there are: {' '.join(SUITES)}")
    chosen = given.suites or DEFAULT
    started = time.monotonic()

    if set(chosen) & {*MESON_SUITES, "box", "library", "bench"}:
        build(BUILD, "-Dtests=enabled")
        if set(chosen) & {"box", "library", "bench"}:
            stage()
    results = {}
    for suite in chosen:
        if suite in ("asan", "sim"):
            build(BUILD_ASAN, "-Dtests=enabled", "-Db_sanitize=address,undefined",
                  "-Db_lundef=false", targets=[SIM_PROGRAM] if suite == "sim" else [])
        begun = time.monotonic()
        results[suite] = run_suite(suite, given.names)
        print(f"   {suite}: {sentence(results[suite])} in {time.monotonic() - begun:.0f} s",
              flush=True)

    say(f"all of it in {time.monotonic() - started:.0f} s")
    for suite, counts in results.items():
        print(f"   {suite:11} {sentence(counts)}")
    total = {word: sum(counts[word] for counts in results.values())
             for word in ("passed", "failed", "skipped")}
    print(sentence(total), flush=True)
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
