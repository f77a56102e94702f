# SPDX-License-Identifier: MIT
"""The formatting of the C++ files, by the project's .clang-format."""

import shutil
import subprocess
import unittest

import tree

TOOL = "clang-format-19"


class FormatTest(unittest.TestCase):
    """clang-format has nothing to change."""

    def test_every_cpp_file_is_formatted(self):
        if shutil.which(TOOL) is None:
            self.skipTest(f"{TOOL} is not here (packaging/dependencies test)")
        paths = [str(path) for path in tree.cpp()]
        done = subprocess.run([TOOL, "--dry-run", *paths], cwd=tree.ROOT, capture_output=True,
                              text=True, check=False)
        wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines()
                        if "[-Wclang-format-violations]" in line})
        self.assertEqual(wrong, [], f"to mend them: {TOOL} -i {' '.join(wrong)}")


if __name__ == "__main__":
    unittest.main()
