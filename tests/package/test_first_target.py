# SPDX-License-Identifier: MIT
"""docs/first-target.md, command by command."""

import re
import unittest

import packages
from package_case import PackageCase
from box import BoxError, wait_until  # package_case knows where it is

PAGE = packages.ROOT / "docs" / "first-target.md"
RULES = "/etc/primum/rules.d/web.toml"
# The packages are built outside of the box, by the command that the page names.
ELSEWHERE = "packaging/build-packages --output /tmp/primum\n"


def steps():
    """(kind, text) of the page in its order: sh and toml blocks, and what to wait for."""
    found = re.findall(r"```(sh|toml)\n(.*?)```|<!-- (until): (.*?) -->",
                       PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [(kind or wait, text or condition) for kind, text, wait, condition in found]


class FirstTargetTest(PackageCase):
    """The guide of five minutes."""

    def test_the_guide_works_as_it_stands(self):
        self.box.run(["mkdir", "/tmp/primum"])
        self.box.run(["cp", f"/packages/{self.deb.name}", "/tmp/primum/"])
        said = []
        for kind, text in steps():
            if kind == "toml":
                self.box.write(RULES, text)
            elif kind == "until":
                wait_until(lambda: self.box.run(["sh", "-c", text], check=False).returncode == 0,
                           120, text, every=0.25)
            else:
                text = text.replace(ELSEWHERE, "")
                said.append(self.box.out(["sh", "-ec", text], timeout=300,
                                         env={"DEBIAN_FRONTEND": "noninteractive"}))
        told = "\n".join(said)
        self.assertIn("observe", told)
        self.assertIn("would_act", told)
        self.assertIn("improved", told)
        self.assertEqual([row["action"]["kind"] for row in self.primum.json("actions")["actions"]
                          if not row["action"]["dry_run"]], ["restart"])
        self.assertRaises(BoxError, self.box.run, ["test", "-e", "/run/primum/disabled"])

    def test_the_page_has_all_of_its_steps(self):
        kinds = [kind for kind, _ in steps()]
        self.assertEqual(kinds.count("toml"), 1)
        self.assertGreaterEqual(kinds.count("until"), 4)
        self.assertIn(ELSEWHERE, "".join(text for _, text in steps()))


if __name__ == "__main__":
    unittest.main()
