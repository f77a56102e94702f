# SPDX-License-Identifier: MIT
"""docs/TESTING.md names tests that exist."""

import re
import unittest

import tree


def known_tests():
    """Every name that the document may use."""
    names = {path.stem for path in tree.files(("tests/scenario",), {".toml"})}
    for path in tree.cpp(("tests",)):
        for suite, test in re.findall(r"\bTEST(?:_F|_P)?\((\w+),\s*(\w+)\)", tree.text(path)):
            names |= {suite, f"{suite}.{test}"}
    for path in tree.files(("tests",), {".py"}):
        names |= set(re.findall(r"def (test_\w+)\(", tree.text(path)))
    return names


class LessonsTest(unittest.TestCase):
    """Each lesson has its tests."""

    ROWS = [row for row in tree.text("docs/TESTING.md").split("## Lessons")[1].splitlines()
            if row.startswith("| ") and not row.startswith("| lesson")]

    def test_every_lesson_names_tests_that_exist(self):
        known = known_tests()
        names = [name for row in self.ROWS
                 for name in re.findall(r"`([\w.]+)`", row.split("|")[3]) if name != "waited"]
        self.assertGreater(len(names), 40)
        self.assertEqual([name for name in names if name not in known], [])

    def test_every_lesson_has_a_test(self):
        self.assertEqual([row for row in self.ROWS if "`" not in row.split("|")[3]], [])
