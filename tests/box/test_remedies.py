# SPDX-License-Identifier: MIT
"""Each remedy kind that is a call or a program: where it helps, and where it does not."""

import hashlib
import json
import os
import unittest
from pathlib import Path

from case import BoxCase

HOME = "/var/lib/patient"
URL = "http://127.0.0.1:9801"
PATIENT = (Path(__file__).resolve().parent / "patient.py").read_text(encoding="utf-8")
SERVICE = f"""\
[Unit]
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/local/bin/patient
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
FileDescriptorStoreMax=4
User=patient
StateDirectory=patient
"""
RULES = """\
[source.patient]
kind     = "prometheus"
url      = "http://127.0.0.1:9801/metrics"
interval = "500ms"
timeout  = "400ms"

[target.patient]
unit          = "patient.service"
mode          = "enforce"
enforce_up_to = "restart"
warm_up       = "0s"
soak          = "500ms"
relapse       = "0s"
budget        = {{ actions = 100, per = "1h" }}

[target.patient.indicator.illness]
source   = "patient"
value    = {{ gauge = 'patient_illness' }}
error    = {{ above = 0.5 }}
critical = {{ above = 1.5 }}
trip     = "1 of 1"
clear    = "1 of 1"

[target.patient.ladder.{level}]
when     = "error"
for      = "0s"
remedy   = [{{ {remedy} }}]
settle   = "500ms"
verify   = "1500ms"
cooldown = {{ initial = "0s", factor = 1, max = "0s" }}
"""


def finished_of(case, target):
    """How the newest action of a target finished: its transition on record."""
    action = case.actions(target)[0]["action"]
    story = case.primum.json("incidents", "show", str(action["incident"]))["story"]
    return [step for step in story["transitions"]
            if step["action"] == action["id"] and step["state"] == "finished"][0]


class RemedyTest(BoxCase):
    """The patient, one illness and one remedy."""

    def setUp(self):
        super().setUp()
        self.box.run(["sh", "-c", "id -u patient >/dev/null 2>&1 || useradd --system patient"])
        self.box.run(["sh", "-c", f"rm -rf {HOME} /etc/machine-info"])
        self.box.write("/usr/local/bin/patient", PATIENT, 0o755)
        self.box.write("/etc/systemd/system/patient.service", SERVICE)
        self._units.append("patient.service")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "patient.service"])

    def tearDown(self):
        try:
            self.until(lambda: self.left_overs() == "", 5, "the units of actions to be gone")
        finally:
            super().tearDown()

    def left_overs(self):
        """Units of actions that are still there."""
        return self.box.out(["systemctl", "list-units", "--all", "--plain", "--no-legend",
                             "primum-action-*"])

    def treat(self, remedy, level="retry"):
        """primumd runs with this remedy and has seen that the patient is well."""
        self.begin({"patient": RULES.format(level=level, remedy=remedy)})
        self.until(lambda: self.primum.json("sources")["sources"][0]["ok"], 10, "the metrics")

    def post(self, what):
        """Tells the patient something."""
        self.box.run(["curl", "-fsS", "-X", "POST", f"{URL}/{what}"])

    def sessions(self):
        """Who is logged in."""
        return self.box.out(["curl", "-fsS", f"{URL}/sessions"])

    def write(self, name, text=""):
        """A file of the patient's."""
        self.box.write(f"{HOME}/{name}", text)

    def tree(self):
        """Everything in the patient's directory: names, modes, owners, content, attributes."""
        tree = {}
        for path in sorted(self.box.path(HOME).rglob("*")):
            stat = path.lstat()
            tree[path.name] = (
                stat.st_mode, stat.st_uid, stat.st_gid,
                path.read_bytes() if path.is_file() else b"",
                {name: os.getxattr(path, name) for name in os.listxattr(path)})
        return tree

    def facts(self):
        """The finished transition of the newest action, as on record."""
        return finished_of(self, "patient")

    def outcome(self, timeout=25):
        """(kind, result, outcome, state) of the newest action, once it is judged."""
        def judged():
            rows = self.actions("patient")
            if not rows or rows[0]["state"] in ("intended", "started", "finished", "verified"):
                return None
            row = rows[0]
            return row["action"]["kind"], row["result"], row["outcome"], row["state"]
        return self.until(judged, timeout, "the action to be judged")

    def test_reload_helps_what_reads_its_configuration_again(self):
        self.treat("reload = {}")
        self.post("ill")
        self.assertEqual(self.outcome(), ("reload", "done", "improved", "kept"))

    def test_reload_does_not_help_what_its_files_make_ill(self):
        self.treat("reload = {}")
        self.write("stale.lock")
        self.assertEqual(self.outcome(), ("reload", "done", "unchanged", "kept"))

    def test_signal_helps(self):
        self.treat('signal = { signal = "SIGHUP", whom = "main" }')
        self.post("ill")
        self.assertEqual(self.outcome(), ("signal", "done", "improved", "kept"))

    def test_signal_harms_what_does_not_expect_it(self):
        self.treat('signal = { signal = "SIGUSR2" }')
        self.post("ill")
        self.assertEqual(self.outcome(), ("signal", "done", "worse", "kept"))
        self.assertEqual(len(self.actions("patient")), 1)

    def test_http_helps(self):
        body = '{"why": "because of \\"it\\"\\n"}'
        self.treat(f"""http = {{ url = "{URL}/cure", body = '{body}', """
                   'irreversible = "a cure" }')
        self.post("ill")
        self.assertEqual(self.outcome(), ("http", "done", "improved", "kept"))

    def test_http_that_harms_is_undone(self):
        self.treat(f'http = {{ url = "{URL}/worse", undo = {{ url = "{URL}/ill" }} }}')
        self.post("ill")
        self.assertEqual(self.outcome(), ("http", "done", "worse", "rolled_back"))
        self.assertIn("patient_illness 1", self.box.out(["curl", "-fsS", f"{URL}/metrics"]))

    def test_http_that_is_refused_has_failed(self):
        self.treat(f'http = {{ url = "{URL}/nothing", irreversible = "x" }}')
        self.post("ill")
        self.assertEqual(self.outcome()[:2], ("http", "failed"))
        self.assertIn("400", self.facts()["detail"])

    def dbus(self, name, undo=""):
        """A remedy that sets the host's pretty name."""
        call = ('destination = "org.freedesktop.hostname1", path = "/org/freedesktop/hostname1", '
                'interface = "org.freedesktop.hostname1", member = "SetPrettyHostname", ')
        return (f'dbus_call = {{ {call} arguments = ["{name}", false], ' +
                (f'undo = {{ {call} arguments = ["{undo}", false] }} }}' if undo
                 else 'irreversible = "x" }'))

    def test_dbus_call_helps(self):
        self.treat(self.dbus("well"))
        self.box.write("/etc/machine-info", "PRETTY_HOSTNAME=ill\n")
        self.assertEqual(self.outcome(), ("dbus_call", "done", "improved", "kept"))

    def test_dbus_call_that_harms_is_undone(self):
        self.treat(self.dbus("worse", "ill"))
        self.box.write("/etc/machine-info", "PRETTY_HOSTNAME=ill\n")
        self.assertEqual(self.outcome(), ("dbus_call", "done", "worse", "rolled_back"))
        self.assertIn("=ill", self.box.path("/etc/machine-info").read_text(encoding="utf-8"))

    def test_exec_helps_as_the_units_own_user(self):
        self.treat(f'exec = {{ run = ["/usr/bin/rm", "{HOME}/stale.lock"], writes = ["{HOME}"], '
                   'irreversible = "a stale lock" }')
        self.write("stale.lock")
        self.assertEqual(self.outcome(), ("exec", "done", "improved", "kept"))

    def test_nobody_expands_an_argument(self):
        words = "$HOME ${HOME} $$ $1 %n %% \\\\t *"
        self.treat(f"exec = {{ run = ['/usr/bin/printf', '%s\\n', '{words}'], "
                   "irreversible = 'x' }")
        self.post("ill")
        self.outcome()
        self.assertIn(words, self.facts()["detail"])

    def test_exec_that_harms_is_undone_and_the_tree_is_as_before(self):
        move = ('exec = {{ run = ["/usr/bin/mv", "{0}/needed", "{0}/gone"], '
                'undo = ["/usr/bin/mv", "{0}/gone", "{0}/needed"], writes = ["{0}"] }}')
        for name in ("needed", "watch"):
            self.write(name, name)
        os.setxattr(self.box.path(f"{HOME}/needed"), "user.note", b"kept")
        self.treat(move.format(HOME))
        before = self.tree()
        self.post("ill")
        self.assertEqual(self.outcome(), ("exec", "done", "worse", "rolled_back"))
        self.assertEqual(self.tree(), before)

    def test_exec_may_write_nothing_else(self):
        self.treat('exec = { run = ["/usr/bin/touch", "/etc/patient-was-here"], user = "root", '
                   'irreversible = "x" }')
        self.post("ill")
        self.assertEqual(self.outcome()[:2], ("exec", "failed"))
        self.assertFalse(self.box.path("/etc/patient-was-here").exists())

    def test_reset_failed_helps_what_a_timer_starts(self):
        self.box.write("/etc/systemd/system/ticked.service", (
            "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2\n[Service]\n"
            "RemainAfterExit=yes\nType=oneshot\nExecStart=/usr/bin/test -e /run/ticked-ok\n"))
        self.box.write("/etc/systemd/system/ticked.timer", (
            "[Timer]\nOnActiveSec=100ms\nOnUnitInactiveSec=200ms\nAccuracySec=10ms\n"))
        self._units += ["ticked.timer", "ticked.service"]
        self.ticked(helps=True)

    def test_reset_failed_does_not_help_what_is_broken(self):
        self.box.write("/etc/systemd/system/ticked.service", (
            "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2\n[Service]\n"
            "RemainAfterExit=yes\nType=oneshot\nExecStart=/usr/bin/test -e /run/ticked-ok\n"))
        self.box.write("/etc/systemd/system/ticked.timer", (
            "[Timer]\nOnActiveSec=100ms\nOnUnitInactiveSec=200ms\nAccuracySec=10ms\n"))
        self._units += ["ticked.timer", "ticked.service"]
        self.ticked(helps=False)

    def ticked(self, helps):
        """A unit that ran into its start limit; what had kept it from starting is gone, or not."""
        self.box.run(["rm", "-f", "/run/ticked-ok"])
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "ticked.service"], check=False)
        self.box.run(["systemctl", "start", "ticked.service"], check=False)
        self.box.run(["systemctl", "start", "ticked.service"], check=False)
        self.assertEqual(self.state("ticked"), "failed")
        if helps:
            self.box.write("/run/ticked-ok", "")
        self.begin({"ticked": (
            '[target.ticked]\nunit = "ticked.service"\nmode = "enforce"\nwarm_up = "0s"\n'
            'soak = "500ms"\nrelapse = "0s"\nindicator.unit.value = "unit_state"\n'
            '[target.ticked.ladder.retry]\nwhen = "critical"\nfor = "0s"\n'
            'remedy = [{ reset_failed = {} }]\nsettle = "2s"\nverify = "2s"\n')})
        self.until(lambda: self.actions("ticked"), 10, "the remedy")
        self.box.run(["systemctl", "start", "ticked.timer"])
        self.until(lambda: self.actions("ticked")[0]["outcome"] != "none", 20, "the outcome")
        self.assertEqual(self.actions("ticked")[0]["action"]["kind"], "reset_failed")
        self.assertEqual(self.actions("ticked")[0]["result"], "done")
        self.assertEqual(self.actions("ticked")[0]["outcome"] == "improved", helps)
        self.assertEqual(self.state("ticked") == "active", helps)

    def restart(self, state=True):
        """A restart that keeps the sessions."""
        keeps = f'state = ["{HOME}"], ' if state else ""
        return (f'restart = {{ save = ["/usr/bin/curl", "-fsS", "{URL}/save"], {keeps}'
                f'restore = ["/usr/bin/curl", "-fsS", "{URL}/restore"] }}')

    def test_restart_keeps_the_sessions(self):
        self.treat(self.restart(), "restart")
        self.post("session/anna")
        self.post("session/ben")
        self.post("ill")
        self.assertEqual(self.outcome(), ("restart", "done", "improved", "kept"))
        self.assertEqual(self.sessions(), '["anna", "ben"]')
        facts = self.facts()["facts"]
        self.assertEqual((facts["stored_before"], facts["stored_after"]), (2, 2))
        self.assertFalse(facts.get("lost_state", False))
        self.assertEqual(len(facts["snapshots"]), 1)

    def full_tree(self, home):
        """As tree(), with directories, links and hidden files, by their path below `home`."""
        found = {}
        top = self.box.path(home)
        for path in [top, *sorted(top.rglob("*"))]:
            stat = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            link = os.readlink(path) if path.is_symlink() else ""
            found[str(path.relative_to(top))] = (
                oct(stat.st_mode), stat.st_uid, stat.st_gid, link,
                hashlib.sha256(content).hexdigest(),
                {name: os.getxattr(path, name, follow_symlinks=False)
                 for name in os.listxattr(path, follow_symlinks=False)})
        return found

    def test_the_state_of_a_restart_comes_back_by_hand(self):
        kept = HOME
        self.box.run(["sh", "-c", f"""
            cd {kept} && mkdir -p deep/empty && echo anna >sessions && echo ben >deep/more
            ln -s ../sessions deep/link; head -c 300000 /dev/urandom >blob; : >.hidden
            chown -R patient:patient . && chown root:patient blob
            chmod 02750 deep && chmod 0600 sessions && chmod 0444 blob"""])
        os.setxattr(self.box.path(f"{kept}/sessions"), "user.note", b"kept \x00 whole")
        os.setxattr(self.box.path(f"{kept}/deep"), "user.dir", b"too")
        self.treat(f'restart = {{ state = ["{kept}"] }}', "restart")
        before = self.full_tree(kept)
        self.post("ill")
        self.assertEqual(self.outcome(), ("restart", "done", "improved", "kept"))
        self.assertEqual(self.full_tree(kept), before)
        action = self.actions("patient")[0]["action"]["id"]

        # The service loses it.
        self.box.run(["sh", "-c", f"cd {kept} && rm -rf deep .hidden && echo nobody >sessions && "
                                  "chmod 0666 sessions && echo new >new"])
        os.removexattr(self.box.path(f"{kept}/sessions"), "user.note")
        newer = self.full_tree(kept)
        self.assertNotEqual(newer, before)
        def asked():
            count = len(steps())
            self.primum.ctl("rollback", action, "--reason", "the sessions are gone", check=False)
            return self.until(lambda: steps()[count:] or None, 20, "the answer")[-1]

        def steps():
            story = self.primum.json("incidents", "show", "1")["story"]
            return [step for step in story["transitions"] if step["action"] == action and
                    step["state"] in ("rolled_back", "rollback_failed")]
        refused = asked()
        self.assertEqual(refused["state"], "rollback_failed")
        self.assertIn("not_applicable", refused["detail"])
        self.assertIn("stopped", refused["detail"])
        self.assertEqual(self.full_tree(kept), newer)

        self.box.run(["systemctl", "stop", "patient.service"])
        done = asked()
        self.assertEqual(done["state"], "rolled_back", done)
        self.assertEqual(self.full_tree(kept), before)
        aside = f"{kept}.primum-kept-{action}"
        self.assertEqual(self.full_tree(aside), newer)
        self.assertIn(aside, done["detail"])
        self.assertIn(aside, self.primum.ctl("incidents", "show", "1").stdout)
        self.assertEqual(self.state("patient"), "inactive")
        self.assertEqual(sorted(path.name for path in self.box.path(HOME).parent.iterdir()
                                if "patient" in path.name), ["patient", os.path.basename(aside)])
        self.box.run(["rm", "-rf", aside])

    def test_restart_does_not_help_what_is_born_ill_and_lost_state_is_told(self):
        self.write("born_ill")
        self.write("lose")
        self.treat(self.restart(state=False), "restart")
        self.post("session/anna")
        self.post("ill")
        self.assertEqual(self.outcome()[:3], ("restart", "done", "unchanged"))
        facts = self.facts()["facts"]
        self.assertEqual((facts["stored_before"], facts["stored_after"]), (2, 1))
        self.assertTrue(facts["lost_state"])
        self.assertEqual(self.sessions(), '["anna"]')
        self.assertEqual(self.primum.metrics()['primum_lost_state_total{target="patient"}'], 1)
        shown = self.primum.ctl("incidents", "show", "1").stdout
        self.assertIn("1 of 2 stored descriptors came back", shown)
        self.assertIn("state was lost", shown)

    def test_evidence_is_taken_before_a_restart(self):
        self.treat("restart = {}", "restart")
        self.post("ill")
        self.assertEqual(self.outcome(), ("restart", "done", "improved", "kept"))
        path = self.box.path("/var/lib/primum-actuator/evidence/"
                             f"{self.facts()['facts']['evidence']}.txt")
        text = path.read_text(encoding="utf-8")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("incomplete", text)
        self.assertTrue(text.endswith("\n== end\n"), text[-200:])
        for wanted in ("ActiveState=active", "some avg10=", "tcp ", "Started patient.service",
                       f"{9801:04X}"):
            self.assertIn(wanted, text)
        shown = self.primum.ctl("incidents", "show", "1").stdout
        self.assertIn("evidence in /var/lib/primum-actuator/evidence/", shown)

    def test_nothing_is_restarted_when_save_fails(self):
        before = self.box.show("patient.service", "InvocationID")
        self.treat('restart = { save = ["/usr/bin/false"] }', "restart")
        self.post("ill")
        self.until(lambda: self.actions("patient") and
                   self.actions("patient")[0]["result"] == "failed", 20, "the action to fail")
        self.assertEqual(self.facts()["reason"], "hook_failed")
        self.stays(lambda: len(self.actions("patient")) == 1, 2, "asked again")
        self.assertIn(("passed_over", "hook_failed"), self.decisions("patient"))
        self.assertEqual(self.box.show("patient.service", "InvocationID"), before)


class RunawayTest(BoxCase):
    """Programs that do not end as they should (must leave nothing, and cost nothing)."""

    def run_away(self, program, timeout="3s"):
        """One action that runs a shell text; its row, and the memory of the actuator with it."""
        self.unit("web")
        self.box.write("/usr/local/bin/runaway", f"#!/bin/bash\n{program}\n", 0o755)
        self.begin({"web": (
            '[target.web]\nunit = "web.service"\nmode = "enforce"\nwarm_up = "0s"\n'
            'soak = "500ms"\nrelapse = "0s"\nindicator.unit.value = "unit_state"\n'
            '[target.web.ladder.retry]\nwhen = "critical"\nfor = "0s"\n'
            'remedy = [{ exec = { run = ["/usr/local/bin/runaway"], irreversible = "x", '
            f'timeout = "{timeout}" }} }}]\nsettle = "0s"\nverify = "500ms"\n')})
        actuator = f"/proc/{self.box.main_pid('primum-actuator.service')}/status"
        self.kill("web")
        peak = 0

        def ended():
            nonlocal peak
            for line in self.box.path(actuator).read_text(encoding="utf-8").splitlines():
                if line.startswith("VmRSS:"):
                    peak = max(peak, int(line.split()[1]))
            rows = self.actions("web")
            return rows[0] if rows and rows[0]["result"] != "none" else None
        row = self.until(ended, 40, "the action to end")
        self.assertEqual(self.processes("runaway-child"), [])
        self.until(lambda: self.box.out(["systemctl", "list-units", "--all", "--plain",
                                         "--no-legend", "primum-action-*"]) == "", 5,
                   "the unit of the action to be gone")
        detail = finished_of(self, "web")["detail"]
        print(f"    actuator RSS at most {peak} KiB: {row['result']}: {detail[:100]}")
        return row, detail, peak

    def test_one_that_hangs_is_ended_at_the_timeout(self):
        row, detail, _ = self.run_away("trap '' TERM\nexec -a runaway-child sleep 1000")
        self.assertEqual(row["result"], "failed")
        self.assertIn("timeout", detail)

    def test_one_that_forks_daemons_is_ended_with_them(self):
        row, detail, _ = self.run_away(
            "for i in 1 2 3; do\n"
            "  setsid bash -c 'trap \"\" TERM HUP; (exec -a runaway-child sleep 1000) & "
            "exec -a runaway-child sleep 1000' >/dev/null 2>&1 &\ndone\nsleep 0.3\nexit 0")
        self.assertEqual(row["result"], "done", detail)

    def test_one_that_forks_daemons_and_hangs(self):
        row, detail, _ = self.run_away(
            "setsid bash -c 'trap \"\" TERM HUP; exec -a runaway-child sleep 1000' &\nsleep 1000")
        self.assertEqual(row["result"], "failed")
        self.assertIn("timeout", detail)

    def test_one_that_prints_a_gigabyte_costs_no_memory(self):
        row, detail, peak = self.run_away("head -c 1000000000 /dev/zero | tr '\\0' x", "60s")
        self.assertEqual(row["result"], "done", detail)
        self.assertIn("1000000000 bytes", detail)
        self.assertLess(peak, 40_000)


if __name__ == "__main__":
    unittest.main()
