# SPDX-License-Identifier: MIT
"""What is known, what is not known, and what follows from either. Uses the demo service."""

import unittest
from pathlib import Path

from case import BoxCase

DEMO = Path(__file__).resolve().parents[2] / "packaging" / "demo"
RULES = (DEMO / "demo.toml").read_text(encoding="utf-8")


class EvidenceTest(BoxCase):
    """The demo service with its metrics, and visitors that make them move."""

    def setUp(self):
        super().setUp()
        self.box.write("/usr/local/bin/primum-demo",
                       (DEMO / "primum-demo").read_text(encoding="utf-8"), 0o755)
        for name in ("demo.service", "demo-visitors.service"):
            self.box.write(f"/etc/systemd/system/{name}",
                           (DEMO / name).read_text(encoding="utf-8"))
            self._units.append(name)
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "demo.service", "demo-visitors.service"])

    def invocation(self):
        """Which run of the demo service this is."""
        return self.box.show("demo.service", "InvocationID")["InvocationID"]

    def source(self):
        """The source's line, or None while it has none."""
        found = [entry for entry in self.primum.json("sources")["sources"]
                 if entry["name"] == "demo_metrics"]
        return found[0] if found else None

    def begin_watching(self):
        """primumd runs and has seen the metrics."""
        self.begin({"demo": RULES})
        self.until(lambda: self.source() and self.source()["ok"], 10, "the metrics to be read")

    def test_a_dead_unit_whose_metrics_died_with_it_is_restarted(self):
        self.begin_watching()
        before = self.invocation()
        self.box.kill_hard("demo.service")
        self.until(lambda: self.invocation() not in ("", before), 40, "the demo to be restarted")
        self.until(lambda: self.state("demo") == "active", 10, "the demo to run")
        self.assertEqual([row["action"]["kind"] for row in self.actions("demo")][:1], ["restart"])

    def test_a_unit_whose_scrape_alone_fails_is_left_alone(self):
        self.begin_watching()
        before = self.invocation()
        self.box.signal("demo.service", 19)
        self.until(lambda: self.incidents("source:demo_metrics"), 15, "the source's own incident")
        self.stays(lambda: self.invocation() == before, 10, "restarted for a failed scrape")
        self.assertEqual(self.actions("demo"), [])
        self.assertEqual(self.incidents("demo"), [])
        self.assertTrue(self.incidents("source:demo_metrics")[0]["open"])
        self.box.signal("demo.service", 18)
        self.until_closed("source:demo_metrics", 15)
        self.assertEqual(self.invocation(), before)

    def test_reload_does_not_help_and_restart_does(self):
        self.begin_watching()
        before = self.invocation()
        self.box.run(["curl", "-sS", "-X", "POST", "http://127.0.0.1:9464/ill"])
        self.until_closed("demo", 60)
        rows = [(row["action"]["level"], row["action"]["kind"], row["outcome"])
                for row in reversed(self.actions("demo"))]
        self.assertEqual(rows, [("retry", "reload", "unchanged"),
                                ("restart", "restart", "improved")])
        self.assertNotEqual(self.invocation(), before)
        levels = [kind for kind, _ in self.decisions("demo") if kind == "entered"]
        self.assertGreaterEqual(len(levels), 3)


if __name__ == "__main__":
    unittest.main()
