# SPDX-License-Identifier: MIT
"""What the installed programs show of themselves, against their pages."""

import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from case import BoxCase

ROOT = Path(__file__).resolve().parents[2]
NAME = "org.primum.Primum1"


def page(path):
    """A page without roff's escapes and quotes, its white space as single blanks."""
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\-", "-")
    return re.sub(r"\s+", " ", re.sub(r"\\f.|[\"`]", "", text))


def undocumented(words, text):
    """Those of the words that stand nowhere in the text."""
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


class DocumentationTest(BoxCase):
    """Verbs, options of the daemon, members on the bus."""

    def verbs(self, *above):
        """Every verb that --help knows, with those that it stands below."""
        told = self.box.out(["primumctl", *above, "--help"])
        listed = told.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
        found = []
        for verb in re.findall(r"^  (\S+)", listed, re.MULTILINE):
            found += [" ".join([*above, verb]), *self.verbs(*above, verb)]
        return found

    def test_every_verb_has_its_place_in_the_manual(self):
        verbs = self.verbs()
        self.assertIn("status", verbs)
        self.assertIn("incidents show", verbs)
        self.assertEqual(undocumented(verbs, page("man/primumctl.1")), [])

    def test_a_verb_that_is_not_in_the_manual_is_missed(self):
        self.assertEqual(undocumented(["status", "pray"], page("man/primumctl.1")), ["pray"])

    def members(self, path):
        """(interface, member) of everything of ours at a path and below it."""
        tree = ElementTree.fromstring(self.box.out(
            ["busctl", "call", "--json=short", NAME, path, "org.freedesktop.DBus.Introspectable",
             "Introspect"]).partition('"data":["')[2].rpartition('"]')[0]
            .encode().decode("unicode_escape"))
        found = {(interface.get("name"), member.get("name"))
                 for interface in tree.iter("interface") if interface.get("name").startswith(NAME)
                 for member in interface if member.tag in ("method", "signal", "property")}
        for node in tree.findall("node"):
            below = node.get("name")
            if below:
                found |= self.members(f"{path}/{below}")
        return found

    def test_every_member_on_the_bus_is_documented(self):
        self.unit("worker")
        self.begin({"worker": '[target.worker]\nunit = "worker.service"\n'
                              'indicator.unit.value = "unit_state"\n'})
        members = self.members("/org/primum/Primum1")
        self.assertIn((f"{NAME}.Manager", "Explain"), members)
        self.assertIn((f"{NAME}.Manager", "LevelChanged"), members)
        names = sorted({name for _, name in members})
        self.assertEqual(undocumented(names, page("docs/dbus.md")), [])


if __name__ == "__main__":
    unittest.main()
