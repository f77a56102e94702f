# SPDX-License-Identifier: MIT
"""Every bug of tests/planted can still be planted."""

import shutil
import subprocess
import unittest

import tree


class PlantedTest(unittest.TestCase):
    """A patch that does not fit any more would prove nothing, and nobody would notice."""

    def test_every_patch_fits(self):
        if shutil.which("patch") is None:
            self.skipTest("patch is not here (packaging/dependencies test)")
        patches = sorted((tree.ROOT / "tests/planted").glob("*.patch"))
        self.assertGreater(len(patches), 5)
        for file in patches:
            with self.subTest(patch=file.stem):
                done = subprocess.run(
                    ["patch", "-p1", "--dry-run", "--silent", "--fuzz=0", "--input", file],
                    cwd=tree.ROOT, check=False, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
