# SPDX-License-Identifier: MIT
"""docs/rules.md explains every code of a lint, and every lint is tried."""

import re
import unittest

import tree

TESTS = ("tests/unit/rules", "tests/unit/ctl")


def codes():
    """The codes of LintCode."""
    table = tree.text("src/rules/lint.hpp").split("enum_names<rules::LintCode>{")[1]
    return re.findall(r'"(\w+)"', table.split("}")[0])


def section():
    """What docs/rules.md says of lints."""
    return tree.text("docs/rules.md").split("\n## What is warned of\n")[1].split("\n## ")[0]


class LintsTest(unittest.TestCase):
    """One row a code, no row without one."""

    def test_every_code_has_a_row_and_no_row_is_of_another(self):
        self.assertGreater(len(codes()), 15)
        self.assertEqual(re.findall(r"^\| `(\w+)` \|", section(), re.MULTILINE), codes())

    def test_every_code_is_told_somewhere(self):
        source = "\n".join(tree.text(path) for path in tree.files(("src",), {".cpp"}))
        self.assertEqual([code for code in codes() if f"LintCode::{code}," not in source], [])

    def test_every_code_is_tried(self):
        tests = "\n".join(tree.text(path) for path in tree.files(TESTS, {".cpp"}))
        self.assertEqual([code for code in codes()
                          if f'"{code}:' not in tests and f"LintCode::{code})" not in tests], [])


if __name__ == "__main__":
    unittest.main()
