# SPDX-License-Identifier: MIT
"""docs/notifications.md says what src/daemon/notice does."""

import re
import shutil
import subprocess
import tempfile
import unittest

from tree import ROOT

DOC = ROOT / "docs" / "notifications.md"
KINDS = ROOT / "src" / "daemon" / "notice" / "kinds.hpp"
NOTICE = ROOT / "src" / "daemon" / "notice" / "notice.cpp"


class NoticesTest(unittest.TestCase):
    """Every alert, kind and member is documented, and the example is right."""

    def setUp(self):
        self.doc = DOC.read_text(encoding="utf-8")
        self.kinds = KINDS.read_text(encoding="utf-8")

    def test_every_alert_stands_in_the_table_with_its_severity(self):
        rows = re.findall(r'\{"(Primum\w+)", Gravity::(\w+)\}', self.kinds)
        self.assertGreater(len(rows), 10)
        for name, gravity in rows:
            self.assertIn(f"| `{name}` | {gravity} |", self.doc)
        for name in re.findall(r"^\| `(Primum\w+)`", self.doc, re.MULTILINE):
            self.assertIn(name, dict(rows), "documented, but there is none")

    def test_every_alert_has_its_entry_in_the_runbook(self):
        runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
        for name in re.findall(r'\{"(Primum\w+)"', self.kinds):
            self.assertIn(f"\n### {name}\n", runbook)

    def test_every_kind_is_named(self):
        names = re.search(r"primum::notice::NoticeKind>\{(.*?)\};", self.kinds, re.DOTALL)
        for name in re.findall(r'"(\w+)"', names.group(1)):
            self.assertIn(f"`{name}`", self.doc)

    def test_every_member_of_a_page_is_documented(self):
        body = NOTICE.read_text(encoding="utf-8").split("std::string page_json(", 1)[1]
        body = body.split("\n}\n", 1)[0]
        members = re.findall(r'put\(json,\s*"(\w+)"|key\("(\w+)"\)', body)
        names = [one or other for one, other in members]
        self.assertGreater(len(names), 10)
        table = self.doc.split("## The program", 1)[1]
        for name in names:
            self.assertRegex(table, rf"\| .*`{name}`.* \|")
            self.assertIn(f'"{name}":', table)

    def test_the_example_is_what_alertmanager_reads(self):
        amtool = shutil.which("amtool")
        if amtool is None:
            self.skipTest("no amtool here (packaging/dependencies peers)")
        example = re.search(r"```yaml\n(.*?)```", self.doc, re.DOTALL).group(1)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(example)
            file.flush()
            done = subprocess.run([amtool, "check-config", file.name], check=False,
                                  capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
