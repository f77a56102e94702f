# SPDX-License-Identifier: MIT
"""What people are told: by a real Alertmanager, and by a program of their own."""

import json
import shutil
import unittest

import webhook
from case import BoxCase, restart_rule
from installed import ENFORCE

ALERTMANAGER = "http://127.0.0.1:9093"
ALERTMANAGER_UNIT = "test-alertmanager.service"
ALERTMANAGER_CONFIG = f"""\
route:
  receiver: people
  group_by: [instance, target]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: ['alertname="PrimumHeartbeat"']
      receiver: nobody
receivers:
  - name: nobody
  - name: people
    webhook_configs:
      - url: {webhook.URL}/alertmanager
        send_resolved: true
"""
ALERTMANAGER_SERVICE = """\
[Service]
ExecStart={program} --config.file=/run/test-alertmanager.yml --storage.path=/run/test-alertmanager \
--web.listen-address=127.0.0.1:9093 --cluster.listen-address=
"""
TO_ALERTMANAGER = ENFORCE + f"""
[notify]
runbook = "https://wiki.example/primum"
[notify.alertmanager]
url           = "{ALERTMANAGER}"
interval      = "1s"
resolve_after = "30s"
"""
PAGER = "/usr/local/bin/test-pager"
PAGER_TEXT = f"""\
#!/bin/sh
[ ! -e /run/test-pager-hangs ] || exec sleep 1000
[ ! -e /run/test-pager-floods ] || exec yes "a flood of words"
[ ! -e /run/test-pager-fails ] || {{ echo "no such number" >&2; exit 3; }}
exec curl -sfS --data-binary @- "{webhook.URL}/$(id -u)/$(id -G | tr ' ' -)"
"""
TO_PROGRAM = ENFORCE + f"""
[notify.exec]
program = ["{PAGER}"]
timeout = "2s"
"""
BROKEN = "[ -e /run/test-mended ] && exec sleep 1000000; "\
         "[ $(wc -l </run/test-starts/web) -lt 2 ] && exec sleep 1000000; exit 1"


class NoticeCase(BoxCase):
    """A unit that no restart can help until it is mended."""

    def setUp(self):
        super().setUp()
        self.box.run(["sh", "-c", "rm -rf /run/test-mended /run/test-pager-* "
                                  "/run/test-alertmanager*"])
        webhook.start(self)

    def become_exhausted(self):
        """The unit fails for good; gives the incident's number."""
        self.kill("web")
        self.until(lambda: self.target("web")["phase"] == "exhausted", 30, "exhausted")
        return str(self.incidents("web")[0]["id"])

    def mend(self):
        """Whatever was wrong with the unit is right again."""
        self.box.write("/run/test-mended", "")
        self.box.run(["systemctl", "reset-failed", "web.service"], check=False)
        self.box.run(["systemctl", "start", "web.service"])
        self.primum.ctl("ack", str(self.incidents("web")[0]["id"]), "--reason", "mended")
        self.until_closed("web", 60)

    def notices(self, **labels):
        """primum_notices_total, over those with these labels."""
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        return sum(value for name, value in self.primum.metrics().items()
                   if name.startswith("primum_notices_total{") and
                   all(one in name for one in wanted))

    def channel(self, name):
        """How the channel fares, by the status."""
        found = [one for one in self.primum.json("status")["daemon"]["notices"]
                 if one["channel"] == name]
        self.assertEqual(len(found), 1)
        return found[0]


class AlertmanagerTest(NoticeCase):
    """A real one, with a receiver behind it."""

    def setUp(self):
        program = shutil.which("prometheus-alertmanager")
        if program is None:
            self.skipTest("prometheus-alertmanager is not here (packaging/dependencies peers)")
        super().setUp()
        self.box.write("/run/test-alertmanager.yml", ALERTMANAGER_CONFIG)
        self.box.write(f"/run/systemd/system/{ALERTMANAGER_UNIT}",
                       ALERTMANAGER_SERVICE.format(program=program))
        self.box.run(["systemctl", "daemon-reload"])
        self.addCleanup(self.box.run, ["systemctl", "stop", ALERTMANAGER_UNIT], check=False)

    def start_alertmanager(self):
        """Until it answers."""
        self.box.run(["systemctl", "start", ALERTMANAGER_UNIT])
        self.until(lambda: self.alerts() is not None, 30, "Alertmanager to be ready")

    def alerts(self):
        """{alertname: alert} of those that Alertmanager holds to be firing; None: it is away."""
        done = self.box.run(["curl", "-sfS", f"{ALERTMANAGER}/api/v2/alerts"], check=False)
        if done.returncode != 0:
            return None
        return {one["labels"]["alertname"]: one for one in json.loads(done.stdout)}

    def heard(self, incident):
        """{alertname: [status, ...]}: what the people heard of an incident, repetitions left out;
        and the fingerprints there were."""
        story, fingerprints = {}, set()
        for post in webhook.received(self.box):
            for alert in post["body"]["alerts"]:
                if alert["labels"].get("incident") != incident:
                    continue
                fingerprints.add(alert["fingerprint"])
                said = story.setdefault(alert["labels"]["alertname"], [])
                if not said or said[-1] != alert["status"]:
                    said.append(alert["status"])
        return story, fingerprints

    def until_heard(self, incident, status, *names):
        """Until the people have heard that of each."""
        self.until(lambda: all(self.heard(incident)[0].get(name, [""])[-1] == status
                               for name in names), 60, f"{names} to be {status}")

    def kill_primumd(self):
        """As a crash would; it is started again."""
        before = self.box.main_pid("primumd.service")
        self.box.run(["systemctl", "kill", "--signal=SIGKILL", "primumd.service"])
        self.until(lambda: self.box.main_pid("primumd.service") not in (0, before), 30,
                   "primumd to be started again")
        self.primum.wait_ready()

    def test_an_incident_is_told_from_start_to_end_through_restarts_of_both(self):
        self.start_alertmanager()
        self.unit("web", start=BROKEN)
        self.begin({"web": restart_rule("web")}, settings=TO_ALERTMANAGER)
        incident = self.become_exhausted()
        told = ["PrimumIncident", "PrimumIncidentSev1", "PrimumTargetExhausted"]
        self.until_heard(incident, "firing", *told)
        before = self.alerts()
        self.assertEqual(set(before), {*told, "PrimumHeartbeat"})
        labels = before["PrimumTargetExhausted"]["labels"]
        self.assertEqual(labels["target"], "web")
        self.assertEqual(labels["unit"], "web.service")
        self.assertEqual(labels["severity"], "critical")
        self.assertIn("restart 1", before["PrimumIncident"]["annotations"]["description"])
        self.assertEqual(before["PrimumIncident"]["annotations"]["runbook_url"],
                         "https://wiki.example/primum#primumincident")

        self.kill_primumd()
        self.until(lambda: self.notices(channel="alertmanager", kind="incident") > 0, 20,
                   "the alerts to be sent again")
        self.box.run(["systemctl", "restart", ALERTMANAGER_UNIT])
        self.until(lambda: (self.alerts() or {}).keys() == before.keys(), 30,
                   "Alertmanager to know of all again")
        after = self.alerts()
        for name in told:
            self.assertEqual(after[name]["labels"], before[name]["labels"])
            self.assertEqual(after[name]["startsAt"], before[name]["startsAt"])
            self.assertEqual(after[name]["fingerprint"], before[name]["fingerprint"])

        # It ends while nobody can be told; then primumd dies, too.
        self.box.run(["systemctl", "stop", ALERTMANAGER_UNIT])
        self.mend()
        self.until(lambda: self.channel("alertmanager")["problem"], 20, "the trouble to be said")
        self.kill_primumd()
        self.start_alertmanager()
        self.until_heard(incident, "resolved", *told)
        self.until(lambda: self.channel("alertmanager")["problem"] == "", 90, "all to be well")
        story, fingerprints = self.heard(incident)
        self.assertEqual(story, {name: ["firing", "resolved"] for name in told})
        self.assertEqual(len(fingerprints), len(told), "an alert has changed its labels")
        self.assertEqual(self.notices(channel="alertmanager", result="dropped"), 0)

    def test_what_has_come_and_gone_meanwhile_is_told_too(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")}, settings=TO_ALERTMANAGER)
        self.kill("web")
        incident = str(self.until_closed("web")["id"])
        self.kill_primumd()
        self.start_alertmanager()
        self.until_heard(incident, "resolved", "PrimumIncident")
        self.assertEqual(self.heard(incident)[0], {"PrimumIncident": ["firing", "resolved"]})

    def test_the_off_switch_and_a_hold_silence_nothing(self):
        self.start_alertmanager()
        self.unit("web")
        self.begin({"web": restart_rule("web")}, settings=TO_ALERTMANAGER)
        self.primum.ctl("hold", "web", "--for", "1h", "--reason", "a test")
        self.box.run(["touch", "/run/primum/disabled"])
        self.kill("web")
        self.until(lambda: self.incidents("web"), 20, "an incident")
        incident = str(self.incidents("web")[0]["id"])
        self.until_heard(incident, "firing", "PrimumIncident")
        self.assertEqual(self.starts("web"), 1)


class ProgramTest(NoticeCase):
    """[notify.exec]: a program that is run for each page."""

    def setUp(self):
        super().setUp()
        self.box.write(PAGER, PAGER_TEXT, 0o755)
        self.addCleanup(self.box.run, ["rm", "-f", PAGER])

    def pages(self):
        """[(path, page)] in the order in which they came."""
        return [(post["path"], post["body"]) for post in webhook.received(self.box)]

    def begin_exhausted(self):
        """A page is due."""
        self.unit("web", start=BROKEN)
        self.begin({"web": restart_rule("web")}, settings=TO_PROGRAM)
        return int(self.become_exhausted())

    def until_paged(self, *kinds):
        """Until these came, in this order."""
        self.until(lambda: [page["kind"] for _, page in self.pages()] == list(kinds), 90,
                   lambda: f"{kinds}, not {self.pages()}")

    def test_it_gets_the_page_as_nobody_in_particular(self):
        incident = self.begin_exhausted()
        self.until_paged("exhausted")
        path, page = self.pages()[0]
        uid, groups = path.strip("/").split("/")
        # DynamicUser= takes one of these: neither root nor primum.
        self.assertTrue(61184 <= int(uid) <= 65519, path)
        self.assertEqual(groups, uid, "it is in other groups")
        self.assertEqual(page["version"], 1)
        self.assertEqual(page["incident"], incident)
        self.assertEqual(page["target"], "web")
        self.assertEqual(page["unit"], "web.service")
        self.assertEqual(page["severity"], "critical")
        self.assertEqual(page["host"], self.box.out(["hostname"]).strip())
        self.mend()
        self.until_paged("exhausted", "resolved")
        self.assertEqual(self.notices(channel="exec", result="delivered"), 2)

    def in_trouble(self, trouble):
        """The program does not do its work until the trouble is over; then the page comes."""
        self.box.run(["touch", f"/run/test-pager-{trouble}"])
        self.begin_exhausted()
        self.until(lambda: self.notices(channel="exec", kind="exhausted", result="failed") > 0,
                   60, "the run to have failed")
        problem = self.channel("exec")["problem"]
        self.assertLess(len(problem), 2_000)
        self.assertEqual(self.pages(), [])
        self.box.run(["rm", f"/run/test-pager-{trouble}"])
        self.until_paged("exhausted")
        self.until(lambda: self.channel("exec")["problem"] == "", 20, "all to be well")
        self.assertEqual(self.processes("test-pager"), [])
        return problem

    def test_one_that_hangs_is_ended_and_its_page_comes_later(self):
        self.assertIn("ended at its timeout", self.in_trouble("hangs"))

    def test_one_that_floods_is_ended_and_its_page_comes_later(self):
        self.assertIn("a flood of words", self.in_trouble("floods"))

    def test_one_that_fails_is_run_again(self):
        problem = self.in_trouble("fails")
        self.assertIn("exit code 3", problem)
        self.assertIn("no such number", problem)

    def test_a_page_outlives_primumd(self):
        self.box.run(["touch", "/run/test-pager-fails"])
        self.begin_exhausted()
        self.until(lambda: self.notices(channel="exec", result="failed") > 0, 30, "a failed run")
        self.primum.stop()
        self.box.run(["rm", "/run/test-pager-fails"])
        self.primum.start()
        self.until_paged("exhausted")

    def test_a_program_that_others_can_write_is_not_run(self):
        self.box.run(["chmod", "0777", PAGER])
        self.begin_exhausted()
        self.until(lambda: "untrusted" in self.channel("exec")["problem"], 30, "it to be said")
        self.assertEqual(self.pages(), [])
        self.box.run(["chmod", "0755", PAGER])
        self.until_paged("exhausted")


if __name__ == "__main__":
    unittest.main()
