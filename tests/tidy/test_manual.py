# SPDX-License-Identifier: MIT
"""The manual pages and the completion against the code that they speak of."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tree

PAGES = ("primumctl.1", "primumd.8", "primum-actuator.8")
FROM_DOCS = {"primum.toml.5": ("rules.md", "The settings file"), "primum.rules.5": ("rules.md",),
             "org.primum.Primum1.5": ("dbus.md",)}
# Words of the grammar that stand below another verb, and the hidden one.
HIDDEN = {"names"}


def made(name):
    """The text of a page that is made from docs/."""
    document, *headings = FROM_DOCS[name]
    script = tree.ROOT / "man" / "from_docs.py"
    return subprocess.run([sys.executable, "-B", str(script), name.rpartition(".")[0], "5", "words",
                           str(tree.ROOT / "docs" / document), *headings],
                          check=True, capture_output=True, text=True).stdout


def plain(page):
    """Without the escapes of roff."""
    return re.sub(r"\\f.|\\&", "", page).replace("\\-", "-").replace("\\e", "\\")


def grammar():
    """All of the grammar of primumctl."""
    return "\n".join(tree.text(path) for path in tree.files(("src/ctl",), {".cpp"})
                     if path.name.startswith(("grammar", "command")))


def options_of_ctl():
    """Long options that the grammar knows."""
    found = re.findall(r"add_(?:option|flag)\(\s*\"(?:-\w,)?(--[\w-]+)\"", grammar())
    return sorted(set(found))


def verbs_of_ctl():
    """Every word of the grammar that is a verb or one below it."""
    found = set(re.findall(r"(?:verb|family)\((?:app_,\s*|\*\w+,\s*)?\"([\w-]+)\"", grammar()))
    found |= set(re.findall(r"work\(\"([\w-]+)\"", grammar()))
    return sorted(found - HIDDEN)


def keys_of_settings():
    """Keys that settings.cpp reads."""
    return sorted(set(re.findall(r"(?:read|table|find|child)\w*\([^\"\n]*\"([a-z_0-9]+)\"",
                                 tree.text("src/rules/settings.cpp"))))


def keys_of_rules():
    """Keys that the files of the rule loader read."""
    found = set()
    for path in tree.files(("src/rules",), {".cpp"}):
        if "settings" not in path.name:
            found.update(re.findall(r"\.(?:read|find|child|table)\w*\(\s*\"([a-z_0-9]+)\"",
                                    tree.text(path)))
    return sorted(found)


def missing(words, page):
    """Those that stand nowhere in a page, as whole words."""
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", page)]


class ManualTest(unittest.TestCase):
    """Nothing that can be said is missing in the manual, and the pages are sound."""

    def test_every_option_and_verb_of_primumctl(self):
        page = plain(tree.text("man/primumctl.1"))
        self.assertIn("--output", options_of_ctl())
        self.assertIn("reset-breaker", verbs_of_ctl())
        self.assertIn("backup", verbs_of_ctl())
        self.assertEqual(missing(options_of_ctl() + verbs_of_ctl(), page), [])

    def test_the_completion_knows_them_too(self):
        text = tree.text("completions/primumctl.bash")
        self.assertEqual(missing(options_of_ctl() + verbs_of_ctl(), text), [])

    def test_every_option_of_the_daemons(self):
        for page, source in (("man/primumd.8", "src/daemon/options.cpp"),
                             ("man/primum-actuator.8", "src/actuator/options.cpp")):
            options = sorted(set(re.findall(r"--[a-z][\w-]+", tree.text(source))))
            self.assertGreater(len(options), 3)
            self.assertEqual(missing(options, plain(tree.text(page))), [], page)

    def test_every_key_of_the_settings(self):
        self.assertIn("state_dir", keys_of_settings())
        self.assertEqual(missing(keys_of_settings(), plain(made("primum.toml.5"))), [])

    def test_every_key_of_the_rules(self):
        keys = keys_of_rules()
        self.assertIn("enforce_up_to", keys)
        pages = plain(made("primum.rules.5"))
        more = "\n".join(tree.text(f"docs/{name}.md") for name in ("sources", "remedies"))
        self.assertEqual(missing(keys, pages + more), [])

    def test_every_member_of_the_bus(self):
        members = set()
        for path in tree.files(("src/bus",), {".cpp"}):
            members.update(re.findall(r"\b(?:add|property)\(\s*\"([A-Z]\w+)\"", tree.text(path)))
        self.assertIn("BackupLedger", members)
        self.assertEqual(missing(sorted(members), plain(made("org.primum.Primum1.5"))), [])

    def test_a_word_that_is_not_there_is_missed(self):
        self.assertEqual(missing(["--pray", "status"], plain(tree.text("man/primumctl.1"))),
                         ["--pray"])

    def test_the_pages_are_without_warnings(self):
        if shutil.which("mandoc") is None or shutil.which("man") is None:
            self.skipTest("mandoc and man are not there (packaging/dependencies test)")
        with tempfile.TemporaryDirectory() as folder:
            files = [tree.ROOT / "man" / name for name in PAGES]
            for name in FROM_DOCS:
                files.append(Path(folder) / name)
                files[-1].write_text(made(name), encoding="utf-8")
            for file in files:
                lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", str(file)], check=False,
                                      capture_output=True, text=True)
                self.assertEqual(lint.stdout + lint.stderr, "", file.name)
                shown = subprocess.run(["man", "-l", "--warnings", "-E", "UTF-8", str(file)],
                                       check=False, capture_output=True, text=True,
                                       env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80",
                                            "LC_ALL": "C.UTF-8"})
                self.assertEqual(shown.stderr, "", file.name)
                self.assertIn("NAME", shown.stdout)


if __name__ == "__main__":
    unittest.main()
