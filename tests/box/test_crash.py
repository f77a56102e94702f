# SPDX-License-Identifier: MIT
"""The daemons ended (kill -9) and stopped (SIGSTOP) at every boundary of an action's life.

crash_at.cpp ends a process just before its n-th durable write, message to the other process, or
message to the bus, counted from the moment the unit is made ill; n goes up until the process
outlives the whole action. Whatever the boundary: the unit has been restarted once or not at all,
and the ledger says which.
"""

import unittest

from case import BoxCase, restart_rule

# Each of the first, then every sixth: an action has many messages to the bus, most of them reads.
BOUNDARIES = [*range(1, 13), *range(13, 250, 6)]
# A unit that fails this often within minutes is not flapping yet, on a slow machine either.
ROUNDS_BEFORE_FLAPPING = 6
SERVICES = {"primumd": "primumd.service", "actuator": "primum-actuator.service"}


class CrashTest(BoxCase):
    """One unit, one attempt, and a daemon that dies on the way."""

    # How long the unit takes to stop and to start again: the job is under way for so long.
    slow = "ExecStartPre=/bin/sh -c '[ ! -e /run/test-starts/web ] || sleep 0.5'"

    before = 0  # the newest incident when this round began

    def prepare(self, timeout="10s"):
        """Both daemons can be ended; the unit is watched."""
        self.unit("web", extra=self.slow)
        self.start_over(timeout)

    def start_over(self, timeout):
        """As just installed, but for what ends the daemons."""
        self.primum.fresh()
        for name, service in SERVICES.items():
            self.preload(service.removesuffix(".service"), f"/run/crash_at.{name}")
        self.begin({"web": restart_rule("web", timeout=timeout)})

    def order(self, daemon, text):
        """Where `daemon`, as it runs now, is to end or to stop; None: nowhere."""
        path = self.box.path(f"/run/crash_at.{daemon}")
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(f"{text} {self.box.main_pid(SERVICES[daemon])}", encoding="ascii")

    def newest(self):
        """The number of the newest incident, 0 for none."""
        found = self.incidents("web")
        return found[0]["id"] if found else 0

    def settled(self):
        """Whether the incident of this round has come to an end of its own."""
        if self.primum.ctl("status", check=False).returncode != 0:
            return False
        found = self.incidents("web")
        return bool(found) and found[0]["id"] > self.before and (
            not found[0]["open"] or found[0]["phase"] == "exhausted")

    def check_truth(self, restarts, where):
        """The ledger against what really happened since the unit was made ill."""
        rows = [row for row in self.actions("web")
                if row["action"]["incident"] == self.incidents("web")[0]["id"]]
        results = [row["result"] for row in reversed(rows)]
        self.assertNotIn("none", results, where)
        self.assertTrue(rows, f"{where}: nothing is on record")
        self.assertLessEqual(restarts, 1, f"{where}: restarted more than once")
        self.assertLessEqual(results.count("done"), restarts, f"{where}: {results}")
        self.assertGreaterEqual(results.count("done") + results.count("ambiguous"), restarts,
                                f"{where}: {results}, but restarted {restarts} times")
        self.assertNotIn("started", [row["state"] for row in rows], where)
        self.assertNotIn("intended", [row["state"] for row in rows], where)
        return "+".join(results)

    def one_round(self, daemon, text, wait_stopped=0):
        """Makes the unit ill with one order in place; (whether it fired, the action's result)."""
        service = SERVICES[daemon]
        starts = self.starts("web")
        self.before = self.newest()
        before = self.box.main_pid(service)
        self.order(daemon, text)
        self.kill("web")
        fired = False
        if wait_stopped:
            try:
                self.until(lambda: self.stopped(service) or self.settled(), 15, "a stop or an end")
            except AssertionError:
                pass
            fired = self.stopped(service)
            self.order(daemon, None)
            if fired:
                self.stays(lambda: True, wait_stopped, "")
                self.box.run(["systemctl", "kill", "--signal=SIGCONT", service])
        self.until(self.settled, 30, f"an end of the incident ({daemon}: {text})")
        self.order(daemon, None)
        fired = fired or self.box.main_pid(service) != before
        result = self.check_truth(self.starts("web") - starts, f"{daemon}: {text}")
        if self.state("web") != "active":
            self.box.run(["systemctl", "reset-failed", "web.service"], check=False)
            self.box.run(["systemctl", "start", "web.service"])
        incident = self.incidents("web")[0]
        if incident["open"]:
            self.primum.ctl("ack", str(incident["id"]), "--reason", "next round")
        self.until(lambda: self.target("web")["level"] == "steady", 20, "the target to be steady")
        return fired, result

    def sweep(self, daemon, kind, what, wait_stopped=0, timeout="10s"):
        """The boundaries of one kind; what came of each."""
        self.prepare(timeout)
        results = []
        for done, number in enumerate(BOUNDARIES):
            if done % ROUNDS_BEFORE_FLAPPING == ROUNDS_BEFORE_FLAPPING - 1:
                self.start_over(timeout)
            fired, result = self.one_round(daemon, f"{kind} {number} {what}", wait_stopped)
            if not fired:
                break
            results.append(result)
        else:
            self.fail(f"{daemon} never outlived an action")
        self.assertTrue(results, f"{daemon} has no boundary of kind {kind}")
        print(f"         {daemon}, {what} at each {kind}: {', '.join(results)}", flush=True)

    def test_primumd_killed_at_every_durable_write(self):
        self.sweep("primumd", "sync", "kill")

    def test_primumd_killed_at_every_message_to_the_actuator(self):
        self.sweep("primumd", "actuator", "kill")

    def test_actuator_killed_at_every_durable_write(self):
        self.sweep("actuator", "sync", "kill")

    def test_actuator_killed_at_every_message_to_primumd(self):
        self.sweep("actuator", "actuator", "kill")

    def test_actuator_killed_at_every_message_to_systemd(self):
        self.sweep("actuator", "bus", "kill")

    def test_primumd_stopped_for_longer_than_the_timeout(self):
        self.sweep("primumd", "sync", "stop", wait_stopped=4, timeout="2s")

    def test_actuator_stopped_for_longer_than_the_timeout(self):
        self.sweep("actuator", "sync", "stop", wait_stopped=4, timeout="2s")

    def test_either_killed_while_the_job_runs(self):
        self.prepare()
        for daemon, service in SERVICES.items():
            starts = self.starts("web")
            self.before = self.newest()
            self.kill("web")
            self.until(lambda: self.box.show("web.service", "SubState")["SubState"] == "start-pre",
                       10, "the restart job to run")
            self.box.kill_hard(service)
            self.until(self.settled, 30, "an end of the incident")
            self.assertEqual(self.check_truth(self.starts("web") - starts, daemon), "done")
            self.assertEqual(self.starts("web") - starts, 1)
            self.until(lambda: self.target("web")["level"] == "steady", 20, "a steady target")

    def test_both_killed_at_once_while_the_job_runs(self):
        self.prepare()
        self.kill("web")
        self.until(lambda: self.box.show("web.service", "SubState")["SubState"] == "start-pre", 10,
                   "the restart job to run")
        for service in SERVICES.values():
            self.box.kill_hard(service)
        self.until(self.settled, 30, "an end of the incident")
        self.check_truth(self.starts("web") - 1, "both")
        self.assertEqual(self.starts("web"), 2)

    def test_a_restart_of_primumd_replays_nothing(self):
        self.prepare()
        self.kill("web")
        self.until_closed("web")
        self.box.kill_hard("primumd.service")
        self.until(lambda: self.primum.ctl("status", check=False).returncode == 0, 15, "a restart")
        self.stays(lambda: self.starts("web") == 2, 3, "an old event was acted on again")
        self.assertEqual(len(self.actions("web")), 1)


if __name__ == "__main__":
    unittest.main()
