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
UNITS = {".service", ".socket", ".in", ".conf"}


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

    def none(self, breaches):
        """Fails with all breaches, a line each."""
        breaches = list(breaches)
        if breaches:
            self.fail("\n" + "\n".join(map(str, breaches)))

    def test_every_cpp_of_src_is_built(self):
        def listed(path):
            build = Path(path.parent) / "meson.build"
            return (tree.ROOT / build).exists() and f"'{path.name}'" in tree.text(build)
        self.none([path for path in tree.files(("src",), {".cpp"}) if not listed(path)])

    def test_every_cpp_of_the_tests_is_built(self):
        def listed(path):
            return any(path.name in tree.text(folder / "meson.build") for folder in path.parents
                       if (tree.ROOT / folder / "meson.build").exists())
        self.none([path for path in tree.files(("tests",), {".cpp"}) if not listed(path)])

    def test_every_unit_test_has_its_source(self):
        def has_source(path):
            stem = path.stem.removesuffix("_test")
            return any((tree.ROOT / folder / f"{stem}{suffix}").exists()
                       for folder in (f"src/{path.parent.relative_to('tests/unit')}",
                                     "include/primum")
                       for suffix in (".cpp", ".hpp"))
        self.none([path for path in tree.files(("tests/unit",), {".cpp"})
                   if path.stem.endswith("_test") and not has_source(path)])

    def test_every_file_of_code_says_its_licence(self):
        def is_code(path):
            return path.suffix in CODE | UNITS or tree.is_script(path) or \
                path.name in ("meson.build", "meson_options.txt")
        self.none([path for path in tree.files() if is_code(path) and
                   "SPDX-License-Identifier: MIT" not in
                   "\n".join(tree.text(path).splitlines()[:5])])

    def test_no_file_is_longer_than_a_room(self):
        self.none([path for path in tree.files(suffixes=CODE)
                   if len(tree.text(path).splitlines()) > MAX_LINES])

    def test_no_line_is_longer_than_a_screen(self):
        self.none([f"{path}:{number}: {len(line)} columns" for path in tree.files()
                   if path.suffix in CODE or tree.is_script(path)
                   for number, line in enumerate(tree.text(path).splitlines(), 1)
                   if len(line) > MAX_COLUMNS])

    def test_no_function_is_longer_than_a_screen(self):
        self.none([f"{path}:{start}: {lines} lines" for path in tree.cpp(("src", "include"))
                   for start, lines in functions(tree.text(path)) if lines > MAX_FUNCTION_LINES])

    def test_nothing_is_left_for_later(self):
        later = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
        self.none([f"{path}:{number}: {line.strip()}" for path in tree.files()
                   for number, line in enumerate(tree.text(path).splitlines(), 1)
                   if later.search(line)])

    def test_units_run_nothing_that_a_minimal_host_lacks(self):
        """A unit starts programs of ours or the shell: /bin/kill, for one, need not be there."""
        ours = re.compile(r"Exec\w+=(@\w+@/primum|/usr/local/bin/primum|/bin/sh )")
        self.none(f"{path}: {line}" for path in tree.files(("systemd", "packaging"), UNITS)
                  for line in tree.text(path).splitlines()
                  if re.match(r"Exec\w+=", line) and not ours.match(line)
                  and not line.startswith("ExecPaths"))

    def test_the_box_asks_for_nothing_that_a_minimal_host_lacks(self):
        """procps is not on every Debian: the shell has a kill, case.py a list of processes."""
        lacking = re.compile(r"/bin/kill\b|\"(pgrep|pkill|ps)\"")
        self.none(f"{path}: {line.strip()}" for path in tree.files(("tests/box",), {".py"})
                  for line in tree.text(path).splitlines() if lacking.search(line))

    def test_headers_guard_themselves(self):
        self.none([path for path in tree.files(("src", "include", "tests"), {".hpp", ".h"})
                   if "#pragma once" not in tree.text(path)])


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
