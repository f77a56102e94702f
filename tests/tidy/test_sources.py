# SPDX-License-Identifier: MIT
"""docs/sources.md knows every kind of source and every way in which one fails."""

import re
import unittest

import tree


def available_kinds():
    """The kinds of the catalog that can be made."""
    entries = re.findall(r"\{SourceKind::(\w+),\s*(?:\"[^\"]*\"\s*)+,\s*(\w+)\}",
                         tree.text("src/source/catalog.cpp"))
    return [kind for kind, make in entries if make != "nullptr"]


def failures():
    """The words of SourceFailure, but for none."""
    table = tree.text("include/primum/vocabulary.hpp").split("enum_names<SourceFailure>{")[1]
    return [word for word in re.findall(r'"(\w+)"', table.split("}")[0]) if word != "none"]


def source_metrics():
    """The metric families that are about sources."""
    return re.findall(r'"(primum_source_\w+)"', tree.text("src/telemetry/metric_families.cpp"))


class SourcesTest(unittest.TestCase):
    """One section a kind, one row a word."""

    DOC = tree.text("docs/sources.md")

    def test_every_kind_has_a_section_and_a_row(self):
        kinds = available_kinds()
        self.assertIn("prometheus", kinds)
        headings = re.findall(r"^## `?(\w+)`?$", self.DOC, re.MULTILINE)
        self.assertEqual([kind for kind in kinds if kind not in headings], [])
        self.assertEqual([kind for kind in kinds if f"| [`{kind}`](#{kind})" not in self.DOC], [])

    def test_every_section_has_an_example_of_its_kind(self):
        for kind in available_kinds():
            with self.subTest(kind=kind):
                section = re.split(rf"^## `?{kind}`?$", self.DOC, flags=re.MULTILINE)[1]
                section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
                self.assertRegex(section, rf'(?s)```toml\n.*kind\s*=\s*"{kind}".*```')

    def test_every_way_to_fail_has_a_row(self):
        words = failures()
        self.assertGreater(len(words), 15)
        self.assertEqual([word for word in words if f"\n| `{word}` |" not in self.DOC], [])

    def test_every_metric_of_a_source_has_a_row(self):
        metrics = source_metrics()
        self.assertGreater(len(metrics), 5)
        self.assertEqual([name for name in metrics if f"\n| `{name}` |" not in self.DOC], [])


if __name__ == "__main__":
    unittest.main()
