# SPDX-License-Identifier: MIT
"""Every word that primum says to a person is explained in docs/, and nothing there is invented."""

import json
import re
import unittest

import tree

DASHBOARD = "packaging/grafana/primum.json"
ALERTS = "packaging/prometheus/primum.rules.yml"
ALERT_TESTS = "packaging/prometheus/primum.test.yml"
# What may stand behind the name of a family: the parts of a histogram.
HISTOGRAM_PARTS = r"(_bucket|_sum|_count)$"
# Enumerations whose words reach a person as the reason of something, and where none needs no word.
REASONS = ["Guard", "Refusal", "PageKind", "DecisionKind", "Outcome", "SourceFailure"]
# Snake-case words of src/core that are no reasons: they name parts of a saved engine.
NO_REASONS = {"archive", "phase_table"}


def families():
    """{metric: counter, gauge or histogram} as registered."""
    found = re.findall(r"\((counter|gauge|histogram)s\(registry, \"(primum_\w+)\"",
                       tree.text("src/telemetry/metric_families.cpp"))
    return {name: kind for kind, name in found}


def words_of(enumeration):
    """The words of an enumeration of include/primum, but for none."""
    for path in tree.files(("include",), {".hpp"}):
        _, found, rest = tree.text(path).partition(f"enum_names<{enumeration}>{{")
        if found:
            return [word for word in re.findall(r'"(\w+)"', rest.split("}")[0]) if word != "none"]
    raise AssertionError(f"no enum_names<{enumeration}>")


def own_alerts():
    """Names of the alerts that primum sends itself."""
    return set(re.findall(r'\{"(Primum\w+)"', tree.text("src/daemon/notice/kinds.hpp")))


def codes_of_the_core():
    """Reasons and codes that src/core spells itself."""
    found = set()
    for path in tree.files(("src/core",), {".cpp", ".hpp"}):
        if not any(word in path.stem for word in NO_REASONS):
            found.update(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', tree.text(path)))
            found.update(re.findall(r'(?:exhaust|mark_spent)\([\w: ,]*"([a-z_]+)"',
                                    tree.text(path)))
    return sorted(found)


def members_of_the_bus():
    """Names of methods, signals and properties that src/bus registers."""
    found = set()
    for path in tree.files(("src/bus",), {".cpp"}):
        text = tree.text(path)
        found.update(re.findall(r"\b(?:add|property|method|signal)\(\s*\"([A-Z]\w+)\"", text))
        found.update(re.findall(r"register(?:Method|Signal|Property)\(\s*\w+,\s*\"([A-Z]\w+)\"",
                                text))
    return sorted(found)


def alerts():
    """{name of an alert: what its rule says}."""
    parts = re.split(r"^ +- alert: (\w+)$", tree.text(ALERTS), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def anchors(page):
    """The anchors that the headings of a page get."""
    headings = re.findall(r"^#+ (.*)$", tree.text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def queries():
    """Every query of the dashboard."""
    board = json.loads(tree.text(DASHBOARD))
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])] + \
        [note["expr"] for note in board["annotations"]["list"]] + \
        [entry["query"]["query"] for entry in board["templating"]["list"]
         if isinstance(entry["query"], dict)]


def unknown_metrics(text):
    """Names of metrics in a text that are not registered."""
    known = families()
    named = {re.sub(HISTOGRAM_PARTS, "", name) if re.sub(HISTOGRAM_PARTS, "", name) in known
             else name for name in re.findall(r"\bprimum_\w+", text)}
    return sorted(named - set(known))


class MetricsTest(unittest.TestCase):
    """docs/metrics.md, the dashboard and the alerts against the registry."""

    def test_every_metric_has_a_row_with_its_type(self):
        page = tree.text("docs/metrics.md")
        self.assertGreater(len(families()), 50)
        self.assertEqual([name for name, kind in families().items()
                          if f"\n| `{name}` | {kind} |" not in page], [])

    def test_no_row_is_about_a_metric_that_is_not_there(self):
        rows = re.findall(r"^\| `(primum_\w+)`", tree.text("docs/metrics.md"), re.MULTILINE)
        self.assertEqual(sorted(set(rows) - set(families())), [])

    def test_the_dashboard_asks_for_what_is_there(self):
        self.assertGreater(len(queries()), 50)
        self.assertEqual(unknown_metrics("\n".join(queries())), [])

    def test_every_panel_says_what_it_shows(self):
        board = json.loads(tree.text(DASHBOARD))
        panels = [panel for panel in board["panels"] if panel["type"] != "row"]
        self.assertEqual([panel["title"] for panel in panels if not panel.get("description")], [])
        numbers = [panel["id"] for panel in board["panels"]]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_the_alerts_ask_for_what_is_there(self):
        self.assertGreater(len(alerts()), 15)
        expressions = re.findall(r"expr: (.*(?:\n {10}.*)*)", tree.text(ALERTS))
        self.assertEqual(len(expressions), len(alerts()))
        self.assertEqual(unknown_metrics("\n".join(expressions)), [])


class RunbookTest(unittest.TestCase):
    """docs/runbook.md against the vocabulary, the core and the alerts."""

    PAGE = tree.text("docs/runbook.md")

    def test_the_emergency_comes_first(self):
        self.assertEqual(re.findall(r"^## (.*)$", self.PAGE, re.MULTILINE)[0], "Stop it now")

    def test_every_alert_has_its_section_and_names_it(self):
        for name, rule in alerts().items():
            with self.subTest(alert=name):
                self.assertIn(f"\n### {name}\n", self.PAGE)
                self.assertIn(f"runbook: /usr/share/doc/primum/docs/runbook.md#{name.lower()}\n",
                              rule)

    def test_no_section_is_about_an_alert_that_is_not_there(self):
        self.assertEqual(set(re.findall(r"^### (Primum\w+)$", self.PAGE, re.MULTILINE)),
                         set(alerts()) | own_alerts())

    def test_every_alert_is_tried(self):
        tried = re.findall(r"^ +- name: (\w+)$", tree.text(ALERT_TESTS), re.MULTILINE)
        self.assertEqual(sorted(tried), sorted(alerts()))

    def test_every_reason_has_a_row_or_a_section(self):
        for enumeration in REASONS:
            with self.subTest(enumeration=enumeration):
                words = words_of(enumeration)
                self.assertGreater(len(words), 4)
                self.assertEqual([word for word in words if f"\n| `{word}` |" not in self.PAGE
                                  and f"\n### {word}\n" not in self.PAGE], [])

    def test_every_page_has_a_section(self):
        self.assertEqual([word for word in words_of("PageKind")
                          if f"\n### {word}\n" not in self.PAGE], [])

    def test_every_code_of_the_core_has_a_row(self):
        codes = codes_of_the_core()
        self.assertIn("ladder_spent", codes)
        self.assertIn("unknown_target", codes)
        self.assertEqual([word for word in codes if f"\n| `{word}` |" not in self.PAGE
                          and f"\n### {word}\n" not in self.PAGE], [])

    def test_links_lead_somewhere(self):
        for path in tree.files(("docs",), {".md"}):
            for page, anchor in re.findall(r"\]\(([\w-]*\.?(?:md)?)#([\w-]+)\)", tree.text(path)):
                with self.subTest(page=str(path), link=f"{page}#{anchor}"):
                    self.assertIn(anchor, anchors(f"docs/{page}" if page else path))


class BusTest(unittest.TestCase):
    """docs/dbus.md against what src/bus registers."""

    def test_every_member_is_documented(self):
        members = members_of_the_bus()
        self.assertIn("Explain", members)
        self.assertIn("LevelChanged", members)
        self.assertIn("Mode", members)
        page = tree.text("docs/dbus.md")
        self.assertEqual([name for name in members if f"`{name}`" not in page], [])


if __name__ == "__main__":
    unittest.main()
