# SPDX-License-Identifier: MIT
"""primumctl promote and demote: what was let through the gate acts, and nothing else does."""

import json
import unittest

from case import BoxCase
from installed import ENFORCE, RULES_DIR

DROP_IN = f"{RULES_DIR}/web.d/90-promoted-web.toml"
# No promotion is waited for; what has been seen and how precise it was counts all the same.
SETTINGS = ENFORCE + '[promotion]\nmin_dry_run = "0s"\n'
# Killed it is critical at once. The retry brings nothing back, a restart does.
RULES = """\
[target.web]
unit    = "web.service"
warm_up = "0s"
soak    = "2s"
relapse = "0s"
budget  = { actions = 100, per = "1h" }
indicator.unit.value = "unit_state"

[target.web.ladder.retry]
when     = "critical"
for      = "0s"
remedy   = [{ exec = { run = ["/usr/bin/true"], irreversible = "nothing" } }]
attempts = 1
settle   = "0s"
verify   = "500ms"
cooldown = { initial = "0s", factor = 1, max = "0s" }

[target.web.ladder.restart]
when     = "critical"
for      = "0s"
remedy   = [{ restart = {} }]
attempts = 1
settle   = "0s"
verify   = "500ms"
cooldown = { initial = "0s", factor = 1, max = "0s" }
"""
WAIVED = ("--owner", "operations", "--reason", "a test of the gate", "--until", "in 72h")


class PromoteCase(BoxCase):
    """One target with two rungs."""

    def setUp(self):
        super().setUp()
        self.unit("web")

    def tearDown(self):
        super().tearDown()
        self.box.run(["rm", "-rf", f"{RULES_DIR}/web.d"])

    def be_ill(self):
        """Killed; dry-run it stays so, until a person starts it. Closed when this returns."""
        self.kill("web")
        self.until(lambda: self.kinds().count("would_act") >= 2, 30,
                   "both levels to be decided on")
        self.until(self.all_judged, 30, "both to be judged")
        self.box.run(["systemctl", "start", "web.service"])
        self.until_closed("web")

    def take_over(self):
        """A person's part where what is enforced has been used up: closed when this returns."""
        self.until(lambda: self.target("web")["phase"] == "exhausted", 30, "nothing to be left")
        self.box.run(["systemctl", "start", "web.service"])
        self.primum.ctl("ack", str(self.incidents("web")[0]["id"]), "--reason", "started by hand")
        self.until_closed("web")

    def all_judged(self):
        """Whether there are actions, dry-run or not, and each has its outcome."""
        rows = self.actions("web")
        return rows and all(row.get("outcome", "none") != "none" for row in rows)

    def kinds(self):
        """What was decided in the newest incident."""
        return [kind for kind, _ in self.decisions("web")] if self.incidents("web") else []

    def carried_out(self):
        """(level) of every action that was no dry-run, oldest first."""
        return [row["action"]["level"] for row in reversed(self.actions("web"))
                if not row["action"]["dry_run"]]

    def commands(self, verb):
        """What the ledger has of a verb, newest first."""
        told = json.loads(self.box.out(
            ["busctl", "call", "--json=short", "org.primum.Primum1", "/org/primum/Primum1",
             "org.primum.Primum1.Manager", "OperatorCommands", "u", "20"]))["data"][0]
        return [row for row in json.loads(told)["commands"] if row["verb"] == verb]

    def promote(self, *words, code=0):
        """The gate, as told in JSON."""
        done = self.primum.ctl("promote", "web", *words, "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def let_through(self, level):
        """Promotes."""
        return self.promote(level)


class PromoteTest(PromoteCase):
    """With the real daemon, drill, polkit and actuator."""

    def test_a_promoted_target_acts_and_a_changed_rule_acts_no_more(self):
        self.begin({"web": RULES}, settings=SETTINGS)
        told = self.promote(code=1)
        missing = {each["name"] for each in told["conditions"] if not each["met"]}
        self.assertEqual(missing, {"illness", "precision"})
        refused = self.commands("promote")[0]
        self.assertFalse(refused["accepted"])
        self.assertIn("illness FAIL: 0 incidents", refused["message"])

        self.be_ill()
        self.assertEqual(self.carried_out(), [])
        self.let_through("retry")
        self.assertTrue(self.commands("promote")[0]["accepted"])
        self.assertEqual(self.box.out(["stat", "-c", "%U:%G %a", DROP_IN]).strip(),
                         "root:root 644")
        self.kill("web")
        self.until(lambda: self.carried_out() == ["retry"], 30, "the promoted level to act")
        self.until(self.all_judged, 30, "it to be judged")
        self.take_over()

        self.let_through("restart")
        self.kill("web")
        self.until(lambda: self.carried_out() == ["retry", "retry", "restart"], 30,
                   "both levels to act")
        self.until_closed("web")

        # Another restart than the one that was promoted: dry-run. The retry is the same.
        changed = RULES.replace("restart = {}", 'restart = { timeout = "20s" }')
        self.box.write(f"{RULES_DIR}/web.toml", changed)
        self.primum.ctl("reload")
        target = self.target("web")
        self.assertEqual((target["mode"], target["enforce_up_to"]), ("enforce", "failover"))
        self.assertEqual(target["held_back"], "restart has changed since it was promoted")
        self.assertIn("has changed since", self.primum.ctl("list").stdout)
        self.kill("web")
        self.until(lambda: "would_act" in self.kinds(), 30, "the restart to be held back")
        self.assertEqual(self.carried_out(), ["retry", "retry", "restart", "retry"])
        self.until(self.all_judged, 30, "it to be judged")
        self.take_over()

        self.let_through("restart")
        self.kill("web")
        self.until(lambda: self.carried_out()[-2:] == ["retry", "restart"], 30,
                   "the level that was promoted again to act")

    def test_demote_works_with_primumd_stopped(self):
        self.begin({"web": RULES}, settings=SETTINGS)
        self.be_ill()
        self.let_through("retry")
        self.primum.stop()
        done = self.primum.ctl("demote", "web")
        self.assertIn("primumd is not running", done.stdout)
        self.assertNotEqual(self.box.run(["test", "-e", DROP_IN], check=False).returncode, 0)
        self.primum.start()
        self.primum.wait_ready()
        self.assertEqual(self.target("web")["mode"], "dry_run")
        self.assertEqual(self.primum.ctl("demote", "web").returncode, 0)
        self.assertEqual(self.commands("demote")[0]["target"], "web")

    def test_a_waiver_stands_in_the_place_of_experience(self):
        self.begin({"web": RULES}, settings=SETTINGS)
        told = self.promote("--waive", "illness", "--waive", "precision", *WAIVED)
        waived = {each["name"] for each in told["conditions"] if each["waived"]}
        self.assertEqual(waived, {"illness", "precision"})
        self.assertIn("illness waived", self.commands("promote")[0]["message"])
        self.assertIn("Waived by operations", self.box.out(["cat", DROP_IN]))
        self.assertEqual(self.target("web")["mode"], "enforce")

    def test_neither_is_for_everybody(self):
        self.begin({"web": RULES}, settings=SETTINGS)
        for verb in ("promote", "demote"):
            done = self.primum.ctl(verb, "web", check=False, user="nobody")
            self.assertEqual(done.returncode, 77, done.stderr)


class CanaryTest(PromoteCase):
    """The same rules on hosts that differ by their machine-id alone."""

    def mode_on(self, machine):
        """What the target is allowed on a host with that machine-id."""
        self.primum.stop()
        self.box.write("/etc/machine-id", f"{machine}\n")
        self.primum.start()
        self.primum.wait_ready()
        target = self.target("web")
        return target["mode"], target["held_back"]

    def test_acts_on_some_hosts_and_is_dry_run_on_the_others(self):
        own = self.box.out(["cat", "/etc/machine-id"])
        self.addCleanup(self.box.write, "/etc/machine-id", own)
        rules = RULES.replace('relapse = "0s"', 'relapse = "0s"\nmode = "enforce"\n'
                                                'enforce_share = "50%"')
        self.primum.configure({"web": rules}, settings=SETTINGS)
        seen = {}
        for number in range(1, 33):
            seen.setdefault(self.mode_on(f"{number:032x}"), number)
            if len(seen) == 2:
                break
        self.assertEqual(set(seen), {("enforce", ""), ("dry_run", "not in the 50% of hosts")})
        for (mode, held_back), number in seen.items():  # and it stays the same host
            self.assertEqual(self.mode_on(f"{number:032x}"), (mode, held_back))


if __name__ == "__main__":
    unittest.main()
