# SPDX-License-Identifier: MIT
"""The alerts and the dashboard, by Prometheus' own tool."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import packages

ALERTS = packages.ROOT / "packaging" / "prometheus"
DASHBOARD = packages.ROOT / "packaging" / "grafana" / "primum.json"
# What Grafana puts in place of its variables.
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


@unittest.skipIf(shutil.which("promtool") is None, "no promtool (packaging/dependencies ends)")
class MonitoringTest(unittest.TestCase):
    """promtool check and promtool test."""

    def promtool(self, *words):
        """Runs it; fails with what it says."""
        done = subprocess.run(["promtool", *words], cwd=ALERTS, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_rules_are_right(self):
        self.promtool("check", "rules", "primum.rules.yml")

    def test_each_alert_fires_when_it_should(self):
        self.promtool("test", "rules", "primum.test.yml")

    def test_every_query_of_the_dashboard_is_promql(self):
        board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        queries = [target["expr"] for panel in board["panels"]
                   for target in panel.get("targets", [])]
        queries += [note["expr"] for note in board["annotations"]["list"]]
        for name, value in VARIABLES.items():
            queries = [query.replace(name, value) for query in queries]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "queries.yml"
            file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": [
                {"record": f"query_{number}", "expr": query}
                for number, query in enumerate(queries)]}]}), encoding="utf-8")
            self.promtool("check", "rules", str(file))
        self.assertFalse([query for query in queries if "$" in query])


if __name__ == "__main__":
    unittest.main()
