# SPDX-License-Identifier: MIT
"""What every file of the project has to be like."""

import re
import unittest
from pathlib import Path

import tree

MAX_LINES = 600
MAX_COLUMNS = 100
MAX_FUNCTION_LINES = 70
CODE = {".cpp", ".hpp", ".c", ".h", ".py", ".sh"}
# Data whose lines are as they are: goldens, recordings, tables.
DATA = {".expected", ".jsonl", ".json", ".prom", ".txt", ".md", ".xml", ".policy"}


def functions(source):
    """(first line, number of lines) of every formatted C++ function outside a class.

    Such a function ends with a lone brace in the first column, and the nearest line above that
    begins in the first column is its head.
    """
    found = []
    head = None
    for number, line in enumerate(source.splitlines(), 1):
        if line == "}" and head is not None:
            found.append((head, number - head + 1))
        if re.match(r"[A-Za-z_\[]", line):
            head = number
    return found


class FilesTest(unittest.TestCase):
    """Sizes, headers, leftovers, and that everything is built."""

    def test_every_cpp_of_src_is_built(self):
        for path in tree.files(("src",), {".cpp"}):
            build = Path(path.parent) / "meson.build"
            listed = (tree.ROOT / build).exists() and f"'{path.name}'" in tree.text(build)
            self.assertTrue(listed, f"{path} is not in {build}")

    def test_every_cpp_of_the_tests_is_built(self):
        for path in tree.files(("tests",), {".cpp"}):
            folders = [folder / "meson.build" for folder in path.parents
                       if (tree.ROOT / folder / "meson.build").exists()]
            listed = any(path.name in tree.text(build) for build in folders)
            self.assertTrue(listed, f"{path} is in no meson.build")

    def test_every_unit_test_has_its_source(self):
        for path in tree.files(("tests/unit",), {".cpp"}):
            if not path.stem.endswith("_test"):
                continue
            stem = path.stem[:-len("_test")]
            room = path.parts[2]
            there = any((tree.ROOT / folder / f"{stem}{suffix}").exists()
                        for folder in (f"src/{room}", "include/primum")
                        for suffix in (".cpp", ".hpp"))
            self.assertTrue(there, f"{path} tests no src/{room}/{stem}.cpp or .hpp")

    def test_every_file_of_code_says_its_licence(self):
        for path in tree.files():
            lines = tree.text(path).splitlines()[:5]
            if path.suffix in CODE or path.name in ("meson.build", "meson_options.txt") or \
                    path.suffix in (".service", ".socket", ".in", ".conf") or \
                    tree.is_script(path):
                self.assertTrue(any("SPDX-License-Identifier: MIT" in line for line in lines),
                                f"{path} has no SPDX line")

    def test_no_file_is_longer_than_a_room(self):
        for path in tree.files(suffixes=CODE):
            lines = len(tree.text(path).splitlines())
            self.assertLessEqual(lines, MAX_LINES, f"{path} is a sign to split")

    def test_no_line_is_longer_than_a_screen(self):
        for path in tree.files():
            if path.suffix in DATA or not (path.suffix in CODE or tree.is_script(path)):
                continue
            for number, line in enumerate(tree.text(path).splitlines(), 1):
                self.assertLessEqual(len(line), MAX_COLUMNS, f"{path}:{number}")

    def test_no_function_is_longer_than_a_screen(self):
        for path in tree.cpp(("src", "include")):
            for start, lines in functions(tree.text(path)):
                self.assertLessEqual(lines, MAX_FUNCTION_LINES, f"{path}:{start}")

    def test_nothing_is_left_for_later(self):
        later = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
        for path in tree.files():
            for number, line in enumerate(tree.text(path).splitlines(), 1):
                self.assertIsNone(later.search(line), f"{path}:{number}: {line.strip()}")

    def test_headers_guard_themselves(self):
        for path in tree.files(("src", "include", "tests"), {".hpp", ".h"}):
            self.assertIn("#pragma once", tree.text(path), str(path))


class FunctionsTest(unittest.TestCase):
    """The measure itself."""

    def test_measures_from_the_head_to_the_closing_brace(self):
        source = "int f(int a) {\n    return a;\n}\n\nnamespace x {\n}  // namespace x\n"
        self.assertEqual(functions(source), [(1, 3)])

    def test_sees_a_head_of_two_lines(self):
        source = "int f(int a,\n      int b) {\n    return a;\n}\n"
        self.assertEqual(functions(source), [(1, 4)])


if __name__ == "__main__":
    unittest.main()
