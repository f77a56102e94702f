# SPDX-License-Identifier: MIT
"""--json of every verb: JSON on stdout and nothing else, also while primumd logs all there is."""

import json
import re
import shutil
import subprocess
import unittest

from case import BoxCase, restart_rule
from installed import RULES_DIR

REASON = ["--reason", "the sweep"]
SETTINGS = "/etc/primum/primum.toml"
# Every verb with arguments that work, in an order that makes them work.
VERBS = [
    ["status"], ["list"], ["list", "--ill"], ["show", "web"], ["explain", "web"],
    ["explain", "web", "--at", "now"], ["watch", "--count", "1"],
    ["sources"], ["sources", "show", "none"], ["providers"], ["providers", "show", "none"],
    ["providers", "mark", "none", "one", "dead", "--for", "1m", *REASON],
    ["providers", "set-note", "none", "one", "a note"],
    ["incidents"], ["incidents", "show", "1"],
    ["incidents", "export", "1", "--output", "/root/sweep.tar.zst"],
    ["replay", "/root/sweep.tar.zst"], ["replay", "--recording", "/var/lib/primum/recordings"],
    ["actions"], ["actions", "show", "1"], ["precision"], ["precision", "web"],
    ["audit"], ["audit", "--recording", "/var/lib/primum/recordings"],
    ["hold", "web", "--for", "1m", *REASON], ["release", "web", *REASON],
    ["disable", "web", "--for", "1m", *REASON], ["enable", "web", *REASON],
    ["disable", "--for", "1m", *REASON], ["enable", *REASON],
    ["force", "web", "restart", *REASON], ["ack", "1", *REASON], ["rollback", "1", *REASON],
    ["label", "1", "justified", *REASON], ["reset-breaker", "web", *REASON], ["reload", *REASON],
    ["ledger", "verify"], ["ledger", "backup", "--output", "/root/sweep.db"],
    ["ledger", "export"], ["ledger", "export", "--output", "/root/sweep.jsonl"],
    ["ledger", "verify", "--database", "/root/sweep.db"],
    ["rules", "check", "/etc/primum/rules.d"], ["rules", "show", "web"],
    ["rules", "diff", "/etc/primum/rules.d", "/etc/primum/rules.d"],
    ["rules", "import", "monit", "/etc/primum/primum.toml"], ["rules", "new", "web"],
    ["simulate", "--rules", "/etc/primum/rules.d", "--scenario", "blip", "--hours", "1"],
    ["drill", "web"], ["push", "--source", "none", "x", "1"], ["scrape", "/etc/primum/none"],
    ["record", "import", "/root/sweep.csv", "--series", "x", "--output", "/root/sweep.zst"],
    ["score", "--rules", "/etc/primum/rules.d", "--recording", "/root/sweep.zst",
     "--windows", "/root/sweep.windows"],
    ["promote", "web", "--check"], ["promote", "web"], ["demote", "web", *REASON],
    ["names", "targets"], ["version"], ["nonsense"], ["hold", "web"],
]
# What answers a line for each thing that it tells.
LINES = {"watch", "replay", "ledger export"}


class JsonTest(BoxCase):
    """All verbs, one after the other, on a host that has something to tell."""

    def verbs(self, *above):
        """Every verb that --help knows."""
        told = self.box.out(["primumctl", *above, "--help"])
        listed = told.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
        found = []
        for verb in re.findall(r"^  (\S+)", listed, re.MULTILINE):
            below = self.verbs(*above, verb)
            found += [" ".join([*above, verb])] + below
        return found

    def make_history(self):
        """One incident with one action, closed; everything of systemd's library logs at debug."""
        self.box.write("/run/systemd/system/primumd.service.d/debug.conf",
                       "[Service]\nLogLevelMax=debug\nEnvironment=SYSTEMD_LOG_LEVEL=debug\n")
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["sh", "-c", "rm -f /root/sweep*"])
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        self.kill("web")
        self.until_closed("web")
        recordings = self.box.path("/var/lib/primum/recordings")
        self.until(recordings.exists, 30, "what was recorded to be on the disk")
        self.box.write("/root/sweep.csv", "time,x\n2026-11-22 03:00:00,1\n")
        self.box.write("/root/sweep.windows", '{"sweep": []}')
        self.addCleanup(self.box.run, ["rm", "-rf", f"{RULES_DIR}/web.d"])

    def one(self, words):
        """Runs a verb with --json; its parsed lines."""
        run = ["env", "SYSTEMD_LOG_LEVEL=debug", "primumctl", *words, "--json"]
        done = self.watched(run) if words[0] == "watch" else self.box.run(run, check=False)
        lines = done.stdout.splitlines()
        if not any(" ".join(words).startswith(verb) for verb in LINES) or done.returncode != 0:
            self.assertEqual(len(lines), 1, f"{words}: {done.stdout[:300]}{done.stderr[:300]}")
        for line in lines:
            self.assertIsInstance(json.loads(line), dict, words)
        if shutil.which("jq"):
            parsed = subprocess.run(["jq", "-e", "."], input=done.stdout, check=False,
                                    capture_output=True, text=True)
            self.assertEqual(parsed.returncode, 0, f"{words}: {parsed.stderr}")
        return done

    def watched(self, run):
        """`watch`, which ends once something has happened; that happens once it listens."""
        child = self.box.popen(run, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with child:
            first = child.stdout.readline()
            self.kill("web")
            rest = child.stdout.read()
        self.until_closed("web")
        return subprocess.CompletedProcess(run, child.returncode, first + rest, "")

    def test_every_verb(self):
        tried = {" ".join(words[:n]) for words in VERBS for n in (1, 2, 3)}
        self.assertEqual([verb for verb in self.verbs() if verb not in tried], [])
        self.make_history()
        codes = {}
        for words in VERBS:
            with self.subTest(verb=" ".join(words)):
                codes[" ".join(words[:2])] = self.one(words).returncode
        for verb in ("status", "explain web", "incidents export", "replay /root/sweep.tar.zst",
                     "ledger verify", "ledger backup", "ledger export", "actions show"):
            self.assertEqual(codes[verb], 0, codes)

    def test_the_ledger_without_primumd(self):
        self.make_history()
        self.primum.stop()
        before = self.box.out(["sh", "-c", "cd /var/lib/primum && sha256sum ledger.db*"])
        self.assertIn("sound", self.primum.ctl("ledger", "verify").stdout)
        rows = self.primum.ctl("ledger", "export").stdout.splitlines()
        tables = {json.loads(row)["table"] for row in rows}
        self.assertLessEqual({"incidents", "decisions", "actions", "action_transitions"}, tables)
        self.primum.ctl("ledger", "backup", "--output", "/root/sweep.db")
        self.assertIn("sound",
                      self.primum.ctl("ledger", "verify", "--database", "/root/sweep.db").stdout)
        self.assertEqual(self.box.out(["sh", "-c", "cd /var/lib/primum && sha256sum ledger.db*"]),
                         before)
        self.assertEqual(self.primum.ctl("ledger", "verify", check=False, user="nobody").returncode,
                         77)


if __name__ == "__main__":
    unittest.main()
