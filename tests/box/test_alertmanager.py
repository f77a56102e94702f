# SPDX-License-Identifier: MIT
"""Alerts as evidence: by hand, and from a real Alertmanager."""

import json
import shutil
import unittest

from case import BoxCase

TOKEN = "a-token-of-the-test"
TOKEN_FILE = "/etc/primum/alertmanager.token"
URL = "http://127.0.0.1:9763/api/v1/alerts"
RULES = f"""\
[source.pager]
kind       = "alertmanager"
token_file = "{TOKEN_FILE}"

[target.gateway]
unit    = "gateway.service"
mode    = "dry_run"
warm_up = "0s"

[target.gateway.indicator.alerts]
source = "pager"
value  = {{ gauge = 'alert{{unit="gateway.service"}}' }}
error  = {{ above = 0 }}
trip   = "1 of 1"
clear  = "1 of 1"
"""
CONFIG = f"""\
route:
  receiver: primum
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 10s
receivers:
  - name: primum
    webhook_configs:
      - url: {URL}/pager
        send_resolved: true
        http_config:
          authorization:
            credentials_file: {TOKEN_FILE}
"""


class AlertmanagerTest(BoxCase):
    """The webhook."""

    def begin_with_rules(self):
        """primumd with a source that takes alerts."""
        self.unit("gateway")
        self.box.write(TOKEN_FILE, TOKEN + "\n")
        self.begin({"gateway": RULES})

    def post(self, body, *, token=TOKEN, path="", content_type="application/json"):
        """The status of one webhook."""
        return self.box.out(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}",
                             "-H", f"Authorization: Bearer {token}",
                             "-H", f"Content-Type: {content_type}", "--data-binary", body,
                             URL + path])

    @staticmethod
    def webhook(status, version="4"):
        """One alert about the gateway."""
        alert = {"status": status, "fingerprint": "ab",
                 "labels": {"alertname": "Down", "unit": "gateway.service"}}
        return json.dumps({"version": version, "receiver": "primum", "status": status,
                           "truncatedAlerts": 0, "alerts": [alert]})

    def severity(self):
        """What the target makes of its alerts."""
        evidence = self.primum.json("explain", "gateway")["explanation"]["evidence"]
        return next(entry["severity"] for entry in evidence if entry["indicator"] == "alerts")

    def test_a_webhook_is_evidence(self):
        self.begin_with_rules()
        self.assertEqual(self.post(self.webhook("firing")), "200")
        self.until(lambda: self.severity() == "error", 5, "the alert to be judged")
        self.assertEqual(self.post(self.webhook("resolved"), path="/pager"), "200")
        self.until(lambda: self.severity() == "ok", 5, "the alert to be over")

    def test_only_with_its_token_and_in_its_version(self):
        self.begin_with_rules()
        self.assertEqual(self.post(self.webhook("firing"), token="another"), "401")
        self.assertEqual(self.post(self.webhook("firing"), path="/nobody"), "404")
        self.assertEqual(self.post(self.webhook("firing"), content_type="text/plain"), "415")
        self.assertEqual(self.post(self.webhook("firing", version="3")), "400")
        self.assertEqual(self.post("{"), "400")
        self.assertEqual(self.severity(), "unknown")

    def test_a_real_alertmanager_tells_of_what_fires_and_of_its_end(self):
        program = shutil.which("prometheus-alertmanager")
        if program is None:
            self.skipTest("prometheus-alertmanager is not here (packaging/dependencies peers)")
        self.begin_with_rules()
        self.box.write("/run/test-alertmanager.yml", CONFIG)
        self.box.run(["systemd-run", "--unit=test-alertmanager", "--collect", program,
                      "--config.file=/run/test-alertmanager.yml", "--storage.path=/run/test-am",
                      "--web.listen-address=127.0.0.1:9093", "--cluster.listen-address="])
        self.addCleanup(self.box.run, ["systemctl", "stop", "test-alertmanager.service"],
                        check=False)
        api = "http://127.0.0.1:9093"
        self.until(lambda: self.box.run(["curl", "-sfS", f"{api}/-/ready"], check=False)
                   .returncode == 0, 20, "Alertmanager to be ready")

        def alert(**more):
            labels = {"alertname": "Down", "unit": "gateway.service"}
            self.box.run(["curl", "-sfS", "-H", "Content-Type: application/json", "--data-binary",
                          json.dumps([{"labels": labels, **more}]), f"{api}/api/v2/alerts"])
        alert()
        self.until(lambda: self.severity() == "error", 20, "the alert to arrive")
        ended = self.box.out(["date", "--utc", "+%Y-%m-%dT%H:%M:%SZ"])
        alert(startsAt="2020-01-01T00:00:00Z", endsAt=ended)
        self.until(lambda: self.severity() == "ok", 30, "its end to arrive")
        self.assertEqual(self.incidents("source:pager"), [])


if __name__ == "__main__":
    unittest.main()
