# SPDX-License-Identifier: MIT
"""Rules that change, and rules that are wrong."""

import re
import unittest

from case import BoxCase, restart_rule

TEN_MISTAKES = """\
[source.web_metrics]
kind     = "prometheus"
url      = "ftp://127.0.0.1/metrics"
intervall = "5s"

[target.web]
unit    = "dbus.service"
mode    = "enforced"
warm_up = "10"
budget  = { actions = 4 }

[target.web.indicator.errors]
source = "web_metric"
value  = { rate = 'http_requests_total{', over = "1m" }
error  = { over = 3 }
trip   = "5 of 3"

[target.web.ladder.retry]
when   = "eror"
remedy = [{ restart = {} }]
"""


class RulesCheckTest(BoxCase):
    """primumctl rules check."""

    def test_ten_mistakes_are_ten_located_errors(self):
        self.box.write("/tmp/rules/ten.toml", TEN_MISTAKES)
        done = self.primum.ctl("rules", "check", "/tmp/rules", check=False)
        self.assertEqual(done.returncode, 65)
        located = {line for line in (done.stdout + done.stderr).splitlines()
                   if re.match(r"^/tmp/rules/ten\.toml:\d+:\d+: ", line)}
        self.assertGreaterEqual(len(located), 10, done.stdout + done.stderr)
        self.assertIn("interval", done.stdout + done.stderr)

    def test_a_syntax_error_ends_the_reading_of_its_own_file_only(self):
        self.box.write("/tmp/rules2/a.toml", "[target.a\nunit = 1\n")
        self.box.write("/tmp/rules2/b.toml", '[target.b]\nunit = "b.service"\nmodes = "enforce"\n')
        done = self.primum.ctl("rules", "check", "/tmp/rules2", check=False)
        self.assertEqual(done.returncode, 65)
        said = done.stdout + done.stderr
        self.assertRegex(said, r"/tmp/rules2/a\.toml:1:\d+: ")
        self.assertRegex(said, r"/tmp/rules2/b\.toml:3:\d+: .*mode")

    def test_good_rules_pass(self):
        self.box.write("/tmp/rules3/web.toml", restart_rule("web"))
        self.primum.ctl("rules", "check", "/tmp/rules3")


class ReloadTest(BoxCase):
    """A new rule set takes effect whole, or not at all."""

    def reload_counts(self):
        """The metrics that speak of reloads."""
        return {name: value for name, value in self.primum.metrics().items() if "reload" in name}

    def test_wrong_rules_change_nothing_and_it_is_said_everywhere(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        digest = self.primum.json("status")["host"]["rules_digest"]
        before = self.reload_counts()
        self.box.write("/etc/primum/rules.d/ten.toml", TEN_MISTAKES)
        self.box.run(["systemctl", "reload", "primumd.service"])
        self.until(lambda: not self.primum.json("status")["daemon"]["reload"]["ok"], 10,
                   "the failed reload in the status")
        status = self.primum.json("status")
        self.assertEqual(status["host"]["rules_digest"], digest)
        self.assertGreaterEqual(len(status["daemon"]["reload"]["errors"]), 10)
        self.assertIn("ten.toml:", self.primum.ctl("status").stdout)
        self.assertIn("ten.toml:", self.box.journal("-u", "primumd.service"))
        self.assertNotEqual(self.reload_counts(), before)
        self.assertEqual(len(self.primum.json("list")["targets"]), 1)
        # The actuator reads the rules itself, and does nothing by files that are wrong.
        self.kill("web")
        self.until(lambda: self.incidents("web") and
                   ("waited", "preflight") in self.decisions("web"), 10, "the refusal")
        self.stays(lambda: self.starts("web") == 1, 1, "acted by rules that are wrong")
        self.box.run(["rm", "/etc/primum/rules.d/ten.toml"])
        self.until_closed("web", 60)
        self.assertEqual(self.starts("web"), 2)

    def test_a_start_with_wrong_rules_keeps_the_last_good_ones(self):
        self.unit("web")
        self.begin({"web": restart_rule("web", attempts=3)})
        digest = self.primum.json("status")["host"]["rules_digest"]
        self.primum.ctl("hold", "web", "--for", "10m", "--reason", "test")
        self.kill("web")
        self.until(lambda: self.incidents("web"), 10, "an incident")
        self.box.write("/etc/primum/rules.d/ten.toml", TEN_MISTAKES)
        self.box.run(["systemctl", "restart", "primumd.service"])
        self.primum.wait_ready()
        status = self.primum.json("status")
        self.assertEqual(status["host"]["rules_digest"], digest)
        self.assertGreaterEqual(len(status["daemon"]["reload"]["errors"]), 10)
        self.assertIn("those that were in force last stay so",
                      self.box.journal("-u", "primumd.service"))
        self.assertTrue(self.incidents("web")[0]["open"], "the incident goes on")
        # Mended files are the same rules: nothing begins anew, and the remedy is carried out.
        self.box.run(["rm", "/etc/primum/rules.d/ten.toml"])
        self.box.run(["systemctl", "reload", "primumd.service"])
        self.until(lambda: self.primum.json("status")["daemon"]["reload"]["ok"], 10, "a reload")
        self.primum.ctl("release", "web", "--reason", "test")
        self.until(lambda: self.starts("web") == 2, 30, "the restart")
        self.assertEqual(len(self.incidents("web")), 1)

    def test_primumctl_reload_refuses_wrong_rules(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.box.write("/etc/primum/rules.d/ten.toml", TEN_MISTAKES)
        done = self.primum.ctl("reload", check=False)
        self.assertEqual(done.returncode, 65, done.stdout + done.stderr)

    def test_a_reload_adds_and_removes_targets(self):
        self.unit("web")
        self.unit("shop")
        self.begin({"web": restart_rule("web")})
        self.primum.configure({"shop": restart_rule("shop")})
        self.box.run(["systemctl", "reload", "primumd.service"])
        self.until(lambda: [entry["name"] for entry in self.primum.json("list")["targets"]] ==
                   ["shop"], 10, "the new target")
        self.kill("shop")
        self.until_closed("shop")
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 2, "acted on a target that is gone")

    def test_an_unchanged_target_keeps_its_incident(self):
        self.unit("web")
        self.begin({"web": restart_rule("web", mode="dry_run")})
        self.kill("web")
        self.until(lambda: self.incidents("web"), 10, "an incident")
        self.primum.configure({"web": restart_rule("web", mode="dry_run"),
                               "shop": restart_rule("shop")})
        self.box.run(["systemctl", "reload", "primumd.service"])
        self.until(lambda: len(self.primum.json("list")["targets"]) == 2, 10, "the new target")
        self.assertEqual(len(self.incidents("web")), 1)
        self.assertTrue(self.incidents("web")[0]["open"])

    def test_rules_of_somebody_else_are_not_believed(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.box.run(["chmod", "666", "/etc/primum/rules.d/web.toml"])
        self.kill("web")
        self.stays(lambda: self.starts("web") == 1, 3, "acted by rules that anybody can write")


if __name__ == "__main__":
    unittest.main()
