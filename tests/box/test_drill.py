# SPDX-License-Identifier: MIT
"""primumctl drill: every kind is tried, and nothing on the host has changed."""

import json
import os
import unittest

from case import BoxCase

HOME = "/etc/drilled"
GOOD = "/usr/share/drilled"
SERVICE = """\
[Service]
ExecStart=/bin/sleep 1000000
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
StateDirectory=drilled
"""
CALL = ('destination = "org.freedesktop.hostname1", path = "/org/freedesktop/hostname1", '
        'interface = "org.freedesktop.hostname1", member = "SetPrettyHostname", '
        'arguments = ["x", false]')
HOOKS = 'save = ["/bin/true"], restore = ["/bin/true"]'
FILES = (f'files = [{{ path = "{HOME}/app.conf", good = "{GOOD}/app.conf" }}, '
         f'{{ path = "{HOME}/conf.d", good = "{GOOD}/conf.d" }}]')
CHECK = f'check = ["/usr/bin/grep", "-q", "CHECKED", "{HOME}/app.conf"]'
RULES = f"""\
[provider.upstream]
pointer = {{ file = "{HOME}/app.env", key = "UPSTREAM", format = "env" }}
candidate.east.points_to = "east"
candidate.west.points_to = "west"
order = ["east", "west"]

[provider.link]
pointer = {{ symlink = "{HOME}/current" }}
candidate.east.points_to = "east.conf"
candidate.west.points_to = "{HOME}/west.conf"
order = ["east", "west"]

[target.drilled]
unit = "drilled.service"
indicator.unit.value = "unit_state"
ladder.retry.remedy = [
    {{ reload = {{}} }},
    {{ signal = {{ signal = "SIGHUP" }} }},
    {{ reset_failed = {{}} }},
    {{ http = {{ url = "http://127.0.0.1:9/x", irreversible = "a cache" }} }},
    {{ dbus_call = {{ {CALL}, irreversible = "a name" }} }},
    {{ exec = {{ run = ["/bin/true"], undo = ["/bin/false"], writes = ["{HOME}"] }} }},
]
ladder.failover.remedy = [{{ failover = {{ provider = "upstream" }} }},
                          {{ failover = {{ provider = "link" }} }}]
ladder.restart.remedy = [{{ restart = {{ {HOOKS}, state = ["/var/lib/drilled"] }} }}]
[target.drilled.ladder.fallback]
remedy = [{{ config_fallback = {{ {FILES}, {CHECK} }} }}]
"""


class DrillTest(BoxCase):
    """A unit with files, and a rule with a remedy of every kind."""

    def setUp(self):
        super().setUp()
        self.box.run(["sh", "-c", f"rm -rf {HOME} {GOOD}; mkdir -p {HOME} {GOOD}"])
        self.box.write("/etc/systemd/system/drilled.service", SERVICE)
        self._units.append("drilled.service")
        for name, text in (("app.env", "UPSTREAM=east\n"), ("app.conf", "bad\n"),
                           ("conf.d/a", "bad a\n"), ("conf.d/b", "bad b\n"),
                           ("east.conf", "east\n"), ("west.conf", "west\n")):
            self.box.write(f"{HOME}/{name}", text)
        self.box.run(["ln", "-s", "east.conf", f"{HOME}/current"])
        self.box.run(["chmod", "0640", f"{HOME}/app.conf"])
        self.box.write(f"{GOOD}/conf.d/a", "good a\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "drilled.service"])
        self.box.write("/var/lib/drilled/sessions", "one\n")

    def good(self, text):
        """The known-good file."""
        self.box.write(f"{GOOD}/app.conf", text)

    def tree(self):
        """Everything about the files concerned but the times of access."""
        tree = {}
        for top in (HOME, GOOD, "/var/lib/drilled"):
            for path in sorted(self.box.path(top).rglob("*")):
                stat = path.lstat()
                content = (os.readlink(path) if path.is_symlink()
                           else path.read_bytes() if path.is_file() else "")
                tree[str(path)] = (stat.st_mode, stat.st_uid, stat.st_gid, stat.st_mtime_ns,
                                   stat.st_ino, content)
        return tree

    def drill(self):
        """The exit code, the report, and that nothing on the host has changed."""
        before = self.tree()
        invocation = self.box.show("drilled.service", "InvocationID")
        self.box.write("/root/drilled.toml", RULES)
        done = self.primum.ctl("drill", "drilled", "--rules", "/root/drilled.toml", "--json",
                               check=False)
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.box.show("drilled.service", "InvocationID"), invocation)
        self.assertFalse(self.box.path("/var/lib/primum-drill").exists())
        self.until(lambda: self.box.out(
            ["systemctl", "list-units", "--all", "--plain", "--no-legend",
             "primum-action-*"]) == "", 5, "no unit to be left")
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def shown(self, report, kind):
        """{what: how far it was shown} of all remedies of a kind."""
        return {proof["what"]: proof["shown"] for remedy in report["remedies"]
                if remedy["kind"] == kind for proof in remedy["proofs"]}

    def test_every_kind_is_drilled_and_nothing_has_changed(self):
        self.good("good CHECKED\n")
        code, report = self.drill()
        failed = [proof for remedy in report["remedies"] for proof in remedy["proofs"]
                  if proof["shown"] == "failed"]
        self.assertEqual((code, failed), (0, []))
        self.assertEqual(len(report["remedies"]), 10)
        fallback = self.shown(report, "config_fallback")
        self.assertEqual(fallback.pop("effect"), "not_proved")
        self.assertEqual(set(fallback), {"check program", "copy", "replacement", "way back",
                                         "edited since", "host", "check", "unit"})
        self.assertEqual(set(fallback.values()), {"proved"})
        for kind in ("reload", "signal", "reset_failed", "restart", "exec", "http", "failover",
                     "dbus_call"):
            shown = self.shown(report, kind)
            self.assertEqual(shown.pop("effect"), "not_proved", kind)
            self.assertEqual(set(shown.values()), {"proved"}, kind)

    def test_a_check_that_says_no_and_a_unit_without_reload_have_failed(self):
        self.good("good\n")
        code, report = self.drill()
        self.assertEqual(code, 1)
        self.assertEqual(self.shown(report, "config_fallback")["check"], "failed")
        self.box.write("/etc/systemd/system/drilled.service",
                       SERVICE.replace("ExecReload=", "#ExecReload="))
        self.box.run(["systemctl", "daemon-reload"])
        self.good("good CHECKED\n")
        code, report = self.drill()
        self.assertEqual(code, 1)
        self.assertEqual(self.shown(report, "config_fallback")["check"], "proved")
        self.assertEqual(self.shown(report, "reload")["unit"], "failed")


if __name__ == "__main__":
    unittest.main()
