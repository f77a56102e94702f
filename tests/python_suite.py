#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the Python test cases of a folder and says what became of each.

    tests/python_suite.py FOLDER [-k PART_OF_NAME]... [--part I/N] [--counts FILE]

Every test method is one case. --part takes every N-th case, beginning at the I-th. --counts writes
{"passed": N, "failed": N, "skipped": N} as JSON.
"""

import argparse
import json
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True


class Cases(unittest.TestResult):
    """Prints each case as it ends."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.started = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def _say(self, word, test, why=""):
        took = time.monotonic() - self.started
        name = ".".join(test.id().split(".")[-2:])
        print(f"  {word:4} {name} ({took:.1f} s){': ' + why if why else ''}", flush=True)

    @staticmethod
    def _explain(test):
        """What a test can say about its own failure, while things still stand as they did."""
        explain = getattr(test, "explain_failure", None)
        if explain is not None:
            try:
                print(explain(), flush=True)
            except Exception as error:  # pylint: disable=broad-except
                print(f"  (nothing more to say: {error})", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self._say("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("skip", test, reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say("FAIL", test)
        print(self.failures[-1][1], flush=True)
        self._explain(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._say("FAIL", test)
        print(self.errors[-1][1], flush=True)
        self._explain(test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._say("FAIL", subtest, str(err[1]))

    def counts(self):
        """How many cases ended how. Two faults of one case are one failed case."""
        failed = {test.id() for test, _ in self.failures + self.errors}
        return {"passed": self.passed, "failed": len(failed), "skipped": len(self.skipped)}


def single_cases(suite):
    """The cases of a suite of suites, in their order."""
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from single_cases(entry)
        else:
            yield entry


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-k", action="append", dest="names", metavar="PART_OF_NAME")
    parser.add_argument("--part", default="1/1", metavar="I/N")
    parser.add_argument("--counts", type=Path)
    given = parser.parse_args()
    folder = given.folder.resolve()
    sys.path.insert(0, str(folder))
    loader = unittest.TestLoader()
    if given.names:
        loader.testNamePatterns = [f"*{name}*" for name in given.names]
    result = Cases()
    cases = list(single_cases(loader.discover(str(folder), pattern="test_*.py",
                                              top_level_dir=str(folder))))
    first, step = map(int, given.part.split("/"))
    unittest.TestSuite(cases[first - 1::step]).run(result)
    counts = result.counts()
    if given.counts:
        given.counts.write_text(json.dumps(counts), encoding="utf-8")
    if not cases:
        print("  no case has such a name", file=sys.stderr)
        return 1
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
