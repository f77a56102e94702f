# SPDX-License-Identifier: MIT
"""docs/road-to-enforce.md, command by command."""

import re
import unittest
from pathlib import Path

from case import BoxCase
from installed import RULES_DIR, SETTINGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "road-to-enforce.md"
RULES = f"{RULES_DIR}/web.toml"


def steps():
    """(kind, text) of the page in its order: sh and toml blocks, and what to wait for."""
    found = re.findall(r"```(sh|toml)\n(.*?)```|<!-- (until): (.*?) -->",
                       PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [(kind or wait, text or condition) for kind, text, wait, condition in found]


class RoadToEnforceTest(BoxCase):
    """The page of a reviewer."""

    def setUp(self):
        super().setUp()
        self._units.append("web.service")
        self.box.run(["cp", f"{SETTINGS}.example", SETTINGS])  # as installed
        self.primum.start()
        self.primum.wait_ready()

    def test_the_page_works_as_it_stands(self):
        said = []
        for kind, text in steps():
            if kind == "toml":
                self.box.write(RULES, text)
            elif kind == "until":
                self.until(lambda: self.box.run(["sh", "-c", text], check=False).returncode == 0,
                           120, text)
            else:
                said.append((text, self.box.out(["sh", "-ec", text], timeout=300)))

        def told(command):
            return "\n".join(out for text, out in said if command in text)
        self.assertIn("the gate is shut: 1", told("--check"))
        self.assertIn("illness", told("--check"))
        self.assertIn("[target.", told("rules new"))
        self.assertIn("would_act", told("incidents show 1"))
        self.assertIn("would have acted", told("primumctl audit"))
        self.assertIn("labelled", told("primumctl precision"))
        self.assertIn("enforce up to retry", told("primumctl promote web\n"))
        self.assertIn("improved", told("incidents show 2"))
        self.assertIn("has changed since it was promoted", told("primumctl reload\n"))
        self.assertIn("dry_run", told("demote"))
        self.assertEqual([row["action"]["level"] for row in reversed(self.actions("web"))
                          if not row["action"]["dry_run"]], ["retry", "restart"])

    def test_the_page_has_all_of_its_steps(self):
        kinds = [kind for kind, _ in steps()]
        self.assertEqual(kinds.count("toml"), 1)
        self.assertGreaterEqual(kinds.count("until"), 3)
        text = "".join(text for kind, text in steps() if kind == "sh")
        for verb in ("new", "check", "simulate", "replay", "audit", "label", "precision", "drill",
                     "promote", "demote"):
            self.assertIn(f"{verb} ", text)


if __name__ == "__main__":
    unittest.main()
