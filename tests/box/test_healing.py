# SPDX-License-Identifier: MIT
"""The main job: what is ill is made well, once, and it is all on record."""

import json
import unittest

from case import BoxCase, restart_rule

RELOAD_THEN_RESTART = """\
[target.web]
unit          = "web.service"
mode          = "enforce"
enforce_up_to = "restart"
warm_up       = "0s"
soak          = "500ms"
relapse       = "0s"
budget        = { actions = 100, per = "1h" }
indicator.unit.value = "unit_state"

[target.web.ladder.retry]
when     = "critical"
for      = "0s"
remedy   = [{ reload = {} }]
settle   = "0s"
verify   = "500ms"

[target.web.ladder.restart]
when     = "critical"
for      = "0s"
remedy   = [{ restart = {} }]
settle   = "0s"
verify   = "500ms"
"""


class HealingTest(BoxCase):
    """Units that fail, with rules that may act."""

    def test_restarts_a_killed_unit_exactly_once(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        incident = self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)
        self.assertEqual(self.state("web"), "active")
        rows = self.actions("web")
        self.assertEqual([(row["action"]["kind"], row["state"], row["result"], row["outcome"])
                          for row in rows], [("restart", "kept", "done", "improved")])
        self.assertEqual(incident["peak"], "restart")

    def test_the_story_of_an_incident_is_whole(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")
        kinds = [kind for kind, _ in self.decisions("web")]
        wanted = ["opened", "acted", "verified", "soaking", "recovered"]
        self.assertEqual([kind for kind in kinds if kind in wanted], wanted)
        self.assertIn(("spent", "unnamed"), self.decisions("web"))

    def test_a_reload_that_cannot_work_is_passed_by(self):
        self.unit("web", extra="ExecReload=/bin/true")
        self.begin({"web": RELOAD_THEN_RESTART})
        self.kill("web")
        self.until_closed("web")
        self.assertEqual(self.starts("web"), 2)
        self.assertEqual(self.actions("web")[0]["action"]["kind"], "restart")

    def test_systemds_own_restart_goes_first(self):
        self.unit("web", extra="Restart=always\nRestartSec=1s")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until(lambda: self.starts("web") == 2, 5, "systemd to restart it")
        self.stays(lambda: self.starts("web") == 2, 2, "restarted by two hands")
        self.assertEqual(self.actions("web"), [])

    def test_a_restart_that_does_not_help_ends_in_exhausted(self):
        self.unit("web", start="[ $(wc -l <%s/web) -lt 2 ] && exec sleep 1000000; exit 1" %
                  "/run/test-starts")
        self.begin({"web": restart_rule("web", attempts=2)})
        self.kill("web")
        self.until(lambda: self.target("web")["phase"] == "exhausted", 20, "exhausted")
        self.assertEqual(self.starts("web"), 3)
        self.stays(lambda: self.starts("web") == 3, 2, "acted on although exhausted")
        number = self.incidents("web")[0]["id"]
        self.primum.ctl("ack", str(number), "--reason", "looked at it")
        self.until(lambda: self.starts("web") == 5, 20, "the ladder to be re-armed")

    def test_a_hung_job_does_not_stop_primumd(self):
        self.unit("web",
                  extra="ExecStartPre=/bin/sh -c '[ ! -e /run/test-starts/web ] || sleep 60'")
        self.begin({"web": restart_rule("web", timeout="2s")})
        self.kill("web")
        self.until(lambda: self.target("web")["phase"] == "running", 10, "the restart to run")
        self.primum.ctl("status")
        self.until(lambda: self.actions("web")[0]["state"] not in ("intended", "started"), 15,
                   "an outcome within the timeout")

    def test_log_and_record_name_the_same_action(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")
        action = self.actions("web")[0]["action"]["id"]
        entries = [json.loads(line) for line in
                   self.box.journal(f"ACTION={action}", fields=True).splitlines()]
        self.assertTrue(entries, "no journal entry has the action's id")
        for entry in entries:
            self.assertEqual(entry["TARGET"], "web")
            self.assertEqual(entry["LEVEL"], "restart")
            self.assertRegex(entry["MESSAGE_ID"], "^[0-9a-f]{32}$")


if __name__ == "__main__":
    unittest.main()
